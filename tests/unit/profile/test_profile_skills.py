"""The published skills analysis: metrics from the profile, evidence from the CV, no score of a person."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from shared_code.documents.model import DocumentText
from shared_code.profile.completion import publish_profile
from shared_code.profile.metrics import COMPLETENESS_WEIGHTS
from shared_code.profile.skills import publish_skills
from tests.unit.profile.sample_cv import one_page, role

ANALYSIS: dict[str, Any] = {
    "analysisMetrics": {"quantifiedAchievementsCount": 3},
    "professionalProfile": {
        "headline": "Platform lead",
        "coreCompetencies": [
            {"skill": "Kubernetes", "evidence": "cut cloud costs by 30% with Kubernetes"},
            {"skill": "Golang", "evidence": "Introduced Go services"},
            {"skill": "kubernetes", "evidence": "again"},
            {"skill": "Haskell", "evidence": "Rewrote it all in Haskell"},
        ],
        "domainExpertise": ["Logistics", " Logistics"],
        "leadership": {"hasManaged": True, "maxTeamSize": 8, "evidence": "Led 8 engineers"},
        "careerProgression": {"direction": "upward", "evidence": "Senior Developer, 2018-01"},
        "strengths": [
            {"text": "Coaching", "evidence": "Mentored two trainees"},
            {"text": "Sales", "evidence": "Doubled the revenue"},
        ],
        "gapsToVerify": [{"question": "What happened in 2017?", "reason": "three months are open"}],
    },
}


def metrics_of(history: list[dict[str, Any]], today: datetime.date, **more: Any) -> dict[str, Any]:
    """The metrics of a profile that has this employment history."""
    profile = {"employmentHistory": history, **more}
    result: dict[str, Any] = publish_skills({}, profile, one_page("x"), today).result["analysisMetrics"]
    return result


@pytest.fixture
def profile(answer: dict[str, Any], document: DocumentText, today: datetime.date) -> dict[str, Any]:
    """The sample's published profile."""
    result: dict[str, Any] = publish_profile(answer, document, today).result["candidateProfile"]
    return result


def test_the_metrics_of_the_sample(
    profile: dict[str, Any], document: DocumentText, today: datetime.date
) -> None:
    """Each figure follows from the profile alone."""
    assert publish_skills(ANALYSIS, profile, document, today).result["analysisMetrics"] == {
        "skillsTotal": 8,
        "skillsByCategory": {"technical": 4, "tool": 3, "domain": 0, "soft": 1, "language": 0},
        "skillsEvidencedInWorkPct": 75.0,
        "skillsListedOnlyPct": 25.0,
        "yearsOfExperience": 9.6,
        "managementMonths": 60,
        "averageTenureMonths": 57.5,
        "employersCount": 2,
        "careerGaps": [
            {"from": "2016-01", "to": "2016-05", "months": 5},
            {"from": "2017-10", "to": "2017-12", "months": 3},
        ],
        "overlappingRoles": [],
        "lastRoleRecencyMonths": 0,
        "undatedRolesCount": 0,
        "quantifiedAchievementsCount": 3,
        "profileCompleteness": 1.0,
    }


def test_competencies_are_enriched_and_each_once(
    profile: dict[str, Any], document: DocumentText, today: datetime.date
) -> None:
    """A usual name ("Golang") finds the skill as the CV writes it ("Go")."""
    published = publish_skills(ANALYSIS, profile, document, today)
    competencies = published.result["professionalProfile"]["coreCompetencies"]
    assert [(each["skill"], each["months"], each["lastUsed"]) for each in competencies] == [
        ("Kubernetes", 60, "2026-03"),
        ("Golang", 60, "2026-03"),
        ("Haskell", None, None),
    ]


def test_evidence_that_does_not_stand_in_the_cv_becomes_null(
    profile: dict[str, Any], document: DocumentText, today: datetime.date
) -> None:
    """And is listed; what stands there has its place."""
    published = publish_skills(ANALYSIS, profile, document, today)
    professional = published.result["professionalProfile"]
    assert professional["coreCompetencies"][2]["evidence"] is None
    assert professional["strengths"][1] == {"text": "Sales", "evidence": None}
    assert professional["strengths"][0]["evidence"] == "Mentored two trainees"
    assert published.unverified == (
        "/professionalProfile/coreCompetencies/2/skill",
        "/professionalProfile/coreCompetencies/2/evidence",
        "/professionalProfile/strengths/1/evidence",
    )
    for evidence in published.evidence.values():
        assert document.text[evidence.start : evidence.end] == evidence.quote


def test_a_team_size_without_evidence_is_unverified(document: DocumentText, today: datetime.date) -> None:
    """The figure stays, and is listed."""
    stated = {"leadership": {"hasManaged": True, "maxTeamSize": 90, "evidence": "Led 90 engineers"}}
    published = publish_skills({"professionalProfile": stated}, {}, document, today)
    assert published.result["professionalProfile"]["leadership"] == {
        "hasManaged": True,
        "maxTeamSize": 90,
        "evidence": None,
    }
    assert "/professionalProfile/leadership/maxTeamSize" in published.unverified


def test_at_most_five_competencies(document: DocumentText, today: datetime.date) -> None:
    """The top five, in the analyst's order."""
    stated = {"coreCompetencies": [{"skill": f"Skill {number}", "evidence": "x"} for number in range(9)]}
    published = publish_skills({"professionalProfile": stated}, {}, document, today)
    competencies = published.result["professionalProfile"]["coreCompetencies"]
    assert [each["skill"] for each in competencies] == [f"Skill {number}" for number in range(5)]


