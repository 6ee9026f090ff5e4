"""What a provider may do and how a client may be set, as Hypothesis draws it."""

from __future__ import annotations

from hypothesis import strategies as st

from shared_code.accounting.usage import Usage
from shared_code.errors import (
    AttemptTimeoutError,
    AuthenticationError,
    ContentFilterError,
    DeploymentNotFoundError,
    InvalidModelRequestError,
    ModelConnectionError,
    ModelServerError,
    PromptTooLongError,
    RateLimitError,
)
from tests.unit.guard.provider import BAD, GOOD, Step, answered

EXAMPLES = 150
LATENCIES = st.floats(0.0, 40.0)
RETRY_AFTERS = st.none() | st.floats(0.0, 120.0)
TROUBLES = st.one_of(
    st.builds(
        Step,
        LATENCIES,
        st.sampled_from([ModelServerError, RateLimitError]),
        RETRY_AFTERS,
        st.sampled_from([None, None, None, True, False]),
    ),
    st.builds(Step, LATENCIES, st.just(ModelConnectionError), was_sent=st.booleans()),
    st.builds(Step, LATENCIES, st.just(AttemptTimeoutError)),
    st.builds(
        Step,
        LATENCIES,
        st.sampled_from(
            [
                AuthenticationError,
                ContentFilterError,
                DeploymentNotFoundError,
                InvalidModelRequestError,
                PromptTooLongError,
            ]
        ),
    ),
)
USAGES = st.builds(
    lambda prompt, cached, completion, reasoning: Usage(
        prompt, min(cached, prompt), completion, min(reasoning, completion)
    ),
    st.integers(1, 5_000),
    st.integers(0, 5_000),
    st.integers(0, 2_000),
    st.integers(0, 2_000),
)
ANSWERS = st.builds(
    answered,
    st.floats(0.0, 20.0),
    st.sampled_from([GOOD, GOOD, BAD, "no json", ""]),
    USAGES,
    finish_reason=st.sampled_from(["stop", "stop", "stop", "length", "content_filter"]),
    refused=st.sampled_from([False, False, False, True]),
)
# Mostly trouble: a call that is answered at once shows little.
STEPS = st.lists(st.one_of(TROUBLES, TROUBLES, ANSWERS), max_size=12)
LIMITS = st.fixed_dictionaries(
    {
        "enable_fallback": st.booleans(),
        "max_attempts": st.integers(1, 6),
        "backoff_seconds": st.floats(0.01, 20.0),
        "attempt_timeout_seconds": st.floats(0.5, 40.0),
        "breaker_failure_threshold": st.integers(1, 6),
        "breaker_timeout_seconds": st.floats(0.5, 90.0),
        "requests_per_minute": st.sampled_from([1, 2, 5, 1_000]),
        "jitter": st.floats(0.0, 0.999),
    }
)
ARRIVALS = st.lists(st.floats(0.0, 90.0), min_size=1, max_size=8)
DEADLINES = st.floats(0.1, 120.0)
