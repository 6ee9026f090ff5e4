"""Which text of a PDF page may leave no ink, judged by the objects that paint the page, without painting it.

Text is beyond doubt only where all of this holds: the file names no state that page objects don't show; the
run is filled, opaque, of normal size, inside the page and inside every clip, which is a plain rectangle;
nothing that covers is painted over it; and its colour is far from that of whatever lies beneath. All other
text is a suspect, and its page gets painted.
"""

from __future__ import annotations

from ctypes import c_void_p, cast
from dataclasses import dataclass, field
from itertools import repeat
from math import isfinite
from typing import TYPE_CHECKING

from pypdfium2 import raw

from shared_code.documents import pdf_getters as getters
from shared_code.documents.pdf_getters import Box, Gauge
from shared_code.documents.pdf_marks import PATTERN_STAND_INS, Mark, Paths
from shared_code.documents.visibility import SMALLEST_POINTS

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

    from shared_code.documents.pdf_state import UnshownState

LEAST_CONTRAST = (
    85  # of 255: between a text's luminance and what lies beneath, where no picture need be painted
)
_MOST_OBJECTS = 20_000
_MOST_COMPARISONS = 300_000
_DEEPEST_FORM = 8
_FARTHEST_OVERHANG_POINTS = 200.0
_LEAST_COVER_POINTS = 1.5  # of a text's box that may cover another text
_FLAT_SHARE_SQUARED = 0.05**2  # of the letter size: flatter runs come from fonts whose glyphs are empty
_EDGE_TOLERANCE_POINTS = 1.0
_ROW_POINTS = 24.0
_MOST_ROWS = 50
_GIANT_POINTS = 40.0
_PAPER = 255
_CLIP_SLACK_POINTS = 0.5
# Of the shorter side of a text's box: what lines, and marks that graze its edge, may take together.
_MOST_STRUCK_SHARE = 0.3
_LEAST_STRUCK_POINTS = 0.5

# Address, order, left, bottom, right, top, luminance, and the shorter side of the box. There are thousands,
# hence no class.
_Text = tuple[int, int, float, float, float, float, int, float]
_Strip = tuple[float, float]


@dataclass(slots=True)
class Painting:
    """What paints a page; ``suspects`` are the addresses of text objects that may leave no ink.

    ``pictured`` are those of them that lie wholly under a picture. With ``has_spikes`` a line may jut far out
    of its box, and PDFium paints what is in the box alone unless the whole page is painted.
    """

    suspects: set[int] = field(default_factory=set)
    pictured: set[int] = field(default_factory=set)
    has_spikes: bool = False
    image_area: float = 0.0
    has_image: bool = False


def look_over(page: PdfPage, state: UnshownState) -> Painting:
    """Suspects and pictures of a page, in a file of a certain state."""
    walk = _Walk(page.get_bbox(), state)
    walk.walk(cast(page.raw, c_void_p).value or 0)
    walk.judge()
    return walk.painting


