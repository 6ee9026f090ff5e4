"""Which requests for a response pass, and what is taken from them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.openai_emulator.deployments import traits_of
from local.openai_emulator.problems import ApiError
from local.openai_emulator.responses_request import UNDERSTOOD, ResponsesRequest, parse_responses_request
from tests.unit.openai_emulator.line_reader import SCHEMA, SCHEMA_NAME

PLAIN = "gpt-4.1-mini"
REASONING = "gpt-5-mini"
HELLO: dict[str, Any] = {"model": PLAIN, "input": "hello"}
CARD: dict[str, Any] = {"type": "json_schema", "name": SCHEMA_NAME, "schema": SCHEMA, "strict": True}
OPEN_SCHEMA = {key: value for key, value in SCHEMA.items() if key != "additionalProperties"}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "role", "content", "text", "format", "effort", "name"]), inner
        )
    ),
    max_leaves=9,
)


def _parsed(body: dict[str, Any], model: str = PLAIN) -> ResponsesRequest:
    return parse_responses_request(HELLO | body, traits_of(model))


def _message(content: Any, role: Any = "user") -> list[dict[str, Any]]:
    return [{"role": role, "content": content}]


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        pytest.param({"messages": []}, "messages", "unknown_parameter", id="a-parameter-of-chat"),
        pytest.param({"frequency_penalty": 0}, "frequency_penalty", "unknown_parameter", id="penalty"),
        pytest.param({"input": None}, "input", "missing_required_parameter", id="no-input"),
        pytest.param({"input": []}, "input", "empty_array", id="empty-input"),
        pytest.param({"input": 5}, "input", "invalid_type", id="input-type"),
        pytest.param({"input": ["hello"]}, "input[0]", "invalid_type", id="item-type"),
        pytest.param({"input": _message("x", "tool")}, "input[0].role", "invalid_value", id="role"),
        pytest.param({"input": _message("x", ["user"])}, "input[0].role", "invalid_value", id="role-type"),
        pytest.param(
            {"input": [*_message("x"), {"type": "function_call_output", "call_id": "1", "output": "x"}]},
            "input[1].type",
            "not_supported_by_emulator",
            id="other-item",
        ),
        pytest.param(
            {"input": _message(None)}, "input[0].content", "missing_required_parameter", id="no-content"
        ),
        pytest.param({"input": _message({})}, "input[0].content", "invalid_type", id="content-type"),
        pytest.param(
            {"input": _message(["x"])}, "input[0].content[0]", "invalid_type", id="part-that-is-no-object"
        ),
        pytest.param(
            {"input": _message([{"type": "input_image", "image_url": "https://example.com/x.png"}])},
            "input[0].content[0].type",
            "not_supported_by_emulator",
            id="image",
        ),
        pytest.param(
            {"input": _message([{"type": "output_text", "text": "x"}])},
            "input[0].content[0].type",
            "invalid_value",
            id="output-part-of-the-user",
        ),
        pytest.param(
            {"input": _message([{"type": "input_text", "text": "x"}], "assistant")},
            "input[0].content[0].type",
            "invalid_value",
            id="input-part-of-the-assistant",
        ),
        pytest.param(
            {"input": _message([{"type": "input_text"}])},
            "input[0].content[0].text",
            "missing_required_parameter",
            id="part-without-text",
        ),
        pytest.param({"instructions": ["be brief"]}, "instructions", "invalid_type", id="instructions"),
        pytest.param(
            {"max_output_tokens": 15}, "max_output_tokens", "integer_below_min_value", id="limit-below-16"
        ),
        pytest.param({"max_output_tokens": 0}, "max_output_tokens", "integer_below_min_value", id="limit-0"),
        pytest.param(
            {"max_output_tokens": 40_000}, "max_output_tokens", "invalid_value", id="limit-above-the-models"
        ),
        pytest.param({"max_output_tokens": True}, "max_output_tokens", "invalid_value", id="limit-type"),
        pytest.param({"temperature": 3}, "temperature", "invalid_value", id="temperature"),
        pytest.param({"reasoning": "low"}, "reasoning", "invalid_type", id="reasoning-type"),
        pytest.param(
            {"reasoning": {"effort": "low"}}, "reasoning.effort", "unsupported_parameter", id="effort"
        ),
        pytest.param(
            {"reasoning": {"summary": "auto"}},
            "reasoning.summary",
            "not_supported_by_emulator",
            id="reasoning-summary",
        ),
        pytest.param(
            {"reasoning": {"depth": 3}}, "reasoning.depth", "unknown_parameter", id="reasoning-field"
        ),
        pytest.param({"text": {"tone": "dry"}}, "text.tone", "unknown_parameter", id="text-field"),
        pytest.param({"text": {"verbosity": "all"}}, "text.verbosity", "invalid_value", id="verbosity"),
        pytest.param(
            {"text": {"format": {"type": "xml"}}}, "text.format.type", "invalid_value", id="text-format"
        ),
        pytest.param(
            {"text": {"format": {"type": ["text"]}}}, "text.format.type", "invalid_value", id="format-type"
        ),
        pytest.param({"text": {"format": {"type": "json_object"}}}, "input", None, id="no-word-json"),
        pytest.param(
            {"instructions": "Answer in JSON.", "text": {"format": {"type": "json_object"}}},
            "input",
            None,
            id="word-json-in-the-instructions-alone",
        ),
        pytest.param(
            {"text": {"format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}}},
            "text.format.name",
            "missing_required_parameter",
            id="schema-nested-as-in-chat",
        ),
        pytest.param(
            {"text": {"format": {"type": "json_schema", "name": "x"}}},
            "text.format.schema",
            "missing_required_parameter",
            id="no-schema",
        ),
        pytest.param(
            {"text": {"format": CARD | {"name": "a b"}}},
            "text.format.name",
            "invalid_value",
            id="schema-name",
        ),
        pytest.param(
            {"text": {"format": CARD | {"schema": OPEN_SCHEMA}}},
            "text.format.schema",
            "invalid_json_schema",
            id="schema-outside-the-strict-subset",
        ),
        pytest.param({"tools": [{"type": "web_search"}]}, "tools", "not_supported_by_emulator", id="tools"),
        pytest.param(
            {"tool_choice": "required"}, "tool_choice", "not_supported_by_emulator", id="tool-choice"
        ),
        pytest.param({"stream": True}, "stream", "not_supported_by_emulator", id="stream"),
        pytest.param({"background": True}, "background", "not_supported_by_emulator", id="background"),
        pytest.param(
            {"include": ["reasoning.encrypted_content"]},
            "include",
            "not_supported_by_emulator",
            id="include",
        ),
        pytest.param(
            {"conversation": "conv_1"}, "conversation", "not_supported_by_emulator", id="conversation"
        ),
        pytest.param(
            {"previous_response_id": "resp_1"},
            "previous_response_id",
            "previous_response_not_found",
            id="previous-response",
        ),
        pytest.param({"store": "yes"}, "store", "invalid_type", id="store-type"),
        pytest.param({"truncation": "middle"}, "truncation", "invalid_value", id="truncation"),
        pytest.param({"metadata": {"a": 1}}, "metadata", "invalid_type", id="metadata-type"),
        pytest.param(
            {"metadata": {str(number): "" for number in range(17)}},
            "metadata",
            "object_above_max_properties",
            id="metadata-size",
        ),
    ],
)
def test_a_request_is_refused(body: dict[str, Any], param: str, code: str | None) -> None:
    """400, naming the parameter."""
    with pytest.raises(ApiError) as refusal:
        _parsed(body)
    assert (refusal.value.status, refusal.value.param, refusal.value.code) == (400, param, code)


@pytest.mark.parametrize(
    ("model", "body", "param"),
    [
        pytest.param(REASONING, {"temperature": 0}, "temperature", id="temperature"),
        pytest.param("o4-mini", {"top_p": 0.5}, "top_p", id="top-p"),
        pytest.param("gpt-6-luna", {"temperature": 0.2}, "temperature", id="gpt-6"),
        pytest.param(REASONING, {"reasoning": {"effort": "none"}}, "reasoning.effort", id="effort"),
    ],
)
def test_a_reasoning_model_refuses_what_it_refuses_in_chat(
    model: str, body: dict[str, Any], param: str
) -> None:
    """With the same code, under this API's name of the parameter."""
    with pytest.raises(ApiError) as refusal:
        _parsed(body, model)
    assert (refusal.value.param, refusal.value.code) == (param, "unsupported_value")


