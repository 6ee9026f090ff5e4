"""What paints over text or lies beneath it: marks, and of paths a closer look where text touches them."""

from __future__ import annotations

from itertools import pairwise
from math import hypot, inf, sqrt
from typing import NamedTuple

from pypdfium2 import raw

from shared_code.documents import pdf_getters as getters
from shared_code.documents.pdf_getters import Box, Gauge, Matrix

_THIN_POINTS = 1.5  # rules, underlines
_WIDE_STROKE_POINTS = 2.0
_MOST_LINE_SEGMENTS = 60
_HAIRLINE_POINTS = 0.5
_FEWEST_OF_CORNER = 3  # points
_MOST_CORNERS = 400
_SHARP = 0.01  # squared sine of half a corner's angle, at which a mitre is ten times the stroke's width
_BLUNT_JOINS = frozenset({raw.FPDF_LINEJOIN_ROUND, raw.FPDF_LINEJOIN_BEVEL})
_CROSSINGS_OF_CURVE = 3  # of one line of text
_POINTS_OF_CURVE = 3  # after its first
PATTERN_STAND_INS = frozenset({191, 255})  # what PDFium reports as the colour of tilings and shadings


# Order of painting, left, bottom, right, top, and a path's address, or 0 where the box may hold anything.
# There may be thousands, hence no class.
Mark = tuple[int, float, float, float, float, int]


class Paint(NamedTuple):
    """What a mark paints in a box."""

    left: float
    bottom: float
    right: float
    top: float
    luminance: int | None = None  # None where it has no single one
    fills_its_box: bool = False
    thickness: float = 0.0  # points that a line takes away from letters; 0 where it is no line


