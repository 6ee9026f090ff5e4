"""Pictures of pages: what is drawn, what passes as it is, and what it may cost."""

from __future__ import annotations

import asyncio
import io
import signal
import sys
from typing import Any

import pytest
from fpdf import FPDF
from PIL import Image, ImageDraw

from shared_code.documents.formats import Format
from shared_code.documents.page_images import ImageLimits, PageImages, page_images, picture_size
from shared_code.errors import (
    CorruptDocumentError,
    DocumentTooHungryError,
    DocumentTooLargeError,
    DocumentTooSlowError,
    UnsupportedDocumentError,
)
from tests.unit.documents.files import pdf, pdf_of_lines


def picture(kind: str, **options: Any) -> bytes:
    """A white picture of 320 by 200 pixels with a black bar."""
    image = Image.new("L", (320, 200), 255)
    ImageDraw.Draw(image).rectangle((20, 20, 120, 60), fill=0)
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pages_with_text(*is_written: bool) -> bytes:
    """A PDF with a page each, some of them blank."""

    def draw(document: FPDF) -> None:
        for written in is_written:
            document.add_page()
            if written:
                document.text(50, 60, "Jane Example")

    return pdf(draw)


async def _drawn(content: bytes, limits: ImageLimits | None = None) -> PageImages:
    return await page_images(content, Format.PDF, limits)


async def test_a_pdf_is_drawn_grey_at_the_asked_fineness() -> None:
    """A4 in points becomes A4 at 200 dots per inch, and the ink is in it."""
    drawn = await _drawn(pdf_of_lines("Jane Example"))
    [page] = drawn.pages
    assert (page.number, page.media_type, drawn.page_count, drawn.left_out) == (1, "image/png", 1, ())
    assert abs(page.width - 595 * 200 / 72) <= 1
    image = Image.open(io.BytesIO(page.data))
    assert (image.mode, image.size) == ("L", (page.width, page.height))
    assert min(image.tobytes()) < 64
    assert max(image.tobytes()) == 255


async def test_a_large_page_is_drawn_within_its_bound() -> None:
    """A poster takes no more pixels than the limit says."""

    def draw(document: FPDF) -> None:
        document.add_page()
        document.text(500, 600, "Jane Example")

    drawn = await _drawn(pdf(draw, size=(5000, 7000)), ImageLimits(max_pixels=500_000))
    assert 450_000 < drawn.pages[0].width * drawn.pages[0].height <= 505_000


async def test_blank_pages_have_no_picture() -> None:
    """Nobody is paid for reading white paper; the others keep their numbers."""
    drawn = await _drawn(pages_with_text(False, True, False, True))
    assert [page.number for page in drawn.pages] == [2, 4]
    assert drawn.page_count == 4


async def test_later_pages_are_left_out_and_named() -> None:
    """The limit is known to whoever reads the result."""
    drawn = await _drawn(pages_with_text(True, True, True), ImageLimits(max_pages=2))
    assert [page.number for page in drawn.pages] == [1, 2]
    assert (drawn.page_count, drawn.left_out) == (3, (3,))


@pytest.mark.parametrize(
    ("kind", "options", "found"),
    [
        pytest.param("PNG", {}, Format.PNG, id="png"),
        pytest.param("JPEG", {}, Format.JPEG, id="jpeg"),
        pytest.param("JPEG", {"progressive": True}, Format.JPEG, id="jpeg-progressive"),
        pytest.param("GIF", {}, Format.GIF, id="gif"),
        pytest.param("WEBP", {}, Format.WEBP, id="webp-lossy"),
        pytest.param("WEBP", {"lossless": True}, Format.WEBP, id="webp-lossless"),
        pytest.param("WEBP", {"exif": b"Exif\0\0"}, Format.WEBP, id="webp-extended"),
    ],
)
async def test_common_pictures_pass_as_they_are(kind: str, options: dict[str, Any], found: Format) -> None:
    """Byte for byte, with the size that the header tells."""
    content = picture(kind, **options)
    [page] = (await page_images(content, found)).pages
    assert page.data == content
    assert (page.media_type, page.width, page.height) == (found.value, 320, 200)


@pytest.mark.parametrize("found", [Format.PNG, Format.JPEG, Format.GIF, Format.WEBP])
def test_a_header_that_ends_early_has_no_size(found: Format) -> None:
    """Whatever a truncated file holds, it is no exception."""
    whole = picture(found.name)
    assert all(picture_size(whole[:length], found) is None for length in range(6))


async def test_a_tiff_is_drawn_frame_by_frame() -> None:
    """A scanner's file of several pages becomes as many pictures."""
    frames = [Image.open(io.BytesIO(picture("PNG"))) for _ in range(3)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:])
    drawn = await page_images(buffer.getvalue(), Format.TIFF, ImageLimits(max_pages=2))
    assert [(page.number, page.width, page.height) for page in drawn.pages] == [(1, 320, 200), (2, 320, 200)]
    assert (drawn.page_count, drawn.left_out) == (3, (3,))


async def test_a_bomb_of_a_picture_is_refused_unopened() -> None:
    """Its header alone tells how much it would unpack to."""
    bomb = bytearray(picture("PNG"))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(DocumentTooLargeError, match="pixels"):
        await page_images(bytes(bomb), Format.PNG)


async def test_the_processor_time_of_drawing_is_bounded() -> None:
    """By the process itself, also where whoever started it has long stopped looking."""
    numbers = {"max-pages": 200, "max-pixels": 4_000_000, "dots-per-inch": 200, "memory-mb": 1024}
    bounds = [word for name, number in numbers.items() for word in (f"--{name}", str(number))]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared_code.documents.page_image_child"),
        *("--format", "application/pdf", "--seconds", "1", *bounds),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate(pages_with_text(*(True,) * 200))
    assert (process.returncode, answer) == (-signal.SIGXCPU, b"")


@pytest.mark.parametrize(
    ("content", "found", "limits", "error"),
    [
        pytest.param(b"%PDF-1.7 rest", Format.PDF, ImageLimits(), CorruptDocumentError, id="damaged-pdf"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n", Format.PNG, ImageLimits(), CorruptDocumentError, id="png-of-nothing"
        ),
        pytest.param(b"\0\0\0\x18ftypheic", Format.HEIF, ImageLimits(), UnsupportedDocumentError, id="heif"),
        pytest.param(
            pdf_of_lines("x"), Format.PDF, ImageLimits(seconds=0.01), DocumentTooSlowError, id="out-of-time"
        ),
        pytest.param(
            pdf_of_lines("x"),
            Format.PDF,
            ImageLimits(max_pixels=400_000_000, dots_per_inch=2_000, memory_mb=300),
            DocumentTooHungryError,
            id="out-of-memory",
        ),
    ],
)
async def test_what_cannot_be_drawn_says_why(
    content: bytes, found: Format, limits: ImageLimits, error: type[Exception]
) -> None:
    """Each bound and each damage has its own answer, and none reaches the app."""
    with pytest.raises(error):
        await page_images(content, found, limits)
