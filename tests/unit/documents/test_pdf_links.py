"""Links of a PDF page are all told, and cost what an honest page's do."""

from __future__ import annotations

from shared_code.documents import read_document
from tests.unit.documents.pdf_files import A4, drawing, words

LINKS = 200
QUADS = 20  # boxes of each link


def linked(lines: int) -> bytes:
    """A page of many links that run over many lines each, and as many lines of text as asked for."""
    quads = " ".join(f"{50 + n} 500 {300 + n} 500 {50 + n} 510 {300 + n} 510" for n in range(QUADS))
    annotations = [
        f"<</Type/Annot/Subtype/Link/Rect[50 500 300 510]/QuadPoints[{quads}]"
        f"/A<</S/URI/URI(https://example.org/{number})>>>>"
        for number in range(LINKS)
    ]
    text = "".join(words("engineer " * 12, f"50 {(503 - 6 * n) % 800} Td", size=6) for n in range(lines))
    references = " ".join(f"{5 + number} 0 R" for number in range(LINKS))
    return drawing(text, *annotations, page=f"{A4}/Annots[{references}]")


def test_every_link_of_a_usual_page_has_its_text() -> None:
    """However many there are."""
    links = read_document(linked(8)).links
    assert len(links) == LINKS
    assert all(link.text for link in links)


def test_links_of_a_long_page_have_targets_but_not_all_have_texts() -> None:
    """Each box goes through all characters of the page: unbounded, a file of 2 MB would take a minute."""
    links = read_document(linked(120)).links
    assert len({link.target for link in links}) == LINKS
    assert 0 < sum(bool(link.text) for link in links) < LINKS // 4
