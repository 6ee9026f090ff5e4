"""The table row that holds the record of a shared limit, changed only by whoever read it last."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from shared_code.storage.protocols import Tables

TABLE = "AIRateLimits"
PARTITION = "limit"
COLUMN = "Pool"


def limit_key(endpoint: str) -> str:
    """The row of the limit of one model endpoint: 16 hexadecimal digits of its host's SHA-256."""
    host = urlsplit(endpoint).netloc.lower() or endpoint.lower()
    return hashlib.sha256(host.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class LimitRow:
    """One row of table ``AIRateLimits``.

    Args:
        tables: Where the row is, or will be.
        name: Its key.
    """

    def __init__(self, tables: Tables, name: str) -> None:
        self._tables = tables
        self._name = name
        self._etag: str | None = None

    async def read(self) -> str | None:
        """The record, or None where there is none yet.

        Raises:
            StorageError: The table is out of reach.
        """
        stored = await self._tables.get(TABLE, PARTITION, self._name)
        self._etag = None if stored is None else stored.etag
        return None if stored is None else str(stored.values.get(COLUMN))

    async def replace(self, text: str) -> bool:
        """Write the record that follows from the one read last; False where somebody else was faster.

        Raises:
            StorageError: The table is out of reach; the record may have been written all the same.
        """
        row = {"PartitionKey": PARTITION, "RowKey": self._name, COLUMN: text}
        if self._etag is None:
            return await self._tables.insert(TABLE, row) is not None
        return await self._tables.replace_if_unchanged(TABLE, row, self._etag) is not None
