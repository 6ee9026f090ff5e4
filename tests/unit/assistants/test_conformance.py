"""The quick yes: never given to what jsonschema refuses, and given to what models really answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from shared_code.assistants.conformance import compile_check
from shared_code.assistants.registry import check_for, schema_named, validator_for

# Shrinking a failure through a whole profile takes minutes, and the first example says as much.
WITHOUT_SHRINKING = [phase for phase in Phase if phase is not Phase.shrink]
SCHEMA_NAMES = ("candidate_profile_schema", "pii_entities_schema", "skills_analysis_schema")
_NAMES = st.sampled_from(["a", "b", "c"])
_SCALARS = st.none() | st.booleans() | st.integers(-2, 3) | st.floats(-2, 3) | st.sampled_from(["", "a", "b"])
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=6,
)
_TYPES = st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"])


_SCALARS_OF: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(["", "a", "Example"]),
    "integer": st.integers(-3, 3),
    "number": st.integers(-3, 3) | st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "null": st.none(),
}


def _schemas_over(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas of one or two keywords: with more of them hardly a value would be valid."""
    keywords = {
        "type": _TYPES | st.lists(_TYPES, min_size=1, max_size=3, unique=True),
        "enum": st.lists(_VALUES, min_size=1, max_size=3),
        "anyOf": st.lists(inner, min_size=1, max_size=2),
        "items": inner,
        "properties": st.dictionaries(_NAMES, inner, max_size=3),
        "required": st.lists(_NAMES, max_size=2, unique=True),
        "additionalProperties": st.booleans() | inner,
        # What the check does not understand, and must not wave through.
        "const": _SCALARS,
        "maximum": st.integers(-1, 2),
    }
    pairs = st.sampled_from(sorted(keywords)).flatmap(lambda name: st.tuples(st.just(name), keywords[name]))
    return st.lists(pairs, min_size=1, max_size=2).map(dict)


_SCHEMAS: st.SearchStrategy[Any] = st.recursive(st.booleans() | st.just({}), _schemas_over, max_leaves=6)


@st.composite
def _answers(draw: st.DrawFn, schema: dict[str, Any]) -> Any:
    """A value that mostly follows a strict schema: now and then a part of it is something else."""
    if draw(st.integers(0, 60)) == 0:
        return draw(_VALUES)
    if "anyOf" in schema:
        return draw(_answers(draw(st.sampled_from(schema["anyOf"]))))
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    types = schema["type"]
    name = types if isinstance(types, str) else draw(st.sampled_from(types))
    if name == "object":
        value = {name: draw(_answers(inner)) for name, inner in schema["properties"].items()}
        if draw(st.integers(0, 40)) == 0:
            value.pop(draw(st.sampled_from(sorted(value))))
        if draw(st.integers(0, 40)) == 0:
            value["unheard of"] = None
        return value
    if name == "array":
        return draw(st.lists(_answers(schema["items"]), max_size=2))
    return draw(_SCALARS_OF[name])


@settings(max_examples=500, phases=WITHOUT_SHRINKING)
@given(_SCHEMAS, _VALUES)
def test_a_yes_is_jsonschemas_yes_whatever_the_schema(schema: Any, value: Any) -> None:
    """Keywords that the check does not understand, nested anywhere, only ever make it unsure."""
    if compile_check(schema)(value):
        assert Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize("schema_name", SCHEMA_NAMES)
@settings(phases=WITHOUT_SHRINKING)
@given(data=st.data())
def test_agrees_with_jsonschema_on_answers(schema_name: str, data: st.DataObject) -> None:
    """Right or slightly wrong: the same verdict, but for integers written as 3.0, where it asks."""
    value = data.draw(_answers(schema_named(schema_name)))
    text = json.dumps(value)
    is_sure = check_for(schema_name)(value)
    is_valid = validator_for(schema_name).is_valid(value)
    assert is_valid if is_sure else (not is_valid or ".0" in text)


@pytest.mark.parametrize(
    ("schema", "value", "is_sure"),
    [
        pytest.param({"type": "integer"}, 3, True, id="integer"),
        pytest.param({"type": "integer"}, True, False, id="true-is-no-integer"),
        pytest.param({"type": "integer"}, 3.0, False, id="asks-about-3.0"),
        pytest.param({"type": "number"}, 3, True, id="integers-are-numbers"),
        pytest.param({"type": "number"}, False, False, id="false-is-no-number"),
        pytest.param({"enum": [1, "a", None]}, None, True, id="null-in-an-enum"),
        pytest.param({"enum": [1]}, True, False, id="true-is-not-1"),
        pytest.param({"enum": [[1]]}, [1], False, id="asks-about-lists-in-enums"),
        pytest.param({"properties": {"a": {"type": "string"}}}, [1], True, id="properties-are-of-objects"),
        pytest.param({"items": {"type": "string"}}, {"a": 1}, True, id="items-are-of-arrays"),
        pytest.param({"required": ["a"]}, {"b": 1}, False, id="missing"),
        pytest.param({"additionalProperties": False}, {"b": 1}, False, id="unknown-property"),
        pytest.param({"type": "string", "pattern": "^a"}, "b", False, id="unknown-keyword"),
        pytest.param({"const": 1}, 2, False, id="const"),
        pytest.param({"additionalProperties": {"type": "string"}}, {"a": 1}, False, id="others-schema"),
        pytest.param({"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}, "a", False, id="references"),
        pytest.param({"type": "text"}, "a", False, id="unknown-type"),
    ],
)
def test_says_yes_only_where_it_is_sure(schema: dict[str, Any], value: Any, is_sure: bool) -> None:
    """Exact types, and no keyword left unread."""
    assert compile_check(schema)(value) is is_sure
