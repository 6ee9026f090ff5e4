"""Faults, outages and delays as they were ordered: what the SDK makes of them, and what is billed."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import openai
import pytest

from local.openai_emulator.server import Emulator
from tests.integration.openai_emulator.asking import (
    MODEL,
    Client,
    ask_about,
    azure_client,
    control,
    last_entry,
    settled_entry,
)


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
    await control(emulator, "POST", "faults", fault)
    async with azure_client(emulator, timeout=0.5) as client:
        with pytest.raises(expected):
            await ask_about(client)
        entry = await settled_entry(emulator)
        assert entry["fault"] == (f"status:{fault['status']}" if "status" in fault else fault["kind"])
        assert (await ask_about(client)).choices[0].finish_reason == "stop"


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
    await control(emulator, "POST", "faults", {"kind": kind, "delay_ms": 600 if kind == "delay" else 0})
    async with azure_client(emulator, timeout=0.3) as client:
        with pytest.raises((openai.OpenAIError, json.JSONDecodeError)):
            await ask_about(client)
    entry = await settled_entry(emulator)
    assert (entry["status"], entry["is_billed"], entry["is_delivered"]) == (status, is_billed, is_delivered)


async def test_answers_go_wrong_on_order(emulator: Emulator, azure: Client) -> None:
    """Every content fault changes what it names and leaves the cost as it was."""
    order = ["finish_length", "content_filter_output", "refusal", "empty_content", "schema_violation"]
    order += ["fenced_json", "wrong_usage", "missing_usage", "no_choices", "pass"]
    await control(emulator, "POST", "faults", [{"kind": kind} for kind in order])
    answers = {kind: await ask_about(azure) for kind in order}
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
    await control(emulator, "POST", "faults", fault)
    assert (await ask_about(azure, model="gpt-4o-mini")).choices
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            await ask_about(azure)
    assert (await ask_about(azure)).choices


async def test_a_fault_carries_headers_and_a_body_of_its_own(emulator: Emulator, azure: Client) -> None:
    """Such as a Retry-After that does not fit into the deadline."""
    body = {"error": {"code": "Overloaded", "message": "later"}}
    fault = {"kind": "status", "status": 429, "headers": {"retry-after": "300"}, "body": body}
    await control(emulator, "POST", "faults", fault)
    with pytest.raises(openai.RateLimitError) as refusal:
        await ask_about(azure)
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
    await control(emulator, "POST", "faults", {"kind": kind})
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
    await control(emulator, "POST", "faults", {"kind": "slow_body", "delay_ms": 300})
    began = time.monotonic()
    assert json.loads((await ask_about(azure)).choices[0].message.content)["name"] == "Ada Example"
    assert time.monotonic() - began >= 0.3
    assert last_entry(emulator)["is_delivered"]


async def test_an_outage_fails_everything_until_it_ends(emulator: Emulator, azure: Client) -> None:
    """Embeddings and the list of models included."""
    await control(emulator, "POST", "profile", {"down": True})
    with pytest.raises(openai.InternalServerError):
        await ask_about(azure)
    with pytest.raises(openai.InternalServerError):
        await azure.models.list()
    await control(emulator, "POST", "profile", {"down": True, "down_fault": {"kind": "close_before_headers"}})
    with pytest.raises(openai.APIConnectionError):
        await ask_about(azure)
    await control(emulator, "POST", "profile", {"down": False})
    assert (await ask_about(azure)).choices
    assert emulator.ledger()["totals"]["by_fault"] == {
        "outage:status:503": 2,
        "outage:close_before_headers": 1,
    }


async def test_a_random_mix_repeats_with_its_seed(emulator: Emulator, azure: Client) -> None:
    """So that a load test that failed can be run again."""

    async def outcomes() -> list[int | None]:
        profile = {"seed": 11, "mix": [{"rate": 0.4, "kind": "status", "status": 503}]}
        await control(emulator, "POST", "profile", profile)
        await control(emulator, "DELETE", "ledger")
        for _ in range(20):
            try:
                await ask_about(azure)
            except openai.InternalServerError:
                continue
        return [entry["status"] for entry in emulator.ledger()["entries"]]

    first = await outcomes()
    assert 3 <= first.count(503) <= 13
    assert await outcomes() == first


async def test_latency_holds_while_32_callers_wait(emulator: Emulator) -> None:
    """All of them wait together, not one after the other."""
    await control(emulator, "POST", "profile", {"latency": 500})
    async with azure_client(emulator) as client:
        await ask_about(client)  # imports and connections
        began = time.monotonic()
        await asyncio.gather(*(ask_about(client) for _ in range(32)))
        took = time.monotonic() - began
    durations = sorted(entry["duration_ms"] for entry in emulator.ledger()["entries"])
    assert emulator.ledger()["totals"]["most_in_flight"] == 32
    assert durations[0] >= 490
    assert took < 3
