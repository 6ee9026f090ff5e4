"""Which models may be asked: the allowlist and the retirement dates, before any request."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shared_code.backends.contract import ChatRequest, Message
from shared_code.errors import ModelNotAllowedError, ModelRetiredError
from shared_code.openai_client import OpenAIClient
from shared_code.settings import OpenAISettings
from tests.fakes import CountingEmbedder, FakeClock, ScriptedBackend, answer

REQUEST = ChatRequest((Message("user", "hello"),), max_output_tokens=100)
LAST_DAY_OF_MINI = date(2027, 4, 14)


def _settings(**changes: Any) -> OpenAISettings:
    return OpenAISettings(endpoint="http://127.0.0.1:9", **changes)


def _client(today: date, **changes: Any) -> tuple[OpenAIClient, ScriptedBackend]:
    clock, backend = FakeClock(), ScriptedBackend(answer(), answer())
    client = OpenAIClient(
        _settings(**changes),
        backend,
        CountingEmbedder(),
        clock=clock,
        sleep=clock.sleep,
        today=lambda: today,
    )
    return client, backend


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"chat_deployment": "gpt-4o-mini", "enable_fallback": True},
        {"chat_deployment": "gpt-5-mini", "allowed_models": ("gpt-5-mini",)},
        {"chat_deployment": "gpt-4o-mini", "allowed_models": ("gpt-4o-mini",)},
        {"chat_deployment": "cv-prod", "deployment_models": {"cv-prod": "gpt-4.1-mini"}},
    ],
    ids=["baseline", "fallback-enabled", "widened", "widened-to-the-fallback", "mapped"],
)
def test_allowed_models_pass(changes: dict[str, Any]) -> None:
    """The baseline always, the fallback by its switch, others by the operator's list."""
    OpenAIClient(_settings(**changes), ScriptedBackend())


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ({"chat_deployment": "gpt-4o-mini"}, "OPENAI_ENABLE_FALLBACK=true"),
        ({"chat_deployment": "gpt-5-mini"}, "OPENAI_ALLOWED_MODELS"),
        ({"chat_deployment": "gpt-4.1-mini-finetuned"}, "OPENAI_DEPLOYMENT_MODELS"),
        ({"enable_fallback": True, "fallback_deployment": "gpt-4.1"}, "OPENAI_ALLOWED_MODELS"),
        ({"allowed_models": ("gpt-5-mini",)}, "gpt-5-mini"),
        ({"chat_deployment": "cv", "deployment_models": {"cv": "gpt-4.1"}}, "gpt-4.1"),
    ],
    ids=["fallback-off", "unknown", "almost", "as-fallback", "list-replaces-baseline", "mapped"],
)
def test_other_models_are_refused_with_the_mend(changes: dict[str, Any], mend: str) -> None:
    """The error names the model's deployment and the variable to change; no client is made."""
    with pytest.raises(ModelNotAllowedError, match=mend) as caught:
        OpenAIClient(_settings(**changes), ScriptedBackend())
    assert caught.value.classification == "settings"


async def test_a_model_is_asked_on_its_last_day_and_refused_on_the_next() -> None:
    """No request is made after it, and the error names the successor's setting and the override."""
    client, backend = _client(LAST_DAY_OF_MINI)
    await client.chat(REQUEST)
    client, backend = _client(date(2027, 4, 15))
    with pytest.raises(ModelRetiredError, match="OPENAI_ALLOW_RETIRED_MODELS"):
        await client.chat(REQUEST)
    assert backend.requests == []


async def test_the_operator_may_override_a_retirement() -> None:
    """Dates move; the provider's 404 still stands behind."""
    client, backend = _client(date(2027, 4, 15), allow_retired_models=True)
    await client.chat(REQUEST)
    assert backend.deployments_asked == ["gpt-4.1-mini"]


async def test_a_living_fallback_answers_for_a_retired_model() -> None:
    """Retirement of the first choice is an outage that the fallback covers."""
    client, backend = _client(
        date(2027, 4, 1),
        chat_deployment="gpt-5-mini",
        enable_fallback=True,
        allowed_models=("gpt-5-mini", "gpt-4o-mini"),
    )
    result = await client.chat(REQUEST)
    assert (result.deployment, result.fallback_used) == ("gpt-4o-mini", True)
    assert backend.deployments_asked == ["gpt-4o-mini"]


async def test_a_retired_model_makes_no_vectors() -> None:
    """The same guard stands before embeddings."""
    client, _ = _client(date(2028, 2, 10))
    with pytest.raises(ModelRetiredError):
        await client.embed(["a"])


async def test_a_model_outside_the_catalogue_never_retires() -> None:
    """Nothing is known of it, so nothing is refused."""
    client, _ = _client(date(2040, 1, 1), chat_deployment="local", allowed_models=("local",))
    await client.chat(REQUEST)
