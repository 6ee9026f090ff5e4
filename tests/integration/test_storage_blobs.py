"""Moves and listings of real blobs: block by block, page by page, and interrupted."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import pytest

from local.azurite import FREE_PORTS, running_azurite
from shared_code.errors import StorageError
from shared_code.storage import Blobs, StorageAccount, StorageTarget
from shared_code.storage.blobs import MOVED_CHUNK_BYTES


@pytest.fixture(scope="module")
def connection_string() -> Iterator[str]:
    """An Azurite of this module's own, in memory."""
    with running_azurite(None, ports=FREE_PORTS) as azurite:
        yield azurite.connection_string


@pytest.fixture
async def blobs(connection_string: str) -> AsyncIterator[Blobs]:
    """The real ones, on the test's event loop."""
    async with StorageAccount(StorageTarget(connection_string)) as account:
        yield account.blobs


@pytest.fixture
def place() -> str:
    """A container's name that no other test uses."""
    return f"t{uuid4().hex}"


async def test_a_large_blob_moves_block_by_block(blobs: Blobs, place: str, connection_string: str) -> None:
    """Content, media type and encoding arrive, over whole blocks and the rest of one."""
    from azure.storage.blob import ContentSettings
    from azure.storage.blob.aio import BlobServiceClient

    data = random.Random(7).randbytes(2 * MOVED_CHUNK_BYTES + 1)
    settings = ContentSettings(content_type="application/pdf", content_language="de")
    async with BlobServiceClient.from_connection_string(connection_string) as service:
        container = await service.create_container(place)
        await container.upload_blob("a", data, content_settings=settings)
        tracemalloc.start()
        assert await blobs.move(place, "a", f"{place}other", "b") is True
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        moved = await service.get_blob_client(f"{place}other", "b").get_blob_properties()
    assert await blobs.get_bytes(f"{place}other", "b", len(data)) == data
    assert moved.content_settings.content_type == "application/pdf"
    assert moved.content_settings.content_language == "de"
    assert peak < 4 * MOVED_CHUNK_BYTES, f"{peak / 2**20:.1f} MiB at once"


async def test_a_source_replaced_during_a_move_is_not_lost(
    blobs: Blobs, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old content arrives and the new one waits at the source for a move of its own."""
    from azure.storage.blob.aio import BlobClient

    await blobs.put_bytes(place, "a", b"old", "text/plain")
    commit = BlobClient.commit_block_list

    async def interrupted(self: BlobClient, *arguments: Any, **options: Any) -> Any:
        await blobs.put_bytes(place, "a", b"newer", "text/plain")
        return await commit(self, *arguments, **options)

    monkeypatch.setattr(BlobClient, "commit_block_list", interrupted)
    assert await blobs.move(place, "a", place, "b") is True
    assert await blobs.get_bytes(place, "b", 10) == b"old"
    assert await blobs.get_bytes(place, "a", 10) == b"newer"


async def test_a_move_that_cannot_finish_keeps_the_source(
    blobs: Blobs, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks that were never committed are no blob: the target is complete or absent."""
    from azure.storage.blob.aio import BlobClient

    async def failing(*_: Any, **__: Any) -> None:
        raise OSError

    await blobs.put_bytes(place, "a", b"one", "text/plain")
    with monkeypatch.context() as patch:
        patch.setattr(BlobClient, "commit_block_list", failing)
        with pytest.raises(StorageError, match="Moving blob"):
            await blobs.move(place, "a", place, "b")
    assert await blobs.exists(place, "b") is False
    assert await blobs.move(place, "a", place, "b") is True
    assert await blobs.get_bytes(place, "b", 10) == b"one"


async def test_a_listing_continues_after_the_first_page(
    blobs: Blobs, place: str, connection_string: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service lists at most 5,000 blobs at a time; here two."""
    from azure.storage.blob.aio import ContainerClient

    listing = ContainerClient.list_blobs
    monkeypatch.setattr(
        ContainerClient,
        "list_blobs",
        lambda self, **options: listing(self, results_per_page=2, **options),
    )
    for number in range(5):
        await blobs.put_bytes(place, str(number), b"x", "text/plain")
    assert [entry.name async for entry in blobs.names(place)] == list("01234")
