"""Text whose fonts don't say which letters they draw: how it is told from writing, and what is said of it.

A person sees a fine page; a program gets the codes of the glyphs, such as "Qvmw?M;N8" or control characters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared_code.documents.model import Finding, Severity
from shared_code.documents.unread_pages import OPERATORS_PART

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

CODE = "unreadableText"
_ADVICE = (
    "programs get other letters than people see, or none, because fonts don't say which they draw: "
    f"export the CV again, in another way, or send it as DOCX. {OPERATORS_PART}"
)
_UNKNOWN = "\ufffd"
# PDFium has \x02 for a hyphen at a line's end.
_CONTROLS = re.compile("[\x00\x01\x03-\x08\x0b-\x1f\x7f-\x9f\ufffd]+")
_LEAST_CHARACTERS = 40
_MOST_LOST = 0.03  # of a page's characters; measured: honest pages up to 0.01, others from 0.04
_WORDLIKE = re.compile(r"\W{0,2}\w+(?:[.,'’&@:/–-]{1,3}\w+)*\W{0,3}|.{1,2}|.*[^\x00-\u024f].*")
_LEAST_WORDLIKE = 0.5  # of the characters; measured: honest pages from 0.6, others up to 0.3


def is_unreadable(text: str, *, missing: int = 0, is_guessed: bool = False) -> bool:
    """Whether too much of a page's text is no writing.

    Icons and bullets may have control characters for codes, too; they stand by themselves.

    Args:
        text: as PDFium gives it, before control characters are cleaned away.
        missing: characters that aren't in the text, because their code is zero.
        is_guessed: whether most letters were taken for their codes, and may be any.
    """
    text = text.replace("\r\n", "\n")
    lost = missing + sum(
        len(match[0])
        for match in _CONTROLS.finditer(text)
        if len(match[0]) > 1 or any(_is_beside_letters(match))
    )
    if not (lost or is_guessed):
        return False
    pieces = text.split()
    count = sum(map(len, pieces))
    if count + missing < _LEAST_CHARACTERS:
        return False
    if lost > _MOST_LOST * (count + missing):
        return True
    wordlike = sum(len(piece) for piece in pieces if _WORDLIKE.fullmatch(piece))
    return is_guessed and wordlike < _LEAST_WORDLIKE * count


def with_marked_gaps(text: str) -> str:
    """The text with U+FFFD for letters and digits without a name, which would vanish from their words.

    Args:
        text: with line feeds alone for line ends.
    """
    return _CONTROLS.sub(_marked, text)


def _marked(match: re.Match[str]) -> str:
    return _UNKNOWN * len(match[0]) if all(_is_beside_letters(match)) else match[0]


def _is_beside_letters(match: re.Match[str]) -> tuple[bool, bool]:
    """Before it, and behind it."""
    text, start, end = match.string, match.start(), match.end()
    return text[start - 1 : start].isalnum(), text[end : end + 1].isalnum()


def unreadable_text_finding(number: int) -> Finding:
    """What is wrong with page ``number``, and what can be done about it."""
    return Finding(CODE, Severity.MAJOR, f"On page {number} {_ADVICE}", page=number)


def without_unreadable(numbers: Iterable[int], findings: Iterable[Finding]) -> tuple[int, ...]:
    """Of unread pages those that are pictures: the others have text, which their own findings speak of."""
    unreadable: Collection[int | None] = {finding.page for finding in findings if finding.code == CODE}
    return tuple(number for number in numbers if number not in unreadable)
