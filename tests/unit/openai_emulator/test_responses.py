"""The response object, whole and gone wrong, held against the SDK's own model of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openai.types.responses import Response

from local.openai_emulator.completion import Completer
from local.openai_emulator.content_filter import prompt_refused
from local.openai_emulator.deployments import Deployment, DeploymentBook, DeploymentSpec
from local.openai_emulator.faults import Fault, Target
from local.openai_emulator.operation import Answer
from local.openai_emulator.problems import ApiError
from local.openai_emulator.prompt_cache import PromptCache
from local.openai_emulator.reading import ReaderPool
from local.openai_emulator.responses import Responses
from local.openai_emulator.tokens import TokenCounter
from tests.unit.openai_emulator.line_reader import SCHEMA, SCHEMA_NAME, fenced, read_contact_card

CARD: dict[str, Any] = {"type": "json_schema", "name": SCHEMA_NAME, "schema": SCHEMA, "strict": True}
CV = "Ada Example\nada@example.com"
ASKED: dict[str, Any] = {"input": fenced(CV), "text": {"format": CARD}}


@pytest.fixture
def api() -> Iterator[Responses]:
    """The API with a reader of contact cards."""
    readers = ReaderPool(read_contact_card, frozenset({SCHEMA_NAME}))
    yield Responses(Completer(readers, PromptCache(lambda: 0.0), TokenCounter()))
    readers.close()


def _deployment(model: str = "gpt-4.1-mini", context_tokens: int | None = None) -> Deployment:
    book = DeploymentBook(lambda: 0.0)
    book.add([DeploymentSpec(model, model, context_tokens=context_tokens)])
    return book.find(model)


async def _answer(api: Responses, model: str = "gpt-4.1-mini", **more: Any) -> Answer:
    return await api.admit(ASKED | more, _deployment(model)).run()


def _validated(body: dict[str, Any]) -> Response:
    """The SDK parses leniently; this one refuses what its types do not allow."""
    return Response.model_validate_json(json.dumps(body))


async def test_a_response_is_what_the_sdks_model_says(api: Responses) -> None:
    """Read from the CV, completed, with usage that adds up and the settings repeated."""
    answer = await _answer(api, temperature=0, metadata={"run": "7"})
    response = _validated(answer.body)
    assert json.loads(response.output_text) == {
        "name": "Ada Example",
        "emails": ["ada@example.com"],
        "lines": 2,
        "links": [],
    }
    assert (response.status, response.error, response.incomplete_details) == ("completed", None, None)
    assert [item.type for item in response.output] == ["message"]
    assert (response.model, response.temperature) == ("gpt-4.1-mini-2025-04-14", 0)
    assert response.metadata == {"run": "7"}
    assert response.completed_at == response.created_at
    assert response.usage is not None
    assert response.usage.input_tokens == answer.use.prompt > 0
    assert response.usage.output_tokens == answer.use.completion > 0
    assert response.usage.total_tokens == answer.use.prompt + answer.use.completion
    reports = answer.body["content_filters"]
    assert [(report["source_type"], report["blocked"]) for report in reports] == [
        ("prompt", False),
        ("completion", False),
    ]


async def test_a_reasoning_model_thinks_in_an_item_of_its_own(api: Responses) -> None:
    """Before the message, and its tokens are part of the output's."""
    answer = await _answer(api, "gpt-5-mini")
    response = _validated(answer.body)
    assert [item.type for item in response.output] == ["reasoning", "message"]
    assert response.usage is not None
    assert 0 < response.usage.output_tokens_details.reasoning_tokens < response.usage.output_tokens
    unthinking = _validated((await _answer(api, "gpt-5-mini", reasoning={"effort": "minimal"})).body)
    assert [item.type for item in unthinking.output] == ["message"]


async def test_the_limit_cuts_the_text_and_thinking_counts_first(api: Responses) -> None:
    """Incomplete, with the reason; without a message where the thinking took all."""
    cut = _validated((await _answer(api, max_output_tokens=16)).body)
    assert cut.incomplete_details is not None
    assert (cut.status, cut.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert cut.completed_at is None
    assert cut.usage is not None
    assert cut.usage.output_tokens == 16
    assert cut.output[0].type == "message"
    assert cut.output[0].status == "incomplete"
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut.output_text)
    thought = _validated((await _answer(api, "gpt-5-mini", max_output_tokens=32)).body)
    assert [item.type for item in thought.output] == ["reasoning"]
    assert (thought.status, thought.output_text) == ("incomplete", "")


