"""What the end of a reading means, what an answer may look like, and which reader the settings ask for."""

from __future__ import annotations

import json
import signal
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.documents import (
    DEFAULT_LIMITS,
    DocumentLimits,
    DocumentText,
    Finding,
    Link,
    Page,
    Severity,
    reader_warmth,
)
from shared_code.documents.reader_child import Bounds
from shared_code.documents.reader_link import Reply, reader_environment
from shared_code.documents.reader_process import ThreadReader, document_of, open_reader
from shared_code.documents.reader_protocol import (
    OUT_OF_MEMORY_EXIT,
    REQUEST,
    AnswerError,
    Outcome,
    decode_answer,
    decode_question,
    encode_document,
    encode_error,
    encode_request,
    encode_unforeseen,
)
from shared_code.errors import DocumentError, EngineError, TooManyPagesError
from shared_code.settings import IntakeSettings

BOUNDS = Bounds(seconds=10, memory_mb=512)
MB = 1024 * 1024
DOCUMENT = DocumentText(
    "Robin Example\n\nSite manager",
    "application/pdf",
    "pdf",
    (Page(1, 0, 13), Page(2, 15, 27)),
    (Link("https://example.org/robin", "", 2),),
    (Finding("hiddenText", Severity.MAJOR, "Hidden.", "lone \ud800 surrogate", 1),),
    (2,),
)
PLAIN: dict[str, Any] = {
    "text": "Robin Example",
    "media_type": "text/plain",
    "reader": "text",
    "pages": [[1, 0, 13]],
    "links": [],
    "findings": [],
    "unread_pages": [],
}


@pytest.mark.parametrize(
    ("outcome", "code", "peak_mb", "error_code"),
    [
        (Outcome.OUT_OF_TIME, 0, 30, "tooSlow"),
        (Outcome.OUT_OF_TIME, int(signal.SIGXCPU), 500, "tooSlow"),
        (Outcome.EXITED, OUT_OF_MEMORY_EXIT, 30, "tooMuchMemory"),
        (Outcome.EXITED, 0, 500, "corrupt"),
        (Outcome.EXITED, 1, 30, "corrupt"),
        (Outcome.SIGNALLED, int(signal.SIGABRT), 256, "corrupt"),
        (Outcome.SIGNALLED, int(signal.SIGABRT), 257, "tooMuchMemory"),
        (Outcome.SIGNALLED, int(signal.SIGSEGV), 30, "corrupt"),
        (Outcome.TOO_MUCH_ANSWERED, 0, 30, "corrupt"),
        (Outcome.STOPPED, 0, 30, "corrupt"),
    ],
)
def test_an_end_without_an_answer_is_an_error_of_the_file(
    outcome: Outcome, code: int, peak_mb: int, error_code: str
) -> None:
    """A person learns which bound was passed; a crash near the memory's bound is one for want of memory."""
    with pytest.raises(DocumentError) as caught:
        document_of(Reply(outcome, code, peak_mb * MB, b""), BOUNDS, DEFAULT_LIMITS)
    assert caught.value.code == error_code


def test_a_document_passes_unchanged() -> None:
    """Down to characters that no encoding has."""
    assert decode_answer(encode_document(DOCUMENT), DEFAULT_LIMITS) == DOCUMENT


def test_an_error_passes_as_what_it_is() -> None:
    """Class and message, so that the caller sees what it would see without a process."""
    with pytest.raises(TooManyPagesError, match="51 pages"):
        decode_answer(encode_error(TooManyPagesError("The PDF has 51 pages.")), DEFAULT_LIMITS)


def test_an_unforeseen_exception_is_told_by_its_class() -> None:
    """Its message may quote the file."""
    with pytest.raises(EngineError, match="KeyError") as caught:
        decode_answer(encode_unforeseen(KeyError("Robin")), DEFAULT_LIMITS)
    assert "Robin" not in str(caught.value)


