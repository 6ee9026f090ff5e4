"""The parts of an Office Open XML package and their relationships, none of which is followed out of it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared_code.documents.archive import Archive
from shared_code.documents.xml_events import send_events

if TYPE_CHECKING:
    from shared_code.documents.model import DocumentLimits
    from shared_code.documents.xml_events import XmlHandler

_PROGRAM = "Word"
_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "urn:schemas-microsoft-com:vml": "v",
    "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing": "wp",
    "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing": "wp",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingShape": "wps",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingCanvas": "wpc",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
    "http://schemas.openxmlformats.org/package/2006/content-types": "ct",
}


_ROOT_TAG = re.compile(rb"<([A-Za-z_][\w.:-]*)[^<>]*>")


@dataclass(frozen=True, slots=True)
class Relationship:
    """Where a part points: to another part (``target`` is its name) or, external, out of the file."""

    kind: str
    target: str
    is_external: bool


class Package:
    """The parts of one package, read on demand and never beyond the limits.

    Raises:
        CorruptDocumentError: no readable archive.
        DocumentTooLargeError: too many members, or they unpack to too much.
        EncryptedDocumentError: members are encrypted.
    """

    def __init__(self, content: bytes, limits: DocumentLimits) -> None:
        self._archive = Archive(content, limits, _PROGRAM)

    def names(self) -> list[str]:
        """Names of all members, lower case."""
        return self._archive.names()

    def read(self, name: str) -> bytes | None:
        """Bytes of an XML part, or None where there is no such member.

        Raises:
            CorruptDocumentError: the member can't be unpacked.
            DocumentTooLargeError: more than ``max_xml_bytes``, or more than is left in all.
        """
        return self._archive.read(name)

    def relationships(self, part: str) -> dict[str, Relationship]:
        """Relationships of a part by id; targets inside the package are resolved to member names."""
        folder, name = posixpath.split(part)
        data = self.read(posixpath.join(folder, "_rels", f"{name}.rels"))
        if data is None:
            return {}
        reader = _RelationshipReader(folder)
        parse_xml(data, reader)
        return reader.found

    def main_part(self) -> str:
        """Name of the Word document part, by relationship, by content type, or by custom."""
        for relationship in self.relationships("").values():
            if relationship.kind == "officeDocument" and relationship.target in self._archive:
                return relationship.target
        content_types = self.read("[Content_Types].xml")
        if content_types is not None:
            reader = _MainPartReader()
            parse_xml(content_types, reader)
            if reader.name in self._archive:
                return reader.name
        return "word/document.xml"


def parse_xml(data: bytes, handler: XmlHandler, names: frozenset[str] | None = None) -> None:
    """Send a part's elements to ``handler``; ``names`` are those to tell, None for all.

    Raises:
        CorruptDocumentError: not well-formed, or nested deeper than 400 elements.
        UnsafeDocumentError: the part declares a document type, which no Office program writes.
    """
    send_events(data, handler, _PREFIXES, _PROGRAM, names)


def piece(
    data: bytes, first_tag: bytes, last_tag: bytes, start: int = 0, end: int | None = None
) -> bytes | None:
    """A part cut down to one element inside its root, so that the rest need not be parsed.

    Args:
        data: the part.
        first_tag: how the element begins.
        last_tag: its end tag.
        start: where to look for it.
        end: where its end tag stands, if that is known.

    Returns:
        Markup that declares the same namespaces, or None where there is no such element.
    """
    root = _ROOT_TAG.search(data)
    start = data.find(first_tag, start)
    end = data.find(last_tag, start) if end is None else end
    if root is None or start < root.end() or end < start:
        return None
    return b"%b%b%b</%b>" % (root[0], data[start:end], last_tag, root[1])


class _RelationshipReader:
    """Reads a .rels part."""

    def __init__(self, folder: str) -> None:
        self.found: dict[str, Relationship] = {}
        self._folder = folder

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name != "rel:Relationship" or "Id" not in attributes:
            return
        target = attributes.get("Target", "")
        is_external = attributes.get("TargetMode", "").lower() == "external"
        if not is_external:
            target = posixpath.normpath(posixpath.join("/", self._folder, target.replace("\\", "/"))).lstrip(
                "/"
            )
        kind = attributes.get("Type", "").rpartition("/")[2]
        self.found[attributes["Id"]] = Relationship(kind, target, is_external)

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


class _MainPartReader:
    """Finds the document part in [Content_Types].xml."""

    def __init__(self) -> None:
        self.name = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        content_type = attributes.get("ContentType", "")
        if name == "ct:Override" and not self.name and content_type.lower().endswith("main+xml"):
            self.name = attributes.get("PartName", "").lstrip("/")

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass
