"""What to do about each error: one concrete sentence or two, with the setting or the command to use."""

from __future__ import annotations

import math
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from shared_code import errors

_AZURE_HOST_ENDINGS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
_ACCOUNT = "--name {resource} --resource-group GROUP"

# By the class of the error; the nearest class counts.
REMEDIES: dict[type[errors.EngineError], str] = {
    errors.SettingsError: (
        "Set the variable in the environment (export AZURE_OPENAI_ENDPOINT=https://RESOURCE.openai.azure.com "
        "AZURE_OPENAI_API_KEY=…), or under Values in local.settings.json, which local.settings.json.example "
        "shows. To try the probe without an account: python -m local.probe"
    ),
    errors.AuthenticationError: (
        "Compare AZURE_OPENAI_API_KEY with the keys of this very resource: az cognitiveservices account keys "
        f"list {_ACCOUNT}"
    ),
    errors.ModelNotAllowedError: (
        "For this shell: export OPENAI_ALLOWED_MODELS=gpt-4.1-mini,gpt-4o-mini,MODEL; for the app: az "
        "functionapp config appsettings set --name APP --resource-group GROUP --settings "
        "OPENAI_ALLOWED_MODELS=…; or ask for an allowed one: --model gpt-4.1-mini"
    ),
    errors.ModelRetiredError: (
        "Deploy the model's successor and name it in {variable}: az cognitiveservices account deployment "
        f"create {_ACCOUNT} --deployment-name NAME --model-name MODEL --model-version VERSION --model-format "
        "OpenAI --sku-name GlobalStandard --sku-capacity 50"
    ),
    errors.DeploymentNotFoundError: (
        "Compare {variable} ({deployment}) with what is deployed: az cognitiveservices account deployment "
        f"list {_ACCOUNT} --output table. If it is there, check that AZURE_OPENAI_ENDPOINT names the "
        "resource alone, without a path. A deployment made in the last minutes may need some more."
    ),
    errors.InvalidModelRequestError: (
        "The model refuses a parameter. If the deployment is not named after its model, say which it runs: "
        "OPENAI_DEPLOYMENT_MODELS={deployment}=MODEL. With AZURE_OPENAI_API_VERSION set, a newer version, "
        "or none at all (v1), may be needed."
    ),
    errors.RateLimitError: (
        "The provider throttles {deployment}: try again {wait}. Where this lasts, raise the deployment's "
        "capacity (TPM) in the portal, lower OPENAI_REQUESTS_PER_MINUTE, or set OPENAI_ENABLE_FALLBACK=true."
    ),
    errors.BudgetExceededError: "Wait for midnight UTC, or raise AI_DAILY_BUDGET_USD.",
    errors.TimeoutError: (
        "All attempts together took longer than allowed: give them more time (--deadline, "
        "OPENAI_DEADLINE_SECONDS), and look at https://azure.status.microsoft for trouble of the region."
    ),
    errors.AttemptTimeoutError: (
        "{host} took the request and did not answer in time: allow more (--timeout, "
        "OPENAI_ATTEMPT_TIMEOUT_SECONDS), see whether a firewall or proxy holds the connection back, and set "
        "OPENAI_ENABLE_FALLBACK=true for a second deployment."
    ),
    errors.CircuitBreakerError: (
        "The deployment failed several times in a row and is left alone {wait}; the attempts in metrics.prom "
        "say with what. A lower --max-attempts shows the error itself."
    ),
    errors.ModelConnectionError: (
        "The connection to {host} broke: see whether a firewall, a VPN or a proxy (HTTPS_PROXY) stands in "
        "between: curl -v {url}"
    ),
    errors.ModelServerError: (
        "The provider is in trouble, or {host} is no Azure OpenAI or OpenAI endpoint: try again {wait}, look "
        "at https://azure.status.microsoft, and set OPENAI_ENABLE_FALLBACK=true for a second deployment."
    ),
    errors.ValidationError: "The answer could not be used: try again, then ask another model (--model).",
    errors.TruncatedAnswerError: (
        "The model can be reached, but thought for longer than the probe pays for: ask a smaller one "
        "(--model)."
    ),
    errors.EmptyAnswerError: "The model answered with nothing: try again, then ask another one (--model).",
    errors.EmbeddingDimensionsError: (
        "Set OPENAI_EMBEDDING_DIMENSIONS (--dimensions) to what the vector store holds; text-embedding-3 "
        "models give any length up to their own (small 1536, large 3072), text-embedding-ada-002 only 1536."
    ),
    errors.ContentFilterError: (
        "The probe's own harmless text was filtered: look at the content filter that is assigned to "
        "{deployment} in the portal (Guardrails + controls)."
    ),
    errors.RefusalError: "The model declined a harmless question: look at what is deployed as {deployment}.",
    errors.EngineError: "Run it again with --json and file the report as a bug: it holds no secrets.",
}

