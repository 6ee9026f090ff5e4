"""The published profile of a fictional CV: what is computed, checked, normalised and listed."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from shared_code.documents.model import DocumentText, Severity
from shared_code.profile.completion import publish_profile
from shared_code.profile.outcome import Published
from tests.unit.profile.sample_cv import one_page, role, skill

FIELDS = [
    "candidateName",
    "jobTitle",
    "candidateEmail",
    "candidatePhone",
    "totalExperienceYears",
    "candidateLocation",
    "profileLinks",
    "professionalSummary",
    "currentEmployer",
    "seniorityLevel",
    "industrySectors",
    "keySkills",
    "employmentHistory",
    "educationHistory",
    "highestEducation",
    "certifications",
    "languageProficiencies",
    "workPreferences",
]


@pytest.fixture
def published(answer: dict[str, Any], document: DocumentText, today: datetime.date) -> Published:
    """The sample answer, published."""
    return publish_profile(answer, document, today)


@pytest.fixture
def profile(published: Published) -> dict[str, Any]:
    """The sample's published profile."""
    result: dict[str, Any] = published.result["candidateProfile"]
    return result


def test_the_eighteen_fields_stand_in_their_order(profile: dict[str, Any]) -> None:
    """As the specification lists them."""
    assert list(profile) == FIELDS


def test_roles_are_newest_first_and_each_once(profile: dict[str, Any]) -> None:
    """The answer had them out of order, and one twice."""
    titles = [each["jobTitle"] for each in profile["employmentHistory"]]
    assert titles == ["Engineering Manager", "Senior Developer", "Developer", "Intern"]
    assert [each["datePrecision"] for each in profile["employmentHistory"]] == [
        "month",
        "month",
        "month",
        "year",
    ]


def test_experience_is_the_union_of_work_without_internships(profile: dict[str, Any]) -> None:
    """16 + 39 + 60 months; the model's 20 years are not believed."""
    assert profile["totalExperienceYears"] == 9.6


def test_skills_know_the_roles_that_name_them(profile: dict[str, Any]) -> None:
    """Months are a union, C is not C++, and what is only listed has no months."""
    skills = {each["name"]: each for each in profile["keySkills"]}
    assert len(profile["keySkills"]) == 8
    assert skills["Python"]["foundIn"] == [
        "/candidateProfile/employmentHistory/1",
        "/candidateProfile/employmentHistory/2",
    ]
    assert (skills["Python"]["monthsUsed"], skills["Python"]["lastUsed"]) == (55, "2021-03")
    assert (skills["Go"]["monthsUsed"], skills["Go"]["lastUsed"]) == (60, "2026-03")
    assert skills["C"]["foundIn"] == []
    assert (skills["C"]["monthsUsed"], skills["C"]["lastUsed"]) == (None, None)
    assert skills["C++"]["monthsUsed"] == 16


def test_a_skill_is_found_by_its_usual_name_too(
    answer: dict[str, Any], document: DocumentText, today: datetime.date
) -> None:
    """The list says "K8s", the role says "Kubernetes"."""
    answer["candidateProfile"]["keySkills"] = [skill("K8s", normalized="Kubernetes")]
    (found,) = publish_profile(answer, document, today).result["candidateProfile"]["keySkills"]
    assert found["foundIn"] == ["/candidateProfile/employmentHistory/0"]


def test_the_current_role_gives_title_and_employer(
    answer: dict[str, Any], document: DocumentText, today: datetime.date
) -> None:
    """Not the model's abbreviations of them."""
    answer["candidateProfile"] |= {"jobTitle": "Manager", "currentEmployer": "Northwind"}
    profile = publish_profile(answer, document, today).result["candidateProfile"]
    assert profile["jobTitle"] == "Engineering Manager"
    assert profile["currentEmployer"] == "Northwind Logistics Ltd"


def test_contact_details_take_their_normal_form(profile: dict[str, Any]) -> None:
    """The address as the CV spells it, the number in E.164, each link once with the kind of its host."""
    assert profile["candidateEmail"] == "iris.calloway@example.com"
    assert profile["candidatePhone"] == "+442079460123"
    assert profile["candidateLocation"] == {"city": "Leeds", "region": None, "countryCode": "GB"}
    assert [each["kind"] for each in profile["profileLinks"]] == ["linkedin", "github"]


def test_an_open_doctorate_is_no_completed_one(profile: dict[str, Any]) -> None:
    """The model said doctorate; the history says in progress."""
    assert profile["highestEducation"] == "master"


