"""What the style of a Word table says about one of its cells.

Read in one pass, a table doesn't say beforehand which row or column is its last, and programs count bands
differently: what may hold is taken in beside what holds for certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from shared_code.documents.docx_styles import Style, is_on
from shared_code.documents.visibility import BENEATH, Shades

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared_code.documents.docx_styles import Look

_FLAGS = {"firstRow": 0x20, "lastRow": 0x40, "firstColumn": 0x80, "lastColumn": 0x100, "noHBand": 0x200,
          "noVBand": 0x400}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CellLook:
    """How a cell and its text look by the style; ``Doubt.BENEATH`` stands for nothing said."""

    fill: Shades = BENEATH
    paragraph_fill: Shades = BENEATH
    colour: Shades = BENEATH
    shade: Shades = BENEATH
    is_hidden: bool = False
    points: float | None = None


NO_CELL = CellLook()


class TableLook:
    """A table's style, and which of its conditional formats the table asks for (ISO 29500-1, 17.7.6).

    Args:
        style: the table's.
        flags: attributes of ``w:tblLook``; without them every format may hold.
    """

    def __init__(self, style: Style, flags: Mapping[str, str] | None) -> None:
        self._style = style
        self._flags = None if flags is None else _flags(flags)
        self._cells: dict[tuple[bool, bool], CellLook] = {}

    def cell(self, *, is_in_first_row: bool, is_first_in_row: bool) -> CellLook:
        """The look of a cell by its place."""
        place = is_in_first_row, is_first_in_row
        known = self._cells.get(place)
        if known is None:
            known = self._cells[place] = self._look(*place)
        return known

    def _look(self, is_in_first_row: bool, is_first_in_row: bool) -> CellLook:
        if self._is_plain:
            return NO_CELL
        layers = self._layers(is_in_first_row, is_first_in_row)
        said = [one for sure, maybe in layers for one in (*sure, *maybe)]
        return CellLook(
            _shades(layers, "cell_fill"), _shades(layers, "fill"), _shades(layers, "colour"),
            _shades(layers, "shade"), _is_hidden(layers),
            max((one.points for one in said if one.points is not None), default=None),
        )  # fmt: skip

    @cached_property
    def _is_plain(self) -> bool:
        looks = [self._style.look, *self._style.parts.values()]
        return all(
            value is None
            for one in looks
            for value in (one.cell_fill, one.fill, one.colour, one.shade, one.is_hidden, one.points)
        )

    def _layers(self, is_in_first_row: bool, is_first_in_row: bool) -> list[tuple[list[Look], list[Look]]]:
        """Formats that hold for certain and that may hold, the strongest layer first."""
        flags = self._flags
        sure, maybe = [], []
        for name, flag, is_there in (
            ("firstRow", "firstRow", is_in_first_row), ("firstCol", "firstColumn", is_first_in_row),
        ):  # fmt: skip
            if is_there and flags is not None and flags[flag]:
                sure.append(name)
            elif is_there and flags is None:
                maybe.append(name)
        for name, flag in (("lastRow", "lastRow"), ("lastCol", "lastColumn")):
            if flags is None or flags[flag]:
                maybe.append(name)
        bands = [
            f"band{number}{way}"
            for way, flag in (("Horz", "noHBand"), ("Vert", "noVBand"))
            if flags is None or not flags[flag]
            for number in (1, 2)
        ]
        corners = ["nwCell", "neCell", "swCell", "seCell"]
        return [
            ([], self._looks(corners)),
            (self._looks(sure), self._looks(maybe)),
            ([], self._looks(bands)),
            ([self._style.look], []),
        ]

    def _looks(self, names: list[str]) -> list[Look]:
        return [self._style.parts[name] for name in names if name in self._style.parts]


def _flags(attributes: Mapping[str, str]) -> dict[str, bool]:
    """Which formats are asked for: by an attribute each, or by the bits of one."""
    try:
        bits = int(attributes.get("w:val", "0"), 16)
    except ValueError:
        bits = 0
    return {
        name: is_on({"w:val": attributes[f"w:{name}"]}) if f"w:{name}" in attributes else bool(bits & bit)
        for name, bit in _FLAGS.items()
    }


def _shades(layers: list[tuple[list[Look], list[Look]]], name: str) -> Shades:
    """Everything a colour may be: layers count down to the first that says something for certain."""
    found: Shades = frozenset()
    for sure, maybe in layers:
        for look in (*sure, *maybe):
            found |= getattr(look, name) or frozenset()
        if any(getattr(look, name) is not None for look in sure):
            return found
    return found | BENEATH


def _is_hidden(layers: list[tuple[list[Look], list[Look]]]) -> bool:
    """Whether all that holds for certain and says something hides the text, and nothing else may show it."""
    sure = {look.is_hidden for looks, _ in layers for look in looks}
    maybe = {look.is_hidden for _, looks in layers for look in looks}
    return True in sure and False not in sure | maybe
