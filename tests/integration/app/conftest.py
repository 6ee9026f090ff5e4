"""The app's HTTP, its storage and its model, open for the length of a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from shared_code.storage import StorageAccount, StorageTarget
from tests.integration.conftest import App


@pytest.fixture
async def client(app: App) -> AsyncIterator[aiohttp.ClientSession]:
    """Requests to the app."""
    async with aiohttp.ClientSession(app.url) as session:
        yield session


@pytest.fixture
async def storage(app: App) -> AsyncIterator[StorageAccount]:
    """The storage that the app works on."""
    async with StorageAccount(StorageTarget(app.connection_string)) as account:
        yield account


@pytest.fixture
async def faults(app: App) -> AsyncIterator[Any]:
    """Queues a fault at the model; whatever is left of it is taken back."""
    async with aiohttp.ClientSession(app.emulator_url) as session:

        async def queue(**fault: Any) -> None:
            async with session.post("/_emulator/faults", json=fault) as response:
                assert response.status == 200, await response.text()

        yield queue
        await session.delete("/_emulator/faults")
