"""What an RTF reader keeps while groups are open: formatting that holds inside of them, and fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared_code.documents.rtf_charsets import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_code.documents.rtf_story import Story

_MOST_LINK_CHARACTERS = 2_000


@dataclass(slots=True)
class Field:
    """A field: its code, and the beginning of the text it shows."""

    parent: Field | None
    instruction: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    shown_characters: int = 0
    is_shown: bool = False

    def show(self, text: str) -> None:
        """Text that stands where the field does."""
        if self.shown_characters < _MOST_LINK_CHARACTERS:
            self.shown.append(text[:_MOST_LINK_CHARACTERS])
            self.shown_characters += len(text)


@dataclass(slots=True)
class Group:
    """What holds until the closing brace; a group begins with what held around it."""

    story: Story
    take: Callable[[str], None]
    codec: str = DEFAULT
    fallback_characters: int = 1
    table_level: int = 0
    colour: int = 0
    field: Field | None = None
    is_hidden: bool = False
    is_tiny: bool = False
    is_deleted: bool = False
    is_shaded: bool = False
    is_paragraph_shaded: bool = False
    is_in_box: bool = False
    is_font_table: bool = False
    at_end: Callable[[], None] | None = None
