"""What the text of an OpenDocument file stands on where nothing closer is filled."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from shared_code.documents.visibility import BENEATH, UNKNOWN, Shades, merged

if TYPE_CHECKING:
    from shared_code.documents.odt_styles import StyleSheet

_DRAWING = re.compile(
    rb"<draw:(frame|custom-shape|rect|polygon|polyline|path|ellipse|circle|regular-polygon|caption)\b([^<>]*)"
)
_STYLE_NAME = re.compile(rb"draw:style-name=\"([^\"]*)\"")
_NOTHING: Shades = frozenset()


class OdtPaper:
    """The pages of one document.

    Args:
        styles: the document's.
        content: the part that holds its text.
        style_part: the part that holds its page headers and footers, None where there is none.
    """

    def __init__(self, styles: StyleSheet, content: bytes, style_part: bytes | None) -> None:
        self._styles = styles
        self._content = content
        self._style_part = style_part or b""

    @cached_property
    def page(self) -> Shades:
        """What the pages are filled with."""
        return self._styles.page()

    def under_text(self) -> Shades:
        """The page, and the drawings over which text may run; those of page headers among them."""
        return self._under_text

    def anywhere(self) -> Shades:
        """Whatever the document paints."""
        return self._painted

    @cached_property
    def _under_text(self) -> Shades:
        if b"<draw:" in self._style_part and self._style_part is not self._content:
            return self._painted
        found = [self.page]
        for kind, attributes in _DRAWING.findall(self._content):
            name = _STYLE_NAME.search(attributes)
            look = self._styles.look("graphic", name[1].decode("utf-8", "replace") if name else "")
            is_frame = kind == b"frame"
            if look.is_under_text or (look.is_under_text is None and not is_frame):
                found.append(look.fill or UNKNOWN)  # by custom shapes are filled
                found.append(UNKNOWN if is_frame and self._has_pictures else _NOTHING)
        return merged(found) - BENEATH

    @cached_property
    def _painted(self) -> Shades:
        return self.page | self._styles.fills() | (UNKNOWN if self._has_pictures else _NOTHING)

    @cached_property
    def _has_pictures(self) -> bool:
        return any(
            mark in part
            for part in (self._content, self._style_part)
            for mark in (b"<draw:image", b"<draw:object", b"<draw:custom-shape", b"<draw:fill-image")
        )
