"""Dates as CVs state them: months, precision, and the time that several periods cover together.

A month is an index: ``year * 12 + (month - 1)``. A period is half-open, ``[start, end)``, in months.

How a stated period is counted
------------------------------
Both ends are inclusive months: ``2020-01`` to ``2020-03`` is three months, as LinkedIn and recruiters
count. Days only name their month.

A date that gives only a year stands for the middle of it (1 July), because the true date is as likely
before as after. So 2015 to 2018 is 36 months, the difference of the years; 2015-2018 followed by
2018-2021 neither overlaps nor leaves a gap; and no year-only CV gains or loses half a year on average.
A period within one year (``2016``, or ``2016`` to ``2016``) counts six months, from January.

What must be *certain* is read differently: a gap is one under the widest reading of both periods, an
overlap is one under the narrowest.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_JULY = 6


class Precision(IntEnum):
    """How exactly a date is stated; a smaller one is coarser."""

    YEAR = 1
    MONTH = 2
    DAY = 3

    @property
    def label(self) -> str:
        """The name in the published result."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as exact as the CV states it: its month (January for a year alone) and its precision."""

    month: int
    precision: Precision
    written: str

    @property
    def first_month(self) -> int:
        """The earliest month it can mean."""
        return self.month

    @property
    def last_month(self) -> int:
        """The latest month it can mean."""
        return self.month + 11 if self.precision is Precision.YEAR else self.month

    @property
    def is_year(self) -> bool:
        """Whether only the year is stated."""
        return self.precision is Precision.YEAR


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The months ``start`` (inclusive) to ``end`` (exclusive)."""

    start: int
    end: int

    @property
    def months(self) -> int:
        """Its length; never negative."""
        return max(0, self.end - self.start)

    def intersection(self, other: Interval) -> Interval:
        """The months both hold; empty (``months`` is 0) where they do not meet."""
        return Interval(max(self.start, other.start), min(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Period:
    """One stated period in its three readings.

    Attributes:
        counted: What goes into sums.
        widest: Every month the dates allow; a gap must lie outside it.
        certain: Every month the dates guarantee; an overlap must lie inside it. May be empty.
        precision: The coarser of the dates.
    """

    counted: Interval
    widest: Interval
    certain: Interval
    precision: Precision


def month_index(date: datetime.date) -> int:
    """The month that holds ``date``."""
    return date.year * 12 + date.month - 1


def month_name(month: int) -> str:
    """``YYYY-MM`` of a month index."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def parse_date(written: str | None) -> PartialDate | None:
    """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; None where it is none of them, or no real date."""
    match = _DATE.fullmatch(written.strip()) if written else None
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    if year is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        date = datetime.date(year, month or 1, day or 1)
    except ValueError:
        return None
    precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    return PartialDate(month_index(date), precision, match.group())


def date_precision(*dates: PartialDate | None) -> str | None:
    """``year``, ``month`` or ``day``: the coarsest of the dates; None where there is none."""
    precisions = [date.precision for date in dates if date is not None]
    return min(precisions).label if precisions else None


def period(
    start: PartialDate | None, end: PartialDate | None, *, is_current: bool, reference_date: datetime.date
) -> Period | None:
    """The months of a role, by the rules of this module.

    A stated end wins over ``is_current``, and is cut at the reference month. A start alone, where the
    role is not current, counts only for itself: its month, or six months of its year. An end alone says
    too little and gives None, as do an end before its start, and a start after the reference month.
    """
    now = month_index(reference_date)
    if start is None or start.first_month > now:
        return None
    if end is None and is_current:
        end = PartialDate(now, Precision.MONTH, month_name(now))
    end = end or start
    if end.last_month < start.first_month:
        return None
    counted = _counted(start, end, now)
    return Period(
        counted=counted,
        widest=Interval(start.first_month, min(end.last_month, now) + 1),
        certain=Interval(start.last_month, min(end.first_month, now) + 1),
        precision=min(start.precision, end.precision),
    )


def _counted(start: PartialDate, end: PartialDate, now: int) -> Interval:
    if start.is_year and end.is_year and start.month == end.month:
        first, last = start.month, start.month + _JULY
    else:
        first = start.month + _JULY if start.is_year else start.month
        last = end.month + _JULY if end.is_year else end.month + 1
    last = min(last, now + 1)
    if first < last:
        return Interval(first, last)
    # The middle of the year falls on the wrong side of the other date.
    return Interval(start.month, last) if start.is_year else Interval(first, first + 1)


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same months as disjoint intervals in order; adjoining ones are joined."""
    joined: list[Interval] = []
    for interval in sorted(interval for interval in intervals if interval.months):
        if joined and interval.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, interval.end))
        else:
            joined.append(interval)
    return joined


def months_covered(intervals: Iterable[Interval]) -> int:
    """How many months the intervals cover together; a month two of them hold counts once."""
    return sum(interval.months for interval in union(intervals))


def gaps(intervals: Iterable[Interval]) -> list[Interval]:
    """The months between the first and the last interval that none of them holds, oldest first."""
    covered = union(intervals)
    return [Interval(before.end, after.start) for before, after in pairwise(covered)]
