"""Whatever the bytes, reading gives a document or a DocumentError: never another exception."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_code.documents import DocumentText, read_document
from shared_code.errors import DocumentError
from tests.unit.documents.files import FILLER, docx, paragraph, pdf_of_lines, table, text_run, zipped

_LINK = '<w:hyperlink r:id="l1">' + text_run("site") + "</w:hyperlink>"
_FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText>HYPERLINK "https://example.org"</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    + text_run("x")
    + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
_DRAWING = (
    "<w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent><w:p/></w:txbxContent></wps:txbx></mc:Choice>"
    "<mc:Fallback/></mc:AlternateContent></w:r>"
)
_RUBY = (
    "<w:ruby><w:rt><w:r><w:t>a</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>b</w:t></w:r></w:rubyBase></w:ruby>"
)
BODY = (
    paragraph(FILLER, _LINK, _FIELD, _DRAWING, f"<w:r>{_RUBY}</w:r>")
    + table((paragraph("a"), table((paragraph("b"),))))
    + "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc/></w:tr></w:tbl>"
)
RELS = (("l1", "hyperlink", "https://example.org", True),)
WORD = docx(BODY, rels=RELS)
PDF = pdf_of_lines(FILLER, "Jane Example", "jane@example.com")
_PAGE = f"<p hidden>{FILLER}</p><a href='x'>{FILLER}</a><table><tr><td>x</table>"
HTML = f"<html><body>{_PAGE}</body></html>".encode()
_TAGS = sorted(set(re.findall(r"</?([\w:]+)", BODY)))
NAMES = st.sampled_from([None, "cv.pdf", "cv.docx", "cv.txt", "cv.md", "cv.html", "cv.xml", "cv.rtf", "cv"])
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=20)), min_size=1, max_size=6
)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(content: bytes, filename: str | None) -> None:
    try:
        document = read_document(content, filename=filename)
    except DocumentError:
        return
    assert isinstance(document, DocumentText)
    assert document.pages[-1].end == len(document.text)


def edited(content: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for place, removed, inserted in edits:
        at = int(place * len(content))
        content = content[:at] + inserted + content[at + removed :]
    return content


@QUICK
@given(st.binary(max_size=400), NAMES)
def test_any_bytes(content: bytes, filename: str | None) -> None:
    check(content, filename)


@QUICK
@given(
    st.sampled_from(
        [b"%PDF-1.7\n", b"PK\x03\x04", b"{\\rtf", b"<html>", b"\xff\xfe", b"\xef\xbb\xbf", b"<?xml", b"\x1b$"]
    ),
    st.binary(max_size=300),
    NAMES,
)
def test_any_bytes_behind_a_known_beginning(magic: bytes, content: bytes, filename: str | None) -> None:
    check(magic + content, filename)


@QUICK
@given(EDITS, NAMES)
def test_damaged_pdf(edits: list[tuple[float, int, bytes]], filename: str | None) -> None:
    check(edited(PDF, edits), filename)


@QUICK
@given(EDITS, NAMES)
def test_damaged_archive(edits: list[tuple[float, int, bytes]], filename: str | None) -> None:
    check(edited(WORD, edits), filename)


@QUICK
@given(EDITS)
def test_damaged_page(edits: list[tuple[float, int, bytes]]) -> None:
    check(edited(HTML, edits), "cv.html")


@QUICK
@given(EDITS)
def test_damaged_document_part(edits: list[tuple[float, int, bytes]]) -> None:
    check(docx(edited(BODY.encode(), edits).decode("utf-8", "ignore"), rels=RELS), "cv.docx")


@QUICK
@given(st.dictionaries(st.sampled_from(_TAGS), st.sampled_from(_TAGS), min_size=1, max_size=4))
def test_well_formed_markup_in_any_arrangement(renamed: dict[str, str]) -> None:
    body = re.sub(r"(</?)([\w:]+)", lambda tag: tag[1] + renamed.get(tag[2], tag[2]), BODY)
    check(docx(body, rels=RELS), "cv.docx")


@QUICK
@given(st.dictionaries(st.text(min_size=1, max_size=20), st.binary(max_size=100), max_size=4))
def test_any_archive(members: dict[str, bytes]) -> None:
    usable = {name: data for name, data in members.items() if name.isprintable() and name.isascii()}
    check(zipped({**usable, "word/document.xml": b"<w/>"}), "cv.docx")
