"""PDFium's getters for page objects and characters, on plain addresses, and the figures read with them."""

from __future__ import annotations

from ctypes import (
    PYFUNCTYPE,
    byref,
    c_char,
    c_double,
    c_float,
    c_int,
    c_size_t,
    c_uint,
    c_ulong,
    c_void_p,
    cast,
)
from struct import Struct
from typing import Any, NamedTuple

from pypdfium2 import raw

from shared_code.documents.visibility import luminance

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points
Matrix = tuple[float, float, float, float, float, float]


def _lean(function: Any, result: Any) -> Any:
    """The same function on an address, ints, and references: a third of the time, and a page has thousands.

    It keeps the interpreter's lock, which is cheaper than giving it back for a getter. Only the first
    argument, an address, has a type: checking the others takes longer than most getters do.
    """
    return PYFUNCTYPE(result, c_void_p)(cast(function, c_void_p).value or 0)


count_objects = _lean(raw.FPDFPage_CountObjects, c_int)
object_at = _lean(raw.FPDFPage_GetObject, c_size_t)
type_of = _lean(raw.FPDFPageObj_GetType, c_int)
render_mode = _lean(raw.FPDFTextObj_GetTextRenderMode, c_int)
_has_transparency = _lean(raw.FPDFPageObj_HasTransparency, c_int)
_fill_colour = _lean(raw.FPDFPageObj_GetFillColor, c_int)
clip_path = _lean(raw.FPDFPageObj_GetClipPath, c_size_t)
count_clips = _lean(raw.FPDFClipPath_CountPaths, c_int)
count_clip_segments = _lean(raw.FPDFClipPath_CountPathSegments, c_int)
clip_segment = _lean(raw.FPDFClipPath_GetPathSegment, c_size_t)
_segment_point = _lean(raw.FPDFPathSegment_GetPoint, c_int)
segment_closes = _lean(raw.FPDFPathSegment_GetClose, c_int)
segment_type = _lean(raw.FPDFPathSegment_GetType, c_int)
_bounds = _lean(raw.FPDFPageObj_GetBounds, c_int)
_matrix = _lean(raw.FPDFPageObj_GetMatrix, c_int)
font = _lean(raw.FPDFTextObj_GetFont, c_size_t)
_font_data = _lean(raw.FPDFFont_GetFontData, c_int)
_font_size = _lean(raw.FPDFTextObj_GetFontSize, c_int)
_draw_mode = _lean(raw.FPDFPath_GetDrawMode, c_int)
_stroke_width = _lean(raw.FPDFPageObj_GetStrokeWidth, c_int)
line_join = _lean(raw.FPDFPageObj_GetLineJoin, c_int)
count_segments = _lean(raw.FPDFPath_CountSegments, c_int)
path_segment = _lean(raw.FPDFPath_GetPathSegment, c_size_t)
count_parts = _lean(raw.FPDFFormObj_CountObjects, c_int)
part_at = _lean(raw.FPDFFormObj_GetObject, c_size_t)
_object_text = _lean(raw.FPDFTextObj_GetText, c_ulong)
text_object_at = _lean(raw.FPDFText_GetTextObject, c_size_t)
unicode_at = _lean(raw.FPDFText_GetUnicode, c_uint)
is_unnamed = _lean(raw.FPDFText_HasUnicodeMapError, c_int)  # -1 where there is no character
tight_box = _lean(raw.FPDFText_GetCharBox, c_int)  # left, right, bottom, top: doubles
is_generated = _lean(raw.FPDFText_IsGenerated, c_int)
_loose_box = _lean(raw.FPDFText_GetLooseCharBox, c_int)  # left, top, right, bottom: floats
origin = _lean(raw.FPDFText_GetCharOrigin, c_int)
letter_size = _lean(raw.FPDFText_GetFontSize, c_double)

OPAQUE = 255
_TEXT_BYTES = 256
# In the buffer stand a box, a letter size, a colour, and a matrix.
_BOX, _STYLE, _COLOUR, _MATRIX = Struct("4f"), Struct("f4I4f"), Struct("4I"), Struct("6f")
_BOX_AND_STYLE = Struct("4f36s")
_COLOUR_AT, _MATRIX_AT = 20, 36
_TWO = Struct("2i")