@pytest.mark.parametrize(
    ("model", "body"),
    [
        pytest.param(PLAIN, {"temperature": 0, "top_p": 0.5, "max_output_tokens": 16}, id="plain"),
        pytest.param(PLAIN, {"max_output_tokens": 32_768}, id="largest-output"),
        pytest.param(REASONING, {"temperature": 1, "reasoning": {"effort": "minimal"}}, id="reasoning"),
        pytest.param("gpt-5.1", {"temperature": 0.2, "reasoning": {"effort": "none"}}, id="reasoning-off"),
        pytest.param(PLAIN, {"reasoning": None, "text": None, "tools": None, "metadata": None}, id="nulls"),
        pytest.param(PLAIN, {"tools": [], "include": [], "tool_choice": "auto"}, id="empty-tools"),
        pytest.param(PLAIN, {"stream": False, "background": False, "store": False, "user": "u1"}, id="off"),
        pytest.param(PLAIN, {"text": {"format": CARD}}, id="strict-schema"),
        pytest.param(
            PLAIN,
            {"text": {"format": {"type": "json_schema", "name": "x", "schema": {"type": "array"}}}},
            id="schema-without-strict-is-not-checked",
        ),
        pytest.param(
            PLAIN,
            {"input": "Answer in JSON: hello", "text": {"format": {"type": "json_object"}}},
            id="json-object",
        ),
    ],
)
def test_a_request_is_accepted(model: str, body: dict[str, Any]) -> None:
    """What the real service takes passes."""
    _parsed(body, model)


