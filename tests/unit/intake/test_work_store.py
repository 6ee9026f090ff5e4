"""The work on a document is claimed by one at a time, finished once, and forgotten whole."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.errors import StorageError
from shared_code.intake.job_rows import JOBS_TABLE
from shared_code.intake.job_store import JobStore
from shared_code.intake.work_store import (
    ANSWERS_CONTAINER,
    CLOCK_MARGIN,
    Claim,
    Finished,
    Held,
    WorkStore,
)
from tests.unit.intake.eventful_tables import NOON, EventfulTables, ForgetfulTables, WallClock
from tests.unit.intake.test_job_store import DOCUMENT, added, job
from tests.unit.storage.in_memory_storage import InMemoryBlobs, InMemoryTables

OTHER = "e" * 64
LEASE = 300.0
MARGIN = CLOCK_MARGIN.total_seconds()


class World:
    """One storage, and two machines that share it."""

    def __init__(self, tables: InMemoryTables | None = None) -> None:
        self.clock = WallClock()
        self.tables = tables or EventfulTables()
        self.blobs = InMemoryBlobs()
        self.work = WorkStore(self.tables, self.blobs, self.clock)

    async def claim(self, job_id: str = "a", version: str = "v1") -> Claim:
        """A claim that must succeed."""
        claim = await self.work.claim(DOCUMENT, version, job_id, LEASE)
        assert isinstance(claim, Claim)
        return claim

    async def asked(self, job_id: str = "b") -> Claim | Held | Finished:
        """What another job is told."""
        return await self.work.claim(DOCUMENT, "v1", job_id, LEASE)


@pytest.fixture
def world() -> World:
    """New and empty."""
    return World()


class TestClaims:
    async def test_the_first_claim_wins_and_the_next_learns_of_it(self, world: World) -> None:
        """The same job included: its earlier attempt may still be running."""
        claim = await world.claim("a")
        assert (claim.document_id, claim.version, claim.job_id) == (DOCUMENT, "v1", "a")
        assert claim.until == NOON + timedelta(seconds=LEASE)
        assert await world.asked("b") == Held("a", claim.until)
        assert await world.asked("a") == Held("a", claim.until)

    async def test_versions_and_documents_are_claimed_apart(self, world: World) -> None:
        """New assistants are new work, and so is another file."""
        await world.claim(version="v1")
        await world.claim(version="v2")
        assert isinstance(await world.work.claim(OTHER, "v1", "a", LEASE), Claim)

    async def test_of_concurrent_claims_one_wins(self, world: World) -> None:
        """All others learn who."""
        answers = await asyncio.gather(*(world.asked(str(n)) for n in range(8)))
        (winner,) = (answer for answer in answers if isinstance(answer, Claim))
        assert answers.count(Held(winner.job_id, winner.until)) == 7

    async def test_of_concurrent_takeovers_one_wins(self, world: World) -> None:
        """An expired lease is no free-for-all."""
        await world.claim()
        world.clock.advance(LEASE + MARGIN)
        answers = await asyncio.gather(*(world.asked(str(n)) for n in range(8)))
        (winner,) = (answer for answer in answers if isinstance(answer, Claim))
        assert answers.count(Held(winner.job_id, winner.until)) == 7

    @pytest.mark.parametrize(
        ("seconds", "is_taken_over"),
        [(0.0, False), (LEASE, False), (LEASE + MARGIN - 0.001, False), (LEASE + MARGIN, True)],
        ids=["at-once", "at-its-end", "within-the-margin", "after-the-margin"],
    )
    async def test_a_lease_is_taken_over_after_its_margin(
        self, world: World, seconds: float, is_taken_over: bool
    ) -> None:
        """A machine whose clock runs ahead by less than the margin overtakes nobody."""
        claim = await world.claim()
        world.clock.advance(seconds)
        assert isinstance(await world.asked(), Claim) is is_taken_over
        assert await world.work.finish(claim) is not is_taken_over

    async def test_an_overtaken_claim_can_do_nothing(self, world: World) -> None:
        """Neither prolong, nor finish, nor release what is another's now."""
        overtaken = await world.claim()
        world.clock.advance(LEASE + MARGIN)
        winner = await world.asked()
        assert isinstance(winner, Claim)
        assert await world.work.renew(overtaken, LEASE) is None
        assert await world.work.finish(overtaken) is False
        await world.work.release(overtaken)
        assert await world.asked("c") == Held("b", winner.until)
        assert await world.work.finish(winner) is True

    async def test_a_renewed_lease_counts_from_now(self, world: World) -> None:
        """A claim that was not overtaken can be renewed even late."""
        claim = await world.claim()
        world.clock.advance(LEASE + 10)
        renewed = await world.work.renew(claim, 60)
        assert renewed is not None
        assert renewed.until == world.clock.now + timedelta(seconds=60)
        assert await world.asked() == Held("a", renewed.until)
        world.clock.advance(60 + MARGIN)
        assert isinstance(await world.asked(), Claim)

    async def test_a_claim_outlives_its_own_renewals(self, world: World) -> None:
        """Who renews in the background may finish, renew or release with the claim it began with."""
        claim = await world.claim()
        assert await world.work.renew(claim, LEASE) is not None
        assert await world.work.renew(claim, LEASE) is not None
        assert await world.work.finish(claim) is True
        released = await world.claim(version="v2")
        assert await world.work.renew(released, LEASE) is not None
        await world.work.release(released)
        await world.claim("b", "v2")

    async def test_a_released_claim_is_free_at_once(self, world: World) -> None:
        """And releasing twice takes it from nobody."""
        claim = await world.claim()
        await world.work.release(claim)
        winner = await world.claim("b")
        await world.work.release(claim)
        assert await world.asked("c") == Held("b", winner.until)

    async def test_a_claim_that_changes_hands_without_end_is_given_up(self, world: World) -> None:
        """No worker hangs in a loop over a row that appears and disappears."""

        class Restless(InMemoryTables):
            async def insert(self, *_: object) -> None:
                """Taken, though nothing is there: so answers a table that is being deleted."""

        with pytest.raises(StorageError, match="changes hands"):
            await World(Restless()).asked()


