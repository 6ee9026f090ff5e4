"""The in-memory twins keep the stores' contract."""

from __future__ import annotations

import pytest

from shared_code.storage import Blobs, Queues, Tables
from tests.unit.storage.contract import BlobsContract, QueuesContract, TablesContract
from tests.unit.storage.in_memory_storage import InMemoryBlobs, InMemoryQueues, InMemoryTables


@pytest.fixture
def place() -> str:
    """The name of a table, container or queue."""
    return "place"


@pytest.fixture
def tables() -> Tables:
    """New and empty."""
    return InMemoryTables()


@pytest.fixture
def blobs() -> Blobs:
    """New and empty."""
    return InMemoryBlobs()


@pytest.fixture
def queues() -> Queues:
    """New and empty."""
    return InMemoryQueues()


class TestInMemoryTables(TablesContract):
    """``InMemoryTables`` is a ``Tables``."""


class TestInMemoryBlobs(BlobsContract):
    """``InMemoryBlobs`` is a ``Blobs``."""


class TestInMemoryQueues(QueuesContract):
    """``InMemoryQueues`` is a ``Queues``."""
