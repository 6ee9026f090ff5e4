"""The whole system with its processes at hand: a host that can be killed, storage that can be away."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from local.azurite import FREE_PORTS, Azurite, start_azurite
from local.child import running_child
from shared_code.intake.desk import Desk, open_desk
from shared_code.intake.work_store import ANSWERS_CONTAINER
from shared_code.settings import IntakeSettings
from shared_code.storage import StorageAccount, StorageTarget

API_KEY = "key-of-the-storm"
ENOUGH_PER_MINUTE = "1000000"
ENOUGH_TOKENS_PER_MINUTE = "2000000000"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Something that was done to the system, from one moment to another (epoch seconds)."""

    kind: str
    began: float
    ended: float
    kept_answers: frozenset[str] = frozenset()
    """Names of the answers that were in storage at its end."""


@dataclass
class System:
    """Azurite, the emulator and the functions host; made by ``running_system``."""

    work_dir: Path
    settings: Mapping[str, str]
    azurite: Azurite
    emulator_url: str
    account: StorageAccount
    http: aiohttp.ClientSession
    disturbances: list[Disturbance] = field(default_factory=list)
    url: str = ""
    key: str = ""
    host_pid: int = 0
    _host: AsyncExitStack = field(default_factory=AsyncExitStack)
    _starts: int = 0

    @property
    def desk(self) -> Desk:
        """The intake as the command line sees it."""
        return open_desk(self.account, IntakeSettings())

    async def start_host(self) -> None:
        """Start the app, at the port and with the key it had before."""
        self._starts += 1
        folder = self.work_dir / f"host-{self._starts:02}"
        folder.mkdir()
        port = self.url.rpartition(":")[2] or "0"
        ready = await self._host.enter_async_context(
            running_child(
                "local.functions_host",
                ["--port", port, "--work-dir", str(self.work_dir)],
                work_dir=folder,
                environment={
                    "AzureWebJobsStorage": self.azurite.connection_string,
                    "AZURE_OPENAI_ENDPOINT": self.emulator_url,
                    "AZURE_OPENAI_API_KEY": API_KEY,
                    "OPENAI_REQUESTS_PER_MINUTE": ENOUGH_PER_MINUTE,
                    **self.settings,
                },
            )
        )
        self.url, self.key, self.host_pid = ready["url"], ready["key"], int(ready["pid"])

    async def kill_host(self) -> None:
        """SIGKILL: nothing is finished, nothing is written any more."""
        began = time.time()
        os.killpg(self.host_pid, signal.SIGKILL)
        await self._host.aclose()
        await self._note("host killed", began)

    async def stop_host(self) -> None:
        """End it in order."""
        await self._host.aclose()

    async def restart_azurite(self, away_seconds: float) -> None:
        """Stop the storage, leave it away for a while, and start it on the same data and ports.

        Raises:
            RuntimeError: Somebody took one of its ports meanwhile.
        """
        ports = (self.azurite.blob_port, self.azurite.queue_port, self.azurite.table_port)
        began = time.time()
        await asyncio.to_thread(self.azurite.stop)
        await asyncio.sleep(away_seconds)
        started = await asyncio.to_thread(start_azurite, self.work_dir / "azurite", ports=ports)
        self.azurite = started
        if (started.blob_port, started.queue_port, started.table_port) != ports:
            raise RuntimeError("A port of the storage emulator was taken while it was away")
        await self._note("storage away", began)

    async def _note(self, kind: str, began: float) -> None:
        kept = frozenset([entry.name async for entry in self.account.blobs.names(ANSWERS_CONTAINER)])
        self.disturbances.append(Disturbance(kind, began, time.time(), kept))

    async def set_weather(self, **profile: Any) -> None:
        """Change the emulator's profile; see its control routes."""
        await self._control("POST", "profile", profile)

    async def ledger(self) -> dict[str, Any]:
        """What the emulator was asked for, and would bill."""
        return await self._control("GET", "ledger")

    async def totals(self) -> dict[str, Any]:
        """The sums of the ledger, without its entries."""
        totals: dict[str, Any] = (await self._control("GET", "ledger?after=999999999"))["totals"]
        return totals

    async def _control(self, method: str, route: str, data: object = None) -> dict[str, Any]:
        address = f"{self.emulator_url}/_emulator/{route}"
        async with self.http.request(method, address, json=data) as response:
            response.raise_for_status()
            found: dict[str, Any] = await response.json()
            return found


@asynccontextmanager
async def running_system(
    work_dir: Path, settings: Mapping[str, str], *, latency: str
) -> AsyncIterator[System]:
    """All three, on free ports; ``latency`` as the emulator's command line takes it."""
    work_dir.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        azurite = await asyncio.to_thread(start_azurite, work_dir / "azurite", ports=FREE_PORTS)
        system: System | None = None
        try:
            emulator = await stack.enter_async_context(
                running_child(
                    "local.openai_emulator",
                    [
                        *("--api-key", API_KEY),
                        *("--latency", latency),
                        *("--rpm", ENOUGH_PER_MINUTE),
                        *("--tpm", ENOUGH_TOKENS_PER_MINUTE),
                    ],
                    work_dir=work_dir,
                )
            )
            account = await stack.enter_async_context(
                StorageAccount(StorageTarget(azurite.connection_string))
            )
            http = await stack.enter_async_context(aiohttp.ClientSession())
            system = System(work_dir, settings, azurite, emulator["url"], account, http)
            await system.start_host()
            yield system
        finally:
            if system is not None:
                await system.stop_host()
            await asyncio.to_thread((system.azurite if system else azurite).stop)
