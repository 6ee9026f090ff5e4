"""The OpenAI emulator over real sockets, asked by the real SDK."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI

from local.openai_emulator import server
from local.openai_emulator.deployments import DeploymentSpec
from local.openai_emulator.server import Emulator, EmulatorConfig, running_emulator
from tests.unit.openai_emulator.line_reader import (
    RESPONSE_FORMAT,
    SCHEMA_NAME,
    fenced,
    read_contact_card,
)

ROOT = Path(__file__).parents[2]
API_VERSION = "2024-10-21"
MODEL = "gpt-4.1-mini"
CV = "Ada Example\nData engineer\nada@example.com\n+44 20 7946 0123"
WHOLE_CV = """Ada Example
Data Engineer
ada@example.com | +44 20 7946 0123 | London

EXPERIENCE
Senior Data Engineer, Example Retail Ltd, London
March 2019 - Present
- Built pipelines in Python and Spark that cut the nightly load from 6 hours to 40 minutes

EDUCATION
BSc Computer Science, Example University, 2014 - 2017

SKILLS
Python, Spark, Airflow, PostgreSQL
"""
CONFIG = EmulatorConfig(
    api_keys=("test-key",),
    bad_tokens=frozenset({"expired"}),
    reader=read_contact_card,
    schema_names=frozenset({SCHEMA_NAME}),
)

Client = AsyncOpenAI  # AsyncAzureOpenAI is one


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An emulator in another process."""

    url: str
    api_key: str


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


def _azure(emulator: Emulator | Elsewhere, **more: Any) -> AsyncAzureOpenAI:
    settings: dict[str, Any] = {"api_key": emulator.api_key, "max_retries": 0, "timeout": 10, **more}
    return AsyncAzureOpenAI(azure_endpoint=emulator.url, api_version=API_VERSION, **settings)


def _v1(emulator: Emulator, root: str = "/openai/v1/") -> AsyncOpenAI:
    return AsyncOpenAI(base_url=emulator.url + root, api_key=emulator.api_key, max_retries=0, timeout=10)


async def _ask(client: Client, cv_text: str = CV, **more: Any) -> Any:
    body = {"model": MODEL, "response_format": RESPONSE_FORMAT, **more}
    return await client.chat.completions.create(
        messages=[
            {"role": "system", "content": "You read CVs."},
            {"role": "user", "content": fenced(cv_text, links=["- mail -> mailto:ada@example.com"])},
        ],
        **body,
    )


async def _control(emulator: Emulator | Elsewhere, method: str, route: str, data: Any = None) -> Any:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{emulator.url}/_emulator/{route}", json=data) as response,
    ):
        answer = await response.json()
        assert response.status == 200, answer
        return answer


def _last_entry(emulator: Emulator) -> dict[str, Any]:
    entry: dict[str, Any] = emulator.ledger()["entries"][-1]
    return entry


async def _settled_entry(emulator: Emulator) -> dict[str, Any]:
    """The latest entry once no request is under way: a client may leave before the server is done."""
    await _until(lambda: not emulator.ledger()["in_flight"])
    return _last_entry(emulator)


async def _until(holds: Callable[[], bool], seconds: float = 20) -> None:
    for _ in range(int(seconds / 0.01)):
        if holds():
            return
        await asyncio.sleep(0.01)
    pytest.fail("waited in vain")


@pytest.mark.parametrize("surface", ["azure", "v1", "plain"])
async def test_the_answer_is_read_from_the_cv_in_the_prompt(emulator: Emulator, surface: str) -> None:
    """Change the CV and the answer changes, by every URL shape."""
    clients = {"azure": _azure(emulator), "v1": _v1(emulator), "plain": _v1(emulator, "/v1/")}
    async with clients[surface] as client:
        first = await _ask(client)
        second = await _ask(client, "Grace Sample\ngrace@example.org")
    assert json.loads(first.choices[0].message.content) == {
        "name": "Ada Example",
        "emails": ["ada@example.com"],
        "lines": 4,
        "links": ["mailto:ada@example.com"],
    }
    assert json.loads(second.choices[0].message.content)["name"] == "Grace Sample"
    assert first.choices[0].finish_reason == "stop"
    assert first.model == "gpt-4.1-mini-2025-04-14"
    assert first.usage.total_tokens == first.usage.prompt_tokens + first.usage.completion_tokens
    assert first.usage.completion_tokens > 10
    assert first.model_extra["prompt_filter_results"][0]["content_filter_results"]["jailbreak"]


