"""Half-open: never are two probes out, whoever comes late or leaves."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared_code.errors import AttemptTimeoutError, InvalidModelRequestError, ModelServerError, RateLimitError
from tests.unit.guard.callers import crowd, some_leave
from tests.unit.guard.provider import Provider, Step, answered, guarded_client
from tests.unit.guard.troubles import EXAMPLES
from tests.unit.guard.virtual_time import in_virtual_time

# Close enough together that calls from before an outage, its probe and later callers overlap.
OVERLAPPING_STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from([0.1, 1.0, 4.0, 8.0, 20.0]),
        st.sampled_from(
            [
                ModelServerError,
                ModelServerError,
                InvalidModelRequestError,
                RateLimitError,
                AttemptTimeoutError,
            ]
        ),
    )
    | st.builds(answered, st.sampled_from([0.1, 4.0, 8.0])),
    min_size=3,
    max_size=10,
)
OVERLAPPING_ARRIVALS = st.lists(
    st.sampled_from([0.0, 0.0, 2.0, 3.0, 5.0, 6.0, 9.0, 12.0]), min_size=3, max_size=10
)


@settings(max_examples=4 * EXAMPLES, deadline=None)
@given(
    steps=OVERLAPPING_STEPS,
    arrivals=OVERLAPPING_ARRIVALS,
    breaker_timeout=st.sampled_from([1.0, 2.5, 30.0]),
    leaves=st.lists(st.sampled_from([1.5, 4.5, 7.5, 90.0]), max_size=10),
    max_attempts=st.integers(1, 3),
)
@example(  # a failure from before the outage ends while the probe is out
    steps=[Step(4.0, ModelServerError), Step(0.1, ModelServerError), Step(8.0, ModelServerError)],
    arrivals=[0.0, 0.0, 2.0, 6.0],
    breaker_timeout=1.0,
    leaves=[],
    max_attempts=1,
)
@example(  # the same with a refusal, which says nothing about health
    steps=[Step(4.0, InvalidModelRequestError), Step(0.1, ModelServerError), Step(8.0, ModelServerError)],
    arrivals=[0.0, 0.0, 2.0, 6.0],
    breaker_timeout=1.0,
    leaves=[],
    max_attempts=1,
)
@example(  # and with a caller who leaves
    steps=[Step(20.0, ModelServerError), Step(0.1, ModelServerError), Step(8.0, ModelServerError)],
    arrivals=[0.0, 0.0, 2.0, 6.0],
    breaker_timeout=1.0,
    leaves=[4.5],
    max_attempts=1,
)
def test_never_are_two_probes_out(
    steps: list[Step],
    arrivals: list[float],
    breaker_timeout: float,
    leaves: list[float],
    max_attempts: int,
) -> None:
    """Also where calls from before the outage end late, or callers leave."""
    provider = Provider(list(steps))

    async def work() -> None:
        client = guarded_client(
            provider,
            breaker_failure_threshold=1,
            breaker_timeout_seconds=breaker_timeout,
            max_attempts=max_attempts,
        )
        await some_leave([crowd(client, [at], deadline_seconds=200.0) for at in arrivals], leaves)

    in_virtual_time(work)
    assert [text for text in provider.objections if "probes" in text] == []
