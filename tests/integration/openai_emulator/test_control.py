"""The emulator itself: its ledger and its orders, one beside another, and how it stops."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest

from local.openai_emulator import server
from local.openai_emulator.deployments import DeploymentSpec
from local.openai_emulator.server import Emulator, EmulatorConfig, running_emulator
from tests.integration.openai_emulator.asking import (
    CONFIG,
    CV,
    MODEL,
    ROOT,
    Client,
    Elsewhere,
    ask_about,
    azure_client,
    control,
    wait_until,
)
from tests.unit.openai_emulator.line_reader import fenced


async def test_deployments_are_added_and_retired(emulator: Emulator, azure: Client) -> None:
    """404 or 410, as ordered, and answers again once added anew."""
    await control(
        emulator, "POST", "deployments", {"retire": [{"name": MODEL, "status": 410}, "gpt-4o-mini"]}
    )
    with pytest.raises(openai.APIStatusError) as gone:
        await ask_about(azure)
    assert gone.value.status_code == 410
    with pytest.raises(openai.NotFoundError):
        await ask_about(azure, model="gpt-4o-mini")
    await control(emulator, "POST", "deployments", {"add": [{"name": MODEL, "model": "gpt-4.1-nano"}]})
    assert (await ask_about(azure)).model == "gpt-4.1-nano-2025-04-14"


async def test_the_ledger_holds_no_word_of_a_prompt_and_no_key(emulator: Emulator, azure: Client) -> None:
    """Hashes, sizes and counts; equal prompts have equal hashes."""
    for cv_text in (CV, CV, "Grace Sample"):
        await ask_about(azure, cv_text)
    ledger = await control(emulator, "GET", "ledger")
    text = json.dumps(ledger)
    assert not [
        word for word in ("Ada", "Grace", "example.com", "20 7946", "test-key", "You read") if word in text
    ]
    hashes = [entry["prompt_sha256"] for entry in ledger["entries"]]
    assert hashes[0] == hashes[1] != hashes[2]
    assert ledger["totals"]["billed"] == 3
    assert (await control(emulator, "GET", "ledger?after=1&limit=1"))["entries"][0]["seq"] == 2
    await control(emulator, "DELETE", "ledger")
    assert (await control(emulator, "GET", "ledger"))["totals"]["requests"] == 0


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
        client = azure_client(emulator)
        await control(emulator, "POST", "profile", {"latency": 20_000})
        await control(emulator, "POST", "faults", {"kind": "silence"})
        asking = [asyncio.ensure_future(ask_about(client)) for _ in range(2)]
        await wait_until(lambda: emulator.ledger()["in_flight"] == 2)
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
        client = await stack.enter_async_context(azure_client(two))
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
        await wait_until(ready_file.exists)
        ready = json.loads(ready_file.read_text())
        assert ready["pid"] == process.pid
        assert ready_file.stat().st_mode & 0o077 == 0
        emulator = Elsewhere(ready["url"], ready["api_key"])
        async with azure_client(emulator) as client:
            await client.chat.completions.create(model="fast", messages=[{"role": "user", "content": "x"}])
            await control(emulator, "POST", "faults", {"kind": "silence"})
            hanging = asyncio.ensure_future(ask_about(client, model="fast"))
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
