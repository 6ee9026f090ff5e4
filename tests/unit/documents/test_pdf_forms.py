"""Form fields on a PDF page: what was typed into them is read, and costs the page none of its own text."""

from __future__ import annotations

import pytest

from shared_code.documents import DocumentText, read_document
from tests.unit.documents.files import FILLER
from tests.unit.documents.pdf_files import A4, HELVETICA, stream, words

CODES = sorted(set(FILLER))
NAMES = {" ": "space", ",": "comma", ".": "period"}
CODED_FONT = (
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[1"
    + "".join(f"/{NAMES.get(letter, letter)}" for letter in CODES)
    + "]>>>>"
)
CODED_FILLER = "<" + "".join(f"{CODES.index(letter) + 1:02x}" for letter in FILLER) + ">"
OWN_LINE = f"BT /F1 11 Tf 50 800 Td {CODED_FILLER} Tj ET "
FIELD = "<</Type/Annot/Subtype/Widget/FT/Tx/T(town)/V(Lisbon)/Rect[50 700 250 730]/F 4/AP<</N 6 0 R>>>>"
OFF = "/OCProperties<</OCGs[9 0 R]/D<</OFF[9 0 R]>>>>"


def filled(
    typed: str = "Lisbon", *, content: str = "", root: str = "", tree: str = "", page: str = ""
) -> bytes:
    """A page with the visible line in a font of odd codes, and a field; entries of tree and page."""
    objects = [
        f"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>{root}>>",
        f"<</Type/Pages/Kids[3 0 R]/Count 1{tree}>>",
        f"<</Type/Page/Parent 2 0 R/Contents 4 0 R{A4}/Annots[5 0 R]{page}>>",
        stream("", OWN_LINE + content),
        FIELD,
        stream(
            f"/Type/XObject/Subtype/Form/BBox[0 0 200 30]/Resources<</Font<</F1 {HELVETICA}>>>>",
            words(typed, "2 8 Td"),
        ),
        CODED_FONT,
        HELVETICA,
        "<</Type/OCG/Name(off)>>" if root else "<<>>",
    ]
    numbered = "\n".join(f"{number} 0 obj{body}\nendobj" for number, body in enumerate(objects, start=1))
    return f"%PDF-1.7\n{numbered}\ntrailer<</Root 1 0 R/Size {len(objects) + 1}>>\n%%EOF".encode("latin-1")


RESOURCES = "/Resources<</Font<</F1 7 0 R/F2 8 0 R>>/Properties<</M 9 0 R>>>>"
SECRET = "/OC /M BDC " + words("Professor of physics", font="F2") + "EMC "


def hidden(document: DocumentText) -> list[str | None]:
    return [finding.quote for finding in document.findings if finding.code == "hiddenText"]


@pytest.mark.parametrize("place", ["page", "tree"])
def test_field_costs_the_page_none_of_its_text(place: str) -> None:
    """Fonts may stand with the page or be inherited: its own text is read, and what was typed."""
    document = read_document(filled(**{place: RESOURCES}))
    assert document.text.split("\n") == [FILLER, "Lisbon"]
    assert document.findings == ()


def test_layer_that_is_off_stays_off_beside_a_field() -> None:
    """Layers belong to the document, and a page is not taken out of it for its fields."""
    document = read_document(filled(content=SECRET, page=RESOURCES, root=OFF))
    assert document.text.split("\n") == [FILLER, "Lisbon"]
    assert hidden(document) == ["Professor of physics"]


def test_inherited_fonts_and_a_layer_keep_the_text_of_the_page() -> None:
    """Where fields can't be had without it, the page's own text is worth more, and judged as ever."""
    document = read_document(filled(content=SECRET, tree=RESOURCES, root=OFF))
    assert document.text == FILLER
    assert hidden(document) == ["Professor of physics"]


def test_field_without_ink_is_hidden() -> None:
    """What was typed is judged as all other text is."""
    document = read_document(filled("Lisbon) Tj 1 g (Professor of physics", page=RESOURCES))
    assert document.text.split() == [*FILLER.split(), "Lisbon"]
    assert hidden(document) == ["Professor of physics"]
