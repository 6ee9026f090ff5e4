"""How runs of the OpenAI emulator end over real sockets: faults on order, cost, delivery, deletion."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import openai
import pytest

from local.openai_emulator.server import Emulator, running_emulator
from tests.integration.assistants_caller import (
    CARD,
    CONFIG,
    CV,
    MODEL,
    Client,
    azure_client,
    begin,
    card_format,
    control,
    ended,
    message_of,
    run_entries,
    until,
)
from tests.unit.openai_emulator.line_reader import SCHEMA_NAME

# The SDK calls these methods deprecated, because the provider has retired the API.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A running emulator that reads contact cards."""
    async with running_emulator(CONFIG) as running:
        yield running


@pytest.fixture
async def azure(emulator: Emulator) -> AsyncIterator[Client]:
    """The SDK as it speaks to Azure's dated API."""
    async with azure_client(emulator) as client:
        yield client


@pytest.fixture
async def assistant(azure: Client) -> str:
    """The id of an assistant that reads contact cards."""
    created = await azure.beta.assistants.create(
        model=MODEL, name="reader", instructions="You read CVs.", response_format=card_format()
    )
    return created.id


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        pytest.param({"status": "failed"}, ("failed", "server_error", None, 0, 0), id="server-error"),
        pytest.param(
            {"status": "failed", "code": "rate_limit_exceeded"},
            ("failed", "rate_limit_exceeded", None, 0, 0),
            id="rate-limit",
        ),
        pytest.param(
            {"status": "failed", "code": "invalid_prompt", "message": "no"},
            ("failed", "invalid_prompt", None, 1, 0),
            id="invalid-prompt",
        ),
        pytest.param({"status": "expired"}, ("expired", None, None, 1, 0), id="expired"),
        pytest.param({"status": "cancelled"}, ("cancelled", None, None, 1, 0), id="cancelled"),
        pytest.param(
            {"status": "incomplete"}, ("incomplete", None, "max_completion_tokens", 1, 1), id="completion"
        ),
        pytest.param(
            {"status": "incomplete", "reason": "max_prompt_tokens"},
            ("incomplete", None, "max_prompt_tokens", 1, 0),
            id="prompt",
        ),
        pytest.param(
            {"status": "incomplete", "reason": "content_filter"},
            ("incomplete", None, "content_filter", 1, 1),
            id="content-filter",
        ),
    ],
)
async def test_a_run_ends_as_ordered(
    emulator: Emulator,
    azure: Client,
    assistant: str,
    order: dict[str, str],
    expected: tuple[str, str | None, str | None, int, int],
) -> None:
    """With error, reason and cost; the next run completes."""
    await control(emulator, "POST", "faults", {"kind": "run_ends", "body": order})
    run = await ended(azure, await begin(azure, assistant))
    entry = run_entries(emulator)[0]
    assert (
        run.status,
        run.last_error.code if run.last_error else None,
        run.incomplete_details.reason if run.incomplete_details else None,
        int(entry["is_billed"]),
        int(run.usage.completion_tokens > 0),
    ) == expected
    assert entry["fault"] == "run_ends"
    assert entry["run_status"] == run.status
    billed = emulator.ledger()["totals"]
    assert billed["billed_prompt_tokens"] == run.usage.prompt_tokens
    assert billed["billed_completion_tokens"] == run.usage.completion_tokens
    if "message" in order:
        assert run.last_error.message == "no"
    messages: list[Any] = (await azure.beta.threads.messages.list(run.thread_id, run_id=run.id)).data
    if run.incomplete_details and run.incomplete_details.reason == "max_completion_tokens":
        assert messages[0].incomplete_details.reason == "max_tokens"
        with pytest.raises(json.JSONDecodeError):
            json.loads(messages[0].content[0].text.value)
    else:
        assert messages == []
    assert emulator.ledger()["totals"]["run_answers_delivered"] == 0
    assert (await ended(azure, await begin(azure, assistant))).status == "completed"


@pytest.mark.parametrize("status", ["queued", "in_progress", "requires_action"])
async def test_a_run_that_never_ends_can_be_cancelled(
    emulator: Emulator, azure: Client, assistant: str, status: str
) -> None:
    """Until then it stays as ordered, and costs nothing yet."""
    await control(emulator, "POST", "faults", {"kind": "run_ends", "body": {"status": status}})
    begun = await begin(azure, assistant)
    await asyncio.sleep(0.1)
    run: Any = await azure.beta.threads.runs.retrieve(begun.id, thread_id=begun.thread_id)
    assert (run.status, run.usage, run.started_at is None) == (status, None, status == "queued")
    if status == "requires_action":
        assert run.required_action.submit_tool_outputs.tool_calls[0].function.name == "unknown_tool"
    assert not run_entries(emulator)[0]["is_billed"]
    await azure.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
    assert (await ended(azure, run)).status == "cancelled"


