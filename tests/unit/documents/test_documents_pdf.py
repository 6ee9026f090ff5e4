"""PDFs: text order, hyphens, links, limits, findings, and text nobody sees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from shared_code.documents import DocumentLimits, DocumentText, Severity, read_document
from shared_code.documents.hyphenation import HYPHEN_MARK, mend_line_end_hyphens
from shared_code.errors import CorruptDocumentError, EncryptedDocumentError, NoTextError, TooManyPagesError
from tests.unit.documents.files import FILLER, pdf, pdf_of_lines
from tests.unit.documents.pdf_files import A4, drawing, form, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from fpdf import FPDF

PROFILE = "https://www.linkedin.com/in/jane-example"
HIDDEN = "Principal architect of everything at Example Corp since 1999"


def hidden_quotes(document: DocumentText) -> list[str | None]:
    return [finding.quote for finding in document.findings if finding.code == "hiddenText"]


def test_columns_stay_together_in_the_order_they_were_written() -> None:
    def draw(document: FPDF) -> None:
        document.add_page()
        for x, column in ((50, ["Skills", "Welding", "Brazing"]), (300, ["Work", FILLER, "Foreman"])):
            for row, word in enumerate(column):
                document.text(x, 100 + 20 * row, word)

    assert read_document(pdf(draw)).text == f"Skills\nWelding\nBrazing\nWork\n{FILLER}\nForeman"


def test_pages_slice_the_text_and_number_offsets() -> None:
    def draw(document: FPDF) -> None:
        for line in ("First page, " + FILLER, "", "Third page, " + FILLER):
            document.add_page()
            if line:
                document.text(50, 60, line)

    document = read_document(pdf(draw))
    texts = [document.text[page.start : page.end] for page in document.pages]
    assert texts == ["First page, " + FILLER, "", "Third page, " + FILLER]
    assert document.page_at(document.text.index("Third")) == 3
    assert document.page_at(0) == 1


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("top 5% of submis|sions", "top 5% of submissions"),
        ("GMP|Qualität", "GMP-Qualität"),
        ("2019|2021", "2019-2021"),
        ("cloud|native systems", "cloud-native systems"),
        ("community|driven work", "community-driven work"),
        ("state-of|the-art", "state-of-the-art"),
        ("mail jane.doe-ex|ample@example.com", "mail jane.doe-ex-ample@example.com"),
        ("see linkedin.com/in/jane|doe", "see linkedin.com/in/jane-doe"),
        ("green|house, later green-house", "green-house, later green-house"),
        ("open|ness and openness", "openness and openness"),
        ("back|end, or backend", "backend, or backend"),
        ("Ber|ufs|erfahrung", "Berufserfahrung"),
        ("data|base market|ing alter|native", "database marketing alternative"),
        ("履歴|書", "履歴-書"),
        ("|", "-"),
    ],
)
def test_line_end_hyphen_stays_only_where_the_word_has_it(broken: str, mended: str) -> None:
    assert mend_line_end_hyphens(broken.replace("|", HYPHEN_MARK)) == mended


def test_word_broken_over_two_lines_is_whole_in_the_text() -> None:
    text = read_document(pdf_of_lines("Responsible for develop-", "ment of all kinds of machines")).text
    assert "development of" in text


def test_links_carry_target_and_the_text_in_their_rectangle() -> None:
    def draw(document: FPDF) -> None:
        document.add_page()
        document.text(50, 60, FILLER)
        document.text(50, 100, "My profile")
        document.link(
            50, 88, document.get_string_width("My profile"), 16, "https://www.linkedin.com/in/jane-example"
        )
        document.text(250, 100, "jane@example.com")
        document.link(250, 88, document.get_string_width("jane@example.com"), 16, "mailto:jane@example.com")
        document.add_page()
        document.link(50, 88, 20, 16, "https://example.org/icon")
        document.link(50, 188, 20, 16, "javascript:alert(1)")

    document = read_document(pdf(draw))
    assert {(link.target, link.text, link.page) for link in document.links} == {
        (PROFILE, "My profile", 1),
        ("mailto:jane@example.com", "jane@example.com", 1),
        ("https://example.org/icon", "", 2),
    }
    assert "javascript" in {finding.code for finding in document.findings}


def test_link_over_many_lines_carries_all_their_text() -> None:
    """However long the text in a link's rectangle is, none of it is cut off."""
    lines = [f"{FILLER} {index}" for index in range(9)]

    def draw(document: FPDF) -> None:
        document.add_page()
        for index, line in enumerate(lines):
            document.text(50, 100 + 20 * index, line)
        document.link(40, 80, 500, 200, PROFILE)

    assert [link.text for link in read_document(pdf(draw)).links] == [" ".join(lines)]


def test_too_many_pages_are_refused_before_any_is_read() -> None:
    def draw(document: FPDF) -> None:
        for _ in range(4):
            document.add_page()
            document.text(50, 60, FILLER)

    content = pdf(draw)
    assert len(read_document(content, limits=DocumentLimits(max_pages=4)).pages) == 4
    with pytest.raises(TooManyPagesError, match="4 pages"):
        read_document(content, limits=DocumentLimits(max_pages=3))


@pytest.mark.parametrize(
    ("user_password", "opens"), [("secret", False), ("", True)], ids=["to open", "to edit"]
)
def test_only_a_password_to_open_the_file_stops_reading(user_password: str, opens: bool) -> None:
    def draw(document: FPDF) -> None:
        document.set_encryption(owner_password="owner", user_password=user_password)
        document.add_page()
        document.text(50, 60, FILLER)

    content = pdf(draw)
    if opens:
        assert read_document(content).text == FILLER
    else:
        with pytest.raises(EncryptedDocumentError, match="password"):
            read_document(content)


