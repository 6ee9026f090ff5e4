"""The whole system on one machine: Azurite, the OpenAI emulator and the functions host."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from local.azurite import running_azurite_async
from local.child import running_child

ROOT = Path(__file__).parents[1]
WORK_DIR = ROOT / ".local"
EMULATOR_API_KEY = "local-emulator-key"
EMULATOR_PORT = 8089
EMULATOR_LATENCY_MS = "120"
# The limit of 20 a minute that protects a real account would only make a local run wait.
LOCAL_REQUESTS_PER_MINUTE = "6000"


@dataclass(frozen=True, slots=True)
class Backends:
    """What the app runs on. ``emulator_url`` is None where a real endpoint is set."""

    connection_string: str
    emulator_url: str | None

    def environment(self) -> dict[str, str]:
        """The settings that lead the app to these backends."""
        environment = {"AzureWebJobsStorage": self.connection_string}
        if self.emulator_url is not None:
            environment |= {
                "AZURE_OPENAI_ENDPOINT": self.emulator_url,
                "AZURE_OPENAI_API_KEY": EMULATOR_API_KEY,
                "OPENAI_REQUESTS_PER_MINUTE": os.environ.get(
                    "OPENAI_REQUESTS_PER_MINUTE", LOCAL_REQUESTS_PER_MINUTE
                ),
            }
        return environment


@dataclass(frozen=True, slots=True)
class Stack:
    """The running system: the app's URL and function key, and what it runs on."""

    url: str
    key: str
    backends: Backends


@asynccontextmanager
async def running_backends(work_dir: Path = WORK_DIR) -> AsyncIterator[Backends]:
    """Azurite and, unless AZURE_OPENAI_ENDPOINT names a real one, the OpenAI emulator."""
    work_dir.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        azurite = await stack.enter_async_context(
            running_azurite_async(work_dir / "azurite", log=work_dir / "azurite.log")
        )
        emulator_url = None
        if not os.environ.get("AZURE_OPENAI_ENDPOINT"):
            emulator = await stack.enter_async_context(
                running_child(
                    "local.openai_emulator",
                    [
                        *("--port", str(_port_if_free(EMULATOR_PORT))),
                        *("--api-key", EMULATOR_API_KEY),
                        *("--latency", EMULATOR_LATENCY_MS),
                    ],
                    work_dir=work_dir,
                )
            )
            emulator_url = emulator["url"]
        yield Backends(azurite.connection_string, emulator_url)


@asynccontextmanager
async def running_stack(
    *, port: int = 0, work_dir: Path = WORK_DIR, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Stack]:
    """The backends, and ``function_app.py`` in the functions host.

    Args:
        port: The app's port; 0 takes a free one.
        work_dir: Where data, logs and the function key are kept.
        settings: Further settings of the app.
    """
    async with running_backends(work_dir) as backends:
        arguments = ["--port", str(port), "--work-dir", str(work_dir)]
        environment = {**backends.environment(), **(settings or {})}
        async with running_child(
            "local.functions_host", arguments, work_dir=work_dir, environment=environment
        ) as host:
            yield Stack(host["url"], host["key"], backends)


def _port_if_free(port: int) -> int:
    """The port, or 0 where somebody has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return 0 if probe.connect_ex(("127.0.0.1", port)) == 0 else port
