"""Conversations with servers of other people: answers, accounts, and every trouble they can make."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared_code.accounting.usage import Usage
from shared_code.backends.contract import OutputSchema
from shared_code.errors import (
    AttemptTimeoutError,
    AuthenticationError,
    ContentFilterError,
    DeploymentNotFoundError,
    InvalidModelRequestError,
    OpenAIServiceError,
    PromptTooLongError,
    RateLimitError,
    RefusalError,
    TruncatedAnswerError,
)
from tests.compatibility.aimock import Aimock
from tests.compatibility.conftest import Connect, Server, error, fixture, question, upstream_of
from tests.compatibility.litellm_proxy import LiteLLMProxy

SAID = "Robin Example is a site manager."
COUNTED = {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500}
SCHEMA = OutputSchema(
    "city_schema",
    {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)


async def test_an_answer_comes_with_the_servers_own_account(server: Server, connect: Connect) -> None:
    """The text, the tokens as reported, and their price by the catalogue."""
    upstream_of(server).serve(fixture({"content": SAID, "usage": COUNTED}))
    client = connect(server).client
    result = await client.chat(question("Who is Robin?"))
    assert result.content == SAID
    assert result.usage == Usage(input_tokens=1200, output_tokens=300)
    assert result.cost_micro_usd == client.catalogue.cost_micro_usd("gpt-4.1-mini", result.usage)
    assert result.cost_micro_usd
    assert result.attempts == 1
    (asked,) = upstream_of(server).requests()
    assert asked["body"]["model"] == "gpt-4.1-mini"
    assert [message["role"] for message in asked["body"]["messages"]] == ["system", "user"]


async def test_a_strict_schema_reaches_the_model(server: Server, connect: Connect) -> None:
    """Whatever stands between, the model is asked for structured output by exactly this schema."""
    upstream_of(server).serve(
        {"match": {"responseFormat": "json_schema"}, "response": {"content": '{"city": "Leeds"}'}}
    )
    result = await connect(server).client.chat(question("Where?", SCHEMA))
    assert result.content == '{"city": "Leeds"}'
    (asked,) = upstream_of(server).requests()
    assert asked["body"]["response_format"]["json_schema"] == {
        "name": SCHEMA.name,
        "schema": SCHEMA.schema,
        "strict": True,
    }


async def test_a_throttled_call_waits_as_long_as_the_model_asked(server: Server, connect: Connect) -> None:
    """Seven seconds and at most a tenth more, then one more request."""
    upstream_of(server).serve(
        fixture(error(429, "rate_limit_exceeded", retryAfter=7), nth=0), fixture({"content": SAID}, nth=1)
    )
    connected = connect(server)
    result = await connected.client.chat(question("Who?"))
    assert result.attempts == 2
    assert 7.0 <= sum(connected.clock.sleeps) <= 7.7
    assert len(upstream_of(server).requests()) == 2


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(fixture(error(500), nth=0), id="500"),
        pytest.param(fixture(error(503), nth=0), id="503"),
        pytest.param(fixture({"content": SAID}, nth=0, disconnectRate=1), id="connection-drop"),
        pytest.param(fixture({"content": SAID}, nth=0, malformedRate=1), id="malformed-body"),
        pytest.param(fixture({"content": SAID}, nth=0, dropRate=1), id="chaos-500"),
        pytest.param(fixture({"content": SAID}, nth=0, rateLimitRate=1), id="chaos-429"),
    ],
)
async def test_what_can_pass_is_tried_again(
    server: Server, connect: Connect, trouble: dict[str, Any]
) -> None:
    """One failure, one wait, one more request, and the answer."""
    upstream_of(server).serve(trouble, fixture({"content": SAID}, nth=1))
    connected = connect(server)
    result = await connected.client.chat(question("Who?"))
    assert result.content == SAID
    assert result.attempts == 2
    assert len(connected.clock.sleeps) == 1
    assert len(upstream_of(server).requests()) == 2


async def test_the_dated_api_of_azure_is_served_too(server: Server, connect: Connect) -> None:
    """With a version set, the deployment stands in the path, and the key in a header of its own."""
    upstream_of(server).serve(fixture({"content": SAID}))
    client = connect(server, endpoint=server.url, api_version="2024-10-21").client
    assert (await client.chat(question("Who?"))).content == SAID


async def test_a_silent_server_is_left_alone_after_a_second_look(server: Server, connect: Connect) -> None:
    """Each look takes no longer than the attempt's own timeout."""
    silence_seconds = 1.5
    upstream_of(server).serve(fixture({"content": SAID}, latencyMs=1000 * silence_seconds))
    with pytest.raises(AttemptTimeoutError) as caught:
        await connect(server, attempt_timeout_seconds=0.5).client.chat(question("Who?"))
    assert caught.value.attempts == 2
    # aimock writes a request down when it answers: those given up must not count in the next test.
    await asyncio.sleep(silence_seconds)