class Paths:
    """What the paths of one page paint, looked at once each."""

    def __init__(self, gauge: Gauge, *, has_patterns: bool) -> None:
        self._gauge = gauge
        self._has_patterns = has_patterns
        self._paints: dict[int, list[Paint]] = {}

    def paints(self, mark: Mark) -> list[Paint]:
        """Of any mark; most hold a single one, and a path that is neither filled nor stroked none."""
        path = mark[5]
        if not path:
            return [Paint(*mark[1:5])]
        if path not in self._paints:
            self._paints[path] = self._of_path(path, mark[1:5])
        return self._paints[path]

    def overhang(self, address: int) -> float:
        """Points by which a path's mitred corners may jut out of the box that PDFium tells.

        Without bound at sharp ones, because how far a file lets them grow is not told.
        """
        count = getters.count_segments(address)
        if (
            count < _FEWEST_OF_CORNER
            or not self._gauge.draw_mode(address)[1]
            or getters.line_join(address) in _BLUNT_JOINS
        ):
            return 0.0
        sharpest = self._sharpest_corner(address, count) if count <= _MOST_CORNERS else 0.0
        if not sharpest > _SHARP:
            return inf
        width = self._gauge.stroke_width(address)
        matrix = self._gauge.matrix(address)
        return width * max(hypot(*matrix[:2]), hypot(*matrix[2:4])) / 2 / sqrt(sharpest)

    def _sharpest_corner(self, address: int, count: int) -> float:
        """The least squared sine of half an angle between lines; of a curve, between those of its points."""
        greatest = -1.0  # cosine
        start_x = start_y = from_x = from_y = 0.0
        first_x = first_y = last_x = last_y = 0.0  # directions of lines
        for index in range(count):
            segment = getters.path_segment(address, index)
            x, y = self._gauge.point(segment)
            if getters.segment_type(segment) == raw.FPDF_SEGMENT_MOVETO:
                start_x, start_y, from_x, from_y = x, y, x, y
                first_x = first_y = last_x = last_y = 0.0
                continue
            ends = ((x, y), (start_x, start_y)) if getters.segment_closes(segment) else ((x, y),)
            for to_x, to_y in ends:
                along, across = to_x - from_x, to_y - from_y
                if length := hypot(along, across):
                    along, across = along / length, across / length
                    greatest = max(greatest, -(last_x * along + last_y * across))
                    if not first_x and not first_y:
                        first_x, first_y = along, across
                    from_x, from_y, last_x, last_y = to_x, to_y, along, across
            if len(ends) > 1:
                greatest = max(greatest, -(last_x * first_x + last_y * first_y))
        return (1 - greatest) / 2

    def _of_path(self, address: int, box: Box) -> list[Paint]:
        fill, stroke = self._gauge.draw_mode(address)
        if not fill and not stroke:
            return []
        extent = min(box[2] - box[0], box[3] - box[1])
        if extent < _THIN_POINTS:
            slack = _HAIRLINE_POINTS / 2  # what has no width is painted a pixel wide
            around = box[0] - slack, box[1] - slack, box[2] + slack, box[3] + slack
            return [Paint(*around, thickness=extent + _HAIRLINE_POINTS)]
        if not fill:
            return self._strokes(address, box)
        if stroke:
            return [Paint(*box)]
        luminance = self._gauge.luminance(address)
        if self._has_patterns and luminance in PATTERN_STAND_INS:
            luminance = None
        fills = (
            luminance is not None
            and getters.count_clips(getters.clip_path(address)) <= 0
            and self._is_upright(address)
        )
        return [Paint(*box, luminance, fills)]

    def _strokes(self, address: int, box: Box) -> list[Paint]:
        """Each line and curve for itself: a frame covers its edges, not what it holds."""
        count = getters.count_segments(address)
        if count > _MOST_LINE_SEGMENTS:
            return [Paint(*box)]
        width = self._gauge.stroke_width(address)
        matrix = self._gauge.matrix(address)
        width = max(width * max(hypot(*matrix[:2]), hypot(*matrix[2:4])), _HAIRLINE_POINTS)
        if self.overhang(address) > width:
            return [Paint(*box)]
        lines = self._lines([getters.path_segment(address, n) for n in range(count)], matrix)
        return [_stroke(line, width) for line in lines]

    def _lines(self, segments: list[int], matrix: Matrix) -> list[list[tuple[float, float]]]:
        """Lines of two points and curves of four, in points of the page."""
        a, b, c, d, e, f = matrix
        lines: list[list[tuple[float, float]]] = []
        points: list[tuple[float, float]] = []
        curve: list[tuple[float, float]] = []
        for segment in segments:
            kind = getters.segment_type(segment)
            x, y = self._gauge.point(segment)
            point = a * x + c * y + e, b * x + d * y + f
            if kind == raw.FPDF_SEGMENT_MOVETO:
                points = []
            if kind == raw.FPDF_SEGMENT_BEZIERTO:
                curve.append(point)
                if len(curve) < _POINTS_OF_CURVE:
                    continue
            if points:
                lines.append([points[-1], *(curve or [point])])
            curve = []
            points.append(point)
            if getters.segment_closes(segment):
                lines.append([point, points[0]])
        return lines

    def _is_upright(self, address: int) -> bool:
        """Whether a path is a rectangle that its matrix doesn't turn."""
        count = getters.count_segments(address)
        if not 4 <= count <= 6:
            return False
        if self.rectangle([getters.path_segment(address, n) for n in range(count)]) is None:
            return False
        a, b, c, d, _, _ = self._gauge.matrix(address)
        return b == c == 0 or a == d == 0

    def rectangle(self, segments: list[int]) -> Box | None:
        """The rectangle a path goes around, or None where it is anything else."""
        if not 4 <= len(segments) <= 6:
            return None
        corners: list[tuple[float, float]] = []
        for segment in segments:
            if getters.segment_type(segment) == raw.FPDF_SEGMENT_BEZIERTO:
                return None
            corners.append(self._gauge.point(segment))
        xs, ys = {x for x, _ in corners}, {y for _, y in corners}
        if len(xs) != 2 or len(ys) != 2 or len(set(corners)) != 4:
            return None
        if any(p[0] != q[0] and p[1] != q[1] for p, q in pairwise(corners)):
            return None
        return min(xs), min(ys), max(xs), max(ys)


def _stroke(line: list[tuple[float, float]], width: float) -> Paint:
    xs, ys = zip(*line, strict=True)
    half = width / 2
    thickness = 0.0
    if width < _WIDE_STROKE_POINTS:
        thickness = width if len(line) == 2 else width * _CROSSINGS_OF_CURVE
    return Paint(min(xs) - half, min(ys) - half, max(xs) + half, max(ys) + half, thickness=thickness)
