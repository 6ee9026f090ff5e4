"""The door to Application Insights: which exporter sends logs, metrics and model calls there, and as whom.

Exporters are loaded by ``start_exporting`` and never before: they cost most of a second. Whatever they
do happens in threads of their own, over bounded queues; a dead ingestion endpoint costs telemetry and
nothing else.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from shared_code.errors import SettingsError
from shared_code.observation import Observer
from shared_code.settings import TelemetrySettings

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from prometheus_client import CollectorRegistry

CONNECTION_STRING = "APPLICATIONINSIGHTS_CONNECTION_STRING"
AUTHENTICATION_STRING = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"
STATSBEAT_SWITCH = "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL"
# What Azure calls the app, and what the app calls itself elsewhere.
SITE_NAME = "WEBSITE_SITE_NAME"
DEFAULT_ROLE = "cv-processing-engine"
_OWNER_ONLY = 0o700


class MetricsSource(Protocol):
    """Whatever counts."""

    @property
    def registry(self) -> CollectorRegistry:
        """Where it counts."""
        ...


@dataclass(frozen=True, slots=True)
class ExportTarget:
    """Where telemetry goes and as whom. ``credential`` None: the instrumentation key alone is enough."""

    connection_string: str
    credential: TokenCredential | None
    role: str
    model_endpoint: str
    interval_seconds: float
    storage_folder: Path


class Exporting(Protocol):
    """Telemetry on its way out of the process."""

    @property
    def observer(self) -> Observer:
        """To be added to the client's observers: it tells of every model call."""
        ...

    def flush(self, timeout_seconds: float) -> bool:
        """Send what waits now; whether all of it was tried within ``timeout_seconds``. Blocks."""
        ...

    def shutdown(self) -> None:
        """Send what waits, within a few seconds, and stop. Blocks; a second time does nothing."""
        ...


def start_exporting(
    settings: TelemetrySettings,
    metrics: MetricsSource,
    *,
    endpoint: str,
    credential: TokenCredential | None = None,
    storage_folder: Path | None = None,
) -> Exporting | None:
    """Start sending telemetry; None where the settings say that there is nowhere to send it.

    Loads the exporter, which takes a second: call it off the event loop. The process's end shuts the
    exporter down by itself.

    Args:
        settings: Where to, with which exporter and how often.
        metrics: What is sent every interval.
        endpoint: The model's URL, which spans name as their target.
        credential: Signs in where the settings ask for Microsoft Entra ID; the app's managed identity
            where it is None.
        storage_folder: Where what could not be sent waits for the next try, for a day at most and up to
            10 MiB; a private folder in the system's temporary one where it is None. Holds what would
            have been sent, so nothing personal.

    Raises:
        SettingsError: A setting is wrong, or the chosen exporter is not installed.
    """
    if settings.connection_string is None or settings.exporter == "none":
        return None
    # Else the exporters report about themselves to an endpoint of their maker's.
    os.environ.setdefault(STATSBEAT_SWITCH, "true")
    connection_string = readable_connection_string(settings.connection_string.get_secret_value())
    signs_in = wants_entra_id(settings.authentication)
    target = ExportTarget(
        connection_string=connection_string,
        credential=(credential or _own_identity(settings.authentication)) if signs_in else None,
        role=os.environ.get(SITE_NAME) or DEFAULT_ROLE,
        model_endpoint=endpoint,
        interval_seconds=settings.export_interval_seconds,
        storage_folder=storage_folder or private_folder(connection_string, Path(tempfile.gettempdir())),
    )
    if settings.exporter == "opentelemetry":
        from shared_code.telemetry.opentelemetry_bridge import start_opentelemetry

        return start_opentelemetry(target, metrics)
    from shared_code.telemetry.opencensus_bridge import start_opencensus

    return start_opencensus(target, metrics)


def readable_connection_string(connection_string: str) -> str:
    """The parts of a connection string that say where to send, as both exporters can read them.

    The portal ends the ingestion endpoint with a slash, which opencensus doubles in the path, and
    opencensus takes no upper case in the key.

    Raises:
        SettingsError: It names no instrumentation key.
    """
    parts = _parts(connection_string)
    try:
        key = str(uuid.UUID(parts["instrumentationkey"]))
    except (KeyError, ValueError):
        raise SettingsError(
            f"Settings: {CONNECTION_STRING}: copy it from the Application Insights component; "
            "it reads InstrumentationKey=<guid>;IngestionEndpoint=https://…"
        ) from None
    told = {"InstrumentationKey": key}
    for name in ("IngestionEndpoint", "EndpointSuffix", "Location"):
        if name.lower() in parts:
            told[name] = parts[name.lower()].rstrip("/")
    return ";".join(f"{name}={value}" for name, value in told.items())


def wants_entra_id(authentication: str | None) -> bool:
    """Whether telemetry is sent with a token instead of the instrumentation key alone.

    Raises:
        SettingsError: The authentication string asks for something else.
    """
    if authentication is None:
        return False
    if _parts(authentication).get("authorization", "").lower() != "aad":
        raise SettingsError(
            f"Settings: {AUTHENTICATION_STRING}: write it as Authorization=AAD or "
            "ClientId=<guid>;Authorization=AAD, or leave it out"
        )
    return True


def private_folder(connection_string: str, parent: Path) -> Path:
    """A folder in ``parent`` for what waits: one per component, so that nothing is sent to another one later.

    ``parent`` may be everybody's. So its listing does not tell the instrumentation key, nobody else may look
    into the folder, and one of its name that somebody else has put there, or a link, is left alone.
    """
    key = _parts(connection_string)["instrumentationkey"]
    name = f"cv-engine-telemetry-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    folder = parent / name
    try:
        folder.mkdir(mode=_OWNER_ONLY, exist_ok=True)
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
            folder.chmod(_OWNER_ONLY)
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))


def _own_identity(authentication: str | None) -> TokenCredential:
    client_id = _parts(authentication or "").get("clientid")
    if client_id:
        from azure.identity import ManagedIdentityCredential

        return ManagedIdentityCredential(client_id=client_id)
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential()


def _parts(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
