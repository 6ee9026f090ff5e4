"""Runs ``exporting_program`` in a process of its own, and tells how it ended."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared_code.telemetry.app_insights import SITE_NAME
from tests.integration.ingestion_sink import IngestionSink

ROOT = Path(__file__).parents[2]
ROLE = "func-cv-engine"
SETTINGS_OF_THE_SHELL = ("APPLICATIONINSIGHTS_", "OTEL_", "TELEMETRY_", "WEBSITE_", "IDENTITY_")


@dataclass(frozen=True, slots=True)
class Run:
    """A process that has exported and ended; ``left_in_temp`` is gone with its temporary folder."""

    sink: IngestionSink
    report: dict[str, Any]
    farewell_seconds: float
    storage_folder: Path
    left_in_temp: tuple[str, ...]

    @property
    def stored(self) -> str:
        """What waits on disk for a better time."""
        return "\n".join(path.read_text() for path in self.storage_folder.rglob("*") if path.is_file())


def run_program(python: Path, sink: IngestionSink, folder: Path, **settings: str) -> Run:
    """Let the program work and end, with these settings and none of the shell's."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(SETTINGS_OF_THE_SHELL)
    }
    with tempfile.TemporaryDirectory() as temp:
        environment = {
            **inherited,
            "APPLICATIONINSIGHTS_CONNECTION_STRING": sink.connection_string,
            "STORAGE_FOLDER": str(folder),
            "TMPDIR": temp,
            SITE_NAME: ROLE,
            **settings,
        }
        program = [str(python), "-m", "tests.integration.exporting_program"]
        ended = subprocess.run(
            program, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        ended_at = time.time()
        left_in_temp = tuple(path.name for path in Path(temp).iterdir())
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr, ended.stderr
    report = json.loads(ended.stdout)
    return Run(sink, report, ended_at - report["ended_at"], folder, left_in_temp)
