"""The Responses API: what is sent, and what each of its endings means."""

from __future__ import annotations

from typing import Any

import pytest

from shared_code.accounting.usage import Usage
from shared_code.backends.contract import ChatAnswer, ChatRequest, Message, OutputSchema
from shared_code.backends.responses import ResponsesBackend
from shared_code.errors import ContentFilterError, ModelServerError, OpenAIServiceError, RateLimitError
from tests.unit.backends.provider import Provider, Reply

SCHEMA = OutputSchema("profile", {"type": "object"})
CONVERSATION = (
    Message("system", "Read CVs."),
    Message("user", "A CV"),
    Message("assistant", "{}"),
    Message("system", "Be brief."),
    Message("user", "Again"),
)
USAGE = {
    "input_tokens": 900,
    "input_tokens_details": {"cached_tokens": 640},
    "output_tokens": 80,
    "output_tokens_details": {"reasoning_tokens": 64},
}
COUNTED = Usage(900, 640, 80, 64)


def _text(*texts: str) -> dict[str, Any]:
    return {"type": "message", "content": [{"type": "output_text", "text": text} for text in texts]}


def _response(status: str, output: Any = None, **more: Any) -> dict[str, Any]:
    return {"status": status, "output": output or [], "model": "m-1", "usage": USAGE, **more}


async def _complete(
    provider: Provider, body: Any, deployment: str = "gpt-4.1-mini", **changes: Any
) -> ChatAnswer:
    provider.on("POST", "/responses", Reply(body, headers={"x-request-id": "request-1"}))
    backend = ResponsesBackend(provider.settings())
    request = ChatRequest(**{"messages": CONVERSATION, "max_output_tokens": 500, **changes})
    try:
        return await backend.complete(request, deployment, 5.0)
    finally:
        await backend.aclose()


async def test_nothing_is_stored_and_roles_find_their_places(provider: Provider) -> None:
    """System messages become instructions, the others the input, and the provider keeps neither."""
    await _complete(provider, _response("completed", [_text("{}")]), output_schema=SCHEMA)
    assert provider.requests[0].body == {
        "model": "gpt-4.1-mini",
        "instructions": "Read CVs.\n\nBe brief.",
        "input": [
            {"role": "user", "content": "A CV"},
            {"role": "assistant", "content": "{}"},
            {"role": "user", "content": "Again"},
        ],
        "max_output_tokens": 500,
        "temperature": 0.1,
        "store": False,
        "text": {
            "format": {
                "type": "json_schema",
                "name": "profile",
                "schema": {"type": "object"},
                "strict": True,
            }
        },
    }


async def test_a_reasoning_model_and_a_tiny_limit_are_sent_what_they_accept(provider: Provider) -> None:
    """No temperature, no instructions and no format where there are none, and never under the least limit."""
    await _complete(
        provider,
        _response("completed", [_text("Hi")]),
        "gpt-5-mini",
        messages=(Message("user", "Hello"),),
        max_output_tokens=1,
    )
    assert provider.requests[0].body == {
        "model": "gpt-5-mini",
        "input": [{"role": "user", "content": "Hello"}],
        "max_output_tokens": 16,
        "store": False,
    }


@pytest.mark.parametrize(
    ("body", "content", "finish_reason", "refused"),
    [
        pytest.param(_response("completed", [_text("{", "}")]), "{}", "stop", False, id="two-parts"),
        pytest.param(
            _response("completed", [{"type": "reasoning", "summary": []}, _text("{}")]),
            "{}",
            "stop",
            False,
            id="after-thinking",
        ),
        pytest.param(_response("completed"), "", "stop", False, id="no-output"),
        pytest.param(
            _response("completed", [{"type": "message", "content": [{"type": "refusal", "refusal": "No"}]}]),
            "",
            "stop",
            True,
            id="refusal",
        ),
        pytest.param(
            _response("incomplete", [_text("{")], incomplete_details={"reason": "max_output_tokens"}),
            "{",
            "length",
            False,
            id="length",
        ),
        pytest.param(
            _response("incomplete", incomplete_details={"reason": "content_filter"}),
            "",
            "content_filter",
            False,
            id="content-filter",
        ),
        pytest.param(_response("incomplete", incomplete_details=None), "", "length", False, id="unsaid"),
    ],
)
async def test_each_ending_is_told(
    provider: Provider, body: Any, content: str, finish_reason: str, refused: bool
) -> None:
    """Text, cut-off, filter and refusal are told apart, and usage is counted in every case."""
    answer = await _complete(provider, body)
    assert (answer.content, answer.finish_reason, answer.refused) == (content, finish_reason, refused)
    assert (answer.usage, answer.model, answer.request_id) == (COUNTED, "m-1", "request-1")


@pytest.mark.parametrize(
    ("body", "error", "usage"),
    [
        pytest.param(
            _response("failed", error={"code": "rate_limit_exceeded"}),
            RateLimitError,
            COUNTED,
            id="throttled",
        ),
        pytest.param(
            _response("failed", error={"code": "server_error"}, usage=None),
            ModelServerError,
            Usage(),
            id="unbilled",
        ),
        pytest.param(
            _response("failed", error={"code": "invalid_prompt", "message": "against the policy"}),
            ContentFilterError,
            COUNTED,
            id="policy",
        ),
        pytest.param(_response("in_progress"), ModelServerError, COUNTED, id="not-yet"),
        pytest.param(_response("cancelled"), ModelServerError, COUNTED, id="cancelled"),
        pytest.param({"choices": []}, ModelServerError, Usage(), id="no-response"),
        pytest.param({"status": "completed", "output": [None]}, ModelServerError, Usage(), id="wrong-shape"),
    ],
)
async def test_a_failed_response_is_an_error_that_knows_its_cost(
    provider: Provider, body: Any, error: type[OpenAIServiceError], usage: Usage
) -> None:
    """Status 200 does not make it an answer, and what was billed is not forgotten."""
    with pytest.raises(error) as caught:
        await _complete(provider, body)
    assert type(caught.value) is error
    assert caught.value.usage == usage
    assert caught.value.deployment == "gpt-4.1-mini"
