"""Where telemetry is told to go: settings in, and what they come to."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from shared_code.errors import SettingsError
from shared_code.settings import TelemetrySettings
from shared_code.telemetry.app_insights import (
    STATSBEAT_SWITCH,
    private_folder,
    readable_connection_string,
    start_exporting,
    wants_entra_id,
)

ROOT = Path(__file__).parents[3]
KEY = "0a1b2c3d-1111-2222-3333-444455556666"
CONNECTION = f"InstrumentationKey={KEY}"
ENDPOINT = "https://model.openai.azure.com"


class Metrics:
    """Counts nothing."""

    registry = CollectorRegistry()


def settings(connection_string: str | None, exporter: str = "opencensus") -> TelemetrySettings:
    return TelemetrySettings.model_validate(
        {
            "connection_string": SecretStr(connection_string) if connection_string else None,
            "authentication": None,
            "exporter": exporter,
        }
    )


@pytest.mark.parametrize(
    "chosen",
    [settings(None), settings(f"InstrumentationKey={KEY}", exporter="none")],
    ids=["no-connection-string", "told-not-to"],
)
def test_nothing_is_exported(chosen: TelemetrySettings) -> None:
    """Telemetry stays in the process where there is nowhere to send it."""
    assert start_exporting(chosen, Metrics(), endpoint=ENDPOINT) is None


def test_an_exporter_is_loaded_by_its_start_alone() -> None:
    """Neither by the import of the door, nor by a start that has nowhere to send to."""
    program = (
        "import sys\n"
        "from shared_code.settings import TelemetrySettings\n"
        "from shared_code.telemetry.app_insights import start_exporting\n"
        "assert start_exporting(TelemetrySettings(), None, endpoint='https://model.example') is None\n"
        "heavy = ('opencensus', 'opentelemetry', 'azure.identity', 'prometheus_client', 'structlog')\n"
        "print(*(name for name in heavy if name in sys.modules))"
    )
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("APPLICATIONINSIGHTS_")
    }
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""


@pytest.mark.parametrize(
    ("given", "readable"),
    [
        (f"InstrumentationKey={KEY}", f"InstrumentationKey={KEY}"),
        (f"InstrumentationKey={KEY.upper()}", f"InstrumentationKey={KEY}"),
        (f"instrumentationkey={KEY};", f"InstrumentationKey={KEY}"),
        (
            f"InstrumentationKey={KEY};IngestionEndpoint=https://in.example.com/;"
            "LiveEndpoint=https://live.example.com/;ApplicationId=1",
            f"InstrumentationKey={KEY};IngestionEndpoint=https://in.example.com",
        ),
        (
            f"Location=westeurope;EndpointSuffix=ai.example.com;InstrumentationKey={KEY}",
            f"InstrumentationKey={KEY};EndpointSuffix=ai.example.com;Location=westeurope",
        ),
    ],
    ids=["key-alone", "upper-case", "trailing-semicolon", "as-the-portal-writes-it", "by-suffix"],
)
def test_a_connection_string_is_made_readable(given: str, readable: str) -> None:
    """The exporter doubles a slash, and takes neither upper case nor an empty part."""
    assert readable_connection_string(given) == readable


@pytest.mark.parametrize(
    "wrong", ["", "nonsense", "InstrumentationKey=", "InstrumentationKey=abc", "IngestionEndpoint=https://x"]
)
def test_a_connection_string_without_a_key_is_a_setting_to_mend(wrong: str) -> None:
    """The message names the variable."""
    with pytest.raises(SettingsError, match="APPLICATIONINSIGHTS_CONNECTION_STRING"):
        readable_connection_string(wrong)


@pytest.mark.parametrize(
    ("authentication", "wanted"),
    [
        (None, False),
        ("Authorization=AAD", True),
        ("authorization=aad", True),
        (f"ClientId={KEY};Authorization=AAD", True),
    ],
    ids=["unset", "system-assigned", "lower-case", "user-assigned"],
)
def test_entra_id_is_wanted_where_it_is_named(authentication: str | None, wanted: bool) -> None:
    """The platform's variable, as infrastructure sets it."""
    assert wants_entra_id(authentication) is wanted


