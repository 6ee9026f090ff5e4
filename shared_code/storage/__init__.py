"""Azure Tables, Blobs and Queues behind three Protocols; the only room that knows the storage SDKs.

Importing this package loads no SDK: that happens on the first request.
"""

from shared_code.storage.account import StorageAccount
from shared_code.storage.connection import StorageTarget
from shared_code.storage.entities import table_key
from shared_code.storage.protocols import (
    BlobEntry,
    Blobs,
    Condition,
    Entity,
    Int64,
    Queues,
    StoredEntity,
    Tables,
    TableValue,
)

__all__ = [
    "BlobEntry",
    "Blobs",
    "Condition",
    "Entity",
    "Int64",
    "Queues",
    "StorageAccount",
    "StorageTarget",
    "StoredEntity",
    "TableValue",
    "Tables",
    "table_key",
]
