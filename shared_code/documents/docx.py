"""Word documents: page headers first, then body, notes and page footers, with links and findings.

Contact details stand in headers, text boxes and tables as often as in paragraphs, so every story of
the document is read. Nothing outside of the file is ever opened.
"""

from __future__ import annotations

from email import message_from_bytes
from functools import partial
from typing import TYPE_CHECKING

from shared_code.documents.cleaning import hidden_text_finding
from shared_code.documents.docx_colours import Palette
from shared_code.documents.docx_looks import Looks
from shared_code.documents.docx_paper import DocxPaper
from shared_code.documents.docx_story import StoryReader
from shared_code.documents.docx_styles import StyleSheet
from shared_code.documents.formats import Format, Source
from shared_code.documents.model import Finding, Link, RawDocument, Severity
from shared_code.documents.ooxml import Package, Relationship, parse_xml
from shared_code.documents.outside_resources import outside_finding
from shared_code.errors import CorruptDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

_READ_AS_LINKS = frozenset({"hyperlink"})


def read_docx(source: Source, /) -> RawDocument:
    """Text of every story of the document, as one page.

    Raises:
        CorruptDocumentError: no readable package, or no document in it.
        DocumentTooLargeError: it unpacks to more than the limits allow.
        EncryptedDocumentError: its members are encrypted.
        UnsafeDocumentError: a part declares XML entities.
    """
    return _Document(Package(source.content, source.limits), source).read()


class _Document:
    """Reads the parts of one package in the order a person meets them."""

    def __init__(self, package: Package, source: Source) -> None:
        self._package = package
        self._source = source
        self._main = package.main_part()
        self._relationships = package.relationships(self._main)
        self._main_data = package.read(self._main)
        self._looks = self._open_looks()
        self._links: list[Link] = []
        self._hidden: list[str] = []
        self._findings: list[Finding] = []
        self._external: dict[Relationship, None] = {}
        self._note_external(self._relationships)

    def read(self) -> RawDocument:
        """All stories, links and findings."""
        body = self._story(self._main, self._relationships)
        if body is None:
            raise CorruptDocumentError(
                "The file is a Word package without a document in it: save it again with Word."
            )
        headers, header_links = self._stories(self._targets(body.header_ids))
        footers, footer_links = self._stories(self._targets(body.footer_ids))
        notes, note_links = self._stories(self._of_kind("footnotes", "endnotes"))
        diagrams, diagram_links = self._stories(self._of_kind("diagramData"))
        self._look_around()
        return RawDocument(
            "docx",
            ("\n\n".join(text for text in [headers, _text_of(body), diagrams, notes, footers] if text),),
            (*header_links, *body.links, *self._links, *diagram_links, *note_links, *footer_links),
            tuple(self._findings),
        )

    def _open_looks(self) -> Looks:
        settings = partial(self._first_of_kind, "settings")
        palette = Palette(partial(self._first_of_kind, "theme"), settings)
        styles = StyleSheet(self._first_of_kind("styles"), palette)
        around = partial(self._all_of_kind, "header", "footer")  # their drawings lie behind the body's text
        paper = DocxPaper(self._main_data or b"", around, settings, palette, styles)
        return Looks(styles, palette, paper)

    def _story(self, part: str, relationships: dict[str, Relationship]) -> StoryReader | None:
        data = self._main_data if part == self._main else self._package.read(part)
        if data is None:
            return None
        reader = StoryReader(relationships, self._looks, self._chunk_lines)
        parse_xml(data, reader.events, reader.events.names)
        reader.finish()
        self._hidden += reader.hidden
        return reader

    def _stories(self, parts: Iterable[str]) -> tuple[str, list[Link]]:
        """Text and links of several parts; first-page and even-page headers often repeat each other."""
        texts: dict[str, None] = {}
        links: list[Link] = []
        for part in dict.fromkeys(parts):
            relationships = self._package.relationships(part)
            self._note_external(relationships)
            reader = self._story(part, relationships)
            if reader is not None and _text_of(reader):
                texts[_text_of(reader)] = None
            links += reader.links if reader is not None else []
        return "\n".join(texts), links

    def _targets(self, ids: Iterable[str]) -> list[str]:
        found = (self._relationships.get(relationship_id) for relationship_id in ids)
        return [
            relationship.target for relationship in found if relationship and not relationship.is_external
        ]

    def _of_kind(self, *kinds: str) -> list[str]:
        found = self._relationships.values()
        return [r.target for kind in kinds for r in found if r.kind == kind and not r.is_external]

    def _first_of_kind(self, kind: str) -> bytes | None:
        return next((self._package.read(part) for part in self._of_kind(kind)), None)

    def _all_of_kind(self, *kinds: str) -> list[bytes]:
        return [data for part in self._of_kind(*kinds) if (data := self._package.read(part))]

    def _chunk_lines(self, relationship_id: str) -> list[str]:
        """Lines of a web page embedded whole, as programs that convert HTML to Word write them."""
        from shared_code.documents.html import read_html

        relationship = self._relationships.get(relationship_id)
        data = (
            self._package.read(relationship.target) if relationship and not relationship.is_external else None
        )
        if data is None or relationship is None:
            return []
        ending = relationship.target.rpartition(".")[2].lower()
        charset: str | None = None
        if ending in {"mht", "mhtml"}:
            data, charset = _page_of_web_archive(data)
        elif ending not in {"htm", "html", "xhtml"}:
            message = f"A part in another format (.{ending[:8]}) is embedded as text and was not read."
            self._findings.append(Finding("unreadPart", Severity.MAJOR, message))
            return []
        page = read_html(Source(data, Format.HTML, self._source.limits, charset))
        self._links += page.links
        self._findings += page.findings
        return page.pages[0].split("\n")

    def _note_external(self, relationships: dict[str, Relationship]) -> None:
        for relationship in relationships.values():
            if relationship.is_external and relationship.kind not in _READ_AS_LINKS:
                self._external[relationship] = None

    def _look_around(self) -> None:
        """Findings about the package as a whole."""
        for part in self._of_kind("settings", "webSettings"):
            self._note_external(self._package.relationships(part))
        for relationship in self._external:
            finding = outside_finding(relationship.kind, relationship.target)
            self._findings += [finding] if finding is not None else []
        names = self._package.names()
        if any(name.endswith("vbaproject.bin") for name in names):
            message = "The file holds macros, which were not run."
            self._findings.append(Finding("macro", Severity.MAJOR, message))
        if any("/embeddings/" in name for name in names):
            message = "The file holds other files inside it, which were not read."
            self._findings.append(Finding("embeddedFile", Severity.MINOR, message))
        hidden = "".join(self._hidden)
        if any(c.isalpha() for c in hidden):
            message = "Text that nobody sees (hidden, in the colour behind it, or too small) was left out."
            self._findings.append(hidden_text_finding(message, hidden, page=1))


def _text_of(story: StoryReader) -> str:
    return "\n".join(story.lines).strip()


def _page_of_web_archive(data: bytes) -> tuple[bytes, str | None]:
    """The HTML inside an MHTML file, and its declared charset."""
    for part in message_from_bytes(data).walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload, part.get_content_charset()
    return b"", None
