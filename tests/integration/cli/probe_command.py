"""The probe as a process of its own, what it left, and the emulator it ran against."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from local.openai_emulator.faults import Fault
from local.openai_emulator.server import Emulator
from tests.integration.cli.warm_process import WarmProcess
from tests.probe_report import assert_valid

ROOT = Path(__file__).parents[3]
# Nothing else looks like them, so wherever one turns up, it leaked.
KEY_CANARY = "canary5f1e0c7a9d3b4826"
WRONG_KEY_CANARY = "wrongcanary77aa31f09c52"
# A day on which none of the models is near its end, whenever these tests run.
QUIET_DAY = "2026-11-21"


def bare_environment() -> dict[str, str]:
    """What a program needs to run at all: none of the settings that this process may have."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the command left."""

    exit_code: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.folder / "probe.json").read_text("utf-8"))
        assert_valid(report)
        return report

    @property
    def chat(self) -> dict[str, Any]:
        chat: dict[str, Any] = self.report["probes"]["chat"]
        return chat

    @property
    def embeddings(self) -> dict[str, Any]:
        embeddings: dict[str, Any] = self.report["probes"]["embeddings"]
        return embeddings

    @property
    def everything(self) -> str:
        """All that the run wrote anywhere."""
        files = [path.read_text("utf-8") for path in self.folder.iterdir()]
        return "\n".join([self.stdout, self.stderr, *files])

    def metric(self, name: str, **labels: str) -> float | None:
        text = (self.folder / "metrics.prom").read_text("utf-8")
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    return float(sample.value)
        return None


@dataclass(frozen=True, slots=True)
class Probe:
    """The command, an emulator to run it against, and a folder of its own."""

    emulator: Emulator
    work_dir: Path
    warm: WarmProcess

    @property
    def environment(self) -> dict[str, str]:
        return {
            **bare_environment(),
            "AZURE_OPENAI_ENDPOINT": self.emulator.url,
            "AZURE_OPENAI_API_KEY": KEY_CANARY,
            "OPENAI_BACKOFF_SECONDS": "0.05",
        }

    @property
    def folder(self) -> Path:
        return self.work_dir / "artifacts" / "openai"

    @contextmanager
    def started(self, *flags: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
        """Start it as a person does; it ends with the ``with`` block at the latest."""
        with subprocess.Popen(
            [sys.executable, "-m", "cli.diagnostics", "openai-probe", "--as-of", QUIET_DAY, *flags],
            cwd=self.work_dir,
            env={**self.environment, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *flags: str, **settings: str) -> Run:
        """Run it in a process that need not import everything anew; see ``warm_process``."""
        arguments = ("openai-probe", "--as-of", QUIET_DAY, *flags)
        environment = {**self.environment, **settings}
        ended = self.warm.run(arguments, folder=self.work_dir, environment=environment)
        return Run(ended.returncode, ended.stdout, ended.stderr, self.folder)

    def run_cold(self, *flags: str, **settings: str) -> Run:
        """Run it as a person does."""
        with self.started(*flags, **settings) as process:
            stdout, stderr = process.communicate(timeout=60)
        return Run(process.returncode, stdout, stderr, self.folder)

    def requests(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.emulator.ledger()["entries"]
        return entries

    def break_next(self, count: int | None = 1, **fault: Any) -> None:
        self.emulator.state.faults.add(Fault.parse(fault), count)
