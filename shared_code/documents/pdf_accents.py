"""Accents that a PDF sets by themselves over, under or beside the order of their letters, joined to them.

TeX fonts without accented letters have accents as signs of their own: "M¨uller", and where each sign is an
object, PDFium tells them at the line's end: "Competences ´". What they belong to is where they stand.
"""

from __future__ import annotations

import re
import unicodedata
from ctypes import byref, c_double, c_void_p, cast
from dataclasses import dataclass, field
from itertools import repeat, takewhile
from typing import TYPE_CHECKING

from pypdfium2 import raw

from shared_code.documents import pdf_getters as getters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdfium2 import PdfTextPage

    from shared_code.documents.pdf_getters import Box

_MARKS = {
    "`": "\u0300",
    "\u00b4": "\u0301",  # acute
    "\u02c6": "\u0302",  # circumflex
    "\u02dc": "\u0303",  # tilde
    "\u00af": "\u0304",  # macron
    "\u02d8": "\u0306",  # breve
    "\u02d9": "\u0307",  # dot
    "\u00a8": "\u0308",  # dieresis
    "\u02da": "\u030a",  # ring
    "\u02dd": "\u030b",  # two acutes
    "\u02c7": "\u030c",  # caron
    "\u00b8": "\u0327",  # cedilla
    "\u02db": "\u0328",  # ogonek
}
_BELOW = frozenset("\u00b8\u02db")
_DOTLESS = str.maketrans("\u0131\u0237", "ij")
_LEAST_SHARED = 0.5  # of an accent's width; a written grave or acute stands beside letters
_FURTHEST = 0.4  # of a line's height, between a letter and its accent
_DEEPEST = 0.2  # of it, by which the two may overlap
_SPACE_OF_HEIGHT = 0.15
_NO_CHARACTER = "\0"
_MOST_CODES = 0x110000
_LINE = re.compile(r"[^\r\n]+")


@dataclass(slots=True)
class _Sign:
    """A character, where it stands, and the same with the white around it; spaces PDFium guessed are thin."""

    index: int
    character: str
    tight: Box
    loose: Box
    composed: str = field(default="", init=False)

    @property
    def height(self) -> float:
        return self.loose[3] - self.loose[1]

    @property
    def is_guessed_space(self) -> bool:
        return self.character == " " and self.loose[0] == self.loose[2]


def has_loose_accents(text: str) -> bool:
    """Whether there are accents by themselves, most of which stand beside their letters."""
    accents = "`" if text.isascii() else _MARKS
    return any(accent in text for accent in accents)


def joined_accents(textpage: PdfTextPage, start: int, end: int) -> dict[int, str]:
    """What is to be read in place of characters: letters with their accents, and nothing for the accents.

    Args:
        textpage: of a loaded page.
        start: index of the first character.
        end: of the one after the last.
    """
    changes: dict[int, str] = {}
    for first, last in _accented_lines(textpage, start, end):
        _join(_signs(textpage, first, last), changes)
    return changes


def _join(line: list[_Sign], changes: dict[int, str]) -> None:
    for place, accent in enumerate(line):
        letter = _letter_of(accent, line) if accent.character in _MARKS else None
        if letter is None:
            continue
        letter.composed = _composed(letter, accent)
        changes[letter.index] = letter.composed
        changes[accent.index] = ""
        _mend_spaces(line, place, changes)


def _letter_of(accent: _Sign, line: list[_Sign]) -> _Sign | None:
    """Of the letters that it stands over or under, and that can have it, the one most in the middle."""
    middle = accent.tight[0] + accent.tight[2]
    fitting = (sign for sign in line if _fits(accent, sign) and _composed(sign, accent))
    return min(fitting, key=lambda sign: abs(sign.tight[0] + sign.tight[2] - middle), default=None)


def _fits(accent: _Sign, sign: _Sign) -> bool:
    if not sign.character.isalpha() or sign.composed:
        return False
    left, bottom, right, top = accent.tight
    shared = min(right, sign.tight[2]) - max(left, sign.tight[0])
    if shared < _LEAST_SHARED * (right - left) or shared <= 0:
        return False
    gap = sign.tight[1] - top if accent.character in _BELOW else bottom - sign.tight[3]
    return -_DEEPEST * sign.height <= gap <= _FURTHEST * sign.height


def _composed(letter: _Sign, accent: _Sign) -> str:
    """The one letter that both make, or nothing where there is none."""
    base = letter.character.translate(_DOTLESS)
    composed = unicodedata.normalize("NFC", base + _MARKS[accent.character])
    return composed if len(composed) == 1 else ""


def _mend_spaces(line: list[_Sign], place: int, changes: dict[int, str]) -> None:
    """PDFium takes the way to an accent and back for spaces; only a gap between the letters is one."""
    before = list(takewhile(lambda sign: sign.is_guessed_space, reversed(line[:place])))
    after = list(takewhile(lambda sign: sign.is_guessed_space, line[place + 1 :]))
    first, last = place - len(before) - 1, place + len(after) + 1
    spaces = [*before, *after]
    if not spaces or first < 0 or last >= len(line):
        return
    gap = line[last].loose[0] - line[first].loose[2]
    is_gap = gap > _SPACE_OF_HEIGHT * line[first].height or gap < -line[first].height
    for number, space in enumerate(spaces):
        changes[space.index] = " " if is_gap and number == 0 else ""


def _accented_lines(textpage: PdfTextPage, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where lines begin and end that hold an accent."""
    address = cast(textpage.raw, c_void_p).value or 0
    characters = "".join(
        chr(code) if code < _MOST_CODES else _NO_CHARACTER
        for code in map(getters.unicode_at, repeat(address), range(start, end))
    )
    for line in _LINE.finditer(characters):
        if any(accent in line[0] for accent in _MARKS):
            yield start + line.start(), start + line.end()


def _signs(textpage: PdfTextPage, start: int, end: int) -> list[_Sign]:
    signs: list[_Sign] = []
    boxes_of = getters.LetterBoxes(cast(textpage.raw, c_void_p).value or 0)
    for index in range(start, end):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if code < _MOST_CODES:
            left, bottom, right, top = boxes_of.at(index)
            loose = left, min(bottom, top), right, max(bottom, top)
            signs.append(_Sign(index, chr(code), _tight_box(textpage, index), loose))
    return signs


def _tight_box(textpage: PdfTextPage, index: int) -> Box:
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    raw.FPDFText_GetCharBox(textpage, index, byref(left), byref(right), byref(bottom), byref(top))
    return left.value, bottom.value, right.value, top.value
