"""Canaries: a word of its own in everything that comes in, and none of them in anything that is kept.

Results may hold personal data, that is what they are for; logs, errors, problems, health, metrics and
audit rows may not. What else is written one day (the probe's report and its metrics file) is put into
``Outputs`` and is searched with the rest.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from local.azurite import ACCOUNT_KEY
from local.child import running_child
from local.openai_emulator.server import Emulator, EmulatorConfig, running_emulator
from local.stack import Backends, running_backends
from samples.renderer.render import FOLDER
from shared_code.accounting.cost_records import derive_cost_records
from shared_code.backends.chat_completions import ChatCompletionsBackend
from shared_code.backends.contract import ChatRequest, Message
from shared_code.backends.embeddings import EmbeddingsBackend
from shared_code.background_loop import BackgroundLoop
from shared_code.candidate_data_service import document_id_of
from shared_code.errors import OpenAIServiceError
from shared_code.intake.job import INBOX_CONTAINER as INBOX
from shared_code.openai_client import OpenAIClient
from shared_code.settings import OpenAISettings
from shared_code.storage import StorageAccount, StorageTarget
from shared_code.telemetry.logging import described
from shared_code.telemetry.metrics import OpenAIMetrics
from tests.fakes import ScriptedBackend, answer
from tests.integration.canaries import (
    ANSWER,
    API_KEY,
    CALLER_HEADERS,
    CV,
    ENTRA_TOKEN,
    FILE_NAME,
    FUNCTION_KEY,
    HOSTILE_IDS,
    IDENTITY_HEADER,
    SAMPLES,
    SAMPLES_WORDS,
    SURNAME,
    SYSTEM_TEXT,
    TROUBLES,
    found,
)
from tests.integration.conftest import TEST_SETTINGS

PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Outputs:
    """Everything that is kept or told, by kind, as text."""

    logs: str = ""
    problems: list[str] = field(default_factory=list)
    health: str = ""
    metrics: str = ""
    audit_rows: str = ""
    cost_rows: str = ""

    result: str = ""
    """What may hold personal data: proof that the canaries went all the way."""


@asynccontextmanager
async def _identity_endpoint() -> AsyncIterator[str]:
    """What gives an app in Azure its tokens, on loopback."""

    async def token(request: web.Request) -> web.Response:
        assert request.headers["x-identity-header"] == IDENTITY_HEADER
        return web.json_response(
            {"access_token": ENTRA_TOKEN, "expires_on": "4102444800", "token_type": "Bearer", "resource": "x"}
        )

    app = web.Application()
    app.router.add_get("/msi/token", token)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/msi/token"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _talkative_app(backends: Backends, credential: str, work_dir: Path) -> AsyncIterator[str]:
    async with _identity_endpoint() as identity_endpoint:
        environment = {
            **backends.environment(),
            **TEST_SETTINGS,
            "OPENAI_LOG": "debug",
            "PYTHONASYNCIODEBUG": "1",
            "PYTHONWARNINGS": "default",
            "LOCAL_FUNCTIONS_KEY": FUNCTION_KEY,
            "AZURE_OPENAI_API_KEY": API_KEY if credential == "api-key" else "",
            "IDENTITY_ENDPOINT": identity_endpoint,
            "IDENTITY_HEADER": IDENTITY_HEADER,
        }
        if credential != "api-key":
            del environment["AZURE_OPENAI_API_KEY"]
        async with running_child(
            "tests.integration.talkative_host",
            ["--port", "0", "--work-dir", str(work_dir)],
            work_dir=work_dir,
            environment=environment,
        ) as host:
            yield host["url"]


async def _story(credential: str, work_dir: Path) -> Outputs:
    """Everything that can happen to a CV, told by an app at its most talkative."""
    outputs = Outputs()
    async with (
        running_backends(work_dir) as backends,
        _talkative_app(backends, credential, work_dir) as url,
        StorageAccount(StorageTarget(backends.connection_string)) as storage,
        aiohttp.ClientSession(url) as caller,
        aiohttp.ClientSession(backends.emulator_url) as model,
    ):
        await _drop_files(storage, outputs)
        await _post_cvs(caller, outputs)
        await _live_through_troubles(caller, model, outputs)
        await _look_around(caller, outputs)
        await _read_rows(storage, outputs)
    outputs.logs = "\n".join(path.read_text("utf-8", "replace") for path in sorted(work_dir.glob("*.log")))
    return outputs


async def _drop_files(storage: StorageAccount, outputs: Outputs) -> None:
    files = {FILE_NAME: CV.encode()} | {name: (FOLDER / name).read_bytes() for name in SAMPLES}
    for name, content in files.items():
        await storage.blobs.put_bytes(INBOX, name, content, "application/octet-stream")
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    waited_for = {f"{document_id_of(content)}.json" for content in files.values()}
    while waited_for and time.monotonic() < give_up_at:
        waited_for -= {name for name in waited_for if await storage.blobs.exists("cv-results", name)}
        await asyncio.sleep(0.05)
    assert not waited_for
    kept = await storage.blobs.get_json("cv-results", f"{document_id_of(CV.encode())}.json")
    outputs.result = json.dumps(kept)


async def _post_cvs(caller: aiohttp.ClientSession, outputs: Outputs) -> None:
    key = {"x-functions-key": FUNCTION_KEY}
    for path in ("cv/extract", "pii/identify", "skills/analyse"):
        form = aiohttp.FormData()
        form.add_field(SURNAME, CV.encode(), filename=FILE_NAME, content_type="text/plain")
        async with caller.post(f"/api/{path}", data=form, headers=CALLER_HEADERS | key) as response:
            assert response.status == 200, await response.text()
        async with caller.post(f"/api/{path}?code={FUNCTION_KEY}", json={"text": CV}) as response:
            assert response.status == 200
    for body in (f'{{"text": "{SURNAME}', f'{{"{SURNAME}": 1}}', ""):
        for media_type in ("application/json", "application/pdf", f"text/{SURNAME}", "multipart/form-data"):
            headers = key | CALLER_HEADERS | {"content-type": media_type}
            async with caller.post("/api/cv/extract", data=body.encode(), headers=headers) as response:
                assert response.status >= 400
                outputs.problems.append(await response.text())
    for path in (f"/api/cv/{SURNAME}", f"/api/cv/{FILE_NAME}", f"/api/{SURNAME}"):
        async with caller.get(path, headers=key) as response:
            outputs.problems.append(await response.text())
    for hostile in HOSTILE_IDS:
        headers = key | {"x-correlation-id": hostile}
        for text in (CV, ""):
            async with caller.post("/api/cv/extract", json={"text": text}, headers=headers) as response:
                outputs.problems.append(f"echo: {response.headers['x-correlation-id']}")
                if response.status >= 400:
                    outputs.problems.append(await response.text())


async def _live_through_troubles(
    caller: aiohttp.ClientSession, model: aiohttp.ClientSession, outputs: Outputs
) -> None:
    key = {"x-functions-key": FUNCTION_KEY}
    for trouble, fault in TROUBLES.items():
        async with model.post("/_emulator/faults", json=fault) as response:
            assert response.status == 200, await response.text()
        cv = f"{CV}\nReference {trouble}\n"
        async with caller.post("/api/cv/extract", json={"text": cv}, headers=key) as response:
            if response.status >= 400:
                outputs.problems.append(
                    f"{trouble}: {response.status} {dict(response.headers)} {await response.text()}"
                )
        await model.delete("/_emulator/faults")


async def _look_around(caller: aiohttp.ClientSession, outputs: Outputs) -> None:
    key = {"x-functions-key": FUNCTION_KEY}
    for path in ("/api/health", "/api/health/detail"):
        async with caller.get(path, headers=key | CALLER_HEADERS) as response:
            outputs.health += await response.text()
    async with caller.get("/api/metrics", headers=key) as response:
        outputs.metrics = await response.text() if response.status == 200 else ""


async def _read_rows(storage: StorageAccount, outputs: Outputs) -> None:
    await derive_cost_records(storage.tables, datetime.now(UTC).date())
    for table, kind in (("AICallLogs", "audit_rows"), ("AICostRecords", "cost_rows")):
        rows = [entity.values async for entity in storage.tables.query(table)]
        setattr(outputs, kind, json.dumps(rows, default=str, ensure_ascii=False))


@pytest.fixture(scope="module", params=["api-key", "entra-token"])
def outputs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outputs]:
    """What is left of the whole story, once with a key and once with an identity."""
    patch = pytest.MonkeyPatch()
    for name in ("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY"):
        patch.delenv(name, raising=False)
    loop = BackgroundLoop()
    try:
        yield loop.run(_story(request.param, tmp_path_factory.mktemp("canaries")))
    finally:
        loop.stop()
        patch.undo()


KINDS = [item.name for item in dataclasses.fields(Outputs) if item.name != "result"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_is_kept_holds_a_canary(outputs: Outputs, kind: str) -> None:
    """Neither the planted words nor what stands in real CVs that went through."""
    kept = getattr(outputs, kind)
    text = "\n".join(kept) if isinstance(kept, list) else kept
    assert found(text) == []
    assert found(text, SAMPLES_WORDS) == []


def test_the_story_was_told(outputs: Outputs) -> None:
    """Everybody talked, the canaries went in and came out where they may, and every trouble happened."""
    assert found(outputs.result) >= ["Zephyrine", SURNAME]
    assert len(SAMPLES_WORDS) > 10
    assert '"event": "job_finished"' in outputs.logs
    assert '"event": "request_failed"' in outputs.logs
    assert "record {" in outputs.logs
    troubles = {problem.partition(":")[0] for problem in outputs.problems}
    assert TROUBLES.keys() - troubles == {"missing_usage"}  # which the caller does not notice
    assert outputs.audit_rows.count('"failure"') >= 20
    assert '"RowKey"' in outputs.cost_rows
    assert "token_usage" in outputs.health


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with running_emulator(EmulatorConfig(api_keys=(API_KEY,))) as running:
        yield running


async def _order(emulator: Emulator, trouble: str) -> None:
    async with (
        aiohttp.ClientSession(emulator.url) as model,
        model.post("/_emulator/faults", json=TROUBLES[trouble]) as response,
    ):
        assert response.status == 200


def _settings(emulator: Emulator, **changes: Any) -> OpenAISettings:
    return OpenAISettings.model_validate(
        {
            "endpoint": emulator.url,
            "api_key": API_KEY,
            "max_attempts": 2,
            "backoff_seconds": 0.01,
            "requests_per_minute": 6000,
            **changes,
        }
    )


def _everything_of(error: BaseException) -> str:
    """What a person, a log or a debugger can get out of an exception."""
    return "\n".join(
        [
            *(str(error), repr(error), repr(error.args), repr(vars(error)), described(error)),
            *traceback.format_exception(error),
        ]
    )


def _request() -> ChatRequest:
    return ChatRequest((Message("system", SYSTEM_TEXT), Message("user", CV)), 500)


USABLE = {"schema_violation", "missing_usage", "wrong-answer", "prose"}
OF_CHAT_ALONE = {"cut-off", "withheld", "refusal", "empty_content", "no_choices"}


@pytest.mark.parametrize("trouble", sorted(TROUBLES.keys() - USABLE))
@pytest.mark.parametrize("api_version", [None, "2024-10-21"], ids=["v1", "dated"])
async def test_no_error_of_a_chat_holds_a_canary(
    emulator: Emulator, trouble: str, api_version: str | None
) -> None:
    """Its text, its repr, its attributes, its traceback; and the metrics of the call."""
    await _order(emulator, trouble)
    settings, metrics = _settings(emulator, api_version=api_version), OpenAIMetrics()
    client = OpenAIClient(settings, ChatCompletionsBackend(settings), observers=[metrics])
    with pytest.raises(OpenAIServiceError) as caught:
        await client.chat(_request())
    await client.aclose()
    assert found(_everything_of(caught.value)) == []
    assert b'openai_requests_total{deployment="gpt-4.1-mini"' in metrics.exposition()
    assert found(metrics.exposition().decode()) == []


@pytest.mark.parametrize("trouble", sorted(TROUBLES.keys() - USABLE - OF_CHAT_ALONE))
async def test_no_error_of_an_embedding_holds_a_canary(emulator: Emulator, trouble: str) -> None:
    """The texts to embed are as private as a prompt."""
    await _order(emulator, trouble)
    settings, metrics = _settings(emulator), OpenAIMetrics()
    client = OpenAIClient(settings, ScriptedBackend(), EmbeddingsBackend(settings), observers=[metrics])
    with pytest.raises(OpenAIServiceError) as caught:
        await client.embed([CV, SYSTEM_TEXT])
    await client.aclose()
    assert found(_everything_of(caught.value)) == []
    assert b'operation="embeddings"' in metrics.exposition()
    assert found(metrics.exposition().decode()) == []


async def test_no_setting_shows_its_secret(emulator: Emulator) -> None:
    """Settings are printed by debuggers and assertion messages."""
    settings = _settings(emulator)
    target = StorageTarget(f"AccountName=a;AccountKey={ACCOUNT_KEY}")
    assert found(f"{settings} {settings!r} {settings.model_dump()} {target} {target!r}") == []


@pytest.mark.parametrize("finish_reason", ["length", "content_filter"])
async def test_no_error_quotes_the_answer(emulator: Emulator, finish_reason: Any) -> None:
    """An answer that cannot be used is told by what is wrong with it."""
    backend = ScriptedBackend(answer(ANSWER, finish_reason=finish_reason))
    with pytest.raises(OpenAIServiceError) as caught:
        await OpenAIClient(_settings(emulator), backend).chat(_request())
    assert found(_everything_of(caught.value)) == []
