"""Dates and headings in letters set apart, with numbers and signs among them, are whole again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared_code.documents import read_document
from tests.unit.documents.files import pdf, pdf_of_lines

if TYPE_CHECKING:
    from fpdf import FPDF

SIZE = 14


def set_apart(line: str, points: float, tight: str = "") -> bytes:
    """Every letter placed by itself, those of ``tight`` closer, as kerning does."""

    def draw(document: FPDF) -> None:
        document.add_page()
        document.set_font("Helvetica", size=SIZE)
        x = 40.0
        for letter in line:
            if letter != " ":
                document.text(x, 60, letter)
            x += document.get_string_width(letter) + (0.7 * points if letter in tight else points)
        document.set_font("Helvetica", size=11)
        document.text(40, 120, "Set as usual, with I or a in it, and 2 or 3 words more.")

    return pdf(draw)


@pytest.mark.parametrize(
    ("line", "points"),
    [
        ("OKT. 2023 - APR. 2025", 4.0),
        ("JAN. 2021 - JAN. 2022", 5.0),
        ("2016 - 2019", 4.0),
        ("10/2019 - 03/2022", 4.0),
        ("SKILLS", 4.0),
        ("Unit 7, Lisbon", 4.0),
    ],
)
def test_numbers_and_signs_are_no_end_of_a_spaced_line(line: str, points: float) -> None:
    """Only the gaps that are wider than the others part words."""
    assert read_document(set_apart(line, points)).text.splitlines()[0] == line


def test_pieces_that_kerning_left_whole_belong_to_the_word() -> None:
    """A pair of letters that stand closer is no word among letters set apart."""
    assert read_document(set_apart("KONTAKTE", 3.4, tight="TA")).text.splitlines()[0] == "KONTAKTE"


def test_numbers_beside_one_another_are_a_scale() -> None:
    """Without words or years among them, numbers aren't joined."""
    assert read_document(set_apart("1 2 3 4 5 6", 4.0)).text.splitlines()[0] == "1 2 3 4 5 6"


@pytest.mark.parametrize("line", ["Room 5 B 7 C 9", "C 2 0 2 3 R", "Levels: A 1, B 2, C 1 of 6"])
def test_written_spaces_stay(line: str) -> None:
    """Spaces that are characters were meant."""
    assert read_document(pdf_of_lines(line, "Platform engineer in Lisbon since 2016")).text.startswith(line)