class TestMarker:
    async def test_finished_work_stays_finished(self, world: World) -> None:
        """For ever, for every job, and the claim cannot take it back."""
        claim = await world.claim()
        assert await world.work.finish(claim) is True
        assert await world.work.finish(claim) is True
        await world.work.release(claim)
        assert await world.work.renew(claim, LEASE) is None
        world.clock.advance(10**8)
        assert await world.asked("b") == Finished("a")

    async def test_work_forgotten_meanwhile_does_not_finish(self, world: World) -> None:
        """An erasure wins over the worker that is at it."""
        claim = await world.claim()
        await world.work.forget(DOCUMENT)
        assert await world.work.renew(claim, LEASE) is None
        assert await world.work.finish(claim) is False
        assert world.tables.rows(JOBS_TABLE) == []

    async def test_forgetting_leaves_jobs_and_other_documents(self, world: World) -> None:
        """Claims and markers of all versions go, what else is in the partition stays."""
        jobs = JobStore(world.tables, world.clock)
        stored = await added(jobs, job())
        await world.work.finish(await world.claim(version="v1"))
        await world.claim(version="v2/x")
        other = await world.work.claim(OTHER, "v1", "a", LEASE)
        assert isinstance(other, Claim)
        await world.work.forget(DOCUMENT)
        assert {row["RowKey"] for row in world.tables.rows(JOBS_TABLE)} == {
            f"job_{stored.job_id}",
            "work_v1",
        }
        assert await world.work.finish(other) is True
        await world.claim(version="v1")


