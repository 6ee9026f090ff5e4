"""The subset of JSON Schema that strict structured output accepts, checked as the service does.

Source: the provider's page on structured outputs, with Azure's limits (100 properties, five levels).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.openai_emulator.problems import ApiError, invalid_request

MAX_PROPERTIES = 100
MAX_LEVELS = 5
MAX_NAME_CHARACTERS = 15_000
MAX_ENUM_VALUES = 500
UNSUPPORTED_KEYWORDS = frozenset(
    [
        "allOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "dependentRequired",
        "dependentSchemas",
        "patternProperties",
        "propertyNames",
        "unevaluatedProperties",
        "unevaluatedItems",
        "minProperties",
        "maxProperties",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "contains",
        "minContains",
        "maxContains",
        "minItems",
        "maxItems",
        "uniqueItems",
        "prefixItems",
    ]
)

Path = tuple[str, ...]
Located = tuple[Path, dict[str, Any], int]


def check_strict_schema(name: str, schema: object) -> None:
    """Accept a schema for strict output.

    Raises:
        ApiError: 400 naming the path of the first thing that is not allowed.
    """
    if not isinstance(schema, dict) or schema.get("type") != "object" or "anyOf" in schema:
        raise _refusal(name, (), "the root must have 'type': 'object' and no 'anyOf'")
    properties = characters = enum_values = 0
    for path, node, level in _nodes(name, (), schema, 0):
        _check_node(name, path, node, level)
        own = node.get("properties", {})
        values = node.get("enum", [])
        properties += len(own)
        enum_values += len(values)
        characters += sum(map(len, own)) + sum(len(value) for value in values if isinstance(value, str))
    if properties > MAX_PROPERTIES:
        raise _refusal(name, (), f"{properties} object properties, at most {MAX_PROPERTIES} are allowed")
    if enum_values > MAX_ENUM_VALUES:
        raise _refusal(name, (), f"{enum_values} enum values, at most {MAX_ENUM_VALUES} are allowed")
    if characters > MAX_NAME_CHARACTERS:
        raise _refusal(name, (), f"names and enum values are longer than {MAX_NAME_CHARACTERS} characters")


def _check_node(name: str, path: Path, node: dict[str, Any], level: int) -> None:
    unsupported = sorted(UNSUPPORTED_KEYWORDS & node.keys())
    if unsupported:
        raise _refusal(name, path, f"'{unsupported[0]}' is not permitted")
    if level > MAX_LEVELS:
        raise _refusal(name, path, f"more than {MAX_LEVELS} levels of nesting")
    if not node.keys() & {"type", "anyOf", "$ref", "enum", "const"}:
        raise _refusal(name, path, "schema must have a 'type' key")
    if _is_object(node):
        _check_object(name, path, node)
    if _has_type(node, "array") and not isinstance(node.get("items"), dict):
        raise _refusal(name, path, "array schema is missing 'items'")


def _check_object(name: str, path: Path, node: dict[str, Any]) -> None:
    if node.get("additionalProperties") is not False:
        raise _refusal(name, path, "'additionalProperties' is required to be supplied and to be false")
    own = node.get("properties")
    if not isinstance(own, dict):
        raise _refusal(name, path, "object schema is missing 'properties'")
    required = node.get("required")
    missing = [key for key in own if not isinstance(required, list) or key not in required]
    if missing:
        raise _refusal(name, path, f"'required' must list every key in properties. Missing '{missing[0]}'")


def _nodes(name: str, path: Path, node: object, enclosing: int) -> Iterator[Located]:
    """Every schema below and including this one, with its path and how many objects deep it stands."""
    if not isinstance(node, dict):
        raise _refusal(name, path, "schema must be an object")
    level = enclosing + 1 if _is_object(node) else enclosing
    yield path, node, level
    for keyword in ("properties", "$defs"):
        children = node.get(keyword, {})
        if not isinstance(children, dict):
            raise _refusal(name, path, f"'{keyword}' must be an object")
        start = level if keyword == "properties" else 0
        for key, child in children.items():
            yield from _nodes(name, (*path, keyword, key), child, start)
    if "items" in node:
        yield from _nodes(name, (*path, "items"), node["items"], level)
    for index, child in enumerate(node.get("anyOf", ())):
        yield from _nodes(name, (*path, "anyOf", str(index)), child, level)


def _is_object(node: dict[str, Any]) -> bool:
    return _has_type(node, "object") or "properties" in node


def _has_type(node: dict[str, Any], name: str) -> bool:
    declared = node.get("type")
    return declared == name or (isinstance(declared, list) and name in declared)


def _refusal(name: str, path: Path, reason: str) -> ApiError:
    context = "(" + ", ".join(f"'{part}'" for part in path) + ("," if len(path) == 1 else "") + ")"
    return invalid_request(
        f"Invalid schema for response_format '{name}': In context={context}, {reason}.",
        param="response_format",
    )
