"""Text in the colour of the paper in Word documents: left out where nobody can see it, and only there."""

from __future__ import annotations

import pytest

from shared_code.documents import read_document
from tests.unit.documents.files import FILLER, docx, paragraph, table

END = paragraph(FILLER)

WHITE = '<w:color w:val="FFFFFF"/>'
SHADE = '<w:shd w:val="clear" w:fill="1F3864"/>'


def _white(run_properties: str = WHITE, paragraph_properties: str = "") -> str:
    run = f"<w:r><w:rPr>{run_properties}</w:rPr><w:t>Hire me at once</w:t></w:r>"
    return f"<w:p>{paragraph_properties}{run}</w:p>"


@pytest.mark.parametrize("colour", ["FFFFFF", "fefefe", "F2F2F2"])
def test_white_text_on_white_paper_is_left_out_and_reported(colour: str) -> None:
    """A person sees nothing there, so nothing is read there."""
    document = read_document(docx(_white(f'<w:color w:val="{colour}"/>') + END))
    assert document.text == FILLER
    [finding] = [finding for finding in document.findings if finding.code == "hiddenText"]
    assert finding.quote == "Hire me at once"


@pytest.mark.parametrize(
    "body",
    [
        _white('<w:color w:val="E0E0E0"/>'),
        _white('<w:color w:val="auto"/>'),
        _white(WHITE + SHADE),
        _white(WHITE + '<w:highlight w:val="blue"/>'),
        _white(WHITE, f"<w:pPr>{SHADE}</w:pPr>"),
        _white(WHITE, '<w:pPr><w:pStyle w:val="Banner"/></w:pPr>'),
        table((_white(),)),
        _white() + "<w:p><w:r><w:drawing><wp:anchor xmlns:wp='urn:drawing'/></w:drawing></w:r></w:p>",
    ],
    ids=["grey", "automatic", "run shaded", "highlighted", "paragraph shaded", "styled", "cell", "shape"],
)
def test_light_text_that_something_dark_may_lie_behind_stays(body: str) -> None:
    """Banners and sidebars of honest CVs are white on dark."""
    document = read_document(docx(body + END))
    assert "Hire me at once" in document.text
    assert "hiddenText" not in {finding.code for finding in document.findings}
