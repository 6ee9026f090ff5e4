"""What was kept long enough goes, by the day on which it was received; the rest stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared_code.accounting.call_log import CALL_LOG_TABLE
from shared_code.errors import StorageError
from shared_code.intake.job import INBOX_CONTAINER
from shared_code.intake.retention import CONTAINERS, Expired
from tests.unit.intake.intake_world import LIMIT, Fate, World
from tests.unit.intake.test_erasure import DOCUMENT, full, traces

DAY = 24 * 3600.0


async def aged(days: float) -> World:
    """A document with everything, so many days later; its files as old as its jobs."""
    world = await full()
    for place in world.blobs.changed:
        world.blobs.changed[place] = world.clock()
    world.clock.advance(days * DAY)
    return world


async def test_a_document_goes_when_its_time_is_over_and_not_before() -> None:
    """With all its places and files."""
    world = await aged(180)
    before = await traces(world)
    assert await world.here.retention.run() == Expired(0, 0, 0, dry_run=False)
    assert await traces(world) == before
    world.clock.advance(1)
    assert await world.here.retention.run() == Expired(1, 0, 0, dry_run=False)
    assert await traces(world) == []
    assert await world.here.retention.run() == Expired(0, 0, 0, dry_run=False)


async def test_the_same_content_received_again_later_keeps_it() -> None:
    """A document's time begins with its last arrival."""
    world = await aged(170)
    await world.drop("again.txt")
    world.clock.advance(20 * DAY)
    before = await traces(world)
    assert (await world.here.retention.run()).documents == 0
    assert await traces(world) == before
    world.clock.advance(161 * DAY)
    assert (await world.here.retention.run()).documents == 1
    assert await traces(world) == []


async def test_a_document_that_arrives_while_documents_are_erased_is_kept() -> None:
    """What was looked up before it came is looked at again."""
    world = await aged(181)
    process, listing = world.process(), world.here.jobs
    original = world.tables.query

    async def arriving(*args, **keywords):  # type: ignore[no-untyped-def]  # as the method it stands before
        async for entry in original(*args, **keywords):
            yield entry
        if args[0] == "CVJobIndex" and len(await listing.jobs_of(DOCUMENT)) == 2:
            world.tables.query = original  # type: ignore[method-assign]  # the stand-in's own seam
            await world.drop("again.txt")

    world.tables.query = arriving  # type: ignore[method-assign]  # the stand-in's own seam
    assert (await process.retention.run()).documents == 0
    assert len(await listing.jobs_of(DOCUMENT)) == 3


async def test_a_dry_run_counts_the_same_and_touches_nothing() -> None:
    """For a person who wants to know before."""
    world = await aged(181)
    await world.blobs.put_bytes(INBOX_CONTAINER, "orphan.txt", b"unknown", "text/plain")
    world.blobs.changed[INBOX_CONTAINER, "orphan.txt"] = world.clock() - timedelta(days=200)
    await world.tables.insert(CALL_LOG_TABLE, {"PartitionKey": "20200101_00", "RowKey": "1"})
    before = await traces(world)
    counted = await world.here.retention.run(dry_run=True)
    assert counted == Expired(1, 1, 1, dry_run=True)
    assert await traces(world) == before
    assert len(world.tables.rows(CALL_LOG_TABLE)) == 1
    assert await world.here.retention.run() == Expired(1, 1, 1, dry_run=False)
    assert await traces(world) == []


@pytest.mark.parametrize("container", CONTAINERS)
async def test_old_files_that_no_job_knows_go_and_young_ones_stay(container: str) -> None:
    """Such as those of an interrupted submission, or of a worker that outlived an erasure."""
    world = World()
    for name, days in (("a" * 64 + "/old.json", 181), ("b" * 64 + "/young.json", 179)):
        await world.blobs.put_bytes(container, name, name.encode(), "application/json")
        world.blobs.changed[container, name] = world.clock() - timedelta(days=days)
    assert (await world.here.retention.run()).orphaned_files == 1
    assert await world.files(container) == ["b" * 64 + "/young.json"]


async def test_old_files_of_a_living_document_stay() -> None:
    """Its job decides, not the age of its files."""
    world = await full()
    for place in world.blobs.changed:
        world.blobs.changed[place] = world.clock() - timedelta(days=400)
    before = await traces(world)
    assert (await world.here.retention.run()).orphaned_files == 0
    assert await traces(world) == before


async def test_an_old_file_too_large_to_have_become_a_document_goes() -> None:
    """It is not fetched to find that out."""
    world = World()
    await world.blobs.put_bytes(INBOX_CONTAINER, "large", b"x" * (LIMIT + 1), "text/plain")
    world.blobs.changed[INBOX_CONTAINER, "large"] = world.clock() - timedelta(days=181)
    assert (await world.here.retention.run()).orphaned_files == 1
    assert await world.files(INBOX_CONTAINER) == []


async def test_audit_rows_go_by_a_time_of_their_own() -> None:
    """They may have to be kept for longer, and hold nobody's data."""
    world = World()
    for day in ("20241120", "20241121", "20261120"):
        await world.tables.insert(CALL_LOG_TABLE, {"PartitionKey": f"{day}_00", "RowKey": "1"})
    world.clock.now = world.clock.now.replace(year=2026, month=11, day=21)
    assert (await world.here.retention.run()).audit_rows == 1
    assert len(world.tables.rows(CALL_LOG_TABLE)) == 2


async def test_an_interrupted_run_is_made_good_by_the_next() -> None:
    """Wherever it was interrupted."""
    for at in range(1, 120):
        world = await aged(181)
        fate = Fate(at, is_outage=True)
        try:
            await world.process(fate).retention.run()
        except StorageError:
            await world.here.retention.run()
        assert world.tables.rows("CVJobs") == []
        assert not [container for container in CONTAINERS if await world.files(container)]
        if fate.operations < at:
            return
    raise AssertionError("The run never came through")