@pytest.mark.parametrize("wrong", ["", "AAD", "Authorization=Basic", f"ClientId={KEY}"])
def test_another_authentication_is_a_setting_to_mend(wrong: str) -> None:
    """Else telemetry would be sent unsigned, and refused without a word here."""
    with pytest.raises(SettingsError, match="APPLICATIONINSIGHTS_AUTHENTICATION_STRING"):
        wants_entra_id(wrong)


def test_a_missing_distribution_is_a_setting_to_mend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message names the setting, and the command that installs it."""
    monkeypatch.setenv(STATSBEAT_SWITCH, "true")
    for name in ("APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED", "APPLICATIONINSIGHTS_SDKSTATS_DISABLED"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", "azure_app_service")
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "60000")
    monkeypatch.setitem(sys.modules, "azure.monitor.opentelemetry", None)  # as if it were not installed
    chosen = settings(f"InstrumentationKey={KEY}", exporter="opentelemetry")
    with pytest.raises(SettingsError, match=r"TELEMETRY_EXPORTER.*pip install"):
        start_exporting(chosen, Metrics(), endpoint=ENDPOINT, storage_folder=tmp_path)


def test_a_string_that_opencensus_cannot_read_is_a_setting_to_mend(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It reads the variable itself, whatever it is given."""
    monkeypatch.setenv(STATSBEAT_SWITCH, "true")
    monkeypatch.setenv("APPLICATIONINSIGHTS_CONNECTION_STRING", f"InstrumentationKey={KEY};")
    chosen = settings(f"InstrumentationKey={KEY};")
    with pytest.raises(SettingsError, match="none at the end"):
        start_exporting(chosen, Metrics(), endpoint=ENDPOINT, storage_folder=tmp_path)


class TestPrivateFolder:
    """Where telemetry waits for a better time, in a folder that is everybody's."""

    def test_nobody_else_may_look_in(self, tmp_path: Path) -> None:
        """Not even where an earlier release made the folder for all to read."""
        folder = private_folder(CONNECTION, tmp_path)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        folder.chmod(0o755)
        assert private_folder(CONNECTION, tmp_path) == folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_the_next_process_finds_what_waits(self, tmp_path: Path) -> None:
        """Of its own component, and of no other; the key is not in the name."""
        folder = private_folder(CONNECTION, tmp_path)
        (folder / "waiting").touch()
        assert (private_folder(f"{CONNECTION};IngestionEndpoint=https://x", tmp_path) / "waiting").exists()
        assert private_folder(f"InstrumentationKey={uuid4()}", tmp_path) != folder
        assert KEY[:8] not in folder.name

    def test_a_link_is_left_alone(self, tmp_path: Path) -> None:
        """It may lead to where somebody else reads, and its target keeps its mode."""
        folder = private_folder(CONNECTION, tmp_path)
        folder.rmdir()
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir(mode=0o755)
        folder.symlink_to(elsewhere)
        own = private_folder(CONNECTION, tmp_path)
        assert own.resolve() not in (folder, elsewhere)
        assert stat.S_IMODE(own.stat().st_mode) == 0o700
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755

    def test_a_file_of_that_name_is_left_alone(self, tmp_path: Path) -> None:
        """Telemetry has a folder all the same."""
        folder = private_folder(CONNECTION, tmp_path)
        folder.rmdir()
        folder.touch()
        assert private_folder(CONNECTION, tmp_path).is_dir()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
    def test_somebody_elses_folder_is_left_alone(self, tmp_path: Path) -> None:
        """Whoever made it may look in, whatever its mode."""
        folder = private_folder(CONNECTION, tmp_path)
        os.chown(folder, 65_534, 65_534)
        assert private_folder(CONNECTION, tmp_path) != folder