async def test_answers_go_wrong_on_order(emulator: Emulator, azure: Client, assistant: str) -> None:
    """Every content fault of chat does to the message what it does to a choice; the cost stays."""
    order = ["finish_length", "content_filter_output", "refusal", "empty_content", "schema_violation"]
    order += ["fenced_json", "wrong_usage", "missing_usage", "no_choices", "pass"]
    await control(emulator, "POST", "faults", [{"kind": kind} for kind in order[:-1]])
    runs: dict[str, Any] = {}
    said: dict[str, list[Any]] = {}
    for kind in order:
        runs[kind] = await ended(azure, await begin(azure, assistant))
        page = await azure.beta.threads.messages.list(runs[kind].thread_id, run_id=runs[kind].id)
        said[kind] = [block for message in page.data for block in message.content]
    incomplete = {kind: run.incomplete_details.reason for kind, run in runs.items() if run.incomplete_details}
    assert incomplete == {"finish_length": "max_completion_tokens", "content_filter_output": "content_filter"}
    good = said["pass"][0].text.value
    assert json.loads(good) == CARD
    assert good.startswith(said["finish_length"][0].text.value)
    assert said["content_filter_output"] == said["no_choices"] == []
    assert said["refusal"][0].type == "refusal"
    assert said["refusal"][0].refusal
    assert said["empty_content"][0].text.value == ""
    assert "unexpectedField" in json.loads(said["schema_violation"][0].text.value)
    assert f"```json\n{good}\n```" in said["fenced_json"][0].text.value
    usage = runs["wrong_usage"].usage
    assert usage.total_tokens != usage.prompt_tokens + usage.completion_tokens
    assert runs["missing_usage"].usage is None
    assert {entry["completion_tokens"] for entry in run_entries(emulator)} == {usage.completion_tokens}


async def test_a_prompt_that_the_content_filter_refuses_fails_the_run(
    emulator: Emulator, azure: Client, assistant: str
) -> None:
    """The request was accepted; having looked at the prompt is charged for."""
    await control(emulator, "POST", "faults", {"kind": "content_filter_prompt"})
    run = await ended(azure, await begin(azure, assistant))
    assert (run.status, run.last_error.code) == ("failed", "invalid_prompt")
    assert run_entries(emulator)[0]["is_billed"]


async def test_a_reader_that_fails_fails_the_run_without_a_word_of_the_cv() -> None:
    """As a server error, which is not charged for."""

    def failing(schema_name: str, cv_text: str, links: object = ()) -> dict[str, object]:
        raise ValueError(cv_text)

    async with (
        running_emulator(replace(CONFIG, reader=failing)) as emulator,
        azure_client(emulator) as client,
    ):
        created = await client.beta.assistants.create(model=MODEL, response_format=card_format())
        run = await ended(client, await begin(client, created.id))
        assert (run.status, run.last_error.code) == ("failed", "server_error")
        assert "Ada" not in run.last_error.message
        assert emulator.ledger()["totals"]["billed"] == 0


async def test_both_token_limits_end_a_run_incomplete(azure: Client, assistant: str) -> None:
    """The answer is cut at exactly the completion limit; too long a prompt gets none."""
    crowd = "\n".join(f"person{i}@example.com" for i in range(200))
    run = await ended(azure, await begin(azure, assistant, crowd, max_completion_tokens=256))
    assert (run.status, run.incomplete_details.reason) == ("incomplete", "max_completion_tokens")
    assert run.usage.completion_tokens == 256
    assert (await message_of(azure, run)).status == "incomplete"
    run = await ended(azure, await begin(azure, assistant, crowd, max_prompt_tokens=256))
    assert (run.status, run.incomplete_details.reason) == ("incomplete", "max_prompt_tokens")
    assert (run.usage.prompt_tokens, run.usage.completion_tokens) == (256, 0)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param({"kind": "status", "status": 503}, openai.InternalServerError, id="503"),
        pytest.param({"kind": "status", "status": 429}, openai.RateLimitError, id="429"),
        pytest.param({"kind": "reset_before_headers"}, openai.APIConnectionError, id="reset"),
        pytest.param({"kind": "silence"}, openai.APITimeoutError, id="silence"),
        pytest.param({"kind": "close_mid_body"}, openai.APIConnectionError, id="close-mid-body"),
        pytest.param({"kind": "malformed_json"}, json.JSONDecodeError, id="malformed-json"),
    ],
)
@pytest.mark.parametrize(
    ("path", "method", "step"),
    [
        pytest.param("*/threads", "POST", "create", id="create"),
        pytest.param("*/runs", "POST", "run", id="run"),
        pytest.param("*/runs/run_*", "GET", "poll", id="poll"),
        pytest.param("*/messages", "GET", "fetch", id="fetch"),
        pytest.param("*/threads/thread_*", "DELETE", "delete", id="delete"),
    ],
)
async def test_a_fault_hits_the_request_of_its_path_and_method(
    emulator: Emulator,
    assistant: str,
    fault: dict[str, Any],
    expected: type[Exception],
    path: str,
    method: str,
    step: str,
) -> None:
    """No other step of the call, and only once."""
    await control(emulator, "POST", "faults", {**fault, "match": {"path": path, "method": method}})
    async with azure_client(emulator, timeout=1) as client:
        threads = client.beta.threads
        failed: list[str] = []

        async def attempt(name: str, ask: Callable[[], Any]) -> Any:
            try:
                return await ask()
            except expected:
                failed.append(name)
                if name in {"run", "delete"}:
                    return None  # it may have been done
                return await ask()

        thread = await attempt("create", threads.create)
        run = await attempt("run", lambda: threads.runs.create(thread.id, assistant_id=assistant))
        if run is not None:
            await attempt("poll", lambda: threads.runs.retrieve(run.id, thread_id=thread.id))
        await attempt("fetch", lambda: threads.messages.list(thread.id))
        await attempt("delete", lambda: threads.delete(thread.id))
    assert failed == [step]
    assert emulator.state.faults.pending() == []


