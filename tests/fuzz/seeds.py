"""What the mutations begin with: the project's own samples, and small files that use what a format offers."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw

from tests.unit.documents.files import docx
from tests.unit.documents.odt_files import EVERYTHING_IN_ODT
from tests.unit.documents.rtf_files import EVERYTHING_IN_RTF
from tests.unit.documents.test_documents_any_bytes import BODY, HTML, PDF, RELS

_SAMPLES = Path(__file__).resolve().parents[2] / "samples"
_XML = b"""<?xml version="1.0" encoding="utf-8"?>
<cv>
<name lang="en">Jane Example</name><!-- x --><![CDATA[a < b]]><job>Engineer of reliable things</job></cv>"""
_SCRIPTS = (
    ("Jürgen Beispiel\nGeschäftsführer, über 10 Jahre Erfahrung – Prüfung", "cp1252"),
    ("Иван Примеров\nИнженер-программист\nОпыт работы: разработка", "koi8_r"),
    ("氏名：見本 花子\n職種：看護師\n2018年4月 見本病院", "shift_jis"),
    ("姓名：张示例\n职位：会计 2019年3月至今", "gb18030"),
    ("Jane Example, engineer of reliable things", "utf-16"),
    ("# Jane\n[Site](https://example.org/a_(b) 'x') <jane@example.com> ![b](c)", "utf-8"),
)
_TEXTS = tuple(text.encode(codec) for text, codec in _SCRIPTS)


def _picture(kind: str) -> bytes:
    """A page with a line of writing."""
    picture = Image.new("RGB", (120, 60), "white")
    ImageDraw.Draw(picture).text((8, 20), "Jane Example")
    written = io.BytesIO()
    picture.save(written, kind)
    return written.getvalue()


def _samples(*endings: str) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(_SAMPLES.iterdir()) if path.suffix in endings)


PDFS = (PDF, *_samples(".pdf"))
WORDS = (docx(BODY, rels=RELS), *_samples(".docx"))
RTFS = (EVERYTHING_IN_RTF, *_samples(".rtf"))
ODTS = (EVERYTHING_IN_ODT, *_samples(".odt"))
PAGES = (HTML, _XML, *_samples(".html"))
SCRIPTS = tuple(text for text, _ in _SCRIPTS)
PICTURES = tuple(_picture(kind) for kind in ("PNG", "JPEG", "GIF", "WEBP"))
DRAWN = (*PDFS, *(_picture(kind) for kind in ("TIFF", "BMP")))
TEXTS = (*_TEXTS, *_samples(".txt", ".md"))
EVERYTHING = (*PDFS, *WORDS, *RTFS, *ODTS, *PAGES, *TEXTS)
