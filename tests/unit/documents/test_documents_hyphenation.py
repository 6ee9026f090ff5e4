"""Hyphens that typesetters of web pages draw at a line's end."""

from __future__ import annotations

import pytest

from shared_code.documents.hyphenation import mend_line_end_hyphens


@pytest.mark.parametrize(
    ("drawn", "mended"),
    [
        ("taught appren\u2010\ntices to weld", "taught apprentices to weld"),
        ("a real\u2010 \n time scheduler", "a real-time scheduler"),
        ("Lind\u2010\nQvist", "Lind-Qvist"),
        ("2019\u2010\n2021", "2019\u2010\n2021"),
        ("well\u2010known", "well\u2010known"),
        ("a list \u2010\nof things", "a list \u2010\nof things"),
    ],
    ids=["broken word", "compound", "capitals", "years", "inside a line", "a dash"],
)
def test_drawn_hyphen_at_a_line_end_is_mended(drawn: str, mended: str) -> None:
    """U+2010 at a line's end breaks a word as the keyboard's hyphen does; elsewhere it is the author's."""
    assert mend_line_end_hyphens(drawn) == mended
