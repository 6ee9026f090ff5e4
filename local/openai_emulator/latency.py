"""How long an answer takes: a base, a share per output token, and seeded jitter."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class LatencyProfile:
    """Milliseconds of one answer: ``base + per_output_token * tokens ± jitter``."""

    base_ms: float = 0.0
    per_output_token_ms: float = 0.0
    jitter_ms: float = 0.0

    def __post_init__(self) -> None:
        if min(self.base_ms, self.per_output_token_ms, self.jitter_ms) < 0:
            raise ValueError("a latency cannot be negative")

    @classmethod
    def parse(cls, text: str) -> LatencyProfile:
        """A profile from ``250`` or ``base:per-output-token:jitter``, all in milliseconds.

        Raises:
            ValueError: The text is neither.
        """
        parts = text.split(":")
        if len(parts) not in {1, 3}:
            raise ValueError(
                f"latency is '250' or 'base:per-output-token:jitter' in milliseconds, not '{text}'"
            )
        return cls(*(float(part) for part in parts))

    def seconds(self, output_tokens: int, randomness: Random) -> float:
        """How long an answer of that many tokens takes."""
        jitter = randomness.uniform(-self.jitter_ms, self.jitter_ms) if self.jitter_ms else 0.0
        return max(0.0, self.base_ms + self.per_output_token_ms * output_tokens + jitter) / 1000
