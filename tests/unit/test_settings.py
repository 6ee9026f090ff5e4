"""Settings: what the environment may say, and what is said about its mistakes."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from shared_code.errors import SettingsError
from shared_code.settings import IntakeSettings, OpenAISettings, StorageSettings, load_settings


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


@pytest.mark.parametrize("variable", ["RETENTION_DAYS", "retention_days", "Retention_Days"])
def test_the_case_of_a_variable_does_not_matter(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    """Windows knows none, and people's shells are theirs."""
    monkeypatch.delenv("RETENTION_DAYS", raising=False)
    monkeypatch.setenv(variable, "7")
    assert IntakeSettings().retention_days == 7


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates set what nobody filled in."""
    monkeypatch.setenv("RETENTION_DAYS", "")
    monkeypatch.setenv("CV_OCR_PROVIDER", "")
    assert (IntakeSettings().retention_days, IntakeSettings().ocr_provider) == (180, "none")


@pytest.mark.parametrize("name", ["retention_days", "RETENTION_DAYS"])
def test_what_is_given_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """By the field's name or by its variable's; the others still come from the environment."""
    monkeypatch.setenv("RETENTION_DAYS", "7")
    monkeypatch.setenv("CV_MAX_TRIES", "3")
    settings = IntakeSettings.model_validate({name: 9})
    assert (settings.retention_days, settings.max_tries) == (9, 3)


def test_the_first_of_two_variables_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The storage account's own identity goes before the app's."""
    monkeypatch.setenv("AzureWebJobsStorage", "connection")
    monkeypatch.setenv("AZURE_CLIENT_ID", "of-the-app")
    assert StorageSettings().client_id == "of-the-app"
    monkeypatch.setenv("AzureWebJobsStorage__clientId", "of-the-account")
    assert StorageSettings().client_id == "of-the-account"


def test_settings_are_as_they_were_read() -> None:
    """What changes in the environment later changes nothing, and nobody changes them in the code."""
    with pytest.raises(ValidationError, match="frozen"):
        IntakeSettings().retention_days = 1


def test_a_secret_never_stands_in_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the settings nor their errors show the key."""
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://example.openai.azure.com")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "very-secret")
    assert "very-secret" not in repr(load_settings(OpenAISettings))


def test_storage_needs_an_account() -> None:
    """Both ways of naming one are offered."""
    with pytest.raises(SettingsError, match="AzureWebJobsStorage__accountName"):
        load_settings(StorageSettings)
