"""The order in which to read a page that was not written in it.

The order in which a page was written is nearly always the one to read it in, and better than any guess.
Design programs, though, write their text boxes in the order of editing: all headings first, the phone number
between two jobs. What gives that away is a line above the one before it in the same column. Such a page, and
only such, is put in order: by its blocks, which are what was written at one go, and the white between them.

The cut along the white is Nagy's and Seth's (1984). Columns go before rows, but a row of its own that spans
the columns parts them into those above and those below; and dates beside their entries are no column.
"""

from __future__ import annotations

import re
from ctypes import c_void_p, cast
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from shared_code.documents import pdf_getters as getters
from shared_code.documents.pdf_getters import Box
from shared_code.documents.pdf_words import union

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pypdfium2 import PdfTextPage

_MOST_LINES = 1_000
_DEEPEST_CUT = 12
_LEAST_SHARED = 0.3  # of the narrower of two lines in one column
_SAME_LINE = 0.5  # of the lower of two pieces of one line
_WIDEST_SPACE = 3.0  # of a line's height: pieces further apart were not written as one
_WIDEST_LEADING = 1.28  # of a line's height, from one line to the next of its paragraph
_DEEPEST_OVERLAP = 0.6
_GUTTER_POINTS = 8.0
_LEAST_COLUMN_LINES = 3
_MOST_DATE_LINES = 3
_LEAST_DATES = 2
_DATED_SHARE = 0.6  # of the blocks of a column that holds the dates of another
_YEAR = re.compile(r"(?:19|20)\d\d")


class Line(NamedTuple):
    """Characters ``start`` to ``end`` of a page, and the box around the first and the last of them."""

    start: int
    end: int
    box: Box


class _Block(NamedTuple):
    lines: tuple[Line, ...]
    box: Box


def reading_spans(textpage: PdfTextPage, text: str) -> list[tuple[int, int]] | None:
    """Spans of characters in the order to read them, or None where that is the order they have.

    Args:
        textpage: of the page.
        text: of the same page. Where it was put right, thus longer or shorter, the page's own counts.
    """
    count = textpage.count_chars()
    if len(text) != count:
        text = textpage.get_text_range()
    if len(text) != count:  # a character of several: where a line begins can't be told
        return None
    spans = _line_spans(text)
    box_of = getters.LetterBoxes(cast(textpage.raw, c_void_p).value or 0).at
    beginnings = [box_of(start) for start, _ in spans]
    if len(spans) > _MOST_LINES or not any(
        after[1] > before[3] - 1 for before, after in pairwise(beginnings)
    ):
        return None
    lines = [
        Line(start, end, union((beginning, box_of(end - 1))))
        for (start, end), beginning in zip(spans, beginnings, strict=True)
    ]
    ordered = better_order(lines, text)
    return None if ordered is None else [(block[0].start, block[-1].end) for block in ordered]


def better_order(lines: Sequence[Line], text: str) -> list[tuple[Line, ...]] | None:
    """Lines by blocks in the order to read them; None where it is no better than the one they have.

    Args:
        lines: in the order they were written in.
        text: that their ``start`` and ``end`` count in.
    """
    if not disorder(lines):
        return None
    ordered = in_reading_order(lines, text)
    is_better = _jumps([line for block in ordered for line in block]) < _jumps(lines)
    return ordered if is_better else None


def _jumps(lines: Sequence[Line]) -> int:
    """How many lines stand above or beside the one before them."""
    beside = sum(not _shares_column(before.box, after.box) for before, after in pairwise(lines))
    return disorder(lines) + beside


def disorder(lines: Sequence[Line]) -> int:
    """How many lines stand above the one before them, in its column."""
    return sum(
        after.box[1] > before.box[3] - 1 and _shares_column(before.box, after.box)
        for before, after in pairwise(lines)
    )


def in_reading_order(lines: Sequence[Line], text: str) -> list[tuple[Line, ...]]:
    """Lines by the blocks they were written in, and these by their places.

    Args:
        lines: in the order they were written in.
        text: that their ``start`` and ``end`` count in.
    """
    return [block.lines for block in _ordered(_blocks(lines), text, 0)]


