"""What the client tells its observers, and that they can do no harm."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from shared_code.accounting.usage import Usage
from shared_code.backends.contract import ChatRequest, Message
from shared_code.errors import ModelServerError, OpenAIServiceError, RateLimitError
from shared_code.observation import AttemptRecord, CallRecord
from shared_code.openai_client import OpenAIClient
from shared_code.reliability.deadline import Deadline
from shared_code.settings import OpenAISettings
from tests.fakes import CountingEmbedder, FakeClock, ScriptedBackend, Step, answer, fresh

REQUEST = ChatRequest((Message("user", "hello"),), max_output_tokens=100)


class Notebook:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.attempts: list[AttemptRecord] = []
        self.calls: list[CallRecord] = []

    def attempt_ended(self, attempt: AttemptRecord) -> None:
        self.attempts.append(attempt)

    def call_ended(self, call: CallRecord) -> None:
        self.calls.append(call)

    def asked_again(self, assistant: str) -> None:
        raise NotImplementedError


class Broken:
    """Fails at everything."""

    def attempt_ended(self, attempt: AttemptRecord) -> None:
        raise ZeroDivisionError

    def call_ended(self, call: CallRecord) -> None:
        raise ZeroDivisionError

    def asked_again(self, assistant: str) -> None:
        raise ZeroDivisionError


def _client(*steps: Step, seconds_each: float = 2.0) -> tuple[OpenAIClient, Notebook, FakeClock]:
    clock, notebook = FakeClock(), Notebook()
    client = OpenAIClient(
        OpenAISettings(endpoint="http://127.0.0.1:9", requests_per_minute=1000, enable_fallback=True),
        ScriptedBackend(*steps, clock=clock, seconds_each=seconds_each),
        CountingEmbedder(),
        observers=(Broken(), notebook),
        clock=clock,
        sleep=clock.sleep,
        today=lambda: date(2026, 11, 21),
    )
    return client, notebook, clock


async def test_every_attempt_is_told_once_with_its_outcome_and_price() -> None:
    """Also by a client whose other observer fails at everything."""
    client, notebook, _ = _client(
        fresh(RateLimitError, retry_after_seconds=1.5), answer(usage=Usage(1000, 200, 100))
    )
    await client.chat(REQUEST)
    throttled, answered = notebook.attempts
    assert (throttled.outcome, throttled.is_throttled, throttled.retry_after_seconds) == (
        "rateLimited",
        True,
        1.5,
    )
    assert (answered.outcome, answered.duration_seconds, answered.cost_micro_usd) == ("ok", 2.0, 500)
    assert answered.response_model == "gpt-4.1-mini"


async def test_a_call_is_told_once_with_all_its_attempts_and_waits() -> None:
    """Duration covers everything; the deployment is the one that answered."""
    client, notebook, clock = _client(*[fresh(ModelServerError) for _ in range(2)], answer())
    started = clock()
    await client.chat(REQUEST)
    (call,) = notebook.calls
    assert (call.attempts, call.outcome, call.fallback_used) == (3, "ok", True)
    assert (call.deployment, call.model) == ("gpt-4o-mini", "gpt-4o-mini")
    assert call.duration_seconds == clock() - started
    assert call.usage == Usage(1000, 0, 100)


async def test_a_failed_call_is_told_by_its_code() -> None:
    """The last deployment asked stands for it."""
    client, notebook, _ = _client(*[fresh(ModelServerError) for _ in range(4)])
    with pytest.raises(ModelServerError):
        await client.chat(REQUEST)
    assert [(call.outcome, call.attempts) for call in notebook.calls] == [("modelServerError", 4)]


async def test_a_cancelled_call_is_told_as_interrupted() -> None:
    """Whoever gives up is counted too, and no attempt is invented."""
    asked = asyncio.Event()

    class Never:
        name = "never"

        async def complete(self, *_: object) -> object:
            asked.set()
            return await asyncio.Event().wait()

        async def aclose(self) -> None:
            return None

    notebook = Notebook()
    client = OpenAIClient(OpenAISettings(endpoint="http://127.0.0.1:9"), Never(), observers=(notebook,))  # type: ignore[arg-type]
    task = asyncio.create_task(client.chat(REQUEST))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [call.outcome for call in notebook.calls] == ["interrupted"]
    assert notebook.attempts == []


async def test_a_billed_failure_is_accounted_and_told() -> None:
    """What a failed attempt cost is in the result of the retry that succeeded, and in the record."""
    billed = fresh(ModelServerError)
    billed.usage = Usage(1000, 0, 0)
    client, notebook, _ = _client(billed, answer(usage=Usage(1000, 0, 100)))
    result = await client.chat(REQUEST)
    assert result.usage == Usage(2000, 0, 100)
    assert result.cost_micro_usd == 400 + 560
    assert [charge.cost_micro_usd for charge in result.charges] == [400, 560]
    assert [attempt.cost_micro_usd for attempt in notebook.attempts] == [400, 560]
    assert client.token_tracker.get_usage_summary()["total_cost"] == 0.00096


async def test_waiting_for_our_own_limiter_is_told() -> None:
    """The time before the permit is apart from the rest."""
    clock, notebook = FakeClock(), Notebook()
    client = OpenAIClient(
        OpenAISettings(endpoint="http://127.0.0.1:9", requests_per_minute=1),
        ScriptedBackend(answer(), answer()),
        observers=(notebook,),
        clock=clock,
        sleep=clock.sleep,
    )
    for _ in range(2):
        await client.chat(REQUEST, deadline=Deadline.after(100, clock))
    assert [call.limited_seconds for call in notebook.calls] == [0.0, 60.0]


async def test_vectors_are_told_as_their_own_operation() -> None:
    """Chat and embeddings share the guards, not the figures."""
    client, notebook, _ = _client()
    await client.embed(["a"])
    assert [(call.operation, call.deployment) for call in notebook.calls] == [
        ("embeddings", "text-embedding-3-small")
    ]


async def test_a_call_that_never_asked_names_its_first_choice() -> None:
    """An open breaker refuses the call; the record still has a deployment."""
    client, notebook, _ = _client()
    for deployment in client.deployments:
        deployment.breaker.open_for_good()
    with pytest.raises(OpenAIServiceError):
        await client.chat(REQUEST)
    assert [(call.deployment, call.attempts) for call in notebook.calls] == [("gpt-4.1-mini", 0)]
