"""How these tests ask the emulator and order it about: the SDK's clients, one request, its control routes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI

from local.openai_emulator.server import Emulator, EmulatorConfig
from tests.unit.openai_emulator.line_reader import RESPONSE_FORMAT, SCHEMA_NAME, fenced, read_contact_card

ROOT = Path(__file__).parents[3]
API_VERSION = "2024-10-21"
MODEL = "gpt-4.1-mini"
CV = "Ada Example\nData engineer\nada@example.com\n+44 20 7946 0123"
CONFIG = EmulatorConfig(
    api_keys=("test-key",),
    bad_tokens=frozenset({"expired"}),
    reader=read_contact_card,
    schema_names=frozenset({SCHEMA_NAME}),
)
Client = AsyncOpenAI  # AsyncAzureOpenAI is one


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An emulator in another process."""

    url: str
    api_key: str


def azure_client(emulator: Emulator | Elsewhere, **more: Any) -> AsyncAzureOpenAI:
    """The SDK as it speaks to Azure's dated API."""
    settings: dict[str, Any] = {"api_key": emulator.api_key, "max_retries": 0, "timeout": 10, **more}
    return AsyncAzureOpenAI(azure_endpoint=emulator.url, api_version=API_VERSION, **settings)


def v1_client(emulator: Emulator, root: str = "/openai/v1/") -> AsyncOpenAI:
    """The SDK as it speaks to the v1 API, or to OpenAI's own paths."""
    return AsyncOpenAI(base_url=emulator.url + root, api_key=emulator.api_key, max_retries=0, timeout=10)


async def ask_about(client: Client, cv_text: str = CV, **more: Any) -> Any:
    """Ask for a CV's contact card, as a schema demands it."""
    body = {"model": MODEL, "response_format": RESPONSE_FORMAT, **more}
    return await client.chat.completions.create(
        messages=[
            {"role": "system", "content": "You read CVs."},
            {"role": "user", "content": fenced(cv_text, links=["- mail -> mailto:ada@example.com"])},
        ],
        **body,
    )


async def control(emulator: Emulator | Elsewhere, method: str, route: str, data: Any = None) -> Any:
    """Give an order to an emulator, or look into it."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{emulator.url}/_emulator/{route}", json=data) as response,
    ):
        answer = await response.json()
        assert response.status == 200, answer
        return answer


def last_entry(emulator: Emulator) -> dict[str, Any]:
    """What the ledger has of the latest request."""
    entry: dict[str, Any] = emulator.ledger()["entries"][-1]
    return entry


async def settled_entry(emulator: Emulator) -> dict[str, Any]:
    """The latest entry once no request is under way: a client may leave before the server is done."""
    await wait_until(lambda: not emulator.ledger()["in_flight"])
    return last_entry(emulator)


async def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds, and fail where it does not in time."""
    for _ in range(int(seconds / 0.01)):
        if holds():
            return
        await asyncio.sleep(0.01)
    pytest.fail("waited in vain")
