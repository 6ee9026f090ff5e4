"""Ligatures of TeX fonts that a PDF does not name: PDFium tells the codes of the font, control characters.

In TeX's T1 encoding (Cork, 1990) 27 to 31 are ff, fi, fl, ffi and ffl, 16 to 22 quotes and dashes. Another
encoding may have others, so a ligature must be about as wide as its letters are in the same font.
"""

from __future__ import annotations

import re
from ctypes import c_void_p, cast
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from pypdfium2 import raw

from shared_code.documents import pdf_getters as getters

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

_LIGATURES = {"\x1b": "ff", "\x1c": "fi", "\x1d": "fl", "\x1e": "ffi", "\x1f": "ffl"}
_SIGNS = {"\x10": "“", "\x11": "”", "\x12": "„", "\x13": "«", "\x14": "»", "\x15": "–", "\x16": "—"}
_BARE = re.compile("(?<=[A-Za-z])[\x1b-\x1f]|[\x1b-\x1f](?=[a-z])")
_UNKNOWN = "\ufffd"  # a reader sees that something is missing, and where
_NARROWEST, _WIDEST = 0.7, 1.1  # of the letters apart; measured: 0.78 to 1.0

_Widths = dict[tuple[int, str], float]  # by font and character, in ems
# Asked for part by part where hidden text parts a page; the whole of it is the proof, once.
_SPELLED: WeakKeyDictionary[PdfTextPage, dict[int, str]] = WeakKeyDictionary()


def has_bare_ligatures(text: str) -> bool:
    """Whether there is a code in a word where TeX's fonts have ligatures."""
    return any(code in text for code in _LIGATURES) and _BARE.search(text) is not None


def spelled_ligatures(textpage: PdfTextPage, start: int, end: int) -> dict[int, str]:
    """What is to be read in place of characters.

    Args:
        textpage: of a loaded page.
        start: index of the first character.
        end: of the one after the last.
    """
    if textpage not in _SPELLED:
        _SPELLED[textpage] = _spelled(textpage)
    spelled = _SPELLED[textpage]
    return {index: spelled[index] for index in range(start, end) if index in spelled}


def _spelled(textpage: PdfTextPage) -> dict[int, str]:
    characters = "".join(_character(textpage, index) for index in range(textpage.count_chars()))
    places = [match.start() for match in _BARE.finditer(characters)]
    places = [index for index in places if raw.FPDFText_HasUnicodeMapError(textpage, index) == 1]
    if not places:
        return {}
    widths: _Widths = {}
    for index, character in enumerate(characters):
        if character in "fil\x1b\x1c\x1d\x1e\x1f":
            widths.setdefault((_font(textpage, index), character), _width(textpage, index))
    codes = {(_font(textpage, index), characters[index]) for index in places}
    verdicts = {_is_as_wide(widths, font, code) for font, code in codes}
    if False in verdicts or True not in verdicts:
        return dict.fromkeys(places, _UNKNOWN)
    changes = {index: _LIGATURES[characters[index]] for index in places}
    fonts = {font for font, _ in codes}
    for index in (index for index, character in enumerate(characters) if character in _SIGNS):
        if _font(textpage, index) in fonts and raw.FPDFText_HasUnicodeMapError(textpage, index) == 1:
            changes[index] = _SIGNS[characters[index]]
    return changes


def _is_as_wide(widths: _Widths, font: int, code: str) -> bool | None:
    """Whether a code may be its ligature; None where a letter of it isn't in the text."""
    apart = [widths.get((font, letter), 0.0) for letter in _LIGATURES[code]]
    return _NARROWEST * sum(apart) <= widths[font, code] <= _WIDEST * sum(apart) if all(apart) else None


def _character(textpage: PdfTextPage, index: int) -> str:
    code = raw.FPDFText_GetUnicode(textpage, index)
    return chr(code) if code < 0x110000 else "\0"


def _font(textpage: PdfTextPage, index: int) -> int:
    owner = cast(raw.FPDFText_GetTextObject(textpage, index), c_void_p).value
    return int(getters.font(owner)) if owner else 0


def _width(textpage: PdfTextPage, index: int) -> float:
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(textpage, index, box)
    size = max(raw.FPDFText_GetFontSize(textpage, index), 1e-6)
    return float((box.right - box.left) / size)
