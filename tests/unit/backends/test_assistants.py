"""Runs of the Assistants API: how they are started and looked at, and what each of their ends means."""

from __future__ import annotations

from typing import Any

import pytest

from shared_code.accounting.usage import Usage
from shared_code.backends.assistants import AssistantsBackend
from shared_code.backends.contract import ChatAnswer, ChatRequest, Message, OutputSchema
from shared_code.errors import (
    AttemptTimeoutError,
    ContentFilterError,
    DeploymentNotFoundError,
    InvalidModelRequestError,
    ModelServerError,
    OpenAIServiceError,
    PromptTooLongError,
    RateLimitError,
)
from tests.fakes import FakeClock
from tests.unit.backends.assistants_provider import REFUSAL, RETIRED, Conversation, text
from tests.unit.backends.provider import Provider, Reply

CONVERSATION = (
    Message("system", "Read CVs."),
    Message("user", "A CV"),
    Message("assistant", "{}"),
    Message("system", "Be brief."),
    Message("user", "Again"),
)
COUNTED = Usage(900, 640, 80, 64)
DELETE = "DELETE /threads/thread_1"
CANCEL = "POST /threads/thread_1/runs/run_1/cancel"
LOOK = "GET /threads/thread_1/runs/run_1"
READ = "GET /threads/thread_1/messages"
START = "POST /threads/runs"


def _state(status: str, **more: Any) -> dict[str, Any]:
    return {"status": status, **more}


async def _complete(
    provider: Provider,
    clock: FakeClock | None = None,
    deployment: str = "gpt-4.1-mini",
    timeout_seconds: float = 30.0,
    **changes: Any,
) -> ChatAnswer:
    clock = clock or FakeClock()
    backend = AssistantsBackend(provider.settings(), clock=clock, sleep=clock.sleep)
    request = ChatRequest(**{"messages": CONVERSATION, "max_output_tokens": 500, **changes})
    try:
        return await backend.complete(request, deployment, timeout_seconds)
    finally:
        await backend.aclose()


async def test_thread_and_run_are_created_in_one_request(provider: Provider) -> None:
    """System messages become instructions, the others the thread, and no tool may be called."""
    Conversation(provider)
    schema = OutputSchema("profile", {"type": "object"})
    await _complete(provider, output_schema=schema, assistant_id="asst_given")
    assert provider.requests[0].path == "/threads/runs"
    assert provider.requests[0].body == {
        "assistant_id": "asst_given",
        "model": "gpt-4.1-mini",
        "instructions": "Read CVs.\n\nBe brief.",
        "thread": {
            "messages": [
                {"role": "user", "content": "A CV"},
                {"role": "assistant", "content": "{}"},
                {"role": "user", "content": "Again"},
            ]
        },
        "tools": [],
        "max_completion_tokens": 500,
        "temperature": 0.1,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "profile", "schema": {"type": "object"}, "strict": True},
        },
    }


async def test_a_reasoning_model_and_a_tiny_limit_are_sent_what_they_accept(provider: Provider) -> None:
    """No temperature, no instructions and no format where there are none, and never under the least limit."""
    Conversation(provider)
    messages = (Message("user", "Hello"),)
    await _complete(
        provider, deployment="gpt-5-mini", messages=messages, max_output_tokens=1, assistant_id="asst_given"
    )
    assert provider.requests[0].body == {
        "assistant_id": "asst_given",
        "model": "gpt-5-mini",
        "thread": {"messages": [{"role": "user", "content": "Hello"}]},
        "tools": [],
        "max_completion_tokens": 256,
    }


async def test_every_request_names_the_version_and_the_answer_is_that_of_this_run(provider: Provider) -> None:
    """Without the header the API answers 400; with another run's messages the answer would be wrong."""
    conversation = Conversation(provider, parts=[text("{"), text("}")])
    answer = await _complete(provider)
    assert (answer.content, answer.finish_reason, answer.refused) == ("{}", "stop", False)
    assert (answer.usage, answer.model) == (COUNTED, "gpt-4.1-mini")
    assert conversation.calls() == [START, LOOK, READ, DELETE]
    assert {request.headers.get("openai-beta") for request in provider.requests} == {"assistants=v2"}
    assert provider.requests[-2].query == {"run_id": "run_1", "order": "asc", "limit": "100"}


