"""What fills the shapes of a Word document, in both languages they are drawn in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared_code.documents.docx_colours import COLOUR_CHANGES, preset, with_lightness
from shared_code.documents.visibility import (
    ANYWHERE,
    UNKNOWN,
    WHITE,
    Colour,
    Shades,
    colour_of_hex,
    shades_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_code.documents.docx_colours import Palette

_FALSE = frozenset({"0", "f", "false", "off"})
_UPRIGHT = frozenset(
    {"rect", "roundRect", "round1Rect", "round2SameRect", "round2DiagRect", "snip1Rect", "flowChartProcess"}
)
_UNTOLD = frozenset({"a:gradFill", "a:blipFill", "a:pattFill", "a:grpFill"})
_VML_SHAPES = (
    "v:shape",
    "v:rect",
    "v:roundrect",
    "v:oval",
    "v:line",
    "v:polyline",
    "v:curve",
    "v:arc",
    "v:image",
)
_TEXT_BOX = "_t202"  # how VML's own name of the plain text box ends
_WHOLE = 100_000  # a DrawingML percentage


@dataclass(slots=True)
class Shape:
    """A shape that is open."""

    fill: Shades | None = None
    """None where it lets through what lies beneath."""
    is_upright_box: bool = False
    """Whether its filling lies under all of its text."""
    is_behind: bool = False
    says_fill: bool = False

    def behind_its_text(self) -> Shades:
        """What its text stands on."""
        if self.fill is None:
            return ANYWHERE
        return self.fill if self.is_upright_box else self.fill | ANYWHERE


class Shapes:
    """Follows the shapes that open and close, the innermost last.

    Args:
        palette: what resolves the names of colours.
        on_end: is told every shape that closes.
    """

    def __init__(self, palette: Palette, on_end: Callable[[Shape], None] = lambda _: None) -> None:
        self._palette = palette
        self._on_end = on_end
        self._open: list[Shape] = []
        self._in_properties = False
        self._in_line = False
        self._colour: Colour | None = None
        self.starts: dict[str, Callable[[dict[str, str]], None]] = {
            "wps:wsp": self._start_shape, "wps:spPr": self._start_properties, "a:ln": self._start_line,
            "a:prstGeom": self._geometry, "a:noFill": self._no_fill, "a:solidFill": self._start_solid,
            "a:srgbClr": self._digits, "a:schemeClr": self._scheme, "a:sysClr": self._system,
            "a:prstClr": self._preset, "a:fillRef": self._fill_of_theme, "v:fill": self._vml_fill,
            "v:imagedata": self._unknown, "a:lumMod": self._times, "a:lumOff": self._plus,
            **dict.fromkeys(_UNTOLD, self._unknown_if_its_own), **dict.fromkeys(_VML_SHAPES, self._start_vml),
            **{f"a:{name}": self._changed for name in COLOUR_CHANGES - {"lumMod", "lumOff"}},
        }  # fmt: skip
        self.ends: dict[str, Callable[[], None]] = {
            "wps:wsp": self._end_shape, "wps:spPr": self._end_properties, "a:ln": self._end_line,
            "a:solidFill": self._end_solid, **dict.fromkeys(_VML_SHAPES, self._end_shape),
        }  # fmt: skip

    def behind_text(self) -> Shades:
        """What text of the innermost shape stands on."""
        return self._open[-1].behind_its_text() if self._open else ANYWHERE

    def _start_shape(self, _: dict[str, str]) -> None:
        self._open.append(Shape())

    def _end_shape(self) -> None:
        if self._open:
            self._on_end(self._open.pop())

    def _start_properties(self, _: dict[str, str]) -> None:
        self._in_properties = True

    def _end_properties(self) -> None:
        self._in_properties = False

    def _start_line(self, _: dict[str, str]) -> None:
        self._in_line = True

    def _end_line(self) -> None:
        self._in_line = False

    def _geometry(self, attributes: dict[str, str]) -> None:
        if self._open:
            self._open[-1].is_upright_box = attributes.get("prst") in _UPRIGHT

    def _own(self) -> Shape | None:
        """The shape whose filling is being told."""
        return self._open[-1] if self._open and self._in_properties and not self._in_line else None

    def _no_fill(self, _: dict[str, str]) -> None:
        if (shape := self._own()) is not None:
            shape.says_fill, shape.fill = True, None

    def _unknown_if_its_own(self, _: dict[str, str]) -> None:
        if (shape := self._own()) is not None:
            shape.says_fill, shape.fill = True, UNKNOWN

    def _unknown(self, _: dict[str, str]) -> None:
        if self._open:
            self._open[-1].fill = UNKNOWN

    def _start_solid(self, _: dict[str, str]) -> None:
        self._colour = None

    def _end_solid(self) -> None:
        if (shape := self._own()) is not None:
            shape.says_fill, shape.fill = True, shades_of(self._colour)

    def _fill_of_theme(self, attributes: dict[str, str]) -> None:
        """A shape that says nothing itself is filled by its style; 0 is no filling."""
        if self._open and not self._open[-1].says_fill and attributes.get("idx", "0") != "0":
            self._open[-1].fill = UNKNOWN

    # Colours

    def _digits(self, attributes: dict[str, str]) -> None:
        self._colour = colour_of_hex(attributes.get("val", ""))

    def _scheme(self, attributes: dict[str, str]) -> None:
        if self._own() is not None:  # else the theme need not be read
            self._colour = self._palette.scheme(attributes.get("val", ""))

    def _system(self, attributes: dict[str, str]) -> None:
        self._colour = colour_of_hex(attributes.get("lastClr", ""))

    def _preset(self, attributes: dict[str, str]) -> None:
        self._colour = preset(attributes.get("val", ""))

    def _changed(self, _: dict[str, str]) -> None:
        self._colour = None

    def _times(self, attributes: dict[str, str]) -> None:
        share = _share(attributes)
        if self._colour is not None:
            self._colour = None if share is None else with_lightness(self._colour, share, 0.0)

    def _plus(self, attributes: dict[str, str]) -> None:
        share = _share(attributes)
        if self._colour is not None:
            self._colour = None if share is None else with_lightness(self._colour, 1.0, share)

    # VML

    def _start_vml(self, attributes: dict[str, str]) -> None:
        fill = attributes.get("fillcolor")
        is_box = "path" not in attributes and attributes.get("type", _TEXT_BOX).endswith(_TEXT_BOX)
        shape = Shape(is_upright_box=is_box and fill is not None)
        if attributes.get("filled", "t").lower() not in _FALSE:
            shape.fill = WHITE if fill is None else _vml_colour(fill)
        style = attributes.get("style", "").replace(" ", "").lower()
        shape.is_behind = "z-index:-" in style
        shape.says_fill = True
        self._open.append(shape)

    def _vml_fill(self, attributes: dict[str, str]) -> None:
        if not self._open or self._open[-1].fill is None:
            return
        shape = self._open[-1]
        is_plain = attributes.get("type", "solid") == "solid" and "opacity" not in attributes
        if attributes.get("on", "t").lower() in _FALSE:
            shape.fill = None
        elif not is_plain:
            shape.fill = UNKNOWN
        elif "color" in attributes:
            shape.fill = _vml_colour(attributes["color"])


def _share(attributes: dict[str, str]) -> float | None:
    value = attributes.get("val", "")
    return int(value) / _WHOLE if value.isdecimal() and len(value) <= 7 else None


def _vml_colour(value: str) -> Shades:
    """A colour as VML writes it: digits, a name, or either before the number of a theme's colour."""
    name = value.split(" ", 1)[0]
    digits = name.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return shades_of(colour_of_hex(digits) if name.startswith("#") else preset(name))
