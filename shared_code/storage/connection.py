"""Which storage account, and the SDK clients that reach it: one set per event loop, made on first use."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from shared_code.errors import StorageError
from shared_code.storage.failures import storage_door

if TYPE_CHECKING:
    from azure.core.pipeline import PipelineRequest
    from azure.data.tables.aio import TableClient, TableServiceClient
    from azure.identity.aio import DefaultAzureCredential
    from azure.storage.blob.aio import BlobServiceClient
    from azure.storage.queue.aio import QueueServiceClient

OPERATION_TIMEOUT_SECONDS = 60.0

# Left alone, the blob and queue SDKs wait 15 s before a first retry, and the table SDK retries ten times.
_TABLE_RETRIES: dict[str, Any] = {"retry_total": 3, "retry_backoff_factor": 0.4, "retry_backoff_max": 5}
_BLOB_RETRIES: dict[str, Any] = {
    "retry_total": 3,
    "initial_backoff": 0,
    "increment_base": 1.5,
    "random_jitter_range": 0.5,
}
_TIMEOUTS: dict[str, Any] = {"connection_timeout": 5, "read_timeout": 20}
_SDK_LOGGERS = ("azure.core", "azure.data", "azure.identity", "azure.storage")

ClientT = TypeVar("ClientT")


@dataclass(frozen=True, slots=True)
class StorageTarget:
    """The account: a connection string, or names and addresses for a managed identity.

    ``connection_string`` wins where both are given. The service addresses are only needed where they are
    not ``https://{account_name}.{blob|queue|table}.core.windows.net``. ``client_id`` picks a user-assigned
    identity.
    """

    connection_string: str | None = field(default=None, repr=False)
    account_name: str | None = None
    blob_service_uri: str | None = None
    queue_service_uri: str | None = None
    table_service_uri: str | None = None
    client_id: str | None = None

    @property
    def setting(self) -> str:
        """What a person should check when this account does not answer."""
        if self.connection_string:
            return "AzureWebJobsStorage"
        return "AzureWebJobsStorage__accountName and the identity's storage roles"

    def endpoint(self, service: str) -> str:
        """The address of ``blob``, ``queue`` or ``table``.

        Raises:
            StorageError: Neither an account's name nor this service's address is set.
        """
        uris = {
            "blob": self.blob_service_uri,
            "queue": self.queue_service_uri,
            "table": self.table_service_uri,
        }
        uri = uris[service]
        if uri:
            return uri
        if self.account_name:
            return f"https://{self.account_name}.{service}.core.windows.net"
        raise StorageError(
            f"No {service} storage is named. Set AzureWebJobsStorage to a connection string, or "
            f"AzureWebJobsStorage__accountName (or AzureWebJobsStorage__{service}ServiceUri)."
        )


@dataclass(slots=True)
class _Clients:
    """The clients of one event loop."""

    credential: DefaultAzureCredential | None = None
    tables: TableServiceClient | None = None
    by_table: dict[str, TableClient] = field(default_factory=dict)
    blobs: BlobServiceClient | None = None
    queues: QueueServiceClient | None = None


class StorageConnection:
    """Hands out the SDK clients for one account.

    Clients belong to the event loop they were made on, so each loop gets its own set: the app's, and the
    background loop of the blocking face where that is used.
    """

    def __init__(
        self, target: StorageTarget, *, operation_timeout_seconds: float = OPERATION_TIMEOUT_SECONDS
    ) -> None:
        self._target = target
        self._operation_timeout_seconds = operation_timeout_seconds
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Clients] = WeakKeyDictionary()

    def door(
        self, operation: str, *, timeout_seconds: float | None = None
    ) -> AbstractAsyncContextManager[None]:
        """The context in which a client may be used; see ``storage_door``."""
        seconds = self._operation_timeout_seconds if timeout_seconds is None else timeout_seconds
        return storage_door(operation, self._target.setting, seconds)

    def tables(self) -> TableServiceClient:
        """The table service's client for the running loop."""
        clients = self._clients()
        if clients.tables is None:
            from azure.data.tables.aio import TableServiceClient

            clients.tables = self._client(TableServiceClient, "table", clients, _TABLE_RETRIES)
        return clients.tables

    def table(self, name: str) -> TableClient:
        """One table's client for the running loop; to make one takes longer than to use it."""
        service, by_name = self.tables(), self._clients().by_table
        if name not in by_name:
            by_name[name] = service.get_table_client(name)
        return by_name[name]

    def blobs(self) -> BlobServiceClient:
        """The blob service's client for the running loop."""
        clients = self._clients()
        if clients.blobs is None:
            from azure.storage.blob.aio import BlobServiceClient

            clients.blobs = self._client(BlobServiceClient, "blob", clients, _BLOB_RETRIES)
        return clients.blobs

    def queues(self) -> QueueServiceClient:
        """The queue service's client for the running loop."""
        clients = self._clients()
        if clients.queues is None:
            from azure.storage.queue.aio import QueueServiceClient

            clients.queues = self._client(QueueServiceClient, "queue", clients, _BLOB_RETRIES)
        return clients.queues

    async def aclose(self) -> None:
        """Close the running loop's clients; a later use makes new ones."""
        clients = self._by_loop.pop(asyncio.get_running_loop(), None)
        if clients is None:
            return
        for client in (clients.tables, clients.blobs, clients.queues, clients.credential):
            if client is not None:
                await client.close()

    def _clients(self) -> _Clients:
        return self._by_loop.setdefault(asyncio.get_running_loop(), _Clients())

    def _client(
        self, kind: type[ClientT], service: str, clients: _Clients, retries: dict[str, Any]
    ) -> ClientT:
        for name in _SDK_LOGGERS:
            logger = logging.getLogger(name)
            if logger.level == logging.NOTSET:  # a level that somebody set on purpose stays
                logger.setLevel(logging.WARNING)
        options: dict[str, Any] = {**_TIMEOUTS, **retries, "raw_request_hook": _leave_untraced}
        make: Any = kind
        try:
            if self._target.connection_string:
                client: ClientT = make.from_connection_string(self._target.connection_string, **options)
            else:
                endpoint = self._target.endpoint(service)
                client = make(endpoint, credential=self._credential(clients), **options)
        except (ValueError, TypeError):
            # From None: the SDK's message may quote what it could not read.
            raise StorageError(
                f"The {service} storage's address cannot be read. Check {self._target.setting}."
            ) from None
        return client

    def _credential(self, clients: _Clients) -> DefaultAzureCredential:
        if clients.credential is None:
            from azure.identity.aio import DefaultAzureCredential

            clients.credential = DefaultAzureCredential(managed_identity_client_id=self._target.client_id)
        return clients.credential


def _leave_untraced(request: PipelineRequest[Any]) -> None:
    """Keep the SDK's own spans off: their ``url.full`` holds blob names and keys."""
    request.context.options["tracing_options"] = {"enabled": False}
