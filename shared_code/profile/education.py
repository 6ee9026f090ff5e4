"""The levels of degrees, read from their names in English, German and Spanish; the highest completed one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared_code.profile.answer import Record, choice_in, each_once, records_in, text_in
from shared_code.profile.dates import parse_date

_RANKS = {"none": 0, "secondary": 1, "vocational": 2, "bachelor": 3, "master": 4, "doctorate": 5}

# Abbreviations keep their case: "MA" is a degree, "ma" is not.
_ABBREVIATIONS = {
    "doctorate": r"Ph\.?\s?D|D\.?\s?Phil|Ed\.?D|Dr\.|M\.?D\b|DBA",
    "master": r"M\.?\s?Sc|M\.?A|M\.?S|M\.?\s?Eng|M\.?Ed|M\.?\s?Phil|MBA|MPhys|MChem|MMath|M\.?Tech"
    r"|LL\.?M|MFA|MPH|MPA|Dipl\.?-\w+",
    "bachelor": r"B\.?\s?Sc|B\.?A|B\.?S|B\.?\s?Eng|B\.?Ed|B\.?\s?Tech|BBA|BFA|BCom|LL\.?B",
    "vocational": r"NVQ|HND|HNC|BTEC|IHK|FP|CFGS|CFGM",
    "secondary": r"GCSEs?|GED|A[- ][Ll]evels?|ESO|IB",
}
_WORDS = {
    "doctorate": r"doctor(?:ate|al|ado|a)?|doktor\w*|promotion|promoviert|habilitation",
    "master": r"master(?:['’]?s)?(?:studium|abschluss)?|m[áa]ster|magister|maestr[íi]a|diplom(?:-?\w+)?"
    r"|staatsexamen",
    "bachelor": r"bachelor(?:['’]?s)?(?:studium|abschluss)?|licenciatura|grado en|undergraduate degree"
    r"|first degree",
    "vocational": r"ausbildung|apprenticeship|lehre|berufsausbildung|gesell(?:e|in|enbrief)"
    r"|meister(?:in|brief)?|fachinformatiker(?:in)?|industriekauf(?:mann|frau)|vocational\w*"
    r"|formaci[óo]n profesional|ciclo formativo|t[ée]cnico superior|grado (?:medio|superior)",
    "secondary": r"abitur|matura|(?:fach)?hochschulreife|mittlere reife|real(?:schul\w*)|high school"
    r"|secondary|bachillerato|graduado escolar|selectividad",
}
# An English diploma is no German Diplom.
_DIPLOMA = re.compile(r"(?<!\w)diplom(?:as?|acy)(?!\w)", re.IGNORECASE)
_LEVELS = {
    level: re.compile(rf"(?<!\w)(?:(?-i:{_ABBREVIATIONS[level]})|{_WORDS[level]})(?!\w)", re.IGNORECASE)
    for level in ("doctorate", "master", "bachelor", "vocational", "secondary")
}


@dataclass(frozen=True, slots=True)
class Education:
    """One entry of the education history, trimmed."""

    degree: str | None
    field_of_study: str | None
    institution: str | None
    location: str | None
    start_date: str | None
    end_date: str | None
    grade: str | None
    status: str

    @property
    def is_completed(self) -> bool:
        """Whether the degree was reached."""
        return self.status == "completed"

    @property
    def level(self) -> str | None:
        """The level its degree names; None where the name is not known."""
        return degree_level(self.degree) if self.degree else None

    def as_json(self) -> dict[str, object]:
        """The entry as it is published."""
        return {
            "degree": self.degree,
            "fieldOfStudy": self.field_of_study,
            "institution": self.institution,
            "location": self.location,
            "startDate": self.start_date,
            "endDate": self.end_date,
            "grade": self.grade,
            "status": self.status,
        }


def degree_level(degree: str) -> str | None:
    """``doctorate``, ``master``, ``bachelor``, ``vocational`` or ``secondary``; None where unknown."""
    named = _DIPLOMA.sub(" ", degree)
    return next((level for level, pattern in _LEVELS.items() if pattern.search(named)), None)


def education_in(profile: Record) -> list[Education]:
    """The education history of a profile: duplicates and empty entries removed, in the CV's order."""
    entries = [_entry(record) for record in records_in(profile, "educationHistory")]
    named = [entry for entry in entries if entry.degree or entry.institution or entry.field_of_study]
    return each_once(named, _identity)


def highest_education(entries: Sequence[Education], stated: str) -> str:
    """The highest completed level.

    Where every completed degree is recognised, the highest of them; the model's word is not needed.
    Where one is not, the model may know it and its word stands if it is higher, unless a degree that is
    not completed is what carries that level. Without any entry, the model's word stands.

    Args:
        entries: The education history.
        stated: The model's ``highestEducation``.
    """
    completed = [entry.level for entry in entries if entry.is_completed]
    open_levels = {entry.level for entry in entries if not entry.is_completed}
    recognised = _highest(level for level in completed if level)
    if completed and None not in completed and recognised:
        return recognised
    if stated in open_levels and stated not in completed:
        return recognised or "unknown"
    return _highest(level for level in (recognised, stated) if level in _RANKS) or stated


def _highest(levels: Iterable[str | None]) -> str | None:
    return max((level for level in levels if level), key=_RANKS.__getitem__, default=None)


def _identity(entry: Education) -> tuple[str, ...]:
    told_apart_by = (entry.degree, entry.field_of_study, entry.institution, entry.start_date, entry.end_date)
    return tuple((value or "").casefold() for value in told_apart_by)


def _entry(record: Record) -> Education:
    dates = (parse_date(text_in(record, key)) for key in ("startDate", "endDate"))
    start, end = (date.written if date else None for date in dates)
    return Education(
        degree=text_in(record, "degree"),
        field_of_study=text_in(record, "fieldOfStudy"),
        institution=text_in(record, "institution"),
        location=text_in(record, "location"),
        start_date=start,
        end_date=end,
        grade=text_in(record, "grade"),
        status=choice_in(record, "status", "unfinished"),
    )
