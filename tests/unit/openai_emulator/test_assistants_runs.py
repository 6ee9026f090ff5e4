"""How a run is asked for, how it ends and what its end costs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from local.openai_emulator.assistants import Assistant, AssistantBook
from local.openai_emulator.authentication import Credentials
from local.openai_emulator.deployments import Deployment, DeploymentBook
from local.openai_emulator.faults import Fault, Target
from local.openai_emulator.latency import LatencyProfile
from local.openai_emulator.ledger import Ledger, TokenUse
from local.openai_emulator.operation import Answer, Job
from local.openai_emulator.run_endings import ending_of_answer
from local.openai_emulator.run_orders import RunOrder
from local.openai_emulator.run_request import ON_A_THREAD, parse_run_request, parse_thread_request
from local.openai_emulator.run_worker import RunWorker
from local.openai_emulator.runs import Run
from local.openai_emulator.state import EmulatorState
from local.openai_emulator.threads import Thread

USE = TokenUse(prompt=100, cached=64, completion=20, reasoning=5)
USAGE = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 64},
    "completion_tokens_details": {"audio_tokens": 0, "reasoning_tokens": 5},
}


class Clock:
    """Seconds that pass on demand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def _answer(content: str | None = "hello", finish_reason: str = "stop", **more: Any) -> Answer:
    message = {"role": "assistant", "content": content, "refusal": None, **more}
    return Answer({"choices": [{"finish_reason": finish_reason, "message": message}], "usage": USAGE}, USE)


class OneAnswer:
    """A chat API and its job in one: always the same answer, never spoilt."""

    name = azure_name = "chat"
    prompt_sha256 = "0" * 64
    cv_sha256 = None
    prompt_tokens = USE.prompt
    reserved_tokens = USE.prompt

    async def run(self) -> Answer:
        return _answer()

    def schema_name(self, body: Mapping[str, Any]) -> str | None:
        return None

    def admit(self, body: dict[str, Any], deployment: Deployment) -> Job:
        return self

    def spoil(self, answer: Answer, fault: Fault) -> Answer:
        return answer


def _assistant(**body: Any) -> Assistant:
    return AssistantBook().create({"model": "gpt-4.1-mini", "instructions": "Read.", **body})


def _state() -> EmulatorState:
    clock = Clock()
    return EmulatorState(
        clock=clock,
        credentials=Credentials(("key",)),
        deployments=DeploymentBook(clock),
        ledger=Ledger(clock),
        region="loopback",
        latency=LatencyProfile(base_ms=2_000, per_output_token_ms=50),
        latency_randomness=Random(0),
    )


async def _lived(state: EmulatorState, fault: Fault | None = None) -> tuple[Run, Thread, list[float]]:
    """A run that was left alone until its end, and how long it waited each time."""
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    worker = RunWorker(state, OneAnswer(), pause)
    thread = Thread()
    entry = state.ledger.open(method="POST", path="/v1/threads/runs", credential="api-key")
    run = Run(thread.id, parse_run_request({}, _assistant(), ON_A_THREAD), entry)
    worker.start(run, thread, OneAnswer(), fault)
    state.ledger.close(entry)
    assert run.status == "queued"
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == run.id))
    return run, thread, waits


def test_a_run_becomes_the_chat_request_that_says_the_same() -> None:
    """Instructions first, then the thread, then what the request adds."""
    body = {
        "assistant_id": "a",
        "model": "gpt-4o-mini",
        "additional_instructions": "Be brief.",
        "additional_messages": [{"role": "user", "content": "And now?"}],
        "max_completion_tokens": 1_000,
        "temperature": 0,
    }
    asked = parse_run_request(body, _assistant(top_p=0.5, response_format={"type": "text"}), ON_A_THREAD)
    assert asked.chat_body([("user", "Hi"), ("assistant", "Hello")]) == {
        "model": "gpt-4o-mini",
        "messages": [
            {"role": "system", "content": "Read.\nBe brief."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": "And now?"},
        ],
        "response_format": {"type": "text"},
        "max_completion_tokens": 1_000,
        "temperature": 0,
        "top_p": 0.5,
    }


def test_an_assistants_own_tools_may_be_named_again() -> None:
    """They are shown and never called; others are refused elsewhere."""
    tools = [{"type": "file_search"}]
    asked = parse_run_request({"tools": tools}, _assistant(tools=tools), ON_A_THREAD)
    assert list(asked.assistant.tools) == tools


def test_a_thread_may_begin_empty() -> None:
    """As the provider allows."""
    assert parse_thread_request({}).messages == parse_thread_request(None).messages == ()


@pytest.mark.parametrize(
    ("answer", "status", "reason", "kinds"),
    [
        pytest.param(_answer(), "completed", None, ["text"], id="stop"),
        pytest.param(_answer(""), "completed", None, ["text"], id="empty"),
        pytest.param(_answer("hel", "length"), "incomplete", "max_completion_tokens", ["text"], id="length"),
        pytest.param(_answer(None, "content_filter"), "incomplete", "content_filter", None, id="filtered"),
        pytest.param(_answer(None, refusal="no"), "completed", None, ["refusal"], id="refusal"),
        pytest.param(Answer({"choices": [], "usage": USAGE}, USE), "completed", None, None, id="no-choice"),
    ],
)
def test_a_chat_answer_ends_a_run(
    answer: Answer, status: str, reason: str | None, kinds: list[str] | None
) -> None:
    """Status, reason and message follow from the finish reason; the cost is that of the answer."""
    ending = ending_of_answer(answer)
    assert (ending.status, ending.incomplete_reason, ending.use) == (status, reason, USE)
    assert (None if ending.content is None else [block["type"] for block in ending.content]) == kinds
    assert ending.usage == {
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "total_tokens": 120,
        "prompt_token_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 5},
    }


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": -1}, "much"])
def test_a_made_up_usage_is_reported_as_it_is(usage: Any) -> None:
    """A caller must be able to meet it."""
    assert ending_of_answer(Answer({"choices": [], "usage": usage}, USE)).usage == usage


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(None, id="none"),
        pytest.param({}, id="empty"),
        pytest.param({"status": "completed"}, id="completed-is-no-fault"),
        pytest.param({"status": "failed", "code": "teapot"}, id="code"),
        pytest.param({"status": "incomplete", "reason": "tired"}, id="reason"),
        pytest.param({"status": "failed", "cause": "x"}, id="unknown-field"),
    ],
)
def test_an_order_for_a_run_that_cannot_be_meant_is_refused(body: Any) -> None:
    """When it is given, not when the run would end."""
    with pytest.raises(ValueError, match="run_ends"):
        Fault.parse({"kind": "run_ends", "body": body})