async def test_a_deployment_that_keeps_failing_gives_way_to_the_fallback(
    server: Server, connect: Connect
) -> None:
    """Two failures, then the other deployment, with its own price."""
    upstream_of(server).serve(
        {"match": {"model": "gpt-4.1-mini"}, "response": error(500)},
        {"match": {"model": "gpt-4o-mini"}, "response": {"content": SAID, "usage": COUNTED}},
    )
    client = connect(server, enable_fallback=True, deployment_models={}).client
    result = await client.chat(question("Who?"))
    assert (result.deployment, result.fallback_used, result.attempts) == ("gpt-4o-mini", True, 3)
    assert result.cost_micro_usd == client.catalogue.cost_micro_usd("gpt-4o-mini", result.usage)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(error(401, "invalid_api_key"), AuthenticationError, id="401"),
        pytest.param(error(404, "model_not_found"), DeploymentNotFoundError, id="404"),
        pytest.param({"content": "cut", "finishReason": "length"}, TruncatedAnswerError, id="length"),
        pytest.param({"content": "x", "finishReason": "content_filter"}, ContentFilterError, id="filtered"),
    ],
)
async def test_what_cannot_pass_is_asked_once(
    server: Server, connect: Connect, answer: dict[str, Any], kind: type[OpenAIServiceError]
) -> None:
    """Each is its own error, after one request."""
    upstream_of(server).serve(fixture(answer))
    with pytest.raises(kind) as caught:
        await connect(server).client.chat(question("Who?"))
    assert type(caught.value) is kind
    assert len(upstream_of(server).requests()) == 1


@pytest.mark.parametrize("deployment", ["gpt-4.1-mini", "azure-4.1-mini"])
async def test_a_prompt_over_the_models_context_is_called_that(
    litellm_proxy: LiteLLMProxy, connect: Connect, deployment: str
) -> None:
    """A person can shorten a document; "the request was rejected" says nothing of the kind."""
    too_long = "This model's maximum context length is 8192 tokens, your messages have 9000."
    litellm_proxy.upstream.serve(fixture(error(400, "context_length_exceeded", too_long)))
    for server in (litellm_proxy.upstream, litellm_proxy):
        with pytest.raises(PromptTooLongError):
            await connect(server, chat_deployment=deployment).client.chat(question("Who?"))


async def test_the_content_filter_of_azure_is_called_that(
    litellm_proxy: LiteLLMProxy, connect: Connect
) -> None:
    """Asked directly, and behind the proxy, which replaces the code with the status."""
    filtered = (
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
    )
    litellm_proxy.upstream.serve(fixture(error(400, "content_filter", filtered)))
    for server in (litellm_proxy.upstream, litellm_proxy):
        with pytest.raises(ContentFilterError):
            await connect(server, chat_deployment="azure-4.1-mini").client.chat(question("Who?"))


async def test_a_wrong_key_is_called_that(aimock: Aimock, connect: Connect) -> None:
    """Refused before a fixture is looked for, and not asked again."""
    aimock.serve(fixture({"content": SAID}))
    with pytest.raises(AuthenticationError) as caught:
        await connect(aimock, api_key="wrong-key-of-this-test").client.chat(question("Who?"))
    assert caught.value.attempts == 1
    assert "wrong-key" not in str(caught.value)


