"""Arithmetic of text spans: which of overlapping ones stay, and whether some lie within others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from shared_code.profile.folding import Span


def apart(preferred: Iterable[Span], others: Iterable[Span] = ()) -> list[Span]:
    """Spans that don't overlap, in order: longer before shorter, and the preferred before the others.

    One of the others takes the place of preferred ones only where it holds them whole.
    """
    kept: list[Span] = []
    for group in (preferred, others):
        for start, end in sorted(set(group), key=lambda span: (span[0] - span[1], span[0])):
            first, last = _overlapped(kept, start, end)
            if all(start <= span[0] and span[1] <= end for span in kept[first:last]):
                kept[first:last] = [(start, end)]
    return kept


def holds(spans: Sequence[Span], parts: Iterable[Span]) -> bool:
    """Whether each of ``parts`` lies within one of ``spans`` (in order, not overlapping)."""
    for start, end in parts:
        place = bisect_right(spans, start, key=lambda span: span[0]) - 1
        if place < 0 or end > spans[place][1]:
            return False
    return True


def _overlapped(spans: Sequence[Span], start: int, end: int) -> tuple[int, int]:
    """The slice of ``spans`` (in order, not overlapping) that ``[start, end)`` overlaps."""
    return bisect_right(spans, start, key=lambda span: span[1]), bisect_left(
        spans, end, key=lambda span: span[0]
    )
