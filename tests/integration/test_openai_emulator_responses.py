"""The Responses API of the OpenAI emulator over real sockets, asked by the real SDK and without it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import openai
import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI

from local.openai_emulator.server import Emulator, EmulatorConfig, running_emulator
from tests.unit.openai_emulator.line_reader import (
    RESPONSE_FORMAT,
    SCHEMA,
    SCHEMA_NAME,
    fenced,
    read_contact_card,
)

API_VERSION = "2025-04-01-preview"
MODEL = "gpt-4.1-mini"
CV = "Ada Example\nData engineer\nada@example.com\n+44 20 7946 0123"
CARD: dict[str, Any] = {"type": "json_schema", "name": SCHEMA_NAME, "schema": SCHEMA, "strict": True}
CONFIG = EmulatorConfig(
    api_keys=("test-key",), reader=read_contact_card, schema_names=frozenset({SCHEMA_NAME})
)

Client = AsyncOpenAI  # AsyncAzureOpenAI is one


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A running emulator that reads contact cards."""
    async with running_emulator(CONFIG) as running:
        yield running


@pytest.fixture
async def azure(emulator: Emulator) -> AsyncIterator[Client]:
    """The SDK as it speaks to Azure's dated API."""
    async with _azure(emulator) as client:
        yield client


def _azure(emulator: Emulator, **more: Any) -> AsyncAzureOpenAI:
    settings: dict[str, Any] = {"api_version": API_VERSION, "max_retries": 0, "timeout": 10, **more}
    return AsyncAzureOpenAI(azure_endpoint=emulator.url, api_key=emulator.api_key, **settings)


def _v1(emulator: Emulator, root: str = "/openai/v1/") -> AsyncOpenAI:
    return AsyncOpenAI(base_url=emulator.url + root, api_key=emulator.api_key, max_retries=0, timeout=10)


async def _ask(client: Client, cv_text: str = CV, **more: Any) -> Any:
    body: dict[str, Any] = {"model": MODEL, "text": {"format": CARD}, **more}
    return await client.responses.create(
        instructions="You read CVs.", input=[{"role": "user", "content": fenced(cv_text)}], **body
    )


async def _order(emulator: Emulator, *faults: dict[str, Any]) -> None:
    await _control(emulator, "faults", list(faults))


async def _control(emulator: Emulator, route: str, data: Any) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{emulator.url}/_emulator/{route}", json=data) as response,
    ):
        assert response.status == 200, await response.text()


async def _settled_entry(emulator: Emulator) -> dict[str, Any]:
    """The latest entry once no request is under way: a client may leave before the server is done."""
    for _ in range(500):
        if not emulator.ledger()["in_flight"]:
            break
        await asyncio.sleep(0.01)
    entry: dict[str, Any] = emulator.ledger()["entries"][-1]
    return entry


@pytest.mark.parametrize("surface", ["azure", "azure-with-deployment", "v1", "plain"])
async def test_the_answer_is_read_from_the_cv_in_the_input(emulator: Emulator, surface: str) -> None:
    """Change the CV and the answer changes, by every URL shape; the deployment is the body's model."""
    clients: dict[str, Callable[[], Client]] = {
        "azure": lambda: _azure(emulator),
        "azure-with-deployment": lambda: _azure(emulator, azure_deployment="another"),
        "v1": lambda: _v1(emulator),
        "plain": lambda: _v1(emulator, "/v1/"),
    }
    async with clients[surface]() as client:
        first = await _ask(client)
        second = await _ask(client, "Grace Sample\ngrace@example.org")
    assert json.loads(first.output_text) == {
        "name": "Ada Example",
        "emails": ["ada@example.com"],
        "lines": 4,
        "links": [],
    }
    assert json.loads(second.output_text)["name"] == "Grace Sample"
    assert (first.status, first.model, first.instructions) == (
        "completed",
        "gpt-4.1-mini-2025-04-14",
        "You read CVs.",
    )
    assert first.id != second.id
    entry = emulator.ledger()["entries"][-1]
    assert (entry["deployment"], entry["schema"], entry["status"]) == (MODEL, SCHEMA_NAME, 200)
    paths = {"azure": "/openai/responses", "v1": "/openai/v1/responses", "plain": "/v1/responses"}
    assert entry["path"] == paths[surface.removesuffix("-with-deployment")]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/openai/responses?api-version=2025-03-01-preview", 200, id="first-dated"),
        pytest.param("/openai/responses?api-version=2024-10-21", 400, id="dated-too-early"),
        pytest.param("/openai/responses", 404, id="dated-without-version"),
        pytest.param("/openai/v1/responses?api-version=preview", 200, id="v1-preview"),
        pytest.param("/openai/v1/responses?api-version=2025-04-01-preview", 400, id="v1-with-date"),
        pytest.param(
            f"/openai/deployments/{MODEL}/responses?api-version={API_VERSION}", 404, id="deployment-in-path"
        ),
    ],
)
async def test_the_api_version_and_the_path_are_azures(emulator: Emulator, path: str, status: int) -> None:
    """Dated paths know this API since March 2025, and never below a deployment."""
    async with (
        aiohttp.ClientSession(headers={"api-key": "test-key"}) as session,
        session.post(emulator.url + path, json={"model": MODEL, "input": "hello"}) as response,
    ):
        assert response.status == status, await response.text()


