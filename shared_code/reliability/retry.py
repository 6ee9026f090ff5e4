"""Whether to try again, and after how long. Parsing, deciding and delaying are separate functions."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

MAX_BACKOFF_SECONDS = 30.0
# Spreads callers that were told the same Retry-After; always added, never subtracted.
RETRY_AFTER_JITTER = 0.1


def parse_retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds the server asks to wait, from the first of its headers that can be understood.

    Azure sends ``retry-after-ms`` and ``x-ms-retry-after-ms`` (milliseconds) besides the
    ``retry-after`` of RFC 9110 (seconds, in practice also fractions of them, or an HTTP date). LiteLLM's
    proxy passes them on only with ``llm_provider-`` before their names.

    Args:
        headers: Response headers; names in lower case or a case-insensitive mapping.
        now: Wall-clock time in seconds since the epoch, against which a date is read.
    """
    for name in ("retry-after-ms", "x-ms-retry-after-ms", "llm_provider-retry-after-ms"):
        milliseconds = _number(headers.get(name))
        if milliseconds is not None:
            return milliseconds / 1000.0
    value = headers.get("retry-after") or headers.get("llm_provider-retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0.0 else None


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a call is attempted, and how the waits between grow.

    ``uniform`` draws from [0, 1); tests pass their own.
    """

    max_attempts: int = 4
    base_seconds: float = 1.0
    cap_seconds: float = MAX_BACKOFF_SECONDS
    uniform: Callable[[], float] = random.random

    def delay_seconds(self, failed_attempts: int, retry_after_seconds: float | None = None) -> float:
        """Seconds to wait after ``failed_attempts`` failures.

        Exponential backoff with full jitter; where the server named a time, that is the floor.
        """
        if retry_after_seconds is not None:
            return retry_after_seconds * (1.0 + RETRY_AFTER_JITTER * self.uniform())
        ceiling = min(self.cap_seconds, self.base_seconds * 2.0 ** (failed_attempts - 1))
        return ceiling * self.uniform()
