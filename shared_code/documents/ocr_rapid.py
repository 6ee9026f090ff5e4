"""Recognition by RapidOCR's models in this process, and its boxes put into reading order."""

from __future__ import annotations

import asyncio
import importlib
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared_code.documents.ocr import Recognised, page_time
from shared_code.errors import CorruptDocumentError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared_code.documents.ocr import RecognitionContext
    from shared_code.documents.page_images import PageImage

_LEAST_COLUMN_BOXES = 3
# In heights of a line: a wider gap between boxes parts columns, a higher one parts blocks.
_GUTTER_LINES = 1.0
_BLOCK_GAP_LINES = 0.4


@dataclass(frozen=True, slots=True)
class TextBox:
    """A piece of recognised text, and where it stands, in pixels."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


class RapidOcr:
    """The models, loaded once. Pages are read one at a time, in a thread.

    Args:
        page_seconds: How long one page may take; the thread itself cannot be stopped.

    Raises:
        SettingsError: The library is not installed.
    """

    name = "rapidocr"

    def __init__(self, page_seconds: float) -> None:
        self._page_seconds = page_seconds
        self._recognise = _loaded()
        self._turns = asyncio.Semaphore(1)
        self._lock = threading.Lock()  # a page that is out of time is still at it in its thread

    async def read(self, pages: Sequence[PageImage], context: RecognitionContext) -> Recognised:
        """See ``OcrProvider.read``."""
        texts = []
        for page in pages:
            async with page_time(self._turns, self._page_seconds, context.deadline):
                texts.append("\n".join(await asyncio.to_thread(self._lines, page.data)))
        return Recognised(tuple(texts))

    def _lines(self, picture: bytes) -> list[str]:
        with self._lock:
            try:
                answer = self._recognise(picture)
            except Exception as error:
                raise CorruptDocumentError(
                    "The picture cannot be opened for recognition: export it again."
                ) from error
        if answer.txts is None:
            return []
        return lines_of(
            [_box(corners, text) for corners, text in zip(answer.boxes, answer.txts, strict=True)]
        )


def lines_of(boxes: Sequence[TextBox]) -> list[str]:
    """Lines in reading order: blocks from the top, in a block column by column.

    The page is cut where a gutter runs through all of it, else at its highest gap, and each part again.
    """
    if len(boxes) < 2:
        return [box.text for box in boxes]
    height = sorted(box.bottom - box.top for box in boxes)[len(boxes) // 2]
    columns = _parted(boxes, lambda box: (box.left, box.right), _GUTTER_LINES * height)
    if len(columns) == 2 and min(map(len, columns)) >= _LEAST_COLUMN_BOXES:
        return [line for column in columns for line in lines_of(column)]
    blocks = _parted(boxes, lambda box: (box.top, box.bottom), _BLOCK_GAP_LINES * height)
    if len(blocks) == 2:
        return [line for block in blocks for line in lines_of(block)]
    return _rows(boxes, height)


def _parted(
    boxes: Sequence[TextBox], span: Callable[[TextBox], tuple[float, float]], least_gap: float
) -> list[list[TextBox]]:
    """The boxes on either side of the widest gap; all of them together where none is wide enough."""
    ordered = sorted(boxes, key=span)
    reach = span(ordered[0])[1]
    widest, place = least_gap, 0
    for number, box in enumerate(ordered):
        start, end = span(box)
        if start - reach >= widest:
            widest, place = start - reach, number
        reach = max(reach, end)
    return [ordered[:place], ordered[place:]] if place else [list(ordered)]


def _rows(boxes: Sequence[TextBox], height: float) -> list[str]:
    rows: list[list[TextBox]] = []
    for box in sorted(boxes, key=lambda box: box.top):
        if rows and box.top - rows[-1][0].top < height / 2:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [" ".join(box.text for box in sorted(row, key=lambda box: box.left)) for row in rows]


def _box(corners: Any, text: str) -> TextBox:
    across, down = [float(x) for x, _ in corners], [float(y) for _, y in corners]
    return TextBox(min(across), min(down), max(across), max(down), text)


def _loaded() -> Callable[[bytes], Any]:
    try:
        recognise: Callable[[bytes], Any] = importlib.import_module("rapidocr").RapidOCR()
    except ImportError as error:
        raise SettingsError(
            f"CV_OCR_PROVIDER=rapidocr, but {error.name} is not installed: install requirements-ocr.in, or "
            "choose another provider."
        ) from None
    logging.getLogger("RapidOCR").setLevel(logging.WARNING)
    return recognise
