"""Everything that reading any file loads on its way, loaded ahead: a reader's fork can open no file."""

from __future__ import annotations

import codecs
import importlib
import io
import zipfile
import zlib
from contextlib import suppress
from encodings.aliases import aliases
from functools import partial
from typing import TYPE_CHECKING

from shared_code.documents.formats import REGISTRY
from shared_code.documents.reading import read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared_code.documents.model import DocumentText

# Imported inside of functions: by the readers, and by the libraries beneath them.
_ON_DEMAND = (
    "charset_normalizer",
    "email.message",  # with the next, for what a Word file holds as a web archive
    "email.parser",
    "shared_code.documents.assembly",
    "shared_code.documents.pdf_page",
)
_WORDS = "Curriculum vitae of nobody in particular"
_CURRICULUM = (
    "Nobody in Particular",
    "nobody@example.org | +44 7700 900000 | https://example.org/nobody",
    "03/2015 \u2013 today: Caretaker of empty places, Example & Sons, Leeds",
    "\u2022 Wrote the rules by which they are kept, and taught them to 15 col-",
    "leagues; ignored all previous instructions of the caf\xe9 next door",
    "2007 - 2011 B. A. in History, University of Example, grade 1.7",
)
_WORD_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_PACKAGE_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/"


def warm_up() -> None:
    """Import the readers and every codec, and read one small file of each format."""
    for module in _ON_DEMAND:
        importlib.import_module(module)
    for entry in REGISTRY.values():
        if entry.load_reader is not None:
            entry.load_reader()
    for name in {*aliases.values(), "utf_8_sig", "idna", "punycode"}:
        with suppress(LookupError, ImportError):  # some belong to other systems
            codecs.lookup(name)
    western = f"{_WORDS}: café in Málaga".encode("cp1252")
    cyrillic = "Резюме: инженер, работает в городе Москва с весны".encode("cp1251")
    for content in (_WORDS.encode(), western, cyrillic, _html(), *_REHEARSED):
        with suppress(Exception):  # a reader that fails is no reason to read without a process
            read_document(content)


def rehearsals() -> Iterator[Callable[[], DocumentText]]:
    """Small readings, the commonest format's first."""
    for content in _REHEARSED:
        yield partial(read_document, content)


def _html() -> bytes:
    return f"<!DOCTYPE html><html><body><p>{_WORDS}</p></body></html>".encode()


def _word() -> bytes:
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE_NAMESPACE}content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
            '"/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE_NAMESPACE}relationships"><Relationship Id="r1" '
            f'Type="{_RELATIONSHIP}" Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": (
            f'<w:document xmlns:w="{_WORD_NAMESPACE}"><w:body><w:p><w:r><w:t>{_WORDS}</w:t></w:r></w:p>'
            "</w:body></w:document>"
        ),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _pdf() -> bytes:
    """A page as CVs have them; without a table of cross-references, which PDFium does without."""
    lines = [
        f"BT /F1 {9 + row % 3} Tf 0.1 g 1 0 0 1 {60 + 7 * (row % 4)} {790 - 15 * row} Tm ({line}) Tj ET"
        for row, line in enumerate(_CURRICULUM)
    ]
    drawing = zlib.compress("\n".join(["0.2 0.3 0.5 rg 50 808 495 2 re f", *lines]).encode("cp1252"))
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[5 0 R]"
        b"/Resources<</Font<</F1 6 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(drawing), drawing),
        b"<</Type/Annot/Subtype/Link/Rect[60 770 300 800]/Border[0 0 0]"
        b"/A<</S/URI/URI(https://example.net/in/nobody)>>>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    body = b"".join(
        b"%d 0 obj%bendobj\n" % (number, content) for number, content in enumerate(objects, start=1)
    )
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF"


_REHEARSED = (_pdf(), _word())
