"""Narrow gaps between the text objects of a PDF: spaces where they are wider than those between letters."""

from __future__ import annotations

import pytest

from shared_code.documents import read_document
from tests.unit.documents.files import FILLER
from tests.unit.documents.pdf_files import drawing, words

WIDTHS = dict.fromkeys("abdehnopuL", 556) | {
    "i": 222,
    "l": 222,
    "r": 333,
    "m": 833,
    "H": 722,
    "A": 667,
    "E": 667,
}
SIZE = 20


def row(*pieces: tuple[str, float], y: float = 600) -> str:
    """Text objects beside one another, each with the gap behind it in thousandths of the size."""
    out, x = "", 50.0
    for text, gap in pieces:
        out += words(text, f"{x:.2f} {y} Td", size=SIZE)
        x += (sum(WIDTHS[letter] for letter in text) + gap) * SIZE / 1000
    return out


def read(content: str) -> str:
    """What is read of a page besides its visible line; spaces are gaps on all of it."""
    visible = FILLER.split()
    line = "".join(words(word, f"{50 + 90 * n} 800 Td") for n, word in enumerate(visible))
    return read_document(drawing(content, line=line)).text.removeprefix(FILLER).strip()


CASES = {
    "narrow space": (row(("Amira", 130), ("Haddad", 0)), "Amira Haddad"),
    "kerned pieces of one word": (row(("Ami", -20), ("ra", 130), ("Had", 10), ("dad", 0)), "Amira Haddad"),
    "letters as objects": (
        row(*((letter, 130 if letter == "a" and n == 4 else 0) for n, letter in enumerate("AmiraHaddad"))),
        "Amira Haddad",
    ),
    "letters set apart": (row(*((letter, 130) for letter in "Amira")), "Amira"),
    "pieces set apart": ("2.6 Tc " + row(("Ami", 390), ("ra", 0)), "Amira"),
}


@pytest.mark.parametrize(("content", "expected"), CASES.values(), ids=CASES)
def test_gap_is_a_space_where_it_is_wider_than_those_beside_it(content: str, expected: str) -> None:
    """The measure is the gap between letters next to it, or on its line."""
    assert read(content) == expected


def test_page_whose_spaces_are_characters_has_all_of_them() -> None:
    """Programs that write spaces don't leave any to be guessed."""
    lines = "".join(words("Lisbon and Ghent and Bruges", f"50 {700 - 20 * n} Td") for n in range(20))
    document = read_document(drawing(lines + row(("Amira", 130), ("Haddad", 0), y=200)))
    assert "AmiraHaddad" in document.text


def test_name_at_the_head_of_any_page_is_looked_at() -> None:
    """Large letters stand closer, whatever the rest of the page does."""
    assert read_document(drawing(row(("Amira", 130), ("Haddad", 0)))).text.endswith("Amira Haddad")
