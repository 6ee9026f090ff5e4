"""Colours as a Word document names them: by digits, by its theme, by a highlighter, by a pattern."""

from __future__ import annotations

import re
from colorsys import hls_to_rgb, rgb_to_hls
from typing import TYPE_CHECKING

from shared_code.documents.ooxml import parse_xml, piece
from shared_code.documents.visibility import BENEATH, UNKNOWN, Colour, Shades, colour_of_hex, mixed, shades_of
from shared_code.errors import CorruptDocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
_HIGHLIGHTERS: dict[str, Colour] = {
    "black": _BLACK, "white": _WHITE, "blue": (0, 0, 255), "cyan": (0, 255, 255), "green": (0, 255, 0),
    "magenta": (255, 0, 255), "red": (255, 0, 0), "yellow": (255, 255, 0), "darkBlue": (0, 0, 128),
    "darkCyan": (0, 128, 128), "darkGreen": (0, 128, 0), "darkMagenta": (128, 0, 128),
    "darkRed": (128, 0, 0), "darkYellow": (128, 128, 0), "darkGray": (128, 128, 128),
    "lightGray": (192, 192, 192),
}  # fmt: skip
_PRESETS: dict[str, Colour] = {
    "black": _BLACK, "white": _WHITE, "silver": (192, 192, 192), "gray": (128, 128, 128), "red": (255, 0, 0),
    "maroon": (128, 0, 0), "yellow": (255, 255, 0), "olive": (128, 128, 0), "lime": (0, 255, 0),
    "green": (0, 128, 0), "aqua": (0, 255, 255), "teal": (0, 128, 128), "blue": (0, 0, 255),
    "navy": (0, 0, 128), "fuchsia": (255, 0, 255), "purple": (128, 0, 128),
}  # fmt: skip
# From the names that text and shapes use, by the document's mapping, to those of the theme's own list.
_MAPPED = {
    "text1": "t1", "background1": "bg1", "text2": "t2", "background2": "bg2", "tx1": "t1", "tx2": "t2",
    "hyperlink": "hyperlink", "followedHyperlink": "followedHyperlink",
}  # fmt: skip
_USUAL_MAPPING = {"t1": "dark1", "bg1": "light1", "t2": "dark2", "bg2": "light2"}
_IN_THEME = {
    "dark1": "dk1", "light1": "lt1", "dark2": "dk2", "light2": "lt2", "hyperlink": "hlink",
    "followedHyperlink": "folHlink",
}  # fmt: skip
COLOUR_CHANGES = frozenset(
    {
        "alpha", "alphaMod", "alphaOff", "lumMod", "lumOff", "lum", "tint", "shade", "satMod", "satOff",
        "sat", "hueMod", "hueOff", "hue", "comp", "inv", "gray", "gamma", "invGamma", "redMod", "greenMod",
        "blueMod",
    }
)  # fmt: skip
"""Elements inside a colour of a drawing that make another one of it."""
_MAPPING_TAG = re.compile(rb"clrSchemeMapping\b([^<>]*)>")
_MAPPING = re.compile(rb"(\w+)\s*=\s*[\"'](\w+)[\"']")
_PERCENT = re.compile(r"pct(\d{1,2})")


