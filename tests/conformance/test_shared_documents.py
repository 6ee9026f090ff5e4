"""Reading against collections of CVs beside the checkout: attacks, damaged files, multilingual truths."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from shared_code.documents import DocumentText, read_document
from shared_code.errors import DocumentError

CVS = Path(__file__).resolve().parents[3] / "shared" / "cvs"

pytestmark = pytest.mark.skipif(not CVS.is_dir(), reason="needs the CV collections in ../shared/cvs")

# Judged from the model's answer, not from the file.
NOT_THE_READERS_FLAGS = {"notACv"}
SECONDS_PER_FILE = 10.0
# A form's "paste your photo here", which lies under the photo.
UNDER_THE_PHOTO = {"yaml_cv_ja/academic.pdf", "yaml_cv_ja/output.pdf"}
HONEST = ("altacv", "europass_en", "hiring_agent", "rendercv", "resume_matcher", "tx_java", "yaml_cv_ja")


def _names(folder: str, *endings: str) -> list[str]:
    root = CVS / folder
    return sorted(path.name for path in root.glob("*") if path.suffix in endings) if root.is_dir() else []


def _expectations() -> dict[str, Any]:
    path = CVS / "attacks" / "expected.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


EXPECTED = _expectations()


def _read(path: Path, most_seconds: float = SECONDS_PER_FILE) -> DocumentText | DocumentError:
    """The document or its refusal; a slow one fails, another exception passes through."""
    content = path.read_bytes()
    started = time.perf_counter()
    result: DocumentText | DocumentError
    try:
        result = read_document(content, filename=path.name)
    except DocumentError as error:
        result = error
    assert time.perf_counter() - started < most_seconds
    return result


def _tokens(text: str) -> str:
    return " ".join(text.split()).casefold()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_attack_ends_as_expected(name: str) -> None:
    expected = EXPECTED[name]["expect"]
    result = _read(CVS / "attacks" / name, expected.get("maxSeconds", SECONDS_PER_FILE))
    allowed = expected["status"] if isinstance(expected["status"], list) else [expected["status"]]
    if isinstance(result, DocumentError):
        assert "rejected" in allowed
        if allowed == ["rejected"] and "code" in expected:
            assert result.code == expected["code"]
        return
    assert "ok" in allowed
    flags = set(expected.get("flags", ())) - NOT_THE_READERS_FLAGS
    assert flags <= {finding.code for finding in result.findings}
    for forbidden in expected.get("mustNotContain", ()):
        assert forbidden not in result.text
    if "txt_bidi" in name or "txt_homoglyph" in name:
        return
    for field in ("candidateName", "jobTitle", "candidateEmail"):
        assert expected.get("profile", {}).get(field, "") in result.text
    for personal in expected.get("pii", ()):
        assert personal in result.text or any(personal in link.target for link in result.links)


@pytest.mark.parametrize(
    "name",
    [name for name, row in sorted(EXPECTED.items()) if "hiddenText" in row["expect"].get("flags", ())],
)
def test_hidden_text_is_not_in_the_text_but_quoted(name: str) -> None:
    result = _read(CVS / "attacks" / name)
    assert isinstance(result, DocumentText)
    for claim in EXPECTED[name]["expect"].get("profileMustNotContain", ()):
        assert claim not in result.text
    assert all(finding.quote for finding in result.findings if finding.code == "hiddenText")


@pytest.mark.parametrize("name", _names("robustness", ".pdf", ".docx", ".doc", ".rtf", ".odt"))
def test_odd_file_gives_text_or_a_reason(name: str) -> None:
    result = _read(CVS / "robustness" / name)
    if isinstance(result, DocumentError):
        assert result.message
    else:
        assert result.text


@pytest.mark.parametrize("name", _names("multilingual", ".docx", ".pdf"))
def test_multilingual_truth_stands_in_text_or_links(name: str) -> None:
    result = _read(CVS / "multilingual" / name)
    if ".scan." in name:
        assert isinstance(result, DocumentError)
        assert result.code == "noText"
        assert "OCR" in result.message
        return
    assert isinstance(result, DocumentText)
    truth = json.loads(
        (CVS / "multilingual" / f"{name.split('.')[0]}.truth.json").read_text(encoding="utf-8")
    )
    text = _tokens(result.text)
    targets = _tokens(" ".join(link.target for link in result.links))
    digits = re.sub(r"\D", "", result.text)
    assert _tokens(truth["candidateName"]) in text
    assert truth["candidateEmail"] in text or truth["candidateEmail"] in targets
    assert re.sub(r"\D", "", truth["candidatePhone"]) in digits
    for link in truth["profileLinks"]:
        assert link.casefold() in targets or link.casefold() in text
    for skill in truth["keySkills"]:
        assert _tokens(skill) in text
    assert result.findings == ()


@pytest.mark.parametrize(
    "path",
    [
        path
        for folder in HONEST
        for path in sorted((CVS / folder).glob("*"))
        if path.suffix in {".pdf", ".docx"}
    ],
    ids=lambda path: path.name,
)
def test_honest_file_is_read_without_suspicion(path: Path) -> None:
    result = _read(path)
    assert isinstance(result, DocumentText)
    if f"{path.parent.name}/{path.name}" in UNDER_THE_PHOTO:
        assert [finding.code for finding in result.findings] == ["hiddenText"]
        assert str(result.findings[0].quote).startswith("写真を貼る位置")
    else:
        assert result.findings == ()
    assert [page.number for page in result.pages] == list(range(1, len(result.pages) + 1))
    assert "\ufffe" not in result.text


@pytest.mark.parametrize("name", _names("dotin_ner", ".xml"))
def test_labelled_text_is_read_without_its_labels(name: str) -> None:
    result = _read(CVS / "dotin_ner" / name)
    assert isinstance(result, DocumentText)
    assert "<label" not in result.text
