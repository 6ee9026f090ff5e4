"""Timer schedules: NCRONTAB (six fields, or five without seconds), fixed intervals, and their next time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from local.functions_host.timespan import parse_timespan

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART = re.compile(r"(?P<from>\*|[a-z0-9]+)(?:-(?P<to>[a-z0-9]+))?(?:/(?P<step>\d+))?")
# 29 February on a given weekday can be forty years away (around 2100); nothing else is further than that.
_HORIZON_DAYS = 40 * 366 + 1


class Schedule(Protocol):
    """When a timer fires. Times are wall-clock times of the timer's zone, without tzinfo."""

    def next_after(self, moment: datetime) -> datetime:
        """Return the first time strictly after a moment."""

    def is_sub_minute(self, moment: datetime) -> bool:
        """Tell whether it fires more than once a minute; the host keeps no record of such timers."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A fixed distance between two runs, counted from the previous one."""

    seconds: float

    def next_after(self, moment: datetime) -> datetime:
        """Return the moment plus the interval."""
        return moment + timedelta(seconds=self.seconds)

    def is_sub_minute(self, moment: datetime) -> bool:
        """Tell whether the interval is under a minute."""
        return self.seconds < 60


@dataclass(frozen=True, slots=True)
class Ncrontab:
    """An NCRONTAB expression; a day must satisfy day-of-month *and* day-of-week, unlike in Unix cron."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def next_after(self, moment: datetime) -> datetime:
        """Return the first matching second after a moment.

        Raises:
            ValueError: There is none, as for 30 February.
        """
        earliest = moment.replace(microsecond=0) + timedelta(seconds=1)
        day = earliest.date()
        for offset in range(_HORIZON_DAYS):
            candidate = day + timedelta(days=offset)
            if self._is_on(candidate):
                found = self._first_time(earliest.time() if offset == 0 else time.min)
                if found is not None:
                    return datetime.combine(candidate, found)
        raise ValueError("the schedule never fires: no month has such a day")

    def is_sub_minute(self, moment: datetime) -> bool:
        """Tell whether two runs lie within the next minute."""
        return self.next_after(self.next_after(moment)) <= moment + timedelta(minutes=1)

    def _is_on(self, day: date) -> bool:
        return day.month in self.months and day.day in self.days and day.isoweekday() % 7 in self.weekdays

    def _first_time(self, earliest: time) -> time | None:
        for hour in (hour for hour in self.hours if hour >= earliest.hour):
            minute_floor = earliest.minute if hour == earliest.hour else 0
            for minute in (minute for minute in self.minutes if minute >= minute_floor):
                is_floor = hour == earliest.hour and minute == earliest.minute
                second_floor = earliest.second if is_floor else 0
                for second in self.seconds:
                    if second >= second_floor:
                        return time(hour, minute, second)
        return None


def parse_schedule(text: str) -> Schedule:
    """Parse what stands in ``schedule``: NCRONTAB, or a TimeSpan such as ``00:05:00``.

    Raises:
        ValueError: It is neither, a field is out of range, or it never fires.
    """
    fields = text.lower().split()
    if len(fields) == 1:
        seconds = parse_timespan(text)
        if seconds <= 0:
            raise ValueError(f"'{text}' must be longer than nothing")
        return Interval(seconds)
    if len(fields) == 5:
        fields = ["0", *fields]
    if len(fields) != 6:
        raise ValueError(
            f"'{text}' is no NCRONTAB expression: it needs six fields "
            "({second} {minute} {hour} {day} {month} {day-of-week})"
        )
    schedule = Ncrontab(
        seconds=_values(fields[0], 0, 59),
        minutes=_values(fields[1], 0, 59),
        hours=_values(fields[2], 0, 23),
        days=frozenset(_values(fields[3], 1, 31)),
        months=frozenset(_values(fields[4], 1, 12, _MONTHS)),
        weekdays=frozenset(_values(fields[5], 0, 6, _DAYS)),
    )
    # Raises where no such day ever comes.
    schedule.next_after(datetime(2024, 1, 1))
    return schedule


def _values(field: str, least: int, most: int, names: tuple[str, ...] = ()) -> tuple[int, ...]:
    chosen: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None or (match["from"] == "*" and match["to"] is not None):
            raise ValueError(f"'{part}' is no NCRONTAB field")
        if match["from"] == "*":
            first, last = least, most
        else:
            first = _number(match["from"], least, most, names)
            # A start with a step and no end runs to the field's end, as in NCrontab.
            open_end = most if match["step"] else first
            last = open_end if match["to"] is None else _number(match["to"], least, most, names)
        step = int(match["step"] or 1)
        if first > last or step < 1:
            raise ValueError(f"'{part}' selects nothing")
        chosen.update(range(first, last + 1, step))
    return tuple(sorted(chosen))


def _number(text: str, least: int, most: int, names: tuple[str, ...]) -> int:
    short = next((index for index, name in enumerate(names) if text[:3] == name and text.isalpha()), None)
    if short is not None:
        return short + least
    if not text.isdigit() or not least <= int(text) <= most:
        raise ValueError(f"'{text}' must lie between {least} and {most}")
    return int(text)