async def test_the_proxy_without_a_database_answers_a_wrong_key_with_400(
    litellm_proxy: LiteLLMProxy, connect: Connect
) -> None:
    """It cannot look the key up; its reason has to show, because its status misleads."""
    with pytest.raises(InvalidModelRequestError, match="no_db_connection") as caught:
        await connect(litellm_proxy, api_key="sk-wrong").client.chat(question("Who?"))
    assert caught.value.attempts == 1


async def test_a_model_that_the_proxy_does_not_have_is_not_found(
    litellm_proxy: LiteLLMProxy, connect: Connect
) -> None:
    """It answers 400 where OpenAI answers 404; the fallback is asked all the same."""
    litellm_proxy.upstream.serve(fixture({"content": SAID}))
    with pytest.raises(DeploymentNotFoundError):
        await connect(litellm_proxy, chat_deployment="nowhere").client.chat(question("Who?"))
    client = connect(litellm_proxy, chat_deployment="nowhere", enable_fallback=True).client
    assert (await client.chat(question("Who?"))).fallback_used


async def test_the_proxys_own_answer_has_the_proxys_own_account(
    litellm_proxy: LiteLLMProxy, connect: Connect
) -> None:
    """Mock answers count ten tokens in and twenty out."""
    result = await connect(litellm_proxy, chat_deployment="mock-answer").client.chat(question("Who?"))
    assert result.content == "This is the gateway's own answer."
    assert result.usage == Usage(input_tokens=10, output_tokens=20)


@pytest.mark.parametrize(
    ("deployment", "code", "attempts"),
    [
        pytest.param("mock-rate-limit", "rateLimited", 4, id="429"),
        pytest.param("mock-server-error", "modelServerError", 4, id="500"),
        pytest.param("mock-context-window", "promptTooLong", 1, id="context-window"),
        pytest.param("mock-empty-answer", "emptyAnswer", 1, id="empty"),
    ],
)
async def test_the_proxys_own_troubles_are_told_apart(
    litellm_proxy: LiteLLMProxy, connect: Connect, deployment: str, code: str, attempts: int
) -> None:
    """What its mock errors are, and how often they are worth a try."""
    with pytest.raises(OpenAIServiceError) as caught:
        await connect(litellm_proxy, chat_deployment=deployment).client.chat(question("Who?"))
    assert (caught.value.code, caught.value.attempts) == (code, attempts)


async def test_a_refusal_is_called_that(litellm_proxy: LiteLLMProxy, connect: Connect) -> None:
    """The proxy moves it out of its place in the message, and leaves an answer without content."""
    with pytest.raises(RefusalError):
        await connect(litellm_proxy, chat_deployment="refusing").client.chat(question("Who?"))


async def test_a_limit_that_the_proxy_tells_is_kept_to(litellm_proxy: LiteLLMProxy, connect: Connect) -> None:
    """The first answer says that no request is left, so the second is not sent."""
    client = connect(
        litellm_proxy, chat_deployment="mock-limited", tokens_per_minute=100_000, deadline_seconds=5
    ).client
    await client.chat(question("Who?"))
    with pytest.raises(RateLimitError) as caught:
        await client.chat(question("Who?"))
    assert caught.value.attempts == 0


async def test_a_limit_that_is_kept_from_us_is_a_429_without_a_time(
    litellm_proxy: LiteLLMProxy, connect: Connect
) -> None:
    """Where nobody set OPENAI_TOKENS_PER_MINUTE, the proxy refuses, and our own backoff waits."""
    connected = connect(litellm_proxy, chat_deployment="mock-limited-too")
    await connected.client.chat(question("Who?"))
    with pytest.raises(RateLimitError) as caught:
        await connected.client.chat(question("Who?"))
    assert caught.value.attempts == 4
    assert len(connected.clock.sleeps) == 3
