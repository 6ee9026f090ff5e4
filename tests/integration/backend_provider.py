"""The emulator and the one backend that asks it, with what the contract's tests do to both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from local.openai_emulator.server import Emulator
from shared_code.assistants.prompt import fenced_cv
from shared_code.assistants.registry import EXTRACTOR, load_assistant
from shared_code.backends.contract import Backend, ChatAnswer, ChatRequest, Message
from shared_code.documents import text_document
from shared_code.settings import OpenAISettings

KEY = "key-of-this-test"
CV = """Robin Example
robin@example.com, +44 7700 900123, Leeds

Site manager who finishes timber houses early.

Experience
Site Manager, Fernwood Builders, Leeds, 03/2019 - now
- Led 14 people
Foreman, Alder Homes, York, 01/2015 - 02/2019

Education
BSc Civil Engineering, Moorland University, 2011 - 2014

Skills
Scheduling, MS Project
"""
BACKENDS = ("chat", "responses", "assistants")
# The request that asks the model, among the several that a run takes.
ASKING = {"chat": "*/chat/completions", "responses": "*/responses", "assistants": "*/threads/runs"}


@dataclass(frozen=True)
class Provider:
    """The emulator, and the one backend that asks it."""

    emulator: Emulator
    backend: Backend

    async def ask(
        self, request: ChatRequest | None = None, deployment: str = "gpt-4.1-mini", seconds: float = 20.0
    ) -> ChatAnswer:
        return await self.backend.complete(request or cv_request(), deployment, seconds)

    async def fault(self, **fault: Any) -> None:
        await self.post("/_emulator/faults", {"match": {"path": ASKING[self.backend.name]}, **fault})

    async def post(self, path: str, body: Any) -> Any:
        headers = {"api-key": KEY, "OpenAI-Beta": "assistants=v2"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.post(f"{self.emulator.url}{path}", json=body) as response,
        ):
            assert response.status == 200, await response.text()
            return await response.json()

    def totals(self) -> dict[str, Any]:
        totals: dict[str, Any] = self.emulator.ledger()["totals"]
        return totals

    def asked(self) -> list[dict[str, Any]]:
        """The ledger's entries of requests that asked the model."""
        ending = ASKING[self.backend.name].removeprefix("*")
        return [entry for entry in self.emulator.ledger()["entries"] if entry["path"].endswith(ending)]

    async def has_used_up_its_fault(self) -> bool:
        """Whether, before long, the request has come for which a fault was queued."""
        return await _before_long(lambda: not self.emulator.state.faults.pending())

    async def is_quiet(self) -> bool:
        """Whether, before long, no request is under way and no thread exists."""
        state = self.emulator.state
        return await _before_long(lambda: not state.ledger.as_json()["in_flight"] and not state.threads.ids())


async def _before_long(is_so: Callable[[], bool]) -> bool:
    for _ in range(250):
        if is_so():
            return True
        await asyncio.sleep(0.02)
    return False


def settings_for(emulator: Emulator, name: str, **changes: Any) -> OpenAISettings:
    """Settings that lead to the emulator by one of the backends."""
    return OpenAISettings(**{"endpoint": emulator.url, "api_key": KEY, "backend": name, **changes})


def cv_request(**changes: Any) -> ChatRequest:
    """The extractor's question about one CV, with its strict schema."""
    assistant = load_assistant(EXTRACTOR)
    messages = (
        Message("system", assistant.instructions),
        Message("user", fenced_cv(text_document(CV), token="0123456789abcdef")),
    )
    return ChatRequest(
        **{
            "messages": messages,
            "max_output_tokens": 8000,
            "output_schema": assistant.output_schema,
            **changes,
        }
    )
