"""Twins of the three stores that keep everything in memory, held to the same contract as the real ones."""

from __future__ import annotations

import asyncio
import json
import operator
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from shared_code.errors import DocumentTooLargeError, StorageError
from shared_code.storage.entities import filter_of, from_service, selection_of, to_service
from shared_code.storage.protocols import BlobEntry, Condition, Entity, StoredEntity, UpsertMode
from shared_code.storage.queues import message_text

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


@dataclass
class InMemoryTables:
    """Tables in a dict. ``failure`` is raised by every method while it is set; ``hangs`` never answers."""

    failure: Exception | None = None
    hangs: bool = False
    requests: Counter[str] = field(default_factory=Counter)
    rows_read: int = 0
    _rows: dict[str, dict[tuple[str, str], StoredEntity]] = field(default_factory=dict)
    _writes: int = 0

    async def insert(self, table: str, entity: Entity) -> str | None:
        row = to_service(entity)
        await self._answer("insert")
        key = _key(row)
        return None if key in self._rows.get(table, {}) else self._store(table, row)

    async def upsert(self, table: str, entity: Entity, *, mode: UpsertMode = "replace") -> None:
        row = to_service(entity)
        await self._answer("upsert")
        found = self._rows.get(table, {}).get(_key(row))
        kept = found.values if found is not None and mode == "merge" else {}
        self._store(table, {**kept, **row})

    async def replace_if_unchanged(self, table: str, entity: Entity, etag: str) -> str | None:
        row = to_service(entity)
        await self._answer("replace_if_unchanged")
        found = self._rows.get(table, {}).get(_key(row))
        return None if found is None or found.etag != etag else self._store(table, row)

    async def get(self, table: str, partition_key: str, row_key: str) -> StoredEntity | None:
        await self._answer("get")
        found = self._rows.get(table, {}).get((partition_key, row_key))
        return None if found is None else StoredEntity(dict(found.values), found.etag)

    async def query(
        self,
        table: str,
        conditions: Sequence[Condition] = (),
        *,
        select: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[StoredEntity]:
        filter_of(conditions)  # refuses what the service's filter could not say
        await self._answer("query")
        columns = selection_of(select)
        met = (
            row
            for _, row in sorted(self._rows.get(table, {}).items())
            if all(_meets(row, condition) for condition in conditions)
        )
        for row in islice(met, limit):
            self.rows_read += 1
            shown = {n: v for n, v in row.values.items() if columns is None or n in columns}
            yield StoredEntity(shown, row.etag)

    async def delete(self, table: str, partition_key: str, row_key: str) -> None:
        await self._answer("delete")
        self._rows.get(table, {}).pop((partition_key, row_key), None)

    async def delete_if_unchanged(self, table: str, partition_key: str, row_key: str, etag: str) -> bool:
        await self._answer("delete_if_unchanged")
        found = self._rows.get(table, {}).get((partition_key, row_key))
        if found is None or found.etag != etag:
            return False
        del self._rows[table][partition_key, row_key]
        return True

    @property
    def writes(self) -> int:
        """How many requests changed or tried to change something."""
        return sum(count for name, count in self.requests.items() if name not in {"get", "query"})

    def rows(self, table: str) -> list[dict[str, Any]]:
        """A table's rows in the order of their keys, for a test to look at."""
        return [dict(row.values) for _, row in sorted(self._rows.get(table, {}).items())]

    def _store(self, table: str, row: dict[str, Any]) -> str:
        self._writes += 1
        etag = f'W/"{self._writes}"'
        self._rows.setdefault(table, {})[_key(row)] = from_service(row, etag)
        return etag

    async def _answer(self, request: str) -> None:
        self.requests[request] += 1
        await asyncio.sleep(0)
        if self.hangs:
            await asyncio.Event().wait()
        if self.failure is not None:
            raise self.failure


@dataclass
class InMemoryBlobs:
    """Blobs in a dict; ``content_types`` remembers what they were said to be."""

    content_types: dict[tuple[str, str], str] = field(default_factory=dict)
    changed: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _blobs: dict[tuple[str, str], bytes] = field(default_factory=dict)

    async def put_json(self, container: str, name: str, value: Mapping[str, Any]) -> None:
        await self.put_bytes(container, name, json.dumps(value, allow_nan=False).encode(), "application/json")

    async def get_json(self, container: str, name: str) -> dict[str, Any] | None:
        data = self._blobs.get((container, name))
        try:
            value = None if data is None else json.loads(data)
        except ValueError:
            value = False
        if value is None or isinstance(value, dict):
            return value
        raise StorageError(f"a blob of container {container} holds no JSON object")

    async def put_bytes(self, container: str, name: str, data: bytes, content_type: str) -> None:
        self._blobs[container, name] = bytes(data)
        self.content_types[container, name] = content_type
        self.changed[container, name] = datetime.now(UTC)

    async def get_bytes(self, container: str, name: str, max_bytes: int) -> bytes | None:
        data = self._blobs.get((container, name))
        if data is not None and len(data) > max_bytes:
            raise DocumentTooLargeError(f"a blob of container {container} has more than {max_bytes} bytes")
        return data

    async def exists(self, container: str, name: str) -> bool:
        return (container, name) in self._blobs

    async def delete(self, container: str, name: str) -> bool:
        return self._blobs.pop((container, name), None) is not None

    async def move(self, container: str, name: str, to_container: str, to_name: str) -> bool:
        if (container, name) == (to_container, to_name):
            raise ValueError("A blob cannot be moved onto itself")
        if (container, name) not in self._blobs:
            return False
        data, content_type = self._blobs[container, name], self.content_types[container, name]
        await self.put_bytes(to_container, to_name, data, content_type)
        return await self.delete(container, name)

    async def names(self, container: str, prefix: str = "") -> AsyncIterator[BlobEntry]:
        for (place, name), data in sorted(self._blobs.items()):
            if place == container and name.startswith(prefix):
                yield BlobEntry(name, len(data), self.changed[place, name])


@dataclass
class InMemoryQueues:
    """Queues in lists of what would travel: base64 text and the time it stays hidden."""

    sent: dict[str, list[tuple[str, int | None]]] = field(default_factory=dict)

    async def send(
        self, queue: str, message: Mapping[str, Any], *, visibility_timeout_seconds: int | None = None
    ) -> None:
        text = message_text(message, visibility_timeout_seconds)
        encoded = b64encode(text.encode()).decode()
        self.sent.setdefault(queue, []).append((encoded, visibility_timeout_seconds))

    async def approximate_length(self, queue: str) -> int:
        return len(self.sent.get(queue, []))


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["PartitionKey"], row["RowKey"]


def _meets(row: StoredEntity, condition: Condition) -> bool:
    value = row.values.get(condition.column)
    return value is not None and _COMPARE[condition.operator](value, condition.value)
