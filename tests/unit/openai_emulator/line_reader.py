"""A small reader for tests: it really reads, so another text gives another answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

SCHEMA_NAME = "contact_card"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": ["string", "null"]},
        "emails": {"type": "array", "items": {"type": "string"}},
        "lines": {"type": "integer"},
        "links": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["name", "emails", "lines", "links"],
    "additionalProperties": False,
}
RESPONSE_FORMAT: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {"name": SCHEMA_NAME, "schema": SCHEMA, "strict": True},
}


def read_contact_card(
    schema_name: str, cv_text: str, links: Sequence[tuple[str, str]] = ()
) -> dict[str, object]:
    """The first line as the name, every e-mail address, the number of lines, the links' targets."""
    assert schema_name == SCHEMA_NAME
    lines = [line.strip() for line in cv_text.splitlines() if line.strip()]
    return {
        "name": lines[0] if lines else None,
        "emails": re.findall(r"[\w.+-]+@[\w-]+\.[\w.]+\w", cv_text),
        "lines": len(lines),
        "links": [target for _, target in links],
    }


def fenced(cv_text: str, *, token: str = "a1b2c3", links: Sequence[str] = ()) -> str:
    """A prompt that fences a CV as the service does."""
    parts = ["Read this CV.", f"<<CV {token}>>", cv_text]
    if links:
        parts += [f"<<LINKS {token}>>", *links]
    return "\n".join([*parts, f"<<END {token}>>", "Answer in JSON."])
