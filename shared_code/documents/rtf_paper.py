"""What the text of an RTF file stands on where nothing closer is filled: the page, and its shapes."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from shared_code.documents.visibility import ANYWHERE, BENEATH, UNKNOWN, WHITE, Shades, merged

if TYPE_CHECKING:
    from shared_code.documents.rtf_tables import ColourTable

_SHAPE = b"\\shpinst"
_MOST_BYTES_OF_PROPERTIES = 20_000
_BEHIND = b"\\shpfblwtxt1"
_OLD_DRAWING = re.compile(rb"\\dpfill|\\dprect")
_HEADER = re.compile(rb"\\(?:header|footer)[lrf]?[^a-z]")
_PROPERTY = re.compile(
    rb"\\sn\s+(fillColor|fFilled|fillType|fillOpacity|pib|shapeType)\s*\}\s*\{\s*\\sv\s+([^{}\\]{0,12})"
)
_BACKGROUND = re.compile(rb"\\(?:(?:cl|tr|ch)?cbpat|highlight|cb)([0-9]{1,4})")
_UPRIGHT = frozenset({b"1", b"2", b"202"})  # rectangle, round rectangle, text box
_NUMBER = re.compile(rb"[0-9]{1,10}")


class RtfPaper:
    """The page of one file.

    Args:
        content: the file.
        colours: its table of colours.
    """

    def __init__(self, content: bytes, colours: ColourTable) -> None:
        self._content = content
        self._colours = colours

    @cached_property
    def page(self) -> Shades:
        """White, or what a shape paints on every page."""
        return UNKNOWN if b"\\viewbksp1" in self._content else WHITE

    def under_text(self) -> Shades:
        """The page, and the shapes that may lie behind its text."""
        return self._under_text

    def anywhere(self) -> Shades:
        """Whatever the file paints."""
        return self._painted

    def behind_box(self, at: int) -> Shades:
        """What text stands on in the box whose text begins at an offset of the file."""
        start = self._content.rfind(_SHAPE, max(at - _MOST_BYTES_OF_PROPERTIES, 0), at)
        if start < 0:
            return UNKNOWN
        fill, is_upright = _fill_of_shape(self._content[start:at])
        return fill if is_upright and not fill & BENEATH else (fill - BENEATH) | ANYWHERE

    @cached_property
    def _shapes(self) -> list[tuple[Shades, bool]]:
        """The filling of each shape, and whether it may lie behind text."""
        are_all_behind = bool(_HEADER.search(self._content))
        found: list[tuple[Shades, bool]] = []
        for piece in self._content.split(_SHAPE)[1:]:
            properties = piece[:_MOST_BYTES_OF_PROPERTIES]
            fill, _ = _fill_of_shape(properties)
            found.append((fill, are_all_behind or _BEHIND in properties))
        if _OLD_DRAWING.search(self._content):
            found.append((UNKNOWN, True))
        return found

    @cached_property
    def _under_text(self) -> Shades:
        return self.page | (merged(fill for fill, is_behind in self._shapes if is_behind) - BENEATH)

    @cached_property
    def _painted(self) -> Shades:
        shapes = merged(fill for fill, _ in self._shapes)
        numbers = {int(number) for number in _BACKGROUND.findall(self._content)}
        backgrounds = merged(self._colours.filling(number) for number in numbers)
        pictures = UNKNOWN if b"\\pict" in self._content else frozenset()
        return self.page | ((shapes | backgrounds | pictures) - BENEATH)


def _fill_of_shape(properties: bytes) -> tuple[Shades, bool]:
    """A shape's filling, and whether it lies under all of the shape's text."""
    said = dict(reversed(_PROPERTY.findall(properties)))
    is_upright = said.get(b"shapeType", b"202").strip() in _UPRIGHT
    if said.get(b"fFilled", b"1").strip() == b"0":
        return BENEATH, is_upright
    if b"pib" in said or b"fillOpacity" in said or said.get(b"fillType", b"0").strip() != b"0":
        return UNKNOWN, is_upright
    colour = _NUMBER.match(said.get(b"fillColor", b"16777215"))
    if colour is None:
        return UNKNOWN, is_upright
    number = int(colour[0])
    return frozenset({(number & 255, number >> 8 & 255, number >> 16 & 255)}), is_upright
