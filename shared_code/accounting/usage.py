"""Token counts of model calls, in disjoint buckets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


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


@dataclass(frozen=True, slots=True)
class DeploymentUsage:
    """What one deployment did for a call that used several. ``cost_micro_usd`` None: price unknown."""

    deployment: str | None
    model: str | None
    usage: Usage
    cost_micro_usd: int | None


def total_usage(charges: Iterable[DeploymentUsage]) -> Usage:
    """All tokens of the charges."""
    return sum((charge.usage for charge in charges), Usage())


class Priced(Protocol):
    """Something that cost money; None where the price is unknown."""

    @property
    def cost_micro_usd(self) -> int | None:
        """In millionths of a dollar."""


def total_cost_micro_usd(charges: Iterable[Priced]) -> int | None:
    """The price of all charges; None as soon as one has no known price, which the sum would hide."""
    total = 0
    for charge in charges:
        if charge.cost_micro_usd is None:
            return None
        total += charge.cost_micro_usd
    return total
