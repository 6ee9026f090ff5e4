"""How a text of a Word document looks in the end, after every style above it (ISO 29500-1, 17.7.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared_code.documents.visibility import BENEATH, UNKNOWN, Doubt, Shades, is_tiny, over

if TYPE_CHECKING:
    from shared_code.documents.docx_styles import Look, StyleSheet
    from shared_code.documents.docx_tables import CellLook

_USUAL_POINTS = 10.0  # where no default says otherwise
_LEAST_SQUEEZED_POINTS = 0.4  # a letter's height times its width: narrower ones are strokes


class Cascade:
    """The looks that hold for one text, the closest first.

    Args:
        styles: the document's.
        cell: what the table's style says.
        paragraph_style: id, "" for the default one.
        character: the character style's.
        own: what stands at the text itself.
    """

    def __init__(
        self, styles: StyleSheet, cell: CellLook, paragraph_style: str, character: Look, own: Look
    ) -> None:
        default = styles.default_id("paragraph")
        name = paragraph_style if paragraph_style in styles else default
        self._is_default = name == default
        self._own, self._character, self._cell = own, character, cell
        self._paragraph = styles.style(name).look
        self._defaults = styles.defaults
        self._looks = (own, character, self._paragraph, self._defaults)

    def is_hidden(self) -> bool:
        """Whether it is formatted as hidden; of styles, two that hide cancel each other (17.7.3)."""
        if self._own.is_hidden is not None:
            return self._own.is_hidden
        hiding = [self._cell.is_hidden, self._paragraph.is_hidden, self._character.is_hidden]
        return bool(self._defaults.is_hidden) or hiding.count(True) % 2 == 1

    def is_small(self, *, is_complex: bool) -> bool:
        """Whether its letters are too small or narrow to read; Arabic and its like have their own size."""
        other = next((p for look in self._looks if (p := look.complex_points) is not None), _USUAL_POINTS)
        points = other if is_complex else self._points()
        if not is_complex and any(look.is_complex for look in self._looks):
            points = max(points, other)  # programs differ in which of both such a run has
        width = next((w for look in self._looks if (w := look.width_percent) is not None), 100.0)
        return is_tiny(points) or points * width / 100 < _LEAST_SQUEEZED_POINTS

    def _points(self) -> float:
        for look in (self._own, self._character):
            if look.points is not None:
                return look.points
        paragraph, cell = self._paragraph.points, self._cell.points
        if paragraph is not None:
            # Whether a table's style yields to the default one depends on a document's age.
            return max(paragraph, cell) if self._is_default and cell is not None else paragraph
        return next((p for p in (cell, self._defaults.points) if p is not None), _USUAL_POINTS)

    def colour(self) -> Shades:
        """What its colour may be."""
        if any(look.has_effect for look in self._looks):
            return UNKNOWN
        for look in (self._own, self._character):
            if look.colour is not None:
                return look.colour
        paragraph, cell = self._paragraph.colour, self._cell.colour
        if paragraph is not None:
            return paragraph | (cell - BENEATH) if self._is_default else paragraph
        return over(cell, self._defaults.colour or UNKNOWN)

    def is_blank(self) -> bool:
        """Whether its letters are filled with nothing, nor outlined."""
        has_effect = any(look.has_effect for look in self._looks)
        return not has_effect and any(look.is_blank for look in self._looks)

    def behind(self, direct_fill: Shades | None, ground: Shades) -> Shades:
        """What may lie behind it, where its paragraph stands on ``ground``."""
        layers = over(self._paragraph.fill, self._cell.paragraph_fill)
        behind = layered(direct_fill, layers, ground)
        shade = next((s for look in self._looks if (s := look.shade) is not None), self._cell.shade)
        highlight = next((h for look in self._looks if (h := look.highlight) is not None), None)
        return over(highlight, over(shade, behind))

    def line_points(self, direct: float | None) -> float:
        """The exact height of its lines, endless where they grow with what is in them."""
        said = (direct, self._paragraph.line_points, self._defaults.line_points)
        return next((points for points in said if points is not None), float("inf"))


def layered(direct: Shades | None, inherited: Shades, ground: Shades) -> Shades:
    """A filling upon an inherited one; "none" may let through either that or what lies beneath."""
    beneath = over(inherited, ground)
    if direct is not None and Doubt.BENEATH in direct:
        return over(direct, beneath) | ground
    return over(direct, beneath)
