"""Pictures of a document's pages, for whoever recognises text in them: made in a process of their own.

A PDF is drawn page by page; a picture file is one page, or as many as its TIFF holds. PNG, JPEG, GIF and
WebP pass as they are, unopened but for their header; the rest needs Pillow, which is not a requirement.
"""

from __future__ import annotations

import asyncio
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared_code.documents.formats import IMAGES, REGISTRY, Format
from shared_code.errors import (
    CorruptDocumentError,
    DocumentTooHungryError,
    DocumentTooLargeError,
    DocumentTooSlowError,
    UnsupportedDocumentError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A picture as it is may be a telephone's; what it unpacks to is its reader's to hold.
MOST_PICTURE_PIXELS = 60_000_000
PAGE_HEAD = struct.Struct(">IIII")  # number, width, height, length of the PNG
COUNT_HEAD = struct.Struct(">I")
NO_DECODER_EXIT = 79
DAMAGED_EXIT = 80
OUT_OF_MEMORY_EXIT = 77
_MODULE = "shared_code.documents.page_image_child"
_PASSED_AS_THEY_ARE = frozenset({Format.PNG, Format.JPEG, Format.GIF, Format.WEBP})
# Frames of a JPEG that hold its size; C4, C8 and CC are tables.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What drawing one document may cost.

    Attributes:
        max_pages: Of those that are wanted, later ones are left out.
        dots_per_inch: How finely a page is drawn, where ``max_pixels`` lets it.
        max_pixels: The largest drawing of a page: A4 at 200 dots per inch has 3.9 million.
        seconds: For all pages, of processor time; three times that by the clock.
        memory_mb: Address space.
    """

    max_pages: int = 10
    dots_per_inch: int = 200
    max_pixels: int = 4_000_000
    seconds: float = 20.0
    memory_mb: int = 1024


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as a picture: PNG where it was drawn here, else the file as it came."""

    number: int
    media_type: str
    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PageImages:
    """The pages that show something: blank ones have no picture.

    ``page_count`` is how many the document has, and ``left_out`` are those that nobody looked at.
    """

    pages: tuple[PageImage, ...]
    page_count: int
    left_out: tuple[int, ...] = ()


def can_be_pictured(found: Format) -> bool:
    """Whether a format has pages that can be drawn, or is a picture."""
    return found is Format.PDF or found in IMAGES


async def page_images(
    content: bytes,
    found: Format,
    limits: ImageLimits | None = None,
    *,
    numbers: Sequence[int] | None = None,
) -> PageImages:
    """The first pages of a document as pictures.

    Args:
        content: The whole file.
        found: What it is; one that ``can_be_pictured``.
        limits: What it may cost.
        numbers: The pages of a PDF that are wanted, in order; by default all.

    Raises:
        CorruptDocumentError: Its pages cannot be drawn.
        DocumentTooHungryError: Drawing them took more memory than the limit.
        DocumentTooLargeError: A picture with more pixels than anybody needs.
        DocumentTooSlowError: Drawing them took longer than the limit.
        UnsupportedDocumentError: A kind of picture that needs Pillow, which is not installed.
    """
    limits = limits or ImageLimits()
    if found in _PASSED_AS_THEY_ARE:
        width, height = _checked_size(picture_size(content, found))
        return PageImages((PageImage(1, found.value, content, width, height),), 1)
    wanted = None if numbers is None else tuple(numbers[: limits.max_pages])
    drawn = _pages_of(await _drawn(content, found, limits, wanted), limits, wanted)
    later = (
        range(limits.max_pages + 1, drawn.page_count + 1) if numbers is None else numbers[len(wanted or ()) :]
    )
    return replace(drawn, left_out=tuple(later))


def picture_size(content: bytes, found: Format) -> tuple[int, int] | None:
    """Width and height in pixels by a picture's header; None where it has no legible one."""
    with suppress(struct.error, IndexError):
        if found is Format.PNG:
            return _pair(struct.unpack_from(">II", content, 16))
        if found is Format.GIF:
            return _pair(struct.unpack_from("<HH", content, 6))
        if found is Format.WEBP:
            return _webp_size(content)
        if found is Format.JPEG:
            return _jpeg_size(content)
    return None


def _pair(sides: tuple[int, ...]) -> tuple[int, int]:
    return sides[0], sides[1]


def _webp_size(content: bytes) -> tuple[int, int] | None:
    # RFC 9649: three kinds of first chunk, each with the size elsewhere.
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    place = 2
    while place < len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, place + 5)
            return width, height
        (length,) = struct.unpack_from(">H", content, place + 2)
        place += 2 + max(2, length)
    return None


