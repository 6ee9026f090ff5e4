"""The published schemas: valid themselves, matched by what the functions return, and strict."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from shared_code.assistants.published import envelope_validator
from shared_code.documents.model import DocumentText
from shared_code.privacy.entities import publish_pii
from shared_code.profile.completion import publish_profile
from shared_code.profile.skills import publish_skills
from tests.unit.profile.sample_cv import ANSWER, one_page

ASSISTANTS = Path(__file__).parents[3] / "shared_code" / "assistants"
PARTS = {
    "candidate_profile": ASSISTANTS / "cv_data_extractor" / "published.schema.json",
    "pii_entities": ASSISTANTS / "cv_pii_identifier" / "published.schema.json",
    "skills_analysis": ASSISTANTS / "cv_skills_analyst" / "published.schema.json",
}
ANALYSIS: dict[str, Any] = {
    "analysisMetrics": {"quantifiedAchievementsCount": 1},
    "professionalProfile": {
        "headline": None,
        "coreCompetencies": [
            {"skill": "Go", "evidence": "Introduced Go services"},
            {"skill": "Haskell", "evidence": "?"},
        ],
        "domainExpertise": ["Logistics"],
        "leadership": {"hasManaged": True, "maxTeamSize": 8, "evidence": "Led 8 engineers"},
        "careerProgression": {"direction": "upward", "evidence": None},
        "strengths": [{"text": "Coaching", "evidence": "Mentored two trainees"}],
        "gapsToVerify": [{"question": "Why?", "reason": "Because."}],
    },
}


def load(path: Path) -> dict[str, Any]:
    """A schema of the repository."""
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


@pytest.fixture(scope="module")
def envelope() -> Validator:
    """The envelope's validator, with the parts it refers to."""
    return envelope_validator()


def enveloped(answer: dict[str, Any], document: DocumentText, today: datetime.date) -> dict[str, Any]:
    """All three results of a document in one envelope."""
    profile = publish_profile(answer, document, today)
    pii = publish_pii({"pii_entities": []}, document, "GB")
    skills = publish_skills(ANALYSIS, profile.result["candidateProfile"], document, today)
    parts = (profile, pii, skills)
    return {
        "documentId": "0" * 64,
        **profile.result,
        **pii.result,
        **skills.result,
        "evidence": {pointer: quote for part in parts for pointer, quote in part.evidence_as_json().items()},
        "unverified": [pointer for part in parts for pointer in part.unverified],
        "warnings": [warning for part in parts for warning in part.warnings_as_json()],
        "meta": {},
    }


def objects_in(schema: object, at: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object schema with properties, and where it stands."""
    if isinstance(schema, dict):
        if "properties" in schema and "type" in schema:
            yield at, schema
        for key, value in schema.items():
            yield from objects_in(value, f"{at}/{key}")
    elif isinstance(schema, list):
        for place, value in enumerate(schema):
            yield from objects_in(value, f"{at}/{place}")


@pytest.mark.parametrize("title", PARTS)
def test_a_published_schema_is_valid_titled_and_closed(title: str) -> None:
    """Draft 2020-12, every property required, none besides."""
    schema = load(PARTS[title])
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == title
    for at, each in objects_in(schema):
        assert each.get("additionalProperties") is False, at
        assert each["required"] == list(each["properties"]), at


def test_the_results_match_their_schemas_in_one_envelope(
    envelope: Validator, answer: dict[str, Any], document: DocumentText, today: datetime.date
) -> None:
    """The sample, and an answer in which much is invented."""
    Draft202012Validator.check_schema(load(ASSISTANTS / "envelope.schema.json"))
    envelope.validate(enveloped(answer, document, today))
    answer["candidateProfile"] |= {"candidateEmail": "nobody@example.net", "candidateName": "Nobody"}
    answer["candidateProfile"]["employmentHistory"][0]["startDate"] = "spring"
    doubtful = enveloped(answer, document, today)
    assert doubtful["unverified"]
    assert doubtful["warnings"]
    envelope.validate(doubtful)


def test_an_empty_answer_matches_the_schemas(envelope: Validator, today: datetime.date) -> None:
    """A file that is no CV."""
    envelope.validate(enveloped({"isCv": False, "candidateProfile": {}}, one_page("Invoice 4711"), today))


def test_a_result_of_one_assistant_is_an_envelope_too(
    envelope: Validator, document: DocumentText, today: datetime.date
) -> None:
    """As one endpoint answers it."""
    published = publish_profile(copy.deepcopy(ANSWER), document, today)
    result: dict[str, Any] = {
        "documentId": "x",
        **published.result,
        "evidence": published.evidence_as_json(),
        "unverified": list(published.unverified),
        "warnings": published.warnings_as_json(),
        "meta": {"attempts": 1},
    }
    envelope.validate(result)


@pytest.mark.parametrize(
    ("pointer", "wrong"),
    [
        pytest.param(("candidateProfile", "extra"), 1, id="an extra field"),
        pytest.param(("candidateProfile", "totalExperienceYears"), -1, id="negative years"),
        pytest.param(
            ("candidateProfile", "employmentHistory", 0, "startDate"), "04/2021", id="another date form"
        ),
        pytest.param(
            ("candidateProfile", "keySkills", 0, "foundIn"), ["employmentHistory/0"], id="no pointer"
        ),
        pytest.param(("candidateProfile", "highestEducation"), "wizard", id="no such level"),
        pytest.param(("pii_entities", 0, "replacement"), "NAME", id="no token"),
        pytest.param(("pii_entities", 0, "sensitivity_level"), 5, id="no such sensitivity"),
        pytest.param(("analysisMetrics", "suitabilityScore"), 0.9, id="a score"),
        pytest.param(("analysisMetrics", "profileCompleteness"), 1.2, id="more than complete"),
        pytest.param(("professionalProfile", "leadership", "evidence"), 1, id="evidence that is no text"),
        pytest.param(("evidence", "candidateName"), {}, id="evidence without pointer"),
        pytest.param(("unverified",), ["name"], id="unverified without pointer"),
        pytest.param(
            ("warnings",), [{"code": "x", "severity": "grave", "message": "m"}], id="no such severity"
        ),
        pytest.param(("documentId",), None, id="no document"),
    ],
)
def test_the_schemas_refuse_what_does_not_belong(
    envelope: Validator,
    answer: dict[str, Any],
    document: DocumentText,
    today: datetime.date,
    pointer: tuple[str | int, ...],
    wrong: object,
) -> None:
    """One wrong value is enough."""
    result = json.loads(json.dumps(enveloped(answer, document, today)))
    holder = result
    for step in pointer[:-1]:
        holder = holder[step]
    holder[pointer[-1]] = wrong
    assert not envelope.is_valid(result)
