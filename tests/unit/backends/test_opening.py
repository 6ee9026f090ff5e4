"""The backends that the settings choose, and the one connection behind them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from shared_code.backends.contract import ChatRequest, EmbeddingRequest, Message
from shared_code.backends.opening import open_backends
from tests.unit.backends.credentials import Authority
from tests.unit.backends.provider import Provider, Reply

ROOT = Path(__file__).parents[3]
ANSWER = Reply({"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]})


@pytest.mark.parametrize("name", ["chat", "responses", "assistants"])
async def test_the_setting_chooses_the_backend(provider: Provider, name: str) -> None:
    """OPENAI_BACKEND names it, and nothing is opened before there is something to ask."""
    backends = open_backends(provider.settings(backend=name))
    assert backends.chat.name == name
    assert not backends.connection.is_open
    await backends.aclose()
    assert not backends.connection.is_open


async def test_chat_and_embeddings_share_a_connection_and_an_identity(provider: Provider) -> None:
    """One sign-in serves both, and closing closes it."""
    provider.on("POST", "/chat/completions", ANSWER)
    provider.on("POST", "/embeddings", Reply({"data": [{"index": 0, "embedding": [1.0]}]}))
    authority = Authority()
    backends = open_backends(provider.settings(api_key=None), credential_factory=authority.credential)
    request = ChatRequest((Message("user", "Hello"),), 100)
    assert (await backends.chat.complete(request, "gpt-4.1-mini", 5.0)).content == "Hi"
    assert (await backends.embeddings.embed(EmbeddingRequest(("one",)), "small", 5.0)).vectors == ((1.0,),)
    assert authority.issued == ["token-1"]
    await backends.aclose()
    assert authority.credentials[0].is_closed
    assert not backends.connection.is_open


async def test_a_closed_client_may_be_used_again(provider: Provider) -> None:
    """Closing twice does no harm, and the next request opens a connection of its own."""
    provider.on("POST", "/chat/completions", ANSWER)
    backends = open_backends(provider.settings())
    for _ in range(2):
        await backends.chat.complete(ChatRequest((Message("user", "Hello"),), 100), "gpt-4.1-mini", 5.0)
        await backends.aclose()
        await backends.aclose()
    assert len(provider.requests) == 2


def test_choosing_loads_no_sdk() -> None:
    """The app can build its client while it wakes up; the SDK's second is paid by the first request."""
    program = (
        "import sys; from shared_code.backends.opening import open_backends;"
        "from shared_code.settings import OpenAISettings;"
        "open_backends(OpenAISettings(endpoint='https://unused.example.com', backend='assistants'));"
        "print([name for name in ('openai', 'azure.identity', 'httpx2', 'aiohttp') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
