"""From the analyst's answer to the published skills analysis: computed metrics and grounded evidence."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from shared_code.documents.model import DocumentText
from shared_code.profile.answer import (
    Record,
    choice_in,
    each_once,
    flag_in,
    number_in,
    record_in,
    records_in,
    text_in,
    texts_in,
)
from shared_code.profile.grounding import Grounding
from shared_code.profile.key_skills import WorkHistory
from shared_code.profile.metrics import analysis_metrics
from shared_code.profile.outcome import Published
from shared_code.profile.roles import roles_in
from shared_code.profile.verification import Verification

ROOT = "/professionalProfile"
MOST_COMPETENCIES = 5


def publish_skills(
    answer: Record, profile: Record, document: DocumentText, reference_date: datetime.date
) -> Published:
    """Complete the answer of the skills analyst and check its evidence against the CV.

    Every quoted evidence must stand in the CV; one that does not becomes null and is listed. No part of
    the result scores or ranks the candidate.

    Args:
        answer: The model's answer: ``{"analysisMetrics": {...}, "professionalProfile": {...}}``.
        profile: The published ``candidateProfile``; an empty mapping where there is none, which leaves
            the metrics at zero or null.
        document: What the CV's file was read to.
        reference_date: Today.

    Returns:
        The published ``analysisMetrics`` and ``professionalProfile``.
    """
    check = Verification(Grounding(document))
    stated = record_in(answer, "professionalProfile")
    counted = number_in(record_in(answer, "analysisMetrics"), "quantifiedAchievementsCount")
    professional: dict[str, Any] = {
        "headline": text_in(stated, "headline"),
        "coreCompetencies": _core_competencies(check, stated, profile, reference_date),
        "domainExpertise": texts_in(stated, "domainExpertise"),
        "leadership": _leadership(check, record_in(stated, "leadership")),
        "careerProgression": _career_progression(check, record_in(stated, "careerProgression")),
        "strengths": _strengths(check, stated),
        "gapsToVerify": [
            {"question": question, "reason": text_in(record, "reason") or ""}
            for record in records_in(stated, "gapsToVerify")
            if (question := text_in(record, "question"))
        ],
    }
    metrics = analysis_metrics(profile, reference_date, counted)
    return check.published({"analysisMetrics": metrics, "professionalProfile": professional})


def _core_competencies(
    check: Verification, stated: Record, profile: Record, reference_date: datetime.date
) -> list[dict[str, Any]]:
    """The top five, with the months of the roles that name them."""
    history = WorkHistory(roles_in(profile, reference_date), reference_date)
    key_skills = records_in(profile, "keySkills")
    named = [
        (record, skill)
        for record in records_in(stated, "coreCompetencies")
        if (skill := text_in(record, "skill"))
    ]
    competencies: list[dict[str, Any]] = []
    for record, skill in each_once(named, lambda each: each[1].casefold())[:MOST_COMPETENCIES]:
        pointer = f"{ROOT}/coreCompetencies/{len(competencies)}"
        known = _key_skill(skill, key_skills)
        if known is None:
            check.note(f"{pointer}/skill", check.grounding.skill(skill))
        names = [skill] if known is None else [skill, *_names(known)]
        use = history.use_of(*names)
        competencies.append(
            {
                "skill": skill,
                "months": use.months,
                "lastUsed": use.last_used,
                "evidence": _evidence(check, f"{pointer}/evidence", record),
            }
        )
    return competencies


def _key_skill(skill: str, key_skills: Sequence[Record]) -> Record | None:
    wanted = skill.casefold()
    return next((each for each in key_skills if wanted in (name.casefold() for name in _names(each))), None)


def _names(key_skill: Record) -> list[str]:
    return [name for key in ("name", "normalizedName") if (name := text_in(key_skill, key))]


def _leadership(check: Verification, stated: Record) -> dict[str, Any]:
    """The leadership found; a team's size without evidence in the CV is listed as unverified."""
    evidence = _evidence(check, f"{ROOT}/leadership/evidence", stated)
    size = number_in(stated, "maxTeamSize")
    if size is not None and evidence is None:
        check.doubt(f"{ROOT}/leadership/maxTeamSize")
    return {
        "hasManaged": flag_in(stated, "hasManaged") or False,
        "maxTeamSize": None if size is None else int(size),
        "evidence": evidence,
    }


def _career_progression(check: Verification, stated: Record) -> dict[str, Any]:
    return {
        "direction": choice_in(stated, "direction", "unclear"),
        "evidence": _evidence(check, f"{ROOT}/careerProgression/evidence", stated),
    }


def _strengths(check: Verification, stated: Record) -> list[dict[str, Any]]:
    strengths: list[dict[str, Any]] = []
    named = [
        (record, text) for record in records_in(stated, "strengths") if (text := text_in(record, "text"))
    ]
    for record, text in each_once(named, lambda each: each[1].casefold()):
        pointer = f"{ROOT}/strengths/{len(strengths)}/evidence"
        strengths.append({"text": text, "evidence": _evidence(check, pointer, record)})
    return strengths


def _evidence(check: Verification, pointer: str, record: Record) -> str | None:
    """The quoted evidence where it stands in the CV, else None, listed."""
    quoted = text_in(record, "evidence")
    return quoted if quoted and check.value(pointer, quoted) else None