def test_picture_of_a_page_is_told_from_an_empty_one() -> None:
    def draw_scan(document: FPDF) -> None:
        document.add_page()
        document.image(_png(), 0, 0, 595, 842)

    with pytest.raises(NoTextError, match=r"export the CV .* CV_OCR_PROVIDER"):
        read_document(pdf(draw_scan))
    with pytest.raises(NoTextError) as caught:
        read_document(pdf(lambda document: document.add_page()))
    assert "OCR" not in caught.value.message


def test_file_without_pages_has_no_text() -> None:
    content = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[ ]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )
    with pytest.raises(NoTextError, match="no pages"):
        read_document(content)
    # PDFium remembers its last error, which is not this file's.
    with pytest.raises(EncryptedDocumentError):
        read_document(pdf(lambda document: _locked(document, "secret")))
    with pytest.raises(NoTextError, match="no pages"):
        read_document(content)


def _locked(document: FPDF, user_password: str) -> None:
    document.set_encryption(owner_password="owner", user_password=user_password)
    document.add_page()


def test_truncated_file_is_corrupt() -> None:
    with pytest.raises(CorruptDocumentError):
        read_document(b"%PDF-1.7\n" + pdf_of_lines(FILLER)[400:700])


def _invisible(document: FPDF) -> None:
    with document.local_context(text_mode=3):
        document.text(50, 300, HIDDEN)


def _transparent(document: FPDF) -> None:
    with document.local_context(fill_opacity=0):
        document.text(50, 300, HIDDEN)


def _tiny(document: FPDF) -> None:
    document.set_font_size(0.4)
    document.text(50, 300, HIDDEN)


def _below(document: FPDF) -> None:
    document.text(50, 3000, HIDDEN)


def _beside(document: FPDF) -> None:
    document.text(3000, 300, HIDDEN)


@pytest.mark.parametrize("hide", [_invisible, _transparent, _tiny, _below, _beside])
def test_text_nobody_sees_is_left_out_and_reported(hide: Callable[[FPDF], None]) -> None:
    def draw(document: FPDF) -> None:
        document.add_page()
        document.text(50, 60, FILLER)
        hide(document)
        document.set_font_size(11)
        document.text(50, 400, "Last line - seen")

    document = read_document(pdf(draw))
    assert document.text == f"{FILLER}\nLast line - seen"
    assert hidden_quotes(document) == [HIDDEN]
    assert {f.severity for f in document.findings} == {Severity.MAJOR}


def test_unseen_text_over_a_scanned_page_is_the_work_of_ocr_and_stays() -> None:
    def draw(document: FPDF) -> None:
        document.add_page()
        document.image(_png(), 0, 0, 595, 842)
        with document.local_context(text_mode=3):
            document.text(50, 60, FILLER)

    document = read_document(pdf(draw))
    assert document.text == FILLER
    assert [finding.code for finding in document.findings] == ["ocrLayer"]


def test_small_print_and_flat_signs_lose_nothing() -> None:
    def draw(document: FPDF) -> None:
        document.add_page()
        document.text(50, 60, FILLER)
        document.text(50, 80, "-")
        document.set_font_size(4)
        document.text(50, 100, "small print")
        document.text(594, 120, "cut off at the edge")

    document = read_document(pdf(draw))
    assert document.text == f"{FILLER}\n-\nsmall print\ncut off at the edge"
    assert hidden_quotes(document) == []


def test_attachment_and_script_are_reported() -> None:
    def draw(document: FPDF) -> None:
        document.add_page()
        document.text(50, 60, FILLER)
        document.embed_file(bytes=b"note", basename="note.txt")

    document = read_document(pdf(draw) + b"\n% /JavaScript")
    assert {finding.code for finding in document.findings} == {"embeddedFile", "javascript"}
    assert read_document(pdf_of_lines(FILLER)).findings == ()


@pytest.mark.parametrize(
    ("subtype", "expected"),
    [
        ("/FreeText", f"{FILLER}\njane@example.com"),
        ("/Widget/FT/Tx/T(mail)/V(jane@example.com)", f"{FILLER}\njane@example.com"),
        ("/Text/Contents(a remark)", FILLER),
        ("/FreeText/F 2", FILLER),
    ],
    ids=["typed over", "form field", "sticky note", "hidden annotation"],
)
def test_annotations_that_are_drawn_on_the_page_are_read(subtype: str, expected: str) -> None:
    content = drawing(
        words(FILLER, "50 700 Td"),
        f"<</Type/Annot/Subtype{subtype}/Rect[50 600 250 620]/AP<</N 6 0 R>>>>",
        form(words("jane@example.com", "2 5 Td"), box="0 0 200 20"),
        page=f"{A4}/Annots[5 0 R]",
        root="/AcroForm<</Fields[5 0 R]>>",
        line="",
    )
    assert read_document(content).text == expected


def test_threads_may_read_at_once() -> None:
    contents = [pdf_of_lines(FILLER, f"Number {index}") for index in range(12)]
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda content: read_document(content).text, contents))
    assert texts == [f"{FILLER}\nNumber {index}" for index in range(12)]


def _png() -> bytes:
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.effect_noise((40, 60), 90).save(buffer, "PNG")
    return buffer.getvalue()
