"""The reader behind its seam: asked once per question, checked, and silent about what it read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest

from local.openai_emulator.fence import FencedCv
from local.openai_emulator.problems import ApiError
from local.openai_emulator.reading import ReaderPool
from tests.unit.openai_emulator.line_reader import SCHEMA, SCHEMA_NAME, read_contact_card


class CountingReader:
    """Reads contact cards and counts how often."""

    def __init__(self) -> None:
        self.reads = 0

    def __call__(
        self, schema_name: str, cv_text: str, links: Sequence[tuple[str, str]] = ()
    ) -> dict[str, object]:
        self.reads += 1
        return read_contact_card(schema_name, cv_text, links)


@pytest.fixture
def reader() -> CountingReader:
    """A fresh one."""
    return CountingReader()


@pytest.fixture
def pool(reader: CountingReader) -> Iterator[ReaderPool]:
    """A pool of one thread around the reader."""
    pool = ReaderPool(reader, frozenset({SCHEMA_NAME}), threads=1)
    yield pool
    pool.close()


async def test_the_same_question_is_read_once_and_any_other_anew(
    pool: ReaderPool, reader: CountingReader
) -> None:
    """Text, links and schema are all part of the question."""
    first = FencedCv("Ada Example\nada@example.com")
    for _ in range(3):
        assert json.loads(await pool.read(SCHEMA_NAME, SCHEMA, first))["name"] == "Ada Example"
    assert reader.reads == 1
    linked = FencedCv(first.text, (("site", "https://example.com"),))
    assert json.loads(await pool.read(SCHEMA_NAME, SCHEMA, linked))["links"] == ["https://example.com"]
    assert json.loads(await pool.read(SCHEMA_NAME, SCHEMA, FencedCv("Eve Sample")))["name"] == "Eve Sample"
    await pool.read(SCHEMA_NAME, {**SCHEMA, "title": "another"}, first)
    assert reader.reads == 4


async def test_a_failed_reading_is_not_remembered(pool: ReaderPool, reader: CountingReader) -> None:
    """And its message names the place in the answer, not what stands there."""
    narrow = {**SCHEMA, "properties": {**SCHEMA["properties"], "name": {"type": "null"}}}
    for _ in range(2):
        with pytest.raises(ApiError, match=r"breaks 'type' at '/name'") as failure:
            await pool.read(SCHEMA_NAME, narrow, FencedCv("Ada Example"))
        assert failure.value.status == 500
        assert "Ada" not in failure.value.message
    assert reader.reads == 2
