"""The default backend over real sockets: what the provider says, as our errors and answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from local.openai_emulator.server import EmulatorConfig, running_emulator
from shared_code.assistants.prompt import fenced_cv
from shared_code.assistants.registry import PII_IDENTIFIER, load_assistant
from shared_code.backends.chat_completions import ChatCompletionsBackend
from shared_code.backends.contract import ChatRequest, Message
from shared_code.documents import text_document
from shared_code.errors import (
    AttemptTimeoutError,
    AuthenticationError,
    ContentFilterError,
    DeploymentNotFoundError,
    InvalidModelRequestError,
    ModelConnectionError,
    ModelServerError,
    OpenAIServiceError,
    PromptTooLongError,
    RateLimitError,
)
from shared_code.openai_client import OpenAIClient
from shared_code.settings import OpenAISettings

KEY = "key-of-this-test"
CV = "Robin Example\nrobin@example.com\n\nExperience\nSite Manager, Fernwood Builders, 2019 - 2024\n"


@pytest.fixture
async def emulator() -> AsyncIterator[Any]:
    async with running_emulator(
        EmulatorConfig(api_keys=(KEY,), bad_tokens=frozenset({"wrong-key"}))
    ) as running:
        yield running


def _backend(emulator: Any, **changes: Any) -> ChatCompletionsBackend:
    settings = OpenAISettings(**{"endpoint": emulator.url, "api_key": KEY, **changes})
    return ChatCompletionsBackend(settings)


def _request(**changes: Any) -> ChatRequest:
    assistant = load_assistant(PII_IDENTIFIER)
    messages = (
        Message("system", assistant.instructions),
        Message("user", fenced_cv(text_document(CV))),
    )
    return ChatRequest(
        **{
            "messages": messages,
            "max_output_tokens": 4000,
            "output_schema": assistant.output_schema,
            **changes,
        }
    )


async def _fault(emulator: Any, **fault: Any) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{emulator.url}/_emulator/faults", json=fault) as response,
    ):
        assert response.status == 200, await response.text()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="v1"),
        pytest.param({"api_version": "2024-10-21"}, id="dated"),
    ],
)
async def test_asks_both_generations_of_the_api(emulator: Any, changes: dict[str, Any]) -> None:
    """v1 without a version, or the dated API with its deployment in the path: same answer, usage included."""
    backend = _backend(emulator, **changes)
    try:
        answer = await backend.complete(_request(), "gpt-4.1-mini", 10.0)
    finally:
        await backend.aclose()
    assert "robin@example.com" in answer.content
    assert answer.finish_reason == "stop"
    assert answer.usage.input_tokens > 500
    assert answer.usage.output_tokens > 20
    assert answer.request_id


async def test_a_url_that_ends_in_v1_is_used_as_it_is(emulator: Any) -> None:
    """OpenAI itself and compatible gateways have no ``/openai`` in their path."""
    backend = _backend(emulator, endpoint=f"{emulator.url}/v1")
    try:
        assert (await backend.complete(_request(), "gpt-4.1-mini", 10.0)).content
    finally:
        await backend.aclose()


async def test_a_reasoning_model_gets_no_temperature(emulator: Any) -> None:
    """The catalogue's parameter rules keep the provider from refusing the request."""
    backend = _backend(emulator)
    try:
        assert (await backend.complete(_request(), "gpt-5-mini", 10.0)).content
    finally:
        await backend.aclose()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param({"kind": "status", "status": 401}, AuthenticationError, id="401"),
        pytest.param({"kind": "status", "status": 403}, AuthenticationError, id="403"),
        pytest.param({"kind": "status", "status": 404}, DeploymentNotFoundError, id="404"),
        pytest.param({"kind": "status", "status": 410}, DeploymentNotFoundError, id="410"),
        pytest.param({"kind": "status", "status": 400}, InvalidModelRequestError, id="400"),
        pytest.param({"kind": "status", "status": 422}, InvalidModelRequestError, id="422"),
        pytest.param(
            {
                "kind": "status",
                "status": 400,
                "body": {"error": {"code": "context_length_exceeded", "message": "too long"}},
            },
            PromptTooLongError,
            id="context-length",
        ),
        pytest.param({"kind": "content_filter_prompt"}, ContentFilterError, id="content-filter"),
        pytest.param({"kind": "status", "status": 408}, ModelServerError, id="408"),
        pytest.param({"kind": "status", "status": 409}, ModelServerError, id="409"),
        pytest.param({"kind": "status", "status": 500}, ModelServerError, id="500"),
        pytest.param({"kind": "status", "status": 503}, ModelServerError, id="503"),
        pytest.param({"kind": "status", "status": 429}, RateLimitError, id="429"),
        pytest.param({"kind": "close_before_headers"}, ModelConnectionError, id="reset"),
        pytest.param({"kind": "close_mid_body"}, ModelConnectionError, id="half-a-body"),
        pytest.param({"kind": "malformed_json"}, ModelServerError, id="malformed"),
        pytest.param({"kind": "truncated_body"}, ModelServerError, id="truncated"),
        pytest.param({"kind": "silence"}, AttemptTimeoutError, id="silence"),
        pytest.param({"kind": "slow_body", "delay_ms": 5000}, AttemptTimeoutError, id="dribble"),
    ],
)
async def test_each_trouble_is_its_own_error_without_the_prompt(
    emulator: Any, fault: dict[str, Any], error: type[OpenAIServiceError]
) -> None:
    """One request on the wire, one error, and not a word of the CV in it."""
    backend = _backend(emulator)
    await _fault(emulator, **fault)
    try:
        with pytest.raises(error) as caught:
            await backend.complete(_request(), "gpt-4.1-mini", 0.5)
    finally:
        await backend.aclose()
    assert type(caught.value) is error
    assert caught.value.deployment == "gpt-4.1-mini"
    assert "Robin" not in str(caught.value)
    assert emulator.ledger()["totals"]["requests"] == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"retry-after": "7"}, 7.0, id="seconds"),
        pytest.param({"retry-after-ms": "1500"}, 1.5, id="milliseconds"),
        pytest.param({}, None, id="unsaid"),
    ],
)
async def test_a_throttle_says_for_how_long(
    emulator: Any, headers: dict[str, str], seconds: float | None
) -> None:
    """The provider's own time comes through, in either header."""
    backend = _backend(emulator)
    await _fault(emulator, kind="status", status=429, headers=headers)
    try:
        with pytest.raises(RateLimitError) as caught:
            await backend.complete(_request(), "gpt-4.1-mini", 5.0)
    finally:
        await backend.aclose()
    assert caught.value.retry_after == seconds


async def test_a_wrong_key_names_the_setting(emulator: Any) -> None:
    """The message says what to check, and not what the key was."""
    backend = _backend(emulator, api_key="wrong-key")
    try:
        with pytest.raises(AuthenticationError, match="AZURE_OPENAI_API_KEY") as caught:
            await backend.complete(_request(), "gpt-4.1-mini", 5.0)
    finally:
        await backend.aclose()
    assert "wrong-key" not in str(caught.value)


async def test_the_guarded_client_is_the_only_one_that_retries(emulator: Any) -> None:
    """Three failures are three requests on the wire, and the fourth is the answer."""
    settings = OpenAISettings(endpoint=emulator.url, api_key=SecretStr(KEY), backoff_seconds=0.01)
    client = OpenAIClient(settings, ChatCompletionsBackend(settings))
    await _fault(emulator, kind="status", status=500, count=3)
    try:
        result = await client.chat(_request())
    finally:
        await client.aclose()
    assert result.attempts == emulator.ledger()["totals"]["requests"] == 4