class Palette:
    """Resolves the names of colours; the theme is only read where one of them asks for it.

    Args:
        read_theme: the theme's part, None where there is none.
        read_settings: the settings' part, None where there is none.
    """

    def __init__(
        self,
        read_theme: Callable[[], bytes | None] = lambda: None,
        read_settings: Callable[[], bytes | None] = lambda: None,
    ) -> None:
        self._read_theme = read_theme
        self._read_settings = read_settings
        self._theme: dict[str, Colour] | None = None
        self._mapping = _USUAL_MAPPING

    def text_colour(self, attributes: Mapping[str, str]) -> Shades:
        """Of ``w:color``; automatic is black or white, whichever can be seen (ISO 29500-1, 17.3.2.6)."""
        return shades_of(self._themed(attributes, "w:val", "w:themeColor", "w:themeTint", "w:themeShade"))

    def filling(self, attributes: Mapping[str, str]) -> Shades:
        """Of ``w:shd``: a colour, or a pattern of one upon another (ISO 29500-1, 17.3.5)."""
        pattern = attributes.get("w:val", "clear")
        fill = self._themed(attributes, "w:fill", "w:themeFill", "w:themeFillTint", "w:themeFillShade")
        if pattern == "clear":
            is_none = fill is None and attributes.get("w:fill", "auto") == "auto"
            return BENEATH if is_none and "w:themeFill" not in attributes else shades_of(fill)
        if pattern == "nil":
            return BENEATH
        front = self._themed(attributes, "w:color", "w:themeColor", "w:themeTint", "w:themeShade") or _BLACK
        if pattern == "solid":
            return shades_of(front)
        percent = _PERCENT.fullmatch(pattern)
        return shades_of(mixed(front, fill or _WHITE, int(percent[1]) / 100)) if percent else UNKNOWN

    def highlight(self, attributes: Mapping[str, str]) -> Shades:
        """Of ``w:highlight``."""
        name = attributes.get("w:val", "none")
        return BENEATH if name == "none" else shades_of(_HIGHLIGHTERS.get(name))

    def scheme(self, name: str) -> Colour | None:
        """A colour of the theme, by the name that text or shapes call it, None where it can't be told."""
        if self._theme is None:
            self._theme = self._read()
        name = self._mapping.get(_MAPPED.get(name, name), name)
        return self._theme.get(_IN_THEME.get(name, name))

    def _themed(
        self, attributes: Mapping[str, str], plain: str, theme: str, tint: str, shade: str
    ) -> Colour | None:
        if theme in attributes and (colour := self.scheme(attributes[theme])) is not None:
            return _shaded(colour, attributes.get(tint, ""), attributes.get(shade, ""))
        return colour_of_hex(attributes.get(plain, ""))

    def _read(self) -> dict[str, Colour]:
        settings = self._read_settings() or b""
        if tag := _MAPPING_TAG.search(settings):
            self._mapping = _USUAL_MAPPING | {
                name.decode(): value.decode() for name, value in _MAPPING.findall(tag[1])
            }
        data = self._read_theme()
        if data is None:
            return {}
        reader = _ThemeReader()
        try:
            parse_xml(piece(data, b"<a:clrScheme", b"</a:clrScheme>") or data, reader)
        except CorruptDocumentError:
            return {}
        return reader.colours


class _ThemeReader:
    """Reads a theme's list of colours."""

    def __init__(self) -> None:
        self.colours: dict[str, Colour] = {}
        self._in_list = False
        self._name = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "a:clrScheme":
            self._in_list = True
        elif not self._in_list:
            return
        elif name == "a:srgbClr":
            self._note(attributes.get("val", ""))
        elif name == "a:sysClr":
            self._note(attributes.get("lastClr", ""))
        elif name.startswith("a:"):
            self._name = name[2:]

    def _note(self, digits: str) -> None:
        colour = colour_of_hex(digits)
        if colour is not None:
            self.colours.setdefault(self._name, colour)

    def end(self, name: str) -> None:
        if name == "a:clrScheme":
            self._in_list = False

    def text(self, data: str) -> None:
        pass


def preset(name: str) -> Colour | None:
    """A colour by its English name, as VML and DrawingML write some."""
    return _PRESETS.get(name.lower())


def with_lightness(colour: Colour, factor: float, offset: float) -> Colour:
    """A colour whose lightness (0 to 1) is multiplied and moved."""
    hue, lightness, saturation = rgb_to_hls(*(part / 255 for part in colour))
    lightness = min(max(lightness * factor + offset, 0.0), 1.0)
    red, green, blue = (round(part * 255) for part in hls_to_rgb(hue, lightness, saturation))
    return red, green, blue


def _shaded(colour: Colour, tint: str, shade: str) -> Colour:
    """Tint lightens, shade darkens; both are parts of 255, in two hexadecimal digits."""
    if (share := _share(tint)) is not None:
        return with_lightness(colour, share, 1 - share)
    if (share := _share(shade)) is not None:
        return with_lightness(colour, share, 0.0)
    return colour


def _share(digits: str) -> float | None:
    try:
        return min(int(digits, 16), 255) / 255 if 0 < len(digits) <= 2 else None
    except ValueError:
        return None
