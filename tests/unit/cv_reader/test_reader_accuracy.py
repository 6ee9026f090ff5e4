"""The measure of the benchmark is fair: not stricter and not laxer than it says."""

from __future__ import annotations

import pytest

from benchmarks.reader_accuracy import is_right, name_key, same_phone


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+49 30 5550 1234", "030 55501234", True),
        ("(312) 555-0147", "+1 312 555 0147", True),
        ("(312) 555-0147", "(312) 555-0148", False),
        ("0147", "+1 312 555 0147", False),
    ],
)
def test_numbers_are_compared_by_digits(one: str, other: str, same: bool) -> None:
    """The country's code may be missing; anything else may not."""
    assert same_phone(one, other) is same


def test_names_are_compared_by_their_words() -> None:
    """Case, accents, order and titles do not matter, a missing word does."""
    assert name_key("Dr. ÁLVARO Moreno") == name_key("moreno, alvaro")
    assert name_key("Ada Moreno") != name_key("Ada J. Moreno")


def test_nothing_read_is_not_right() -> None:
    """An answer of None never counts."""
    assert not is_right("email", None, ("ada@example.com",))
    assert is_right("email", "ADA@example.com", ("ada@example.com",))
