"""Token counts of model calls, in disjoint buckets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one attempt, or the sum over several.

    ``input_tokens`` holds the whole prompt, ``cached_input_tokens`` the part of it that was served
    from the provider's cache; ``output_tokens`` the whole completion, ``reasoning_tokens`` the part
    of it that was thought and not shown.
    """

    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.cached_input_tokens + other.cached_input_tokens,
            self.output_tokens + other.output_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
        )

    @property
    def total_tokens(self) -> int:
        """Everything the provider counted."""
        return self.input_tokens + self.output_tokens