@pytest.mark.parametrize("path", ["/openai/v1/responses", f"/openai/responses?api-version={API_VERSION}"])
async def test_a_request_by_hand_is_answered_or_refused_in_the_apis_shape(
    emulator: Emulator, path: str
) -> None:
    """Bytes over a socket: a wrong key, no model, an unknown one, an unknown parameter, then an answer."""

    async def exchanged(body: bytes, key: str = "test-key") -> tuple[int, dict[str, Any]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(emulator.url.rsplit(":", 1)[1]))
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\napi-key: {key}\r\nconnection: close\r\n"
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.read()
        writer.close()
        headers, _, content = answer.partition(b"\r\n\r\n")
        return int(headers.split()[1]), json.loads(content)

    hello = b'{"model": "gpt-4.1-mini", "input": "ping pong"}'
    assert (await exchanged(hello, "wrong"))[0] == 401
    status, refused = await exchanged(b'{"input": "x"}')
    assert (status, refused["error"]["param"]) == (400, "model")
    status, refused = await exchanged(b'{"model": "gpt-9", "input": "x"}')
    assert (status, refused["error"]["code"]) == (404, "DeploymentNotFound")
    status, refused = await exchanged(b'{"model": "gpt-4.1-mini", "input": "x", "n": 1}')
    assert (status, refused["error"]["code"]) == (400, "unknown_parameter")
    status, answer = await exchanged(hello)
    assert (status, answer["object"], answer["status"]) == (200, "response", "completed")
    assert answer["id"].startswith("resp_")
    assert answer["output"][0]["content"][0]["text"] == "Your message has 2 words and begins: ping pong"


async def test_headers_tell_limits_and_name_the_request(azure: Client) -> None:
    """The same ones as for chat."""
    raw = await azure.responses.with_raw_response.create(model=MODEL, input="hello")
    assert int(raw.headers["x-ratelimit-remaining-requests"]) > 0
    assert raw.headers["x-request-id"]


