"""A caller of the emulated Assistants API: by the real SDK or plain HTTP, from creating to fetching."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI

from local.openai_emulator.server import Emulator, EmulatorConfig
from tests.unit.openai_emulator.line_reader import RESPONSE_FORMAT, SCHEMA_NAME, fenced, read_contact_card

API_VERSION = "2024-08-01-preview"
MODEL = "gpt-4.1-mini"
CV = "Ada Example\nData engineer\nada@example.com\n+44 7700 900123"
CARD = {"name": "Ada Example", "emails": ["ada@example.com"], "lines": 4, "links": []}
CONFIG = EmulatorConfig(
    api_keys=("test-key",), reader=read_contact_card, schema_names=frozenset({SCHEMA_NAME})
)
HEADERS = {"api-key": "test-key", "OpenAI-Beta": "assistants=v2"}
OVER = {"completed", "failed", "cancelled", "expired", "incomplete"}

Client = AsyncOpenAI  # AsyncAzureOpenAI is one


def card_format() -> Any:
    """The format of a contact card, loosely typed as the SDK wants a dict of its own."""
    return RESPONSE_FORMAT


def azure_client(emulator: Emulator, **more: Any) -> AsyncAzureOpenAI:
    """The SDK as it speaks to Azure's dated API, without retries."""
    settings: dict[str, Any] = {"api_key": emulator.api_key, "max_retries": 0, "timeout": 10, **more}
    return AsyncAzureOpenAI(azure_endpoint=emulator.url, api_version=API_VERSION, **settings)


def v1_client(emulator: Emulator, root: str) -> AsyncOpenAI:
    """The SDK as it speaks to version 1 below a root."""
    return AsyncOpenAI(base_url=emulator.url + root, api_key=emulator.api_key, max_retries=0, timeout=10)


async def begin(client: Client, assistant: str, text: str = CV, **more: Any) -> Any:
    """Create a thread with a CV and a run on it; answers the run."""
    thread = {"messages": [{"role": "user", "content": fenced(text)}]}
    return await client.beta.threads.create_and_run(assistant_id=assistant, **{"thread": thread, **more})


async def ended(client: Client, run: Any) -> Any:
    """The run once it is over."""
    for _ in range(1_000):
        run = await client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
        if run.status in OVER:
            return run
        await asyncio.sleep(0.01)
    pytest.fail(f"the run stayed {run.status}")


async def message_of(client: Client, run: Any) -> Any:
    """The one message of a run."""
    page = await client.beta.threads.messages.list(run.thread_id, run_id=run.id)
    assert len(page.data) == 1
    return page.data[0]


async def http(
    emulator: Emulator, method: str, path: str, data: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Status and JSON of one plain request."""
    async with (
        aiohttp.ClientSession(headers=HEADERS if headers is None else headers) as session,
        session.request(method, emulator.url + path, json=data) as response,
    ):
        return response.status, await response.json()


async def control(emulator: Emulator, method: str, route: str, data: Any = None) -> Any:
    """What a control route answers; it must accept the order."""
    status, answer = await http(emulator, method, f"/_emulator/{route}", data, {})
    assert status == 200, answer
    return answer


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, at most ten seconds."""
    for _ in range(1_000):
        if holds():
            return
        await asyncio.sleep(0.01)
    pytest.fail("waited in vain")


def run_entries(emulator: Emulator, method: str = "POST", ending: str = "/runs") -> list[dict[str, Any]]:
    """Entries of the ledger by method and end of the path: those that created runs, unless told otherwise."""
    entries: list[dict[str, Any]] = emulator.ledger()["entries"]
    return [item for item in entries if item["method"] == method and item["path"].endswith(ending)]
