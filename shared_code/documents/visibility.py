"""When text can't be seen, for formats that say how it looks: one rule for Word, OpenDocument, RTF and HTML.

What lies behind a text can't always be told: a style may or may not apply, a picture may lie under the page.
So a colour is the set of all that it may be, and text is unseen only where that holds in every case: what a
person may see is never lost.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

Colour = tuple[int, int, int]  # red, green, blue, 0 to 255 each


class Doubt(Enum):
    """What a colour may be other than a colour."""

    UNKNOWN = "unknown"
    """A picture, a gradient, a colour the program chooses: whatever it is, text on it or in it is seen."""
    BENEATH = "beneath"
    """Nothing is painted: what lies beneath shows through."""
    ANYWHERE = "anywhere"
    """Placed freely: beneath may lie whatever the document paints."""


Shades = frozenset[Colour | Doubt]

WHITE: Shades = frozenset({(255, 255, 255)})
UNKNOWN: Shades = frozenset({Doubt.UNKNOWN})
BENEATH: Shades = frozenset({Doubt.BENEATH})
ANYWHERE: Shades = frozenset({Doubt.ANYWHERE})

SMALLEST_POINTS = 2.0  # smaller letters are no longer read, on screen or paper; the ink test's bound as well
# Letters are told apart by how light they are, with the ink test's bound (#F0F0F0 on white is unseen, #EFEFEF
# is seen). A hue that differs much helps, though blue on its own does little: pale yellow on white is lost.
LEAST_LIGHTNESS = 16
_LEAST_RED_OR_GREEN = 32
_LEAST_BLUE = 64
_MOST_SHADES = 64
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{6}")


class Verdict(Enum):
    """What becomes of a text: it is seen, takes its room unseen, or takes none."""

    SEEN = "seen"
    UNSEEN = "unseen"
    GONE = "gone"


class Paper(Protocol):
    """What text stands on where nothing closer is painted."""

    @property
    def page(self) -> Shades:
        """The colour of the bare page."""

    def under_text(self) -> Shades:
        """The page, and the drawings that may lie behind its text."""

    def anywhere(self) -> Shades:
        """Whatever may lie behind something that is placed freely."""


def colour_of_hex(digits: str) -> Colour | None:
    """The colour of six hexadecimal digits, None for anything else."""
    if not _HEXADECIMAL.fullmatch(digits):
        return None
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def shades_of(colour: Colour | None) -> Shades:
    """The one shade of a colour, or an unknown one."""
    return UNKNOWN if colour is None else frozenset({colour})


def over(upper: Shades | None, lower: Shades) -> Shades:
    """What is seen of two layers; ``None`` is a layer that isn't there."""
    if upper is None:
        return lower
    return (upper - BENEATH) | lower if Doubt.BENEATH in upper else upper


def is_tiny(points: float) -> bool:
    """Whether letters of this size can't be read."""
    return points < SMALLEST_POINTS


def is_unseen(text: Shades, behind: Shades, paper: Paper) -> bool:
    """Whether a text can't be told from what lies behind it, whichever of its shades it has."""
    if not is_lost(text, _on(behind, paper.page, paper.page)):
        return False  # drawings, which are costly to look for, could only make it more visible
    return is_lost(text, _on(behind, paper.under_text(), paper.anywhere() if ANYWHERE & behind else BENEATH))


def leave_gap(parts: list[str]) -> None:
    """Words on both sides of unseen text stay apart."""
    if parts and not parts[-1][-1:].isspace():
        parts.append(" ")


def _on(behind: Shades, page: Shades, anywhere: Shades) -> Shades:
    if Doubt.BENEATH in behind:
        behind = (behind - BENEATH) | page
    if Doubt.ANYWHERE in behind:
        behind = (behind - ANYWHERE) | anywhere
    return behind


@lru_cache(maxsize=4_096)
def is_lost(text: Shades, behind: Shades) -> bool:
    """Whether text can't be told from what lies behind it, in each case."""
    return bool(text) and bool(behind) and all(_blends(one, other) for one in text for other in behind)


def _blends(one: Colour | Doubt, other: Colour | Doubt) -> bool:
    if isinstance(one, Doubt) or isinstance(other, Doubt):
        return False
    red, green, blue = (abs(a - b) for a, b in zip(one, other, strict=True))
    return (
        abs(luminance(one) - luminance(other)) < LEAST_LIGHTNESS
        and max(red, green) < _LEAST_RED_OR_GREEN
        and blue < _LEAST_BLUE
    )


def luminance(colour: Colour) -> int:
    """How light a colour is, 0 to 255, weighted as the ink test does."""
    red, green, blue = colour
    return (299 * red + 587 * green + 114 * blue) // 1000


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """``share`` (0 to 1) of one colour in another."""
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(one, other, strict=True))
    return red, green, blue


def merged(shades: Iterable[Shades]) -> Shades:
    """All that any of several colours may be; of too many, nothing can be told."""
    found: Shades = frozenset().union(*shades)
    return found if len(found) <= _MOST_SHADES else UNKNOWN
