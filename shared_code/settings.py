"""Every setting of the app: its environment variable, type, default and range, checked once.

Settings are read from the environment only (Azure's application settings, ``local.settings.json``
through the host). A wrong value raises ``SettingsError``, which names the variable and the mend.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo

from shared_code.errors import SettingsError

BASELINE_MODEL = "gpt-4.1-mini"
FALLBACK_MODEL = "gpt-4o-mini"
DEFAULT_EMBEDDING_DEPLOYMENT = "text-embedding-3-small"
# What vector stores filled by the default model hold.
DEFAULT_EMBEDDING_DIMENSIONS = 1536


def _split_list(value: Any) -> Any:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


def _split_mapping(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    pairs = [part.split("=", 1) for part in value.split(",") if part.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("write it as deployment=model,deployment=model")
    return {deployment.strip(): model.strip() for deployment, model in pairs}


NameList = Annotated[tuple[str, ...], BeforeValidator(_split_list)]
NameMap = Annotated[dict[str, str], BeforeValidator(_split_mapping)]


class _EnvironmentSettings(BaseModel):
    """Takes from the environment what its maker does not give; an empty variable is as good as none.

    pydantic-settings does the same and takes 15 ms of every start, for readers of files and command lines
    that nobody uses here. ``defer_build`` makes a group's validator when the group is first read.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True, defer_build=True)

    def __init__(self, **given: Any) -> None:
        super().__init__(**_from_environment(type(self).model_fields, given), **given)


def _from_environment(fields: Mapping[str, FieldInfo], given: Mapping[str, Any]) -> dict[str, str]:
    """The variables of all fields that are not given; the case of a variable's name does not matter."""
    environment = {name.upper(): value for name, value in os.environ.items() if value}
    found: dict[str, str] = {}
    for name, field in fields.items():
        alias = field.validation_alias
        variables = [str(one) for one in (alias.choices if isinstance(alias, AliasChoices) else [alias])]
        if given.keys().isdisjoint((name, *variables)):
            set_ones = [variable for variable in variables if variable.upper() in environment]
            found |= {variable: environment[variable.upper()] for variable in set_ones[:1]}
    return found


