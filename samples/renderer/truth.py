"""What a reader must find in each sample: the entries of ``expected.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samples.renderer.dates import RENDERED_ON
from samples.renderer.model import RoleKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from samples.renderer.model import Person, Role

REFERENCE_MONTH = f"{RENDERED_ON:%Y-%m}"
HOW_EXPERIENCE_IS_COUNTED = (
    "The union of the roles' month intervals, first and last month included; overlapping months count once, "
    "gaps, internships and volunteering do not count; a bare year begins in January and ends in December. "
    "experienceIntervals gives that union; an open end (null) lasts to the reader's own reference month. "
    "totalExperienceYears is given where every role has ended, careerStart wherever a role counts; "
    "experienceYearsInReferenceMonth is the sum as of referenceMonth. "
    "experienceToleranceYears says how far a reader may be off: a year for each role that gives only years."
)
COUNTED = (RoleKind.PERMANENT, RoleKind.CONTRACT, RoleKind.FREELANCE)

Interval = tuple[str, str | None]


def experience_intervals(roles: Iterable[Role]) -> list[Interval]:
    """The union of all counted roles as ``YYYY-MM`` intervals, oldest first; None is an open end."""
    spans = sorted(
        (_first_month(role.start), _OPEN if role.end is None else _last_month(role.end))
        for role in roles
        if role.kind in COUNTED
    )
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return [(_written(start), None if end == _OPEN else _written(end)) for start, end in merged]


def experience_years(intervals: Iterable[Interval], reference_month: str) -> float:
    """Years in these intervals, one decimal.

    Args:
        intervals: as from :func:`experience_intervals`.
        reference_month: ``YYYY-MM``, where open intervals end.
    """
    months = sum(_last_month(end or reference_month) - _first_month(start) + 1 for start, end in intervals)
    return round(months / 12, 1)


def truth_about(person: Person, *, pages: int, shows: str) -> dict[str, object]:
    """The entry for a file that holds the CV of ``person``."""
    current = next((role for role in person.roles if role.end is None), None)
    intervals = experience_intervals(person.roles)
    years = experience_years(intervals, REFERENCE_MONTH)
    roles_in_years = sum(len(role.start) == len("2004") for role in person.roles)
    own = (
        ("person_name", person.name),
        ("email", person.email),
        ("phone", person.phone),
        ("postal_address", person.address[0]),
    )
    return {
        "shows": shows,
        "isCv": True,
        "language": person.language,
        "pages": pages,
        "candidateName": person.name,
        "headline": person.headline,
        "jobTitle": (current or person.roles[0]).title,
        "candidateEmail": person.email,
        "candidatePhone": person.phone,
        "candidatePhoneE164": person.phone_e164,
        "candidateLocation": {"city": person.city, "countryCode": person.country_code},
        "profileLinks": [{"kind": link.kind, "url": link.url} for link in person.links],
        "currentEmployer": current.employer if current else None,
        "employers": [role.employer for role in person.roles],
        "totalExperienceYears": None if current else years,
        "careerStart": intervals[0][0] if intervals else None,
        "experienceIntervals": [list(interval) for interval in intervals],
        "experienceYearsInReferenceMonth": years,
        "experienceToleranceYears": 0.3 + roles_in_years,
        "keySkills": list(person.key_skills),
        "languages": [language.name for language in person.languages],
        "pii": [{"type": kind, "value": value} for kind, value in own]
        + [{"type": datum.pii_type, "value": datum.value} for datum in person.pii],
    }


def truth_about_no_cv(*, language: str, pages: int, shows: str) -> dict[str, object]:
    """The entry for a file that is no CV."""
    return {"shows": shows, "isCv": False, "language": language, "pages": pages, "candidateName": None}


_OPEN = 9999 * 12


def _first_month(value: str) -> int:
    year, _, month = value.partition("-")
    return int(year) * 12 + int(month or "1") - 1


def _last_month(value: str) -> int:
    year, _, month = value.partition("-")
    return int(year) * 12 + int(month or "12") - 1


def _written(index: int) -> str:
    return f"{index // 12}-{index % 12 + 1:02}"
