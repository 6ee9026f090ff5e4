"""Files that cannot be read, through the whole engine: an error each, never a profile or an invented name."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shared_code.backends.contract import ChatAnswer, ChatRequest
from shared_code.candidate_data_service import CandidateDataService, rejection
from shared_code.documents.reader_process import ReaderPool, open_reader
from shared_code.errors import DocumentError
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import AsyncOpenAIService
from shared_code.settings import IntakeSettings, OpenAISettings
from tests.unit.documents.files import docx, paragraph, pdf, pdf_of_lines, zipped

CVS = Path(__file__).resolve().parents[3] / "shared" / "cvs"
# Open to anybody, so that one of each is there where the collections are not.
UNREADABLE_HERE: dict[str, bytes] = {
    "empty.pdf": b"",
    "blank.pdf": pdf(lambda document: document.add_page()),
    "truncated.pdf": pdf_of_lines("Jane Example")[:200],
    "garbage.pdf": bytes(range(256)) * 20,
    "program.pdf": b"MZ\x90\x00\x03" + bytes(2000),
    "text_named.pdf": b"Jane Example wrote this by hand.",
    "blank.docx": docx(paragraph("")),
    "truncated.docx": docx(paragraph("Jane Example"))[:300],
    "archive.zip": zipped({"cv.txt": "Jane Example"}),
    "nothing.txt": b" \n\t\n",
    "figures.txt": b"12345 67890\n",
    "nuls.txt": bytes(500),
    "bomb.docx": docx(paragraph("x" * 30_000_000)),
}


def _picture(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (200, 100), 200).save(buffer, kind)
    return buffer.getvalue()


for _kind, _ending in (("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif"), ("WEBP", "webp"), ("TIFF", "tiff")):
    UNREADABLE_HERE[f"picture.{_ending}"] = _picture(_kind)
UNREADABLE_HERE["scan.pdf"] = _picture("PDF")
UNREADABLE_HERE["picture_named.pdf"] = _picture("PNG")


def _expected_rejected() -> list[Path]:
    table = CVS / "attacks" / "expected.json"
    rows = json.loads(table.read_text(encoding="utf-8")) if table.is_file() else {}
    attacks = [CVS / "attacks" / name for name, row in rows.items() if row["expect"]["status"] == "rejected"]
    return sorted([*attacks, *(CVS / "multilingual").glob("*.scan.pdf")])


def _odd() -> list[Path]:
    folder = CVS / "robustness"
    return sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []


class ModelThatMustNotBeAsked:
    """Counts the calls, and answers none."""

    name = "silent"

    def __init__(self) -> None:
        self.requests: list[ChatRequest] = []

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        self.requests.append(request)
        raise AssertionError("The model was asked about a file that cannot be read.")

    async def aclose(self) -> None:
        return None


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    """Reading as it is deployed: in processes."""
    import asyncio

    reader = open_reader(IntakeSettings())
    assert isinstance(reader, ReaderPool)
    yield reader
    asyncio.run(reader.aclose())


async def _analysed(
    content: bytes, name: str, pool: ReaderPool
) -> tuple[dict[str, Any] | DocumentError, int]:
    """The envelope or the refusal of a file, and how often the model was asked."""
    model = ModelThatMustNotBeAsked()
    client = OpenAIClient(OpenAISettings(endpoint="http://127.0.0.1:9"), model)
    service = CandidateDataService(AsyncOpenAIService(client=client), reader=pool)
    try:
        return await service.analyse(await service.read(content, filename=name)), len(model.requests)
    except DocumentError as error:
        return error, len(model.requests)


def _check(outcome: dict[str, Any] | DocumentError, calls: int) -> None:
    assert isinstance(outcome, DocumentError), "a profile was made of a file that nobody can read"
    assert calls == 0
    record = rejection("d1", outcome)
    assert record.keys() == {"documentId", "state", "reason"}
    assert record["reason"]["message"]
    assert "Jane" not in json.dumps(record)


@pytest.mark.parametrize("name", sorted(UNREADABLE_HERE))
async def test_an_unreadable_file_of_ours_is_refused(name: str, pool: ReaderPool) -> None:
    """Built here: damaged, blank, locked away or drawn; the model hears of none."""
    _check(*await _analysed(UNREADABLE_HERE[name], name, pool))


@pytest.mark.skipif(not CVS.is_dir(), reason="needs the CV collections in ../shared/cvs")
@pytest.mark.parametrize("path", _expected_rejected(), ids=lambda path: path.name)
async def test_an_unreadable_file_of_the_collections_is_refused(path: Path, pool: ReaderPool) -> None:
    """Scans, and every attack whose end is a refusal."""
    _check(*await _analysed(path.read_bytes(), path.name, pool))


@pytest.mark.skipif(not CVS.is_dir(), reason="needs the CV collections in ../shared/cvs")
@pytest.mark.parametrize("path", _odd(), ids=lambda path: path.name)
async def test_the_model_sees_nothing_but_what_an_odd_file_says(path: Path, pool: ReaderPool) -> None:
    """Where reading finds text the model may be asked, where it refuses nobody is; there is no third way."""
    try:
        outcome, calls = await _analysed(path.read_bytes(), path.name, pool)
    except AssertionError:
        document = await pool.read(
            path.read_bytes(), media_type=None, filename=path.name, limits=_default_limits()
        )
        assert sum(character.isalpha() for character in document.text) >= 20
    else:
        _check(outcome, calls)


def _default_limits() -> Any:
    from shared_code.documents import DEFAULT_LIMITS

    return DEFAULT_LIMITS