def _checked_size(size: tuple[int, int] | None) -> tuple[int, int]:
    if size is None or not min(size):
        raise _damaged()
    if size[0] * size[1] > MOST_PICTURE_PIXELS:
        raise DocumentTooLargeError(
            f"The picture has more than {MOST_PICTURE_PIXELS // 1_000_000} million pixels: send it smaller."
        )
    return size


async def _drawn(content: bytes, found: Format, limits: ImageLimits, wanted: tuple[int, ...] | None) -> bytes:
    """What the drawing process answers, within its bounds."""
    from shared_code.documents.reader_link import reader_environment

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", _MODULE, "--format", found.value),
        *("--max-pages", str(limits.max_pages), "--max-pixels", str(limits.max_pixels)),
        *("--dots-per-inch", str(limits.dots_per_inch)),
        *(("--pages", ",".join(map(str, wanted))) if wanted else ()),
        *("--seconds", str(limits.seconds), "--memory-mb", str(limits.memory_mb)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=dict(reader_environment()),
    )
    try:
        async with asyncio.timeout(3 * limits.seconds):
            answer, _ = await process.communicate(content)
    except TimeoutError:
        raise _too_slow(limits) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    _check_end(process.returncode or 0, found, limits)
    return answer


def _check_end(code: int, found: Format, limits: ImageLimits) -> None:
    import signal

    if code == NO_DECODER_EXIT:
        raise UnsupportedDocumentError(
            f"Pictures of this kind ({REGISTRY[found].name}) are not read here: send it as PDF, PNG or JPEG."
        )
    if code == OUT_OF_MEMORY_EXIT:
        raise DocumentTooHungryError(
            f"Drawing the pages takes more than {limits.memory_mb} MB of memory: send smaller pictures."
        )
    if code == -signal.SIGXCPU:
        raise _too_slow(limits)
    if code:
        raise _damaged()


def _pages_of(answer: bytes, limits: ImageLimits, wanted: tuple[int, ...] | None) -> PageImages:
    """The frames of an answer, checked: who drew a hostile file may be the file's by now."""
    try:
        (count,) = COUNT_HEAD.unpack_from(answer)
        pages = tuple(_frames(answer, wanted or range(1, limits.max_pages + 1)))
    except struct.error:
        raise _damaged() from None
    if [page.number for page in pages] != sorted({page.number for page in pages}) or not count:
        raise _damaged()
    return PageImages(pages, count)


def _frames(answer: bytes, wanted: Sequence[int]) -> Iterator[PageImage]:
    place = COUNT_HEAD.size
    while place < len(answer):
        number, width, height, length = PAGE_HEAD.unpack_from(answer, place)
        place += PAGE_HEAD.size
        data = answer[place : place + length]
        is_sound = len(data) == length and number in wanted
        if not is_sound or picture_size(data, Format.PNG) != (width, height):
            raise _damaged()
        place += length
        yield PageImage(number, Format.PNG.value, data, width, height)


def _damaged() -> CorruptDocumentError:
    return CorruptDocumentError("The picture, or the pages of the file, cannot be drawn: export it again.")


def _too_slow(limits: ImageLimits) -> DocumentTooSlowError:
    return DocumentTooSlowError(
        f"Drawing the pages takes more than {limits.seconds:g} s: send fewer pages, or a simpler file."
    )
