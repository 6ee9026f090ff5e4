"""PDF text put right by geometry: torn headings and backward words, while honest spaces stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pypdfium2 import PdfDocument

from shared_code.documents.pdf_lines import Glyph, line_text, text_range
from tests.unit.documents.files import pdf, pdf_of_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from fpdf import FPDF


def _text(content: bytes, start: int = 0, count: int = -1) -> str:
    with PdfDocument(content) as document:
        return text_range(document[0].get_textpage(), start, count)


def _spaced(points: float, *lines: str) -> Callable[[FPDF], None]:
    """Every letter placed by itself, as browsers write letter-spaced text."""

    def draw(document: FPDF) -> None:
        document.add_page()
        document.set_font("Helvetica", size=14)
        for index, line in enumerate(lines):
            x = 40.0
            for letter in line:
                if letter != " ":
                    document.text(x, 60 + 40 * index, letter)
                x += document.get_string_width(letter) + points
        document.text(40, 60 + 40 * len(lines), "Set as usual, with I or a in it.")

    return draw


def _right_to_left(text: str, *, width: float = 5.0) -> list[Glyph]:
    """Glyphs of a line from the right edge to the left one, as a reader of the script meets them."""
    return [
        Glyph(character, 400 - width * (index + 1), 400 - width * index, 12.0)
        for index, character in enumerate(text)
    ]


@pytest.mark.parametrize("points", [5.0, 7.0, 11.0])
def test_letter_spaced_heading_is_whole_again(points: float) -> None:
    """Letters set apart are one word, and the wider gaps between words stay spaces."""
    text = _text(pdf(_spaced(points, "WORK HISTORY", "Ingrid Solheim")))

    assert text.splitlines() == ["WORK HISTORY", "Ingrid Solheim", "Set as usual, with I or a in it."]


def test_pdfium_alone_tears_the_heading() -> None:
    """What this module is for: were PDFium to mend it, the module could go."""
    with PdfDocument(pdf(_spaced(7.0, "WORK HISTORY"))) as document:
        assert "W O R K" in document[0].get_textpage().get_text_range()


@pytest.mark.parametrize(
    "line",
    [
        "I am on it as we go to a pub or two",
        "Go C R SQL Git Zig",
        "be in a to do at my own pace",
        "C R D Go A",
    ],
)
def test_short_words_stay_apart(line: str) -> None:
    """Words of one to three letters are no torn heading: their letters stand close."""
    assert _text(pdf_of_lines(line)) == line


def test_columns_of_letters_stay_apart() -> None:
    """Letters further apart than a line is high are a table's."""

    def draw(document: FPDF) -> None:
        document.add_page()
        for index, letter in enumerate("ABCDEF"):
            document.text(40 + 60 * index, 60, letter)

    assert "ABCDEF" not in _text(pdf(draw))


def test_a_part_of_the_page_is_mended_alone() -> None:
    """A range gives its own characters and no others."""
    content = pdf(_spaced(7.0, "SKILLS"))

    assert _text(content, 0, 11) == "SKILLS"
    assert _text(content, 2, 9) == "KILLS"


@pytest.mark.parametrize(
    "text", ["ליאת ברנע מתכנתת", "مهندسة برمجيات في حلب", "مَشاريع"], ids=["he", "ar", "marks"]
)
def test_right_to_left_line_in_order_stays(text: str) -> None:
    """Letters that go from right to left already are in order."""
    assert line_text(_right_to_left(text)) == text


def test_backward_words_are_turned_round() -> None:
    """A word whose letters go from left to right on the page was stored backwards."""
    first, space, second = (
        _right_to_left("مهندسة"),
        _right_to_left("مهندسة ")[-1:],
        _right_to_left("مهندسة حلب")[7:],
    )

    assert line_text([*reversed(first), *space, *second]) == "مهندسة حلب"


def test_backward_line_is_turned_round() -> None:
    """Words that go from left to right are put in order too."""
    assert line_text(list(reversed(_right_to_left("مهندسة في حلب")))) == "مهندسة في حلب"


def test_latin_words_in_a_right_to_left_line_stay() -> None:
    """Only right-to-left letters are turned; a tool's name goes from left to right."""
    line = [
        *_right_to_left("خبرة "),
        *(Glyph(c, 200 + 5 * i, 205 + 5 * i, 12.0) for i, c in enumerate("Kafka")),
    ]

    assert line_text(line) == "خبرة Kafka"


def test_lam_and_alef_of_one_glyph_are_in_order() -> None:
    """One glyph that stands for two letters means lam and alef, in this order."""
    whole = _right_to_left("خل")
    ligature = [Glyph(c, 380.0, 388.0, 12.0) for c in "ال"]

    assert line_text([whole[0], *ligature]) == "خلا"


def test_space_before_a_mark_is_none() -> None:
    """PDFium takes the gap beside a vowel mark for a space; no word begins with a mark."""
    glyphs = _right_to_left("مَع")

    assert line_text([glyphs[0], Glyph(" ", 394.0, 394.0, 0.0), *glyphs[1:]]) == "مَع"