# Lines and blocks


def _line_spans(text: str) -> list[tuple[int, int]]:
    """Where the lines that hold anything begin and end."""
    spans = []
    start = 0
    for line in text.split("\n"):
        if filled := line.strip():
            begin = start + line.index(filled[0])
            spans.append((begin, begin + len(filled)))
        start += len(line) + 1
    return spans


def _blocks(lines: Sequence[Line]) -> list[_Block]:
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _goes_on(groups[-1][-1].box, line.box):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_Block(tuple(group), union(line.box for line in group)) for group in groups]


def _goes_on(before: Box, after: Box) -> bool:
    """Whether a line is the next of a paragraph, or a piece of the same line."""
    heights = before[3] - before[1], after[3] - after[1]
    height = max(heights)
    if min(before[3], after[3]) - max(before[1], after[1]) > _SAME_LINE * min(heights):
        return -1 <= after[0] - before[2] < _WIDEST_SPACE * height
    gap = before[1] - after[3]
    is_next = after[3] <= before[3] and -_DEEPEST_OVERLAP * height < gap < _WIDEST_LEADING * height
    return is_next and _shares_column(before, after)


def _shares_column(one: Box, other: Box) -> bool:
    shared = min(one[2], other[2]) - max(one[0], other[0])
    return shared > _LEAST_SHARED * min(one[2] - one[0], other[2] - other[0])


# Cuts


def _ordered(blocks: Sequence[_Block], text: str, depth: int) -> list[_Block]:
    from_the_top = sorted(blocks, key=lambda block: (-block.box[3], block.box[0]))
    if len(blocks) < 2 or depth == _DEEPEST_CUT:
        return from_the_top
    columns = _columns(blocks)
    if len(columns) > 1 and not _has_dates_beside(columns, text):
        parts = columns
    else:
        parts = _rows(from_the_top)
        if len(columns) == 1:
            parts = _bands(parts)
        if len(parts) == 1:
            parts = columns
    if len(parts) == 1:
        return from_the_top
    return [block for part in parts for block in _ordered(part, text, depth + 1)]


def _columns(blocks: Sequence[_Block]) -> list[list[_Block]]:
    from_the_left = sorted(blocks, key=lambda block: block.box[0])
    columns, end = [[from_the_left[0]]], from_the_left[0].box[2]
    for block in from_the_left[1:]:
        if block.box[0] - end >= _GUTTER_POINTS:
            columns.append([block])
        else:
            columns[-1].append(block)
        end = max(end, block.box[2])
    return columns


def _rows(from_the_top: Sequence[_Block]) -> list[list[_Block]]:
    rows, end = [[from_the_top[0]]], from_the_top[0].box[1]
    for block in from_the_top[1:]:
        if block.box[3] <= end:
            rows.append([block])
        else:
            rows[-1].append(block)
        end = min(end, block.box[1])
    return rows


def _bands(rows: Sequence[list[_Block]]) -> list[list[_Block]]:
    """Rows, those put together whose columns run through them."""
    bands = [rows[0]]
    for row in rows[1:]:
        both = bands[-1] + row
        columns = _columns(both)
        are_columns = len(columns) > 1 and all(
            sum(len(block.lines) for block in column) >= _LEAST_COLUMN_LINES for column in columns
        )
        if are_columns:
            bands[-1] = both
        else:
            bands.append(row)
    return bands


def _has_dates_beside(columns: Sequence[Sequence[_Block]], text: str) -> bool:
    return len(columns) == 2 and any(_is_of_dates(column, text) for column in columns)


def _is_of_dates(column: Sequence[_Block], text: str) -> bool:
    dated = sum(
        len(block.lines) <= _MOST_DATE_LINES
        and bool(_YEAR.search(text, block.lines[0].start, block.lines[-1].end))
        for block in column
    )
    return dated >= _LEAST_DATES and dated >= _DATED_SHARE * len(column)
