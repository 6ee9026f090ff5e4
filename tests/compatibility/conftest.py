"""The servers of other people, started once where they are installed, and the real client before them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from shared_code.backends.contract import ChatRequest, Message, OutputSchema
from shared_code.backends.opening import open_backends
from shared_code.openai_client import OpenAIClient
from shared_code.settings import OpenAISettings
from tests.compatibility import aimock as aimock_server
from tests.compatibility import litellm_proxy as litellm_server
from tests.compatibility.aimock import Aimock, running_aimock
from tests.compatibility.litellm_proxy import LiteLLMProxy, running_litellm_proxy
from tests.fakes import FakeClock

ARE_INSTALLED = aimock_server.is_installed() and litellm_server.is_installed()
# The one that stays says, in one line, why the others are missing.
collect_ignore = (
    [] if ARE_INSTALLED else ["test_chat.py", "test_embeddings.py", "test_other_apis.py", "test_service.py"]
)

Server = Aimock | LiteLLMProxy


@pytest.fixture(scope="session")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aimock]:
    """One aimock for all tests; each loads its own fixtures."""
    with running_aimock(tmp_path_factory.mktemp("aimock")) as running:
        yield running


@pytest.fixture(scope="session")
def litellm_proxy(aimock: Aimock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteLLMProxy]:
    """One proxy for all tests, with aimock behind it."""
    with running_litellm_proxy(tmp_path_factory.mktemp("litellm"), aimock) as running:
        yield running


@pytest.fixture(params=["aimock", "litellm_proxy"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each of them in turn; the proxy passes on to aimock what it is asked."""
    running: Server = request.getfixturevalue(request.param)
    return running


@dataclass(frozen=True, slots=True)
class Connected:
    """A real client connected to a server, and the clock by which it waits."""

    client: OpenAIClient
    clock: FakeClock


Connect = Callable[..., Connected]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Connects real clients: real sockets, only the waiting is not waited for."""
    async with AsyncExitStack() as clients:

        def connected(server: Server, **changes: Any) -> Connected:
            deployment = changes.get("chat_deployment", "gpt-4.1-mini")
            settings = OpenAISettings(
                **{
                    "endpoint": server.endpoint,
                    "api_key": server.key,
                    "deployment_models": {deployment: "gpt-4.1-mini"},
                    "backoff_seconds": 0.5,
                    **changes,
                }
            )
            clock = FakeClock()
            client = open_client(settings, clock)
            clients.push_async_callback(client.aclose)
            return Connected(client, clock)

        yield connected


def open_client(settings: OpenAISettings, clock: FakeClock) -> OpenAIClient:
    """The client as the app builds it."""
    backends = open_backends(settings)
    return OpenAIClient(settings, backends.chat, backends.embeddings, clock=clock, sleep=clock.sleep)


def question(text: str, schema: OutputSchema | None = None) -> ChatRequest:
    """A question of one system and one user message."""
    messages = (Message("system", "Answer briefly."), Message("user", text))
    return ChatRequest(messages, max_output_tokens=200, output_schema=schema)


def upstream_of(server: Server) -> Aimock:
    """The aimock that answers in the end."""
    return server.upstream if isinstance(server, LiteLLMProxy) else server


def fixture(answer: dict[str, Any], *, nth: int | None = None, **chaos: float) -> dict[str, Any]:
    """What aimock answers to every question, or to the nth (from 0)."""
    match: dict[str, Any] = (
        {"endpoint": "chat"} if nth is None else {"endpoint": "chat", "sequenceIndex": nth}
    )
    return {"match": match, "response": answer, **({"chaos": chaos} if chaos else {})}


def error(status: int, code: str | None = None, message: str = "no", **more: Any) -> dict[str, Any]:
    """An error as OpenAI words it."""
    return {
        "error": {"message": message, "type": "invalid_request_error", "code": code},
        "status": status,
        **more,
    }
