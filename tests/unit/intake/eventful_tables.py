"""In-memory tables in which something happens before a write, and a clock that shows the time of day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from shared_code.errors import StorageError
from shared_code.storage import Entity
from tests.unit.storage.in_memory_storage import InMemoryTables

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class WallClock:
    """The time of day, which only moves when told."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class EventfulTables(InMemoryTables):
    """Awaits ``before_write`` before each write that is not its own; what it raises fails the write."""

    before_write: Callable[[str], Awaitable[None]] | None = None

    def stop_after(self, writes: int) -> None:
        """Let so many more writes through and fail all that come after, as if the writer had died."""
        left = iter(range(writes))

        async def stop(_: str) -> None:
            if next(left, None) is None:
                self.before_write = stop  # nothing recovers by itself
                raise StorageError("the writer is gone")

        self.before_write = stop

    async def _answer(self, request: str) -> None:
        await super()._answer(request)
        event = self.before_write
        if event is not None and request not in {"get", "query"}:
            self.before_write = None
            try:
                await event(request)
            finally:
                self.before_write = self.before_write or event


@dataclass
class ForgetfulTables(InMemoryTables):
    """Every response is lost and the request sent again, as the SDK does after a broken connection."""

    sent_twice: list[str] = field(default_factory=list)

    async def insert(self, table: str, entity: Entity) -> str | None:
        self.sent_twice.append("insert")
        await super().insert(table, entity)
        return await super().insert(table, entity)

    async def replace_if_unchanged(self, table: str, entity: Entity, etag: str) -> str | None:
        self.sent_twice.append("replace_if_unchanged")
        await super().replace_if_unchanged(table, entity, etag)
        return await super().replace_if_unchanged(table, entity, etag)

    async def delete_if_unchanged(self, table: str, partition_key: str, row_key: str, etag: str) -> bool:
        self.sent_twice.append("delete_if_unchanged")
        await super().delete_if_unchanged(table, partition_key, row_key, etag)
        return await super().delete_if_unchanged(table, partition_key, row_key, etag)
