"""The OpenAI emulator's Assistants API over real sockets: what is stored, run, refused and limited."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import openai
import pytest

from local.openai_emulator.server import Emulator, running_emulator
from tests.integration.assistants_caller import (
    API_VERSION,
    CARD,
    CONFIG,
    CV,
    HEADERS,
    MODEL,
    Client,
    azure_client,
    begin,
    card_format,
    control,
    ended,
    http,
    message_of,
    run_entries,
    v1_client,
)
from tests.unit.openai_emulator.line_reader import SCHEMA_NAME, fenced

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


@pytest.mark.parametrize("surface", ["azure", "v1", "plain"])
async def test_a_run_answers_from_the_cv_in_its_thread(emulator: Emulator, surface: str) -> None:
    """By every URL shape: create, run, poll, fetch, delete; another CV gives another answer."""
    clients = {
        "azure": azure_client(emulator),
        "v1": v1_client(emulator, "/openai/v1/"),
        "plain": v1_client(emulator, "/v1/"),
    }
    async with clients[surface] as client:
        created = await client.beta.assistants.create(
            model=MODEL, instructions="You read CVs.", response_format=card_format()
        )
        contents = []
        for text in (CV, "Grace Sample\ngrace@example.org"):
            run = await begin(client, created.id, text)
            assert (run.status, run.usage, run.model) == ("queued", None, MODEL)
            run = await ended(client, run)
            assert run.status == "completed"
            contents.append((await message_of(client, run)).content[0].text.value)
            assert (await client.beta.threads.delete(run.thread_id)).deleted
    assert json.loads(contents[0]) == CARD
    assert json.loads(contents[1])["name"] == "Grace Sample"
    assert (await control(emulator, "GET", "threads")) == {"threads": []}


async def test_the_answer_and_its_cost_are_those_of_chat(
    emulator: Emulator, azure: Client, assistant: str
) -> None:
    """The same instructions, messages and schema: the same content, tokens and prompt hash."""
    run = await ended(azure, await begin(azure, assistant))
    message = await message_of(azure, run)
    chat = await azure.chat.completions.create(
        model=MODEL,
        response_format=card_format(),
        messages=[
            {"role": "system", "content": "You read CVs."},
            {"role": "user", "content": fenced(CV)},
        ],
    )
    assert message.content[0].text.value == chat.choices[0].message.content
    assert chat.usage is not None
    assert (run.usage.prompt_tokens, run.usage.completion_tokens, run.usage.total_tokens) == (
        chat.usage.prompt_tokens,
        chat.usage.completion_tokens,
        chat.usage.total_tokens,
    )
    (asked,) = run_entries(emulator)
    chatted = emulator.ledger()["entries"][-1]
    assert asked["prompt_sha256"] == chatted["prompt_sha256"]
    assert asked["completion_tokens"] == chatted["completion_tokens"]


async def test_a_repeated_long_beginning_is_reported_as_cached(azure: Client) -> None:
    """In the field that runs have for it, which is spelt unlike chat's."""
    instructions = "Report only what the document says, and quote it. " * 200
    created = await azure.beta.assistants.create(model=MODEL, instructions=instructions)
    runs = [await ended(azure, await begin(azure, created.id, text)) for text in ("Ada", "Grace")]
    cached = [run.usage.model_extra["prompt_token_details"]["cached_tokens"] for run in runs]
    assert cached[0] == 0
    assert cached[1] >= 1_024


async def test_a_run_overrides_its_assistant(azure: Client) -> None:
    """Model, instructions, format, sampling and metadata of the request win; the rest is inherited."""
    created = await azure.beta.assistants.create(
        model="gpt-4o-mini", instructions="Be kind.", temperature=0.5, top_p=0.9
    )
    plain = await begin(azure, created.id)
    assert (plain.model, plain.instructions, plain.temperature) == ("gpt-4o-mini", "Be kind.", 0.5)
    assert plain.response_format == "auto"
    run = await begin(
        azure,
        created.id,
        model=MODEL,
        instructions="Be brief.",
        temperature=0,
        response_format=card_format(),
        metadata={"correlation": "c-1"},
        tools=[],
        max_completion_tokens=4_096,
        max_prompt_tokens=50_000,
    )
    assert (run.model, run.instructions, run.temperature, run.top_p) == (MODEL, "Be brief.", 0, 0.9)
    assert (run.max_completion_tokens, run.max_prompt_tokens) == (4_096, 50_000)
    assert (run.metadata, run.tools) == ({"correlation": "c-1"}, [])
    run = await ended(azure, run)
    assert json.loads((await message_of(azure, run)).content[0].text.value) == CARD