async def test_a_limit_cuts_the_answer_and_thinking_counts_against_it(azure: Client) -> None:
    """Incomplete, and exactly as many tokens as allowed."""
    cut = await _ask(azure, max_output_tokens=16)
    assert (cut.status, cut.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert cut.usage.output_tokens == 16
    thought = await _ask(azure, model="gpt-5-mini", reasoning={"effort": "high"})
    assert [item.type for item in thought.output] == ["reasoning", "message"]
    assert thought.reasoning.effort == "high"
    only_thought = await _ask(azure, model="gpt-5-mini", max_output_tokens=32)
    assert (only_thought.output_text, only_thought.status) == ("", "incomplete")
    assert only_thought.usage.output_tokens_details.reasoning_tokens == 32


async def test_chat_and_responses_share_the_cache_of_a_deployment(emulator: Emulator, azure: Client) -> None:
    """A repeated long beginning is reported as cached, whichever API it came by first."""
    long_text = "Report only what the document says, and quote it. " * 200
    first = await azure.responses.create(model=MODEL, input=[{"role": "system", "content": long_text}])
    again = await azure.chat.completions.create(
        model=MODEL, messages=[{"role": "system", "content": long_text}, {"role": "user", "content": "Ada"}]
    )
    assert first.usage is not None
    assert first.usage.input_tokens_details.cached_tokens == 0
    assert again.usage is not None
    assert again.usage.prompt_tokens_details is not None
    assert (again.usage.prompt_tokens_details.cached_tokens or 0) >= 1_024
    third = await azure.responses.create(model=MODEL, input=[{"role": "system", "content": long_text}])
    assert third.usage is not None
    assert third.usage.input_tokens_details.cached_tokens >= 1_024
    assert emulator.ledger()["entries"][-1]["cached_tokens"] >= 1_024


async def test_equal_questions_cost_the_same_by_either_api(emulator: Emulator, azure: Client) -> None:
    """One counter, one reader, one ledger."""
    question: dict[str, Any] = {
        "messages": [
            {"role": "developer", "content": "You read CVs."},
            {"role": "user", "content": fenced(CV)},
        ],
        "response_format": RESPONSE_FORMAT,
    }
    chat = await azure.chat.completions.create(model=MODEL, **question)
    response = await _ask(azure)
    assert response.output_text == chat.choices[0].message.content
    assert response.usage.total_tokens == chat.usage.total_tokens
    first, second = emulator.ledger()["entries"]
    assert first["prompt_sha256"] == second["prompt_sha256"]


async def test_limits_refuse_with_the_operations_name(emulator: Emulator) -> None:
    """Prompt and output limit are reserved, chat and responses count together."""
    small = [{"name": "few", "model": MODEL, "rpm": 2}, {"name": "small", "model": MODEL, "tpm": 1_000}]
    await _control(emulator, "deployments", {"add": small})
    async with _azure(emulator) as azure, _v1(emulator) as v1:
        await _ask(azure, model="few")
        await azure.chat.completions.create(model="few", messages=[{"role": "user", "content": "x"}])
        with pytest.raises(openai.RateLimitError, match="Responses_Create") as refusal:
            await _ask(azure, model="few")
        assert 0 < int(refusal.value.response.headers["retry-after"]) <= 60
        await _ask(v1, model="small", max_output_tokens=500)
        with pytest.raises(openai.RateLimitError) as refusal:
            await _ask(v1, model="small", max_output_tokens=500)
        assert refusal.value.code == "too_many_requests"
    assert not emulator.ledger()["entries"][-1]["is_billed"]


async def test_a_refusal_of_the_prompt_is_billed(emulator: Emulator, azure: Client) -> None:
    """By the content filter, with its reports, or for its length."""
    await _order(emulator, {"kind": "content_filter_prompt"})
    with pytest.raises(openai.BadRequestError) as refusal:
        await _ask(azure)
    assert refusal.value.code == "content_filter"
    assert isinstance(refusal.value.body, dict)
    assert refusal.value.body["content_filters"][0]["blocked"]
    assert (await _settled_entry(emulator))["is_billed"]
    tiny = {"name": "tiny", "model": MODEL, "context_tokens": 60}
    await _control(emulator, "deployments", {"add": [tiny]})
    with pytest.raises(openai.BadRequestError) as refusal:
        await _ask(azure, model="tiny")
    assert (refusal.value.code, refusal.value.param) == ("context_length_exceeded", "input")
    assert (await _settled_entry(emulator))["is_billed"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"model": "text-embedding-3-small"}, "OperationNotSupported", id="embedding-model"),
        pytest.param({"model": "gpt-5-mini", "temperature": 0}, "unsupported_value", id="temperature"),
        pytest.param({"previous_response_id": "resp_1"}, "previous_response_not_found", id="previous"),
        pytest.param({"max_output_tokens": 8}, "integer_below_min_value", id="too-small-a-limit"),
        pytest.param(
            {"text": {"format": CARD | {"name": "weather"}}}, "not_supported_by_emulator", id="schema"
        ),
    ],
)
async def test_a_request_is_refused_with_400(azure: Client, body: dict[str, Any], code: str) -> None:
    """With the code a caller can tell it apart by."""
    with pytest.raises(openai.BadRequestError) as refusal:
        await _ask(azure, **body)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("fault", "expected", "status", "is_billed"),
    [
        pytest.param(
            {"kind": "status", "status": 503}, openai.InternalServerError, 503, False, id="status-503"
        ),
        pytest.param({"kind": "status", "status": 429}, openai.RateLimitError, 429, False, id="status-429"),
        pytest.param({"kind": "close_before_headers"}, openai.APIConnectionError, None, False, id="close"),
        pytest.param({"kind": "reset_before_headers"}, openai.APIConnectionError, None, False, id="reset"),
        pytest.param({"kind": "close_mid_body"}, openai.APIConnectionError, 200, True, id="close-mid-body"),
        pytest.param({"kind": "stall_mid_body"}, openai.APITimeoutError, 200, True, id="stall-mid-body"),
        pytest.param({"kind": "silence"}, openai.APITimeoutError, None, False, id="silence"),
        pytest.param({"kind": "delay", "delay_ms": 900}, openai.APITimeoutError, None, True, id="delay"),
        pytest.param({"kind": "malformed_json"}, json.JSONDecodeError, 200, True, id="malformed-json"),
        pytest.param({"kind": "truncated_body"}, json.JSONDecodeError, 200, True, id="truncated-body"),
    ],
)
async def test_a_fault_of_the_wire_reaches_the_caller_and_the_ledger(
    emulator: Emulator, fault: dict[str, Any], expected: type[Exception], status: int | None, is_billed: bool
) -> None:
    """Only once; the next request is answered again."""
    await _order(emulator, fault)
    async with _azure(emulator, timeout=0.5) as client:
        with pytest.raises(expected):
            await _ask(client)
        entry = await _settled_entry(emulator)
        assert entry["fault"].split(":")[0] == fault["kind"]
        assert (entry["status"], entry["is_billed"]) == (status, is_billed)
        assert (await _ask(client)).status == "completed"


