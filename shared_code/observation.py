"""What the client tells those who watch it; metrics and traces hook in here and never into the client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from shared_code.accounting.usage import Usage
from shared_code.telemetry.logging import get_logger, log_unexpected

Operation = Literal["chat", "embeddings"]
SUCCESS = "ok"

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One request to the provider and how it ended.

    ``outcome`` is ``ok`` or the error's ``code``. ``retry_after_seconds`` is what the provider asked
    for with a 429, None where it asked for nothing. ``cost_micro_usd`` is None where the attempt was
    not billed or its price is unknown.
    """

    operation: Operation
    deployment: str
    model: str
    outcome: str
    duration_seconds: float
    usage: Usage
    cost_micro_usd: int | None
    retry_after_seconds: float | None = None
    response_model: str | None = None

    @property
    def is_throttled(self) -> bool:
        """Whether the provider answered 429."""
        return self.outcome == "rateLimited"


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call of the client, with all its attempts and waits.

    ``deployment`` is the one that answered, else the one that failed last, else the one that would have
    been asked first. ``limited_seconds`` is the time spent waiting for our own limiter. ``usage`` and
    ``cost_micro_usd`` hold all billed attempts; the cost is None where one of them has no known price.
    """

    operation: Operation
    deployment: str
    model: str
    outcome: str
    duration_seconds: float
    limited_seconds: float
    attempts: int
    fallback_used: bool
    usage: Usage
    cost_micro_usd: int | None
    response_model: str | None = None


class Observer(Protocol):
    """Watches the client. What it raises is logged and forgotten."""

    def attempt_ended(self, attempt: AttemptRecord) -> None:
        """One request was answered, or failed."""

    def call_ended(self, call: CallRecord) -> None:
        """A call returned or raised."""

    def asked_again(self, assistant: str) -> None:
        """An answer broke its schema and is asked for again."""


class Observers:
    """Passes each record on to all observers, none of which can do harm to the work."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def attempt_ended(self, attempt: AttemptRecord) -> None:
        """See ``Observer.attempt_ended``."""
        self._tell(lambda observer: observer.attempt_ended(attempt))

    def call_ended(self, call: CallRecord) -> None:
        """See ``Observer.call_ended``."""
        self._tell(lambda observer: observer.call_ended(call))

    def asked_again(self, assistant: str) -> None:
        """See ``Observer.asked_again``."""
        self._tell(lambda observer: observer.asked_again(assistant))

    def _tell(self, what: Callable[[Observer], None]) -> None:
        for observer in self._observers:
            try:
                what(observer)
            except Exception as error:  # noqa: BLE001  (telemetry never raises into work)
                log_unexpected(logger, "observer_failed", error)
