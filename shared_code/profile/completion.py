"""From the extractor's answer to the published profile: computed fields, normal forms, evidence."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

from shared_code.documents.model import DocumentText, Severity
from shared_code.errors import NotACvError
from shared_code.profile.answer import (
    Record,
    choice_in,
    each_once,
    flag_in,
    number_in,
    prose_in,
    record_in,
    records_in,
    text_in,
    texts_in,
)
from shared_code.profile.contacts import e164, link_kind, plain_email, url_identity
from shared_code.profile.dates import parse_date
from shared_code.profile.education import Education, education_in, highest_education
from shared_code.profile.experience import total_experience_years
from shared_code.profile.grounding import Grounding
from shared_code.profile.key_skills import ROLE_POINTER, WorkHistory, key_skills
from shared_code.profile.outcome import Evidence, Published
from shared_code.profile.roles import Role, current_role, roles_in
from shared_code.profile.verification import Verification

ROOT = "/candidateProfile"
_COUNTRY_CODE = re.compile(r"[A-Z]{2}")
_KINDS_WITH_A_HOST = frozenset({"linkedin", "github", "xing", "orcid"})


def publish_profile(answer: Record, document: DocumentText, reference_date: datetime.date) -> Published:
    """Complete the answer of the extractor and check it against the CV.

    A contact detail that stands neither in the text nor in a link is taken out and listed; every other
    verbatim value stays, and is listed as unverified where it was not found.

    Args:
        answer: The model's answer: ``{"isCv": ..., "candidateProfile": {...}}``.
        document: What the CV's file was read to.
        reference_date: Today: the end of what is current.

    Returns:
        The published ``candidateProfile`` with its 18 fields, and what is known about them.
    """
    stated = record_in(answer, "candidateProfile")
    check = Verification(Grounding(document))
    if flag_in(answer, "isCv") is False:
        check.warn(NotACvError.code, Severity.MAJOR, "The document does not read like a CV.")
    roles = roles_in(stated, reference_date)
    education = education_in(stated)
    anchors = [check.grounding.anchor(_telling_values(role)) for role in roles]
    location = _location(stated)
    current = current_role(roles)
    profile: dict[str, Any] = {
        "candidateName": _verified(check, "candidateName", text_in(stated, "candidateName")),
        "jobTitle": _job_title(check, stated, roles, anchors),
        "candidateEmail": _email(check, stated),
        "candidatePhone": _phone(check, stated, location["countryCode"] if location else None),
        "totalExperienceYears": total_experience_years(roles, number_in(stated, "totalExperienceYears")),
        "candidateLocation": location,
        "profileLinks": _profile_links(check, stated),
        "professionalSummary": _verified(
            check, "professionalSummary", prose_in(stated, "professionalSummary")
        ),
        "currentEmployer": _verified(
            check,
            "currentEmployer",
            (current.employer if current else None) or text_in(stated, "currentEmployer"),
            anchors[roles.index(current)] if current else None,
        ),
        "seniorityLevel": choice_in(stated, "seniorityLevel", "unknown"),
        "industrySectors": texts_in(stated, "industrySectors"),
        "keySkills": key_skills(stated, WorkHistory(roles, reference_date)),
        "employmentHistory": [role.as_json() for role in roles],
        "educationHistory": [entry.as_json() for entry in education],
        "highestEducation": highest_education(education, choice_in(stated, "highestEducation", "unknown")),
        "certifications": _certifications(stated),
        "languageProficiencies": _languages(stated),
        "workPreferences": _work_preferences(stated),
    }
    if location:
        check.value(f"{ROOT}/candidateLocation/city", location["city"])
    _ground_skills(check, profile["keySkills"])
    _ground_roles(check, roles, anchors)
    _ground_education(check, education)
    for place, certificate in enumerate(profile["certifications"]):
        check.value(f"{ROOT}/certifications/{place}/name", certificate["name"])
    for place, language in enumerate(profile["languageProficiencies"]):
        check.value(f"{ROOT}/languageProficiencies/{place}/language", language["language"])
    _warn_about_dates(check, roles, reference_date)
    return check.published({"candidateProfile": profile})


def _verified(check: Verification, field: str, value: str | None, near: int | None = None) -> str | None:
    check.value(f"{ROOT}/{field}", value, near)
    return value


def _telling_values(role: Role) -> list[str]:
    candidates = (role.raw_dates, *role.highlights[:1], role.employer, role.job_title)
    return [value for value in candidates if value]


def _job_title(
    check: Verification, stated: Record, roles: Sequence[Role], anchors: Sequence[int | None]
) -> str | None:
    """The current role's title, else the model's, else the latest role's."""
    current = current_role(roles)
    latest = current or (roles[0] if roles else None)
    own = current.job_title if current else None
    title = own or text_in(stated, "jobTitle") or (latest.job_title if latest else None)
    near = anchors[roles.index(latest)] if latest and title == latest.job_title else None
    return _verified(check, "jobTitle", title, near)


def _email(check: Verification, stated: Record) -> str | None:
    written = text_in(stated, "candidateEmail")
    if written is None:
        return None
    evidence = _grounded_contact(check, "candidateEmail", check.grounding.email(written))
    return plain_email(evidence.quote) if evidence else None


def _phone(check: Verification, stated: Record, country: str | None) -> str | None:
    written = text_in(stated, "candidatePhone")
    if written is None:
        return None
    evidence = _grounded_contact(check, "candidatePhone", check.grounding.phone(written))
    if evidence is None:
        return None
    # What the CV has decides, not the country code the model may have put before it.
    in_cv = evidence.quote.removeprefix("tel:") if evidence.source == "link" else evidence.quote
    return e164(in_cv, country) or in_cv


