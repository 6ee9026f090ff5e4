"""The schemas of what is published, for whoever wants to check a result."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_FOLDER = Path(__file__).parent
_ENVELOPE = _FOLDER / "envelope.schema.json"


@cache
def envelope_schema() -> dict[str, Any]:
    """The schema of a whole result; it refers to the parts' schemas by their ``$id``."""
    schema: dict[str, Any] = json.loads(_ENVELOPE.read_text(encoding="utf-8"))
    return schema


def envelope_validator(*parts: str) -> Validator:
    """A validator for an envelope that must hold ``parts``; by default all of them.

    Args:
        parts: Such as ``candidateProfile``, where one endpoint's answer is checked.
    """
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    resources = [
        Resource.from_contents(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(_FOLDER.glob("*/published.schema.json"))
    ]
    registry: Registry[Any] = Registry().with_resources(
        (resource.id() or "", resource) for resource in resources
    )
    schema = envelope_schema()
    required = [*parts] if parts else schema["required"]
    return Draft202012Validator({**schema, "required": required}, registry=registry)