async def test_looks_come_soon_at_first_and_then_ever_less_often(provider: Provider) -> None:
    """A short run is noticed within a tenth of a second, a long one is not polled to death."""
    states = [_state("in_progress")] * 9 + [_state("completed")]
    Conversation(provider, states)
    clock = FakeClock()
    await _complete(provider, clock)
    expected = [0.1, 0.15, 0.225, 0.3375, 0.50625, 0.759375, 1.1390625, 1.70859375, 2.0, 2.0]
    assert clock.sleeps == pytest.approx(expected)


@pytest.mark.parametrize(
    ("state", "parts", "expected"),
    [
        pytest.param(_state("completed"), [REFUSAL], ("", "stop", True), id="refusal"),
        pytest.param(_state("completed"), [], ("", "stop", False), id="nothing-said"),
        pytest.param(
            _state("incomplete", incomplete_details={"reason": "max_completion_tokens"}),
            [text("{")],
            ("{", "length", False),
            id="length",
        ),
        pytest.param(
            _state("incomplete", incomplete_details={"reason": "content_filter"}),
            [text("{")],
            ("", "content_filter", False),
            id="content-filter",
        ),
        pytest.param(_state("incomplete"), [text("{")], ("{", "other", False), id="unsaid"),
    ],
)
async def test_an_end_with_an_answer_is_told(
    provider: Provider, state: dict[str, Any], parts: list[Any], expected: tuple[str, str, bool]
) -> None:
    """Cut-off, filter and refusal are told apart as in every other API, with what they cost."""
    conversation = Conversation(provider, [state], parts)
    answer = await _complete(provider)
    assert (answer.content, answer.finish_reason, answer.refused) == expected
    assert answer.usage == COUNTED
    assert conversation.calls()[-1] == DELETE


@pytest.mark.parametrize(
    ("state", "error"),
    [
        pytest.param(
            _state("failed", last_error={"code": "rate_limit_exceeded"}), RateLimitError, id="throttled"
        ),
        pytest.param(_state("failed", last_error={"code": "server_error"}), ModelServerError, id="server"),
        pytest.param(
            _state("failed", last_error={"code": "invalid_prompt"}), InvalidModelRequestError, id="prompt"
        ),
        pytest.param(
            _state("failed", last_error={"code": "invalid_prompt", "message": "violates our policy"}),
            ContentFilterError,
            id="policy",
        ),
        pytest.param(_state("failed", last_error=None), ModelServerError, id="failed-silently"),
        pytest.param(_state("expired"), AttemptTimeoutError, id="expired"),
        pytest.param(_state("cancelled"), ModelServerError, id="cancelled"),
        pytest.param(
            _state("incomplete", incomplete_details={"reason": "max_prompt_tokens"}),
            PromptTooLongError,
            id="prompt-tokens",
        ),
        pytest.param(_state("requires_action"), InvalidModelRequestError, id="requires-action"),
    ],
)
async def test_an_end_without_an_answer_is_an_error_that_knows_its_cost(
    provider: Provider, state: dict[str, Any], error: type[OpenAIServiceError]
) -> None:
    """Each state has its class, what was billed stays with it, and the thread goes all the same."""
    conversation = Conversation(provider, [state])
    with pytest.raises(error) as caught:
        await _complete(provider)
    assert type(caught.value) is error
    assert caught.value.usage == COUNTED
    assert caught.value.deployment == "gpt-4.1-mini"
    assert conversation.calls()[-1] == DELETE


async def test_a_run_that_wants_a_tool_is_cancelled_and_says_what_to_mend(provider: Provider) -> None:
    """Nobody answers tools here, and a run left waiting would hold its thread for ten minutes."""
    conversation = Conversation(provider, [_state("requires_action")])
    with pytest.raises(InvalidModelRequestError, match="Remove the tools"):
        await _complete(provider)
    assert conversation.calls() == [START, LOOK, CANCEL, LOOK, DELETE]


