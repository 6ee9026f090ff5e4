"""Which text of a PDF page may leave no ink, judged by the objects that paint the page, without painting it.

Text is beyond doubt only where all of this holds: the file names no state that page objects don't show; the
run is filled, opaque, of normal size, inside the page and inside every clip, which is a plain rectangle;
nothing that covers is painted over it; and its colour is far from that of whatever lies beneath. All other
text is a suspect, and its page gets painted.
"""

from __future__ import annotations

from ctypes import addressof, c_float, c_int, c_size_t, c_uint, c_void_p, cast, create_string_buffer
from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING, NamedTuple

from pypdfium2 import raw

from shared_code.documents import pdf_getters as getters

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

    from shared_code.documents.pdf_state import UnshownState

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points

LEAST_CONTRAST = (
    85  # of 255: between a text's luminance and what lies beneath, where no picture need be painted
)
SMALLEST_POINTS = 2.0
_MOST_OBJECTS = 20_000
_MOST_COMPARISONS = 300_000
_DEEPEST_FORM = 8
_THIN_POINTS = 1.5  # rules, underlines
_MOST_THIN = 3  # more of them over one run may be a hatching
_MOST_LINE_SEGMENTS = 60
_WIDE_STROKE_POINTS = 2.0
_LEAST_OVERLAP_POINTS = 0.5
_FLAT_SHARE = 0.05  # of the letter size: flatter runs come from fonts whose glyphs are empty
_EDGE_TOLERANCE_POINTS = 1.0
_ROW_POINTS = 24.0
_MOST_ROWS = 50
_LETTERS_BYTES = 256
_GIANT_POINTS = 40.0
_PAPER = 255
_PATTERN_STAND_INS = frozenset({191, 255})  # what PDFium reports as the colour of tilings and shadings


@dataclass(slots=True)
class Painting:
    """What paints a page; ``suspects`` are the addresses of text objects that may leave no ink."""

    suspects: set[int] = field(default_factory=set)
    image_area: float = 0.0
    has_image: bool = False


class _Text(NamedTuple):
    address: int
    order: int
    box: Box
    luminance: int


class _Mark(NamedTuple):
    """Something that covers what was painted before it and lies beneath what comes after."""

    order: int
    box: Box
    luminance: int | None  # None where it has no single one
    fills_its_box: bool = False
    is_thin: bool = False


def look_over(page: PdfPage, textpage: PdfTextPage, state: UnshownState) -> Painting:
    """Suspects and pictures of a page, in a file of a certain state."""
    walk = _Walk(textpage, page.get_bbox(), state)
    walk.walk(cast(page.raw, c_void_p).value or 0)
    walk.judge()
    return walk.painting


