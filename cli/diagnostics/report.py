"""What a probe found out, as values and as the JSON of ``probe.schema.json``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

SCHEMA_VERSION = "1.0"

Status = Literal["ready", "degraded", "not_ready"]
# ``skipped`` was not wanted; ``not_run`` was wanted, and the report's ``error`` stood in its way.
ProbeStatus = Literal["passed", "failed", "skipped", "not_run"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong and how to mend it.

    ``code`` and ``classification`` are those of the project's errors; ``provider_status`` is the HTTP
    status that the provider answered with, None where it did not come to that.
    """

    code: str
    classification: str
    message: str
    remedy: str
    provider_status: int | None = None
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning. ``degrades`` says whether it keeps the status from being ``ready``."""

    code: str
    message: str
    degrades: bool
    deployment: str | None = None
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What was probed: the host alone of the endpoint, because paths and credentials may be secret."""

    host: str
    backend: str
    api: Literal["v1", "dated"]
    auth: Literal["api_key", "identity"]


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Billed tokens of all attempts; cached input is part of input, reasoning part of output."""

    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class RateLimitWaits:
    """How often the provider throttled, how long it asked to wait at most, and our own limiter's wait."""

    throttled_attempts: int = 0
    retry_after_seconds: float | None = None
    limiter_wait_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class ProbeOutcome:
    """How one probe went.

    ``latency_ms`` is the provider's time for the last attempt, ``duration_ms`` the whole call's with its
    waits and retries. ``cost_usd`` holds all billed attempts; None where a price is unknown or nothing
    was asked.
    """

    status: ProbeStatus
    requested_deployment: str | None = None
    deployment: str | None = None
    model: str | None = None
    response_model: str | None = None
    attempts: int = 0
    latency_ms: float | None = None
    duration_ms: float | None = None
    usage: TokenCounts = field(default_factory=TokenCounts)
    cost_usd: float | None = None
    fallback_used: bool = False
    dimensions: int | None = None
    rate_limit: RateLimitWaits = field(default_factory=RateLimitWaits)
    error: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One round of the probe. ``error`` is what kept it from asking at all, None where it could.

    ``checked_at`` is UTC in ISO 8601; ``as_of`` the day by which retirements are judged.
    """

    checked_at: str
    as_of: str
    duration_ms: float
    target: Target | None
    chat: ProbeOutcome
    embeddings: ProbeOutcome
    warnings: tuple[Remark, ...]
    versions: dict[str, str | None]
    error: Trouble | None = None

    @property
    def probes(self) -> dict[str, ProbeOutcome]:
        """Both probes by name."""
        return {"chat": self.chat, "embeddings": self.embeddings}

    @property
    def status(self) -> Status:
        """Ready only where everything that was wanted passed and no warning speaks against it."""
        has_failed = any(outcome.status == "failed" for outcome in self.probes.values())
        if has_failed or self.error is not None:
            return "not_ready"
        return "degraded" if any(remark.degrades for remark in self.warnings) else "ready"

    def as_json(self) -> dict[str, Any]:
        """The content of ``probe.json``."""
        return {
            "schema_version": SCHEMA_VERSION,
            "status": self.status,
            "checked_at": self.checked_at,
            "as_of": self.as_of,
            "duration_ms": self.duration_ms,
            "target": None if self.target is None else asdict(self.target),
            "probes": {name: asdict(outcome) for name, outcome in self.probes.items()},
            "warnings": _as_dicts(self.warnings),
            "error": None if self.error is None else asdict(self.error),
            "versions": self.versions,
        }


def _as_dicts(remarks: Sequence[Remark]) -> list[dict[str, Any]]:
    return [asdict(remark) for remark in remarks]
