"""The Responses and Assistants APIs of servers of other people, as far as they have them."""

from __future__ import annotations

from typing import Any

import pytest

from shared_code.accounting.usage import Usage
from shared_code.backends.contract import OutputSchema
from shared_code.errors import AuthenticationError, OpenAIServiceError
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


async def test_a_response_is_the_same_answer_with_the_same_account(server: Server, connect: Connect) -> None:
    """Text, tokens and price as over Chat Completions."""
    upstream_of(server).serve(fixture({"content": SAID, "usage": COUNTED}))
    client = connect(server, backend="responses").client
    result = await client.chat(question("Who?"))
    assert result.content == SAID
    assert result.usage == Usage(input_tokens=1200, output_tokens=300)
    assert result.cost_micro_usd == client.catalogue.cost_micro_usd("gpt-4.1-mini", result.usage)
    (asked,) = upstream_of(server).requests()
    assert asked["path"] == "/v1/responses"


async def test_a_strict_schema_is_taken_over_responses(server: Server, connect: Connect) -> None:
    """The other spelling of the same wish; aimock does not say which schema it was given."""
    upstream_of(server).serve(fixture({"content": '{"city": "Leeds"}'}))
    result = await connect(server, backend="responses").client.chat(question("Where?", SCHEMA))
    assert result.content == '{"city": "Leeds"}'


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(fixture(error(500), nth=0), id="500"),
        pytest.param(fixture(error(429, retryAfter=7), nth=0), id="429"),
        pytest.param(fixture({"content": SAID}, nth=0, disconnectRate=1), id="connection-drop"),
        pytest.param(fixture({"content": SAID}, nth=0, malformedRate=1), id="malformed-body"),
    ],
)
async def test_what_can_pass_is_tried_again_over_responses(
    server: Server, connect: Connect, trouble: dict[str, Any]
) -> None:
    """One failure, one wait, one more request, and the answer."""
    upstream_of(server).serve(trouble, fixture({"content": SAID}, nth=1))
    connected = connect(server, backend="responses")
    result = await connected.client.chat(question("Who?"))
    assert (result.content, result.attempts, len(connected.clock.sleeps)) == (SAID, 2, 1)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param({"content": "cut", "finishReason": "length"}, "truncatedAnswer", id="incomplete"),
        pytest.param(error(404, "model_not_found"), "deploymentNotFound", id="404"),
    ],
)
async def test_what_cannot_pass_is_asked_once_over_responses(
    server: Server, connect: Connect, answer: dict[str, Any], code: str
) -> None:
    """An incomplete response gives no reason on these servers, and still is no whole answer."""
    upstream_of(server).serve(fixture(answer))
    with pytest.raises(OpenAIServiceError) as caught:
        await connect(server, backend="responses").client.chat(question("Who?"))
    assert (caught.value.code, caught.value.attempts) == (code, 1)


async def test_a_failed_response_without_a_reason_may_pass(server: Server, connect: Connect) -> None:
    """So aimock ends a filtered answer; OpenAI calls it incomplete, and says why."""
    upstream_of(server).serve(fixture({"content": "x", "finishReason": "content_filter"}))
    with pytest.raises(OpenAIServiceError) as caught:
        await connect(server, backend="responses").client.chat(question("Who?"))
    assert (caught.value.code, caught.value.attempts) == ("modelServerError", 4)


async def test_a_wrong_key_is_called_that_over_responses(aimock: Aimock, connect: Connect) -> None:
    """As over Chat Completions."""
    with pytest.raises(AuthenticationError):
        await connect(aimock, backend="responses", api_key="wrong-key").client.chat(question("Who?"))


async def test_a_server_without_assistants_says_so_once(aimock: Aimock, connect: Connect) -> None:
    """Its 404 ends the call, and the message names the setting."""
    aimock.serve(fixture({"content": SAID}))
    with pytest.raises(OpenAIServiceError) as caught:
        await connect(aimock, backend="assistants").client.chat(question("Who?"))
    assert caught.value.attempts == 1
    assert "OPENAI_BACKEND" in str(caught.value)


async def test_the_proxy_without_assistants_set_up_fails_as_a_server_does(
    litellm_proxy: LiteLLMProxy, connect: Connect
) -> None:
    """It answers 500 until its configuration names a provider of assistants."""
    with pytest.raises(OpenAIServiceError) as caught:
        await connect(litellm_proxy, backend="assistants").client.chat(question("Who?"))
    assert caught.value.code == "modelServerError"
