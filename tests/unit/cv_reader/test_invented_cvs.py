"""What else is read from invented CVs: studies, languages, skills, wishes, certificates."""

from __future__ import annotations

from typing import cast

import pytest

from local.openai_emulator.cv_reader import answer
from tests.unit.cv_reader import invented
from tests.unit.cv_reader.reading_back import Json, profile_of

STUDIES = {
    "us": (
        invented.US_ONE_PAGER,
        [
            (
                "Bachelor of Science in Supply Chain Management",
                "Oregon Example University",
                "2014",
                "completed",
            )
        ],
        "bachelor",
    ),
    "uk": (
        invented.UK_WITH_REFEREES,
        [
            ("BA (Hons) Accounting and Finance", "University of Exampleshire", "2009", "completed"),
            (
                "A-levels: Mathematics (A), Economics (B), History (B)",
                "Northgate Sixth Form College",
                "2006",
                "completed",
            ),
        ],
        "bachelor",
    ),
    "german": (
        invented.GERMAN_TABULAR,
        [
            ("M.Sc. Informatik", "Universität Trier", "2016-07", "completed"),
            ("Abitur", "Max-Planck-Gymnasium Trier", "2011", "completed"),
        ],
        "master",
    ),
    "unfinished studies do not count as highest": (
        invented.FRESHER,
        [
            ("B.Tech in Computer Engineering", "Sahyadri Institute of Technology", "2026", "inProgress"),
            ("Higher Secondary (XII)", "Nutan Vidyalaya", "2022", "completed"),
        ],
        "secondary",
    ),
    "academic": (
        invented.ACADEMIC,
        [
            ("Ph.D., Linguistics", "University of Exampleton", "2010", "completed"),
            ("M.A., Linguistics", "University of Exampleton", "2006", "completed"),
            ("B.A., Classics", "St. Albans College", "2004", "completed"),
        ],
        "doctorate",
    ),
}


@pytest.mark.parametrize(("text", "studies", "highest"), STUDIES.values(), ids=STUDIES)
def test_studies_are_read(text: str, studies: list[tuple[str, str, str, str]], highest: str) -> None:
    """Degree, institution, end and status of every study, and the highest completed level."""
    profile = profile_of(text)
    read = [
        (study["degree"], study["institution"], study["endDate"], study["status"])
        for study in profile["educationHistory"]
    ]
    assert (read, profile["highestEducation"]) == (studies, highest)


LANGUAGES = {
    "german": (invented.GERMAN_TABULAR, [("de", "native"), ("en", "C1"), ("fr", None)]),
    "spanish": (invented.SPANISH, [("es", "native"), ("en", "B2"), ("pt", None)]),
    "academic": (invented.ACADEMIC, [("it", "native"), ("en", None), ("nl", "B2"), ("ig", "A2")]),
    "programming languages are not spoken": (invented.FRESHER, [("en", None), ("hi", None), ("mr", None)]),
    "linkedin": (invented.LINKEDIN_EXPORT, [("no", "native"), ("en", None)]),
    "europass table with differing levels": (invented.EUROPASS, [("pl", "native"), ("en", None)]),
}


@pytest.mark.parametrize(("text", "languages"), LANGUAGES.values(), ids=LANGUAGES)
def test_languages_have_a_level_only_where_the_words_settle_it(
    text: str, languages: list[tuple[str, str | None]]
) -> None:
    """CEFR is read where it is written, or where a mother tongue is claimed."""
    assert [
        (entry["code"], entry["cefr"]) for entry in profile_of(text)["languageProficiencies"]
    ] == languages


def test_skill_section_is_read_item_by_item() -> None:
    """Items keep their spelling and get their usual name and kind."""
    skills = {
        skill["name"]: (skill["normalizedName"], skill["category"])
        for skill in profile_of(invented.FRESHER)["keySkills"]
    }
    assert skills["Python"] == ("Python", "technical")
    assert skills["Docker"] == ("Docker", "tool")
    assert {"Java", "Kotlin", "SQL", "Git", "Linux"} <= skills.keys()


def test_job_or_degree_among_the_skills_is_no_skill() -> None:
    """A line with a title and dates, or with a degree and a school, lists nothing that one can do."""
    added = "Principal Engineer, Bigname, Jan 2008 - Present.\nPhD Grandname University\n"
    names = {skill["name"] for skill in profile_of(invented.US_ONE_PAGER + added)["keySkills"]}
    assert not {name for name in names if "name" in name or "Engineer" in name}


def test_wishes_are_read_only_where_stated() -> None:
    """Availability, notice and salary are quoted; a CV without them has none."""
    wishes = profile_of(invented.GERMAN_TABULAR)["workPreferences"]
    assert (wishes["availability"], wishes["noticePeriod"], wishes["salaryExpectation"]) == (
        "Verfügbar ab 01.10.2026",
        "3 Monate",
        "72.000 EUR",
    )
    assert wishes["willingToRelocate"] is None
    assert profile_of(invented.ACADEMIC)["workPreferences"] is None


@pytest.mark.parametrize(
    ("words", "moves"),
    [
        ("Willing to relocate: Anywhere", True),
        ("Not willing to relocate", False),
        ("Relocated 40 servers", None),
    ],
)
def test_relocation_is_taken_at_its_word(words: str, moves: bool | None) -> None:
    """Yes, no, and nothing said are three answers."""
    wishes = profile_of(f"{invented.US_ONE_PAGER}\n{words}\nNotice period: 2 weeks")["workPreferences"]
    assert wishes["willingToRelocate"] is moves


def test_certificates_have_issuer_and_date() -> None:
    """Name, issuer and date of a certificate are told apart."""
    assert profile_of(invented.US_ONE_PAGER)["certifications"] == [
        {"name": "Lean Six Sigma Green Belt", "issuer": "ASQ", "date": "2018", "expiryDate": None},
        {"name": "OSHA 30-Hour General Industry", "issuer": None, "date": "2016", "expiryDate": None},
    ]


def test_invoice_is_no_cv() -> None:
    """Headings of a CV do not make an invoice one, and nobody is named after it."""
    read = answer("candidate_profile_schema", invented.INVOICE)
    profile = cast("Json", read["candidateProfile"])
    assert read["isCv"] is False
    assert profile["candidateName"] is None
    assert profile["employmentHistory"] == []
