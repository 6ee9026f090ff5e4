"""Health when something is missing: settings that are wrong, storage that does not answer."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import azure.functions as func
import pytest

from blueprints import operations
from local.azurite import ACCOUNT, ACCOUNT_KEY
from shared_code.engine import Engine, get_engine
from shared_code.settings import load_settings
from tests.fakes import FakeClock


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("AzureWebJobsStorage", _nobody_there())
    load_settings.cache_clear()
    get_engine.cache_clear()
    yield
    load_settings.cache_clear()
    get_engine.cache_clear()


def _nobody_there() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    services = ";".join(
        f"{service}Endpoint=http://127.0.0.1:{port}/{ACCOUNT}" for service in ("Blob", "Queue", "Table")
    )
    return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};{services};"


async def _get_health() -> func.HttpResponse:
    request = func.HttpRequest("GET", "http://127.0.0.1/api/health", body=b"")
    handler = operations.get_health._function.get_user_function()
    response: func.HttpResponse = await handler(request)
    return response


async def test_storage_that_does_not_answer_makes_the_app_unhealthy() -> None:
    """503, so that whoever looks after the app sees it without a key."""
    response = await _get_health()
    assert response.status_code == 503
    assert json.loads(response.get_body()) == {
        "service_status": "unhealthy",
        "components": {"settings": "ok", "model": "ok", "storage": "unreachable"},
    }


async def test_a_missing_setting_is_named_in_the_detail_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Operators read which variable to set; the public reads that something is wrong."""
    monkeypatch.delenv("AZURE_OPENAI_ENDPOINT")
    response = await _get_health()
    assert response.status_code == 503
    assert b"AZURE_OPENAI_ENDPOINT" not in response.get_body()
    assert "AZURE_OPENAI_ENDPOINT" in (await Engine().health())["problem"]


async def test_storage_is_asked_once_in_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Health is anonymous; whoever hammers it must not hammer storage."""
    clock = FakeClock()
    engine = Engine(clock=clock)
    pings = 0

    async def ping(timeout_seconds: float = 0.0) -> None:
        nonlocal pings
        pings += 1

    monkeypatch.setattr(engine.storage, "ping", ping)
    for _ in range(20):
        assert (await engine.health())["components"]["storage"] == "ok"
    assert pings == 1
    clock.advance(6)
    await engine.health()
    assert pings == 2
