"""``TableStore``: Azure Tables as the ``Tables`` Protocol."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from shared_code.storage.connection import StorageConnection
from shared_code.storage.entities import filter_of, from_service, selection_of, to_service
from shared_code.storage.on_demand import creating_on_demand
from shared_code.storage.protocols import Condition, Entity, StoredEntity, UpsertMode

if TYPE_CHECKING:
    from azure.data.tables.aio import TableClient


MAX_ROWS_PER_PAGE = 1_000


class TableStore:
    """Rows in Azure Tables. See ``Tables`` for the methods' contracts."""

    def __init__(self, connection: StorageConnection) -> None:
        self._connection = connection

    async def insert(self, table: str, entity: Entity) -> str | None:
        """Add a row; its ETag, or None where the key is taken."""
        row = to_service(entity)
        async with self._connection.door(f"Adding a row to table {table}"):
            from azure.core.exceptions import ResourceExistsError

            client = self._client(table)
            try:
                return _etag(await creating_on_demand(lambda: client.create_entity(row), client.create_table))
            except ResourceExistsError:
                return None

    async def upsert(self, table: str, entity: Entity, *, mode: UpsertMode = "replace") -> None:
        """Write a row whether it exists or not; ``merge`` keeps the columns that are not named."""
        row = to_service(entity)
        async with self._connection.door(f"Writing a row of table {table}"):
            client = self._client(table)
            await creating_on_demand(lambda: client.upsert_entity(row, mode=mode), client.create_table)

    async def replace_if_unchanged(self, table: str, entity: Entity, etag: str) -> str | None:
        """Replace a row that still has ``etag``; its new ETag, or None where it changed or is gone."""
        row = to_service(entity)
        async with self._connection.door(f"Replacing a row of table {table}"):
            from azure.core import MatchConditions
            from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError

            try:
                written = await self._client(table).update_entity(
                    row, mode="replace", etag=etag, match_condition=MatchConditions.IfNotModified
                )
            except (ResourceModifiedError, ResourceNotFoundError):
                return None
            return _etag(written)

    async def get(self, table: str, partition_key: str, row_key: str) -> StoredEntity | None:
        """One row, or None."""
        async with self._connection.door(f"Reading a row of table {table}"):
            from azure.core.exceptions import ResourceNotFoundError

            try:
                found = await self._client(table).get_entity(partition_key, row_key)
            except ResourceNotFoundError:
                return None
            return from_service(dict(found), str(found.metadata["etag"] or ""))

    async def query(
        self,
        table: str,
        conditions: Sequence[Condition] = (),
        *,
        select: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[StoredEntity]:
        """The rows that meet all conditions, page after page (at most 1,000 rows or 5 s each)."""
        remaining = sys.maxsize if limit is None else limit
        if remaining < 1:
            return
        query_filter, parameters = filter_of(conditions)
        operation = f"Querying table {table}"
        async with self._connection.door(operation):
            pages = (
                self._client(table)
                .query_entities(
                    query_filter,
                    parameters=parameters,
                    select=selection_of(select),
                    results_per_page=min(remaining, MAX_ROWS_PER_PAGE),
                )
                .by_page()
            )
        while remaining > 0:
            # One page per passage through the door: what the caller does between rows takes its own time.
            async with self._connection.door(operation):
                rows = await _next_page(pages)
            if rows is None:
                return
            for row in rows[:remaining]:
                yield row
            remaining -= len(rows)

    async def delete(self, table: str, partition_key: str, row_key: str) -> None:
        """Remove a row; one that does not exist is as good as removed."""
        async with self._connection.door(f"Deleting a row of table {table}"):
            await self._client(table).delete_entity(partition_key, row_key)

    async def delete_if_unchanged(self, table: str, partition_key: str, row_key: str, etag: str) -> bool:
        """Remove a row that still has ``etag``; False where it changed or is gone."""
        async with self._connection.door(f"Deleting a row of table {table}"):
            from azure.core import MatchConditions
            from azure.core.exceptions import ResourceModifiedError

            statuses: list[int] = []
            try:
                await self._client(table).delete_entity(
                    partition_key,
                    row_key,
                    etag=etag,
                    match_condition=MatchConditions.IfNotModified,
                    # The SDK keeps a 404 to itself; only the response tells a row removed from one missed.
                    raw_response_hook=lambda response: statuses.append(response.http_response.status_code),
                )
            except ResourceModifiedError:
                return False
            return statuses[-1:] == [HTTPStatus.NO_CONTENT]

    def _client(self, table: str) -> TableClient:
        return self._connection.table(table)


async def _next_page(pages: AsyncIterator[AsyncIterator[Any]]) -> list[StoredEntity] | None:
    from azure.core.exceptions import ResourceNotFoundError

    try:
        page = await anext(pages, None)
    except ResourceNotFoundError:
        return None
    if page is None:
        return None
    return [from_service(dict(row), str(row.metadata["etag"] or "")) async for row in page]


def _etag(metadata: Mapping[str, Any]) -> str:
    return str(metadata["etag"])
