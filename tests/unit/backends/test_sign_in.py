"""What a 401 means on the wire: final for a key, one fresh token for an identity."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError

from shared_code.backends.chat_completions import ChatCompletionsBackend
from shared_code.backends.contract import ChatRequest, Message
from shared_code.backends.on_demand import TransportOnDemand
from shared_code.errors import AuthenticationError
from tests.unit.backends.credentials import Authority
from tests.unit.backends.provider import Provider, Received, Reply

REQUEST = ChatRequest((Message("user", "Hello"),), 100)
ANSWER = Reply({"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}], "model": "m"})
REFUSED = Reply({"error": {"code": "401", "message": "expired"}}, 401, {"x-should-retry": "true"})
CHAT = r"/chat/completions|/openai/deployments/gpt-4.1-mini/chat/completions"


class Gate:
    """Lets in whoever carries the one valid token."""

    def __init__(self, valid: str) -> None:
        self.valid = valid

    def __call__(self, received: Received) -> Reply:
        return ANSWER if received.headers.get("authorization") == f"Bearer {self.valid}" else REFUSED


def _backend(provider: Provider, authority: Authority, **changes: Any) -> ChatCompletionsBackend:
    settings = provider.settings(api_key=None, **changes)
    return ChatCompletionsBackend(settings, connection=TransportOnDemand(settings, authority.credential))


async def _refusal(backend: ChatCompletionsBackend) -> AuthenticationError:
    with pytest.raises(AuthenticationError) as caught:
        await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)
    return caught.value


@pytest.mark.parametrize(
    "changes", [pytest.param({}, id="v1"), pytest.param({"api_version": "2024-10-21"}, id="dated")]
)
async def test_after_a_rotation_one_retry_succeeds(provider: Provider, changes: dict[str, Any]) -> None:
    """The stale token is dropped, the error advises a retry, and the retry carries a fresh token."""
    provider.on("POST", CHAT, Gate("token-2"))
    backend = _backend(provider, Authority(), **changes)
    assert (await _refusal(backend)).retry_advised is True
    assert (await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)).content == "Hi"
    await backend.aclose()


async def test_fifty_callers_with_the_same_stale_token_share_its_successor(provider: Provider) -> None:
    """All are refused, all may retry, and the identity signs in once for all of them."""
    gate = Gate("token-1")
    provider.on("POST", CHAT, gate)
    authority = Authority()
    backend = _backend(provider, authority)
    await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)
    gate.valid = "token-2"
    refusals = await asyncio.gather(*(_refusal(backend) for _ in range(50)))
    assert {refusal.retry_advised for refusal in refusals} == {True}
    calls = (backend.complete(REQUEST, "gpt-4.1-mini", 5.0) for _ in range(50))
    assert {answer.content for answer in await asyncio.gather(*calls)} == {"Hi"}
    assert authority.issued == ["token-1", "token-2"]
    await backend.aclose()


async def test_a_refused_fresh_token_is_final(provider: Provider) -> None:
    """One retry per token, whatever the provider's own header advises."""
    provider.on("POST", CHAT, REFUSED)
    backend = _backend(provider, Authority())
    advice = [(await _refusal(backend)).retry_advised for _ in range(3)]
    assert advice == [True, False, False]
    await backend.aclose()


async def test_rotations_far_apart_are_each_survived(provider: Provider) -> None:
    """An accepted token proves the identity right, so its refusal later is another rotation."""
    gate = Gate("token-1")
    provider.on("POST", CHAT, gate)
    backend = _backend(provider, Authority())
    for rotation in range(1, 4):
        assert (await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)).content == "Hi"
        gate.valid = f"token-{rotation + 1}"
        assert (await _refusal(backend)).retry_advised is True
    await backend.aclose()


async def test_a_refused_key_is_final(provider: Provider) -> None:
    """A key does not change by asking again, whatever the provider's own header advises."""
    provider.on("POST", CHAT, REFUSED)
    backend = ChatCompletionsBackend(provider.settings())
    assert (await _refusal(backend)).retry_advised is False
    await backend.aclose()


async def test_without_an_identity_nothing_is_sent(provider: Provider) -> None:
    """The error names the mend, and the permit of a request that never left can be given back."""
    failure = ClientAuthenticationError("nobody is signed in")
    backend = _backend(provider, Authority(failure=failure))
    refusal = await _refusal(backend)
    assert (refusal.was_sent, refusal.retry_advised) == (False, None)
    assert "AZURE_OPENAI_API_KEY" in str(refusal)
    assert provider.requests == []
    await backend.aclose()
