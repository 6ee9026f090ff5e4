"""``BlobStore``: Azure Blobs as the ``Blobs`` Protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared_code.errors import DocumentTooLargeError, StorageError
from shared_code.storage.connection import StorageConnection
from shared_code.storage.failures import name_hash
from shared_code.storage.on_demand import creating_on_demand

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient

MAX_JSON_BYTES = 16 * 1024 * 1024


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
            from azure.core.exceptions import ResourceNotFoundError

            try:
                # One byte more than allowed tells a blob that just fits from one that does not.
                download = await self._client(container, name).download_blob(offset=0, length=max_bytes + 1)
                data = bytes(await download.readall())
            except ResourceNotFoundError:
                return None
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

    def _client(self, container: str, name: str) -> BlobClient:
        return self._connection.blobs().get_blob_client(container, name)


def _label(container: str, name: str) -> str:
    return f"blob {name_hash(name)} of container {container}"
