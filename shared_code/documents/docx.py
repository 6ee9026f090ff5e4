"""Word documents: page headers first, then body, notes and page footers, with links and findings.

Contact details stand in headers, text boxes and tables as often as in paragraphs, so every story of
the document is read. Nothing outside of the file is ever opened.
"""

from __future__ import annotations

from email import message_from_bytes
from typing import TYPE_CHECKING

from shared_code.documents.cleaning import hidden_text_finding, quote_of
from shared_code.documents.docx_story import StoryReader
from shared_code.documents.formats import Format, Source
from shared_code.documents.model import Finding, Link, RawDocument, Severity
from shared_code.documents.ooxml import Package, Relationship, parse_xml
from shared_code.errors import CorruptDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

_READ_AS_LINKS = frozenset({"hyperlink"})
_FALSE = frozenset({"0", "false", "off"})


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
        self._hidden_styles = self._read_hidden_styles()
        self._is_on_paper = self._has_nothing_drawn()
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

    def _story(self, part: str, relationships: dict[str, Relationship]) -> StoryReader | None:
        data = self._package.read(part)
        if data is None:
            return None
        reader = StoryReader(relationships, self._hidden_styles, self._is_on_paper, self._chunk_lines)
        parse_xml(data, reader)
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

    def _has_nothing_drawn(self) -> bool:
        """Whether no part sets a page colour or holds a shape, on which white text would be honest."""
        parts = [self._main, *self._of_kind("header", "footer")]
        drawn = (b"<w:background", b"<wp:anchor", b"<v:", b"<w:pict", b"<wps:", b"<w:txbxContent")
        contents = [self._package.read(part) or b"" for part in parts]
        return not any(mark in content for content in contents for mark in drawn)

    def _read_hidden_styles(self) -> frozenset[str]:
        hidden: set[str] = set()
        for part in self._of_kind("styles"):
            data = self._package.read(part)
            if (
                data is not None and b"vanish" in data
            ):  # parsing half a megabyte of styles costs more than a CV
                reader = _StyleReader()
                parse_xml(data, reader)
                hidden |= reader.hidden_styles()
        return frozenset(hidden)

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
        for part in self._of_kind("settings"):
            self._note_external(self._package.relationships(part))
        for relationship in self._external:
            is_local = (
                relationship.target.lower().startswith(("file:///", "c:"))
                and "//" not in relationship.target[8:]
            )
            severity = Severity.MINOR if is_local or relationship.kind == "image" else Severity.MAJOR
            message = (
                f"The file points to an outside resource ({relationship.kind[:40]}), which was not opened."
            )
            self._findings.append(
                Finding("externalRelationship", severity, message, quote_of(relationship.target))
            )
        names = self._package.names()
        if any(name.endswith("vbaproject.bin") for name in names):
            message = "The file holds macros, which were not run."
            self._findings.append(Finding("macro", Severity.MAJOR, message))
        if any("/embeddings/" in name for name in names):
            message = "The file holds other files inside it, which were not read."
            self._findings.append(Finding("embeddedFile", Severity.MINOR, message))
        hidden = "".join(self._hidden)
        if any(c.isalpha() for c in hidden):
            message = "Text formatted as hidden, or set in a size nobody can read, was left out."
            self._findings.append(hidden_text_finding(message, hidden, page=1))


class _StyleReader:
    """Finds the styles that hide their text, by themselves or through the style they build on."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._style = ""
        self._base: dict[str, str] = {}
        self._hides: dict[str, bool] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        value = attributes.get("w:val", "")
        if name == "w:style":
            self._style = attributes.get("w:styleId", "")
        elif name == "w:basedOn":
            self._base[self._style] = value
        elif name == "w:vanish" and self._path[-3:-1] == ["w:style", "w:rPr"]:
            self._hides[self._style] = value.lower() not in _FALSE

    def end(self, name: str) -> None:
        self._path.pop()

    def text(self, data: str) -> None:
        pass

    def hidden_styles(self) -> set[str]:
        """Ids of the styles under which text is not shown."""
        return {style for style in (*self._hides, *self._base) if self._is_hidden(style)}

    def _is_hidden(self, style: str) -> bool:
        seen: set[str] = set()
        while style and style not in seen:
            if style in self._hides:
                return self._hides[style]
            seen.add(style)
            style = self._base.get(style, "")
        return False


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