@pytest.mark.parametrize("assistant", ["cv_data_extractor", "cv_pii_identifier", "cv_skills_analyst"])
async def test_the_projects_own_reader_answers_each_of_its_schemas(assistant: str) -> None:
    """Without a reader given, the rule-based one reads; its answer is valid and comes from the CV."""
    path = ROOT / "shared_code" / "assistants" / assistant / "schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    declared = {"name": schema["title"], "schema": schema, "strict": True}
    async with running_emulator() as emulator, _azure(emulator) as client:
        contents = [
            (await _ask(client, text, response_format={"type": "json_schema", "json_schema": declared}))
            .choices[0]
            .message.content
            for text in (WHOLE_CV, WHOLE_CV.replace("Ada Exam", "Eve Sam").replace("Python", "Kotlin"))
        ]
    answers = [json.loads(content) for content in contents]
    assert all(list(answer) == schema["required"] for answer in answers)
    assert answers[0] != answers[1]


async def test_a_message_without_a_format_is_answered_with_an_extract_of_it(azure: Client) -> None:
    """Free chat: not canned either."""
    answer = await azure.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "ping pong"}]
    )
    assert answer.choices[0].message.content == "Your message has 2 words and begins: ping pong"


async def test_a_schema_that_no_reader_knows_is_refused(azure: Client) -> None:
    """A made-up answer would look like a working one."""
    schema = {**RESPONSE_FORMAT["json_schema"], "name": "weather"}
    with pytest.raises(openai.BadRequestError, match="no reader for the schema 'weather'"):
        await _ask(azure, response_format={"type": "json_schema", "json_schema": schema})


async def test_an_answer_that_breaks_its_schema_is_a_fault_of_the_reader() -> None:
    """It is never sent as if the model could have said so, and the message holds no word of the CV."""

    def forgetful(schema_name: str, cv_text: str, links: object = ()) -> dict[str, object]:
        return {"name": cv_text, "emails": "none", "lines": 1, "links": []}

    def failing(schema_name: str, cv_text: str, links: object = ()) -> dict[str, object]:
        raise ValueError(cv_text)

    for reader, reason in (
        (forgetful, "breaks 'type' at '/emails'"),
        (failing, r"raised ValueError at test_openai_emulator\.py:\d+"),
    ):
        async with running_emulator(replace(CONFIG, reader=reader)) as emulator, _azure(emulator) as client:
            with pytest.raises(openai.InternalServerError, match=reason) as failure:
                await _ask(client)
            assert "Ada" not in str(failure.value)


async def test_headers_tell_limits_and_name_the_request(azure: Client) -> None:
    """Clients steer by the first and quote the second."""
    raw = await azure.chat.completions.with_raw_response.create(
        model=MODEL,
        messages=[{"role": "user", "content": "hello"}],
        extra_headers={"x-ms-client-request-id": "mine"},
    )
    for name in (
        "limit-requests",
        "limit-tokens",
        "remaining-requests",
        "remaining-tokens",
        "reset-requests",
    ):
        assert f"x-ratelimit-{name}" in raw.headers
    assert raw.headers["x-ms-client-request-id"] == "mine"
    assert raw.headers["x-request-id"] != raw.headers["apim-request-id"]
    assert raw.headers["x-ms-region"] == "loopback"


async def test_a_wrong_key_and_a_bad_token_are_401(emulator: Emulator) -> None:
    """With the codes of Azure's gateway; a good token passes."""
    async with _azure(emulator, api_key="wrong") as client:
        with pytest.raises(openai.AuthenticationError) as refusal:
            await _ask(client)
        assert refusal.value.code == "401"
    async with _azure(emulator, api_key=None, azure_ad_token="expired") as client:
        with pytest.raises(openai.AuthenticationError) as refusal:
            await _ask(client)
        assert refusal.value.code == "Unauthorized"
    async with _azure(emulator, api_key=None, azure_ad_token="a.good.token") as client:
        await _ask(client)
    assert [entry["credential"] for entry in emulator.ledger()["entries"]] == ["api-key", "bearer", "bearer"]