def _grounded_contact(check: Verification, field: str, evidence: Evidence | None) -> Evidence | None:
    if not check.note(f"{ROOT}/{field}", evidence):
        check.warn(
            "unverifiedContact",
            Severity.MAJOR,
            f"The model gave a {field} that does not stand in the CV; it was left out.",
            f"{ROOT}/{field}",
        )
    return evidence


def _profile_links(check: Verification, stated: Record) -> list[dict[str, str]]:
    links: list[dict[str, str]] = []
    left_out = 0
    urls = [(record, url) for record in records_in(stated, "profileLinks") if (url := text_in(record, "url"))]
    for record, url in each_once(urls, lambda link: url_identity(link[1])):
        evidence = check.grounding.url(url)
        if evidence is None:
            left_out += 1
            continue
        check.note(f"{ROOT}/profileLinks/{len(links)}/url", evidence)
        links.append({"kind": _kind(record, url), "url": url})
    if left_out:
        check.doubt(f"{ROOT}/profileLinks")
        check.warn(
            "unverifiedContact",
            Severity.MAJOR,
            f"The model gave {left_out} profile link(s) that do not stand in the CV; they were left out.",
            f"{ROOT}/profileLinks",
        )
    return links


def _kind(record: Record, url: str) -> str:
    stated = choice_in(record, "kind", "other")
    return link_kind(url) or ("other" if stated in _KINDS_WITH_A_HOST else stated)


def _location(stated: Record) -> dict[str, str | None] | None:
    record = record_in(stated, "candidateLocation")
    code = (text_in(record, "countryCode") or "").upper()
    location = {
        "city": text_in(record, "city"),
        "region": text_in(record, "region"),
        "countryCode": code if _COUNTRY_CODE.fullmatch(code) else None,
    }
    return location if any(location.values()) else None


def _certifications(stated: Record) -> list[dict[str, str | None]]:
    certificates = [
        {
            "name": name,
            "issuer": text_in(record, "issuer"),
            "date": _date(record, "date"),
            "expiryDate": _date(record, "expiryDate"),
        }
        for record in records_in(stated, "certifications")
        if (name := text_in(record, "name"))
    ]
    return each_once(certificates, lambda each: ((each["name"] or "").casefold(), each["date"]))


def _date(record: Record, key: str) -> str | None:
    date = parse_date(text_in(record, key))
    return date.written if date else None


def _languages(stated: Record) -> list[dict[str, str | None]]:
    languages = [
        {
            "language": language,
            "code": (text_in(record, "code") or "").lower() or None,
            "levelRaw": text_in(record, "levelRaw"),
            "cefr": text_in(record, "cefr"),
        }
        for record in records_in(stated, "languageProficiencies")
        if (language := text_in(record, "language"))
    ]
    return each_once(languages, lambda each: (each["language"] or "").casefold())


def _work_preferences(stated: Record) -> dict[str, str | bool | None] | None:
    record = record_in(stated, "workPreferences")
    preferences: dict[str, str | bool | None] = {
        "availability": text_in(record, "availability"),
        "noticePeriod": text_in(record, "noticePeriod"),
        "workAuthorization": text_in(record, "workAuthorization"),
        "willingToRelocate": flag_in(record, "willingToRelocate"),
        "remote": text_in(record, "remote"),
        "salaryExpectation": text_in(record, "salaryExpectation"),
    }
    return preferences if any(value is not None for value in preferences.values()) else None


def _ground_skills(check: Verification, skills: Sequence[dict[str, Any]]) -> None:
    for place, skill in enumerate(skills):
        check.note(f"{ROOT}/keySkills/{place}/name", check.grounding.skill(skill["name"]))


def _ground_roles(check: Verification, roles: Sequence[Role], anchors: Sequence[int | None]) -> None:
    for place, (role, near) in enumerate(zip(roles, anchors, strict=True)):
        pointer = ROLE_POINTER.format(place)
        check.value(f"{pointer}/jobTitle", role.job_title, near)
        check.value(f"{pointer}/employer", role.employer, near)
        check.value(f"{pointer}/rawDates", role.raw_dates, near)
        for line, highlight in enumerate(role.highlights):
            check.value(f"{pointer}/highlights/{line}", highlight, near)


def _ground_education(check: Verification, education: Sequence[Education]) -> None:
    for place, entry in enumerate(education):
        pointer = f"{ROOT}/educationHistory/{place}"
        near = check.grounding.anchor([value for value in (entry.degree, entry.institution) if value])
        check.value(f"{pointer}/degree", entry.degree, near)
        check.value(f"{pointer}/fieldOfStudy", entry.field_of_study, near)
        check.value(f"{pointer}/institution", entry.institution, near)
        check.value(f"{pointer}/grade", entry.grade, near)


def _warn_about_dates(check: Verification, roles: Sequence[Role], reference_date: datetime.date) -> None:
    for place, role in enumerate(roles):
        pointer = ROLE_POINTER.format(place)
        if role.has_unusable_dates:
            check.warn(
                "unusableDates",
                Severity.MINOR,
                "The dates of a role cannot be counted as they stand.",
                pointer,
            )
        elif role.is_current and role.ended_before(reference_date):
            check.warn(
                "contradictoryDates", Severity.MINOR, "A current role has an end in the past.", pointer
            )
