"""Which reader a file gets, what is refused, and with which word for a person."""

from __future__ import annotations

import subprocess
import sys

import pytest

from shared_code.documents import DocumentLimits, DocumentText, Severity, read_document, text_document
from shared_code.errors import (
    CorruptDocumentError,
    DocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    EncryptedDocumentError,
    NoTextError,
    TypeMismatchError,
    UnsupportedDocumentError,
)
from tests.unit.documents.files import FILLER, docx, paragraph, pdf_of_lines, zipped

TEXT = FILLER.encode()
HTML = b"<!DOCTYPE html><html><body><h1>Jane Example</h1><p>" + TEXT + b"</p></body></html>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00" + bytes(range(256)) * 8
ODT = b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text" + bytes(60)
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def codes(document: DocumentText) -> set[str]:
    return {finding.code for finding in document.findings}


@pytest.mark.parametrize(
    ("content", "reader", "media_type"),
    [
        (pdf_of_lines(FILLER), "pdf", "application/pdf"),
        (b"junk before\n" + pdf_of_lines(FILLER), "pdf", "application/pdf"),
        (docx(paragraph(FILLER)), "docx", WORD_TYPE),
        (HTML, "html", "text/html"),
        (b"\xef\xbb\xbf  " + HTML, "html", "text/html"),
        (HTML.decode().encode("utf-16"), "html", "text/html"),
        (b"<?xml version='1.0'?><cv>" + TEXT + b"</cv>", "html", "application/xml"),
        (TEXT, "text", "text/plain"),
        (b"MZ Consulting, " + TEXT, "text", "text/plain"),
    ],
    ids=[
        "pdf",
        "pdf after junk",
        "docx",
        "html",
        "html with bom",
        "html in utf-16",
        "xml",
        "text",
        "text MZ",
    ],
)
def test_undeclared_file_is_read_by_its_bytes(content: bytes, reader: str, media_type: str) -> None:
    document = read_document(content)
    assert (document.reader, document.media_type) == (reader, media_type)
    assert "Experienced engineer" in document.text
    assert "typeMismatch" not in codes(document)


@pytest.mark.parametrize(
    ("content", "filename", "media_type", "error"),
    [
        (b"", "cv.pdf", None, EmptyDocumentError),
        (PROGRAM, "cv.pdf", None, TypeMismatchError),
        (PROGRAM, None, "application/pdf", TypeMismatchError),
        (PROGRAM, None, None, UnsupportedDocumentError),
        (TEXT, "cv.pdf", None, TypeMismatchError),
        (TEXT, "cv", WORD_TYPE, TypeMismatchError),
        (bytes(range(128, 256)) * 20 + bytes(300), "cv.docx", None, TypeMismatchError),
        (OLE + "WordDocument".encode("utf-16-le"), "cv.doc", None, UnsupportedDocumentError),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "cv.docx", None, EncryptedDocumentError),
        (ODT, "cv.odt", None, CorruptDocumentError),
        (zipped({"xl/workbook.xml": "<x/>"}), "cv.xlsx", None, UnsupportedDocumentError),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "cv.png", None, UnsupportedDocumentError),
        (b"\xff\xd8\xff\xe0" + bytes(64), "cv.pdf", None, UnsupportedDocumentError),
        (b"II*\x00" + bytes(64), "cv.tiff", None, UnsupportedDocumentError),
        (bytes(5000), "cv.txt", None, NoTextError),
        (bytes(5000), None, "text/plain", NoTextError),
        (b"PK\x03\x04" + bytes(500), "cv.docx", None, CorruptDocumentError),
        (b"   \n\t ", "cv.txt", None, NoTextError),
        (b"Jane Example", "cv.txt", None, NoTextError),
    ],
    ids=[
        "empty", "program .pdf", "program as pdf", "program undeclared", "text .pdf", "text as docx",
        "garbage .docx", "doc", "encrypted docx", "broken odt", "xlsx", "png", "jpeg .pdf",
        "tiff",
        "nuls .txt", "nuls as text", "broken zip", "white space", "too few letters",
    ],
)  # fmt: skip
def test_unreadable_file_is_refused_with_its_own_error(
    content: bytes, filename: str | None, media_type: str | None, error: type[DocumentError]
) -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(content, filename=filename, media_type=media_type)
    assert type(caught.value) is error
    assert len(caught.value.message) > 20


def test_unsupported_format_tells_how_to_mend() -> None:
    with pytest.raises(UnsupportedDocumentError, match="save it as PDF or DOCX"):
        read_document(OLE + "WordDocument".encode("utf-16-le"))


def test_html_named_pdf_is_read_as_html_and_reported() -> None:
    document = read_document(HTML, filename="cv.pdf")
    assert document.reader == "html"
    assert [f.severity for f in document.findings if f.code == "typeMismatch"] == [Severity.MINOR]


def test_octet_stream_leaves_the_ending_to_speak() -> None:
    content = b"[Site](https://example.org) " + TEXT
    document = read_document(content, media_type="application/octet-stream", filename="a.MD")
    assert document.reader == "markdown"


def test_file_over_the_byte_limit_is_refused_unread() -> None:
    with pytest.raises(DocumentTooLargeError, match="more than the limit of 10"):
        read_document(PROGRAM, filename="cv.pdf", limits=DocumentLimits(max_bytes=10))


@pytest.mark.parametrize(
    "content", [pdf_of_lines(*[FILLER] * 9), docx(paragraph(FILLER * 9)), TEXT * 9, HTML * 9]
)
def test_more_text_than_the_limit_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentTooLargeError):
        read_document(content, limits=DocumentLimits(max_text_characters=200))


def test_messages_hold_no_word_of_the_file() -> None:
    secret = b"Zaphodina"
    for content, name in [(secret, "a.txt"), (secret * 9, "a.pdf"), (b"%PDF-1.4 " + secret, "a.pdf")]:
        with pytest.raises(DocumentError) as caught:
            read_document(content, filename=name)
        assert "Zaphodina" not in caught.value.message


def test_posted_text_is_cleaned_and_split_at_form_feeds() -> None:
    document = text_document(f"Jane\u200b Example\r\n{FILLER}\fSecond page of it")
    assert [document.text[p.start : p.end] for p in document.pages] == [
        f"Jane Example\n{FILLER}",
        "Second page of it",
    ]
    assert (document.reader, document.media_type) == ("text", "text/plain")
    with pytest.raises(EmptyDocumentError):
        text_document("")
    with pytest.raises(NoTextError):
        text_document("Jane")


def test_importing_the_room_imports_no_reader_and_no_library() -> None:
    script = (
        "import sys, shared_code.documents; "
        "print([m for m in ('pypdfium2', 'charset_normalizer', 'zipfile', 'shared_code.documents.pdf', "
        "'shared_code.documents.injection') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
