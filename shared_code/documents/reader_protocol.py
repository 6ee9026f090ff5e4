"""What the app, a supervisor and its forks say to one another: frames, and a document or an error as JSON.

JSON, never pickle: a process that read a hostile file may be the file's by now, and what it answers is
looked at as closely as the file itself. ``decode_answer`` builds a ``DocumentText`` of checked parts or
raises; nothing of the answer is believed, run or looked up by name.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import asdict
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from shared_code.documents.formats import Format
from shared_code.documents.model import DocumentLimits, DocumentText, Finding, Link, Page, Severity
from shared_code.errors import DocumentError, EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Between app and supervisor. A fork comes as its mark, with the app's ends of its pipes beside it.
FORKED = b"f"
STOP = b"x"  # kill the fork; what became of it is asked later
CLEAR_AWAY = b"c"  # kill the fork, and tell what it took
HOW_IT_ENDED = b"h"  # it closed its pipe: tell why
ENDED = struct.Struct(">BBII")  # outcome, signal or exit code, peak in KiB, processor time in ms
# Between app and fork.
REQUEST = struct.Struct(">II")  # length of the question's JSON, length of the file
ANSWER = struct.Struct(">I")  # length of the JSON that a fork writes
MOST_ANSWER_BYTES = 32 * 1024 * 1024
OUT_OF_MEMORY_EXIT = 77
BROKEN_EXIT = 78  # it failed over its own affairs, not over the file

_MOST_MESSAGE_CHARACTERS = 500
_CODE = re.compile(r"[A-Za-z]\w{0,39}", re.ASCII)


class Outcome(IntEnum):
    """How one reading ended, as the app or the supervisor saw it."""

    ANSWERED = 0
    OUT_OF_TIME = 1
    SIGNALLED = 2
    EXITED = 3
    TOO_MUCH_ANSWERED = 4
    STOPPED = 5


class AnswerError(ValueError):
    """The answer is not one that an honest reader gives."""


def encode_request(
    content: bytes, media_type: str | None, filename: str | None, limits: DocumentLimits
) -> tuple[bytes, bytes]:
    """The frame of a request, and the file's bytes, which follow it as they are."""
    question = {"media_type": media_type, "filename": filename, "limits": asdict(limits)}
    packed = _dump(question)
    return REQUEST.pack(len(packed), len(content)) + packed, content


def decode_question(packed: bytes) -> dict[str, Any]:
    """The arguments with which ``read_document`` is asked."""
    question: dict[str, Any] = json.loads(packed.decode("utf-8", "surrogatepass"))
    return question | {"limits": DocumentLimits(**question["limits"])}


def encode_document(document: DocumentText) -> bytes:
    """An answer that holds a document."""
    return _dump(
        {
            "text": document.text,
            "media_type": document.media_type,
            "reader": document.reader,
            "pages": [[page.number, page.start, page.end] for page in document.pages],
            "links": [[link.target, link.text, link.page] for link in document.links],
            "findings": [
                [found.code, found.severity.value, found.message, found.quote, found.page]
                for found in document.findings
            ],
            "unread_pages": document.unread_pages,
        }
    )


def encode_error(error: DocumentError) -> bytes:
    """An answer that says why the file is not read."""
    return _dump({"error": error.code, "message": error.message})


def encode_unforeseen(error: Exception) -> bytes:
    """An answer that names the class of an exception nobody foresaw, and none of its words."""
    return _dump({"unforeseen": type(error).__name__})


def decode_answer(packed: bytes, limits: DocumentLimits) -> DocumentText:
    """The document that an answer holds.

    Raises:
        DocumentError: The one that the answer holds.
        EngineError: The reader failed in a way nobody foresaw.
        AnswerError: The answer is none.
    """
    try:
        return _decoded(json.loads(packed.decode("utf-8", "surrogatepass")), limits)
    except AnswerError:
        raise
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise AnswerError(type(error).__name__) from None


def _decoded(answer: Any, limits: DocumentLimits) -> DocumentText:
    if not isinstance(answer, dict):
        raise AnswerError("not_an_object")
    if "error" in answer:
        raise _error_of(answer)
    if "unforeseen" in answer:
        raise EngineError(f"The reader failed in an unforeseen way ({_code(answer['unforeseen'])}).")
    return _document_of(answer, limits)


def _dump(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _error_of(answer: dict[str, Any]) -> DocumentError:
    message = _string(answer["message"])[:_MOST_MESSAGE_CHARACTERS]
    kinds = {kind.code: kind for kind in _kinds(DocumentError)}
    return kinds[_code(answer["error"])]("".join(c if c.isprintable() else " " for c in message))


def _kinds(root: type[DocumentError]) -> Iterator[type[DocumentError]]:
    yield root
    for child in root.__subclasses__():
        yield from _kinds(child)


def _document_of(answer: dict[str, Any], limits: DocumentLimits) -> DocumentText:
    text = _string(answer["text"])
    if not 0 < len(text) <= limits.max_text_characters:
        raise AnswerError("length_of_the_text")
    pages = tuple(Page(*map(_whole_number, page)) for page in answer["pages"])
    _check_pages(pages, len(text))
    return DocumentText(
        text,
        Format(answer["media_type"]).value,
        _code(answer["reader"]),
        pages,
        tuple(
            Link(_string(target), _string(carrier), _page_number(page, pages))
            for target, carrier, page in answer["links"]
        ),
        tuple(_finding(*parts, pages=pages) for parts in answer["findings"]),
        tuple(sorted({_page_number(page, pages) for page in answer["unread_pages"]})),
    )


def _check_pages(pages: tuple[Page, ...], length: int) -> None:
    """Numbered from 1, in order, inside the text: what ``page_at`` and the evidence rely on."""
    if not pages:
        raise AnswerError("no_pages")
    end = 0
    for number, page in enumerate(pages, start=1):
        if page.number != number or not end <= page.start <= page.end <= length:
            raise AnswerError("pages_out_of_order")
        end = page.end


def _finding(
    code: Any, severity: Any, message: Any, quote: Any, page: Any, *, pages: tuple[Page, ...]
) -> Finding:
    return Finding(
        _code(code),
        Severity(severity),
        _string(message)[:_MOST_MESSAGE_CHARACTERS],
        None if quote is None else _string(quote),
        None if page is None else _page_number(page, pages),
    )


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise AnswerError("not_a_text")
    return value


def _code(value: Any) -> str:
    if not _CODE.fullmatch(_string(value)):
        raise AnswerError("not_a_code")
    return str(value)


def _whole_number(value: Any) -> int:
    if type(value) is not int:
        raise AnswerError("not_a_whole_number")
    return value


def _page_number(value: Any, pages: tuple[Page, ...]) -> int:
    if not 1 <= _whole_number(value) <= len(pages):
        raise AnswerError("no_such_page")
    return int(value)