class _Walk:
    """One walk over a page's objects in the order they paint."""

    def __init__(self, page_box: Box, state: UnshownState) -> None:
        self.painting = Painting()
        slack = _EDGE_TOLERANCE_POINTS
        self._limits = page_box[0] - slack, page_box[1] - slack, page_box[2] + slack, page_box[3] + slack
        self._row_height = max(_ROW_POINTS, (page_box[3] - page_box[1]) / _MOST_ROWS)
        self._smallest_squared = smallest_points(page_box) ** 2
        self._has_patterns = state.has_patterns
        self._has_drawn_glyphs = state.has_drawn_glyphs
        self._is_doubtful = state.is_decisive or not all(map(isfinite, page_box))
        self._drawn_fonts: dict[int, bool] = {}
        self._sparing_clips: dict[int, Box | None] = {}
        self._texts: list[_Text] = []
        self._marks: list[Mark] = []
        self._pictures: set[int] = set()  # orders
        self._left = _MOST_OBJECTS
        self._gauge = Gauge()
        self._paths = Paths(self._gauge, has_patterns=state.has_patterns)

    def walk(self, page: int) -> None:
        """Collect texts and marks."""
        count = getters.count_objects(page)
        self._is_doubtful = self._is_doubtful or count > _MOST_OBJECTS
        objects = list(map(getters.object_at, repeat(page), range(count)))
        for order, (address, kind) in enumerate(zip(objects, map(getters.type_of, objects), strict=True)):
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

    # Texts

    def _look_at_text(self, address: int, order: int) -> None:
        mode = getters.render_mode(address)
        figures = self._gauge.text(address)
        if figures is None or mode != raw.FPDF_TEXTRENDERMODE_FILL:
            # After letters that clip, nothing is beyond doubt.
            self._is_doubtful = self._is_doubtful or mode >= raw.FPDF_TEXTRENDERMODE_FILL_CLIP
            self._suspect(address, order, self._gauge.box(address))
            return
        box, (luminance, width_squared, height_squared) = figures
        left, bottom, right, top = box
        wide, high = right - left, top - bottom
        extent = wide if wide < high else high
        page_left, page_bottom, page_right, page_top = self._limits
        smallest = self._smallest_squared
        if luminance is None or not (  # said so that a figure that is no number fails it
            page_left <= left
            and page_bottom <= bottom
            and right <= page_right
            and top <= page_top
            and width_squared >= smallest <= height_squared
            and extent * extent >= _FLAT_SHARE_SQUARED * height_squared
            and not (self._has_patterns and luminance in PATTERN_STAND_INS)
            and not (self._has_drawn_glyphs and self._is_drawn(address))
            and self._is_spared(address, box)
        ):
            self._suspect(address, order, box)
            return
        self._texts.append((address, order, left, bottom, right, top, luminance, extent))
        if luminance > _PAPER - LEAST_CONTRAST or high > _GIANT_POINTS:
            inset = 0.2 * high  # letters that can paint over others
            self._marks.append((order, left, bottom + inset, right, top - inset, 0))

    def _suspect(self, address: int, order: int, box: Box) -> None:
        self.painting.suspects.add(address)
        if not min(box[2] - box[0], box[3] - box[1]) < _LEAST_COVER_POINTS:
            self._marks.append((order, *box, 0))

    def _is_drawn(self, address: int) -> bool:
        """Whether a text's font has programs for glyphs, thus no font file."""
        font = getters.font(address)
        if font not in self._drawn_fonts:
            self._drawn_fonts[font] = not getters.has_font_file(font)
        return self._drawn_fonts[font]

    def _is_spared(self, address: int, box: Box) -> bool:
        """Whether each clip of an object is an upright rectangle around its box."""
        clip = getters.clip_path(address)
        count = getters.count_clips(clip)
        return count <= 0 or all(self._clip_spares(clip, n, box) for n in range(count))

    def _clip_spares(self, clip: int, index: int, box: Box) -> bool:
        count = getters.count_clip_segments(clip, index)
        if not 4 <= count <= 6:
            return False
        first = getters.clip_segment(clip, index, 0)
        if first not in self._sparing_clips:  # objects share the points of a clip they have in common
            segments = [first, *(getters.clip_segment(clip, index, n) for n in range(1, count))]
            self._sparing_clips[first] = self._paths.rectangle(segments)
        around = self._sparing_clips[first]
        return around is not None and _contains(around, box, _CLIP_SLACK_POINTS)

    # Paths, pictures and forms

    def _look_at_path(self, address: int, order: int) -> None:
        left, bottom, right, top = self._gauge.box(address)
        overhang = self._paths.overhang(address)
        if overhang < _FARTHEST_OVERHANG_POINTS:
            mark = order, left - overhang, bottom - overhang, right + overhang, top + overhang, address
            self._marks.append(mark)
        else:
            self._marks.append((order, *self._limits, 0))
            self.painting.has_spikes = True

    def _look_at_rest(self, address: int, kind: int, order: int) -> None:
        """Pictures, shadings, and forms; what stands inside a form is always in doubt."""
        box = self._gauge.box(address)
        self._marks.append((order, *box, 0))
        if kind == raw.FPDF_PAGEOBJ_IMAGE or (kind == raw.FPDF_PAGEOBJ_FORM and self._look_into(address, 1)):
            self.painting.has_image = True
            self._pictures.add(order)
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

    # Judgement

    def judge(self) -> None:
        """Compare each text with the marks it lies on or under."""
        suspects = self.painting.suspects
        if self._is_doubtful:
            suspects.update(text[0] for text in self._texts)
            return
        rows = self._rows_of_marks()
        spans: dict[tuple[float, float], list[Mark]] = {}
        height = self._row_height
        none: list[Mark] = []
        comparisons = 0
        for text in self._texts:
            address, _, left, bottom, right, top, luminance, _ = text
            first, last = bottom // height, top // height
            marks = rows.get(first, none) if first == last else spans.get((first, last))
            if marks is None:
                found = {mark for row in range(int(first), int(last) + 1) for mark in rows.get(row, none)}
                marks = spans[first, last] = sorted(found, reverse=True)
            if marks:
                comparisons += len(marks)
                marks = [
                    m for m in marks if not (m[1] >= right or m[3] <= left or m[2] >= top or m[4] <= bottom)
                ]
            if marks:
                if comparisons > _MOST_COMPARISONS or self._may_vanish(text, marks):
                    suspects.add(address)
                    if any(self._is_picture_over(mark, text) for mark in marks):
                        self.painting.pictured.add(address)
            elif _PAPER - luminance < LEAST_CONTRAST:
                suspects.add(address)

    def _is_picture_over(self, mark: Mark, text: _Text) -> bool:
        order = mark[0]
        return order in self._pictures and order > text[1] and _contains(mark[1:5], text[2:6], 0.0)

    def _rows_of_marks(self) -> dict[float, list[Mark]]:
        """Marks by the rows of the page they lie in, the latest first; a text overhangs by a tolerance."""
        rows: dict[float, list[Mark]] = {}
        height = self._row_height
        _, page_bottom, _, page_top = self._limits
        for mark in reversed(self._marks):
            bottom, top = mark[2], mark[4]
            lowest = (bottom if bottom > page_bottom else page_bottom) // height
            highest = (top if top < page_top else page_top) // height
            for row in (lowest,) if lowest == highest else range(int(lowest), int(highest) + 1):
                if row in rows:
                    rows[row].append(mark)
                else:
                    rows[row] = [mark]
        return rows

    def _may_vanish(self, text: _Text, marks: list[Mark]) -> bool:
        """Whether one of the marks that touch a text, the latest first, can hide it."""
        _, order, left, bottom, right, top, luminance, extent = text
        most = max(_MOST_STRUCK_SHARE * extent, _LEAST_STRUCK_POINTS)
        rows: list[_Strip] = []
        columns: list[_Strip] = []
        slanting = 0.0
        for mark in marks:
            if mark[0] == order:
                continue
            for paint in self._paths.paints(mark):
                p_left, p_bottom, p_right, p_top, beneath, fills_its_box, thickness = paint
                if p_left >= right or p_right <= left or p_bottom >= top or p_top <= bottom:
                    continue
                if (
                    beneath is not None
                    and mark[0] < order
                    and (beneath - luminance >= LEAST_CONTRAST or luminance - beneath >= LEAST_CONTRAST)
                ):
                    if fills_its_box and _contains(paint[:4], text[2:6], _CLIP_SLACK_POINTS):
                        return False
                    continue
                low, high = max(p_bottom, bottom), min(p_top, top)
                first, last = max(p_left, left), min(p_right, right)
                narrow = min(high - low, last - first)
                if thickness and not narrow <= 1.01 * thickness:
                    slanting += thickness
                elif high - low <= last - first:
                    rows = _with_strip(rows, low, high)
                else:
                    columns = _with_strip(columns, first, last)
                if not slanting + sum(high - low for low, high in (*rows, *columns)) <= most:
                    return True
        return _PAPER - luminance < LEAST_CONTRAST


def _with_strip(strips: list[_Strip], low: float, high: float) -> list[_Strip]:
    """Strips that don't overlap, with one more: the pieces of an underline are one."""
    apart = []
    for strip in strips:
        if strip[1] < low or strip[0] > high:
            apart.append(strip)
        else:
            low, high = min(low, strip[0]), max(high, strip[1])
    return [*apart, (low, high)]


def smallest_points(page_box: Box) -> float:
    """Height below which letters are too small to read; pages of a large user unit have small numbers."""
    return min(SMALLEST_POINTS, (page_box[3] - page_box[1]) / 400)


def _contains(outer: Box, inner: Box, slack: float) -> bool:
    return (
        outer[0] <= inner[0] + slack
        and outer[1] <= inner[1] + slack
        and outer[2] >= inner[2] - slack
        and outer[3] >= inner[3] - slack
    )
