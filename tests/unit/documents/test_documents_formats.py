"""What a file is by its bytes, whatever its name; and what a person is told where nobody reads it."""

from __future__ import annotations

import io
import zipfile

import pytest

from shared_code.documents import read_document
from shared_code.documents.detection import declared_format, detect
from shared_code.documents.formats import IMAGES, REGISTRY, Format
from shared_code.errors import DocumentError, UnsupportedDocumentError
from tests.unit.documents.files import FILLER, docx, paragraph, zipped
from tests.unit.documents.odt_files import MEDIA_TYPE, odt
from tests.unit.documents.rtf_files import rtf

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def content_types(kind: str, name: str = "/word/document.xml") -> str:
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="{name}" ContentType="{kind}"/></Types>'
    )


def office(kind: str) -> bytes:
    """An Office package whose main part stands under a name that tells nothing."""
    return zipped({"[Content_Types].xml": content_types(kind, "/part.xml"), "part.xml": "<x/>"})


def stored(inner: bytes) -> bytes:
    """An archive with a file in it as it is."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.docx", inner)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("dotx", "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"),
        ("docm", "application/vnd.ms-word.document.macroEnabled.main+xml"),
        ("dotm", "application/vnd.ms-word.template.macroEnabledTemplate.main+xml"),
    ],
)
@pytest.mark.parametrize("name", ["cv.docx", "cv.{}", None])
def test_siblings_of_docx_are_read_by_content_type(ending: str, kind: str, name: str | None) -> None:
    """Templates and files with macros are documents, under whatever name; macros are reported, never run."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(kind),
        "word/vbaProject.bin": b"x",
    }
    content = docx(paragraph(FILLER), parts=parts)
    document = read_document(content, filename=name and name.format(ending))
    assert (document.reader, document.text) == ("docx", FILLER)
    assert [finding.code for finding in document.findings] == ["macro"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (office("application/vnd.ms-word.template.macroEnabledTemplate.main+xml"), Format.WORD),
        (
            office("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
            Format.SPREADSHEET,
        ),
        (
            office("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"),
            Format.PRESENTATION,
        ),
        (zipped({"word/document.xml": "<x/>"}), Format.WORD),
        (zipped({"Index/Document.iwa": "x", "preview.jpg": "x"}), Format.PAGES),
        (zipped({"cv.pdf": "x"}), Format.ZIP),
        (stored(docx("")), Format.ZIP),
        (odt(""), Format.ODT),
        (odt("", parts={"mimetype": f"{MEDIA_TYPE}-template"}), Format.ODT),
        (odt("", parts={"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), Format.SPREADSHEET),
        (rtf(""), Format.RTF),
        (b"\xef\xbb\xbf " + rtf(""), Format.RTF),
        (OLE + "WordDocument".encode("utf-16-le"), Format.LEGACY_WORD),
        (OLE + "PowerPoint Document".encode("utf-16-le"), Format.PRESENTATION),
        (OLE + "Workbook".encode("utf-16-le"), Format.SPREADSHEET),
        (OLE + "__properties_version1.0".encode("utf-16-le"), Format.OUTLOOK),
        (OLE, Format.OLE),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), Format.PNG),
        (b"\xff\xd8\xff\xe0" + bytes(64), Format.JPEG),
        (b"MM\x00*" + bytes(64), Format.TIFF),
        (b"GIF89a" + bytes(64), Format.GIF),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(64), Format.WEBP),
        (b"\x00\x00\x00\x18ftypheic" + bytes(64), Format.HEIF),
        (b"BM\x46\x00\x00\x00" + bytes(4) + b"\x36\x00\x00\x00" + bytes(64), Format.BMP),
        (b"7z\xbc\xaf\x27\x1c" + bytes(64), Format.ARCHIVE),
        (b"Rar!\x1a\x07\x01\x00" + bytes(64), Format.ARCHIVE),
        (b"\x1f\x8b\x08" + bytes(64), Format.ARCHIVE),
        (b"\x7fELF" + bytes(64), Format.EXECUTABLE),
        (b"BMW Group, Munich, engineer", Format.TEXT),
    ],
    ids=[
        "dotm", "xlsx", "pptx", "no content types", "pages", "zip", "zip with a docx", "odt", "ott",
        "ods", "rtf",
        "rtf with a mark", "doc", "ppt", "xls", "msg", "ole", "png", "jpeg", "tiff", "gif", "webp",
        "heic", "bmp",
        "7z", "rar", "gz", "elf", "text BM",
    ],
)  # fmt: skip
def test_bytes_tell_the_format(content: bytes, expected: Format) -> None:
    """The file's own marks decide, not what it is called."""
    assert detect(content, None) is expected


@pytest.mark.parametrize("found", [found for found, entry in REGISTRY.items() if entry.load_reader is None])
def test_every_unread_format_says_what_to_send_instead(found: Format) -> None:
    """The advice names a way out."""
    advice = REGISTRY[found].advice
    assert "PDF" in advice or "attachment" in advice


@pytest.mark.parametrize("image", sorted(IMAGES))
def test_declared_image_type_is_kept_for_whoever_reads_pictures(image: Format) -> None:
    """Each image format is known by its media type, so that OCR can take some and not others."""
    assert declared_format(image.value, None) is image


def test_unknown_image_type_is_an_image() -> None:
    """Cameras invent formats."""
    assert declared_format("image/x-canon-cr3", "a.cr3") is Format.IMAGE


@pytest.mark.parametrize("name", ["cv.png", "cv.pdf", None])
def test_picture_is_refused_as_such(name: str | None) -> None:
    """Whatever it is called, a picture is told apart from a damaged document."""
    with pytest.raises(UnsupportedDocumentError, match="OCR"):
        read_document(b"\x89PNG\r\n\x1a\n" + bytes(64), filename=name)


@pytest.mark.parametrize("end", [10, 60, 300])
def test_broken_archive_is_a_document_error(end: int) -> None:
    """A download that broke off gives a reason, at whatever byte."""
    with pytest.raises(DocumentError):
        read_document(docx(paragraph(FILLER))[:end], filename="cv.docx")
