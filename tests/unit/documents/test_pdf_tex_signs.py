"""Dashes and quotes of TeX's fonts are read in the fonts whose ligatures prove them to be TeX's."""

from __future__ import annotations

import pytest

from shared_code.documents import read_document
from tests.unit.documents.pdf_files import drawing, words
from tests.unit.documents.test_pdf_ligatures import AS_WIDE

PROOF = words("pro\\034cient, for all", font="F5")


@pytest.mark.parametrize(
    ("font", "shown", "expected"),
    [
        pytest.param("F5", "Lisbon \\025 Porto", "Lisbon – Porto", id="dash in the same font"),
        pytest.param("F5", "Lisbon \\026 Porto", "Lisbon — Porto", id="long dash"),
        pytest.param("F5", "\\022Porto\\020, \\023Porto\\024", "„Porto“, «Porto»", id="other quotes"),
        pytest.param("F1", "Lisbon \\025 Porto", "Lisbon Porto", id="another font"),
    ],
)
def test_signs_are_those_of_the_proven_font(font: str, shown: str, expected: str) -> None:
    """In another font the same code may be an icon, an operator, or nothing."""
    text = read_document(drawing(PROOF + words(shown, "50 500 Td", font=font), AS_WIDE)).text
    assert expected in " ".join(text.split())
    assert "proficient" in text


def test_whole_page_proves_what_a_part_of_it_says() -> None:
    """Where hidden text parts the page, the letters that show the widths may stand in another part."""
    hidden = words("Principal engineer", "50 450 Td 3 Tr")
    content = (
        words("pro\\034cient", "50 500 Td", font="F5") + hidden + words("for all", "50 400 Td", font="F5")
    )
    document = read_document(drawing(content, AS_WIDE))
    assert [finding.code for finding in document.findings] == ["hiddenText"]
    assert "proficient" in document.text
