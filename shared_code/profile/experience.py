"""How long: years of experience, months per skill, tenure, gaps, overlaps and time since the last role."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from shared_code.profile.dates import Interval, Period, gaps, month_index, month_name, months_covered
from shared_code.profile.roles import Role, dated_periods

SHORTEST_GAP_MONTHS = 3
# Roles that meet in one month (one ends in March, the next begins in March) are a change, not an overlap.
SHORTEST_OVERLAP_MONTHS = 2

_LEGAL_FORM = re.compile(
    r"[\s,]+(?:gmbh(?:\s*&\s*co\.?\s*kg)?|ag|se|kg|ug|ohg|e\.\s?v\.|ltd|limited|plc|llp|llc|inc|corp|co"
    r"|s\.?\s?l\.?(?:\s?u\.?)?|s\.?\s?a\.?|s\.?r\.?l\.?|b\.?v\.?|n\.?v\.?|a/s|ab|oy|as)\.?$"
)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two roles, by their place in the history, and the months that both certainly hold."""

    first: int
    second: int
    interval: Interval


def total_experience_years(roles: Sequence[Role], stated_years: float | None) -> float | None:
    """Years of work up to the reference date, one decimal.

    The union of the dated roles: overlaps count once, gaps don't. Internships and volunteering don't
    either. The figure the CV states itself is used only where no role has dates to count.

    Args:
        roles: The employment history.
        stated_years: The figure the model read in the CV.
    """
    counted = [role for role in roles if role.counts_as_experience]
    periods = dated_periods(counted)
    if periods or (roles and not counted):
        return round(months_covered(each.counted for each in periods) / 12, 1)
    return None if stated_years is None or stated_years < 0 else round(stated_years, 1)


def months_of(roles: Iterable[Role]) -> int | None:
    """Months the roles cover together; None where none of them is dated."""
    periods = dated_periods(roles)
    return months_covered(each.counted for each in periods) if periods else None


def last_used(roles: Iterable[Role], reference_date: datetime.date) -> str | None:
    """When the latest of the roles ended, as exactly as stated; this month where one is current."""
    dated = [role for role in roles if role.period is not None]
    if any(role.is_current and role.end is None for role in dated):
        return month_name(month_index(reference_date))
    ends = [end for role in dated if (end := role.end or role.start) is not None]
    latest = max(ends, key=lambda end: end.last_month, default=None)
    if latest is None:
        return None
    return (
        latest.written[:4] if latest.is_year else month_name(min(latest.month, month_index(reference_date)))
    )


def employer_identity(employer: str) -> str:
    """An employer's name without case and legal form: ``Northwind Ltd.`` and ``NORTHWIND`` are one."""
    return _LEGAL_FORM.sub("", employer.casefold()).strip(" .,")


def average_tenure_months(roles: Iterable[Role]) -> float | None:
    """Mean months with one employer, one decimal; several roles with one employer are one stay.

    Internships and volunteering are left out. A role without an employer is a stay of its own.
    """
    stays: dict[str, list[Period]] = defaultdict(list)
    for place, role in enumerate(role for role in roles if role.counts_as_experience and role.period):
        stays[employer_identity(role.employer) if role.employer else f"#{place}"] += dated_periods([role])
    lengths = [months_covered(each.counted for each in periods) for periods in stays.values()]
    return round(sum(lengths) / len(lengths), 1) if lengths else None


def employers_count(roles: Iterable[Role]) -> int:
    """Different employers, internships and volunteering left out."""
    return len(
        {employer_identity(role.employer) for role in roles if role.counts_as_experience and role.employer}
    )


def career_gaps(roles: Iterable[Role], education: Iterable[Period]) -> list[Interval]:
    """Stretches of three months or more, between the first and the last role, that the CV leaves open.

    Roles of every kind fill time, internships and volunteering too, and so does dated education: a gap is
    a question to ask, and nobody needs to be asked about a degree that stands on the page. Dates are read
    in their widest sense, so that two year-only roles in succession leave none.
    """
    worked = [each.widest for each in dated_periods(roles)]
    if not worked:
        return []
    career = Interval(min(each.start for each in worked), max(each.end for each in worked))
    studied = (each.widest.intersection(career) for each in education)
    return [gap for gap in gaps([*worked, *studied]) if gap.months >= SHORTEST_GAP_MONTHS]


def overlapping_roles(roles: Sequence[Role]) -> list[Overlap]:
    """Pairs of roles that certainly ran at the same time for two months or more."""
    dated = [(place, role.period) for place, role in enumerate(roles) if role.period is not None]
    return [
        Overlap(first, second, shared)
        for (first, one), (second, other) in combinations(dated, 2)
        if (shared := one.certain.intersection(other.certain)).months >= SHORTEST_OVERLAP_MONTHS
    ]


def last_role_recency_months(roles: Iterable[Role], reference_date: datetime.date) -> int | None:
    """Whole months since the latest role of any kind ended; 0 while one runs, None where none is dated."""
    ends = [each.counted.end for each in dated_periods(roles)]
    return max(0, month_index(reference_date) + 1 - max(ends)) if ends else None