async def test_a_conversation_goes_on_in_its_thread(
    emulator: Emulator, azure: Client, assistant: str
) -> None:
    """Messages stay, in order; a second run reads them all and is listed apart."""
    thread = await azure.beta.threads.create(metadata={"purpose": "test"})
    assert (await azure.beta.threads.retrieve(thread.id)).metadata == {"purpose": "test"}
    mine = await azure.beta.threads.messages.create(
        thread.id, role="user", content=[{"type": "text", "text": fenced(CV)}]
    )
    assert (mine.role, mine.run_id) == ("user", None)
    first = await azure.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=assistant, poll_interval_ms=5
    )
    second = await azure.beta.threads.runs.create_and_poll(
        thread_id=thread.id,
        assistant_id=assistant,
        additional_messages=[{"role": "user", "content": "Read it once more."}],
        poll_interval_ms=5,
    )
    assert [first.status, second.status] == ["completed", "completed"]
    newest = [item async for item in azure.beta.threads.messages.list(thread.id, limit=3)]
    oldest = [item async for item in azure.beta.threads.messages.list(thread.id, order="asc")]
    assert [item.role for item in oldest] == ["user", "assistant", "user", "assistant"]
    assert [item.id for item in newest] == [item.id for item in reversed(oldest)]  # the SDK pages on
    assert [item.run_id for item in oldest] == [None, first.id, None, second.id]
    # The CV stands in an earlier message; the later one does not hide it.
    assert json.loads((await message_of(azure, second)).content[0].text.value) == CARD
    assert second.usage is not None
    assert first.usage is not None
    assert second.usage.prompt_tokens > first.usage.prompt_tokens
    assert (await control(emulator, "GET", "threads")) == {"threads": [thread.id]}


async def test_assistants_are_stored_listed_and_deleted(azure: Client) -> None:
    """Newest first, page by page; a deleted one is unknown."""
    made = [await azure.beta.assistants.create(model=MODEL, name=f"number {i}") for i in range(3)]
    names = [item.name async for item in azure.beta.assistants.list(limit=2)]
    assert names == ["number 2", "number 1", "number 0"]
    assert (await azure.beta.assistants.retrieve(made[1].id)).name == "number 1"
    assert (await azure.beta.assistants.delete(made[1].id)).deleted
    with pytest.raises(openai.NotFoundError, match="No assistant found with id"):
        await azure.beta.assistants.retrieve(made[1].id)
    with pytest.raises(openai.NotFoundError, match="No assistant found with id"):
        await begin(azure, made[1].id)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "assistants/asst_x", id="assistant"),
        pytest.param("DELETE", "assistants/asst_x", id="delete-assistant"),
        pytest.param("GET", "threads/thread_x", id="thread"),
        pytest.param("DELETE", "threads/thread_x", id="delete-thread"),
        pytest.param("GET", "threads/thread_x/messages", id="messages"),
        pytest.param("POST", "threads/thread_x/messages", id="add-message"),
        pytest.param("POST", "threads/thread_x/runs", id="run-on-thread"),
        pytest.param("GET", "threads/thread_x/runs/run_x", id="run-of-unknown-thread"),
        pytest.param("GET", "threads/{thread}/runs/run_x", id="run"),
        pytest.param("POST", "threads/{thread}/runs/run_x/cancel", id="cancel"),
    ],
)
async def test_an_unknown_id_is_404(
    emulator: Emulator, azure: Client, assistant: str, method: str, path: str
) -> None:
    """In the shape of the model's API, and without a trace."""
    thread = await azure.beta.threads.create()
    body = {"assistant_id": assistant} if path.endswith("/runs") else {"role": "user", "content": "x"}
    status, answer = await http(
        emulator, method, "/openai/v1/" + path.format(thread=thread.id), body if method == "POST" else None
    )
    assert status == 404
    assert answer["error"]["type"] == "invalid_request_error"
    assert "found with id" in answer["error"]["message"]