class OpenAISettings(_EnvironmentSettings):
    """How the model is reached and how hard it is tried. Times are seconds."""

    endpoint: str = Field(validation_alias="AZURE_OPENAI_ENDPOINT")
    api_key: SecretStr | None = Field(default=None, validation_alias="AZURE_OPENAI_API_KEY")
    api_version: str | None = Field(default=None, validation_alias="AZURE_OPENAI_API_VERSION")
    client_id: str | None = Field(default=None, validation_alias="AZURE_CLIENT_ID")

    backend: Literal["chat", "responses", "assistants"] = Field(
        default="chat", validation_alias="OPENAI_BACKEND"
    )
    chat_deployment: str = Field(default=BASELINE_MODEL, validation_alias="OPENAI_CHAT_DEPLOYMENT")
    fallback_deployment: str = Field(default=FALLBACK_MODEL, validation_alias="OPENAI_FALLBACK_DEPLOYMENT")
    enable_fallback: bool = Field(default=False, validation_alias="OPENAI_ENABLE_FALLBACK")
    allowed_models: NameList = Field(default=(), validation_alias="OPENAI_ALLOWED_MODELS")
    allow_retired_models: bool = Field(default=False, validation_alias="OPENAI_ALLOW_RETIRED_MODELS")
    embedding_deployment: str = Field(
        default=DEFAULT_EMBEDDING_DEPLOYMENT, validation_alias="OPENAI_EMBEDDING_DEPLOYMENT"
    )
    embedding_dimensions: int | None = Field(
        default=None, ge=1, le=65_536, validation_alias="OPENAI_EMBEDDING_DIMENSIONS"
    )
    deployment_models: NameMap = Field(default_factory=dict, validation_alias="OPENAI_DEPLOYMENT_MODELS")

    requests_per_minute: int = Field(default=20, ge=1, validation_alias="OPENAI_REQUESTS_PER_MINUTE")
    tokens_per_minute: int | None = Field(default=None, ge=1, validation_alias="OPENAI_TOKENS_PER_MINUTE")
    max_concurrent_requests: int = Field(default=32, ge=1, validation_alias="OPENAI_MAX_CONCURRENT_REQUESTS")
    rate_limit_scope: Literal["instance", "shared"] = Field(
        default="instance", validation_alias="OPENAI_RATE_LIMIT_SCOPE"
    )
    daily_budget_usd: float | None = Field(default=None, gt=0, validation_alias="AI_DAILY_BUDGET_USD")
    max_attempts: int = Field(default=4, ge=1, le=20, validation_alias="OPENAI_MAX_ATTEMPTS")
    backoff_seconds: float = Field(default=1.0, gt=0, le=60, validation_alias="OPENAI_BACKOFF_SECONDS")
    deadline_seconds: float = Field(default=200.0, gt=0, validation_alias="OPENAI_DEADLINE_SECONDS")
    attempt_timeout_seconds: float = Field(
        default=30.0, gt=0, validation_alias="OPENAI_ATTEMPT_TIMEOUT_SECONDS"
    )
    max_reasks: int = Field(default=1, ge=0, le=5, validation_alias="OPENAI_MAX_REASKS")
    max_output_tokens: int = Field(default=16_384, ge=1, validation_alias="OPENAI_MAX_OUTPUT_TOKENS")
    max_prompt_characters: int = Field(
        default=200_000,
        ge=1_000,
        validation_alias="OPENAI_MAX_PROMPT_CHARACTERS",
    )
    breaker_failure_threshold: int = Field(
        default=5, ge=1, validation_alias="OPENAI_BREAKER_FAILURE_THRESHOLD"
    )
    breaker_timeout_seconds: float = Field(
        default=60.0, gt=0, validation_alias="OPENAI_BREAKER_TIMEOUT_SECONDS"
    )

    breaker_failure_ratio: float | None = Field(
        default=None, gt=0, le=1, validation_alias="OPENAI_BREAKER_FAILURE_RATIO"
    )
    breaker_minimum_calls: int = Field(default=20, ge=1, validation_alias="OPENAI_BREAKER_MINIMUM_CALLS")

    extractor_assistant_id: str | None = Field(
        default=None, validation_alias="CV_DATA_EXTRACTOR_ASSISTANT_ID"
    )
    pii_assistant_id: str | None = Field(default=None, validation_alias="CV_PII_IDENTIFIER_ASSISTANT_ID")
    skills_assistant_id: str | None = Field(default=None, validation_alias="CV_SKILLS_ANALYST_ASSISTANT_ID")

    @model_validator(mode="after")
    def _endpoint_is_a_url(self) -> OpenAISettings:
        if not self.endpoint.startswith(("https://", "http://")):
            raise ValueError("AZURE_OPENAI_ENDPOINT must be a URL such as https://RESOURCE.openai.azure.com")
        return self

    @property
    def base_url(self) -> str:
        """The root of the v1 API: as given where it already names one, else Azure's path below it."""
        endpoint = self.endpoint.rstrip("/")
        return f"{endpoint}/" if endpoint.endswith("/v1") else f"{endpoint}/openai/v1/"

    @property
    def deployments(self) -> tuple[str, ...]:
        """Chat deployments in the order in which they are tried."""
        if self.enable_fallback and self.fallback_deployment != self.chat_deployment:
            return (self.chat_deployment, self.fallback_deployment)
        return (self.chat_deployment,)

    @property
    def allowed_chat_models(self) -> tuple[str, ...]:
        """OPENAI_ALLOWED_MODELS, else the baseline, and the fallback's model where it is enabled."""
        if self.allowed_models:
            return self.allowed_models
        return (BASELINE_MODEL, FALLBACK_MODEL) if self.enable_fallback else (BASELINE_MODEL,)

    def model_of(self, deployment: str) -> str:
        """The model behind a deployment: mapped by OPENAI_DEPLOYMENT_MODELS, else of the same name."""
        return self.deployment_models.get(deployment, deployment)


