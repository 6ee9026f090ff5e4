"""PDFium's text of a page, put right by where its letters stand.

PDFium takes a wide gap for a space, so letter-spaced headings come out as "S K I L L S"; and words of
right-to-left scripts come out backwards where a program wrote their letters as they are drawn.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from ctypes import c_void_p, cast
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from shared_code.documents import pdf_getters as getters
from shared_code.documents.hyphenation import HYPHEN_MARK
from shared_code.documents.pdf_accents import has_loose_accents, joined_accents
from shared_code.documents.pdf_gaps import missing_spaces
from shared_code.documents.pdf_ligatures import has_bare_ligatures, spelled_ligatures

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from pypdfium2 import PdfTextPage

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_RIGHT_TO_LEFT_RUN = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?:[ ]+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*"
)
_ALEFS, _LAM = "\u0622\u0623\u0625\u0627", "\u0644"
_SPACED_OUT = re.compile(r"(?<!\S)[^\W\d_]{1,3}(?: [^\W\d_]{1,3}){4,}(?!\S)")
_SHORT = r" [^\W\d_]{1,3}"
_SHORT_PIECES = re.compile(
    rf"{_SHORT}{_SHORT}{_SHORT}{_SHORT}(?!\S)"
)  # a part of that, found four times as fast
# The same with numbers, signs and longer pieces, as dates have them; there are pages full of such pieces.
_PIECE = r"(?:[^\W_]{1,5}[.,:;]?|[.,:;&|/+–—-])"
_SPACED_OUT_DATES = re.compile(rf"(?<!\S){_PIECE}(?: {_PIECE}){{2,}}(?!\S)")
_SINGLES = re.compile(r" [^\W_] [^\W_](?!\S)")  # a part of that, soon found
_YEAR = re.compile(r"(?:19|20)\d\d")
_FEWEST_SINGLES = 3
_LINE = re.compile(r"[^\r\n]+[\r\n]*|[\r\n]+")
_HYPHEN, _MOST_CODES = 2, 0x110000  # what PDFium has in place of a hyphen at a line's end; of Unicode
_LEAST_SINGLES = 0.35  # of the pieces of a word that was torn apart
_SPACE_OF_HEIGHT = 0.2  # a space's width, of a line's height
_WIDEST_OF_HEIGHT = 1.0  # letters further apart are columns, not a word
_TIGHT = 0.5  # letters this much closer inside of pieces than between them: the pieces are words


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and where it stands, in points; spaces that PDFium guessed have no width."""

    character: str
    left: float
    right: float
    height: float


def text_range(textpage: PdfTextPage, start: int = 0, count: int = -1) -> str:
    """PDFium's text from index ``start`` on, its hyphen marks and line ends included.

    Pages without anything to put right, nearly all, cost one call.
    """
    text: str = textpage.get_text_range(start, count)
    has_accents, has_ligatures = has_loose_accents(text), has_bare_ligatures(text)
    end = textpage.count_chars() if count < 0 else start + count
    spaces = missing_spaces(textpage, text, start) if len(text) == end - start else frozenset()
    if not (has_accents or has_ligatures or spaces or _has_torn_words(text)) and (
        text.isascii() or not _RIGHT_TO_LEFT.search(text)
    ):
        return text
    changes = joined_accents(textpage, start, end) if has_accents else {}
    if has_ligatures:
        changes |= spelled_ligatures(textpage, start, end)
    glyphs = _Glyphs(textpage)
    if len(text) != end - start:  # a character of several: where a line begins can't be told
        return _put_right(glyphs, start, end, spaces, changes)
    touched = sorted({*spaces, *changes})
    lines: list[str] = []
    for match in _LINE.finditer(text):
        first, last = start + match.start(), start + match.end()
        is_touched = bisect_left(touched, first) < bisect_left(touched, last)
        if is_touched or _has_torn_words(match[0]) or _RIGHT_TO_LEFT.search(match[0]):
            lines.append(_put_right(glyphs, first, last, spaces, changes))
        else:
            lines.append(match[0].replace("\0", ""))
    return "".join(lines)


def _put_right(
    glyphs: _Glyphs, start: int, end: int, spaces: Container[int], changes: Mapping[int, str]
) -> str:
    """The text of some lines, glyph by glyph."""
    lines: list[str] = []
    line: list[Glyph] = []
    for index in range(start, end):
        glyph = glyphs.at(index)
        if index in spaces:
            line.append(Glyph(" ", glyph.left, glyph.left, 0.0))
        if index in changes:
            glyph = replace(glyph, character=changes[index] or "\0")
        if glyph.character in "\r\n":
            lines += [line_text(line), glyph.character]
            line = []
        elif glyph.character != "\0":
            line.append(glyph)
    return "".join([*lines, line_text(line)])


def line_text(line: Sequence[Glyph]) -> str:
    """A line's text with torn words joined and backward words turned round."""
    text = "".join(glyph.character for glyph in line)
    if len(text) != len(line):  # a character of several: its places can't be told apart
        return text
    if _RIGHT_TO_LEFT.search(text):
        line = _turned(line, text)
        text = "".join(glyph.character for glyph in line)
    return _SPACED_OUT_DATES.sub(lambda match: _joined_pieces(line[match.start() : match.end()]), text)


