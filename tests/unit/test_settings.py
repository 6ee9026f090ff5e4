"""Settings: what the environment may say, and what is said about its mistakes."""

from __future__ import annotations

import pytest

from shared_code.errors import SettingsError
from shared_code.settings import OpenAISettings, StorageSettings, load_settings


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    load_settings.cache_clear()
    for name in ("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY", "AzureWebJobsStorage"):
        monkeypatch.delenv(name, raising=False)


def test_the_specified_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an endpoint alone everything else has its documented default."""
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://example.openai.azure.com")
    settings = load_settings(OpenAISettings)
    assert settings.chat_deployment == "gpt-4.1-mini"
    assert settings.deployments == ("gpt-4.1-mini",)
    assert settings.requests_per_minute == 20
    assert settings.deadline_seconds == 200.0
    assert settings.base_url == "https://example.openai.azure.com/openai/v1/"


def test_lists_and_mappings_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are trimmed, and the fallback follows the first deployment."""
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://example.com/v1")
    monkeypatch.setenv("OPENAI_ALLOWED_MODELS", "gpt-4.1-mini, gpt-5-mini")
    monkeypatch.setenv("OPENAI_DEPLOYMENT_MODELS", "fast=gpt-4.1-mini, good = gpt-5-mini")
    monkeypatch.setenv("OPENAI_CHAT_DEPLOYMENT", "good")
    monkeypatch.setenv("OPENAI_FALLBACK_DEPLOYMENT", "fast")
    monkeypatch.setenv("OPENAI_ENABLE_FALLBACK", "true")
    settings = load_settings(OpenAISettings)
    assert settings.allowed_models == ("gpt-4.1-mini", "gpt-5-mini")
    assert settings.deployments == ("good", "fast")
    assert settings.model_of("good") == "gpt-5-mini"
    assert settings.base_url == "https://example.com/v1/"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        pytest.param("AZURE_OPENAI_ENDPOINT", "", id="missing"),
        pytest.param("AZURE_OPENAI_ENDPOINT", "example.openai.azure.com", id="no-scheme"),
        pytest.param("OPENAI_MAX_ATTEMPTS", "0", id="out-of-range"),
        pytest.param("OPENAI_DEADLINE_SECONDS", "soon", id="no-number"),
        pytest.param("OPENAI_DEPLOYMENT_MODELS", "fast", id="no-mapping"),
        pytest.param("OPENAI_BACKEND", "carrier-pigeon", id="unknown-choice"),
    ],
)
def test_a_mistake_names_its_variable(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    """A person reads which variable to mend."""
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://example.openai.azure.com")
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable):
        load_settings(OpenAISettings)


def test_a_secret_never_stands_in_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the settings nor their errors show the key."""
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://example.openai.azure.com")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "very-secret")
    assert "very-secret" not in repr(load_settings(OpenAISettings))


def test_storage_needs_an_account() -> None:
    """Both ways of naming one are offered."""
    with pytest.raises(SettingsError, match="AzureWebJobsStorage__accountName"):
        load_settings(StorageSettings)