def test_a_text_for_input_is_one_turn_of_the_user() -> None:
    """Instructions come before it."""
    request = _parsed({"instructions": "be brief"})
    assert request.asked.messages == (("developer", "be brief"), ("user", "hello"))


def test_what_the_answer_depends_on_is_taken_from_the_body() -> None:
    """Parts of a message are joined; the schema, the limit and the effort come along."""
    parts = [{"type": "input_text", "text": "one"}, {"type": "input_text", "text": "two"}]
    said = [{"type": "output_text", "text": "three", "annotations": []}, {"type": "refusal", "refusal": "no"}]
    request = _parsed(
        {
            "input": [
                {"role": "system", "content": "be exact"},
                {"type": "message", "role": "user", "content": parts},
                {
                    "type": "message",
                    "id": "msg_1",
                    "status": "completed",
                    "role": "assistant",
                    "content": said,
                },
            ],
            "text": {"format": CARD},
            "max_output_tokens": 77,
            "reasoning": {"effort": "low"},
        },
        REASONING,
    )
    assert request.asked.messages == (
        ("system", "be exact"),
        ("user", "one\ntwo"),
        ("assistant", "three\nno"),
    )
    assert (request.asked.output.schema_name, request.asked.output.schema) == (SCHEMA_NAME, SCHEMA)
    assert (request.asked.completion_limit, request.asked.reasoning_effort) == (77, "low")


def test_settings_are_repeated_with_the_services_defaults() -> None:
    """What was set as it was set, the rest as the service would have chosen."""
    default = _parsed({}).settings
    assert (default["temperature"], default["store"], default["truncation"]) == (1.0, True, "disabled")
    assert default["text"] == {"format": {"type": "text"}, "verbosity": "medium"}
    assert default["reasoning"] == {"effort": None, "summary": None}
    given = {"temperature": 0.0, "store": False, "truncation": "auto", "metadata": {"k": "v"}, "user": "u1"}
    repeated = _parsed(given | {"text": {"format": CARD, "verbosity": "low"}}).settings
    assert {name: repeated[name] for name in given} == given
    assert repeated["text"] == {"format": {**CARD, "description": None}, "verbosity": "low"}
    assert _parsed({}, REASONING).settings["reasoning"]["effort"] == "medium"


def test_automatic_truncation_gives_up_the_oldest_turn_but_never_the_last() -> None:
    """Instructions stay; without the setting nothing is given up."""
    turns = [{"role": "user", "content": text} for text in ("old", "new")]
    whole = _parsed({"input": turns, "instructions": "be brief", "truncation": "auto"})
    shorter = whole.without_oldest_message()
    assert shorter is not None
    assert shorter.asked.messages == (("developer", "be brief"), ("user", "new"))
    assert shorter.without_oldest_message() is None
    assert _parsed({"input": turns}).without_oldest_message() is None


# Neither a busy machine nor a slow generator of examples is a fault of the parser.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=st.dictionaries(st.sampled_from(sorted(UNDERSTOOD)), ANY_JSON, max_size=4))
def test_whatever_is_asked_is_parsed_or_refused(body: dict[str, Any]) -> None:
    """Never an exception that would end as a status 500."""
    with suppress(ApiError):
        _parsed(body)