async def test_a_response_that_was_lost_does_not_lose_the_claim() -> None:
    """The SDK repeats the request and finds its own row in the way."""
    tables = ForgetfulTables()
    world = World(tables)
    claim = await world.claim()
    renewed = await world.work.renew(claim, LEASE)
    assert renewed is not None
    assert await world.work.finish(renewed) is True
    assert await world.asked() == Finished("a")
    await world.claim(version="v2")
    world.clock.advance(LEASE + MARGIN)
    taken_over = await world.claim("b", "v2")
    await world.work.release(taken_over)
    await world.claim("c", "v2")
    assert set(tables.sent_twice) == {"insert", "replace_if_unchanged", "delete_if_unchanged"}


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["claim", "renew", "finish", "release", "forget"]),
            st.integers(0, 2),
            st.sampled_from([0.0, 100.0, LEASE, LEASE + MARGIN]),
        ),
        max_size=30,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_course_of_work_is_finished_once(steps: list[tuple[str, int, float]]) -> None:
    """Three workers in any order at any pace: between two erasures one of them finishes, at most."""

    async def run() -> None:
        world = World()
        claims: dict[int, Claim] = {}
        finishers: set[str] = set()
        for act, worker, seconds in steps:
            world.clock.advance(seconds)
            if act == "forget":
                await world.work.forget(DOCUMENT)
                finishers.clear()
            elif act == "claim":
                answer = await world.asked(str(worker))
                assert isinstance(answer, Finished) == bool(finishers)
                if isinstance(answer, Claim):
                    claims[worker] = answer
            elif worker in claims:
                claim = claims[worker]
                if act == "renew":
                    claims[worker] = await world.work.renew(claim, LEASE) or claim
                elif act == "release":
                    await world.work.release(claim)
                elif await world.work.finish(claim):
                    finishers.add(claim.owner)
            assert len(finishers) <= 1

    asyncio.run(run())


class TestAnswers:
    async def test_an_answer_is_kept_for_its_assistant_and_version(self, world: World) -> None:
        """Another assistant, version or document has none."""
        answer = {"name": "Ada Example", "skills": ["Ünïcode"]}
        await world.work.keep_answer(DOCUMENT, "cv_data_extractor", "v1", answer)
        assert await world.work.kept_answer(DOCUMENT, "cv_data_extractor", "v1") == answer
        assert await world.work.kept_answer(DOCUMENT, "cv_data_extractor", "v2") is None
        assert await world.work.kept_answer(DOCUMENT, "cv_skills_analyst", "v1") is None
        assert await world.work.kept_answer(OTHER, "cv_data_extractor", "v1") is None
        names = [entry.name async for entry in world.blobs.names(ANSWERS_CONTAINER)]
        assert names == [f"{DOCUMENT}/cv_data_extractor.v1.json"]

    async def test_an_answer_kept_again_is_replaced(self, world: World) -> None:
        """The latest counts."""
        await world.work.keep_answer(DOCUMENT, "cv_data_extractor", "v1", {"n": 1})
        await world.work.keep_answer(DOCUMENT, "cv_data_extractor", "v1", {"n": 2})
        assert await world.work.kept_answer(DOCUMENT, "cv_data_extractor", "v1") == {"n": 2}

    async def test_forgotten_answers_are_gone_in_all_versions(self, world: World) -> None:
        """And those of another document, even of a longer id, are not."""
        for document_id in (DOCUMENT, f"{DOCUMENT}0"):
            for version in ("v1", "v2"):
                await world.work.keep_answer(document_id, "cv_data_extractor", version, {"n": 1})
        await world.work.forget_answers(DOCUMENT)
        assert await world.work.kept_answer(DOCUMENT, "cv_data_extractor", "v1") is None
        names = [entry.name async for entry in world.blobs.names(ANSWERS_CONTAINER)]
        assert names == [f"{DOCUMENT}0/cv_data_extractor.{version}.json" for version in ("v1", "v2")]