async def test_time_that_runs_out_cancels_the_run_before_its_thread_goes(provider: Provider) -> None:
    """The time covers all looks together; what the run cost until then is known once it is cancelled."""
    conversation = Conversation(provider, [_state("in_progress")])
    clock = FakeClock()
    with pytest.raises(AttemptTimeoutError, match=r"within 3\.0 s") as caught:
        await _complete(provider, clock, timeout_seconds=3.0)
    assert sum(clock.sleeps) == pytest.approx(3.0)
    assert conversation.calls()[-3:] == [CANCEL, LOOK, DELETE]
    assert caught.value.usage == COUNTED


@pytest.mark.parametrize(
    ("path", "lost"),
    [
        pytest.param(LOOK, Reply({}, 500), id="look-500"),
        pytest.param(LOOK, Reply(hangs_up=True), id="look-dropped"),
        pytest.param(READ, Reply({}, 503), id="messages-503"),
        pytest.param(READ, Reply({}, 429, {"retry-after": "1"}), id="messages-429"),
    ],
)
async def test_a_lost_look_does_not_lose_the_run(provider: Provider, path: str, lost: Reply) -> None:
    """The run is billed whether it is seen or not, so looking is tried again."""
    conversation = Conversation(provider)
    method, _, route = path.partition(" ")
    # A conversation's own answer to the same request, after two losses.
    answer = (
        {"data": [{"role": "assistant", "content": [text("{}")]}]}
        if path == READ
        else {"id": "run_1", "thread_id": "thread_1", "status": "completed"}
    )
    provider.on(method, route, lost, lost, Reply(answer))
    clock = FakeClock()
    assert (await _complete(provider, clock)).content == "{}"
    assert conversation.count(path) == 3
    if lost.status == 429:
        assert clock.sleeps[-2:] == [1.0, 1.0]


async def test_a_run_that_cannot_be_looked_at_is_given_up(provider: Provider) -> None:
    """Three losses in a row are the provider's trouble, and the thread still goes."""
    conversation = Conversation(provider)
    provider.on("GET", "/threads/thread_1/runs/run_1", Reply({}, 500))
    with pytest.raises(ModelServerError):
        await _complete(provider)
    assert conversation.calls() == [START, LOOK, LOOK, LOOK, CANCEL, LOOK, DELETE]


@pytest.mark.parametrize(
    "run",
    [
        pytest.param({"status": "queued"}, id="no-ids"),
        pytest.param({"id": "run_1", "thread_id": None, "status": "queued"}, id="null"),
    ],
)
async def test_a_run_without_its_ids_is_the_providers_error(provider: Provider, run: dict[str, Any]) -> None:
    """Nothing can be looked at without them."""
    Conversation(provider)
    provider.on("POST", "/threads/runs", Reply(run))
    with pytest.raises(ModelServerError, match="no run of a thread"):
        await _complete(provider)


@pytest.mark.parametrize(
    "messages", [pytest.param({}, id="no-data"), pytest.param({"data": [1]}, id="numbers")]
)
async def test_messages_of_another_shape_are_the_providers_error(provider: Provider, messages: Any) -> None:
    """They are no answer, and what they cost is known."""
    Conversation(provider)
    provider.on("GET", "/threads/thread_1/messages", Reply(messages))
    with pytest.raises(ModelServerError, match="not of the Assistants API") as caught:
        await _complete(provider)
    assert caught.value.usage == COUNTED


@pytest.mark.parametrize("status", [404, 410])
async def test_an_endpoint_without_the_api_says_when_it_ended_and_what_to_set(
    provider: Provider, status: int
) -> None:
    """Azure retired the API; the setting that helps is in the message."""
    provider.on("GET", "/assistants", Reply(RETIRED.body, status))
    with pytest.raises(DeploymentNotFoundError, match=r"2026-08-26.*OPENAI_BACKEND"):
        await _complete(provider)


async def test_an_unknown_deployment_is_not_mistaken_for_the_end_of_the_api(provider: Provider) -> None:
    """The provider's code tells them apart."""
    Conversation(provider)
    gone = Reply({"error": {"code": "DeploymentNotFound", "message": "No such deployment"}}, 404)
    provider.on("POST", "/threads/runs", gone)
    with pytest.raises(DeploymentNotFoundError, match="OPENAI_CHAT_DEPLOYMENT"):
        await _complete(provider)
