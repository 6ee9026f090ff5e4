"""The list of tests that run alone names tests that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ALONE

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("entry", ALONE)
def test_what_is_to_run_alone_is_there(entry: str) -> None:
    """A file that was renamed would run beside all others again, and fail now and then."""
    path, *names = entry.split("::")
    text = (ROOT / path).read_text("utf-8")
    assert all(name in text for name in names)
    assert f"def {names[-1] if names else 'test_'}" in text
