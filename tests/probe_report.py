"""The schema that a probe's reports are published with, for the tests that check real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA_PATH = Path(__file__).parents[1] / "cli" / "diagnostics" / "probe.schema.json"
SCHEMA: dict[str, Any] = json.loads(SCHEMA_PATH.read_text("utf-8"))


def assert_valid(report: dict[str, Any]) -> None:
    """The report is as the schema says, formats of dates included."""
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(report)
