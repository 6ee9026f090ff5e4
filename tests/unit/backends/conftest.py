"""The provider that the tests of this folder talk to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.backends.provider import Provider, running_provider


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with running_provider() as running:
        yield running