@pytest.mark.parametrize("beta", [None, "assistants=v1", "responses=v1"])
async def test_the_beta_header_is_required(emulator: Emulator, beta: str | None) -> None:
    """On every path of this API; among others it is found."""
    headers = {"api-key": "test-key"} | ({"OpenAI-Beta": beta} if beta else {})
    for method, path in (("POST", "threads"), ("GET", "assistants"), ("POST", "threads/runs")):
        status, answer = await http(emulator, method, f"/openai/v1/{path}", None, headers)
        assert (status, answer["error"]["code"]) == (400, "invalid_beta")
    headers["OpenAI-Beta"] = f"{beta}, assistants=v2"
    assert (await http(emulator, "POST", "/openai/v1/threads", None, headers))[0] == 200


async def test_a_wrong_key_and_a_missing_version_are_refused_as_everywhere(emulator: Emulator) -> None:
    """Before anything is stored."""
    status, _ = await http(emulator, "POST", "/openai/v1/threads", {}, {**HEADERS, "api-key": "wrong"})
    assert status == 401
    assert (await http(emulator, "POST", "/openai/threads", {}))[0] == 404
    assert (await http(emulator, "POST", "/openai/threads?api-version=2024-05-01-preview", {}))[0] == 200
    assert len(emulator.state.threads.ids()) == 1


@pytest.mark.parametrize(
    ("more", "param"),
    [
        pytest.param({"stream": True}, "stream", id="stream"),
        pytest.param({"tools": [{"type": "file_search"}]}, "tools", id="tools"),
        pytest.param({"tool_choice": "required"}, "tool_choice", id="tool-choice"),
        pytest.param({"truncation_strategy": {"type": "last_messages"}}, "truncation_strategy", id="trunc"),
        pytest.param({"max_completion_tokens": 255}, "max_completion_tokens", id="completion-limit"),
        pytest.param({"max_prompt_tokens": 255}, "max_prompt_tokens", id="prompt-limit"),
        pytest.param({"max_completion_tokens": 99_999}, "max_completion_tokens", id="more-than-the-model"),
        pytest.param({"temperature": 3}, "temperature", id="temperature"),
        pytest.param({"metadata": {"key": 1}}, "metadata", id="metadata"),
        pytest.param({"frequency_penalty": 1}, "frequency_penalty", id="unknown"),
        pytest.param({"assistant_id": None}, "assistant_id", id="no-assistant"),
        pytest.param(
            {"thread": {"messages": [{"role": "system", "content": "x"}]}}, "thread.messages[0].role"
        ),
        pytest.param(
            {"thread": {"messages": [{"role": "user", "content": ""}]}}, "thread.messages[0].content"
        ),
        pytest.param({"thread": []}, "thread", id="thread"),
        pytest.param(
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": SCHEMA_NAME, "strict": True, "schema": {"type": "object"}},
                }
            },
            "response_format",
            id="schema-not-strict",
        ),
        pytest.param(
            {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}},
            "response_format.json_schema.name",
            id="schema-unknown",
        ),
    ],
)
async def test_a_run_that_cannot_be_meant_is_refused_and_leaves_no_thread(
    emulator: Emulator, assistant: str, more: dict[str, Any], param: str
) -> None:
    """Formats and sampling by the rules of chat."""
    body = {"assistant_id": assistant, "thread": {"messages": [{"role": "user", "content": "hello"}]}}
    status, answer = await http(emulator, "POST", "/v1/threads/runs", body | more)
    assert (status, answer["error"]["param"]) == (400, param)
    assert emulator.state.threads.ids() == []
    assert emulator.ledger()["totals"]["by_run_status"] == {}


async def test_runs_count_against_the_limits_and_polls_do_not(
    emulator: Emulator, azure: Client, assistant: str
) -> None:
    """Requests and tokens per minute of the deployment the run is on; a refused run leaves nothing."""
    few = [{"name": "few", "model": MODEL, "rpm": 2}, {"name": "small", "model": MODEL, "tpm": 1_000}]
    await control(emulator, "POST", "deployments", {"add": few})
    run = await begin(azure, assistant, model="few")
    for _ in range(5):
        await azure.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
        await azure.beta.threads.messages.list(run.thread_id)
    await begin(azure, assistant, model="few")
    over: list[dict[str, Any]] = [{"model": "few"}, {"model": "small", "max_completion_tokens": 2_000}]
    for settings in over:
        with pytest.raises(openai.RateLimitError) as refusal:
            await begin(azure, assistant, **settings)
        assert int(refusal.value.response.headers["retry-after-ms"]) > 0
    with pytest.raises(openai.NotFoundError) as missing:
        await begin(azure, assistant, model="gpt-9")
    assert missing.value.code == "DeploymentNotFound"
    assert len(emulator.state.threads.ids()) == 2