async def test_an_unknown_deployment_is_404(azure: Client) -> None:
    """DeploymentNotFound, which a client may answer by falling back."""
    with pytest.raises(openai.NotFoundError) as refusal:
        await _ask(azure, model="gpt-9")
    assert refusal.value.code == "DeploymentNotFound"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/openai/deployments/gpt-4.1-mini/chat/completions", 404, id="dated-without-version"),
        pytest.param(
            "/openai/deployments/gpt-4.1-mini/chat/completions?api-version=v1", 404, id="dated-with-v1"
        ),
        pytest.param("/openai/v1/chat/completions?api-version=2024-10-21", 400, id="v1-with-date"),
        pytest.param("/openai/v1/chat/completions?api-version=preview", 200, id="v1-preview"),
        pytest.param("/openai/v1/chat/completion", 404, id="misspelt-path"),
    ],
)
async def test_the_api_version_belongs_to_the_dated_paths(emulator: Emulator, path: str, status: int) -> None:
    """As Azure has it."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": "hello"}]}
    async with (
        aiohttp.ClientSession(headers={"api-key": "test-key"}) as session,
        session.post(emulator.url + path, json=body) as response,
    ):
        assert response.status == status
    assert _last_entry(emulator)["status"] == status


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"messages": []}'])
async def test_a_body_that_is_no_request_is_400(emulator: Emulator, body: bytes) -> None:
    """In the shape of the model's API."""
    async with (
        aiohttp.ClientSession(headers={"api-key": "test-key"}) as session,
        session.post(f"{emulator.url}/openai/v1/chat/completions", data=body) as response,
    ):
        assert response.status == 400
        assert (await response.json())["error"]["type"] == "invalid_request_error"


async def test_a_completion_limit_cuts_the_answer_and_thinking_counts_against_it(azure: Client) -> None:
    """finish_reason length, and exactly as many tokens as allowed."""
    cut = await _ask(azure, max_completion_tokens=10)
    assert cut.choices[0].finish_reason == "length"
    assert cut.usage.completion_tokens == 10
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut.choices[0].message.content)
    thought = await _ask(azure, model="gpt-5-mini")
    assert 0 < thought.usage.completion_tokens_details.reasoning_tokens < thought.usage.completion_tokens
    only_thought = await _ask(azure, model="gpt-5-mini", max_completion_tokens=32)
    assert (only_thought.choices[0].message.content, only_thought.choices[0].finish_reason) == ("", "length")
    assert only_thought.usage.completion_tokens_details.reasoning_tokens == 32


async def test_a_repeated_long_beginning_is_reported_as_cached(azure: Client) -> None:
    """The instructions of every call are the same; the CV is not."""
    instructions = "Report only what the document says, and quote it. " * 200

    async def ask(cv_text: str) -> Any:
        return await azure.chat.completions.create(
            model=MODEL,
            messages=[{"role": "system", "content": instructions}, {"role": "user", "content": cv_text}],
        )

    first, second = await ask("Ada Example"), await ask("Grace Sample")
    assert first.usage.prompt_tokens_details.cached_tokens == 0
    assert second.usage.prompt_tokens_details.cached_tokens >= 1_024


async def test_limits_refuse_with_both_retry_after_headers(emulator: Emulator) -> None:
    """Requests by count, tokens by prompt plus completion limit, each per deployment."""
    await _control(
        emulator,
        "POST",
        "deployments",
        {
            "add": [
                {"name": "few", "model": MODEL, "rpm": 2},
                {"name": "small", "model": MODEL, "tpm": 1_000},
            ]
        },
    )
    async with _azure(emulator) as azure, _v1(emulator) as v1:
        for _ in range(2):
            await _ask(azure, model="few")
        with pytest.raises(openai.RateLimitError) as refusal:
            await _ask(azure, model="few")
        headers = refusal.value.response.headers
        assert refusal.value.code == "429"
        assert 0 < int(headers["retry-after"]) <= 60
        assert 0 < int(headers["retry-after-ms"]) <= 60_000
        assert headers["x-ratelimit-remaining-requests"] == "0"
        await _ask(azure, model="small", max_completion_tokens=500)
        with pytest.raises(openai.RateLimitError) as refusal:
            await _ask(v1, model="small", max_completion_tokens=500)
        assert refusal.value.code == "too_many_requests"
    entry = _last_entry(emulator)
    assert (entry["status"], entry["is_billed"], entry["is_delivered"]) == (429, False, True)


