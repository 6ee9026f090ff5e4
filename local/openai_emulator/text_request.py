"""What the APIs that answer in text make of a request, whichever of them it came by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """The form of the answer: ``text``, ``json_object``, or ``json_schema`` with its schema."""

    kind: str = "text"
    schema_name: str = ""
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TextRequest:
    """A valid request. Messages are (role, text); ``completion_limit`` is None where none is set."""

    messages: tuple[tuple[str, str], ...]
    output: OutputFormat
    completion_limit: int | None
    reasoning_effort: str | None

    @property
    def user_messages(self) -> list[str]:
        """The texts of the user's turns, in order."""
        return [text for role, text in self.messages if role == "user"]