async def test_a_run_takes_the_time_of_the_latency_profile_but_its_request_does_not(
    emulator: Emulator, azure: Client, assistant: str
) -> None:
    """Meanwhile it is in progress, and its thread takes neither messages nor another run."""
    await control(emulator, "POST", "profile", {"latency": 400})
    began = time.monotonic()
    run = await begin(azure, assistant)
    assert time.monotonic() - began < 0.3
    run = await azure.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
    assert (run.status, run.usage) == ("in_progress", None)
    assert run.expires_at == run.created_at + 600
    with pytest.raises(openai.BadRequestError, match="is active"):
        await azure.beta.threads.messages.create(run.thread_id, role="user", content="more")
    with pytest.raises(openai.BadRequestError, match="is active"):
        await azure.beta.threads.runs.create(run.thread_id, assistant_id=assistant)
    assert not run_entries(emulator)[0]["is_billed"]
    run = await ended(azure, run)
    assert time.monotonic() - began >= 0.4
    assert (run.status, run.expires_at) == ("completed", None)
    assert run.completed_at >= run.started_at >= run.created_at
    await azure.beta.threads.messages.create(run.thread_id, role="user", content="more")


async def test_a_cancelled_run_is_cancelling_then_cancelled_and_its_prompt_is_billed(
    emulator: Emulator, azure: Client, assistant: str
) -> None:
    """It writes no message, and cannot be cancelled twice."""
    await control(emulator, "POST", "profile", {"latency": 60_000})
    run = await begin(azure, assistant)
    assert (await azure.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)).status == "cancelling"
    run = await ended(azure, run)
    assert (run.status, run.cancelled_at is not None) == ("cancelled", True)
    assert run.usage.prompt_tokens > run.usage.completion_tokens == 0
    with pytest.raises(openai.BadRequestError, match="Cannot cancel run with status 'cancelled'"):
        await azure.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
    assert len((await azure.beta.threads.messages.list(run.thread_id)).data) == 1
    totals = emulator.ledger()["totals"]
    assert (totals["billed"], totals["billed_prompt_tokens"]) == (1, run.usage.prompt_tokens)


async def test_a_retired_api_is_404_on_all_its_paths() -> None:
    """As if it had never been, while chat answers on."""
    async with running_emulator(replace(CONFIG, assistants_retired=True)) as emulator:
        for root, query in (("/openai/v1", ""), ("/v1", ""), ("/openai", f"?api-version={API_VERSION}")):
            for method, path in (
                ("POST", "assistants"),
                ("GET", "assistants"),
                ("POST", "threads"),
                ("POST", "threads/runs"),
                ("DELETE", "threads/thread_x"),
                ("GET", "threads/thread_x/runs/run_x"),
            ):
                status, answer = await http(emulator, method, f"{root}/{path}{query}")
                assert (status, answer["error"]["code"]) == (404, "404")
        async with azure_client(emulator) as client:
            with pytest.raises(openai.NotFoundError):
                await client.beta.threads.create()
            chat = await client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": "x"}]
            )
            assert chat.choices


async def test_stopping_drops_runs_under_way_without_billing_them() -> None:
    """Neither latency nor an endless run holds the emulator up, and no end is invented for them."""
    async with AsyncExitStack() as stack:
        emulator = await stack.enter_async_context(running_emulator(CONFIG))
        client = await stack.enter_async_context(azure_client(emulator))
        created = await client.beta.assistants.create(model=MODEL)
        await control(emulator, "POST", "profile", {"latency": 60_000})
        await begin(client, created.id)
        await control(emulator, "POST", "faults", {"kind": "run_ends", "body": {"status": "in_progress"}})
        await begin(client, created.id)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    totals = emulator.ledger()["totals"]
    assert (totals["billed"], totals["by_run_status"]) == (0, {})
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("run_")]
