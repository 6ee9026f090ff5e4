"""What the rest of the engine may ask of storage: the Protocols and the values that pass through them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

TableValue: TypeAlias = str | int | float | bool | datetime | bytes | None
"""A table's cell. ``None`` is not stored; datetimes carry a time zone."""

Entity: TypeAlias = Mapping[str, TableValue]
"""A row as it is written: ``PartitionKey``, ``RowKey`` and the columns."""

Operator: TypeAlias = Literal["eq", "ne", "gt", "ge", "lt", "le"]
UpsertMode: TypeAlias = Literal["replace", "merge"]


class Int64(int):
    """An integer that is stored as ``Edm.Int64`` however small it is.

    Plain integers take 32 bits while they fit. A column that may outgrow them (money, counters)
    keeps one type in all rows only if it is written as this.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a query; a row must meet all of them.

    Compare an integer column with the type it is stored as: ``Int64`` for an ``Int64`` column.
    """

    column: str
    operator: Operator
    value: str | int | bool | datetime


@dataclass(frozen=True, slots=True)
class StoredEntity:
    """A row as it was read. ``values`` holds the keys too; ``etag`` changes with every write."""

    values: dict[str, TableValue]
    etag: str


class Tables(Protocol):
    """Rows by key, created with their table on demand.

    Every method raises ``StorageError`` where the service does not answer or refuses, and the writing
    ones ``ValueError`` or ``TypeError`` for a row that no table could hold.
    """

    async def insert(self, table: str, entity: Entity) -> str | None:
        """Add a row; its ETag, or None where the key is taken."""
        ...

    async def upsert(self, table: str, entity: Entity, *, mode: UpsertMode = "replace") -> None:
        """Write a row whether it exists or not; ``merge`` keeps the columns that are not named."""
        ...

    async def replace_if_unchanged(self, table: str, entity: Entity, etag: str) -> str | None:
        """Replace a row that still has ``etag``; its new ETag, or None where it changed or is gone."""
        ...

    async def get(self, table: str, partition_key: str, row_key: str) -> StoredEntity | None:
        """One row, or None."""
        ...

    def query(
        self,
        table: str,
        conditions: Sequence[Condition] = (),
        *,
        select: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[StoredEntity]:
        """All rows that meet all conditions, page after page, ordered by key.

        Args:
            table: The table; one that does not exist has no rows.
            conditions: Name ``PartitionKey`` unless a scan of the whole table is meant.
            select: The columns to fetch; the keys always come along. None fetches all.
            limit: At most so many rows, the first by key; no more are fetched. None for all.
        """
        ...

    async def delete(self, table: str, partition_key: str, row_key: str) -> None:
        """Remove a row; one that does not exist is as good as removed."""
        ...

    async def delete_if_unchanged(self, table: str, partition_key: str, row_key: str, etag: str) -> bool:
        """Remove a row that still has ``etag``; False where it changed or is gone."""
        ...


@dataclass(frozen=True, slots=True)
class BlobEntry:
    """A blob as a listing shows it. Its name may be a person's, and stays out of its ``repr``."""

    name: str = field(repr=False)
    size_bytes: int
    changed_at: datetime


class Blobs(Protocol):
    """Files by container and name. Every method raises ``StorageError`` where the service fails."""

    async def put_json(self, container: str, name: str, value: Mapping[str, Any]) -> None:
        """Write a JSON object as UTF-8, replacing what is there.

        Raises:
            ValueError: The object holds NaN or an infinity, which JSON does not have.
        """
        ...

    async def get_json(self, container: str, name: str) -> dict[str, Any] | None:
        """Read a JSON object, or None where there is no such blob.

        Raises:
            StorageError: The blob holds something else.
        """
        ...

    async def put_bytes(self, container: str, name: str, data: bytes, content_type: str) -> None:
        """Write bytes, replacing what is there."""
        ...

    async def get_bytes(self, container: str, name: str, max_bytes: int) -> bytes | None:
        """Read bytes, or None where there is no such blob.

        Raises:
            DocumentTooLargeError: The blob has more than ``max_bytes``; no more than that was fetched.
        """
        ...

    async def exists(self, container: str, name: str) -> bool:
        """Whether there is such a blob."""
        ...

    async def delete(self, container: str, name: str) -> bool:
        """Remove a blob; False where there was none."""
        ...

    async def move(self, container: str, name: str, to_container: str, to_name: str) -> bool:
        """Put a blob in another place with its content type; False where the source is gone.

        The target is complete before the source is deleted, and replaces what was there. A move that was
        interrupted can be repeated. What is written to the source meanwhile stays there.

        Raises:
            ValueError: Source and target are the same place.
        """
        ...

    def names(self, container: str, prefix: str = "") -> AsyncIterator[BlobEntry]:
        """The blobs whose names begin with ``prefix``, by name, page after page.

        A container that does not exist has none.
        """
        ...


class Queues(Protocol):
    """Messages at least once. Every method raises ``StorageError`` where the service fails."""

    async def send(
        self, queue: str, message: Mapping[str, Any], *, visibility_timeout_seconds: int | None = None
    ) -> None:
        """Append a message as JSON.

        Args:
            queue: The queue, created on demand.
            message: Must fit into 48 KiB of UTF-8 (64 KiB once encoded as base64).
            visibility_timeout_seconds: How long nobody sees it, up to seven days.

        Raises:
            ValueError: The message is too long, or the timeout out of range.
        """
        ...

    async def approximate_length(self, queue: str) -> int:
        """How many messages wait, hidden ones included; 0 for a queue that does not exist."""
        ...
