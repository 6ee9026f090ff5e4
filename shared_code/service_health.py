"""What is known of the model's side without asking it: guards, totals, deployments, retirements."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from shared_code.deployment import Deployment
from shared_code.openai_client import OpenAIClient
from shared_code.reliability.circuit_breaker import BreakerState

# Long enough before a model's retirement to test another one.
RETIREMENT_WARNING_DAYS = 60


def service_health(client: OpenAIClient, now: datetime | None = None) -> dict[str, Any]:
    """The specified fields, and per deployment what its guards say.

    ``degraded`` where any breaker is not closed or the shared limit is out of reach, ``unhealthy``
    where no deployment can be asked.
    """
    now = now or datetime.now(UTC)
    return {
        "service_status": _status(client),
        "last_health_check": now.isoformat(),
        "circuit_breaker_state": client.deployments[0].breaker.state.value,
        "rate_limit_status": client.limiter.status(),
        "token_usage": dict(client.token_tracker.get_usage_summary()),
        "connection_status": _connection_status(client),
        "deployments": [_deployment(entry) for entry in client.deployments],
        "warnings": _retirement_warnings(client, now.date()),
    }


def _status(client: OpenAIClient) -> str:
    states = [entry.breaker.state for entry in client.deployments]
    if all(state is BreakerState.OPEN for state in states):
        return "unhealthy"
    is_whole = all(state is BreakerState.CLOSED for state in states)
    return "healthy" if is_whole and not client.limiter.status().get("degraded") else "degraded"


def _connection_status(client: OpenAIClient) -> str:
    """``connected`` once a call went through; ``disconnected`` where no deployment can be asked."""
    if _status(client) == "unhealthy":
        return "disconnected"
    return "connected" if client.token_tracker.get_usage_summary()["call_count"] else "not_used_yet"


def _deployment(entry: Deployment) -> dict[str, Any]:
    return {
        "deployment": entry.name,
        "model": entry.model,
        "circuit_breaker_state": entry.breaker.state.value,
        "is_gone": entry.breaker.is_open_for_good,
        "throttled_seconds": entry.throttle.wait_seconds(),
        "last_error": entry.last_error_code,
    }


def _retirement_warnings(client: OpenAIClient, today: date) -> list[str]:
    warnings = []
    for entry in client.deployments:
        model = client.catalogue.find(entry.model)
        days = (model.retires_on - today).days if model else None
        if days is not None and days <= RETIREMENT_WARNING_DAYS:
            when = "has retired" if days < 0 else f"retires in {days} days"
            warnings.append(f"The model {entry.model} of deployment {entry.name} {when}: plan its successor.")
    return warnings
