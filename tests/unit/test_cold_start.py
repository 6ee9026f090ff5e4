"""What waking up may not load: structure, not time, which ``benchmarks/cold_start.py`` measures."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = (
    "openai",
    "azure.storage.blob",
    "azure.data.tables",
    "azure.identity",
    "pypdfium2",
    "jsonschema",
    "phonenumbers",
    "charset_normalizer",
    "structlog",
    "prometheus_client",
    "opentelemetry",
    "opencensus",
)
# A line of -X importtime: self time, cumulative time, and the module behind an indentation.
IMPORTED = re.compile(r"^import time: *\d+ \| *\d+ \| +(\S+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """Every module that a fresh interpreter imports with the app."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import function_app"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(IMPORTED.findall(run.stderr))


def test_the_app_is_imported_whole(imported: set[str]) -> None:
    """Its rooms are there; a list without them would prove nothing about the others."""
    assert {"function_app", "blueprints.analysis", "shared_code.engine", "azure.functions"} <= imported


@pytest.mark.parametrize("module", HEAVY)
def test_waking_up_does_not_load(imported: set[str], module: str) -> None:
    """Health needs none of these to answer, and each costs what a caller waits for."""
    assert module not in imported
