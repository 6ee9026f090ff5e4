"""Write every sample and its truth anew: ``python -m samples.renderer.render``; same content, same bytes."""

from __future__ import annotations

import json
from pathlib import Path

from samples.renderer.catalogue import SAMPLES
from samples.renderer.truth import HOW_EXPERIENCE_IS_COUNTED, REFERENCE_MONTH

FOLDER = Path(__file__).parents[1]
TRUTH = Path(__file__).with_name("expected.json")


def expected_json() -> str:
    """The text of ``expected.json``: what a reader must find, by file name."""
    document = {
        "referenceMonth": REFERENCE_MONTH,
        "howExperienceIsCounted": HOW_EXPERIENCE_IS_COUNTED,
        "files": {sample.name: sample.truth for sample in SAMPLES},
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def render_all(folder: Path) -> list[Path]:
    """Write all samples into ``folder`` and return the files."""
    written: list[Path] = []
    for sample in SAMPLES:
        path = folder / sample.name
        path.write_bytes(sample.render())
        written.append(path)
    return written


if __name__ == "__main__":
    TRUTH.write_bytes(expected_json().encode())
    for file in render_all(FOLDER):
        print(f"{file.stat().st_size:>7,} bytes  {file.name}")
