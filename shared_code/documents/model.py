"""What reading a document gives: text with page offsets, links, and findings about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters to the person who uses the result."""

    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """Bounds that hold before and while a file is parsed.

    The defaults lose none of 1,015 real Word CVs, and stop every bomb in the tests.
    """

    max_bytes: int = 10 * 1024 * 1024
    max_pages: int = 50
    max_text_characters: int = 400_000
    max_xml_bytes: int = 10 * 1024 * 1024
    max_unpacked_bytes: int = 100 * 1024 * 1024
    max_compression_ratio: int = 100
    max_members: int = 2_000
    max_page_pixels: int = 4_000_000  # of one picture of a PDF page, of which few are painted
    max_document_pixels: int = 100_000_000  # over its pages; more pages are painted coarser


DEFAULT_LIMITS = DocumentLimits()


@dataclass(frozen=True, slots=True)
class Page:
    """One page: ``text[start:end]`` of the document. Formats without pages have one."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Link:
    """A hyperlink: where it leads, and the text that carries it ("" where there is none)."""

    target: str
    text: str
    page: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know about the file. ``message`` holds no CV text; ``quote`` may."""

    code: str
    severity: Severity
    message: str
    quote: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class RawDocument:
    """What a reader hands over: pages as they stand in the file, not yet cleaned.

    ``unread_pages`` are the numbers of those that a picture fills and that hold next to no text, or whose
    text is unreadable.
    """

    reader: str
    pages: tuple[str, ...]
    links: tuple[Link, ...] = ()
    findings: tuple[Finding, ...] = ()
    has_images: bool = False
    unread_pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentText:
    """The text of a document in reading order, but for what only pictures on ``unread_pages`` show."""

    text: str
    media_type: str
    reader: str
    pages: tuple[Page, ...]
    links: tuple[Link, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    unread_pages: tuple[int, ...] = ()

    def page_at(self, offset: int) -> int:
        """Number of the page that holds the character at ``offset``."""
        for page in self.pages:
            if offset < page.end:
                return page.number
        return self.pages[-1].number