async def test_an_answer_that_just_fits_is_completed(api: Responses) -> None:
    """The limit is the last number that is allowed."""
    free = await _answer(api)
    exact = await _answer(api, max_output_tokens=free.use.completion)
    assert exact.body["status"] == "completed"
    one_less = await _answer(api, max_output_tokens=free.use.completion - 1)
    assert one_less.body["status"] == "incomplete"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param(
            "finish_length",
            {"status": "incomplete", "reason": "max_output_tokens", "types": ["output_text"]},
            id="cut",
        ),
        pytest.param(
            "content_filter_output",
            {"status": "incomplete", "reason": "content_filter", "types": []},
            id="withheld",
        ),
        pytest.param("refusal", {"status": "completed", "types": ["refusal"]}, id="refused"),
        pytest.param("empty_content", {"status": "completed", "types": ["output_text"]}, id="empty"),
        pytest.param("no_choices", {"status": "completed", "types": None}, id="no-output"),
        pytest.param("schema_violation", {"status": "completed", "types": ["output_text"]}, id="schema"),
        pytest.param("fenced_json", {"status": "completed", "types": ["output_text"]}, id="fenced"),
        pytest.param("wrong_usage", {"status": "completed", "types": ["output_text"]}, id="wrong-usage"),
        pytest.param("missing_usage", {"status": "completed", "types": ["output_text"]}, id="no-usage"),
        pytest.param("failed_answer", {"status": "failed", "types": None}, id="failed"),
        pytest.param("slow_body", {"status": "completed", "types": ["output_text"]}, id="wire-fault"),
    ],
)
async def test_a_spoilt_response_is_still_one_for_the_sdk(
    api: Responses, kind: str, expected: dict[str, Any]
) -> None:
    """Status, reason and parts tell the fault; the cost and the unspoilt answer stay as they were."""
    good = await _answer(api)
    before = json.dumps(good.body)
    spoilt = api.spoil(good, Fault(kind))
    response = _validated(spoilt.body)
    details, output = response.incomplete_details, spoilt.body["output"]
    found: dict[str, Any] = {
        "status": response.status,
        "types": [part["type"] for part in output[0]["content"]] if output else None,
    }
    if details is not None:
        found["reason"] = details.reason
    assert found == expected
    assert (response.completed_at is None) == (response.status != "completed")
    assert spoilt.use == good.use
    assert json.dumps(good.body) == before


