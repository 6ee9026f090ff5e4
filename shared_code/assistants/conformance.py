"""The quick yes: most answers follow their schema, and seeing that must not cost more than sending them.

A schema becomes nested functions that understand what strict structured output is made of. Their yes is
sure. Their no is none: it may be a keyword or a number that they do not understand, so ``jsonschema``
has the last word on it, and finds the words for a re-ask.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

Check = Callable[[Any], bool]

# 3.0 is an integer to JSON Schema and True is none: exact types are sure, the rest is left to jsonschema.
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "array": (list,),
    "object": (dict,),
}
_SCALARS = (str, int, float, bool, type(None))
_SAYS_NOTHING = frozenset({"$schema", "title", "description"})
_OF_OBJECTS = frozenset({"properties", "required", "additionalProperties"})
_UNDERSTOOD = _SAYS_NOTHING | _OF_OBJECTS | {"type", "enum", "items", "anyOf"}


def compile_check(schema: Any) -> Check:
    """A function that answers True only to values that are valid against ``schema`` (draft 2020-12)."""
    if not isinstance(schema, dict) or not schema.keys() <= _UNDERSTOOD:
        return _unsure
    checks: list[Check] = []
    if "type" in schema:
        checks.append(_has_type(schema["type"]))
    if "enum" in schema:
        checks.append(_is_one_of(schema["enum"]))
    if "anyOf" in schema:
        checks.append(_follows_any([compile_check(choice) for choice in schema["anyOf"]]))
    if "items" in schema:
        checks.append(_each_item(compile_check(schema["items"])))
    if not _OF_OBJECTS.isdisjoint(schema):
        checks.append(_object(schema))
    return reduce(_both, checks) if checks else _anything


def _unsure(_: Any) -> bool:
    return False


def _anything(_: Any) -> bool:
    return True


def _both(first: Check, second: Check) -> Check:
    return lambda value: first(value) and second(value)


def _has_type(names: str | list[str]) -> Check:
    listed = [names] if isinstance(names, str) else names
    types = frozenset(kind for name in listed for kind in _PYTHON_TYPES.get(name, ()))
    return lambda value: type(value) in types


def _is_one_of(choices: list[Any]) -> Check:
    # Typed, because to Python 1, 1.0 and True are the same.
    typed = frozenset((type(choice), choice) for choice in choices if type(choice) in _SCALARS)
    return lambda value: type(value) in _SCALARS and (type(value), value) in typed


def _follows_any(choices: list[Check]) -> Check:
    return lambda value: any(is_met(value) for is_met in choices)


def _each_item(is_met: Check) -> Check:
    return lambda value: type(value) is not list or all(map(is_met, value))


def _object(schema: dict[str, Any]) -> Check:
    properties = [(name, compile_check(inner)) for name, inner in schema.get("properties", {}).items()]
    required = frozenset(schema.get("required", ()))
    others = schema.get("additionalProperties", True)
    if not isinstance(others, bool):
        return _unsure
    known = None if others else frozenset(name for name, _ in properties)

    def is_met(value: Any) -> bool:
        if type(value) is not dict:
            return True
        if not required <= value.keys() or (known is not None and not value.keys() <= known):
            return False
        for name, check in properties:  # noqa: SIM110  (a generator takes twice as long)
            if name in value and not check(value[name]):
                return False
        return True

    return is_met
