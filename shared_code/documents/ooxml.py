"""Bounded access to the parts of an Office Open XML package: sizes first, then bytes, then XML events.

Member names are only looked up in memory, never used as paths; no relationship is ever followed out
of the package.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Protocol
from xml.parsers import expat

from shared_code.errors import (
    CorruptDocumentError,
    DocumentTooLargeError,
    EncryptedDocumentError,
    UnsafeDocumentError,
)

if TYPE_CHECKING:
    from shared_code.documents.model import DocumentLimits

_DEEPEST_XML = 400
_RATIO_COUNTS_FROM_BYTES = 1024 * 1024  # small members of white space compress well and do no harm
_CENTRAL_ENTRY = b"PK\x01\x02"
_ENCRYPTED_FLAG = 0x1
# What zipfile and zlib raise on damaged archives.
_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError,
    OverflowError, IndexError, RuntimeError,
)  # fmt: skip

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
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
    "http://schemas.openxmlformats.org/package/2006/content-types": "ct",
}


class XmlHandler(Protocol):
    """Receives a part's elements; names carry this house's prefixes (``w:p``), other namespaces none."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Character data between tags."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """Where a part points: to another part (``target`` is its name) or, external, out of the file."""

    kind: str
    target: str
    is_external: bool


class Package:
    """The members of one archive, read on demand and never beyond the limits.

    Raises:
        CorruptDocumentError: no readable archive.
        DocumentTooLargeError: too many members, or they unpack to too much.
        EncryptedDocumentError: members are encrypted.
    """

    def __init__(self, content: bytes, limits: DocumentLimits) -> None:
        if content.count(_CENTRAL_ENTRY) > limits.max_members:
            raise DocumentTooLargeError(
                f"The archive inside the file has more than {limits.max_members:,} members: save it again."
            )
        try:
            self._archive = zipfile.ZipFile(BytesIO(content))
            members = self._archive.infolist()
        except _ZIP_ERRORS as error:
            raise _corrupt() from error
        self._limits = limits
        self._left_bytes = limits.max_unpacked_bytes
        self._members = {member.filename.replace("\\", "/").lstrip("/").lower(): member for member in members}
        self._check_sizes(members)

    def _check_sizes(self, members: list[zipfile.ZipInfo]) -> None:
        total = 0
        for member in members:
            if member.flag_bits & _ENCRYPTED_FLAG:
                raise EncryptedDocumentError(
                    "The file's contents are encrypted: save it without a password and send it again."
                )
            if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise _corrupt()  # Office knows no others
            total += member.file_size
            ratio = member.file_size / max(member.compress_size, 1)
            if member.file_size > _RATIO_COUNTS_FROM_BYTES and ratio > self._limits.max_compression_ratio:
                raise DocumentTooLargeError(
                    "The file unpacks to far more than its size, as decompression bombs do: save it again."
                )
        if total > self._limits.max_unpacked_bytes:
            raise DocumentTooLargeError(
                f"The file unpacks to {total:,} bytes, more than {self._limits.max_unpacked_bytes:,}: "
                "leave out the large pictures."
            )

    def names(self) -> list[str]:
        """Names of all members, lower case."""
        return list(self._members)

    def read(self, name: str) -> bytes | None:
        """Bytes of an XML part, or None where there is no such member.

        Raises:
            CorruptDocumentError: the member can't be unpacked.
            DocumentTooLargeError: more than ``max_xml_bytes``, or more than is left in all.
        """
        member = self._members.get(name.lower())
        if member is None:
            return None
        most = min(self._limits.max_xml_bytes, self._left_bytes)
        if member.file_size > most:
            raise _too_much_xml()
        try:
            with self._archive.open(member) as stream:
                data = stream.read()  # zipfile stops at the declared size
        except _ZIP_ERRORS as error:
            raise _corrupt() from error
        self._left_bytes -= len(data)
        return data

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
            if relationship.kind == "officeDocument" and relationship.target.lower() in self._members:
                return relationship.target
        content_types = self.read("[Content_Types].xml")
        if content_types is not None:
            reader = _MainPartReader()
            parse_xml(content_types, reader)
            if reader.name.lower() in self._members:
                return reader.name
        return "word/document.xml"


def names_a_word_document(content: bytes) -> bool:
    """Whether an archive is Word's; also True where it is damaged, so that its reader can say so."""
    if content.count(_CENTRAL_ENTRY) > 10_000:
        return True
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            member = archive.NameToInfo.get("[Content_Types].xml")
            if member is None or member.flag_bits & _ENCRYPTED_FLAG:
                return False
            with archive.open(member) as stream:
                return b"wordprocessingml.document.main" in stream.read(1024 * 1024)
    except _ZIP_ERRORS:
        return True


def parse_xml(data: bytes, handler: XmlHandler) -> None:
    """Send a part's elements to ``handler``.

    Raises:
        CorruptDocumentError: not well-formed, or nested deeper than 400 elements.
        UnsafeDocumentError: the part declares a document type, which no Office program writes.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    names: dict[str, str] = {}
    depth = 0

    def short(name: str) -> str:
        known = names.get(name)
        if known is None:
            namespace, _, local = name.rpartition(" ")
            prefix = _PREFIXES.get(namespace)
            known = names[name] = f"{prefix}:{local}" if prefix else local
        return known

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST_XML:
            raise CorruptDocumentError(
                f"The file nests its contents deeper than {_DEEPEST_XML} levels: save it again with Word."
            )
        handler.start(short(name), {short(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(short(name))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise _corrupt() from error


def _refuse_doctype(*_: object) -> None:
    raise UnsafeDocumentError(
        "The file declares XML entities, which Word never writes and attacks use: save it again with Word."
    )


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


def _corrupt() -> CorruptDocumentError:
    return CorruptDocumentError("The Word file is damaged: open it in Word, save it again, and send that.")


def _too_much_xml() -> DocumentTooLargeError:
    return DocumentTooLargeError("One part of the file holds more text than any CV: send the CV alone.")
