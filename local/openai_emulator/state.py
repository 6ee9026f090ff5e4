"""Everything a running emulator remembers, and the pauses that end when it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from local.openai_emulator.assistants import AssistantBook
from local.openai_emulator.authentication import Credentials
from local.openai_emulator.deployments import DeploymentBook
from local.openai_emulator.faults import Fault, FaultPlan
from local.openai_emulator.latency import LatencyProfile
from local.openai_emulator.ledger import Ledger
from local.openai_emulator.threads import ThreadBook

SERVICE_UNAVAILABLE = Fault("status", status=503)


@dataclass(slots=True)
class Outage:
    """A time in which every request fails in the same way."""

    clock: Callable[[], float]
    _fault: Fault | None = None
    _until: float = 0.0

    def begin(self, fault: Fault = SERVICE_UNAVAILABLE, seconds: float | None = None) -> None:
        """Fail everything from now on, for some seconds or until told otherwise."""
        self._fault = fault
        self._until = float("inf") if seconds is None else self.clock() + seconds

    def end(self) -> None:
        """Answer again."""
        self._fault = None

    def current(self) -> Fault | None:
        """What every request gets at this moment."""
        return self._fault if self._fault is not None and self.clock() < self._until else None


@dataclass(slots=True)
class EmulatorState:
    """The parts that requests and control routes share. Lives on one event loop."""

    clock: Callable[[], float]
    credentials: Credentials
    deployments: DeploymentBook
    ledger: Ledger
    region: str
    latency: LatencyProfile = field(default_factory=LatencyProfile)
    latency_randomness: Random = field(default_factory=lambda: Random(0))
    faults: FaultPlan = field(default_factory=FaultPlan)
    assistants: AssistantBook = field(default_factory=AssistantBook)
    threads: ThreadBook = field(default_factory=ThreadBook)
    outage: Outage = field(init=False)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.outage = Outage(self.clock)

    async def pause(self, seconds: float) -> None:
        """Wait, but no longer than the emulator runs."""
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), seconds)
