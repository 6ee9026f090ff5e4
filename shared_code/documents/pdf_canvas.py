"""The part of a page that is in doubt, painted in grey, and what its pixels say about a box on it."""

from __future__ import annotations

from ctypes import byref, c_char, c_void_p, cast
from math import sqrt
from operator import sub
from typing import TYPE_CHECKING

from pypdfium2 import PdfiumError, raw

from shared_code.documents.pdf_getters import Box
from shared_code.documents.pdf_words import area, union
from shared_code.documents.visibility import LEAST_LIGHTNESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pypdfium2 import PdfPage

_PIXELS_PER_POINT = 100 / 72
_LEAST_LONG_SIDE_PIXELS = 1_100  # pages of a large user unit have few points
_LEAST_CHANGED = 0.03  # share of a word's pixels; letters fill 10 % and more of their boxes
_LEAST_SPREAD = 40  # of 255: letters in the picture under a recognised word
_FLAGS = raw.FPDF_ANNOT | raw.FPDF_GRAYSCALE
_LEAST_BOX_PIXELS = 1.0

Rows = list[bytes]


class Canvas:
    """The part of a page that holds the suspects, painted in grey as often as asked."""

    def __init__(self, page: PdfPage, boxes: list[Box], max_pixels: int) -> None:
        self._page = page
        width, height = page.get_size()
        left, top, right, bottom = union(boxes)
        self._left, self._top = max(left - 1, 0.0), max(top - 1, 0.0)
        wide, high = min(right + 1, width) - self._left, min(bottom + 1, height) - self._top
        scale = max(_PIXELS_PER_POINT, _LEAST_LONG_SIDE_PIXELS / max(width, height, 1.0))
        self._scale = min(scale, sqrt(max_pixels / max(wide * high, 1e-6)))
        self.width = min(max(int(wide * self._scale) + 1, 1), max_pixels)
        self.height = min(max(int(high * self._scale) + 1, 1), max(max_pixels // self.width, 1))
        # Letters smaller than pixels leave a lighter grey.
        self._least = max(2, round(LEAST_LIGHTNESS * min(1.0, self._scale)))

    def paint(self, flags: int = _FLAGS) -> Rows:
        """Rows of grey pixels, from the top."""
        bitmap = raw.FPDFBitmap_CreateEx(self.width, self.height, raw.FPDFBitmap_Gray, None, 0)
        if not bitmap:
            raise PdfiumError("No memory for the page's pixels.")
        try:
            raw.FPDFBitmap_FillRect(bitmap, 0, 0, self.width, self.height, 0xFFFFFFFF)
            scale = self._scale
            matrix = raw.FS_MATRIX(scale, 0, 0, scale, -self._left * scale, -self._top * scale)
            clip = raw.FS_RECTF(0, 0, self.width, self.height)
            raw.FPDF_RenderPageBitmapWithMatrix(bitmap, self._page, byref(matrix), byref(clip), flags)
            stride = raw.FPDFBitmap_GetStride(bitmap)
            start = cast(raw.FPDFBitmap_GetBuffer(bitmap), c_void_p).value or 0
            pixels = bytes((c_char * (stride * self.height)).from_address(start))
        finally:
            raw.FPDFBitmap_Destroy(bitmap)
        return [pixels[y * stride : y * stride + self.width] for y in range(self.height)]

    def paint_without(self, addresses: Iterable[int]) -> Rows:
        """The same without some objects."""
        objects = [cast(address, raw.FPDF_PAGEOBJECT) for address in addresses]
        for page_object in objects:
            raw.FPDFPageObj_SetIsActive(page_object, False)
        try:
            return self.paint()
        finally:
            for page_object in objects:
                raw.FPDFPageObj_SetIsActive(page_object, True)

    @property
    def pixels_per_point(self) -> float:
        """How fine it is."""
        return float(self._scale)

    def can_tell(self, box: Box) -> bool:
        """Whether a box is large enough to leave a trace; of a huge sheet painted small, some aren't."""
        longer_side = max(box[2] - box[0], box[3] - box[1])
        return bool(longer_side * self._scale >= _LEAST_BOX_PIXELS)

    def differs(self, one: Rows, other: Rows, around: Box, boxes: Sequence[Box]) -> bool:
        """Whether enough pixels inside a word's boxes differ; ``around`` is the box around them."""
        if len(boxes) > 1 and area(around) < 2.5 * sum(map(area, boxes)):
            boxes = (around,)  # not so for turned words, whose boxes are a stair
        areas = [self._pixels(box) for box in boxes]
        pixels = sum((columns.stop - columns.start) * len(rows) for columns, rows in areas)
        enough = max(_LEAST_CHANGED * pixels, 1)
        changed = 0
        for columns, rows in areas:
            for y in rows:
                before, after = one[y][columns], other[y][columns]
                if before != after:
                    changed += sum(map(self._least.__le__, map(abs, map(sub, before, after))))
                    if changed >= enough:
                        return True
        return False

    def spreads(self, rows: Rows, box: Box) -> bool:
        """Whether there are light and dark pixels in and close to a box; recognised words lie a bit off."""
        slack = 0.5 * (box[3] - box[1])
        columns, lines = self._pixels((box[0], box[1] - slack, box[2], box[3] + slack))
        inside = [rows[y][columns] for y in lines]
        lowest = min((min(row) for row in inside if row), default=0)
        return max((max(row) for row in inside if row), default=0) - lowest >= _LEAST_SPREAD

    def luminance(self, rows: Rows, box: Box) -> int:
        """In the middle of a box."""
        columns, lines = self._pixels(box)
        row = rows[lines[len(lines) // 2]][columns] if lines else b""
        return row[len(row) // 2] if row else 255

    def crop(self, rows: Rows, box: Box) -> Rows:
        """The rows of a box, as far as it is on the canvas."""
        columns, lines = self._pixels(box)
        return [rows[y][columns] for y in lines]

    def _pixels(self, box: Box) -> tuple[slice, range]:
        """Columns and rows of a box, at least one of each as long as it is on the canvas."""
        left, right = ((x - self._left) * self._scale for x in (box[0], box[2]))
        top, bottom = ((y - self._top) * self._scale for y in (box[1], box[3]))
        columns = slice(max(int(left), 0), max(min(int(right) + 1, self.width), 0))
        return columns, range(max(int(top), 0), max(min(int(bottom) + 1, self.height), 0))