# By what stands behind the error, which its class alone does not tell.
SPECIAL_REMEDIES: dict[str, str] = {
    "forbidden": (
        "The credentials are known but may not do this. For an identity: az role assignment create "
        "--assignee PRINCIPAL --role 'Cognitive Services OpenAI User' --scope RESOURCE_ID (it takes some "
        "minutes); else see which networks may come in: az cognitiveservices account network-rule list "
        f"{_ACCOUNT}"
    ),
    "identity_refused": (
        "The identity signed in and was refused: az role assignment create --assignee PRINCIPAL --role "
        "'Cognitive Services OpenAI User' --scope RESOURCE_ID, and see that both belong to one tenant."
    ),
    "no_identity": (
        "Set AZURE_OPENAI_API_KEY, or sign in with: az login; on Azure give the app an identity, and name a "
        "user-assigned one in AZURE_CLIENT_ID."
    ),
    "dns": (
        "The name {host} is unknown here: correct AZURE_OPENAI_ENDPOINT (nslookup {hostname}); a private "
        "endpoint needs its DNS zone (privatelink.openai.azure.com) linked to this network."
    ),
    "certificate": (
        "The certificate of {host} is not trusted: openssl s_client -connect {host} shows whose it is. "
        "Behind a proxy that inspects TLS, name a file with its CA in SSL_CERT_FILE."
    ),
    "no_tls": (
        "{host} could not agree on TLS: see whether it expects http:// in AZURE_OPENAI_ENDPOINT, or an older "
        "TLS than 1.2, or whether a proxy cuts in: openssl s_client -connect {host}"
    ),
    "refused": (
        "Nothing listens at {host}: correct AZURE_OPENAI_ENDPOINT, or start what should be there (the local "
        "emulator: make backends)."
    ),
    "own_limit": (
        "Our own limit stood in the way, not the provider's: raise OPENAI_REQUESTS_PER_MINUTE or "
        "OPENAI_TOKENS_PER_MINUTE, or try again {wait}."
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Where an error came from. ``host`` may have a port; ``attempts`` counts the requests sent."""

    host: str
    scheme: str
    uses_identity: bool
    variable: str
    deployment: str
    attempts: int


def remedy_for(error: errors.EngineError, asked: Asked) -> str:
    """What a person should do now."""
    special = _special_reason(error, asked)
    text = SPECIAL_REMEDIES[special] if special else _by_class(type(error))
    hostname = asked.host.partition(":")[0]
    is_azure = hostname.endswith(_AZURE_HOST_ENDINGS)
    return text.format(
        host=asked.host if ":" in asked.host else f"{asked.host}:{443 if asked.scheme == 'https' else 80}",
        hostname=hostname,
        url=f"{asked.scheme}://{asked.host}",
        resource=hostname.partition(".")[0] if is_azure else "RESOURCE",
        variable=asked.variable,
        deployment=asked.deployment,
        wait=_wait(error.retry_after_seconds),
    )


def provider_status(error: BaseException) -> int | None:
    """The HTTP status that the provider answered with, None where there is none behind ``error``."""
    for cause in _causes(error):
        status = getattr(cause, "status_code", None)
        if isinstance(status, int):
            return status
    return None


def _by_class(kind: type[errors.EngineError]) -> str:
    return next(REMEDIES[ancestor] for ancestor in kind.__mro__ if ancestor in REMEDIES)


def _special_reason(error: errors.EngineError, asked: Asked) -> str | None:
    if isinstance(error, errors.AuthenticationError):
        return _authentication_reason(error, asked)
    if isinstance(error, errors.ModelConnectionError):
        return _connection_reason(error)
    if isinstance(error, errors.RateLimitError) and asked.attempts == 0:
        return "own_limit"
    return None


def _authentication_reason(error: errors.AuthenticationError, asked: Asked) -> str | None:
    if not error.was_sent:
        return "no_identity"
    if provider_status(error) == 403:
        return "forbidden"
    return "identity_refused" if asked.uses_identity else None


def _connection_reason(error: errors.ModelConnectionError) -> str | None:
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return "dns"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate"
        if isinstance(cause, ssl.SSLError):
            return "no_tls"
        if isinstance(cause, ConnectionRefusedError):
            return "refused"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What led to an error, the SDK's exceptions included: ``from None`` hides them and keeps them."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _wait(retry_after_seconds: float | None) -> str:
    if retry_after_seconds is None:
        return "in a minute"
    return f"in {max(1, math.ceil(retry_after_seconds))} s"
