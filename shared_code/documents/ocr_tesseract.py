"""Recognition by Tesseract's program, one page a process: the picture goes in, text comes out."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from shared_code.documents.ocr import Recognised, page_time
from shared_code.errors import CorruptDocumentError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared_code.documents.ocr import RecognitionContext
    from shared_code.documents.page_images import PageImage
    from shared_code.reliability.deadline import Deadline

PROGRAM = "tesseract"
_LISTING_SECONDS = 10.0
_DOTS_PER_INCH = 200  # a hint for drawings without their own
# A page that lies on its side, or upside down, is turned first: else its text is lost, or nonsense.
_TURNED_PAGES, _TURNED_PAGES_DATA = ("--psm", "1"), "osd"
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "TESSDATA_PREFIX", "SYSTEMROOT")


class Tesseract:
    """The installed program, with the languages that it is to expect.

    Args:
        languages: Their Tesseract codes, such as ``eng``.
        page_seconds: How long one page may take, by the clock, once it has a core.
        program: Its name or path.

    Raises:
        SettingsError: The program, or one of the languages, is not installed.
    """

    name = "tesseract"

    def __init__(self, languages: Sequence[str], page_seconds: float, *, program: str = PROGRAM) -> None:
        found = shutil.which(program)
        if found is None:
            raise SettingsError(
                "CV_OCR_PROVIDER=tesseract, but the program is not installed: install the package "
                "tesseract-ocr in the app's image, or choose another provider."
            )
        installed = _installed_languages(found)
        missing = [language for language in languages if language not in installed]
        if missing:
            raise SettingsError(
                f"CV_OCR_LANGUAGES: Tesseract has no data for {', '.join(missing)} here: install "
                f"{', '.join(f'tesseract-ocr-{language}' for language in missing)}, or leave it out."
            )
        self._command = (
            *(found, "stdin", "stdout", "-l", "+".join(languages), "--dpi", str(_DOTS_PER_INCH)),
            *(_TURNED_PAGES if _TURNED_PAGES_DATA in installed else ()),
        )
        self._page_seconds = page_seconds
        self._cores = asyncio.Semaphore(os.cpu_count() or 1)

    async def read(self, pages: Sequence[PageImage], context: RecognitionContext) -> Recognised:
        """See ``OcrProvider.read``; one page after the other, each on one core."""
        return Recognised(tuple([await self._text_of(page, context.deadline) for page in pages]))

    async def _text_of(self, page: PageImage, deadline: Deadline) -> str:
        async with page_time(self._cores, self._page_seconds, deadline):
            return await self._recognised(page)

    async def _recognised(self, page: PageImage) -> str:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
        )
        try:
            answer, _ = await process.communicate(page.data)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise CorruptDocumentError("The picture cannot be opened for recognition: export it again.")
        return answer.decode("utf-8", "replace").replace("\f", "\n")


def _installed_languages(program: str) -> frozenset[str]:
    try:
        listed = subprocess.run(  # noqa: S603  (an argument list, and a program that an operator installed)
            [program, "--list-langs"],
            capture_output=True,
            text=True,
            timeout=_LISTING_SECONDS,
            env=_environment(),
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        raise SettingsError(
            "CV_OCR_PROVIDER=tesseract, but the program does not run here: install the package "
            "tesseract-ocr anew, or choose another provider."
        ) from None
    return frozenset((listed.stdout or listed.stderr).split())


def _environment() -> dict[str, str]:
    """No setting of the app; one thread, because pages of other documents want the other cores."""
    return {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ} | {
        "OMP_THREAD_LIMIT": "1"
    }
