"""The analysis metrics: counts, shares and months, all computed from the published profile.

They describe what the CV says. None of them scores or ranks a person.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from shared_code.profile.answer import Record, number_in, record_in, records_in, text_in
from shared_code.profile.dates import Period, month_name, parse_date, period
from shared_code.profile.experience import (
    average_tenure_months,
    career_gaps,
    employers_count,
    last_role_recency_months,
    months_of,
    overlapping_roles,
)
from shared_code.profile.figures import states_a_figure
from shared_code.profile.key_skills import ROLE_POINTER
from shared_code.profile.roles import Role, roles_in

SKILL_CATEGORIES = ("technical", "tool", "domain", "soft", "language")
# A recruiter can work with a profile that has these; what is asked for first weighs most. They sum to 1.
COMPLETENESS_WEIGHTS = {
    "name": 0.10,
    "email": 0.15,
    "phone": 0.10,
    "location": 0.05,
    "jobTitle": 0.05,
    "datedRole": 0.20,
    "highlights": 0.05,
    "education": 0.10,
    "skills": 0.10,
    "summary": 0.05,
    "languages": 0.05,
}
SKILLS_OF_A_FULL_PROFILE = 5


def analysis_metrics(
    profile: Record, reference_date: datetime.date, stated_achievements: float | None
) -> dict[str, Any]:
    """The ``analysisMetrics`` of a published profile.

    Args:
        profile: The published ``candidateProfile``.
        reference_date: Today.
        stated_achievements: How many quantified achievements the analyst counted.
    """
    roles = roles_in(profile, reference_date)
    skills = records_in(profile, "keySkills")
    evidenced = _evidenced_pct(skills)
    managing = [role for role in roles if role.counts_as_experience and role.shows_management]
    return {
        "skillsTotal": len(skills),
        "skillsByCategory": {
            category: sum(text_in(skill, "category") == category for skill in skills)
            for category in SKILL_CATEGORIES
        },
        "skillsEvidencedInWorkPct": evidenced,
        "skillsListedOnlyPct": None if evidenced is None else round(100 - evidenced, 1),
        "yearsOfExperience": number_in(profile, "totalExperienceYears"),
        "managementMonths": months_of(managing) or 0,
        "averageTenureMonths": average_tenure_months(roles),
        "employersCount": employers_count(roles),
        "careerGaps": [
            {"from": month_name(gap.start), "to": month_name(gap.end - 1), "months": gap.months}
            for gap in career_gaps(roles, _education_periods(profile, reference_date))
        ],
        "overlappingRoles": [
            {
                "roles": [ROLE_POINTER.format(overlap.first), ROLE_POINTER.format(overlap.second)],
                "from": month_name(overlap.interval.start),
                "to": month_name(overlap.interval.end - 1),
                "months": overlap.interval.months,
            }
            for overlap in overlapping_roles(roles)
        ],
        "lastRoleRecencyMonths": last_role_recency_months(roles, reference_date),
        "undatedRolesCount": sum(role.period is None for role in roles),
        "quantifiedAchievementsCount": quantified_achievements(roles, stated_achievements),
        "profileCompleteness": profile_completeness(profile, roles),
    }


def quantified_achievements(roles: Sequence[Role], stated: float | None) -> int:
    """Achievements with a figure.

    The larger of two counts: highlights in which code sees a figure, and the analyst's count, which also
    knows figures in words ("doubled"), but is believed only up to the number of highlights there are.
    """
    highlights = [highlight for role in roles for highlight in role.highlights]
    seen = sum(states_a_figure(highlight) for highlight in highlights)
    return max(seen, min(max(0, int(stated or 0)), len(highlights)))


def profile_completeness(profile: Record, roles: Sequence[Role]) -> float:
    """How much of what a recruiter needs the profile holds: 0 to 1, by `COMPLETENESS_WEIGHTS`.

    Skills count in proportion up to five of them; everything else is there or not.
    """
    skills = len(records_in(profile, "keySkills"))
    present = {
        "name": bool(text_in(profile, "candidateName")),
        "email": bool(text_in(profile, "candidateEmail")),
        "phone": bool(text_in(profile, "candidatePhone")),
        "location": bool(record_in(profile, "candidateLocation")),
        "jobTitle": bool(text_in(profile, "jobTitle")),
        "datedRole": any(role.period is not None for role in roles),
        "highlights": any(role.highlights for role in roles),
        "education": bool(records_in(profile, "educationHistory")),
        "skills": min(1.0, skills / SKILLS_OF_A_FULL_PROFILE),
        "summary": bool(text_in(profile, "professionalSummary")),
        "languages": bool(records_in(profile, "languageProficiencies")),
    }
    return round(sum(weight * present[part] for part, weight in COMPLETENESS_WEIGHTS.items()), 2)


def _evidenced_pct(skills: Sequence[Record]) -> float | None:
    if not skills:
        return None
    return round(100 * sum(bool(skill.get("foundIn")) for skill in skills) / len(skills), 1)


def _education_periods(profile: Record, reference_date: datetime.date) -> list[Period]:
    periods = (
        period(
            parse_date(text_in(entry, "startDate")),
            parse_date(text_in(entry, "endDate")),
            is_current=text_in(entry, "status") == "inProgress",
            reference_date=reference_date,
        )
        for entry in records_in(profile, "educationHistory")
    )
    return [each for each in periods if each is not None]