class StorageSettings(_EnvironmentSettings):
    """The storage account: a connection string, or an account reached by a managed identity."""

    connection_string: SecretStr | None = Field(default=None, validation_alias="AzureWebJobsStorage")
    account_name: str | None = Field(default=None, validation_alias="AzureWebJobsStorage__accountName")
    blob_service_uri: str | None = Field(default=None, validation_alias="AzureWebJobsStorage__blobServiceUri")
    queue_service_uri: str | None = Field(
        default=None, validation_alias="AzureWebJobsStorage__queueServiceUri"
    )
    table_service_uri: str | None = Field(
        default=None, validation_alias="AzureWebJobsStorage__tableServiceUri"
    )
    client_id: str | None = Field(
        default=None, validation_alias=AliasChoices("AzureWebJobsStorage__clientId", "AZURE_CLIENT_ID")
    )

    @model_validator(mode="after")
    def _names_an_account(self) -> StorageSettings:
        if not (self.connection_string or self.account_name or self.blob_service_uri):
            raise ValueError(
                "set AzureWebJobsStorage to a connection string, "
                "or AzureWebJobsStorage__accountName to reach the account by identity"
            )
        return self


class IntakeSettings(_EnvironmentSettings):
    """What is taken in, how hard it is tried, and how long it is kept."""

    max_document_bytes: int = Field(default=10 * 1024 * 1024, ge=1, validation_alias="CV_MAX_DOCUMENT_BYTES")
    max_document_pages: int = Field(default=50, ge=1, validation_alias="CV_MAX_DOCUMENT_PAGES")
    reader_isolation: Literal["process", "thread"] = Field(
        default="process", validation_alias="CV_READER_ISOLATION"
    )
    reader_processes: int = Field(default=2, ge=1, le=16, validation_alias="CV_READER_PROCESSES")
    reader_seconds: float = Field(default=10.0, gt=0, le=60, validation_alias="CV_READER_SECONDS")
    reader_memory_mb: int = Field(default=192, ge=128, validation_alias="CV_READER_MEMORY_MB")
    ocr_provider: Literal["none", "vision", "tesseract", "rapidocr"] = Field(
        default="none", validation_alias="CV_OCR_PROVIDER"
    )
    ocr_languages: NameList = Field(default=("eng",), min_length=1, validation_alias="CV_OCR_LANGUAGES")
    ocr_max_pages: int = Field(default=10, ge=1, le=50, validation_alias="CV_OCR_MAX_PAGES")
    ocr_page_seconds: float = Field(default=60.0, gt=0, le=600, validation_alias="CV_OCR_PAGE_SECONDS")
    reject_non_cvs: bool = Field(default=False, validation_alias="CV_REJECT_NON_CVS")
    max_tries: int = Field(default=5, ge=1, validation_alias="CV_MAX_TRIES")
    max_age_hours: float = Field(default=24, ge=0, validation_alias="CV_MAX_AGE_HOURS")
    lease_seconds: float = Field(default=60, ge=1, le=3600, validation_alias="CV_LEASE_SECONDS")
    retention_days: int = Field(default=180, ge=1, validation_alias="RETENTION_DAYS")
    audit_retention_days: int = Field(default=730, ge=1, validation_alias="AUDIT_RETENTION_DAYS")


class TelemetrySettings(_EnvironmentSettings):
    """Where logs, metrics and traces go. Without a connection string they stay in the process."""

    connection_string: SecretStr | None = Field(
        default=None, validation_alias="APPLICATIONINSIGHTS_CONNECTION_STRING"
    )
    authentication: str | None = Field(
        default=None, validation_alias="APPLICATIONINSIGHTS_AUTHENTICATION_STRING"
    )
    exporter: Literal["opencensus", "opentelemetry", "none"] = Field(
        default="opencensus", validation_alias="TELEMETRY_EXPORTER"
    )
    export_interval_seconds: float = Field(
        default=60.0, ge=1, le=3600, validation_alias="TELEMETRY_EXPORT_INTERVAL_SECONDS"
    )


SettingsT = TypeVar("SettingsT", bound=_EnvironmentSettings)


@cache
def load_settings(kind: type[SettingsT]) -> SettingsT:
    """Read one group of settings from the environment; once per process.

    Raises:
        SettingsError: A variable is missing or wrong.
    """
    try:
        return kind()
    except ValidationError as error:
        raise SettingsError(_mend(error)) from None


def _mend(error: ValidationError) -> str:
    """What to mend, variable by variable; values are left out, because one may be a secret."""
    problems = []
    for entry in error.errors(include_input=False, include_url=False, include_context=False):
        variable = ".".join(str(part) for part in entry["loc"])
        reason = entry["msg"].removeprefix("Value error, ")
        problems.append(f"{variable}: {reason}" if variable else reason)
    return "Settings: " + "; ".join(problems)
