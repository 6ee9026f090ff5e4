"""The drawing process: a PDF or a picture on its standard input, pages as PNG on its output, and an end."""

from __future__ import annotations

import argparse
import io
import os
import struct
import sys
import zlib
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from shared_code.documents.formats import Format
from shared_code.documents.page_images import (
    COUNT_HEAD,
    DAMAGED_EXIT,
    MOST_PICTURE_PIXELS,
    NO_DECODER_EXIT,
    OUT_OF_MEMORY_EXIT,
    PAGE_HEAD,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PIL.Image import Image
    from pypdfium2 import PdfDocument

    Grey = tuple[int, int, int, bytes]  # number, width, height, one byte a pixel
    Drawer = Callable[[bytes, argparse.Namespace], tuple[int, Iterator[Grey]]]

_POINTS_PER_INCH = 72
_FAST_COMPRESSION = 3
_NOBODY = 65534


def main() -> int:
    """Draw one file; the exit code says why there is no answer."""
    parser = argparse.ArgumentParser()
    for name in ("--max-pages", "--max-pixels", "--dots-per-inch", "--memory-mb"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--format", type=Format, required=True)
    parser.add_argument("--pages", type=lambda numbers: [int(number) for number in numbers.split(",")])
    arguments = parser.parse_args()
    content = sys.stdin.buffer.read()
    try:
        draw = _pdf_drawer() if arguments.format is Format.PDF else _picture_drawer()
        _give_up_rights(arguments.seconds, arguments.memory_mb)
        count, pages = draw(content, arguments)
        answer = [COUNT_HEAD.pack(count)]
        for number, width, height, pixels in pages:
            if max(pixels) - min(pixels) > 0:  # one shade all over is a blank page
                png = _png(width, height, pixels)
                answer += [PAGE_HEAD.pack(number, width, height, len(png)), png]
    except ImportError:
        return NO_DECODER_EXIT
    except MemoryError:
        return OUT_OF_MEMORY_EXIT
    except Exception:  # noqa: BLE001  (a library's word on a damaged file; nobody reads it)
        return DAMAGED_EXIT
    sys.stdout.buffer.write(b"".join(answer))
    return 0


def _pdf_drawer() -> Drawer:
    from pypdfium2 import PdfDocument

    def draw(content: bytes, arguments: argparse.Namespace) -> tuple[int, Iterator[Grey]]:
        document = PdfDocument(content)
        numbers = arguments.pages or range(1, min(len(document), arguments.max_pages) + 1)
        return len(document), (_drawn_page(document, number, arguments) for number in numbers)

    return draw


def _drawn_page(document: PdfDocument, number: int, arguments: argparse.Namespace) -> Grey:
    page = document[number - 1]
    width, height = page.get_size()
    scale = arguments.dots_per_inch / _POINTS_PER_INCH
    scale = min(scale, (arguments.max_pixels / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    pixels = memoryview(bitmap.buffer).cast("B")
    starts = range(0, bitmap.height * bitmap.stride, bitmap.stride)
    return number, bitmap.width, bitmap.height, b"".join(pixels[at : at + bitmap.width] for at in starts)


def _picture_drawer() -> Drawer:
    from PIL import Image, ImageSequence, UnidentifiedImageError

    Image.init()
    Image.MAX_IMAGE_PIXELS = MOST_PICTURE_PIXELS

    def draw(content: bytes, arguments: argparse.Namespace) -> tuple[int, Iterator[Grey]]:
        try:
            picture = Image.open(io.BytesIO(content))
        except UnidentifiedImageError as error:
            raise ImportError("no decoder") from error
        frames = islice(ImageSequence.Iterator(picture), arguments.max_pages)
        pages = (_shrunk(frame.convert("L"), arguments) for frame in frames)
        return getattr(picture, "n_frames", 1), (
            (number, *page) for number, page in enumerate(pages, start=1)
        )

    return draw


def _shrunk(grey: Image, arguments: argparse.Namespace) -> tuple[int, int, bytes]:
    shrink = (arguments.max_pixels / (grey.width * grey.height)) ** 0.5
    if shrink < 1:
        grey = grey.resize((max(1, int(grey.width * shrink)), max(1, int(grey.height * shrink))))
    return grey.width, grey.height, grey.tobytes()


def _png(width: int, height: int, pixels: bytes) -> bytes:
    """A grey PNG of 8 bits (W3C PNG, third edition): no filter, one chunk of data."""
    rows = b"".join(b"\0" + pixels[row * width : (row + 1) * width] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", header),
            (b"IDAT", zlib.compress(rows, _FAST_COMPRESSION)),
            (b"IEND", b""),
        )
    )


def _give_up_rights(seconds: float, memory_mb: int) -> None:
    """What drawing does without, once its library is loaded and before it sees the file."""
    with suppress(ImportError):
        import resource

        cpu, memory = max(1, -int(-seconds // 1)), memory_mb * 1024 * 1024
        for name, soft, hard in (
            ("RLIMIT_AS", memory, memory),
            ("RLIMIT_CPU", cpu, cpu + 1),
            ("RLIMIT_FSIZE", 0, 0),
            ("RLIMIT_CORE", 0, 0),
            ("RLIMIT_NPROC", 0, 0),
            ("RLIMIT_NOFILE", 0, 0),
        ):
            with suppress(AttributeError, OSError, ValueError):
                resource.setrlimit(getattr(resource, name), (soft, hard))
    with suppress(AttributeError, OSError):
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