def test_empty_preferences_and_unreadable_dates_are_null(profile: dict[str, Any]) -> None:
    """Blanks are nothing, and "soon" is no date."""
    assert profile["workPreferences"] is None
    assert profile["certifications"][0]["expiryDate"] is None


def test_all_of_the_sample_is_verified(published: Published, document: DocumentText) -> None:
    """Every piece of evidence quotes the text at its offsets; a value only a link holds has none."""
    assert published.unverified == ()
    assert published.warnings == ()
    for pointer, evidence in published.evidence.items():
        if evidence.source == "link":
            assert (pointer, evidence.start) == ("/candidateProfile/profileLinks/1/url", None)
        else:
            assert document.text[evidence.start : evidence.end] == evidence.quote
            assert evidence.page == document.page_at(evidence.start or 0)


def test_the_same_employer_has_its_evidence_beside_its_own_dates(
    published: Published, document: DocumentText
) -> None:
    """Halden Software stands on both pages."""
    pages = [
        published.evidence[f"/candidateProfile/employmentHistory/{place}/employer"].page for place in (1, 2)
    ]
    assert pages == [1, 2]


@pytest.mark.parametrize(
    ("field", "invented"),
    [("candidateEmail", "iris@example.net"), ("candidatePhone", "+44 20 7946 0999")],
)
def test_an_invented_contact_detail_becomes_null(
    answer: dict[str, Any], document: DocumentText, today: datetime.date, field: str, invented: str
) -> None:
    """It is listed, with a warning that does not repeat it."""
    answer["candidateProfile"][field] = invented
    published = publish_profile(answer, document, today)
    assert published.result["candidateProfile"][field] is None
    assert published.unverified == (f"/candidateProfile/{field}",)
    (warning,) = published.warnings
    assert (warning.code, warning.severity) == ("unverifiedContact", Severity.MAJOR)
    assert invented not in warning.message


def test_an_invented_profile_link_is_taken_out(
    answer: dict[str, Any], document: DocumentText, today: datetime.date
) -> None:
    """The others keep their evidence under their new places."""
    answer["candidateProfile"]["profileLinks"].insert(
        0, {"kind": "xing", "url": "xing.com/profile/Iris_Calloway"}
    )
    published = publish_profile(answer, document, today)
    assert len(published.result["candidateProfile"]["profileLinks"]) == 2
    assert published.unverified == ("/candidateProfile/profileLinks",)
    assert published.evidence["/candidateProfile/profileLinks/0/url"].quote == "linkedin.com/in/iris-calloway"


def test_other_invented_values_stay_and_are_listed(
    answer: dict[str, Any], document: DocumentText, today: datetime.date
) -> None:
    """In the order of the result."""
    stated = answer["candidateProfile"]
    stated["candidateName"] = "Ira Callaway"
    stated["employmentHistory"][2]["employer"] = "Southwind"
    stated["certifications"][0]["name"] = "Certified Astronaut"
    published = publish_profile(answer, document, today)
    assert published.result["candidateProfile"]["candidateName"] == "Ira Callaway"
    assert set(published.unverified) == {
        "/candidateProfile/candidateName",
        "/candidateProfile/currentEmployer",
        "/candidateProfile/employmentHistory/0/employer",
        "/candidateProfile/certifications/0/name",
    }


def test_a_country_code_the_model_added_is_not_believed(answer: dict[str, Any], today: datetime.date) -> None:
    """What the CV has decides: a number without a country stays as written."""
    answer["candidateProfile"]["candidateLocation"] = None
    published = publish_profile(answer, one_page("Iris Calloway, 020 7946 0123"), today)
    assert published.result["candidateProfile"]["candidatePhone"] == "020 7946 0123"


@pytest.mark.parametrize(
    ("history", "stated", "expected"),
    [
        pytest.param([role("Dev", "A", None, None)], 7, 7.0, id="no role is dated: the CV's own figure"),
        pytest.param([role("Dev", "A", None, None)], None, None, id="no role is dated, none stated"),
        pytest.param([], 3.25, 3.2, id="no role at all"),
        pytest.param(
            [role("Dev", "A", "2020-01", "2020-12"), role("Dev", "B", "2020-07", "2021-06")],
            9,
            1.5,
            id="overlap once",
        ),
        pytest.param(
            [role("Dev", "A", "2018-01", "2018-12"), role("Dev", "B", "2020-01", "2020-12")],
            3,
            2.0,
            id="gap left out",
        ),
        pytest.param(
            [role("Helper", "A", "2018-01", "2018-12", employmentType="volunteering")],
            1,
            0.0,
            id="volunteering only",
        ),
        pytest.param(
            [role("Apprentice", "A", "2018-01", "2018-12", employmentType="apprenticeship")],
            None,
            1.0,
            id="an apprenticeship counts",
        ),
        pytest.param(
            [role("Dev", "A", "2030-01", None, isCurrent=True)], 2, 2.0, id="only a role in the future"
        ),
    ],
)
def test_total_experience(
    answer: dict[str, Any],
    document: DocumentText,
    today: datetime.date,
    history: list[dict[str, Any]],
    stated: float | None,
    expected: float | None,
) -> None:
    """Computed where anything can be computed."""
    answer["candidateProfile"] |= {"employmentHistory": history, "totalExperienceYears": stated}
    result = publish_profile(answer, document, today).result["candidateProfile"]
    assert result["totalExperienceYears"] == expected