async def test_more_text_than_the_context_is_refused_and_billed(emulator: Emulator) -> None:
    """Azure charges for input that it had to read to refuse it."""
    tiny = {"name": "tiny", "model": MODEL, "context_tokens": 60}
    await _control(emulator, "POST", "deployments", {"add": [tiny]})
    async with _azure(emulator) as client:
        with pytest.raises(openai.BadRequestError) as refusal:
            await _ask(client, model="tiny")
    assert refusal.value.code == "context_length_exceeded"
    assert _last_entry(emulator)["is_billed"]
    assert _last_entry(emulator)["prompt_tokens"] > 60


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param({"kind": "status", "status": 500}, openai.InternalServerError, id="500"),
        pytest.param({"kind": "status", "status": 503}, openai.InternalServerError, id="503"),
        pytest.param({"kind": "status", "status": 429}, openai.RateLimitError, id="429"),
        pytest.param({"kind": "status", "status": 403}, openai.PermissionDeniedError, id="403"),
        pytest.param({"kind": "status", "status": 408}, openai.APIStatusError, id="408"),
        pytest.param(
            {"kind": "status", "status": 502, "body": "<html>"}, openai.InternalServerError, id="html"
        ),
        pytest.param({"kind": "close_before_headers"}, openai.APIConnectionError, id="close-before-headers"),
        pytest.param({"kind": "reset_before_headers"}, openai.APIConnectionError, id="reset-before-headers"),
        pytest.param({"kind": "close_mid_body"}, openai.APIConnectionError, id="close-mid-body"),
        pytest.param({"kind": "stall_mid_body"}, openai.APITimeoutError, id="stall-mid-body"),
        pytest.param({"kind": "silence"}, openai.APITimeoutError, id="silence"),
        pytest.param({"kind": "delay", "delay_ms": 900}, openai.APITimeoutError, id="delay"),
        pytest.param({"kind": "malformed_json"}, json.JSONDecodeError, id="malformed-json"),
        pytest.param({"kind": "truncated_body"}, json.JSONDecodeError, id="truncated-body"),
        pytest.param({"kind": "content_filter_prompt"}, openai.BadRequestError, id="content-filter-prompt"),
    ],
)
async def test_a_fault_reaches_the_caller_as_the_sdks_exception_and_only_once(
    emulator: Emulator, fault: dict[str, Any], expected: type[Exception]
) -> None:
    """The next request is answered again."""
    await _control(emulator, "POST", "faults", fault)
    async with _azure(emulator, timeout=0.5) as client:
        with pytest.raises(expected):
            await _ask(client)
        entry = await _settled_entry(emulator)
        assert entry["fault"] == (f"status:{fault['status']}" if "status" in fault else fault["kind"])
        assert (await _ask(client)).choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    ("kind", "status", "is_billed", "is_delivered"),
    [
        pytest.param("status", 500, False, True, id="status"),
        pytest.param("close_before_headers", None, False, False, id="close-before-headers"),
        pytest.param("reset_before_headers", None, False, False, id="reset-before-headers"),
        pytest.param("close_mid_body", 200, True, False, id="close-mid-body"),
        pytest.param("stall_mid_body", 200, True, False, id="stall-mid-body"),
        pytest.param("silence", None, False, False, id="silence"),
        pytest.param("delay", None, True, False, id="left-before-the-answer"),
        pytest.param("truncated_body", 200, True, True, id="truncated-body"),
        pytest.param("content_filter_prompt", 400, True, True, id="content-filter-prompt"),
    ],
)
async def test_the_ledger_tells_what_was_billed_and_what_arrived(
    emulator: Emulator, kind: str, status: int | None, is_billed: bool, is_delivered: bool
) -> None:
    """Work that was done is billed even where nobody got it."""
    await _control(emulator, "POST", "faults", {"kind": kind, "delay_ms": 600 if kind == "delay" else 0})
    async with _azure(emulator, timeout=0.3) as client:
        with pytest.raises((openai.OpenAIError, json.JSONDecodeError)):
            await _ask(client)
    entry = await _settled_entry(emulator)
    assert (entry["status"], entry["is_billed"], entry["is_delivered"]) == (status, is_billed, is_delivered)