async def test_answers_go_wrong_on_order(emulator: Emulator, azure: Client) -> None:
    """Every fault of content changes what it names and leaves the cost as it was."""
    order = ["finish_length", "content_filter_output", "refusal", "empty_content", "schema_violation"]
    order += ["fenced_json", "wrong_usage", "missing_usage", "no_choices", "failed_answer", "pass"]
    await _order(emulator, *({"kind": kind} for kind in order))
    answers = {kind: await _ask(azure) for kind in order}
    good = answers["pass"].output_text
    assert answers["finish_length"].incomplete_details.reason == "max_output_tokens"
    assert good.startswith(answers["finish_length"].output_text)
    assert answers["content_filter_output"].incomplete_details.reason == "content_filter"
    assert answers["content_filter_output"].output_text == ""
    assert answers["refusal"].output[0].content[0].refusal
    assert (answers["empty_content"].status, answers["empty_content"].output_text) == ("completed", "")
    assert "unexpectedField" in json.loads(answers["schema_violation"].output_text)
    assert f"```json\n{good}\n```" in answers["fenced_json"].output_text
    usage = answers["wrong_usage"].usage
    assert usage.total_tokens != usage.input_tokens + usage.output_tokens
    assert answers["missing_usage"].usage is None
    assert answers["no_choices"].output == []
    failed = answers["failed_answer"]
    assert (failed.status, failed.error.code, failed.usage) == ("failed", "server_error", None)
    entries = emulator.ledger()["entries"]
    assert [entry["status"] for entry in entries] == [200] * len(order)
    assert {entry["completion_tokens"] for entry in entries} == {usage.output_tokens}


async def test_a_fault_waits_for_the_schema_and_the_api_it_is_meant_for(
    emulator: Emulator, azure: Client
) -> None:
    """A failed response is none that chat could give."""
    await _order(
        emulator,
        {"kind": "failed_answer", "body": "rate_limit_exceeded", "match": {"schema": SCHEMA_NAME}},
    )
    await azure.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "x"}])
    assert (await azure.responses.create(model=MODEL, input="x")).status == "completed"
    failed = await _ask(azure)
    assert (failed.status, failed.error.code) == ("failed", "rate_limit_exceeded")


async def test_latency_holds_for_responses(emulator: Emulator, azure: Client) -> None:
    """As for every operation."""
    await _ask(azure)  # imports and connections
    await _control(emulator, "profile", {"latency": 300})
    began = time.monotonic()
    await _ask(azure)
    assert time.monotonic() - began >= 0.3


async def test_the_ledger_holds_no_word_of_the_input(emulator: Emulator, azure: Client) -> None:
    """Hashes, sizes and counts."""
    await _ask(azure, metadata={"note": "Grace"}, user="Lovelace")
    text = json.dumps(emulator.ledger())
    assert not [word for word in ("Ada", "7946", "Grace", "Lovelace", "You read", "test-key") if word in text]