@pytest.mark.parametrize(
    ("entries", "stated", "expected"),
    [
        pytest.param(
            [("BSc", "completed")], "doctorate", "bachelor", id="recognised: the model is not needed"
        ),
        pytest.param(
            [("BSc", "completed"), ("MSc", "completed")], "unknown", "master", id="the highest of them"
        ),
        pytest.param([("Laurea", "completed")], "master", "master", id="not recognised: the model's word"),
        pytest.param(
            [("Laurea", "completed"), ("PhD", "inProgress")], "doctorate", "unknown", id="open level"
        ),
        pytest.param([("BSc", "unfinished")], "bachelor", "unknown", id="nothing completed"),
        pytest.param([("BSc", "unfinished")], "secondary", "secondary", id="a level beside the open one"),
        pytest.param(
            [("Laurea", "completed"), ("MSc", "completed")], "bachelor", "master", id="recognised is higher"
        ),
        pytest.param([], "vocational", "vocational", id="no entry"),
    ],
)
def test_highest_education(
    answer: dict[str, Any],
    document: DocumentText,
    today: datetime.date,
    entries: list[tuple[str, str]],
    stated: str,
    expected: str,
) -> None:
    """Completed entries decide; the model's word only where their names say nothing."""
    answer["candidateProfile"]["educationHistory"] = [
        {"degree": degree, "status": status} for degree, status in entries
    ]
    answer["candidateProfile"]["highestEducation"] = stated
    result = publish_profile(answer, document, today).result["candidateProfile"]
    assert result["highestEducation"] == expected


def test_without_a_current_role_the_models_title_stands(
    answer: dict[str, Any], document: DocumentText, today: datetime.date
) -> None:
    """And where it has none, the latest role's."""
    for each in answer["candidateProfile"]["employmentHistory"]:
        each["isCurrent"] = False
    answer["candidateProfile"] |= {"jobTitle": "Developer", "currentEmployer": None}
    result = publish_profile(answer, document, today).result["candidateProfile"]
    assert (result["jobTitle"], result["currentEmployer"]) == ("Developer", None)
    answer["candidateProfile"]["jobTitle"] = None
    result = publish_profile(answer, document, today).result["candidateProfile"]
    assert result["jobTitle"] == result["employmentHistory"][0]["jobTitle"]


def test_dates_that_cannot_be_counted_are_pointed_out(
    answer: dict[str, Any], document: DocumentText, today: datetime.date
) -> None:
    """Without quoting them."""
    answer["candidateProfile"]["employmentHistory"] = [
        role("Developer", "Halden Software", "2020-05", "2019-01"),
        role("Intern", "Brightwater Labs", "2015", "2015", isCurrent=True),
        role("Senior Developer", None, "spring", None),
    ]
    warnings = publish_profile(answer, document, today).warnings
    assert [(each.code, each.pointer) for each in warnings] == [
        ("contradictoryDates", "/candidateProfile/employmentHistory/0"),
        ("unusableDates", "/candidateProfile/employmentHistory/1"),
        ("unusableDates", "/candidateProfile/employmentHistory/2"),
    ]


def test_a_file_that_is_no_cv_gives_an_empty_profile_with_a_warning(today: datetime.date) -> None:
    """Nothing fails on an answer that holds nothing."""
    published = publish_profile({"isCv": False, "candidateProfile": {}}, one_page("Invoice 4711"), today)
    profile = published.result["candidateProfile"]
    assert list(profile) == FIELDS
    assert profile["candidateName"] is None
    assert profile["keySkills"] == []
    assert [each.code for each in published.warnings] == ["notACv"]


def test_the_answer_itself_is_left_alone(
    answer: dict[str, Any], document: DocumentText, today: datetime.date
) -> None:
    """Publishing is pure: the same answer gives the same result."""
    assert publish_profile(answer, document, today) == publish_profile(answer, document, today)
