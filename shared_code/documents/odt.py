"""OpenDocument text, zipped or flat: page headers first, then body, notes and page footers, with links.

The bounds on the archive and its XML are the ones that hold for Word. Nothing outside of the file is
opened, no macro runs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared_code.documents.archive import Archive
from shared_code.documents.cleaning import hidden_text_finding, quote_of
from shared_code.documents.model import Finding, RawDocument, Severity
from shared_code.documents.odt_paper import OdtPaper
from shared_code.documents.odt_story import OdtStoryReader
from shared_code.documents.odt_styles import StyleSheet
from shared_code.documents.outside_resources import is_in_network
from shared_code.documents.xml_events import send_events
from shared_code.errors import CorruptDocumentError, DocumentTooLargeError, EncryptedDocumentError

if TYPE_CHECKING:
    from shared_code.documents.formats import Source

_PROGRAM = "LibreOffice"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_PREFIXES = {
    **{f"{_OASIS}{name}:1.0": name for name in ("office", "text", "table", "style", "script", "meta")},
    f"{_OASIS}drawing:1.0": "draw",
    f"{_OASIS}datastyle:1.0": "number",
    f"{_OASIS}svg-compatible:1.0": "svg",
    f"{_OASIS}xsl-fo-compatible:1.0": "fo",
    "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0": "loext",
    "http://www.w3.org/1999/xlink": "xlink",
}
_OUTSIDE = re.compile(
    rb"<(?:draw:image|draw:object|draw:object-ole|text:section-source|draw:plugin)\b[^>]{0,2000}?"
    rb"xlink:href=[\"']((?:https?|ftp|file|smb):[^\"'>]{1,2000})",
    re.IGNORECASE,
)


def read_odt(source: Source, /) -> RawDocument:
    """Text of every story of the document, as one page.

    Raises:
        CorruptDocumentError: no readable archive, or no document in it.
        DocumentTooLargeError: it unpacks to more than the limits allow.
        EncryptedDocumentError: it asks for a password.
        UnsafeDocumentError: a part declares XML entities.
    """
    if not source.content.startswith(b"PK"):
        if len(source.content) > source.limits.max_xml_bytes:
            raise DocumentTooLargeError("The file holds more text than any CV: send the CV alone.")
        return _read_parts(source.content, source.content, ())
    archive = Archive(source.content, source.limits, _PROGRAM)
    manifest = archive.read("META-INF/manifest.xml")
    if manifest is not None and b"encryption-data" in manifest:
        raise EncryptedDocumentError(
            "The file is protected with a password: save it without one and send it again."
        )
    content = archive.read("content.xml")
    if content is None:
        raise CorruptDocumentError("The archive holds no document: save it again with LibreOffice.")
    return _read_parts(archive.read("styles.xml"), content, _found_beside(archive.names()))


def _read_parts(styles: bytes | None, content: bytes, found_beside: tuple[Finding, ...]) -> RawDocument:
    sheet = StyleSheet()
    for part in dict.fromkeys(part for part in (styles, content) if part is not None):
        send_events(part, sheet, _PREFIXES, _PROGRAM)
    reader = OdtStoryReader(sheet, OdtPaper(sheet, content, styles))
    for part in dict.fromkeys(part for part in (styles, content) if part is not None):
        send_events(part, reader.events, _PREFIXES, _PROGRAM, reader.events.names)
    findings = [*found_beside, *_outside_findings(content)]
    hidden = "".join(reader.hidden)
    if any(c.isalpha() for c in hidden):
        message = "Text that nobody sees (hidden, in the colour behind it, or too small) was left out."
        findings.append(hidden_text_finding(message, hidden, page=1))
    stories = ("\n".join(story) for story in (reader.headers, reader.body, reader.notes, reader.footers))
    page = "\n\n".join(text for text in stories if text.strip())
    return RawDocument("odt", (page,), tuple(reader.links), tuple(findings), b"<draw:image" in content)


def _found_beside(names: list[str]) -> tuple[Finding, ...]:
    """Findings about what else the archive holds."""
    findings: list[Finding] = []
    if any(name.startswith(("basic/", "scripts/")) and not name.endswith("/") for name in names):
        message = "The file holds macros, which were not run."
        findings.append(Finding("macro", Severity.MAJOR, message))
    if any(name.startswith("object ") for name in names):
        message = "The file holds other files inside it, which were not read."
        findings.append(Finding("embeddedFile", Severity.MINOR, message))
    return tuple(findings)


def _outside_findings(content: bytes) -> list[Finding]:
    message = "The file points to an outside resource, which was not opened."
    targets = (target.decode("utf-8", "replace") for target in dict.fromkeys(_OUTSIDE.findall(content)))
    return [
        Finding("externalRelationship", Severity.MINOR, message, quote_of(target))
        for target in targets
        if is_in_network(target)
    ]
