"""What the text of a Word document stands on where nothing closer is filled: the page and its drawings.

Drawings are looked for where a text may be unseen without them, which is in few documents.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from shared_code.documents.docx_shapes import Shape, Shapes
from shared_code.documents.docx_styles import StyleSheet, fillings, is_on
from shared_code.documents.ooxml import parse_xml
from shared_code.documents.visibility import BENEATH, UNKNOWN, WHITE, Shades, merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from shared_code.documents.docx_colours import Palette

_FALSE = frozenset({"0", "false", "off"})
_THIN_EMU = 50_800  # 4 points: a rule, not a ground for text
_DRAWN_BY_SHAPES = ("wordprocessingShape", "wordprocessingGroup", "wordprocessingCanvas", "picture")


class DocxPaper:
    """The page of one document.

    Args:
        main: the document's part.
        read_around: the parts of its page headers and footers, whose drawings lie behind its text.
        read_settings: the settings' part, None where there is none.
        palette: what resolves the names of colours.
        styles: its styles.
    """

    def __init__(
        self,
        main: bytes,
        read_around: Callable[[], Iterable[bytes]],
        read_settings: Callable[[], bytes | None],
        palette: Palette,
        styles: StyleSheet,
    ) -> None:
        self._main = main
        self._read_around = read_around
        self._read_settings = read_settings
        self._palette = palette
        self._styles = styles

    @cached_property
    def page(self) -> Shades:
        """White, or the colour that Word shows on screen."""
        if b":background" not in self._main and b"<background" not in self._main:
            return WHITE
        colour = self._drawings.background
        if colour is None:
            return WHITE
        # Where the document doesn't ask for it Word shows white, and other programs the colour.
        return colour if _shows_background(self._read_settings() or b"") else colour | WHITE

    def under_text(self) -> Shades:
        """The page and the drawings that may lie behind text."""
        return self._under_text

    def anywhere(self) -> Shades:
        """The page and whatever any part of the document is filled with."""
        return self._everything

    @cached_property
    def _under_text(self) -> Shades:
        return self.page | merged(self._drawings.behind)

    @cached_property
    def _drawings(self) -> _DrawingReader:
        reader = _DrawingReader(self._palette)
        parse_xml(self._main, reader, reader.names)
        reader.is_around_text = True
        for part in self._read_around():
            parse_xml(part, reader, reader.names)
        return reader

    @cached_property
    def _everything(self) -> Shades:
        names = {
            *self._drawings.styles,
            self._styles.default_id("paragraph"),
            self._styles.default_id("table"),
        }
        fills = [*self._drawings.fills, *(fillings(self._styles.style(name)) for name in names)]
        return self.page | (merged(fills) - BENEATH)


def _shows_background(settings: bytes) -> bool:
    reader = _SettingReader()
    if b"displayBackgroundShape" in settings:
        parse_xml(settings, reader)
    return reader.shows_background


class _SettingReader:
    """Reads from the settings whether the page's colour is shown."""

    def __init__(self) -> None:
        self.shows_background = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "w:displayBackgroundShape":
            self.shows_background = is_on(attributes)

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


class _DrawingReader:
    """Collects what is painted behind text, and all that is painted."""

    def __init__(self, palette: Palette) -> None:
        self.is_around_text = False
        self.background: Shades | None = None
        self.behind: set[Shades] = set()
        self.fills: set[Shades] = set()
        self.styles: set[str] = set()
        self._palette = palette
        self._shapes = Shapes(palette, self._end_shape)
        self._anchors: list[bool] = []  # whether each open one lies behind text
        self._starts: Mapping[str, Callable[[dict[str, str]], None]] = {
            **self._shapes.starts,
            "wp:anchor": self._start_anchor, "wp:extent": self._extent, "a:blip": self._picture,
            "a:graphicData": self._graphic, "w:shd": self._shading, "w:highlight": self._highlight,
            "w:pStyle": self._style, "w:rStyle": self._style, "w:tblStyle": self._style,
            "w:background": self._start_background, "v:background": self._picture_of_page,
        }  # fmt: skip
        self._ends: Mapping[str, Callable[[], None]] = {
            **self._shapes.ends,
            "wp:anchor": self._end_anchor,
        }
        self.names = frozenset(self._starts).union(self._ends)
        """Elements that are to be told."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if (handle := self._starts.get(name)) is not None:
            handle(attributes)

    def end(self, name: str) -> None:
        if (handle := self._ends.get(name)) is not None:
            handle()

    def text(self, data: str) -> None:
        pass

    def _paint(self, fill: Shades, *, is_behind: bool) -> None:
        self.fills.add(fill)
        if is_behind:
            self.behind.add(fill)

    def _end_shape(self, shape: Shape) -> None:
        if shape.fill is not None:
            self._paint(shape.fill, is_behind=self._is_behind() or shape.is_behind)

    def _is_behind(self) -> bool:
        return self._anchors[-1] if self._anchors else self.is_around_text

    def _start_anchor(self, attributes: dict[str, str]) -> None:
        is_behind = attributes.get("behindDoc", "0").lower() not in _FALSE
        self._anchors.append(is_behind or self.is_around_text)

    def _end_anchor(self) -> None:
        self._anchors.pop()

    def _extent(self, attributes: dict[str, str]) -> None:
        sides = (attributes.get("cx", ""), attributes.get("cy", ""))
        if self._anchors and any(side.isdecimal() and int(side[:12]) < _THIN_EMU for side in sides):
            self._anchors[-1] = False

    def _picture(self, _: dict[str, str]) -> None:
        self._paint(UNKNOWN, is_behind=bool(self._anchors) and self._anchors[-1])

    def _graphic(self, attributes: dict[str, str]) -> None:
        if not attributes.get("uri", "").endswith(_DRAWN_BY_SHAPES):
            self._picture(attributes)

    def _shading(self, attributes: dict[str, str]) -> None:
        self.fills.add(self._palette.filling(attributes))

    def _highlight(self, attributes: dict[str, str]) -> None:
        self.fills.add(self._palette.highlight(attributes))

    def _style(self, attributes: dict[str, str]) -> None:
        self.styles.add(attributes.get("w:val", ""))

    def _start_background(self, attributes: dict[str, str]) -> None:
        colour = self._palette.text_colour({**attributes, "w:val": attributes.get("w:color", "")})
        self.background = None if attributes.get("w:color", "auto") == "auto" else colour

    def _picture_of_page(self, _: dict[str, str]) -> None:
        self.background = UNKNOWN
