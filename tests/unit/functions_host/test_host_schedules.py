"""Timer schedules: the next time of NCRONTAB expressions and intervals."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.functions_host.schedules import Ncrontab, parse_schedule
from local.functions_host.timespan import parse_timespan


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        pytest.param("* * * * * *", "2024-01-31 23:59:59", "2024-02-01 00:00:00", id="every-second"),
        pytest.param("0 */5 * * * *", "2024-01-01 10:04:59", "2024-01-01 10:05:00", id="step"),
        pytest.param("0 */5 * * * *", "2024-01-01 10:05:00", "2024-01-01 10:10:00", id="strictly-after"),
        pytest.param("0 0 3 * * *", "2024-01-01 03:00:00", "2024-01-02 03:00:00", id="daily"),
        pytest.param("30 15 9-17/4 * * *", "2024-01-01 10:00:00", "2024-01-01 13:15:30", id="range-step"),
        pytest.param("0 50/5 * * * *", "2024-01-01 10:00:00", "2024-01-01 10:50:00", id="open-step-begins"),
        pytest.param("0 50/5 * * * *", "2024-01-01 10:55:00", "2024-01-01 11:50:00", id="open-step-ends"),
        pytest.param("5,35 0 0 * * *", "2024-01-01 00:00:05", "2024-01-01 00:00:35", id="list"),
        pytest.param("0 0 0 29 2 *", "2024-03-01 00:00:00", "2028-02-29 00:00:00", id="leap-day"),
        pytest.param("0 0 0 29 2 *", "2096-03-01 00:00:00", "2104-02-29 00:00:00", id="leap-day-over-2100"),
        pytest.param("0 0 8 * * mon-fri", "2024-01-05 09:00:00", "2024-01-08 08:00:00", id="weekdays"),
        pytest.param("0 0 8 * * 0", "2024-01-05 09:00:00", "2024-01-07 08:00:00", id="sunday-is-zero"),
        pytest.param("0 0 8 1 * mon", "2024-01-05 09:00:00", "2024-04-01 08:00:00", id="day-and-weekday"),
        pytest.param("0 0 8 * January *", "2024-02-01 00:00:00", "2025-01-01 08:00:00", id="month-by-name"),
        pytest.param("*/15 8 * * *", "2024-01-01 08:50:00", "2024-01-02 08:00:00", id="five-fields"),
        pytest.param("0 0 0 1 1 *", "2024-12-31 23:59:59", "2025-01-01 00:00:00", id="year-turns"),
        pytest.param("00:01:30", "2024-01-01 10:00:00", "2024-01-01 10:01:30", id="time-span"),
        pytest.param("1.00:00:00", "2024-02-28 10:00:00", "2024-02-29 10:00:00", id="time-span-of-days"),
    ],
)
def test_the_next_time(text: str, moment: str, expected: str) -> None:
    """From this moment, this is when the schedule fires next."""
    found = parse_schedule(text).next_after(datetime.fromisoformat(moment))
    assert found == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "text",
    [
        *("", "* * * *", "* * * * * * *", "60 * * * * *", "* * 24 * * *", "* * * 0 * *", "* * * * 13 *"),
        *("* * * * * 7", "5-1 * * * * *", "*/0 * * * * *", "a * * * * *", "*-5 * * * * *", "0 0 0 30 2 *"),
        *("00:00:00", "-00:01:00", "25:00:00", "hourly"),
    ],
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    """Wrong fields, wrong ranges and days that never come are refused."""
    with pytest.raises(ValueError, match=r"."):
        parse_schedule(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*/2 * * * * *", True),
        ("0 * * * * *", False),
        ("0,30 0 * * * *", False),
        ("00:00:59", True),
        ("00:01:00", False),
    ],
)
def test_only_frequent_timers_are_sub_minute(text: str, expected: bool) -> None:
    """Only timers that fire more than once a minute go unrecorded."""
    assert parse_schedule(text).is_sub_minute(datetime(2024, 1, 1, 10, 30)) is expected


_field = st.sampled_from(["*", "*/7", "3", "1-5", "2,4"])


@given(
    fields=st.tuples(_field, _field, _field, _field, st.sampled_from(["*", "2", "1-6/2"]), _field),
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
)
def test_the_next_time_is_later_matches_and_nothing_is_skipped(
    fields: tuple[str, ...], moment: datetime
) -> None:
    """Whatever the expression: later, on a matching second, and no matching second lies between."""
    schedule = parse_schedule(" ".join(fields))
    assert isinstance(schedule, Ncrontab)
    found = schedule.next_after(moment)
    assert found > moment
    assert found.second in schedule.seconds
    assert found.minute in schedule.minutes
    assert found.hour in schedule.hours
    assert found.day in schedule.days
    assert found.month in schedule.months
    assert found.isoweekday() % 7 in schedule.weekdays
    just_before = found - timedelta(seconds=1)
    if just_before >= moment:
        assert schedule.next_after(just_before) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00:00:30", 30.0),
        ("01:02:03", 3723.0),
        ("2.03:04:05", 183845.0),
        ("00:00:00.25", 0.25),
        ("00:05", 300.0),
        ("-00:00:01", -1.0),
    ],
)
def test_time_spans_are_read_as_dotnet_does(text: str, expected: float) -> None:
    """Days, fractions and signs are read."""
    assert parse_timespan(text) == expected


@pytest.mark.parametrize("text", ["30", "24:00:00", "00:60:00", "00:00:60", "abc", ""])
def test_other_texts_are_no_time_spans(text: str) -> None:
    """Bare numbers and parts out of range are refused."""
    with pytest.raises(ValueError, match="no time span"):
        parse_timespan(text)
