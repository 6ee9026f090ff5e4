"""Everything that reading any file loads on its way, loaded ahead: a reader's fork can open no file."""

from __future__ import annotations

import codecs
import importlib
import io
import zipfile
from contextlib import suppress
from encodings.aliases import aliases
from functools import partial
from typing import TYPE_CHECKING

from shared_code.documents.formats import REGISTRY
from shared_code.documents.reading import read_document
from shared_code.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Imported inside of functions: by the readers, and by the libraries beneath them.
_ON_DEMAND = (
    "charset_normalizer",
    "email.message",  # with the next, for what a Word file holds as a web archive
    "email.parser",
    "shared_code.documents.assembly",
    "shared_code.documents.pdf_page",
)
_WORDS = "Curriculum vitae of nobody in particular"
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
        with suppress(DocumentError):
            read_document(content)


def rehearsals() -> Iterator[Callable[[], object]]:
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
    """Without a table of cross-references, which PDFium does without."""
    drawing = f"BT /F1 12 Tf 72 700 Td ({_WORDS}) Tj ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(drawing)}>>stream\n{drawing}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body = "".join(f"{number} 0 obj{content}endobj\n" for number, content in enumerate(objects, start=1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>\n%%EOF".encode()


_REHEARSED = (_pdf(), _word())
