"""Receipts of blobs handed over to their functions, kept as blobs so that a restart remembers them."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob.aio import BlobClient, ContainerClient

HOSTS_CONTAINER = "azure-webjobs-hosts"
_INCOMPLETE = {"AzureWebJobsBlobReceiptIncomplete": "true"}
_LEASE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class BlobVersion:
    """One state of one blob; ``etag`` is without quotes and changes with every write."""

    container: str
    name: str
    etag: str


class BlobReceipts:
    """Makes sure that every version of a blob is handed over to a function once.

    Args:
        container: The container `azure-webjobs-hosts`; made when it is missing.
        host_id: Receipts of different hosts are apart.
    """

    def __init__(self, container: ContainerClient, host_id: str) -> None:
        self._container = container
        self._host_id = host_id

    async def hand_over(
        self, function_id: str, blob: BlobVersion, enqueue: Callable[[], Awaitable[None]]
    ) -> bool:
        """Hand a blob over unless its receipt says that this was done.

        The receipt is completed after the hand-over, under a lease. A crash between the two hands the blob
        over again: at least once, never not at all.

        Returns:
            True where the blob is settled, False where another host is at it (ask again later).
        """
        receipt = self._container.get_blob_client(
            f"blobreceipts/{self._host_id}/{function_id}/{blob.etag}/{blob.container}/{blob.name}"
        )
        state = await _is_completed(receipt)
        if state is True:
            return True
        if state is None and not await self._create(receipt):
            return False
        try:
            lease = await receipt.acquire_lease(lease_duration=_LEASE_SECONDS)
        except (ResourceExistsError, ResourceNotFoundError):
            return False
        try:
            if await _is_completed(receipt):
                return True
            await enqueue()
            await receipt.set_blob_metadata({}, lease=lease)
        finally:
            with contextlib.suppress(HttpResponseError):
                await lease.release()
        return True

    async def _create(self, receipt: BlobClient) -> bool:
        for _ in range(2):
            try:
                await receipt.upload_blob(b"", overwrite=False, metadata=_INCOMPLETE)
            except ResourceExistsError:
                return False
            except ResourceNotFoundError:
                with contextlib.suppress(ResourceExistsError):
                    await self._container.create_container()
            else:
                return True
        return False


async def _is_completed(receipt: BlobClient) -> bool | None:
    """Tell whether a receipt is completed; None where there is none."""
    try:
        properties = await receipt.get_blob_properties()
    except ResourceNotFoundError:
        return None
    # Metadata names come back in whatever case the service keeps.
    return not {name.lower() for name in _INCOMPLETE} & {name.lower() for name in properties.metadata or {}}