async def test_a_run_whose_request_was_lost_is_worked_on_and_billed(
    emulator: Emulator, azure: Client, assistant: str
) -> None:
    """A caller that asks again pays twice; one that asks no more pays once for nothing."""
    await control(emulator, "POST", "faults", {"kind": "close_mid_body"})
    with pytest.raises(openai.APIConnectionError):
        await begin(azure, assistant)
    await until(lambda: emulator.ledger()["totals"]["billed"] == 1)
    entry = run_entries(emulator)[0]
    assert (entry["is_delivered"], entry["run_status"]) == (False, "completed")
    assert emulator.ledger()["totals"]["run_answers_delivered"] == 0
    assert len((await control(emulator, "GET", "threads"))["threads"]) == 1


async def test_the_ledger_bills_each_run_once_and_counts_answers_that_arrived(
    emulator: Emulator, azure: Client, assistant: str
) -> None:
    """Totals are the sum over runs; an answer counts once it was fetched whole, and only once."""
    runs = [await ended(azure, await begin(azure, assistant, f"{CV}\n{i}")) for i in range(4)]
    for _ in range(2):
        for run in runs[:2]:
            await message_of(azure, run)
    await control(emulator, "POST", "faults", {"kind": "close_mid_body", "match": {"path": "*/messages"}})
    with pytest.raises(openai.APIConnectionError):
        await message_of(azure, runs[2])
    await azure.beta.threads.messages.list(runs[3].thread_id, order="asc", limit=1)  # the question only
    totals = emulator.ledger()["totals"]
    assert totals["billed"] == 4
    assert totals["by_run_status"] == {"completed": 4}
    assert totals["billed_prompt_tokens"] == sum(run.usage.prompt_tokens for run in runs)
    assert totals["billed_completion_tokens"] == sum(run.usage.completion_tokens for run in runs)
    assert totals["run_answers_delivered"] == 2
    entries = run_entries(emulator)
    assert [entry["run_id"] for entry in entries] == [run.id for run in runs]
    assert [entry["is_run_answer_delivered"] for entry in entries] == [True, True, False, False]
    assert {(entry["deployment"], entry["schema"]) for entry in entries} == {(MODEL, SCHEMA_NAME)}


async def test_the_ledger_shows_deletions_and_holds_no_word_of_a_cv(
    emulator: Emulator, azure: Client, assistant: str
) -> None:
    """Which threads are left is told by id alone."""
    runs = [await ended(azure, await begin(azure, assistant)) for _ in range(2)]
    await azure.beta.threads.delete(runs[0].thread_id)
    with pytest.raises(openai.NotFoundError):
        await message_of(azure, runs[0])
    (deletion,) = run_entries(emulator, "DELETE", runs[0].thread_id)
    assert (deletion["status"], deletion["is_billed"]) == (200, False)
    left = await control(emulator, "GET", "threads")
    assert left == {"threads": [runs[1].thread_id]}
    shown = json.dumps(await control(emulator, "GET", "ledger"))
    assert not [word for word in ("Ada", "example.com", "Data engineer", "You read") if word in shown]


async def test_a_thread_deleted_during_its_run_is_gone_and_the_run_is_billed(
    emulator: Emulator, azure: Client, assistant: str
) -> None:
    """Deleting does not undo the work."""
    await control(emulator, "POST", "profile", {"latency": 200})
    run = await begin(azure, assistant)
    await azure.beta.threads.delete(run.thread_id)
    with pytest.raises(openai.NotFoundError):
        await azure.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
    await until(lambda: emulator.ledger()["totals"]["by_run_status"] == {"completed": 1})
    assert emulator.ledger()["totals"]["billed"] == 1