@pytest.mark.parametrize(
    ("first_end", "second_start", "expected"),
    [
        pytest.param("2018-03", "2018-04", [], id="seamless"),
        pytest.param("2018-03", "2018-06", [], id="two months are none"),
        pytest.param(
            "2018-03", "2018-07", [{"from": "2018-04", "to": "2018-06", "months": 3}], id="three months"
        ),
        pytest.param("2018", "2018-11", [], id="the year may have filled it"),
        pytest.param("2018", "2019", [], id="years in succession"),
        pytest.param(
            "2018", "2020", [{"from": "2019-01", "to": "2019-12", "months": 12}], id="a whole year between"
        ),
    ],
)
def test_a_gap_is_three_months_that_no_reading_of_the_dates_fills(
    today: datetime.date, first_end: str, second_start: str, expected: list[dict[str, Any]]
) -> None:
    """Vague dates accuse nobody."""
    history = [role("Dev", "A", "2016-01", first_end), role("Dev", "B", second_start, None, isCurrent=True)]
    assert metrics_of(history, today)["careerGaps"] == expected


@pytest.mark.parametrize("kind", ["internship", "volunteering", "education"])
def test_internships_volunteering_and_studies_fill_a_gap(today: datetime.date, kind: str) -> None:
    """What stands on the page needs no question."""
    history = [role("Dev", "A", "2016-01", "2016-12"), role("Dev", "B", "2018-01", "2018-12")]
    assert [gap["months"] for gap in metrics_of(history, today)["careerGaps"]] == [12]
    if kind == "education":
        studies = [{"degree": "MSc", "startDate": "2017-01", "endDate": "2017-12", "status": "completed"}]
        assert metrics_of(history, today, educationHistory=studies)["careerGaps"] == []
    else:
        between = role("Helper", "C", "2017-01", "2017-12", employmentType=kind)
        assert metrics_of([*history, between], today)["careerGaps"] == []


def test_studies_before_the_first_role_make_no_gap(today: datetime.date) -> None:
    """Gaps lie between roles."""
    studies = [{"degree": "MSc", "startDate": "2010", "endDate": "2012", "status": "completed"}]
    history = [role("Dev", "A", "2016-01", "2016-12")]
    assert metrics_of(history, today, educationHistory=studies)["careerGaps"] == []


def test_overlapping_roles_are_pairs_with_their_months(today: datetime.date) -> None:
    """A change within a month is no overlap, and year-only dates prove none at their edges."""
    history = [
        role("Dev", "A", "2020-01", None, isCurrent=True),
        role("Coach", "B", "2019-06", "2020-04"),
        role("Dev", "C", "2018-01", "2019-06"),
        role("Clerk", "D", "2016", "2018"),
    ]
    assert metrics_of(history, today)["overlappingRoles"] == [
        {
            "roles": ["/candidateProfile/employmentHistory/0", "/candidateProfile/employmentHistory/1"],
            "from": "2020-01",
            "to": "2020-04",
            "months": 4,
        }
    ]


def test_tenure_is_per_employer(today: datetime.date) -> None:
    """Two roles with one employer are one stay, whatever its legal form; internships are none."""
    history = [
        role("Lead", "Halden Ltd.", "2020-01", "2020-12"),
        role("Dev", "HALDEN", "2019-01", "2019-12"),
        role("Dev", "Brightwater GmbH & Co. KG", "2018-01", "2018-12"),
        role("Intern", "Other", "2017-01", "2017-03", employmentType="internship"),
    ]
    metrics = metrics_of(history, today)
    assert (metrics["averageTenureMonths"], metrics["employersCount"]) == (18.0, 2)


def test_recency_and_undated_roles(today: datetime.date) -> None:
    """Months since the latest end; roles without dates are counted apart."""
    history = [role("Dev", "A", "2024-01", "2025-03"), role("Dev", "B", None, None)]
    metrics = metrics_of(history, today)
    assert (metrics["lastRoleRecencyMonths"], metrics["undatedRolesCount"]) == (12, 1)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        pytest.param(0, 1, id="code sees one"),
        pytest.param(2, 2, id="the analyst sees one in words"),
        pytest.param(50, 2, id="never more than highlights"),
        pytest.param(-1, 1, id="nonsense"),
    ],
)
def test_achievements_with_figures(today: datetime.date, stated: int, expected: int) -> None:
    """The larger count, as far as there are highlights for it."""
    profile = {
        "employmentHistory": [role("Dev", "A", None, None, highlights=["Cut costs by 5%", "Doubled sales"])]
    }
    answer = {"analysisMetrics": {"quantifiedAchievementsCount": stated}}
    metrics = publish_skills(answer, profile, one_page("x"), today).result["analysisMetrics"]
    assert metrics["quantifiedAchievementsCount"] == expected


def test_completeness_runs_from_nothing_to_one(profile: dict[str, Any], today: datetime.date) -> None:
    """The weights sum to one; each missing part costs its own."""
    assert sum(COMPLETENESS_WEIGHTS.values()) == pytest.approx(1)
    assert metrics_of([], today)["profileCompleteness"] == 0
    without_email = publish_skills({}, profile | {"candidateEmail": None}, one_page("x"), today)
    assert without_email.result["analysisMetrics"]["profileCompleteness"] == 0.85
    two_skills = publish_skills({}, profile | {"keySkills": profile["keySkills"][:2]}, one_page("x"), today)
    assert two_skills.result["analysisMetrics"]["profileCompleteness"] == 0.94


def test_without_a_profile_the_metrics_are_empty(today: datetime.date) -> None:
    """Null where nothing is known, zero where there is nothing to count."""
    metrics = metrics_of([], today)
    assert metrics["skillsEvidencedInWorkPct"] is None
    assert metrics["averageTenureMonths"] is None
    assert metrics["lastRoleRecencyMonths"] is None
    assert metrics["managementMonths"] == 0
