"""What the APIs that answer in text make of a request, whichever of them it came by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INLINE_PICTURE = "data:image/"


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """The form of the answer: ``text``, ``json_object``, or ``json_schema`` with its schema."""

    kind: str = "text"
    schema_name: str = ""
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TextRequest:
    """A valid request. Messages are (role, text); ``completion_limit`` is None where none is set.

    ``pictures`` is how many of the messages' parts are pictures.
    """

    messages: tuple[tuple[str, str], ...]
    output: OutputFormat
    completion_limit: int | None
    reasoning_effort: str | None
    pictures: int = 0

    @property
    def user_messages(self) -> list[str]:
        """The texts of the user's turns, in order."""
        return [text for role, text in self.messages if role == "user"]


def pictures_in(items: Any) -> int:
    """How many parts of valid messages are pictures."""
    contents = [item.get("content") for item in items if isinstance(item, dict)]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    return sum(1 for part in parts if part["type"] in {"image_url", "input_image"})


def is_inline_picture(url: Any) -> bool:
    """Whether a part's URL holds the picture itself: this emulator fetches none."""
    return isinstance(url, str) and url.startswith(INLINE_PICTURE)