async def test_answers_go_wrong_on_order(emulator: Emulator, azure: Client) -> None:
    """Every content fault changes what it names and leaves the cost as it was."""
    order = ["finish_length", "content_filter_output", "refusal", "empty_content", "schema_violation"]
    order += ["fenced_json", "wrong_usage", "missing_usage", "no_choices", "pass"]
    await _control(emulator, "POST", "faults", [{"kind": kind} for kind in order])
    answers = {kind: await _ask(azure) for kind in order}
    good = answers["pass"].choices[0].message.content
    first = {kind: answer.choices[0] for kind, answer in answers.items() if answer.choices}
    assert (
        first["finish_length"].finish_reason,
        good.startswith(first["finish_length"].message.content),
    ) == (
        "length",
        True,
    )
    assert first["content_filter_output"].finish_reason == "content_filter"
    assert first["content_filter_output"].message.content is None
    assert first["refusal"].message.refusal
    assert first["refusal"].message.content is None
    assert first["empty_content"].message.content == ""
    violated = json.loads(first["schema_violation"].message.content)
    assert "name" not in violated
    assert "unexpectedField" in violated
    assert f"```json\n{good}\n```" in first["fenced_json"].message.content
    usage = answers["wrong_usage"].usage
    assert usage.total_tokens != usage.prompt_tokens + usage.completion_tokens
    assert answers["missing_usage"].usage is None
    assert answers["no_choices"].choices == []
    assert {entry["completion_tokens"] for entry in emulator.ledger()["entries"]} == {usage.completion_tokens}


async def test_a_fault_waits_for_the_deployment_it_is_meant_for(emulator: Emulator, azure: Client) -> None:
    """So that a fallback can be seen to work."""
    fault = {"kind": "status", "status": 503, "count": 2, "match": {"deployment": "gpt-4.1-mini"}}
    await _control(emulator, "POST", "faults", fault)
    assert (await _ask(azure, model="gpt-4o-mini")).choices
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            await _ask(azure)
    assert (await _ask(azure)).choices


async def test_a_fault_carries_headers_and_a_body_of_its_own(emulator: Emulator, azure: Client) -> None:
    """Such as a Retry-After that does not fit into the deadline."""
    body = {"error": {"code": "Overloaded", "message": "later"}}
    fault = {"kind": "status", "status": 429, "headers": {"retry-after": "300"}, "body": body}
    await _control(emulator, "POST", "faults", fault)
    with pytest.raises(openai.RateLimitError) as refusal:
        await _ask(azure)
    assert refusal.value.response.headers["retry-after"] == "300"
    assert refusal.value.code == "Overloaded"


@pytest.mark.parametrize(
    ("kind", "is_reset"),
    [
        pytest.param("reset_before_headers", True, id="reset"),
        pytest.param("close_before_headers", False, id="close"),
    ],
)
async def test_a_reset_is_a_reset_and_an_end_is_an_end(emulator: Emulator, kind: str, is_reset: bool) -> None:
    """TCP tells the two apart, and so do clients that may not send a request twice."""
    await _control(emulator, "POST", "faults", {"kind": kind})
    reader, writer = await asyncio.open_connection("127.0.0.1", int(emulator.url.rsplit(":", 1)[1]))
    request = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\napi-key: {emulator.api_key}\r\n"
    body = f'{{"model": "{MODEL}"}}'
    writer.write(f"{request}content-length: {len(body)}\r\n\r\n{body}".encode())
    try:
        if is_reset:
            with pytest.raises(ConnectionResetError):
                await reader.read()
        else:
            assert await reader.read() == b""
    finally:
        writer.close()


