"""The client's errors and records in the report's words."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from urllib.parse import urlsplit

from cli.diagnostics.remedies import Asked, provider_status, remedy_for
from cli.diagnostics.report import RateLimitWaits, Target, TokenCounts, Trouble
from shared_code.accounting.usage import Usage
from shared_code.errors import EngineError
from shared_code.observation import AttemptRecord, CallRecord
from shared_code.settings import OpenAISettings
from shared_code.telemetry.logging import places_of


def trouble_of(
    error: Exception, settings: OpenAISettings | None, variable: str, deployment: str, attempts: int
) -> Trouble:
    """An error in the report's words. The message of a foreign one is withheld: it may quote anything."""
    if not isinstance(error, EngineError):
        places = ", ".join(places_of(error))
        error = EngineError(f"Unexpected {type(error).__name__} at {places}.")
    target = None if settings is None else target_of(settings)
    asked = Asked(
        host=target.host if target else "",
        scheme=urlsplit(settings.endpoint).scheme if settings else "https",
        uses_identity=target is not None and target.auth == "identity",
        variable=variable,
        deployment=getattr(error, "deployment", None) or deployment,
        attempts=attempts,
    )
    return Trouble(
        code=error.code,
        classification=error.classification,
        message=error.message,
        remedy=remedy_for(error, asked),
        provider_status=provider_status(error),
        retry_after_seconds=_rounded(error.retry_after_seconds),
    )


def target_of(settings: OpenAISettings) -> Target:
    """What the settings point at."""
    return Target(
        # What stands before an @ is a password.
        host=urlsplit(settings.endpoint).netloc.rpartition("@")[2],
        backend=settings.backend,
        api="dated" if settings.api_version else "v1",
        auth="api_key" if settings.api_key else "identity",
    )


def rate_limit_waits(attempts: Sequence[AttemptRecord], call: CallRecord) -> RateLimitWaits:
    """What one probe waited for because of limits, theirs and ours."""
    asked_to_wait = [
        attempt.retry_after_seconds for attempt in attempts if attempt.retry_after_seconds is not None
    ]
    return RateLimitWaits(
        throttled_attempts=sum(attempt.is_throttled for attempt in attempts),
        retry_after_seconds=_rounded(max(asked_to_wait, default=None)),
        limiter_wait_ms=milliseconds(call.limited_seconds),
    )


def token_counts(usage: Usage) -> TokenCounts:
    """Usage in the report's words."""
    return TokenCounts(
        usage.input_tokens, usage.cached_input_tokens, usage.output_tokens, usage.reasoning_tokens
    )


def versions() -> dict[str, str | None]:
    """Of Python and the SDK, read from its metadata, which costs no import."""
    try:
        openai_version: str | None = metadata.version("openai")
    except metadata.PackageNotFoundError:
        openai_version = None
    return {"python": platform.python_version(), "openai": openai_version}


def timestamp(moment: datetime) -> str:
    """A moment in UTC, in ISO 8601 with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(seconds: float) -> float:
    """Seconds as milliseconds, to a tenth."""
    return round(seconds * 1000.0, 1)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
