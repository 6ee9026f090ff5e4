"""Ligatures that a PDF gives by bare codes: spelled out where they are TeX's, and never dropped unseen."""

from __future__ import annotations

import pytest

from shared_code.documents import read_document
from tests.unit.documents.files import FILLER
from tests.unit.documents.pdf_files import drawing, words


def font(**widths: int) -> str:
    """A font whose codes 27 to 31 have no names; widths in thousandths of the size."""
    coded = {27: "ff", 28: "fi", 29: "fl", 30: "ffi", 31: "ffl"}
    of_codes = [str(widths.get(coded[code], 0)) for code in coded]
    of_letters = ["500"] * 95
    for letter, width in zip("fil", (440, 220, 220), strict=True):
        of_letters[ord(letter) - 32] = str(width)
    return (
        "<</Type/Font/Subtype/TrueType/BaseFont/Sample/FirstChar 27/LastChar 126"
        f"/Widths[{' '.join(of_codes + of_letters)}]>>"
    )


AS_WIDE = font(ff=800, fi=600, fl=600, ffi=950, ffl=950)


def read(text: str, described: str = AS_WIDE) -> str:
    """What is read of a text besides the visible line, and one in the same font."""
    content = words(text, font="F5") + words("for all", "50 500 Td", font="F5")
    return read_document(drawing(content, described)).text.replace(FILLER, "").removesuffix("for all").strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Certi\\034ed, pro\\034cient", "Certified, proficient"),
        ("di\\033erent work\\035ows", "different workflows"),
        ("an e\\036cient o\\036ce, ba\\037ed", "an efficient office, baffled"),
        ("\\034nished by sta\\033", "finished by staff"),
        ("in \\034ve", "in five"),
    ],
)
def test_codes_of_tex_are_spelled_out(text: str, expected: str) -> None:
    """Inside a word, at its start and its end."""
    assert read(text) == expected


def test_code_that_is_not_as_wide_as_its_letters_is_marked() -> None:
    """Another encoding has other ligatures there: that something is missing shows, and no guess is made."""
    described = font(ff=800, fi=600, fl=600, ffi=620)
    assert read("pro\\034cient, \\036exible", described) == "pro\ufffdcient, \ufffdexible"


def test_code_beside_no_letter_is_no_ligature() -> None:
    """Signs of a symbol font have such codes, too, and are no letters."""
    assert read("\\034 Lisbon \\035 2016").split() == ["Lisbon", "2016"]


def test_dashes_and_quotes_come_with_the_ligatures() -> None:
    """A font that has TeX's ligatures has its signs at their codes, too."""
    assert read("pro\\034cient, 2016\\0252019, \\020Ghent\\021") == "proficient, 2016–2019, “Ghent”"


def test_letters_that_are_not_in_the_text_leave_a_mark() -> None:
    """Without them nothing says how wide a ligature must be."""
    assert "pro\ufffdcent" in read_document(drawing(words("pro\\034cent", font="F5"), AS_WIDE)).text
