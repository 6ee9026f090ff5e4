"""What a ZIP archive is, judged by what it declares about itself inside, never by its name."""

from __future__ import annotations

import re

from shared_code.documents.archive import peek
from shared_code.documents.formats import Format

_CONTENT_TYPES = "[Content_Types].xml"
# Documents, templates (.dotx), and both with macros (.docm, .dotm), whichever way the type is spelled.
_WORD_TYPE = re.compile(
    rb"wordprocessingml\.(?:document|template)\.main\+xml"
    rb"|ms-word\.(?:document|template)\.macroEnabled(?:Template)?\.main\+xml",
    re.IGNORECASE,
)
_SPREADSHEET_TYPE = re.compile(rb"spreadsheetml\.|ms-excel\.", re.IGNORECASE)
_PRESENTATION_TYPE = re.compile(rb"presentationml\.|ms-powerpoint\.", re.IGNORECASE)
_OPEN_DOCUMENTS = (
    (b"application/vnd.oasis.opendocument.text", Format.ODT),  # and -template, -master
    (b"application/vnd.oasis.opendocument.spreadsheet", Format.SPREADSHEET),
    (b"application/vnd.oasis.opendocument.presentation", Format.PRESENTATION),
)


def package_format(content: bytes) -> Format:
    """Format of an archive; a damaged one is Word's or OpenDocument's, so that the reader can say so."""
    declared_first = content[30:200]  # an OpenDocument's first member, uncompressed, says what it is
    found = peek(content, (_CONTENT_TYPES, "mimetype"))
    if found is None:
        return _open_document(declared_first.removeprefix(b"mimetype")) or Format.WORD
    members, names = found
    open_document = _open_document(members.get("mimetype", b"").strip())
    return open_document or _by_content_types(members.get(_CONTENT_TYPES, b"")) or _by_names(names)


def _open_document(media_type: bytes) -> Format | None:
    for prefix, found in _OPEN_DOCUMENTS:
        if media_type.startswith(prefix):
            return found
    return None


def _by_content_types(content_types: bytes) -> Format | None:
    if _WORD_TYPE.search(content_types):
        return Format.WORD
    # A presentation declares the types of the sheets behind its charts, not the other way round.
    if _PRESENTATION_TYPE.search(content_types):
        return Format.PRESENTATION
    return Format.SPREADSHEET if _SPREADSHEET_TYPE.search(content_types) else None


def _by_names(names: list[str]) -> Format:
    lower = {name.replace("\\", "/").lstrip("/").lower() for name in names}
    if "word/document.xml" in lower:
        return Format.WORD
    if lower & {"index/document.iwa", "index.zip", "index.xml", "index.apxl"}:
        return Format.PAGES
    return Format.ZIP
