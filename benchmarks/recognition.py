"""How much of what stands in scanned CVs the providers of recognition find, and how long a page takes.

    python -m benchmarks.recognition [--cvs ../shared/cvs] [--languages eng,deu,spa]

Reads every ``*.scan.pdf`` of the collections and looks for the values of the ``*.truth.json`` beside it.
A provider that is not installed is named and left out. The vision provider is not tried: it costs money.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared_code.documents.formats import Format
from shared_code.documents.model import DEFAULT_LIMITS
from shared_code.documents.ocr import OcrProvider, PictureReader, RecognitionContext
from shared_code.documents.ocr_rapid import RapidOcr
from shared_code.documents.ocr_tesseract import Tesseract
from shared_code.documents.page_images import page_images
from shared_code.errors import NoTextError, SettingsError
from shared_code.reliability.deadline import Deadline

PAGE_SECONDS = 300.0
FIELDS = ("candidateName", "jobTitle", "candidateEmail", "candidatePhone", "currentEmployer")


def providers(languages: tuple[str, ...]) -> Iterator[tuple[str, OcrProvider]]:
    """Every provider that is installed, with the languages it is told."""
    for name, make in (
        ("tesseract eng", lambda: Tesseract(("eng",), PAGE_SECONDS)),
        (f"tesseract {'+'.join(languages)}", lambda: Tesseract(languages, PAGE_SECONDS)),
        ("rapidocr", lambda: RapidOcr(PAGE_SECONDS)),
    ):
        try:
            yield name, make()
        except SettingsError as error:
            print(f"{name}: not tried. {error.message}")


def wanted(truth: dict[str, Any]) -> dict[str, list[str]]:
    """The values to find, by field."""
    values = {field: [truth[field]] for field in FIELDS if truth.get(field)}
    values["keySkills"] = truth["keySkills"]
    values["employers"] = [role["employer"] for role in truth["employmentHistory"]]
    values["institutions"] = [entry["institution"] for entry in truth["educationHistory"]]
    return values


def stands_in(value: str, text: str) -> bool:
    """Whether a value was recognised letter by letter; only white space may differ, as between lines."""
    return "".join(value.split()).casefold() in text


async def measure(cvs: Path, languages: tuple[str, ...]) -> None:
    """Print a line for every provider and scan, and what was missed."""
    scans = sorted(cvs.glob("*/*.scan.pdf"))
    for name, provider in providers(languages):
        found_in_all = wanted_in_all = 0
        for scan in scans:
            content = scan.read_bytes()
            pages = len((await page_images(content, Format.PDF)).pages)
            started = time.perf_counter()
            reader = PictureReader(lambda provider=provider: provider)  # type: ignore[misc]
            context = RecognitionContext("benchmark", Deadline.after(PAGE_SECONDS * pages))
            recognition = await reader.read(content, NoTextError("a scan"), context, limits=DEFAULT_LIMITS)
            seconds = (time.perf_counter() - started) / pages
            text = re.sub(r"\s+", "", recognition.document.text).casefold()
            truth = json.loads(
                scan.with_name(scan.name.replace(".scan.pdf", ".truth.json")).read_text("utf-8")
            )
            missed = [
                (field, value)
                for field, values in wanted(truth).items()
                for value in values
                if not stands_in(value, text)
            ]
            total = sum(map(len, wanted(truth).values()))
            found_in_all += total - len(missed)
            wanted_in_all += total
            print(f"{name:24}{scan.name:42}{total - len(missed):4} of {total:3}  {seconds:6.1f} s a page")
            for field, value in missed:
                print(f"    missed {field}: {value}")
        print(f"{name:24}{'all':42}{found_in_all:4} of {wanted_in_all:3}\n")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cvs", type=Path, default=Path(__file__).parents[2] / "shared" / "cvs")
    parser.add_argument("--languages", default="eng,deu,spa")
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.cvs, tuple(arguments.languages.split(","))))


if __name__ == "__main__":
    main()
