"""What may become of a job, and what an error makes of it: pure policy, without clock or storage."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from enum import StrEnum

from shared_code.errors import (
    AuthenticationError,
    ContentFilterError,
    DeploymentNotFoundError,
    DocumentError,
    EngineError,
    ModelNotAllowedError,
    PromptTooLongError,
    RefusalError,
    SettingsError,
)


class JobState(StrEnum):
    """Where a job stands."""

    RECEIVED = "received"
    """Registered; no message in the queue yet."""
    QUEUED = "queued"
    """A message waits for a worker."""
    PROCESSING = "processing"
    """A worker has it."""
    WAITING = "waiting"
    """Something has to pass first: throttling, an outage, a spent budget, another job's work."""
    DONE = "done"
    """The result is kept."""
    REJECTED = "rejected"
    """The file cannot become a result; the reason is kept."""
    FAILED = "failed"
    """Given up, until a person puts it back."""


# What is not here may not happen. A finished job is put back by a person, or by new assistants.
TRANSITIONS: Mapping[JobState, frozenset[JobState]] = {
    JobState.RECEIVED: frozenset({JobState.QUEUED, JobState.PROCESSING, JobState.FAILED}),
    JobState.QUEUED: frozenset({JobState.PROCESSING, JobState.WAITING, JobState.QUEUED, JobState.FAILED}),
    JobState.PROCESSING: frozenset(
        {
            JobState.DONE,
            JobState.REJECTED,
            JobState.WAITING,
            JobState.FAILED,
            JobState.QUEUED,
            JobState.PROCESSING,
        }
    ),
    JobState.WAITING: frozenset({JobState.PROCESSING, JobState.WAITING, JobState.QUEUED, JobState.FAILED}),
    JobState.DONE: frozenset({JobState.QUEUED}),
    JobState.REJECTED: frozenset({JobState.QUEUED}),
    JobState.FAILED: frozenset({JobState.QUEUED}),
}
OPEN_STATES = frozenset({JobState.RECEIVED, JobState.QUEUED, JobState.PROCESSING, JobState.WAITING})
FINISHED_STATES = frozenset(JobState) - OPEN_STATES


class Disposition(StrEnum):
    """What an error means for a job."""

    WAIT = "wait"
    """It passes by itself or is mended by an operator: try later, as often as the age limit allows."""
    TRY_AGAIN = "try_again"
    """It may go well the next time, and costs each time: a few tries."""
    REJECT = "reject"
    """It lies in the document: no later try can help."""


_IN_THE_DOCUMENT = (DocumentError, PromptTooLongError, ContentFilterError, RefusalError)
# The CV is innocent, and the operator will mend it.
_IN_THE_SETTINGS = (SettingsError, AuthenticationError, ModelNotAllowedError, DeploymentNotFoundError)

FIRST_DELAY_SECONDS = 5.0
LONGEST_DELAY_SECONDS = 3_600.0


def disposition_of(error: Exception) -> Disposition:
    """What an error of the analysis means for its job."""
    if isinstance(error, _IN_THE_DOCUMENT):
        return Disposition.REJECT
    if isinstance(error, _IN_THE_SETTINGS) or (isinstance(error, EngineError) and error.is_retryable):
        return Disposition.WAIT
    return Disposition.TRY_AGAIN


def delay_seconds(
    earlier_waits: int,
    retry_after_seconds: float | None = None,
    *,
    uniform: Callable[[], float] = random.random,
) -> float:
    """How long a job waits: doubling from 5 s to an hour, each between half and all of it.

    A time that the provider named is the floor, spread upward by a tenth, but never over the hour: to ask
    the guards once an hour costs nothing.
    """
    doubled: float = FIRST_DELAY_SECONDS * 2.0 ** min(earlier_waits, 20)
    ceiling = min(LONGEST_DELAY_SECONDS, doubled)
    delay = ceiling * (0.5 + 0.5 * uniform())
    floor = (retry_after_seconds or 0.0) * (1.0 + 0.1 * uniform())
    return min(LONGEST_DELAY_SECONDS, max(delay, floor))
