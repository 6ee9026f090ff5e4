"""The fictional CV as fixtures."""

from __future__ import annotations

import copy
import datetime
from typing import Any

import pytest

from shared_code.documents.model import DocumentText, Link, Page
from tests.unit.profile.sample_cv import ANSWER, PAGE_ONE, TEXT


@pytest.fixture
def document() -> DocumentText:
    """The CV, with a link that its text does not show."""
    return DocumentText(
        text=TEXT,
        media_type="text/plain",
        reader="test",
        pages=(Page(1, 0, len(PAGE_ONE)), Page(2, len(PAGE_ONE), len(TEXT))),
        links=(Link("https://github.com/icalloway/", "GitHub", 1),),
    )


@pytest.fixture
def answer() -> dict[str, Any]:
    """A model's answer that a test may change."""
    return copy.deepcopy(ANSWER)


@pytest.fixture
def today() -> datetime.date:
    """The reference date."""
    return datetime.date(2026, 3, 31)