def test_a_request_says_what_was_asked() -> None:
    """The question comes back as arguments of the reading, the file as it was."""
    limits = DocumentLimits(max_pages=3)
    head, content = encode_request(b"%PDF", "application/pdf", "Lebenslauf Ö\udcff.pdf", limits)
    question_bytes, content_bytes = REQUEST.unpack(head[: REQUEST.size])
    assert (len(head), content_bytes, content) == (REQUEST.size + question_bytes, 4, b"%PDF")
    assert decode_question(head[REQUEST.size :]) == {
        "media_type": "application/pdf",
        "filename": "Lebenslauf Ö\udcff.pdf",
        "limits": limits,
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"text": ""},
        {"text": "x" * 400_001, "pages": [[1, 0, 1]]},
        {"text": 1},
        {"media_type": "application/x-sh"},
        {"reader": "text\nforged log line"},
        {"pages": []},
        {"pages": [[2, 0, 13]]},
        {"pages": [[1, 0, 14]]},
        {"pages": [[1, 5, 4]]},
        {"pages": [[1, -1, 13]]},
        {"pages": [[1, 0, 9], [2, 8, 13]]},
        {"pages": [[True, 0, 13]]},
        {"pages": [[1, 0, 13.0]]},
        {"links": [["https://example.org", "", 2]]},
        {"links": [["https://example.org", None, 1]]},
        {"links": [["https://example.org"]]},
        {"findings": [["a code?", "minor", "m", None, None]]},
        {"findings": [["code", "fatal", "m", None, None]]},
        {"findings": [["code", "minor", "m", None, 0]]},
        {"findings": {"code": "minor"}},
        {"unread_pages": [2]},
        {"unread_pages": "1"},
        {"error": "internal", "message": "m"},
        {"error": "noSuchCode", "message": "m"},
        {"error": "corrupt", "message": None},
        {"unforeseen": "Robin Example, Leeds"},
    ],
    ids=lambda changed: json.dumps(changed)[:40],
)
def test_an_answer_that_no_reader_gives_is_refused(changed: dict[str, Any]) -> None:
    """A process that read a hostile file may answer for it."""
    assert decode_answer(json.dumps(PLAIN).encode(), DEFAULT_LIMITS).text == "Robin Example"
    with pytest.raises(AnswerError):
        decode_answer(json.dumps(PLAIN | changed).encode(), DEFAULT_LIMITS)


@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(list(PLAIN)), inner),
            max_leaves=12,
        ).map(lambda value: json.dumps(value).encode()),
        st.just(b"[" * 100_000),
    )
)
def test_any_bytes_are_a_document_or_an_error_of_ours(packed: bytes) -> None:
    """Nothing an answer holds can raise what the caller does not expect."""
    try:
        document = decode_answer(packed, DEFAULT_LIMITS)
    except (AnswerError, EngineError):
        return
    assert document.page_at(0) == 1


def test_a_hostile_message_stays_on_its_line() -> None:
    """It reaches logs and answers as the reason of the refusal."""
    packed = json.dumps({"error": "corrupt", "message": "a\nb\x1b[0m" + "c" * 9_000}).encode()
    with pytest.raises(DocumentError) as caught:
        decode_answer(packed, DEFAULT_LIMITS)
    assert caught.value.message.isprintable()
    assert len(caught.value.message) == 500


def test_a_reader_is_given_paths_and_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not needed to import the readers is not passed on, whatever it is called."""
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "secret")
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setenv("PYTHONSTARTUP", "/tmp/run-me.py")
    monkeypatch.setattr(sys, "path", ["", "/app/packages"])
    environment = reader_environment()
    assert environment["PYTHONPATH"].endswith("/app/packages")
    assert not environment["PYTHONPATH"].startswith(":")
    assert set(environment) <= {
        "PYTHONPATH",
        "MALLOC_ARENA_MAX",
        "MALLOC_MMAP_THRESHOLD_",
        "MALLOC_TRIM_THRESHOLD_",
        "LD_LIBRARY_PATH",
        "PYTHONHOME",
        "SYSTEMROOT",
    }


def test_a_reader_that_fails_at_its_rehearsal_is_ready_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else one mistake in one format's reader would have every file read without a process."""

    def fail(content: bytes) -> DocumentText:
        raise LookupError

    monkeypatch.setattr(reader_warmth, "read_document", fail)
    reader_warmth.warm_up()


async def test_the_settings_can_ask_for_threads() -> None:
    """Where no process may start, nobody has to wait for the attempt."""
    reader = open_reader(IntakeSettings(reader_isolation="thread"))
    assert isinstance(reader, ThreadReader)
    document = await reader.read(
        b"Robin Example, site manager", media_type=None, filename=None, limits=DEFAULT_LIMITS
    )
    assert document.text == "Robin Example, site manager"
