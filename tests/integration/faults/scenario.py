"""One scenario: what is ordered of the provider, what must come of it, and the judge over both."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from local.openai_emulator.deployments import DeploymentSpec
from local.openai_emulator.faults import Fault
from shared_code.accounting.usage import Usage
from tests.integration.faults.harness import (
    PRIMARY,
    WORD_OF_THE_CV,
    Got,
    LogRow,
    Stage,
    WireRequest,
    stage,
    whole_answer,
)

# The ledger writes down arrivals with the wall clock, the guards count on the monotonic one.
CLOCK_TOLERANCE_SECONDS = 0.005
# What a busy machine may add to the time that a row allows.
SLACK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What both sides saw of one scenario."""

    got: tuple[Got, ...]
    wire: tuple[WireRequest, ...]
    rows: tuple[LogRow, ...]
    starts: int
    notes: Mapping[str, Any]
    primary: str

    @property
    def asked(self) -> tuple[str, ...]:
        """The deployments in the order in which requests reached them."""
        return tuple(request.deployment for request in self.wire)

    @property
    def gaps(self) -> tuple[float, ...]:
        """Seconds between one request and the next."""
        arrivals = [request.arrived for request in self.wire]
        return tuple(later - earlier for earlier, later in pairwise(arrivals))

    @property
    def wall_seconds(self) -> float:
        """From the first call to the last answer."""
        return max(got.ended for got in self.got) - min(got.began for got in self.got)

    @property
    def billed_readable_micro_usd(self) -> int:
        """What the provider bills for answers that say what they cost."""
        return sum(request.cost_micro_usd for request in self.wire if request.is_readable)

    @property
    def billed_unseen(self) -> int:
        """Requests that the provider bills although no client can tell the amount."""
        return sum(1 for request in self.wire if request.cost_micro_usd and not request.is_readable)

    @property
    def accounted_micro_usd(self) -> int | None:
        """The sum of the log's rows; None where one of them says that it does not know."""
        costs = [row.details.cost_micro_usd for row in self.rows]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if len(known) == len(costs) else None


Script = Callable[[Stage], Awaitable[None]]
Check = Callable[[Evidence], str | None]


async def one_call(on: Stage) -> None:
    """The plainest script."""
    await on.call()


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of a scenario; the last caller's result speaks for all unless ``also`` says more.

    ``asked`` None leaves the wire to ``also``. ``gap_seconds`` is the least time between the first
    two requests. ``answered_by`` is checked where it is given, and so is ``retry_after_seconds``, the
    least that the error must tell.
    """

    got: str = "answer"
    asked: tuple[str, ...] | None = (PRIMARY,)
    wall_seconds: float = 0.5
    gap_seconds: float = 0.0
    answered_by: str | None = None
    retry_after_seconds: float | None = None
    billed_unseen: int = 0
    cost_is_known: bool = True
    also: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row of the table. ``settings`` are changes to the harness's small ones."""

    id: str
    expected: Expected
    faults: tuple[Fault, ...] = ()
    for_ever: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    script: Script = one_call
    deployments: tuple[DeploymentSpec, ...] = ()
    jitter: Callable[[], float] | None = None

    async def play(self, *, within_seconds: float = 60.0) -> Evidence:
        """Play it on a stage of its own."""
        async with stage(self.settings, deployments=self.deployments, jitter=self.jitter) as on:
            on.order(*self.faults, count=None if self.for_ever else 1)
            async with asyncio.timeout(within_seconds):
                await self.script(on)
                wire = await on.on_the_wire()
            rows, starts = tuple(on.logger.rows), on.logger.starts
            return Evidence(tuple(on.got), wire, rows, starts, dict(on.notes), on.default_deployment)


def judge(expected: Expected, seen: Evidence) -> list[str]:
    """Everything that is not as it must be, each in one phrase; empty where all is well."""
    findings = [
        _what_the_caller_got(expected, seen),
        _what_the_wire_saw(expected, seen),
        _how_long_it_took(expected, seen),
        _whether_every_call_has_its_row(seen),
        _whether_attempts_are_requests(seen),
        _whether_money_agrees(expected, seen),
        _whether_the_split_agrees(seen),
        _whether_tokens_agree(seen),
        _whether_errors_keep_the_cv(seen),
        *(check(seen) for check in expected.also),
    ]
    return [finding for finding in findings if finding]


