"""Which chat requests are refused, and what is told."""

from __future__ import annotations

from typing import Any

import pytest

from local.openai_emulator.chat_request import parse_chat_request
from local.openai_emulator.deployments import traits_of
from local.openai_emulator.problems import ApiError
from tests.unit.openai_emulator.line_reader import RESPONSE_FORMAT, SCHEMA, SCHEMA_NAME

HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "hello"}]}
PLAIN, REASONING = "gpt-4.1-mini", "gpt-5-mini"


@pytest.mark.parametrize(
    ("model", "body", "param", "code"),
    [
        pytest.param(PLAIN, {"messages": []}, "messages", "empty_array", id="no-messages"),
        pytest.param(PLAIN, {"messages": "hi"}, "messages", None, id="messages-no-array"),
        pytest.param(
            PLAIN,
            {"messages": [{"role": "boss", "content": "x"}]},
            "messages[0].role",
            "invalid_value",
            id="role",
        ),
        pytest.param(
            PLAIN, {"messages": [{"role": "user"}]}, "messages[0].content", "invalid_type", id="no-content"
        ),
        pytest.param(
            PLAIN,
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages[0].content[0]",
            "not_supported_by_emulator",
            id="picture",
        ),
        pytest.param(PLAIN, {"tempreature": 0}, "tempreature", None, id="misspelt-parameter"),
        pytest.param(PLAIN, {"temperature": 3}, "temperature", "invalid_value", id="temperature-range"),
        pytest.param(PLAIN, {"stream": True}, "stream", "not_supported_by_emulator", id="stream"),
        pytest.param(PLAIN, {"n": 2}, "n", "not_supported_by_emulator", id="choices"),
        pytest.param(PLAIN, {"tools": []}, "tools", "not_supported_by_emulator", id="tools"),
        pytest.param(
            PLAIN,
            {"reasoning_effort": "low"},
            "reasoning_effort",
            "unsupported_parameter",
            id="effort-on-plain",
        ),
        pytest.param(
            PLAIN, {"max_completion_tokens": 0}, "max_completion_tokens", "invalid_value", id="limit-zero"
        ),
        pytest.param(
            PLAIN, {"max_tokens": 40_000}, "max_tokens", "invalid_value", id="limit-above-the-models-output"
        ),
        pytest.param(
            PLAIN,
            {"max_tokens": 5, "max_completion_tokens": 5},
            "max_tokens",
            "invalid_parameter_combination",
            id="both-limits",
        ),
        pytest.param(REASONING, {"max_tokens": 5}, "max_tokens", "unsupported_parameter", id="max-tokens"),
        pytest.param(REASONING, {"temperature": 0}, "temperature", "unsupported_value", id="temperature"),
        pytest.param("gpt-6-luna", {"temperature": 0.2}, "temperature", "unsupported_value", id="gpt-6"),
        pytest.param("o4-mini", {"top_p": 0.5}, "top_p", "unsupported_value", id="o-series"),
        pytest.param(
            REASONING,
            {"reasoning_effort": "none"},
            "reasoning_effort",
            "unsupported_value",
            id="unknown-effort",
        ),
        pytest.param(
            PLAIN, {"response_format": {"type": "xml"}}, "response_format.type", "invalid_value", id="format"
        ),
        pytest.param(
            PLAIN, {"response_format": {"type": "json_object"}}, "messages", None, id="no-word-json"
        ),
        pytest.param(
            PLAIN,
            {"response_format": {"type": "json_schema"}},
            "response_format.json_schema",
            "missing_required_parameter",
            id="no-schema",
        ),
        pytest.param(
            PLAIN,
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a b", "schema": SCHEMA}}},
            "response_format.json_schema.name",
            "invalid_value",
            id="schema-name",
        ),
    ],
)
def test_a_request_is_refused(model: str, body: dict[str, Any], param: str, code: str | None) -> None:
    """400, naming the parameter."""
    with pytest.raises(ApiError) as refusal:
        parse_chat_request(HELLO | body, traits_of(model))
    assert (refusal.value.status, refusal.value.param, refusal.value.code) == (400, param, code)


@pytest.mark.parametrize(
    ("model", "body"),
    [
        pytest.param(PLAIN, {"temperature": 0, "max_tokens": 100, "seed": 7, "stream": False}, id="plain"),
        pytest.param(PLAIN, {"max_completion_tokens": 32_768}, id="largest-output"),
        pytest.param(REASONING, {"temperature": 1, "max_completion_tokens": 100}, id="default-temperature"),
        pytest.param("gpt-5.1", {"temperature": 0.2, "reasoning_effort": "none"}, id="reasoning-off"),
        pytest.param(PLAIN, {"response_format": RESPONSE_FORMAT}, id="strict-schema"),
        pytest.param(
            PLAIN,
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "x", "schema": {"type": "array"}},
                }
            },
            id="schema-without-strict-is-not-checked",
        ),
    ],
)
def test_a_request_is_accepted(model: str, body: dict[str, Any]) -> None:
    """What the real service takes passes."""
    parse_chat_request(HELLO | body, traits_of(model))


def test_what_the_answer_depends_on_is_taken_from_the_body() -> None:
    """Parts of a message are joined; the schema and the limit come along."""
    request = parse_chat_request(
        {
            "messages": [
                {"role": "system", "content": "be brief"},
                {
                    "role": "user",
                    "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}],
                },
            ],
            "response_format": RESPONSE_FORMAT,
            "max_completion_tokens": 77,
        },
        traits_of(PLAIN),
    )
    assert request.user_messages == ["one\ntwo"]
    assert (request.output.schema_name, request.output.schema) == (SCHEMA_NAME, SCHEMA)
    assert (request.completion_limit, request.reasoning_effort) == (77, None)
