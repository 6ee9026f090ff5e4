"""Settings: `local.settings.json` into the environment, `%NAME%` in bindings, and connection strings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from local.functions_host.errors import HostStartError

_NAME = re.compile(r"%([^%\s]+)%")

# Azurite's account and key are published by Microsoft and the same everywhere.
_DEVELOPMENT_ACCOUNT = "devstoreaccount1"
_DEVELOPMENT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
DEVELOPMENT_STORAGE = (
    f"DefaultEndpointsProtocol=http;AccountName={_DEVELOPMENT_ACCOUNT};AccountKey={_DEVELOPMENT_KEY};"
    f"BlobEndpoint=http://127.0.0.1:10000/{_DEVELOPMENT_ACCOUNT};"
    f"QueueEndpoint=http://127.0.0.1:10001/{_DEVELOPMENT_ACCOUNT};"
    f"TableEndpoint=http://127.0.0.1:10002/{_DEVELOPMENT_ACCOUNT};"
)


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """What a `local.settings.json` holds.

    Attributes:
        values: Settings for the app's environment.
        port: Port of the HTTP server, where the file names one.
        cors_origins: Origins that browsers may call from; ``*`` is any.
        cors_credentials: Whether browsers may send cookies along.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    cors_origins: frozenset[str] = frozenset()
    cors_credentials: bool = False


def read_local_settings(path: Path) -> LocalSettings:
    """Read `local.settings.json`.

    Raises:
        HostStartError: The file is no JSON object, is encrypted, or a value is no text.
    """
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except ValueError as error:
        raise HostStartError(f"{path.name} is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise HostStartError(f"{path.name} must hold one JSON object")
    if document.get("IsEncrypted"):
        raise HostStartError(f"{path.name} is encrypted; decrypt it first (func settings decrypt)")
    values, host = document.get("Values") or {}, document.get("Host") or {}
    if not isinstance(values, dict) or not isinstance(host, dict):
        raise HostStartError(f"{path.name}: Values and Host must be objects")
    for name, value in values.items():
        if not isinstance(value, str):
            raise HostStartError(f"{path.name}: Values.{name} must be a text (put it in quotes)")
    port = host.get("LocalHttpPort")
    if port is not None and (isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65_535):
        raise HostStartError(f"{path.name}: Host.LocalHttpPort must be a number from 0 to 65535")
    origins = str(host.get("CORS") or "").split(",")
    return LocalSettings(
        values=values,
        port=port,
        cors_origins=frozenset(origin.strip().rstrip("/") for origin in origins if origin.strip()),
        cors_credentials=bool(host.get("CORSCredentials", False)),
    )


def apply_settings(settings: LocalSettings, environ: MutableMapping[str, str]) -> None:
    """Put the file's values into the environment; what is already there wins, as with Core Tools."""
    for name, value in settings.values.items():
        environ.setdefault(name, value)
    # Apps ask for it to tell this machine from Azure; Core Tools set it as well.
    environ.setdefault("AZURE_FUNCTIONS_ENVIRONMENT", "Development")
    environ.setdefault("FUNCTIONS_WORKER_RUNTIME", "python")


def resolve_names(text: str, environ: Mapping[str, str]) -> str:
    """Replace every ``%NAME%`` by that setting's value.

    Raises:
        HostStartError: There is no such setting.
    """

    def value_of(match: re.Match[str]) -> str:
        value = environ.get(match[1])
        if value is None:
            raise HostStartError(f"'%{match[1]}%' does not resolve: there is no setting {match[1]}")
        return value

    return _NAME.sub(value_of, text)


def connection_string(name: str, environ: Mapping[str, str]) -> str:
    """Return the storage connection string a binding's ``connection`` names.

    Args:
        name: Name of a setting; empty means ``AzureWebJobsStorage``. As in Functions, ``AzureWebJobs{name}``
            is looked for first.
        environ: The settings.

    Raises:
        HostStartError: There is no such setting, or it is not a connection string.
    """
    setting = name or "AzureWebJobsStorage"
    value = environ.get(f"AzureWebJobs{setting}") or environ.get(setting)
    if not value:
        if any(key.lower().startswith(f"{setting}__".lower()) for key in environ):
            raise HostStartError(
                f"{setting} is an identity-based connection ({setting}__…), which this stand-in lacks; "
                f"set {setting} to a connection string such as Azurite's"
            )
        raise HostStartError(
            f"there is no setting {setting}; put a storage connection string such as Azurite's "
            "(UseDevelopmentStorage=true) into local.settings.json"
        )
    if value.strip().rstrip(";").lower() == "usedevelopmentstorage=true":
        return DEVELOPMENT_STORAGE
    if "=" not in value:
        raise HostStartError(f"the setting {setting} is no storage connection string")
    return value


def is_disabled(function: str, environ: Mapping[str, str]) -> bool:
    """Tell whether a function is switched off by ``AzureWebJobs.{function}.Disabled``."""
    names = (f"AzureWebJobs.{function}.Disabled", f"AzureWebJobs_{function}_Disabled")
    return any(environ.get(name, "").lower() in {"1", "true"} for name in names)
