"""A paid answer outlives a short trouble of storage, and its way there and back changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared_code.accounting.call_log import CallDetails
from shared_code.accounting.usage import DeploymentUsage, Usage
from shared_code.audited_call import AssistantAnswer
from shared_code.errors import StorageError
from shared_code.intake.paid_answers import PaidAnswers
from shared_code.intake.work_store import WorkStore
from tests.unit.storage.in_memory_storage import InMemoryBlobs, InMemoryTables

CHARGE = DeploymentUsage("mini", "gpt-4.1-mini", Usage(1000, 200, 100, 20), 480)
ANSWER = AssistantAnswer(
    {"skills": ["Größe", None, 1.5]},
    "c-1",
    "cv_skills_analyst",
    "abc",
    CallDetails(
        datetime(2026, 11, 21, 8, 30, tzinfo=UTC),
        usage=CHARGE.usage,
        cost_micro_usd=480,
        usage_by_deployment=(CHARGE,),
    ),
    12.5,
)


class FlakyBlobs(InMemoryBlobs):
    """Fails so many writes."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures

    async def put_json(self, container: str, name: str, value: object) -> None:
        if self.failures:
            self.failures -= 1
            raise StorageError("down")
        await super().put_json(container, name, value)  # type: ignore[arg-type]  # as it was given


def _paid(blobs: InMemoryBlobs) -> PaidAnswers:
    return PaidAnswers(WorkStore(InMemoryTables(), blobs), (0.0, 0.0))


async def test_an_answer_comes_back_as_it_was() -> None:
    """Every field, types included; of another version there is none."""
    paid = _paid(InMemoryBlobs())
    await paid.keep_answer("d" * 64, "cv_skills_analyst", "abc", ANSWER)
    assert await paid.kept_answer("d" * 64, "cv_skills_analyst", "abc") == ANSWER
    assert await paid.kept_answer("d" * 64, "cv_skills_analyst", "abd") is None


async def test_a_short_trouble_does_not_lose_it() -> None:
    """It is tried again before it would have to be paid for again."""
    paid = _paid(FlakyBlobs(2))
    await paid.keep_answer("d" * 64, "cv_skills_analyst", "abc", ANSWER)
    assert await paid.kept_answer("d" * 64, "cv_skills_analyst", "abc") == ANSWER


async def test_a_long_trouble_is_told() -> None:
    """The job then waits, and asks again."""
    with pytest.raises(StorageError):
        await _paid(FlakyBlobs(3)).keep_answer("d" * 64, "cv_skills_analyst", "abc", ANSWER)


async def test_what_cannot_be_read_any_more_is_as_good_as_none() -> None:
    """An answer of another time is asked for anew."""
    blobs = InMemoryBlobs()
    await blobs.put_json("cv-answers", f"{'d' * 64}/cv_skills_analyst.abc.json", {"value": 1})
    assert await _paid(blobs).kept_answer("d" * 64, "cv_skills_analyst", "abc") is None
