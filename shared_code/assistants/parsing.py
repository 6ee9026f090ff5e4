"""From the text of an answer to a checked JSON object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

MAX_REPORTED_VIOLATIONS = 10
_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)


class AmbiguousJsonError(ValueError):
    """JSON that says two things, or what JSON cannot say: duplicate keys, NaN, Infinity."""


def parse_object(text: str) -> dict[str, Any] | None:
    """The JSON object in an answer, None where there is none.

    Taken strictly first; then from code fences; then by decoding at every opening brace, so that
    prose around the object, braces in it included, does no harm.
    """
    for candidate in _candidates(text):
        try:
            value = _DECODER.decode(candidate)
        except ValueError:
            continue
        if isinstance(value, dict):
            return value
    return _scan(text)


def violations(value: dict[str, Any], validator: Validator) -> list[str]:
    """Where and how a value breaks the schema: JSON pointer and rule, never the value itself."""
    found = []
    for error in validator.iter_errors(value):
        found.append(f"{_pointer(error)}: {_rule(error)}")
        if len(found) == MAX_REPORTED_VIOLATIONS:
            break
    return found


def _candidates(text: str) -> Iterator[str]:
    yield text.strip()
    for fence in _FENCED.finditer(text):
        yield fence.group(1).strip()


def _scan(text: str) -> dict[str, Any] | None:
    position = text.find("{")
    while position != -1:
        try:
            value, _ = _DECODER.raw_decode(text, position)
        except ValueError:
            position = text.find("{", position + 1)
        else:
            return value if isinstance(value, dict) else None
    return None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise AmbiguousJsonError("duplicate keys")
    return value


def _refuse_constant(name: str) -> Any:
    raise AmbiguousJsonError(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant)


def _pointer(error: ValidationError) -> str:
    return "/" + "/".join(str(part) for part in error.absolute_path)


def _rule(error: ValidationError) -> str:
    expectation: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:
        case "type" | "enum":
            return f"{error.validator} must be {json.dumps(expectation)}"
        case "required":
            missing = [name for name in expectation if name not in instance]
            return f"missing {', '.join(missing)}"
        case "additionalProperties":
            return "has properties that the schema does not know"
        case rule:
            return f"breaks the rule {rule!r}"