class _Glyphs:
    """The glyphs of a page, read through one buffer; a page has thousands."""

    def __init__(self, textpage: PdfTextPage) -> None:
        self._address = cast(textpage.raw, c_void_p).value or 0
        self._boxes = getters.LetterBoxes(self._address)

    def at(self, index: int) -> Glyph:
        code = getters.unicode_at(self._address, index)
        character = HYPHEN_MARK if code == _HYPHEN else chr(code) if code < _MOST_CODES else "\0"
        left, bottom, right, top = self._boxes.at(index)
        return Glyph(character, left, right, abs(top - bottom))


# Letter spacing


def _has_torn_words(text: str) -> bool:
    lines = (_line_around(text, match.start(), match.end()) for match in _SINGLES.finditer(text))
    if any(_has_torn_pieces(pieces) for line in lines for pieces in _SPACED_OUT_DATES.findall(line)):
        return True
    return bool(_SHORT_PIECES.search(text)) and any(
        _is_torn(match[0]) for match in _SPACED_OUT.finditer(text)
    )


def _joined_pieces(glyphs: Sequence[Glyph]) -> str:
    """Words of letters and numbers, where PDFium guessed every space; else what there is of words."""
    text = "".join(glyph.character for glyph in glyphs)
    pieces = text.split(" ")
    is_guessed = all(glyph.left == glyph.right for glyph in glyphs if glyph.character == " ")
    singles = sum(len(piece) == 1 for piece in pieces)
    if is_guessed and singles >= _FEWEST_SINGLES and not _is_numbers(text):
        return _joined(glyphs)
    return _SPACED_OUT.sub(lambda match: _joined(glyphs[match.start() : match.end()]), text)


def _is_numbers(text: str) -> bool:
    """Whether there are no words and no years: numbers beside one another may be a scale."""
    return not any(map(str.isalpha, text)) and not _YEAR.search(text.replace(" ", ""))


def _line_around(text: str, start: int, end: int) -> str:
    after = text.find("\n", end)
    return text[text.rfind("\n", 0, start) + 1 : after if after >= 0 else len(text)]


def _has_torn_pieces(text: str) -> bool:
    return sum(len(piece) == 1 for piece in text.split(" ")) >= _FEWEST_SINGLES and _is_torn(text)


def _is_torn(text: str) -> bool:
    pieces = text.split(" ")
    return sum(len(piece) == 1 for piece in pieces) >= _LEAST_SINGLES * len(pieces)


def _joined(glyphs: Sequence[Glyph]) -> str:
    """Words of a letter-spaced line: only gaps that are wider than the others part them."""
    text = "".join(glyph.character for glyph in glyphs)
    if not _is_torn(text):
        return text
    letters = [index for index, glyph in enumerate(glyphs) if glyph.character != " "]
    gaps = {after: glyphs[after].left - glyphs[before].right for before, after in pairwise(letters)}
    inside = [gap for after, gap in gaps.items() if glyphs[after - 1].character != " "]
    between = [gap for after, gap in gaps.items() if glyphs[after - 1].character == " "]
    usual, height = median(gaps.values()), median(glyphs[index].height for index in letters)
    if not 0 < usual <= _WIDEST_OF_HEIGHT * height or (inside and median(inside) < _TIGHT * median(between)):
        return text
    widest = usual + (usual + _SPACE_OF_HEIGHT * height) / 2
    return "".join(
        f" {glyphs[index].character}" if gaps.get(index, 0.0) > widest else glyphs[index].character
        for index in letters
    )


# Right to left


def _turned(line: Sequence[Glyph], text: str) -> list[Glyph]:
    """The line with right-to-left words, and the order of them, running from right to left."""
    turned: list[Glyph] = []
    end = 0
    for match in _RIGHT_TO_LEFT_RUN.finditer(text):
        turned += line[end : match.start()]
        end = match.end()
        words = _words(line[match.start() : end])
        if len(words) > 1 and _middle(words[0]) < _middle(words[-1]):
            words.reverse()
        for word in words:
            turned += _ordered(word)
    return [*turned, *line[end:]]


def _words(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Pieces of a run: words, and the spaces between them as pieces; a space before a mark is none."""
    pieces: list[list[Glyph]] = []
    for glyph, after in zip(glyphs, [*glyphs[1:], None], strict=True):
        if glyph.character == " " and after is not None and unicodedata.combining(after.character):
            continue
        if pieces and (pieces[-1][0].character == " ") == (glyph.character == " "):
            pieces[-1].append(glyph)
        else:
            pieces.append([glyph])
    return pieces


def _middle(glyphs: Sequence[Glyph]) -> float:
    return (min(glyph.left for glyph in glyphs) + max(glyph.right for glyph in glyphs)) / 2


def _ordered(word: list[Glyph]) -> list[Glyph]:
    """A word's letters from right to left; a mark ends before its letter does and comes after it."""
    letters = [glyph for glyph in word if not unicodedata.combining(glyph.character)]
    if any(_middle([after]) > _middle([before]) for before, after in pairwise(letters)):
        word = sorted(word, key=lambda glyph: -glyph.right)
    return _ligatures_turned(word)


def _ligatures_turned(word: list[Glyph]) -> list[Glyph]:
    """Lam and alef drawn as one glyph: PDFium turns the two with the line, but no glyph says alef, lam."""
    turned = list(word)
    for index, (before, after) in enumerate(pairwise(word)):
        is_one = (before.left, before.right) == (after.left, after.right) and before.left < before.right
        if is_one and before.character in _ALEFS and after.character == _LAM:
            turned[index : index + 2] = [after, before]
    return turned
