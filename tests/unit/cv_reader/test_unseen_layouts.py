"""The reader on layouts of templates, exports and dumps that it was not written for."""

from __future__ import annotations

import json
import re
import time

import pytest

from local.openai_emulator.cv_reader import answer
from tests.unit.cv_reader.unseen import customs, dumps, labels, latex_templates, sidebars
from tests.unit.cv_reader.unseen.model import Unseen

_CVS = (*latex_templates.CVS, *sidebars.CVS, *dumps.CVS, *customs.CVS, *labels.CVS)
_EACH = pytest.mark.parametrize("cv", _CVS, ids=[cv.key for cv in _CVS])
_BY_KEY = {cv.key: cv for cv in _CVS}


def _profile(text: str) -> dict[str, object]:
    profile = answer("candidate_profile_schema", text)["candidateProfile"]
    assert isinstance(profile, dict)
    return profile


def _key(text: object) -> list[str] | None:
    """Words of a value whatever their case, order and punctuation; None stays None."""
    return None if text is None else sorted(re.findall(r"\w+", str(text).casefold()))


def _digits(text: object) -> str | None:
    return None if text is None else re.sub(r"\D", "", str(text))


@_EACH
def test_the_person_and_how_to_reach_them_are_read(cv: Unseen) -> None:
    """Name, address and number are the candidate's, whatever stands around them."""
    profile = _profile(cv.text)
    assert _key(profile["candidateName"]) == _key(cv.name)
    assert profile["candidateEmail"] == cv.email
    assert _digits(profile["candidatePhone"]) == _digits(cv.phone)


@_EACH
def test_the_work_is_read(cv: Unseen) -> None:
    """Latest title, current employer, the number of jobs and the first date are as written."""
    profile = _profile(cv.text)
    jobs = profile["employmentHistory"]
    assert isinstance(jobs, list)
    begins = min((job["startDate"] for job in jobs if job["startDate"]), default=None)
    assert _key(profile["jobTitle"]) == _key(cv.title)
    assert _key(profile["currentEmployer"]) == _key(cv.employer)
    assert (len(jobs), (begins or "")[:7]) == (cv.jobs, (cv.begins or "")[:7])


@pytest.mark.parametrize("key", ["jsonresume raw", "yaml cv", "flat json keys", "jsonlines content"])
def test_no_markup_is_left_in_values(key: str) -> None:
    """What is read from JSON and YAML holds neither their quotes nor their keys."""
    said = json.dumps(_profile(_BY_KEY[key].text), ensure_ascii=False)
    values = re.findall(r'"(?:[^"\\]|\\.)*"', said)
    assert not [
        value for value in values if re.search(r'\\"|[{}]|(?:position|start_?[dD]ate|name)"?:', value)
    ]


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Skills\nSEO   Copywriting   HubSpot\n", ["SEO", "Copywriting", "HubSpot"]),
        ("Technical Skills\nLanguages\nC#, Python\nPlatforms\nLinux\n", ["C#", "Python", "Linux"]),
        ("Technical Skills\nDatabases        : MySQL\nPlatforms: Linux\n", ["MySQL", "Linux"]),
        ("Skills\nWeb Technologies   HTML5, CSS3\nCloud   AWS, GCP\n", ["HTML5", "CSS3", "AWS", "GCP"]),
        ("Kenntnisse\nMS Office: gute Kenntnisse\nFührerschein: Klasse B\n", ["MS Office"]),
        ("Skills\nSalesforce ●●●○○\nDistributed systems\n", ["Salesforce", "Distributed systems"]),
    ],
    ids=["runs of spaces", "sub-headings", "spaced labels", "label column", "levels", "ratings"],
)
def test_skills_are_what_is_listed_and_not_what_heads_the_list(text: str, skills: list[str]) -> None:
    """Labels, levels and ratings of a skills section are no skills."""
    head = "Jane Roe\njane.roe@example.com\nExperience\n2019 - 2020 Clerk, Example Ltd\nTyping.\n"
    listed = _profile(head + text)["keySkills"]
    assert isinstance(listed, list)
    assert [skill["name"] for skill in listed] == skills


@pytest.mark.parametrize(
    "text",
    [
        "082 555 0166 / " * 3000,
        "(" * 30000 + "1" * 30000,
        "a.b-\n" * 8000 + "x@example.com",
        '{"a":' * 20000,
        "EXPERIENCE " * 6000,
        "Mar 2018–\n" * 4000,
        "Experience\n2019 - 2020 Worked with " + "as a " * 5000,
    ],
    ids=["numbers", "brackets", "broken addresses", "nesting", "headings", "broken dates", "sentences"],
)
def test_hostile_text_does_not_hold_the_reader_up(text: str) -> None:
    """Time grows with the text, not with its square."""
    begin = time.process_time()
    _profile(text)
    assert time.process_time() - begin < 10
