"""``BlobStore``: Azure Blobs as the ``Blobs`` Protocol."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from shared_code.errors import DocumentTooLargeError, StorageError
from shared_code.storage.connection import StorageConnection
from shared_code.storage.failures import name_hash
from shared_code.storage.on_demand import creating_on_demand
from shared_code.storage.protocols import BlobEntry

if TYPE_CHECKING:
    from azure.storage.blob import BlobProperties
    from azure.storage.blob.aio import BlobClient

MAX_JSON_BYTES = 16 * 1024 * 1024
# What a move holds in memory at a time.
MOVED_CHUNK_BYTES = 4 * 1024 * 1024


class BlobStore:
    """Files in Azure Blobs. See ``Blobs`` for the methods' contracts.

    A blob's name may be a person's: messages show a hash of it.
    """

    def __init__(self, connection: StorageConnection) -> None:
        self._connection = connection

    async def put_json(self, container: str, name: str, value: Mapping[str, Any]) -> None:
        """Write a JSON object as UTF-8, replacing what is there.

        Raises:
            ValueError: The object holds NaN or an infinity, which JSON does not have.
        """
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        # Half a surrogate pair has no UTF-8; the backslash form is JSON's own escape for it.
        data = text.encode("utf-8", "backslashreplace")
        await self.put_bytes(container, name, data, "application/json")

    async def get_json(self, container: str, name: str) -> dict[str, Any] | None:
        """Read a JSON object, or None where there is no such blob.

        Raises:
            StorageError: The blob holds something else, or more than 16 MiB of it.
        """
        try:
            data = await self.get_bytes(container, name, MAX_JSON_BYTES)
            if data is None:
                return None
            value = json.loads(data)
        except (ValueError, DocumentTooLargeError):
            value = None
        if not isinstance(value, dict):
            raise StorageError(f"{_label(container, name)} holds no JSON object. Write it anew.")
        return value

    async def put_bytes(self, container: str, name: str, data: bytes, content_type: str) -> None:
        """Write bytes, replacing what is there."""
        async with self._connection.door(f"Writing {_label(container, name)}"):
            from azure.storage.blob import ContentSettings

            settings = ContentSettings(content_type=content_type)
            blob = self._client(container, name)
            await creating_on_demand(
                lambda: blob.upload_blob(data, overwrite=True, content_settings=settings),
                lambda: self._connection.blobs().create_container(container),
            )

    async def get_bytes(self, container: str, name: str, max_bytes: int) -> bytes | None:
        """Read bytes, or None where there is no such blob.

        Raises:
            DocumentTooLargeError: The blob has more than ``max_bytes``; no more than that was fetched.
        """
        async with self._connection.door(f"Reading {_label(container, name)}"):
            from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

            try:
                # One byte more than allowed tells a blob that just fits from one that does not.
                download = await self._client(container, name).download_blob(offset=0, length=max_bytes + 1)
                data = bytes(await download.readall())
            except ResourceNotFoundError:
                return None
            except HttpResponseError as error:
                # The service has no first byte of an empty blob to give; Azurite answers with nothing.
                if error.status_code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                    raise
                data = b""
        if len(data) > max_bytes:
            raise DocumentTooLargeError(f"{_label(container, name)} has more than {max_bytes} bytes.")
        return data

    async def exists(self, container: str, name: str) -> bool:
        """Whether there is such a blob."""
        async with self._connection.door(f"Looking for {_label(container, name)}"):
            return bool(await self._client(container, name).exists())

    async def delete(self, container: str, name: str) -> bool:
        """Remove a blob with its snapshots; False where there was none."""
        async with self._connection.door(f"Deleting {_label(container, name)}"):
            from azure.core.exceptions import ResourceNotFoundError

            try:
                await self._client(container, name).delete_blob(delete_snapshots="include")
            except ResourceNotFoundError:
                return False
            return True

    async def move(self, container: str, name: str, to_container: str, to_name: str) -> bool:
        """Put a blob in another place with its content type; False where the source is gone.

        The content passes through here in blocks of 4 MiB, each bounded in time by itself; the target is
        visible once the last has arrived. A server-side copy would need a signed address of the source.

        Raises:
            ValueError: Source and target are the same place.
            StorageError: Storage failed, or the source changed on the way: move it again.
        """
        if (container, name) == (to_container, to_name):
            raise ValueError("A blob cannot be moved onto itself")
        operation = f"Moving {_label(container, name)} to container {to_container}"
        source, target = self._client(container, name), self._client(to_container, to_name)
        async with self._connection.door(operation):
            from azure.core.exceptions import ResourceNotFoundError

            try:
                properties = await source.get_blob_properties()
            except ResourceNotFoundError:
                return False
        blocks: list[str] = []
        for offset in range(0, properties.size, MOVED_CHUNK_BYTES):
            async with self._connection.door(operation):
                try:
                    data = await _chunk(source, offset, properties)
                except ResourceNotFoundError:
                    return False
                blocks.append(f"{name_hash(properties.etag)}{len(blocks):06d}")
                await self._stage(target, to_container, blocks[-1], data)
        async with self._connection.door(operation):
            await self._commit(target, to_container, blocks, properties)
            await _delete_unchanged(source, properties)
        return True

    async def names(self, container: str, prefix: str = "") -> AsyncIterator[BlobEntry]:
        """The blobs whose names begin with ``prefix``, by name, page after page (at most 5,000 each)."""
        operation = f"Listing container {container}"
        async with self._connection.door(operation):
            client = self._connection.blobs().get_container_client(container)
            pages: AsyncIterator[Any] = client.list_blobs(name_starts_with=prefix or None).by_page()
        while True:
            async with self._connection.door(operation):
                entries = await _next_page(pages)
            if entries is None:
                return
            for entry in entries:
                yield entry

    async def _stage(self, target: BlobClient, container: str, block: str, data: bytes) -> None:
        await creating_on_demand(
            lambda: target.stage_block(block, data),
            lambda: self._connection.blobs().create_container(container),
        )

    async def _commit(
        self, target: BlobClient, container: str, blocks: list[str], properties: BlobProperties
    ) -> None:
        from azure.storage.blob import BlobBlock

        settings = properties.content_settings
        await creating_on_demand(  # an empty blob has no block that made the container
            lambda: target.commit_block_list(
                [BlobBlock(block) for block in blocks], content_settings=settings
            ),
            lambda: self._connection.blobs().create_container(container),
        )

    def _client(self, container: str, name: str) -> BlobClient:
        return self._connection.blobs().get_blob_client(container, name)


async def _chunk(source: BlobClient, offset: int, properties: BlobProperties) -> bytes:
    from azure.core import MatchConditions

    length = min(MOVED_CHUNK_BYTES, properties.size - offset)
    download = await source.download_blob(
        offset=offset, length=length, etag=properties.etag, match_condition=MatchConditions.IfNotModified
    )
    return bytes(await download.readall())


async def _delete_unchanged(source: BlobClient, properties: BlobProperties) -> None:
    """Delete what was moved; a newer content under the same name is another file, and stays."""
    from azure.core import MatchConditions
    from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError

    with suppress(ResourceModifiedError, ResourceNotFoundError):
        await source.delete_blob(
            delete_snapshots="include", etag=properties.etag, match_condition=MatchConditions.IfNotModified
        )


async def _next_page(pages: AsyncIterator[AsyncIterator[BlobProperties]]) -> list[BlobEntry] | None:
    from azure.core.exceptions import ResourceNotFoundError

    try:
        page = await anext(pages, None)
    except ResourceNotFoundError:
        return None
    if page is None:
        return None
    return [BlobEntry(str(blob.name), blob.size, blob.last_modified) async for blob in page]


def _label(container: str, name: str) -> str:
    return f"blob {name_hash(name)} of container {container}"
