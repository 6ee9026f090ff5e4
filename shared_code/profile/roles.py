"""The roles of an employment history: trimmed, each once, newest first, with their months."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared_code.profile.answer import (
    Record,
    choice_in,
    each_once,
    flag_in,
    records_in,
    text_in,
    texts_in,
)
from shared_code.profile.dates import PartialDate, Period, date_precision, month_index, parse_date, period
from shared_code.profile.management import is_management_title

_OUTSIDE_EXPERIENCE = frozenset({"internship", "volunteering"})


@dataclass(frozen=True, slots=True)
class Role:
    """One position of the employment history, trimmed, with its dates read."""

    job_title: str | None
    employer: str | None
    location: str | None
    start: PartialDate | None
    end: PartialDate | None
    is_current: bool
    raw_dates: str | None
    employment_type: str
    highlights: tuple[str, ...]
    period: Period | None
    has_unusable_dates: bool

    @property
    def counts_as_experience(self) -> bool:
        """Whether its months belong to the total: internships and volunteering don't."""
        return self.employment_type not in _OUTSIDE_EXPERIENCE

    @property
    def shows_management(self) -> bool:
        """Whether the title itself shows that the person answers for people or a unit."""
        return self.job_title is not None and is_management_title(self.job_title)

    def ended_before(self, reference_date: datetime.date) -> bool:
        """Whether its stated end lies before the month of ``reference_date``."""
        return self.end is not None and self.end.last_month < month_index(reference_date)

    @property
    def work_text(self) -> str:
        """What the role says about the work: title and highlights, one per line."""
        return "\n".join(part for part in (self.job_title, *self.highlights) if part)

    def as_json(self) -> dict[str, object]:
        """The position as it is published."""
        return {
            "jobTitle": self.job_title,
            "employer": self.employer,
            "location": self.location,
            "startDate": self.start.written if self.start else None,
            "endDate": self.end.written if self.end else None,
            "isCurrent": self.is_current,
            "datePrecision": date_precision(self.start, self.end),
            "rawDates": self.raw_dates,
            "employmentType": self.employment_type,
            "highlights": list(self.highlights),
        }


def roles_in(profile: Record, reference_date: datetime.date) -> list[Role]:
    """The employment history of a profile: duplicates removed, newest first.

    Current roles come first, then by end and start; roles without usable dates keep the CV's order at
    the end.
    """
    roles = [_role(record, reference_date) for record in records_in(profile, "employmentHistory")]
    named = [role for role in roles if role.job_title or role.employer or role.highlights]
    return sorted(each_once(named, _identity), key=_recency)


def dated_periods(roles: Iterable[Role]) -> list[Period]:
    """The periods of the roles that have one."""
    return [role.period for role in roles if role.period is not None]


def current_role(roles: Sequence[Role]) -> Role | None:
    """The current position: paid work before volunteering, else the one that began last."""
    current = [role for role in roles if role.is_current]
    return min(current, key=lambda role: not role.counts_as_experience, default=None)


def _role(record: Record, reference_date: datetime.date) -> Role:
    written = (text_in(record, "startDate"), text_in(record, "endDate"))
    start, end = (parse_date(date) for date in written)
    is_current = flag_in(record, "isCurrent") or False
    counted = period(start, end, is_current=is_current, reference_date=reference_date)
    unread = any(text and not date for text, date in zip(written, (start, end), strict=True))
    return Role(
        job_title=text_in(record, "jobTitle"),
        employer=text_in(record, "employer"),
        location=text_in(record, "location"),
        start=start,
        end=end,
        is_current=is_current,
        raw_dates=text_in(record, "rawDates"),
        employment_type=choice_in(record, "employmentType", "unknown"),
        highlights=tuple(texts_in(record, "highlights")),
        period=counted,
        has_unusable_dates=unread or (start is not None and counted is None),
    )


def _identity(role: Role) -> tuple[object, ...]:
    names = tuple((name or "").casefold() for name in (role.job_title, role.employer))
    dates = tuple(date.written if date else None for date in (role.start, role.end))
    return (*names, *dates, role.is_current)


def _recency(role: Role) -> tuple[bool, bool, int, int]:
    if role.period is None:
        return (not role.is_current, True, 0, 0)
    return (not role.is_current, False, -role.period.widest.end, -role.period.counted.start)
