"""Scans made in code: pages drawn, put on a scanner's glass a little askew, and bound with pages of text."""

from __future__ import annotations

import io
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from PIL import Image, ImageChops
from pypdfium2 import PdfDocument

from tests.unit.documents.files import FILLER, pdf, pdf_of_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fpdf import FPDF

A4 = (595.0, 842.0)
_NOISE = 24  # levels of grey by which a scanner's paper differs from white


def scan_of(content: bytes, *, dots_per_inch: int = 150, tilt: float = 0.6, page: int = 1) -> bytes:
    """A page of a PDF as a scanner sees it: a grey JPEG, turned by ``tilt`` degrees, with a grain."""
    with PdfDocument(content) as document:
        picture = document[page - 1].render(scale=dots_per_inch / 72).to_pil().convert("L")
    lies_across = abs(tilt) > 45
    turned = picture.rotate(tilt, resample=Image.Resampling.BICUBIC, expand=lies_across, fillcolor=255)
    grain = Image.frombytes("L", turned.size, bytes(Random(page).choices(range(_NOISE), k=_area(turned))))
    buffer = io.BytesIO()
    ImageChops.subtract(turned, grain).save(buffer, "JPEG", quality=75)
    return buffer.getvalue()


def scan_of_lines(*lines: str) -> bytes:
    """A scanned page on which these lines stand."""
    return scan_of(pdf_of_lines(*lines))


def bound(*pages: str | bytes | Sequence[tuple[bytes, tuple[float, float, float, float]] | str]) -> bytes:
    """An A4 PDF; a page is its text, a scan that fills it, or texts and pictures at (x, y, width, height)."""

    def draw(document: FPDF) -> None:
        for page in pages:
            document.add_page()
            parts = (
                [page]
                if isinstance(page, str)
                else [(page, (0.0, 0.0, *A4))]
                if isinstance(page, bytes)
                else page
            )
            for part in parts:
                if isinstance(part, str):
                    for number, line in enumerate(part.split("\n")):
                        document.text(50, 60 + 20 * number, line)
                else:
                    picture, (x, y, width, height) = part
                    document.image(io.BytesIO(picture), x, y, width, height)

    return pdf(draw)


def _area(picture: Image.Image) -> int:
    return picture.width * picture.height


WRITTEN = f"Jane Example\n{FILLER}\nSite Manager, Fernwood Builders, 2019 - present"
"""A page of text, long enough to be one."""


def scan_with_bars(bars: int) -> bytes:
    """A scanned page with so many thick bars, for those who can count and not read."""

    def draw(document: FPDF) -> None:
        document.add_page()
        for number in range(bars):
            document.rect(60, 120 + 80 * number, 300, 30, style="F")

    return scan_of(pdf(draw))


def bars_in(picture: Image.Image) -> int:
    """How many bars a picture of a page shows."""
    column = picture.convert("L").crop((picture.width // 4, 0, picture.width // 4 + 1, picture.height))
    is_dark = [shade < 100 for shade in column.tobytes()]
    return sum(1 for above, here in pairwise([False, *is_dark]) if here and not above)
