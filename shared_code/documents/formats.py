"""The registry of formats: what each is called, who reads it, and what to say where nobody does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_code.documents.model import DocumentLimits, RawDocument


class Format(StrEnum):
    """What a file truly is, judged by its bytes; the value is its media type."""

    PDF = "application/pdf"
    WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    HTML = "text/html"
    XML = "application/xml"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"
    RTF = "application/rtf"
    ODT = "application/vnd.oasis.opendocument.text"
    LEGACY_WORD = "application/msword"
    ENCRYPTED_OFFICE = "application/x-encrypted-ooxml"
    OLE = "application/x-ole-storage"
    WORD_XML = "application/x-word-xml"
    WEB_ARCHIVE = "multipart/related"
    OUTLOOK = "application/vnd.ms-outlook"
    SPREADSHEET = "application/x-spreadsheet"
    PRESENTATION = "application/x-presentation"
    PAGES = "application/vnd.apple.pages"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TIFF = "image/tiff"
    GIF = "image/gif"
    WEBP = "image/webp"
    HEIF = "image/heif"
    BMP = "image/bmp"
    IMAGE = "image/*"
    ZIP = "application/zip"
    ARCHIVE = "application/x-archive"
    EXECUTABLE = "application/x-executable"
    BINARY = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Source:
    """A file on its way to a reader.

    ``charset`` is what the media type's parameter declared, if anything.
    """

    content: bytes
    format: Format
    limits: DocumentLimits
    charset: str | None = None


class Reader(Protocol):
    """Turns a file into pages; raises a DocumentError where it can't, and nothing else."""

    def __call__(self, source: Source, /) -> RawDocument:
        """Read one file."""


@dataclass(frozen=True, slots=True)
class FormatEntry:
    """One row of the registry: a name for people, and a reader that is imported on first use."""

    name: str
    load_reader: Callable[[], Reader] | None = None
    advice: str = "save it as PDF or DOCX and send that"


def _pdf() -> Reader:
    from shared_code.documents.pdf import read_pdf

    return read_pdf


def _docx() -> Reader:
    from shared_code.documents.docx import read_docx

    return read_docx


def _html() -> Reader:
    from shared_code.documents.html import read_html

    return read_html


def _text() -> Reader:
    from shared_code.documents.text import read_text

    return read_text


def _rtf() -> Reader:
    from shared_code.documents.rtf import read_rtf

    return read_rtf


def _odt() -> Reader:
    from shared_code.documents.odt import read_odt

    return read_odt


# What an OCR provider would read; without one they are refused like every other format.
IMAGES = frozenset(
    {Format.PNG, Format.JPEG, Format.TIFF, Format.GIF, Format.WEBP, Format.HEIF, Format.BMP, Format.IMAGE}
)

_NO_OCR = (
    "send the document that the picture was taken of, as PDF or DOCX with real text. "
    "Operators: CV_OCR_PROVIDER turns the recognition of pictures on"
)
_UNPACK = "unpack it and send the CV inside, as PDF or DOCX"
_EXPORT = "export it as PDF and send that"

REGISTRY: dict[Format, FormatEntry] = {
    Format.PDF: FormatEntry("PDF", _pdf),
    Format.WORD: FormatEntry("Word (DOCX)", _docx),
    Format.HTML: FormatEntry("HTML", _html),
    Format.XML: FormatEntry("XML", _html),
    Format.MARKDOWN: FormatEntry("Markdown", _text),
    Format.TEXT: FormatEntry("plain text", _text),
    Format.RTF: FormatEntry("RTF", _rtf),
    Format.ODT: FormatEntry("OpenDocument text (ODT)", _odt),
    Format.LEGACY_WORD: FormatEntry("Word 97 to 2003 (.doc)"),
    Format.ENCRYPTED_OFFICE: FormatEntry("encrypted Office document"),
    Format.OLE: FormatEntry("legacy Office document"),
    Format.WORD_XML: FormatEntry("Word XML"),
    Format.WEB_ARCHIVE: FormatEntry("web archive or e-mail"),
    Format.OUTLOOK: FormatEntry("Outlook message", advice="save its attachment and send that"),
    Format.SPREADSHEET: FormatEntry("spreadsheet", advice=_EXPORT),
    Format.PRESENTATION: FormatEntry("presentation", advice=_EXPORT),
    Format.PAGES: FormatEntry(
        "Apple Pages, Numbers or Keynote",
        advice="in Pages choose File, Export To, PDF or Word, and send that",
    ),
    Format.PNG: FormatEntry("PNG image", advice=_NO_OCR),
    Format.JPEG: FormatEntry("JPEG image", advice=_NO_OCR),
    Format.TIFF: FormatEntry("TIFF image", advice=_NO_OCR),
    Format.GIF: FormatEntry("GIF image", advice=_NO_OCR),
    Format.WEBP: FormatEntry("WebP image", advice=_NO_OCR),
    Format.HEIF: FormatEntry("HEIC or AVIF image", advice=_NO_OCR),
    Format.BMP: FormatEntry("BMP image", advice=_NO_OCR),
    Format.IMAGE: FormatEntry("image", advice=_NO_OCR),
    Format.ZIP: FormatEntry("ZIP archive", advice=_UNPACK),
    Format.ARCHIVE: FormatEntry("compressed archive", advice=_UNPACK),
    Format.EXECUTABLE: FormatEntry("executable program", advice="send the CV as PDF or DOCX"),
    Format.BINARY: FormatEntry("binary file", advice="send the CV as PDF or DOCX"),
}
