"""What a file is: judged by its bytes first, and compared with what it was declared as."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared_code.documents.formats import REGISTRY, Format
from shared_code.errors import TypeMismatchError

if TYPE_CHECKING:
    from collections.abc import Callable

_HEAD_BYTES = 2048
_PDF_HEADER_WITHIN_BYTES = 1024  # where PDF readers look for %PDF, junk before it or not
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGE_MAGIC = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF87a", b"GIF89a",
)  # fmt: skip
_EXECUTABLE_MAGIC = (b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_HTML_FRAGMENT = re.compile(
    rb"\A<(?:!--|article|div|h[1-6]|header|main|meta|p|section|span|style|table|title|ul)[\s>/-]",
    re.IGNORECASE,
)
_WORD_XML = re.compile(rb"mso-application[^>]+Word\.Document|<pkg:package|<w:wordDocument")

_BY_ENDING = {
    "pdf": Format.PDF,
    "docx": Format.WORD, "docm": Format.WORD, "dotx": Format.WORD, "dotm": Format.WORD,
    "html": Format.HTML, "htm": Format.HTML, "xhtml": Format.HTML,
    "xml": Format.XML,
    "md": Format.MARKDOWN, "markdown": Format.MARKDOWN,
    "txt": Format.TEXT, "text": Format.TEXT,
    "rtf": Format.RTF,
    "odt": Format.ODT, "ott": Format.ODT,
    "doc": Format.LEGACY_WORD, "dot": Format.LEGACY_WORD,
    "png": Format.IMAGE, "jpg": Format.IMAGE, "jpeg": Format.IMAGE, "tif": Format.IMAGE, "tiff": Format.IMAGE,
}  # fmt: skip
_BY_MEDIA_TYPE = {
    "application/pdf": Format.PDF,
    "application/x-pdf": Format.PDF,
    Format.WORD.value: Format.WORD,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template": Format.WORD,
    "application/vnd.ms-word.document.macroenabled.12": Format.WORD,
    "application/vnd.ms-word.template.macroenabled.12": Format.WORD,
    "text/html": Format.HTML,
    "application/xhtml+xml": Format.HTML,
    "application/xml": Format.XML,
    "text/xml": Format.XML,
    "text/markdown": Format.MARKDOWN,
    "text/x-markdown": Format.MARKDOWN,
    "text/plain": Format.TEXT,
    "application/rtf": Format.RTF,
    "text/rtf": Format.RTF,
    "application/vnd.oasis.opendocument.text": Format.ODT,
    "application/msword": Format.LEGACY_WORD,
}
_TEXTUAL = frozenset({Format.TEXT, Format.MARKDOWN, Format.HTML, Format.XML})


def declared_format(media_type: str | None, filename: str | None) -> Format | None:
    """What the sender says the file is, or None where nothing useful was said.

    A specific media type wins over the file's ending, except ``text/plain``, which upload tools
    send for everything they don't know.
    """
    bare = (media_type or "").split(";", 1)[0].strip().lower()
    by_type = Format.IMAGE if bare.startswith("image/") else _BY_MEDIA_TYPE.get(bare)
    ending = (filename or "").rpartition(".")[2].strip().lower()
    by_ending = _BY_ENDING.get(ending) if "." in (filename or "") else None
    if by_type is None or (by_type is Format.TEXT and by_ending is not None):
        return by_ending
    return by_type


def declared_charset(media_type: str | None) -> str | None:
    """The ``charset`` parameter of a media type, unquoted."""
    match = re.search(r"charset\s*=\s*\"?([\w.:+-]+)", media_type or "", re.IGNORECASE)
    return match.group(1) if match else None


def detect(content: bytes, declared: Format | None) -> Format:
    """Format of ``content``; the declaration only settles which kind of text a text is.

    Raises:
        TypeMismatchError: the bytes are a program, or plain text or garbage declared as a
            document. A file of another document format than declared is not an error: HTML
            named .pdf is read as the HTML it is.
    """
    found = _by_signature(content)
    if found is None:
        found = _kind_of_text(declared) if looks_like_text(content) else Format.BINARY
        if declared is not None and declared not in _TEXTUAL:
            raise TypeMismatchError(_mismatch(declared, found))
    if found is Format.EXECUTABLE and declared is not None:
        raise TypeMismatchError(_mismatch(declared, found))
    return Format.HTML if found is Format.XML and declared is Format.HTML else found


def looks_like_text(content: bytes) -> bool:
    """Whether bytes may be text in some encoding: few control characters, or UTF-16's pattern of NULs."""
    from shared_code.documents.encoding import utf16_without_bom

    head = content[: 2 * _HEAD_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or utf16_without_bom(head) is not None:
        return True
    controls = sum(1 for byte in head if byte < 0x20 and byte not in b"\t\n\v\f\r\x1b")
    return controls * 50 <= len(head)


def _kind_of_text(declared: Format | None) -> Format:
    return declared if declared in _TEXTUAL else Format.TEXT


def _by_signature(content: bytes) -> Format | None:
    for test in _TESTS:
        found = test(content)
        if found is not None:
            return found
    return None


def _pdf(content: bytes) -> Format | None:
    return Format.PDF if b"%PDF" in content[:_PDF_HEADER_WITHIN_BYTES] else None


def _zip(content: bytes) -> Format | None:
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None
    if b"mimetypeapplication/vnd.oasis.opendocument.text" in content[:200]:
        return Format.ODT
    if b"word/document" in content:
        return Format.WORD
    from shared_code.documents.ooxml import names_a_word_document

    return Format.WORD if names_a_word_document(content) else Format.ZIP


def _ole(content: bytes) -> Format | None:
    if not content.startswith(_OLE_MAGIC):
        return None
    # Names of streams stand in the compound file's directory as UTF-16.
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Format.ENCRYPTED_OFFICE
    return Format.LEGACY_WORD if "WordDocument".encode("utf-16-le") in content else Format.OLE


def _image(content: bytes) -> Format | None:
    is_webp = content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    is_heif = content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"mif1", b"avif"}
    return Format.IMAGE if is_webp or is_heif or content.startswith(_IMAGE_MAGIC) else None


def _executable(content: bytes) -> Format | None:
    # "MZ" may begin a text as well: a program is not text.
    if content.startswith(_EXECUTABLE_MAGIC) and not looks_like_text(content):
        return Format.EXECUTABLE
    return None


def _marked_up(content: bytes) -> Format | None:
    head = content[:_HEAD_BYTES].replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf")
    head = head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip()
    if head.startswith(b"{\\rtf"):
        return Format.RTF
    if re.match(rb"MIME-Version:", head, re.IGNORECASE) and b"multipart/" in head.lower():
        return Format.WEB_ARCHIVE
    if not head.startswith(b"<"):
        return None
    if _WORD_XML.search(head):
        return Format.WORD_XML
    if _HTML_START.search(head) or _HTML_FRAGMENT.match(head):
        return Format.HTML
    return Format.XML if head.startswith(b"<?xml") else None


_TESTS: tuple[Callable[[bytes], Format | None], ...] = (_pdf, _zip, _ole, _image, _executable, _marked_up)


def _mismatch(declared: Format, found: Format) -> str:
    return (
        f"The file is declared as {REGISTRY[declared].name}, but its bytes are of another kind "
        f"({REGISTRY[found].name}): {REGISTRY[found].advice}."
        if REGISTRY[found].load_reader is None
        else f"The file is declared as {REGISTRY[declared].name}, but holds {REGISTRY[found].name}: "
        "give it the right ending or media type, or export it again."
    )
