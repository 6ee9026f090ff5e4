"""Accents that a PDF sets by themselves: joined to the letter they stand over, or left where they are."""

from __future__ import annotations

import pytest

from shared_code.documents import read_document
from tests.unit.documents.files import FILLER
from tests.unit.documents.pdf_files import drawing, words

WIN_ANSI = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
ACUTE, DIERESIS, GRAVE, CEDILLA, TILDE = "\\264", "\\250", "\\140", "\\270", "\\230"
WIDTHS = dict.fromkeys("eunoapq", 556) | {
    "c": 500,
    "i": 222,
    "t": 278,
    "l": 222,
    "E": 667,
    "M": 833,
    " ": 278,
}
ACCENT_WIDTH = 333
SIZE = 10


def end_of(text: str, start: float = 50) -> float:
    """Where the letter after a text begins, in points."""
    return start + sum(WIDTHS[letter] for letter in text) * SIZE / 1000


def over(before: str, letter: str) -> float:
    """Where an accent begins that stands over the middle of a letter."""
    return end_of(before) + (WIDTHS[letter] - ACCENT_WIDTH) / 2 * SIZE / 1000


def at(text: str, x: float = 50, y: float = 600) -> str:
    """A text object."""
    return words(text, f"{x:.2f} {y:.2f} Td", size=SIZE, font="F5")


def kerned(*pieces: str | float) -> str:
    """A text object of pieces and the way back between them, in thousandths of the size."""
    inner = " ".join(f"({piece})" if isinstance(piece, str) else f"{piece:.0f}" for piece in pieces)
    return f"BT /F5 {SIZE} Tf 50 600 Td [{inner}] TJ ET "


def read(content: str) -> str:
    """What is read of a page besides its visible line."""
    return read_document(drawing(content, WIN_ANSI)).text.replace(FILLER, "").strip()


IN, BACK = -(556 - 333) / 2, (556 + 333) / 2  # to an accent's place over a letter, and from its end
JOINED = {
    "before its letter": (kerned("M", IN, DIERESIS, BACK, "ulle"), "Mülle"),
    "after its letter": (kerned("Mu", BACK, DIERESIS, IN, "lle"), "Mülle"),
    "at the end of the line": (at("cent pence aucune") + at(ACUTE, over("c", "e")), "cént pence aucune"),
    "over the word's last letter": (at("pate") + at(ACUTE, over("pat", "e")) + at("en", 110), "paté en"),
    "inside a word of three objects": (
        at("pen") + at(ACUTE, over("p", "e")) + at("al", end_of("pen")),
        "pénal",
    ),
    "under its letter": (at("lecon") + at(CEDILLA, end_of("le") + 0.8), "leçon"),
    "over a capital": (at("Ecole") + at(ACUTE, over("", "E"), 602), "École"),
    "several in a line": (
        at("etape ancetre") + at(ACUTE, over("", "e")) + at(GRAVE, over("etape anc", "e")),
        "étape ancètre",
    ),
}


@pytest.mark.parametrize(("content", "expected"), JOINED.values(), ids=JOINED)
def test_accent_belongs_to_the_letter_it_stands_over(content: str, expected: str) -> None:
    """Wherever PDFium tells it, and without the spaces it takes the way there for."""
    assert read(content) == expected


WRITTEN = {
    "beside letters": (at(f"l{ACUTE}eau, {GRAVE}nul{GRAVE}"), "l´eau, `nul`"),
    "over a letter that has none": (at("qatipe") + at(TILDE, over("", "q")), "qatipe ˜"),
    "too far above": (at("etape") + at(ACUTE, over("", "e"), 606), "etape ´"),
    "on the wrong side": (at("lecon") + at(CEDILLA, end_of("le") + 0.8, 604), "lecon ¸"),
}


@pytest.mark.parametrize(("content", "expected"), WRITTEN.values(), ids=WRITTEN)
def test_accent_by_itself_stays(content: str, expected: str) -> None:
    """A sign that stands over nothing it belongs to was written so."""
    assert read(content) == expected


def test_letter_takes_one_accent() -> None:
    """The second of two is left, not lost."""
    assert read(kerned("M", IN, DIERESIS, 333, ACUTE, BACK, "ulle")) == "M´ülle"
