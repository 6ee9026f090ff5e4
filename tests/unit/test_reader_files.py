"""The benchmark's judge of attacks: what it lets pass and what it finds amiss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.support.reader_files import Reading, disagreements
from shared_code.documents import DocumentText, Finding, Link, Page, Severity
from shared_code.errors import DocumentError, EncryptedDocumentError, EngineError, NoTextError

TEXT = "Robin Example\nSite manager\nrobin@example.org"
HIDDEN = Finding("hiddenText", Severity.MAJOR, "Hidden.", "x", 1)
DOCUMENT = DocumentText(
    TEXT,
    "application/pdf",
    "pdf",
    (Page(1, 0, len(TEXT)),),
    (Link("tel:+15550100", "", 1),),
    (HIDDEN,),
)
BAD, NO_TEXT = EncryptedDocumentError("It is locked."), NoTextError("It is blank.")


def _read(result: DocumentText | DocumentError | EngineError) -> Reading:
    return Reading(Path("cv.pdf"), result, 0.1, 0.1, 25.0, 30.0, has_answered=True)


@pytest.mark.parametrize(
    ("expected", "result"),
    [
        ({"status": "ok"}, DOCUMENT),
        ({"status": ["ok", "rejected"], "code": "tooLarge"}, NO_TEXT),
        ({"status": "rejected"}, NO_TEXT),
        ({"status": "rejected", "code": "noText"}, NO_TEXT),
        ({"status": "ok", "flags": ["hiddenText"], "profileMustNotContain": ["Google"]}, DOCUMENT),
        ({"status": "ok", "profile": {"candidateName": "Robin Example"}, "pii": ["+15550100"]}, DOCUMENT),
    ],
)
def test_what_is_expected_passes(expected: dict[str, Any], result: DocumentText | DocumentError) -> None:
    """A text with all that was asked for, or a refusal for the right reason."""
    assert disagreements("cv.pdf", expected, _read(result)) == []


@pytest.mark.parametrize(
    ("expected", "result", "found"),
    [
        ({"status": "ok"}, BAD, "was refused as encrypted"),
        ({"status": "rejected"}, DOCUMENT, "was read"),
        ({"status": "rejected", "code": "noText"}, BAD, "is encrypted, not noText"),
        ({"status": ["ok", "rejected"]}, EngineError("It broke."), "says nothing about the file"),
        ({"status": "ok", "flags": ["javascript"]}, DOCUMENT, "lacks javascript"),
        ({"status": "ok", "profileMustNotContain": ["Site"]}, DOCUMENT, "holds Site"),
        ({"status": "ok", "mustNotContain": ["Robin"]}, DOCUMENT, "holds Robin"),
        ({"status": "ok", "profile": {"jobTitle": "Nurse"}}, DOCUMENT, "lacks Nurse"),
        ({"status": "ok", "pii": ["ada@example.net"]}, DOCUMENT, "lacks ada@example.net"),
    ],
)
def test_what_is_not_expected_is_named(
    expected: dict[str, Any], result: DocumentText | DocumentError | EngineError, found: str
) -> None:
    """One finding each, in words to print."""
    assert disagreements("cv.pdf", expected, _read(result)) == [found]


def test_a_name_in_disguise_is_not_looked_for() -> None:
    """A person reads it, but its letters are others or run backwards."""
    expected = {"status": "ok", "profile": {"candidateName": "Tomasz Wilk"}}
    assert disagreements("txt_homoglyph.txt", expected, _read(DOCUMENT)) == []
