"""From an answer's text to a checked object."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.assistants.parsing import parse_object, violations
from shared_code.assistants.registry import validator_for


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param('{"a": 1}', {"a": 1}, id="plain"),
        pytest.param('  {"a": 1}\n', {"a": 1}, id="space-around"),
        pytest.param('Here it is:\n```json\n{"a": 1}\n```\nAnything else?', {"a": 1}, id="fence"),
        pytest.param('Sure {smile}! {"a": {"b": "}"}} and {more}', {"a": {"b": "}"}}, id="prose-with-braces"),
        pytest.param('{"a": 1} {"a": 2}', {"a": 1}, id="first-of-two"),
        pytest.param("[1, 2]", None, id="no-object"),
        pytest.param("no json", None, id="prose"),
        pytest.param("", None, id="nothing"),
        pytest.param('{"a": 1', None, id="cut-off"),
        pytest.param('{"a": 1, "a": 2}', None, id="duplicate-keys"),
        pytest.param('{"a": NaN}', None, id="nan"),
        pytest.param('{"a": -Infinity}', None, id="infinity"),
    ],
)
def test_finds_the_object(text: str, value: dict[str, Any] | None) -> None:
    """Strict JSON first, then fences, then a scan; what is ambiguous is no answer."""
    assert parse_object(text) == value


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), _JSON), st.sampled_from(["", "Of course: ", "```json\n"]))
def test_finds_any_object_behind_any_opening(value: dict[str, Any], opening: str) -> None:
    """What was written as JSON comes back the same."""
    closing = "\n```" if opening.startswith("```") else ""
    assert parse_object(f"{opening}{json.dumps(value)}{closing}") == value


@given(st.text())
def test_never_raises(text: str) -> None:
    """Whatever a model says, the answer is an object or None."""
    assert parse_object(text) is None or isinstance(parse_object(text), dict)


def test_violations_name_the_place_and_the_rule_but_never_the_value() -> None:
    """Re-asking must not repeat the CV."""
    secret = "Ada Lovelace"
    found = violations(
        {"pii_entities": [{"original_value": secret, "pii_type": secret, "extra": secret}]},
        validator_for("pii_entities_schema"),
    )
    assert found
    assert any(violation.startswith("/pii_entities/0") for violation in found)
    assert secret not in " ".join(found)


def test_reports_no_more_than_ten_violations() -> None:
    """A thoroughly wrong answer does not make the next prompt endless."""
    entities: list[dict[str, Any]] = [{} for _ in range(50)]
    assert len(violations({"pii_entities": entities}, validator_for("pii_entities_schema"))) == 10