class TextStyle(NamedTuple):
    """What the texts of a page mostly have in common."""

    luminance: int | None  # 0 to 255; None where what lies beneath shows through
    width_squared: float  # of the letter size, in points
    height_squared: float


class Gauge:
    """Figures of page objects, through one buffer."""

    def __init__(self) -> None:
        self._buffer = (c_float * 15)()
        cells = [byref(self._buffer, 4 * n) for n in range(15)]
        self._ints = (c_int * 2)()
        self._modes = byref(self._ints), byref(self._ints, 4)
        self._bounds, self._size, self._colour, self._matrix = cells[:4], cells[4], cells[5:9], cells[9]
        self._styles: dict[bytes, TextStyle] = {}

    def box(self, address: int) -> Box:
        """Where an object paints; an empty box where PDFium doesn't know."""
        if not _bounds(address, *self._bounds):
            return 0.0, 0.0, 0.0, 0.0
        box: Box = _BOX.unpack_from(self._buffer)
        return box

    def text(self, address: int) -> tuple[Box, TextStyle] | None:
        """All that decides over a text's ink in one go; None where what lies beneath shows through."""
        if (
            _has_transparency(address)
            or not _fill_colour(address, *self._colour)
            or not _font_size(address, self._size)
            or not _matrix(address, self._matrix)
            or not _bounds(address, *self._bounds)
        ):
            return None
        left, bottom, right, top, figures = _BOX_AND_STYLE.unpack_from(self._buffer)
        style = self._styles.get(figures)
        if style is None:
            size, red, green, blue, alpha, a, b, c, d = _STYLE.unpack(figures)
            lightness = luminance((red, green, blue)) if alpha == OPAQUE else None
            squared = size * size
            style = TextStyle(lightness, squared * (a * a + b * b), squared * (c * c + d * d))
            self._styles[figures] = style
        return (left, bottom, right, top), style

    def luminance(self, address: int) -> int | None:
        """Of an object's fill, 0 to 255; None where it lets through what lies beneath, or has none."""
        if _has_transparency(address) or not _fill_colour(address, *self._colour):
            return None
        red, green, blue, alpha = _COLOUR.unpack_from(self._buffer, _COLOUR_AT)
        return luminance((red, green, blue)) if alpha == OPAQUE else None

    def matrix(self, address: int) -> Matrix:
        """From an object's own coordinates to the page's."""
        _matrix(address, self._matrix)
        matrix: Matrix = _MATRIX.unpack_from(self._buffer, _MATRIX_AT)
        return matrix

    def stroke_width(self, address: int) -> float:
        """Of a path, in its own units."""
        _stroke_width(address, self._size)
        return float(self._buffer[4])

    def draw_mode(self, address: int) -> tuple[int, int]:
        """How a path is filled (0: not at all), and whether it is stroked."""
        if not _draw_mode(address, *self._modes):
            return 1, 1
        fill, stroke = _TWO.unpack_from(self._ints)
        return fill, stroke

    def point(self, segment: int) -> tuple[float, float]:
        """Where a path's segment ends."""
        _segment_point(segment, *self._bounds[:2])
        return self._buffer[0], self._buffer[1]


class LetterBoxes:
    """Boxes that fonts give their characters, empty ones included, through one buffer.

    Args:
        textpage: its address.
    """

    def __init__(self, textpage: int) -> None:
        self._textpage = textpage
        self._floats = (c_float * 4)()
        self._first = byref(self._floats)

    def at(self, index: int) -> Box:
        """As the page is laid out; an empty box where PDFium doesn't know."""
        if not _loose_box(self._textpage, index, self._first):
            return 0.0, 0.0, 0.0, 0.0
        left, top, right, bottom = _BOX.unpack_from(self._floats)
        return left, bottom, right, top


def has_font_file(address: int) -> bool:
    """Whether a font's glyphs come from a font file, the file's own or one that is here."""
    size = c_size_t()
    return bool(_font_data(address, None, c_size_t(0), byref(size))) and bool(size.value)


def text_of(address: int, textpage: int) -> str | None:
    """A text object's characters, those that PDFium adds included; None where there are many."""
    buffer = (c_char * _TEXT_BYTES)()
    size = _object_text(address, c_void_p(textpage), buffer, c_ulong(_TEXT_BYTES))
    return buffer.raw[:size].decode("utf-16-le", "ignore") if size <= _TEXT_BYTES else None
