"""A candidate as one row of a spreadsheet: the profile's main columns, with lists joined into one cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Cell: TypeAlias = str | float
JOINED_BY = "; "
# What Excel takes; a longer text would be left out altogether.
LONGEST_CELL = 32_767


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """A result as it is kept, and the files it came from."""

    document_id: str
    result: Mapping[str, Any] = field(repr=False)
    files: Sequence[str] = field(default=(), repr=False)


def row_of(candidate: CandidateResult) -> list[Cell]:
    """The cells, in the order of ``COLUMNS``; "" where the CV says nothing."""
    profile = candidate.result.get("candidateProfile")
    known = profile if isinstance(profile, Mapping) else {}
    cells = [cell(candidate, known) for cell in _CELLS.values()]
    return [_fitting(cell) if isinstance(cell, str) else cell for cell in cells]


def _fitting(text: str) -> str:
    # Half a surrogate pair has no UTF-8.
    whole = text.encode("utf-8", "replace").decode()
    return whole if len(whole) <= LONGEST_CELL else f"{whole[: LONGEST_CELL - 1]}…"


_Of: TypeAlias = Callable[[CandidateResult, Mapping[str, Any]], Cell]


def _value(*path: str) -> _Of:
    """The cell of a single value, by its names from the profile down."""

    def cell(_: CandidateResult, profile: Mapping[str, Any]) -> Cell:
        found: Any = profile
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        if isinstance(found, bool):
            return "yes" if found else "no"
        if isinstance(found, int | float):
            return found
        return "" if found is None else str(found)

    return cell


def _list(name: str, text_of: Callable[[Any], str]) -> _Of:
    """The cell of a list of the profile, each entry as ``text_of`` says it."""
    return lambda _, profile: _joined(text_of(entry) for entry in profile.get(name) or ())


def _joined(texts: Iterable[str]) -> str:
    return JOINED_BY.join(text for text in texts if text)


def _with(text: Any, addition: Any) -> str:
    """``text (addition)``, or what there is of the two."""
    return f"{text} ({addition})" if text and addition else str(text or addition or "")


def _position(entry: Mapping[str, Any]) -> str:
    end = entry.get("endDate") or ("present" if entry.get("isCurrent") else None)
    dates = " – ".join(str(part) for part in (entry.get("startDate"), end) if part)
    return _with(", ".join(filter(None, (entry.get("jobTitle"), entry.get("employer")))), dates)


def _degree(entry: Mapping[str, Any]) -> str:
    names = (entry.get("degree"), entry.get("fieldOfStudy"), entry.get("institution"))
    return _with(", ".join(filter(None, names)), entry.get("endDate") or entry.get("startDate"))


_CELLS: dict[str, _Of] = {
    "documentId": lambda candidate, _: candidate.document_id,
    "files": lambda candidate, _: _joined(candidate.files),
    "candidateName": _value("candidateName"),
    "jobTitle": _value("jobTitle"),
    "candidateEmail": _value("candidateEmail"),
    "candidatePhone": _value("candidatePhone"),
    "totalExperienceYears": _value("totalExperienceYears"),
    "seniorityLevel": _value("seniorityLevel"),
    "currentEmployer": _value("currentEmployer"),
    "city": _value("candidateLocation", "city"),
    "region": _value("candidateLocation", "region"),
    "countryCode": _value("candidateLocation", "countryCode"),
    "highestEducation": _value("highestEducation"),
    "industrySectors": _list("industrySectors", str),
    "keySkills": _list(
        "keySkills", lambda skill: str(skill.get("normalizedName") or skill.get("name") or "")
    ),
    "languageProficiencies": _list(
        "languageProficiencies",
        lambda entry: _with(entry.get("language"), entry.get("cefr") or entry.get("levelRaw")),
    ),
    "employmentHistory": _list("employmentHistory", _position),
    "educationHistory": _list("educationHistory", _degree),
    "certifications": _list("certifications", lambda entry: _with(entry.get("name"), entry.get("issuer"))),
    "profileLinks": _list("profileLinks", lambda entry: str(entry.get("url") or "")),
    "professionalSummary": _value("professionalSummary"),
    "availability": _value("workPreferences", "availability"),
    "noticePeriod": _value("workPreferences", "noticePeriod"),
    "workAuthorization": _value("workPreferences", "workAuthorization"),
    "willingToRelocate": _value("workPreferences", "willingToRelocate"),
    "remote": _value("workPreferences", "remote"),
    "salaryExpectation": _value("workPreferences", "salaryExpectation"),
    "unverified": lambda candidate, _: _joined(
        str(pointer) for pointer in candidate.result.get("unverified") or ()
    ),
    "warnings": lambda candidate, _: _joined(
        dict.fromkeys(str(warning.get("code")) for warning in candidate.result.get("warnings") or ())
    ),
}
COLUMNS = tuple(_CELLS)
