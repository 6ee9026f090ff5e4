"""``make demo`` as a user types it: exit code, table, results on disk, and nothing left running."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from samples.renderer.render import TRUTH
from shared_code.assistants.published import envelope_validator

ROOT = Path(__file__).parents[2]
EXPECTED: dict[str, dict[str, Any]] = json.loads(TRUTH.read_text("utf-8"))["files"]
CVS = [name for name, truth in EXPECTED.items() if truth["isCv"]]
REFERENCE_MONTH = date.fromisoformat(json.loads(TRUTH.read_text("utf-8"))["referenceMonth"] + "-01")


@pytest.fixture(scope="module")
def demo() -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "AZURE_OPENAI_ENDPOINT"}
    return subprocess.run(
        ["make", "demo"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def _result(name: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((ROOT / "out" / "demo" / f"{name}.json").read_text("utf-8"))
    return result


def test_succeeds_and_says_so(demo: subprocess.CompletedProcess[str]) -> None:
    """Exit code 0, every file and every endpoint in the output, and where the results are."""
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert f"{len(EXPECTED)} analysed, 0 rejected, 0 failed" in demo.stdout
    for path in ("/api/health", "/api/cv/extract", "/api/pii/identify", "/api/skills/analyse", "/api/usage"):
        assert path in demo.stdout
    assert "out/demo/" in demo.stdout


@pytest.mark.parametrize("name", EXPECTED)
def test_every_result_is_valid(demo: subprocess.CompletedProcess[str], name: str) -> None:
    """What is on disk follows the published schema, its arithmetic included."""
    result = _result(name)
    envelope_validator().validate(result)
    assert len(result["candidateProfile"]) == 18
    calls = result["meta"]["calls"]
    assert sum(call["attempts"] for call in calls) == result["meta"]["attempts"]


@pytest.mark.parametrize("name", CVS)
def test_the_table_is_right(demo: subprocess.CompletedProcess[str], name: str) -> None:
    """Name, title, contacts, employer and years are those of the person whom the sample invents."""
    truth, profile = EXPECTED[name], _result(name)["candidateProfile"]
    for field in ("candidateName", "jobTitle", "candidateEmail", "currentEmployer"):
        assert profile[field] == truth[field], field
    assert profile["candidatePhone"] == truth["candidatePhoneE164"]
    months_since = (
        (date.today().year - REFERENCE_MONTH.year) * 12 + date.today().month - REFERENCE_MONTH.month
    )
    tolerance = truth["experienceToleranceYears"] + months_since / 12
    assert profile["totalExperienceYears"] == pytest.approx(
        truth["experienceYearsInReferenceMonth"], abs=tolerance
    )


@pytest.mark.parametrize("name", CVS)
def test_the_personal_data_is_found(demo: subprocess.CompletedProcess[str], name: str) -> None:
    """All that the sample lists as personal data is found, special categories included."""
    truth, result = EXPECTED[name], _result(name)
    found = {form for entity in result["pii_entities"] for form in _forms(entity)}
    wanted = {entry["value"] for entry in truth["pii"]}
    assert {value for value in wanted if not any(value.casefold() in form for form in found)} == set()


def _forms(entity: dict[str, Any]) -> set[str]:
    return {form.casefold() for form in (entity["original_value"], *entity["all_variations"])}


def test_no_log_of_the_run_holds_a_word_of_a_cv(demo: subprocess.CompletedProcess[str]) -> None:
    """Neither the app's log nor the stand-ins' names a person whom it processed."""
    logs = "".join(path.read_text("utf-8", "replace") for path in (ROOT / ".local" / "demo").glob("*.log"))
    assert "job_finished" in logs
    private = {entry["value"] for name in CVS for entry in EXPECTED[name]["pii"] if len(entry["value"]) > 4}
    assert {value for value in private if value.casefold() in logs.casefold()} == set()


def test_what_is_no_cv_becomes_no_candidate(demo: subprocess.CompletedProcess[str]) -> None:
    """The invoice has no name, and says why."""
    result = _result("invoice_joinery.pdf")
    assert result["candidateProfile"]["candidateName"] is None
    assert "notACv" in {warning["code"] for warning in result["warnings"]}
