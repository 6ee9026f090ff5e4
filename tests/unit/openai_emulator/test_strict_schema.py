"""What strict structured output accepts."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from local.openai_emulator.problems import ApiError
from local.openai_emulator.strict_schema import check_strict_schema
from tests.unit.openai_emulator.line_reader import SCHEMA

ASSISTANTS = Path(__file__).parents[3] / "shared_code" / "assistants"
STRING = {"type": "string"}


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        **more,
    }


def _nested(levels: int) -> dict[str, Any]:
    return _object({"leaf": STRING}) if levels == 1 else _object({"child": _nested(levels - 1)})


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        pytest.param({"type": "array", "items": STRING}, "root", id="root-is-no-object"),
        pytest.param(_object({}, anyOf=[]), "root", id="root-any-of"),
        pytest.param(
            _object({"a": _object({"b": STRING}, additionalProperties=True)}),
            "('properties', 'a'), 'additionalProperties'",
            id="additional-properties",
        ),
        pytest.param(
            _object({"a": {"type": "array", "items": _object({"b": STRING, "c": STRING}, required=["b"])}}),
            "('properties', 'a', 'items'), 'required' must list every key in properties. Missing 'c'",
            id="property-not-required",
        ),
        pytest.param(
            _object({"a": {"anyOf": [_object({"b": STRING}, required=[]), {"type": "null"}]}}),
            "('properties', 'a', 'anyOf', '0'), 'required'",
            id="inside-any-of",
        ),
        pytest.param(
            _object({"a": {"$ref": "#/$defs/x"}}, **{"$defs": {"x": {"type": "object"}}}),
            "('$defs', 'x'), 'additionalProperties'",
            id="inside-defs",
        ),
        pytest.param(
            _object({"a": {"type": "string", "pattern": "x"}}), "'pattern' is not permitted", id="pattern"
        ),
        pytest.param(_object({"a": {"allOf": [STRING]}}), "'allOf' is not permitted", id="all-of"),
        pytest.param(_object({"a": {}}), "must have a 'type'", id="untyped"),
        pytest.param(_object({"a": {"type": "array"}}), "missing 'items'", id="array-without-items"),
        pytest.param(_nested(6), "more than 5 levels", id="six-levels"),
        pytest.param(
            _object({f"p{i}": STRING for i in range(101)}), "101 object properties", id="too-many-properties"
        ),
        pytest.param(
            _object({"a": {"type": "string", "enum": [str(i) for i in range(501)]}}),
            "501 enum values",
            id="too-many-enum-values",
        ),
    ],
)
def test_a_schema_is_refused_with_the_path_of_what_is_wrong(schema: dict[str, Any], reason: str) -> None:
    """The person who wrote it finds the place."""
    with pytest.raises(ApiError) as refusal:
        check_strict_schema("card", schema)
    assert (refusal.value.status, refusal.value.param) == (400, "response_format")
    assert refusal.value.error_type == "invalid_request_error"
    assert reason in refusal.value.message


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(SCHEMA, id="plain"),
        pytest.param(_nested(5), id="five-levels"),
        pytest.param(_object({f"p{i}": STRING for i in range(100)}), id="hundred-properties"),
        pytest.param(
            _object({"a": {"$ref": "#/$defs/x"}}, **{"$defs": {"x": _object({"b": STRING})}}), id="defs"
        ),
    ],
)
def test_a_schema_within_the_rules_is_accepted(schema: dict[str, Any]) -> None:
    """The limits themselves are allowed."""
    check_strict_schema("card", deepcopy(schema))


@pytest.mark.parametrize("path", sorted(ASSISTANTS.glob("*/schema.json")), ids=lambda path: path.parent.name)
def test_every_schema_this_project_sends_is_accepted(path: Path) -> None:
    """What passes here passes Azure's documented limits."""
    check_strict_schema(path.parent.name, json.loads(path.read_text(encoding="utf-8")))
