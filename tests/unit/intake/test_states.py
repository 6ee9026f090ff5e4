"""The job's states, what an error means for it, and how long it waits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code import errors
from shared_code.intake.states import (
    FINISHED_STATES,
    LONGEST_DELAY_SECONDS,
    OPEN_STATES,
    TRANSITIONS,
    Disposition,
    JobState,
    delay_seconds,
    disposition_of,
)


def _all_errors(root: type[errors.EngineError] = errors.EngineError) -> list[type[errors.EngineError]]:
    return [root] + [leaf for child in root.__subclasses__() for leaf in _all_errors(child)]


def test_every_state_is_open_or_finished_and_has_its_transitions() -> None:
    """No state is forgotten in either table."""
    assert set(TRANSITIONS) == set(JobState) == OPEN_STATES | FINISHED_STATES
    assert not OPEN_STATES & FINISHED_STATES


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_every_open_state_leads_to_each_end(state: JobState) -> None:
    """Whatever happens, a job can still be done, rejected and given up."""
    reached, fresh = {state}, {state}
    while fresh:
        fresh = {following for known in fresh for following in TRANSITIONS[known]} - reached
        reached |= fresh
    assert reached >= FINISHED_STATES


def test_a_finished_job_is_only_ever_put_back() -> None:
    """Nothing but a new start leaves an end."""
    assert {TRANSITIONS[state] for state in FINISHED_STATES} == {frozenset({JobState.QUEUED})}


@pytest.mark.parametrize(
    ("error", "disposition"),
    [
        (errors.RateLimitError, Disposition.WAIT),
        (errors.BudgetExceededError, Disposition.WAIT),
        (errors.CircuitBreakerError, Disposition.WAIT),
        (errors.TimeoutError, Disposition.WAIT),
        (errors.AttemptTimeoutError, Disposition.WAIT),
        (errors.ModelServerError, Disposition.WAIT),
        (errors.ModelConnectionError, Disposition.WAIT),
        (errors.StorageError, Disposition.WAIT),
        (errors.AuthenticationError, Disposition.WAIT),
        (errors.SettingsError, Disposition.WAIT),
        (errors.ModelNotAllowedError, Disposition.WAIT),
        (errors.ModelRetiredError, Disposition.WAIT),
        (errors.DeploymentNotFoundError, Disposition.WAIT),
        (errors.EncryptedDocumentError, Disposition.REJECT),
        (errors.DocumentTooLargeError, Disposition.REJECT),
        (errors.PromptTooLongError, Disposition.REJECT),
        (errors.ContentFilterError, Disposition.REJECT),
        (errors.RefusalError, Disposition.REJECT),
        (errors.ValidationError, Disposition.TRY_AGAIN),
        (errors.TruncatedAnswerError, Disposition.TRY_AGAIN),
        (errors.EmptyAnswerError, Disposition.TRY_AGAIN),
        (errors.InvalidModelRequestError, Disposition.TRY_AGAIN),
        (errors.EngineError, Disposition.TRY_AGAIN),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value),
)
def test_what_an_error_means(error: type[errors.EngineError], disposition: Disposition) -> None:
    """What passes or will be mended waits, what lies in the document is rejected, the rest is tried again."""
    assert disposition_of(error("x")) is disposition


def test_a_bug_is_tried_again_and_every_document_error_rejects() -> None:
    """No exception is without a disposition, and nothing wrong with a file is asked of the model twice."""
    assert disposition_of(ZeroDivisionError()) is Disposition.TRY_AGAIN
    for error in _all_errors(errors.DocumentError):
        assert disposition_of(error("x")) is Disposition.REJECT
    for error in _all_errors():
        if error.is_retryable:
            assert disposition_of(error("x")) is Disposition.WAIT


@given(st.integers(0, 10_000), st.none() | st.floats(0, 1e6), st.floats(0, 1, exclude_max=True))
def test_a_delay_grows_to_an_hour_and_heeds_the_provider(
    waits: int, retry_after: float | None, draw: float
) -> None:
    """Between half and all of the doubled time, never below what the provider asked for within the hour."""
    delay = delay_seconds(waits, retry_after, uniform=lambda: draw)
    doubled = min(LONGEST_DELAY_SECONDS, 5.0 * 2.0 ** min(waits, 20))
    assert delay >= min(LONGEST_DELAY_SECONDS, max(doubled / 2, retry_after or 0.0))
    assert delay <= max(doubled, min(LONGEST_DELAY_SECONDS, (retry_after or 0.0) * 1.1))


def test_delays_double() -> None:
    """5, 10, 20, … seconds before jitter."""
    assert [delay_seconds(waits, uniform=lambda: 1.0) for waits in (0, 1, 2, 9, 10, 50)] == [
        5.0,
        10.0,
        20.0,
        2_560.0,
        3_600.0,
        3_600.0,
    ]