def _what_the_caller_got(expected: Expected, seen: Evidence) -> str | None:
    last = seen.got[-1]
    if last.name != expected.got:
        return f"the caller got {last.name} ({last.error}), not {expected.got}"
    if any(got.error is None and got.value != whole_answer() for got in seen.got):
        return "an answer is not the whole answer"
    if expected.answered_by is not None and last.deployment != expected.answered_by:
        return f"it names {last.deployment}, not {expected.answered_by}"
    told = last.retry_after
    if expected.retry_after_seconds is not None and (told is None or told < expected.retry_after_seconds):
        return f"retry_after is {told}, not at least {expected.retry_after_seconds}"
    return None


def _what_the_wire_saw(expected: Expected, seen: Evidence) -> str | None:
    if expected.asked is not None and seen.asked != expected.asked:
        return f"asked were {seen.asked or 'none'}, not {expected.asked or 'none'}"
    if expected.gap_seconds and seen.gaps[0] < expected.gap_seconds - CLOCK_TOLERANCE_SECONDS:
        return f"the second request came after {seen.gaps[0]:.3f} s, not {expected.gap_seconds} s"
    return None


def _how_long_it_took(expected: Expected, seen: Evidence) -> str | None:
    if seen.wall_seconds > expected.wall_seconds + SLACK_SECONDS:
        return f"it took {seen.wall_seconds:.2f} s, more than {expected.wall_seconds} s"
    return None


def _whether_every_call_has_its_row(seen: Evidence) -> str | None:
    if not len(seen.got) == seen.starts == len(seen.rows):
        return f"{len(seen.got)} calls have {seen.starts} starts and {len(seen.rows)} ends in the log"
    return None


def _whether_attempts_are_requests(seen: Evidence) -> str | None:
    if any(not hasattr(got.error, "attempts") for got in seen.got if got.error is not None):
        return None  # a cancelled caller cannot be told
    counted = sum(got.attempts for got in seen.got)
    logged = sum(row.details.attempts for row in seen.rows)
    if not counted == logged == len(seen.wire):
        return f"{len(seen.wire)} requests were told as {counted} attempts and logged as {logged}"
    return None


def _whether_money_agrees(expected: Expected, seen: Evidence) -> str | None:
    booked = seen.accounted_micro_usd
    if not expected.cost_is_known and booked is not None:
        return f"booked {booked} µ$ where nobody knows the cost"
    if expected.cost_is_known and booked != seen.billed_readable_micro_usd:
        return f"accounted {booked} µ$, billed {seen.billed_readable_micro_usd} µ$"
    if seen.billed_unseen != expected.billed_unseen:
        return f"{seen.billed_unseen} billed requests without a figure, not {expected.billed_unseen}"
    return None


def _whether_the_split_agrees(seen: Evidence) -> str | None:
    """Each deployment is charged with what it billed, so that no cost moves to the one that failed."""
    billed: Counter[str | None] = Counter()
    for request in seen.wire:
        if request.is_readable:
            billed[request.deployment] += request.cost_micro_usd
    charged: Counter[str | None] = Counter()
    for row in seen.rows:
        split = row.details.usage_by_deployment
        if sum(charge.cost_micro_usd or 0 for charge in split) != (row.details.cost_micro_usd or 0):
            return "the split over deployments does not add up to the row's cost"
        for charge in split:
            charged[charge.deployment] += charge.cost_micro_usd or 0
    return None if +charged == +billed else f"charged {dict(charged)}, billed {dict(billed)}"


def _whether_tokens_agree(seen: Evidence) -> str | None:
    billed = sum((request.usage for request in seen.wire if request.is_readable), Usage())
    told = sum((got.usage for got in seen.got), Usage())
    if told != billed and all(hasattr(got.error, "usage") for got in seen.got if got.error is not None):
        return f"callers were told of {told}, billed were {billed}"
    return None


def _whether_errors_keep_the_cv(seen: Evidence) -> str | None:
    texts = [str(got.error) for got in seen.got if got.error is not None]
    texts += [row.message for row in seen.rows]
    return "an error quotes the CV" if any(WORD_OF_THE_CV in text.lower() for text in texts) else None
