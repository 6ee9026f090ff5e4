"""What an RTF reader keeps while groups are open: formatting that holds inside of them, and fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared_code.documents.rtf_charsets import DEFAULT
from shared_code.documents.visibility import (
    ANYWHERE,
    BENEATH,
    UNKNOWN,
    Shades,
    Verdict,
    is_tiny,
    is_unseen,
    over,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_code.documents.rtf_story import Story
    from shared_code.documents.visibility import Paper

_COMPLEX_LETTER = re.compile("[\u0590-\u08ff\u0900-\u0e7f\ufb1d-\ufdff\ufe70-\ufefc]")
_LEAST_SQUEEZED_HALF_POINTS = 0.8  # a letter's height times its width: narrower ones are strokes
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
    colour: Shades = UNKNOWN
    shade: Shades = BENEATH
    highlight: Shades = BENEATH
    paragraph_fill: Shades = BENEATH
    box: Shades = BENEATH
    """What the text box is filled with that the text stands in."""
    field: Field | None = None
    is_hidden: bool = False
    is_deleted: bool = False
    has_pattern: bool = False
    has_paragraph_pattern: bool = False
    has_effect: bool = False
    is_flat: bool = False
    """Whether its lines are lower than anything readable."""
    is_framed: bool = False
    is_nested_row: bool = False
    """Whether a nested table's row is being defined, which comes behind its text."""
    half_points: int = 24
    other_half_points: int | None = None
    width_percent: int = 100
    is_font_table: bool = False
    at_end: Callable[[], None] | None = None

    def verdict(self, text: str, paper: Paper) -> Verdict:
        """What becomes of a text in this group."""
        if self.is_hidden:
            return Verdict.GONE
        size = self.half_points
        if self.other_half_points is not None and not text.isascii() and _COMPLEX_LETTER.search(text):
            size = self.other_half_points
        is_squeezed = size * self.width_percent / 100 < _LEAST_SQUEEZED_HALF_POINTS
        if self.is_flat or is_squeezed or is_tiny(size / 2):
            return Verdict.UNSEEN
        if self.colour == UNKNOWN or self.has_effect:
            return Verdict.SEEN
        return Verdict.UNSEEN if is_unseen(self.colour, self._behind(), paper) else Verdict.SEEN

    def _behind(self) -> Shades:
        """From the text's own shading down to the box or page."""
        behind = over(self.story.behind(self.table_level), self.box)
        behind = behind | ANYWHERE if self.is_framed else behind
        behind = UNKNOWN if self.has_paragraph_pattern else over(self.paragraph_fill, behind)
        behind = UNKNOWN if self.has_pattern else over(self.shade, behind)
        return over(self.highlight, behind)
