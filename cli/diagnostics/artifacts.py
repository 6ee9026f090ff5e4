"""The files a probe leaves behind, each replaced whole so that no reader meets half of one."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

REPORT_FILE = "probe.json"
METRICS_FILE = "metrics.prom"


def write_artifacts(folder: Path, report: dict[str, Any], metrics: bytes) -> None:
    """Write the report and the metrics into ``folder``, which is created where it is missing.

    Raises:
        OSError: The folder or a file cannot be written; what stood there before is unharmed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # The report comes last: who finds a new one finds its metrics too.
    _replace(folder / METRICS_FILE, metrics)
    _replace(folder / REPORT_FILE, (json.dumps(report, indent=2) + "\n").encode())


def _replace(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``path`` in one step.

    The rename is atomic (POSIX ``rename``) because both names are in one folder.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
