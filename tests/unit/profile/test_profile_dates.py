"""Partial dates, the months a period counts for, and what several cover together."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.profile.dates import (
    Interval,
    date_precision,
    gaps,
    month_name,
    months_covered,
    parse_date,
    period,
    union,
)

TODAY = datetime.date(2026, 3, 31)
INTERVALS = st.builds(
    lambda start, months: Interval(start, start + months), st.integers(23_000, 24_400), st.integers(0, 240)
)
YEARS = st.integers(1950, 2025)


def months(start: str | None, end: str | None, *, is_current: bool = False) -> int | None:
    """Counted months of a period; None where it cannot be counted."""
    counted = period(parse_date(start), parse_date(end), is_current=is_current, reference_date=TODAY)
    return None if counted is None else counted.counted.months


@pytest.mark.parametrize(
    ("written", "precision"),
    [
        pytest.param("2015", "year", id="year"),
        pytest.param("2015-03", "month", id="month"),
        pytest.param("2016-02-29", "day", id="day"),
        pytest.param(" 2015-03 ", "month", id="blanks around"),
    ],
)
def test_a_date_knows_how_exactly_it_is_stated(written: str, precision: str) -> None:
    """The precision is that of the text, not of the date behind it."""
    assert date_precision(parse_date(written)) == precision


@pytest.mark.parametrize(
    "written", ["2015-13", "2015-02-30", "03/2015", "March 2015", "15", "0999", "", None]
)
def test_what_is_no_date_of_the_schema_is_none(written: str | None) -> None:
    """Nothing is guessed from another notation."""
    assert parse_date(written) is None


def test_the_precision_of_two_dates_is_the_coarser() -> None:
    """A period is as vague as its vaguer end."""
    assert date_precision(parse_date("2015"), parse_date("2016-03-01")) == "year"
    assert date_precision(None, parse_date("2016-03")) == "month"
    assert date_precision(None, None) is None


@pytest.mark.parametrize(
    ("start", "end", "is_current", "expected"),
    [
        pytest.param("2020-01", "2020-03", False, 3, id="both months are included"),
        pytest.param("2020-01-31", "2020-02-01", False, 2, id="days name their month"),
        pytest.param("2015", "2018", False, 36, id="years: their difference"),
        pytest.param("2016", "2016", False, 6, id="one year: half of it"),
        pytest.param("2016", None, False, 6, id="a year alone: half of it"),
        pytest.param("2016-05", None, False, 1, id="a month alone"),
        pytest.param("2015", "2018-06", False, 36, id="year to month: from the middle of the year"),
        pytest.param("2015-03", "2018", False, 40, id="month to year: to the middle of the year"),
        pytest.param("2018-09", "2018", False, 1, id="month to its own year"),
        pytest.param("2018", "2018-03", False, 3, id="year to an early month of it"),
        pytest.param("2026-03", None, True, 1, id="began this month"),
        pytest.param("2025-04", None, True, 12, id="current: up to this month"),
        pytest.param("2026", None, True, 3, id="began this year, its middle not reached"),
        pytest.param("2020", "2026", False, 69, id="the middle of the last year not reached"),
        pytest.param("2025-04", "2030-01", False, 12, id="an end in the future is cut"),
        pytest.param("2020-01", "2020-06", True, 6, id="a stated end wins over current"),
        pytest.param("2027-01", None, True, None, id="begins in the future"),
        pytest.param("2020-06", "2020-01", False, None, id="end before start"),
        pytest.param(None, "2020-01", False, None, id="an end alone"),
        pytest.param(None, None, True, None, id="nothing"),
    ],
)
def test_months_of_a_period(
    start: str | None, end: str | None, is_current: bool, expected: int | None
) -> None:
    """The counting rules of the module, row by row."""
    assert months(start, end, is_current=is_current) == expected


def test_years_in_succession_neither_overlap_nor_leave_a_gap() -> None:
    """2015-2018 and 2018-2021 are six years."""
    one = period(parse_date("2015"), parse_date("2018"), is_current=False, reference_date=TODAY)
    other = period(parse_date("2018"), parse_date("2021"), is_current=False, reference_date=TODAY)
    assert one
    assert other
    assert months_covered([one.counted, other.counted]) == 72
    assert gaps([one.widest, other.widest]) == []
    assert one.certain.intersection(other.certain).months <= 1


def test_gaps_lie_between_the_covered_stretches() -> None:
    """Nothing before the first or after the last is a gap."""
    assert gaps([Interval(30, 40), Interval(0, 10), Interval(5, 12)]) == [Interval(12, 30)]


def test_a_month_is_named_as_the_schema_has_it() -> None:
    """December is no month 0 of the next year."""
    assert month_name(2020 * 12 + 11) == "2020-12"
    assert month_name(2021 * 12) == "2021-01"


@given(st.lists(INTERVALS, max_size=8))
def test_the_union_is_never_longer_than_the_sum_nor_shorter_than_the_longest(
    intervals: list[Interval],
) -> None:
    """Overlaps count once."""
    covered = months_covered(intervals)
    assert covered <= sum(interval.months for interval in intervals)
    assert covered >= max((interval.months for interval in intervals), default=0)


@given(st.lists(INTERVALS, max_size=8), INTERVALS)
def test_one_more_role_never_makes_experience_shorter(intervals: list[Interval], more: Interval) -> None:
    """The union is monotone."""
    assert months_covered([*intervals, more]) >= months_covered(intervals)


@given(st.lists(INTERVALS, max_size=6).flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))))
def test_the_order_of_roles_does_not_matter(pair: tuple[list[Interval], list[Interval]]) -> None:
    """The union is the same for every permutation."""
    assert union(pair[0]) == union(pair[1])


@given(st.lists(INTERVALS, min_size=1, max_size=8))
def test_union_and_gaps_partition_the_career(intervals: list[Interval]) -> None:
    """Every month between first and last is either covered or a gap, and each once."""
    covered = union(intervals)
    if covered:
        span = covered[-1].end - covered[0].start
        assert months_covered(intervals) + sum(gap.months for gap in gaps(intervals)) == span
    assert months_covered([*intervals, *intervals]) == months_covered(intervals)


@given(YEARS, st.integers(0, 30), st.integers(0, 10), st.sampled_from(["", "-01", "-06", "-12"]))
def test_a_later_end_never_counts_less(start: int, length: int, longer: int, month: str) -> None:
    """For any start, year-only or with a month."""
    begin = f"{start}{month}"
    shorter = months(begin, str(start + length))
    assert shorter is not None
    assert (months(begin, str(start + length + longer)) or 0) >= shorter


@given(YEARS, st.integers(1, 30), st.integers(1, 12), st.integers(1, 12))
def test_every_reading_of_a_period_is_ordered(start: int, length: int, first: int, last: int) -> None:
    """What is certain lies within what is counted, and that within the widest reading."""
    for begin in (str(start), f"{start}-{first:02d}"):
        for end in (str(start + length), f"{start + length}-{last:02d}"):
            counted = period(parse_date(begin), parse_date(end), is_current=False, reference_date=TODAY)
            if counted is None:  # begins after the reference month
                continue
            assert counted.widest.intersection(counted.counted) == counted.counted
            if counted.certain.months:
                assert counted.counted.months >= counted.certain.months - 1