def test_an_order_for_a_run_waits_for_a_run() -> None:
    """Polls and chats pass it by; faults of content and usage are for runs too, not for polls."""
    run, poll = Target("runs", "/v1/threads/runs"), Target("query", "/v1/threads/t/runs/r", method="GET")
    order = Fault("run_ends", body={"status": "expired"})
    assert [order.hits(target) for target in (run, poll, Target("chat", "/v1/chat/completions"))] == [
        True,
        False,
        False,
    ]
    for kind in ("refusal", "missing_usage", "content_filter_prompt"):
        assert [Fault(kind).hits(target) for target in (run, poll)] == [True, False]
    assert RunOrder.parse({"status": "failed"}).code == "server_error"


@pytest.mark.parametrize(("method", "hits"), [("GET", True), ("DELETE", False), (None, True)])
def test_a_fault_can_be_meant_for_one_method(method: str | None, hits: bool) -> None:
    """Showing and deleting a thread have the same path."""
    fault = Fault.parse({"kind": "silence", "match": {"method": method}})
    assert fault.hits(Target("query", "/v1/threads/t", method="GET")) is hits


async def test_a_run_waits_for_what_the_latency_profile_says() -> None:
    """Two seconds and 50 ms for each of 20 tokens, less what the work took."""
    run, thread, waits = await _lived(_state())
    assert run.status == "completed"
    assert waits == [pytest.approx(3.0, abs=0.5)]
    assert [message.text for message in thread.messages] == ["hello"]
    assert thread.messages[0].run_id == run.id


@pytest.mark.parametrize("status", ["queued", "in_progress", "requires_action"])
async def test_a_run_that_never_ends_expires_after_ten_minutes(status: str) -> None:
    """And is billed for its prompt."""
    state = _state()
    run, thread, waits = await _lived(state, Fault("run_ends", body={"status": status}))
    assert (run.status, waits[-1], thread.messages) == ("expired", 600, [])
    assert state.ledger.as_json()["totals"]["billed_prompt_tokens"] == USE.prompt


async def test_a_run_is_billed_once_on_the_entry_of_its_request() -> None:
    """After the request is done with, as polls see it."""
    state = _state()
    run, _, _ = await _lived(state)
    totals = state.ledger.as_json()["totals"]
    assert (totals["billed"], totals["billed_prompt_tokens"], totals["billed_completion_tokens"]) == (
        1,
        100,
        20,
    )
    assert (totals["billed_cached_tokens"], totals["by_run_status"]) == (64, {"completed": 1})
    assert (run.entry.is_billed, run.entry.run_status) == (True, "completed")


def test_a_run_that_ends_before_its_request_does_is_billed_once() -> None:
    """Closing the entry must not bill it again, nor must it be forgotten."""
    ledger = Ledger(Clock())
    entry = ledger.open(method="POST", path="/x", credential="none")
    ledger.end_run(entry, "completed", USE)
    ledger.close(entry)
    assert ledger.as_json()["totals"]["billed"] == 1
    assert ledger.as_json()["totals"]["billed_prompt_tokens"] == 100


def test_a_run_of_the_time_before_the_clearing_is_not_counted() -> None:
    """Neither its cost nor its answer."""
    ledger = Ledger(Clock())
    entry = ledger.open(method="POST", path="/x", credential="none")
    ledger.close(entry)
    ledger.clear()
    ledger.end_run(entry, "completed", USE)
    ledger.deliver_run_answer(entry)
    assert ledger.as_json() == Ledger(Clock()).as_json()


def test_an_answer_is_delivered_once() -> None:
    """However often it is fetched."""
    ledger = Ledger(Clock())
    entry = ledger.open(method="POST", path="/x", credential="none")
    ledger.close(entry)
    for _ in range(3):
        ledger.deliver_run_answer(entry)
    assert ledger.as_json()["totals"]["run_answers_delivered"] == 1
    assert ledger.as_json()["entries"][0]["is_run_answer_delivered"]


def test_the_tool_a_run_waits_for_is_the_assistants() -> None:
    """Where it has a function to call."""
    tools = [{"type": "file_search"}, {"type": "function", "function": {"name": "look_up"}}]
    ledger = Ledger(Clock())
    entry = ledger.open(method="POST", path="/x", credential="none")
    run = Run("thread_x", parse_run_request({}, _assistant(tools=tools), ON_A_THREAD), entry)
    run.begin()
    run.require_action()
    calls = run.as_json()["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert [call["function"]["name"] for call in calls] == ["look_up"]