async def test_a_slow_body_arrives_whole_in_the_end(emulator: Emulator, azure: Client) -> None:
    """Headers at once, the rest drop by drop."""
    await _control(emulator, "POST", "faults", {"kind": "slow_body", "delay_ms": 300})
    began = time.monotonic()
    assert json.loads((await _ask(azure)).choices[0].message.content)["name"] == "Ada Example"
    assert time.monotonic() - began >= 0.3
    assert _last_entry(emulator)["is_delivered"]


async def test_an_outage_fails_everything_until_it_ends(emulator: Emulator, azure: Client) -> None:
    """Embeddings and the list of models included."""
    await _control(emulator, "POST", "profile", {"down": True})
    with pytest.raises(openai.InternalServerError):
        await _ask(azure)
    with pytest.raises(openai.InternalServerError):
        await azure.models.list()
    await _control(
        emulator, "POST", "profile", {"down": True, "down_fault": {"kind": "close_before_headers"}}
    )
    with pytest.raises(openai.APIConnectionError):
        await _ask(azure)
    await _control(emulator, "POST", "profile", {"down": False})
    assert (await _ask(azure)).choices
    assert emulator.ledger()["totals"]["by_fault"] == {
        "outage:status:503": 2,
        "outage:close_before_headers": 1,
    }


async def test_a_random_mix_repeats_with_its_seed(emulator: Emulator, azure: Client) -> None:
    """So that a load test that failed can be run again."""

    async def outcomes() -> list[int | None]:
        profile = {"seed": 11, "mix": [{"rate": 0.4, "kind": "status", "status": 503}]}
        await _control(emulator, "POST", "profile", profile)
        await _control(emulator, "DELETE", "ledger")
        for _ in range(20):
            try:
                await _ask(azure)
            except openai.InternalServerError:
                continue
        return [entry["status"] for entry in emulator.ledger()["entries"]]

    first = await outcomes()
    assert 3 <= first.count(503) <= 13
    assert await outcomes() == first


async def test_latency_holds_while_32_callers_wait(emulator: Emulator) -> None:
    """All of them wait together, not one after the other."""
    await _control(emulator, "POST", "profile", {"latency": 500})
    async with _azure(emulator) as client:
        await _ask(client)  # imports and connections
        began = time.monotonic()
        await asyncio.gather(*(_ask(client) for _ in range(32)))
        took = time.monotonic() - began
    durations = sorted(entry["duration_ms"] for entry in emulator.ledger()["entries"])
    assert emulator.ledger()["totals"]["most_in_flight"] == 32
    assert durations[0] >= 490
    assert took < 3


async def test_deployments_are_added_and_retired(emulator: Emulator, azure: Client) -> None:
    """404 or 410, as ordered, and answers again once added anew."""
    await _control(
        emulator, "POST", "deployments", {"retire": [{"name": MODEL, "status": 410}, "gpt-4o-mini"]}
    )
    with pytest.raises(openai.APIStatusError) as gone:
        await _ask(azure)
    assert gone.value.status_code == 410
    with pytest.raises(openai.NotFoundError):
        await _ask(azure, model="gpt-4o-mini")
    await _control(emulator, "POST", "deployments", {"add": [{"name": MODEL, "model": "gpt-4.1-nano"}]})
    assert (await _ask(azure)).model == "gpt-4.1-nano-2025-04-14"


@pytest.mark.parametrize("dimensions", [None, 256])
async def test_embeddings_are_near_for_similar_texts(azure: Client, dimensions: int | None) -> None:
    """The SDK asks for base64; floats are the same."""
    texts = ["Python and Spark pipelines", "Spark pipelines in Python", "A recipe for apple cake"]
    more: dict[str, Any] = {"dimensions": dimensions} if dimensions else {}
    small = "text-embedding-3-small"
    packed = await azure.embeddings.create(model=small, input=texts, **more)
    floats = await azure.embeddings.create(model=small, input=texts, encoding_format="float", **more)
    vectors = [item.embedding for item in packed.data]
    assert [len(vector) for vector in vectors] == [dimensions or 1536] * 3
    assert vectors[0] == pytest.approx(floats.data[0].embedding, abs=1e-7)
    near, far = (sum(a * b for a, b in zip(vectors[0], other, strict=True)) for other in vectors[1:])
    assert near > far + 0.2
    assert packed.usage.prompt_tokens == packed.usage.total_tokens > 0


