"""The candidate profile as the model of the engine returns it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.education import highest_level
from local.openai_emulator.cv_reader.person import sectors_of, seniority, stated_years, summary_of
from local.openai_emulator.cv_reader.preferences import read_preferences

if TYPE_CHECKING:
    from local.openai_emulator.cv_reader.education import Study
    from local.openai_emulator.cv_reader.positions import Position
    from local.openai_emulator.cv_reader.reading import Reading

_EMPTY: dict[str, object] = {
    "candidateName": None,
    "jobTitle": None,
    "candidateEmail": None,
    "candidatePhone": None,
    "totalExperienceYears": None,
    "candidateLocation": None,
    "profileLinks": [],
    "professionalSummary": None,
    "currentEmployer": None,
    "seniorityLevel": "unknown",
    "industrySectors": [],
    "keySkills": [],
    "employmentHistory": [],
    "educationHistory": [],
    "highestEducation": "unknown",
    "certifications": [],
    "languageProficiencies": [],
    "workPreferences": None,
}


def profile_answer(reading: Reading) -> dict[str, object]:
    """The answer for ``candidate_profile_schema``; nothing of what is no CV."""
    if not reading.is_cv:
        return {"isCv": False, "candidateProfile": {key: _fresh(value) for key, value in _EMPTY.items()}}
    return {"isCv": True, "candidateProfile": _profile(reading)}


def _fresh(value: object) -> object:
    return list(value) if isinstance(value, list) else value


def _profile(reading: Reading) -> dict[str, object]:
    current = next(
        (position for position in reading.positions if position.period and position.period.is_current), None
    )
    return {
        "candidateName": reading.name.text if reading.name else None,
        "jobTitle": reading.current_title,
        "candidateEmail": reading.contact.email,
        "candidatePhone": reading.contact.phone,
        "totalExperienceYears": stated_years(reading.cv, reading.sections),
        "candidateLocation": _location(reading),
        "profileLinks": [{"kind": link.kind, "url": link.url} for link in reading.contact.links],
        "professionalSummary": summary_of(reading.cv, reading.sections, reading.name),
        "currentEmployer": current.employer if current else None,
        "seniorityLevel": seniority(reading.current_title, reading.positions),
        "industrySectors": sectors_of(reading.positions, reading.cv, reading.sections),
        "keySkills": [
            {"name": skill.name, "normalizedName": skill.normalized, "category": skill.category}
            for skill in reading.skills
        ],
        "employmentHistory": [_job(reading, position) for position in reading.positions],
        "educationHistory": [_study(study) for study in reading.studies],
        "highestEducation": highest_level(reading.studies),
        "certifications": [
            {"name": entry.name, "issuer": entry.issuer, "date": entry.date, "expiryDate": entry.expiry}
            for entry in reading.certificates
        ],
        "languageProficiencies": [
            {"language": spoken.language, "code": spoken.code, "levelRaw": spoken.level, "cefr": spoken.cefr}
            for spoken in reading.languages
        ],
        "workPreferences": _preferences(reading),
    }


def _location(reading: Reading) -> dict[str, object] | None:
    place = reading.location
    if place is None:
        return None
    return {"city": place.city, "region": place.region, "countryCode": place.country_code}


def _job(reading: Reading, position: Position) -> dict[str, object]:
    period = position.period
    return {
        "jobTitle": position.title,
        "employer": position.employer,
        "location": position.location,
        "startDate": period.begins if period else None,
        "endDate": period.ends if period else None,
        "isCurrent": bool(period and period.is_current),
        "rawDates": position.raw_dates,
        "employmentType": position.employment_type,
        "highlights": [reading.cv.verbatim(start, end) for start, end in position.highlights],
    }


def _study(study: Study) -> dict[str, object]:
    period = study.period
    return {
        "degree": study.degree,
        "fieldOfStudy": study.field_of_study,
        "institution": study.institution,
        "location": study.location,
        "startDate": period.begins if period and period.is_range else None,
        "endDate": period.ends if period else None,
        "grade": study.grade,
        "status": study.status,
    }


def _preferences(reading: Reading) -> dict[str, object] | None:
    stated = read_preferences(reading.cv)
    if stated.is_empty:
        return None
    return {
        "availability": stated.availability,
        "noticePeriod": stated.notice_period,
        "workAuthorization": stated.work_authorization,
        "willingToRelocate": stated.willing_to_relocate,
        "remote": stated.remote,
        "salaryExpectation": stated.salary_expectation,
    }
