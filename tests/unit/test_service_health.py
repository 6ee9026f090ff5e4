"""Health: what the guards' states add up to, and which models are about to retire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shared_code.openai_client import OpenAIClient
from shared_code.service_health import service_health
from shared_code.settings import OpenAISettings
from tests.fakes import FakeClock, ScriptedBackend


def _client(**changes: Any) -> OpenAIClient:
    settings = OpenAISettings(endpoint="http://127.0.0.1:9", **changes)
    return OpenAIClient(settings, ScriptedBackend(), clock=FakeClock())


def _fail(client: OpenAIClient, deployment: int) -> None:
    for _ in range(5):
        client.deployments[deployment].breaker.record_failure()


def test_one_of_two_deployments_down_is_degraded() -> None:
    """CVs are still processed, and somebody should look."""
    client = _client(enable_fallback=True)
    _fail(client, 0)
    health = service_health(client)
    assert (health["service_status"], health["connection_status"]) == ("degraded", "not_used_yet")


def test_all_deployments_down_is_unhealthy() -> None:
    """No CV can be processed."""
    client = _client(enable_fallback=True)
    _fail(client, 0)
    _fail(client, 1)
    health = service_health(client)
    assert (health["service_status"], health["connection_status"]) == ("unhealthy", "disconnected")


def test_each_deployment_says_how_it_is() -> None:
    """Breaker, throttle, last error, and whether it is gone."""
    client = _client()
    deployment = client.deployments[0]
    deployment.throttle.hold_for(30)
    deployment.last_error_code = "rateLimited"
    deployment.breaker.open_for_good()
    [shown] = service_health(client)["deployments"]
    assert shown == {
        "deployment": "gpt-4.1-mini",
        "model": "gpt-4.1-mini",
        "circuit_breaker_state": "OPEN",
        "is_gone": True,
        "throttled_seconds": pytest.approx(30.0),
        "last_error": "rateLimited",
    }


@pytest.mark.parametrize(
    ("today", "warning"),
    [
        pytest.param(datetime(2027, 2, 12, tzinfo=UTC), None, id="61-days-before"),
        pytest.param(datetime(2027, 2, 13, tzinfo=UTC), "retires in 60 days", id="60-days-before"),
        pytest.param(datetime(2027, 4, 14, tzinfo=UTC), "retires in 0 days", id="on-the-day"),
        pytest.param(datetime(2027, 4, 15, tzinfo=UTC), "has retired", id="after"),
    ],
)
def test_a_model_near_its_end_is_warned_about(today: datetime, warning: str | None) -> None:
    """Sixty days before, by the catalogue's date."""
    warnings = service_health(_client(), today)["warnings"]
    assert (warnings == []) if warning is None else (len(warnings) == 1 and warning in warnings[0])