@pytest.mark.parametrize(
    ("model", "body", "code"),
    [
        pytest.param("text-embedding-3-small", {"input": []}, "invalid_value", id="no-input"),
        pytest.param("text-embedding-3-small", {"input": ["a", ""]}, "invalid_value", id="empty-input"),
        pytest.param("text-embedding-3-small", {"input": ["a"] * 2_049}, "invalid_value", id="too-many"),
        pytest.param(
            "text-embedding-3-small", {"input": "word " * 9_000}, "context_length_exceeded", id="too-long"
        ),
        pytest.param(
            "text-embedding-3-small", {"input": "a", "dimensions": 1_537}, "invalid_value", id="dimensions"
        ),
        pytest.param("ada", {"input": "a", "dimensions": 256}, "unsupported_parameter", id="fixed-length"),
        pytest.param(MODEL, {"input": "a"}, "OperationNotSupported", id="chat-model"),
    ],
)
async def test_embeddings_are_refused(
    emulator: Emulator, azure: Client, model: str, body: dict[str, Any], code: str
) -> None:
    """With the code a caller can tell them apart by."""
    await _control(
        emulator, "POST", "deployments", {"add": [{"name": "ada", "model": "text-embedding-ada-002"}]}
    )
    with pytest.raises(openai.BadRequestError) as refusal:
        await azure.embeddings.create(model=model, **body)
    assert refusal.value.code == code


async def test_the_most_inputs_and_token_numbers_are_embedded(azure: Client) -> None:
    """2,048 texts in one request; token numbers count as they are."""
    many = await azure.embeddings.create(model="text-embedding-3-small", input=["a b"] * 2_048, dimensions=8)
    assert len(many.data) == 2_048
    numbers = await azure.embeddings.create(model="text-embedding-3-small", input=[[1, 2, 3], [4]])
    assert numbers.usage.prompt_tokens == 4


async def test_chat_with_an_embedding_model_is_refused(azure: Client) -> None:
    """As Azure refuses an operation that the model cannot do."""
    with pytest.raises(openai.BadRequestError) as refusal:
        await _ask(azure, model="text-embedding-3-small")
    assert refusal.value.code == "OperationNotSupported"


async def test_models_are_listed_and_found(emulator: Emulator, azure: Client) -> None:
    """In both shapes; an unknown one is 404."""
    async with _v1(emulator) as v1:
        names = [model.id async for model in v1.models.list()]
        assert "gpt-4.1-mini" in names
        assert (await v1.models.retrieve("gpt-5-mini")).owned_by == "system"
        with pytest.raises(openai.NotFoundError):
            await v1.models.retrieve("gpt-9")
    listed = [model async for model in azure.models.list()]
    assert [model.id for model in listed] == names
    capabilities = {model.id: (model.model_extra or {})["capabilities"] for model in listed}
    assert capabilities["text-embedding-3-small"]["embeddings"]


async def test_the_ledger_holds_no_word_of_a_prompt_and_no_key(emulator: Emulator, azure: Client) -> None:
    """Hashes, sizes and counts; equal prompts have equal hashes."""
    for cv_text in (CV, CV, "Grace Sample"):
        await _ask(azure, cv_text)
    ledger = await _control(emulator, "GET", "ledger")
    text = json.dumps(ledger)
    assert not [
        word for word in ("Ada", "Grace", "example.com", "20 7946", "test-key", "You read") if word in text
    ]
    hashes = [entry["prompt_sha256"] for entry in ledger["entries"]]
    assert hashes[0] == hashes[1] != hashes[2]
    assert ledger["totals"]["billed"] == 3
    assert (await _control(emulator, "GET", "ledger?after=1&limit=1"))["entries"][0]["seq"] == 2
    await _control(emulator, "DELETE", "ledger")
    assert (await _control(emulator, "GET", "ledger"))["totals"]["requests"] == 0