class _Walk:
    """One walk over a page's objects in the order they paint."""

    def __init__(self, textpage: PdfTextPage, page_box: Box, state: UnshownState) -> None:
        self.painting = Painting()
        self._textpage = cast(textpage.raw, c_void_p).value
        self._page_box = page_box
        self._row_height = max(_ROW_POINTS, (page_box[3] - page_box[1]) / _MOST_ROWS)
        self._smallest = smallest_points(page_box)
        self._state = state
        self._is_doubtful = state.is_decisive
        self._drawn_fonts: dict[int, bool] = {}
        self._texts: list[_Text] = []
        self._marks: list[_Mark] = []
        self._left = _MOST_OBJECTS
        # One buffer each for all objects, with the addresses of its cells.
        self._colour = (c_uint * 4)()
        self._colour_cells = [addressof(self._colour) + 4 * n for n in range(4)]
        self._floats = (c_float * 6)()
        self._float_cells = [addressof(self._floats) + 4 * n for n in range(4)]
        self._ints = (c_int * 2)()
        self._letters = create_string_buffer(_LETTERS_BYTES)

    def walk(self, page: int) -> None:
        """Collect texts and marks."""
        count = getters.count_objects(page)
        self._is_doubtful = self._is_doubtful or count > _MOST_OBJECTS
        for order in range(count):
            address = getters.object_at(page, order)
            kind = getters.type_of(address)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                if self._is_doubtful:
                    self.painting.suspects.add(address)
                else:
                    self._look_at_text(address, order)
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                if not self._is_doubtful:
                    self._look_at_path(address, order)
            else:
                self._look_at_rest(address, kind, order)

    def judge(self) -> None:
        """Compare each text with the marks it lies on or under."""
        if not self._marks:
            self.painting.suspects.update(
                text.address for text in self._texts if _PAPER - text.luminance < LEAST_CONTRAST
            )
            return
        rows: dict[int, list[_Mark]] = {}
        for mark in reversed(self._marks):
            for row in self._rows(mark.box):
                rows.setdefault(row, []).append(mark)
        comparisons = 0
        for text in self._texts:
            spanned = self._rows(text.box)
            marks = rows.get(spanned[0], [])
            if len(spanned) > 1:
                found = {mark for row in spanned for mark in rows.get(row, ())}
                marks = sorted(found, key=lambda mark: -mark.order)
            comparisons += len(marks)
            if comparisons > _MOST_COMPARISONS or _may_vanish(text, marks):
                self.painting.suspects.add(text.address)

    def _rows(self, box: Box) -> range:
        lowest, highest = max(box[1], self._page_box[1]), min(box[3], self._page_box[3])
        first = int(min(lowest, self._page_box[3]) // self._row_height)
        return range(first, max(first, int(highest // self._row_height)) + 1)

    def _look_at_text(self, address: int, order: int) -> None:
        box = self._box(address)
        luminance = self._luminance(address)
        if (
            luminance is None
            or not self._is_filled(address)
            or (self._state.has_drawn_glyphs and self._is_drawn(address))
            or self._is_badly_placed(address, box)
        ):
            if min(box[2] - box[0], box[3] - box[1]) >= _THIN_POINTS:
                self._marks.append(_Mark(order, box, None))
            if self._has_letters(address):
                self.painting.suspects.add(address)
            return
        self._texts.append(_Text(address, order, box, luminance))
        if _PAPER - luminance < LEAST_CONTRAST or box[3] - box[1] > _GIANT_POINTS:
            self._marks.append(_Mark(order, _core(box), None))  # letters that can paint over others

    def _is_filled(self, address: int) -> bool:
        """Whether a text is filled and nothing else; after letters that clip, nothing is beyond doubt."""
        mode = getters.render_mode(address)
        self._is_doubtful = self._is_doubtful or mode >= raw.FPDF_TEXTRENDERMODE_FILL_CLIP
        return bool(mode == raw.FPDF_TEXTRENDERMODE_FILL)

    def _is_drawn(self, address: int) -> bool:
        """Whether a text's font has programs for glyphs, thus no font file."""
        font = getters.font(address)
        if font not in self._drawn_fonts:
            size = c_size_t()
            is_read = getters.font_data(font, None, 0, addressof(size))
            self._drawn_fonts[font] = not is_read or not size.value
        return self._drawn_fonts[font]

    def _is_badly_placed(self, address: int, box: Box) -> bool:
        page = self._page_box
        slack = _EDGE_TOLERANCE_POINTS
        if (
            box[0] < page[0] - slack
            or box[1] < page[1] - slack
            or box[2] > page[2] + slack
            or box[3] > page[3] + slack
        ):
            return True
        if self._is_tiny_or_flat(address, min(box[2] - box[0], box[3] - box[1])):
            return True
        clip = getters.clip_path(address)
        return any(not self._clip_spares(clip, n, box) for n in range(getters.count_clips(clip)))

    def _is_tiny_or_flat(self, address: int, extent: float) -> bool:
        floats = self._floats
        if not getters.font_size(address, self._float_cells[0]):
            return True
        size = abs(floats[0])
        getters.matrix(address, self._float_cells[0])
        wide, high = size * hypot(floats[0], floats[1]), size * hypot(floats[2], floats[3])
        return min(wide, high) < self._smallest or extent < _FLAT_SHARE * high

    def _clip_spares(self, clip: int, index: int, box: Box) -> bool:
        """Whether a clip is an upright rectangle around the box."""
        segments = [
            getters.clip_segment(clip, index, n)
            for n in range(min(getters.count_clip_segments(clip, index), 7))
        ]
        around = self._rectangle(segments)
        return around is not None and _contains(around, box)

    def _look_at_path(self, address: int, order: int) -> None:
        fill, stroke = self._ints[:] if self._read_draw_mode(address) else (1, 1)
        if not fill and not stroke:
            return
        box = self._box(address)
        if min(box[2] - box[0], box[3] - box[1]) < _THIN_POINTS:
            self._marks.append(_Mark(order, box, None, is_thin=True))
        elif not fill:
            self._marks += self._strokes(address, order, box)
        elif stroke:
            self._marks.append(_Mark(order, box, None))
        else:
            luminance = self._luminance(address)
            if self._state.has_patterns and luminance in _PATTERN_STAND_INS:
                luminance = None
            fills = (
                luminance is not None
                and getters.count_clips(getters.clip_path(address)) <= 0
                and self._is_upright(address)
            )
            self._marks.append(_Mark(order, box, luminance, fills_its_box=fills))

    def _read_draw_mode(self, address: int) -> bool:
        cells = addressof(self._ints)
        return bool(getters.draw_mode(address, cells, cells + 4))

    def _strokes(self, address: int, order: int, box: Box) -> list[_Mark]:
        """A line's own marks: a frame covers its edges, not what it holds."""
        count = getters.count_segments(address)
        segments = [getters.path_segment(address, n) for n in range(min(count, _MOST_LINE_SEGMENTS + 1))]
        kinds = [getters.segment_type(segment) for segment in segments]
        if count > _MOST_LINE_SEGMENTS or kinds.count(raw.FPDF_SEGMENT_MOVETO) > 1:
            return [_Mark(order, box, None)]
        getters.stroke_width(address, self._float_cells[0])
        width = self._floats[0]
        getters.matrix(address, self._float_cells[0])
        a, b, c, d, e, f = self._floats
        width *= max(hypot(a, b), hypot(c, d))
        if width < _WIDE_STROKE_POINTS:
            return [_Mark(order, box, None, is_thin=True)]
        if raw.FPDF_SEGMENT_BEZIERTO in kinds:
            return [_Mark(order, box, None)]
        corners = [(a * x + c * y + e, b * x + d * y + f) for x, y in map(self._point, segments)]
        half = width / 2
        return [
            _Mark(
                order,
                (
                    min(p[0], q[0]) - half,
                    min(p[1], q[1]) - half,
                    max(p[0], q[0]) + half,
                    max(p[1], q[1]) + half,
                ),
                None,
            )
            for p, q in pairwise([*corners, corners[0]])
        ]

    def _point(self, segment: int) -> tuple[float, float]:
        getters.segment_point(segment, self._float_cells[0], self._float_cells[1])
        return self._floats[0], self._floats[1]

    def _is_upright(self, address: int) -> bool:
        """Whether a path is a rectangle that its matrix doesn't turn."""
        count = getters.count_segments(address)
        if (
            not 4 <= count <= 6
            or self._rectangle([getters.path_segment(address, n) for n in range(count)]) is None
        ):
            return False
        getters.matrix(address, self._float_cells[0])
        a, b, c, d = self._floats[:4]
        return b == c == 0 or a == d == 0

    def _rectangle(self, segments: list[int]) -> Box | None:
        """The rectangle a path goes around, or None where it is anything else."""
        if not 4 <= len(segments) <= 6:
            return None
        corners: list[tuple[float, float]] = []
        for segment in segments:
            if getters.segment_type(segment) == raw.FPDF_SEGMENT_BEZIERTO:
                return None
            corners.append(self._point(segment))
        xs, ys = {x for x, _ in corners}, {y for _, y in corners}
        if len(xs) != 2 or len(ys) != 2 or len(set(corners)) != 4:
            return None
        if any(p[0] != q[0] and p[1] != q[1] for p, q in pairwise(corners)):
            return None
        return min(xs), min(ys), max(xs), max(ys)

    def _look_at_rest(self, address: int, kind: int, order: int) -> None:
        """Pictures, shadings, and forms; what stands inside a form is always in doubt."""
        box = self._box(address)
        self._marks.append(_Mark(order, box, None))
        if kind == raw.FPDF_PAGEOBJ_IMAGE or (kind == raw.FPDF_PAGEOBJ_FORM and self._look_into(address, 1)):
            self.painting.has_image = True
            self.painting.image_area += max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)

    def _look_into(self, form: int, depth: int) -> bool:
        """Every text in a form is a suspect; returns whether there is a picture in it."""
        has_image = False
        for index in range(min(getters.count_parts(form), self._left)):
            self._left -= 1
            part = getters.part_at(form, index)
            kind = getters.type_of(part)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self.painting.suspects.add(part)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                has_image = True
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
                has_image = self._look_into(part, depth + 1) or has_image
        return has_image

    def _box(self, address: int) -> Box:
        left, bottom, right, top = self._float_cells
        if not getters.bounds(address, left, bottom, right, top):
            return 0.0, 0.0, 0.0, 0.0
        floats = self._floats
        return floats[0], floats[1], floats[2], floats[3]

    def _luminance(self, address: int) -> int | None:
        """Of an object's fill, 0 to 255; None where it lets through what lies beneath, or has none."""
        if getters.has_transparency(address) or not getters.fill_colour(address, *self._colour_cells):
            return None
        red, green, blue, alpha = self._colour
        return (299 * red + 587 * green + 114 * blue) // 1000 if alpha == 255 else None

    def _has_letters(self, address: int) -> bool:
        """Signs and spaces are flat without being hidden."""
        size = getters.object_text(address, self._textpage, addressof(self._letters), _LETTERS_BYTES)
        text = self._letters.raw[:size].decode("utf-16-le", "ignore")
        return size > _LETTERS_BYTES or any(map(str.isalnum, text))


def smallest_points(page_box: Box) -> float:
    """Height below which letters are too small to read; pages of a large user unit have small numbers."""
    return min(SMALLEST_POINTS, (page_box[3] - page_box[1]) / 400)


def _core(box: Box) -> Box:
    inset = 0.2 * (box[3] - box[1])
    return box[0], box[1] + inset, box[2], box[3] - inset


def _contains(outer: Box, inner: Box) -> bool:
    slack = _LEAST_OVERLAP_POINTS
    return (
        outer[0] <= inner[0] + slack
        and outer[1] <= inner[1] + slack
        and outer[2] >= inner[2] - slack
        and outer[3] >= inner[3] - slack
    )


def _may_vanish(text: _Text, marks: list[_Mark]) -> bool:
    """Whether one of the marks, the latest first, can hide the text."""
    thin = 0
    for mark in marks:
        if mark.order == text.order or not _touches(mark, text.box):
            continue
        if mark.is_thin:
            thin += 1
            if thin > _MOST_THIN:
                return True
        elif (
            mark.order > text.order
            or mark.luminance is None
            or abs(mark.luminance - text.luminance) < LEAST_CONTRAST
        ):
            return True
        elif mark.fills_its_box and _contains(mark.box, text.box):
            return False
    return _PAPER - text.luminance < LEAST_CONTRAST


def _touches(mark: _Mark, box: Box) -> bool:
    left, bottom, right, top = mark.box
    least = 0.0 if mark.is_thin else _LEAST_OVERLAP_POINTS
    return (
        left < box[2] - least and right > box[0] + least and bottom < box[3] - least and top > box[1] + least
    )
