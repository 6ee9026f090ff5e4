"""An emulator that reads contact cards, and the SDK before it, for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from local.openai_emulator.server import Emulator, running_emulator
from tests.integration.openai_emulator.asking import CONFIG, Client, azure_client


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A running emulator that reads contact cards."""
    async with running_emulator(CONFIG) as running:
        yield running


@pytest.fixture
async def azure(emulator: Emulator) -> AsyncIterator[Client]:
    """The SDK as it speaks to Azure's dated API."""
    async with azure_client(emulator) as client:
        yield client