async def test_the_ledger_knows_a_cv_whatever_stands_around_it(emulator: Emulator, azure: Client) -> None:
    """By the digest of the fenced text alone; a prompt without a fence has none."""
    for prompt in (fenced(CV), fenced(CV, links=["- mail -> mailto:ada@example.com"]), "Grace Sample"):
        await azure.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": prompt}])
    entries = emulator.ledger()["entries"]
    digest = hashlib.sha256(CV.encode()).hexdigest()
    assert [entry["cv_sha256"] for entry in entries] == [digest, digest, None]
    assert entries[0]["prompt_sha256"] != entries[1]["prompt_sha256"]


@pytest.mark.parametrize(
    ("route", "data"),
    [
        pytest.param("faults", {"kind": "explode"}, id="unknown-kind"),
        pytest.param("faults", {"kind": "status", "count": 0}, id="count"),
        pytest.param("faults", "status", id="no-object"),
        pytest.param("profile", {"latancy": 3}, id="misspelt"),
        pytest.param("profile", {"mix": [{"kind": "silence"}]}, id="mix-without-rate"),
        pytest.param("profile", {"down": True, "down_fault": {"kind": "refusal"}}, id="outage-with-work"),
        pytest.param("deployments", {"add": [{"model": "x"}]}, id="deployment-without-name"),
        pytest.param("deployments", {"retire": [{"name": "x", "status": 500}]}, id="retired-status"),
    ],
)
async def test_an_order_that_cannot_be_meant_is_refused(emulator: Emulator, route: str, data: Any) -> None:
    """And changes nothing."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{emulator.url}/_emulator/{route}", json=data) as response,
    ):
        assert response.status == 400
        assert (await response.json())["error"]
    assert emulator.state.outage.current() is None
    assert emulator.state.faults.pending() == []


async def test_stopping_does_not_wait_for_those_who_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence and latency end when the emulator does, long before its patience would."""
    monkeypatch.setattr(server, "SECONDS_TO_FINISH", 30.0)
    async with AsyncExitStack() as stack:
        emulator = await stack.enter_async_context(running_emulator(CONFIG))
        client = _azure(emulator)
        await _control(emulator, "POST", "profile", {"latency": 20_000})
        await _control(emulator, "POST", "faults", {"kind": "silence"})
        asking = [asyncio.ensure_future(_ask(client)) for _ in range(2)]
        await _until(lambda: emulator.ledger()["in_flight"] == 2)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert [isinstance(outcome, openai.APIConnectionError) for outcome in outcomes].count(True) == 1
    await client.close()


async def test_two_emulators_share_nothing() -> None:
    """Each has its port, its key and its ledger."""
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(running_emulator())
        config = EmulatorConfig(deployments=(DeploymentSpec("other", "gpt-4o"),))
        two = await stack.enter_async_context(running_emulator(config))
        assert one.url != two.url
        assert one.api_key != two.api_key
        client = await stack.enter_async_context(_azure(two))
        await client.chat.completions.create(model="other", messages=[{"role": "user", "content": "x"}])
        assert (one.ledger()["totals"]["requests"], two.ledger()["totals"]["requests"]) == (0, 1)


async def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """Ready file with URL and key; SIGTERM ends it with 0 even while a caller hangs in silence."""
    ready_file = tmp_path / "run" / "ready.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "local.openai_emulator",
        *("--ready-file", str(ready_file), "--deployment", "fast=gpt-4.1-nano"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await _until(ready_file.exists)
        ready = json.loads(ready_file.read_text())
        assert ready["pid"] == process.pid
        assert ready_file.stat().st_mode & 0o077 == 0
        emulator = Elsewhere(ready["url"], ready["api_key"])
        async with _azure(emulator) as client:
            await client.chat.completions.create(model="fast", messages=[{"role": "user", "content": "x"}])
            await _control(emulator, "POST", "faults", {"kind": "silence"})
            hanging = asyncio.ensure_future(_ask(client, model="fast"))
            await asyncio.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(5):
                assert await process.wait() == 0
            with pytest.raises(openai.APIConnectionError):
                await hanging
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert not ready_file.exists()