async def test_faults_change_the_text_they_are_about(api: Responses) -> None:
    """Half of it, none of it, wrapped, or without the first field."""
    good = await _answer(api)
    text = _validated(good.body).output_text

    def spoilt(kind: str) -> str:
        return _validated(api.spoil(good, Fault(kind)).body).output_text

    assert spoilt("finish_length") == text[: len(text) // 2]
    assert spoilt("empty_content") == ""
    assert f"```json\n{text}\n```" in spoilt("fenced_json")
    violated = json.loads(spoilt("schema_violation"))
    assert "name" not in violated
    assert violated["unexpectedField"] is True
    message = api.spoil(good, Fault("refusal")).body["output"][0]
    assert message["content"][0]["refusal"]


async def test_usage_is_wrong_as_ordered_or_missing(api: Responses) -> None:
    """The sum does not hold, or the figures are those of the order."""
    good = await _answer(api)
    usage = api.spoil(good, Fault("wrong_usage")).body["usage"]
    assert usage["total_tokens"] != usage["input_tokens"] + usage["output_tokens"]
    ordered = {"input_tokens": -1, "output_tokens": 2, "total_tokens": 1}
    assert api.spoil(good, Fault("wrong_usage", body=ordered)).body["usage"] == ordered
    assert "usage" not in api.spoil(good, Fault("missing_usage")).body


@pytest.mark.parametrize(
    ("ordered", "code"),
    [
        pytest.param(None, "server_error", id="default"),
        pytest.param("rate_limit_exceeded", "rate_limit_exceeded", id="ordered"),
    ],
)
async def test_a_failed_response_names_its_error(api: Responses, ordered: str | None, code: str) -> None:
    """Without output and without usage."""
    failed = _validated(api.spoil(await _answer(api), Fault("failed_answer", body=ordered)).body)
    assert failed.error is not None
    assert (failed.status, failed.error.code, failed.usage, failed.output) == ("failed", code, None, [])


@pytest.mark.parametrize("kind", ["refusal", "empty_content", "schema_violation", "content_filter_output"])
async def test_a_fault_of_the_text_finds_a_message_where_thinking_took_all(api: Responses, kind: str) -> None:
    """One is added, so that the fault can be seen."""
    thought = await _answer(api, "gpt-5-mini", max_output_tokens=32)
    response = _validated(api.spoil(thought, Fault(kind)).body)
    assert [item.type for item in response.output] == ["reasoning", "message"]


async def test_a_withheld_answer_is_reported_as_blocked(api: Responses) -> None:
    """The prompt's report stays clean."""
    reports = api.spoil(await _answer(api), Fault("content_filter_output")).body["content_filters"]
    assert [(report["source_type"], report["blocked"]) for report in reports] == [
        ("prompt", False),
        ("completion", True),
    ]
    assert reports[1]["content_filter_results"]["violence"]["filtered"]


def test_a_refused_prompt_lists_its_reports_on_this_api_alone() -> None:
    """Azure words the refusal in two ways; the code is the same."""
    listed, nested = prompt_refused(5, "responses").body()["error"], prompt_refused(5).body()["error"]
    assert listed["code"] == nested["code"] == "content_filter"
    assert (listed["type"], nested["type"]) == ("invalid_request_error", None)
    report = listed["content_filters"][0]
    assert (report["blocked"], report["source_type"]) == (True, "prompt")
    assert report["content_filter_results"] == nested["innererror"]["content_filter_result"]
    assert "content_filters" not in nested


@pytest.mark.parametrize(
    ("operation", "is_hit"),
    [("responses", True), ("chat", False), ("runs", False), ("embeddings", False), ("query", False)],
)
def test_only_a_response_can_fail_with_status_200(operation: str, is_hit: bool) -> None:
    """The other APIs have no such answer."""
    assert Fault("failed_answer").hits(Target(operation, "/openai/v1/x")) is is_hit


def test_faults_of_content_hit_responses() -> None:
    """They have a text that can go wrong, as chat has."""
    assert Fault("refusal").hits(Target("responses", "/openai/v1/responses"))


def test_the_code_of_a_failed_response_is_a_text() -> None:
    """An order that cannot be meant is refused when it is made."""
    with pytest.raises(ValueError, match="error code"):
        Fault("failed_answer", body={"code": "server_error"})


def test_old_turns_are_dropped_until_the_prompt_fits_where_allowed(api: Responses) -> None:
    """Otherwise the request is refused, billed, and the parameter is this API's."""
    small = _deployment(context_tokens=60)
    body = {"input": [{"role": "user", "content": "word " * words} for words in (50, 30, 10)]}
    fitting = api.admit(body | {"truncation": "auto"}, small)
    alone = api.admit({"input": body["input"][1:]}, small)
    assert fitting.prompt_sha256 == alone.prompt_sha256
    assert fitting.prompt_tokens <= 60
    for refused in (body, {"input": "word " * 90, "truncation": "auto"}):
        with pytest.raises(ApiError) as refusal:
            api.admit(refused, small)
        assert (refusal.value.code, refusal.value.param) == ("context_length_exceeded", "input")
        assert refusal.value.billed_prompt_tokens


@pytest.mark.parametrize(
    ("body", "name"),
    [
        pytest.param({"text": {"format": CARD}}, SCHEMA_NAME, id="schema"),
        pytest.param({"text": {"format": {"type": "text"}}}, None, id="text"),
        pytest.param({"text": {"format": "json_schema"}}, None, id="no-object"),
        pytest.param({"text": "json_schema"}, None, id="text-is-no-object"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_the_schema_is_known_before_validation(
    api: Responses, body: dict[str, Any], name: str | None
) -> None:
    """So that a fault can wait for it, whatever the body is worth."""
    assert api.schema_name(body) == name
