"""Runs one blob function for one message of the host's queue, if the blob still is what the message says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobProperties, BlobType
from azure.storage.blob.aio import BlobServiceClient

from local.functions_host.app_loader import LoadedFunction
from local.functions_host.blob_messages import from_json
from local.functions_host.trigger_inputs import QueueInput, input_stream

Invoke = Callable[[LoadedFunction, object, str], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class BlobFunction:
    """A blob function and the account its blobs are in."""

    function: LoadedFunction
    blobs: BlobServiceClient


class BlobRunner:
    """Handles messages of the host's queue for all blob functions.

    Args:
        functions: By function id.
        invoke: Runs a handler.
    """

    def __init__(self, functions: Mapping[str, BlobFunction], invoke: Invoke) -> None:
        self._functions = functions
        self._invoke = invoke

    async def handle(self, item: QueueInput) -> None:
        """Run the function a message names.

        A message is done without a run where the function or the blob is gone, and where the blob was
        written again since: the scan finds the new version and sends a message of its own.
        """
        message = from_json(item.body)
        target = self._functions.get(message.function_id)
        if target is None:
            return
        await self.run(target, message.blob.container, message.blob.name, etag=message.blob.etag)

    async def run(self, target: BlobFunction, container: str, name: str, *, etag: str | None = None) -> bool:
        """Download a blob and run the function on it.

        Args:
            target: The function.
            container: The blob's container.
            name: The blob's name.
            etag: Version the blob must still have; None takes what is there.

        Returns:
            Whether the blob was there, in that version, and the function ran.
        """
        client = target.blobs.get_blob_client(container, name)
        condition: dict[str, Any] = {}
        if etag is not None:
            condition = {"etag": f'"{etag}"', "match_condition": MatchConditions.IfNotModified}
        try:
            download = await client.download_blob(**condition)
            content = await download.readall()
        except (ResourceNotFoundError, ResourceModifiedError):
            return False
        stream = input_stream(
            f"{container}/{name}",
            client.url,
            content,
            _properties(download.properties),
            download.properties.metadata or {},
        )
        await self._invoke(target.function, stream, "New blob detected")
        return True


def _properties(properties: BlobProperties) -> dict[str, Any]:
    settings = properties.content_settings
    found: dict[str, Any] = {
        "LastModified": properties.last_modified.isoformat() if properties.last_modified else None,
        "CreatedOn": properties.creation_time.isoformat() if properties.creation_time else None,
        "ContentLength": properties.size,
        "ContentType": settings.content_type,
        "ContentEncoding": settings.content_encoding,
        "ContentLanguage": settings.content_language,
        "ContentDisposition": settings.content_disposition,
        "CacheControl": settings.cache_control,
        "ETag": properties.etag,
        "BlobType": BlobType(properties.blob_type).value,
    }
    return {name: value for name, value in found.items() if value is not None}
