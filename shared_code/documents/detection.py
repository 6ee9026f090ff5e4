"""What a file is: judged by its bytes first, and compared with what it was declared as."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared_code.documents.formats import IMAGES, REGISTRY, Format
from shared_code.errors import TypeMismatchError

if TYPE_CHECKING:
    from collections.abc import Callable

_HEAD_BYTES = 2048
_PDF_HEADER_WITHIN_BYTES = 1024  # where PDF readers look for %PDF, junk before it or not
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"\xff\xd8\xff", Format.JPEG),
    (b"II*\x00", Format.TIFF), (b"MM\x00*", Format.TIFF),
    (b"II+\x00", Format.TIFF), (b"MM\x00+", Format.TIFF),  # over 4 GB, in theory
    (b"GIF87a", Format.GIF), (b"GIF89a", Format.GIF),
    (b"7z\xbc\xaf\x27\x1c", Format.ARCHIVE), (b"Rar!\x1a\x07", Format.ARCHIVE),
    (b"\x1f\x8b\x08", Format.ARCHIVE), (b"BZh", Format.ARCHIVE), (b"\xfd7zXZ\x00", Format.ARCHIVE),
    (b"(\xb5/\xfd", Format.ARCHIVE),
)  # fmt: skip
_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)
# Names of streams stand in a compound file's directory as UTF-16; the first that is there decides.
_OLE_STREAMS = (
    ("EncryptedPackage", Format.ENCRYPTED_OFFICE),
    ("__properties_version1.0", Format.OUTLOOK),
    ("WordDocument", Format.LEGACY_WORD),
    ("PowerPoint Document", Format.PRESENTATION),
    ("Workbook", Format.SPREADSHEET),
)
_EXECUTABLE_MAGIC = (b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_HTML_FRAGMENT = re.compile(
    rb"\A<(?:!--|article|div|h[1-6]|header|main|meta|p|section|span|style|table|title|ul)[\s>/-]",
    re.IGNORECASE,
)
_WORD_XML = re.compile(rb"mso-application[^>]+Word\.Document|<pkg:package|<w:wordDocument")

_FLAT_ODT_WITHIN_BYTES = 16 * 1024  # LibreOffice declares thirty namespaces first

_BY_ENDING = {
    "pdf": Format.PDF,
    "docx": Format.WORD, "docm": Format.WORD, "dotx": Format.WORD, "dotm": Format.WORD,
    "html": Format.HTML, "htm": Format.HTML, "xhtml": Format.HTML,
    "xml": Format.XML,
    "md": Format.MARKDOWN, "markdown": Format.MARKDOWN,
    "txt": Format.TEXT, "text": Format.TEXT,
    "rtf": Format.RTF,
    "odt": Format.ODT, "ott": Format.ODT, "fodt": Format.ODT,
    "doc": Format.LEGACY_WORD, "dot": Format.LEGACY_WORD,
    "png": Format.PNG, "jpg": Format.JPEG, "jpeg": Format.JPEG, "tif": Format.TIFF, "tiff": Format.TIFF,
    "gif": Format.GIF, "webp": Format.WEBP, "heic": Format.HEIF, "heif": Format.HEIF, "avif": Format.HEIF,
    "bmp": Format.BMP,
    "pages": Format.PAGES,
    "xls": Format.SPREADSHEET, "xlsx": Format.SPREADSHEET, "ods": Format.SPREADSHEET,
    "ppt": Format.PRESENTATION, "pptx": Format.PRESENTATION, "odp": Format.PRESENTATION,
    "msg": Format.OUTLOOK,
    "zip": Format.ZIP,
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
    "application/x-rtf": Format.RTF,
    "text/rtf": Format.RTF,
    "text/richtext": Format.RTF,
    "application/vnd.oasis.opendocument.text": Format.ODT,
    "application/vnd.oasis.opendocument.text-template": Format.ODT,
    "application/vnd.oasis.opendocument.text-flat-xml": Format.ODT,
    "application/msword": Format.LEGACY_WORD,
}
_TEXTUAL = frozenset({Format.TEXT, Format.MARKDOWN, Format.HTML, Format.XML})


def declared_format(media_type: str | None, filename: str | None) -> Format | None:
    """What the sender says the file is, or None where nothing useful was said.

    A specific media type wins over the file's ending, except ``text/plain``, which upload tools
    send for everything they don't know.
    """
    bare = (media_type or "").split(";", 1)[0].strip().lower()
    by_type = _BY_MEDIA_TYPE.get(bare) or _image_type(bare)
    ending = (filename or "").rpartition(".")[2].strip().lower()
    by_ending = _BY_ENDING.get(ending) if "." in (filename or "") else None
    if by_type is None or (by_type is Format.TEXT and by_ending is not None):
        return by_ending
    return by_type


def _image_type(media_type: str) -> Format | None:
    if not media_type.startswith("image/"):
        return None
    return next((image for image in IMAGES if image.value == media_type), Format.IMAGE)


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
    from shared_code.documents.packages import package_format

    return package_format(content)


def _ole(content: bytes) -> Format | None:
    if not content.startswith(_OLE_MAGIC):
        return None
    for name, found in _OLE_STREAMS:
        if name.encode("utf-16-le") in content:
            return found
    return Format.OLE


def _image_or_archive(content: bytes) -> Format | None:
    for magic, found in _MAGIC:
        if content.startswith(magic):
            return found
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return Format.WEBP
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return Format.HEIF
    # "BM" may begin a text: a bitmap's reserved bytes are zero, and its pixels begin behind its header.
    is_bitmap = content.startswith(b"BM") and content[6:10] == bytes(4) and content[11:14] == bytes(3)
    return Format.BMP if is_bitmap else None


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
    if b"<office:document" in head and b"opendocument.text" in content[:_FLAT_ODT_WITHIN_BYTES]:
        return Format.ODT
    if _WORD_XML.search(head):
        return Format.WORD_XML
    if _HTML_START.search(head) or _HTML_FRAGMENT.match(head):
        return Format.HTML
    return Format.XML if head.startswith(b"<?xml") else None


_TESTS: tuple[Callable[[bytes], Format | None], ...] = (
    _pdf, _zip, _ole, _image_or_archive, _executable, _marked_up,
)  # fmt: skip


def _mismatch(declared: Format, found: Format) -> str:
    return (
        f"The file is declared as {REGISTRY[declared].name}, but its bytes are of another kind "
        f"({REGISTRY[found].name}): {REGISTRY[found].advice}."
        if REGISTRY[found].load_reader is None
        else f"The file is declared as {REGISTRY[declared].name}, but holds {REGISTRY[found].name}: "
        "give it the right ending or media type, or export it again."
    )
