"""Keys and rows: what must hold for all texts and numbers."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from shared_code.storage import Condition, Int64, table_key
from shared_code.storage.entities import filter_of, to_service

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)


@given(st.lists(ANY_TEXT, max_size=3))
def test_a_key_of_any_texts_is_one_the_service_takes(parts: list[str]) -> None:
    """Also of three long ones: each part stays under its share of the 512 characters."""
    key = "|".join(table_key(part) for part in parts)
    assert to_service({"PartitionKey": "p", "RowKey": key})["RowKey"] == key


@example(["/", "x"], ["~002f", "x"])
@example(["", "x"], ["~", "x"])
@example(["a|b", "c"], ["a", "b|c"])
@given(st.lists(ANY_TEXT, min_size=2, max_size=2), st.lists(ANY_TEXT, min_size=2, max_size=2))
def test_different_texts_have_different_keys(ones: list[str], others: list[str]) -> None:
    """Two cost records must never share a row, however their names are spelled."""
    keys = ["|".join(table_key(part) for part in parts) for parts in (ones, others)]
    assert (keys[0] == keys[1]) == (ones == others)


def test_texts_that_only_differ_far_behind_have_different_keys() -> None:
    """A cut key ends in a digest of the whole text."""
    assert table_key("x" * 1_000 + "a") != table_key("x" * 1_000 + "b")


@given(st.integers(-(2**63), 2**63 - 1))
def test_an_integer_takes_64_bits_when_it_must_or_is_told_to(number: int) -> None:
    """One column keeps one type only if ``Int64`` never depends on the size."""
    row: dict[str, Any] = to_service(
        {"PartitionKey": "p", "RowKey": "r", "plain": number, "wide": Int64(number)}
    )
    assert row["wide"] == (number, "Edm.Int64")
    assert row["plain"] == (number if -(2**31) <= number < 2**31 else (number, "Edm.Int64"))


@given(ANY_TEXT)
def test_a_value_never_becomes_part_of_the_filter(text: str) -> None:
    """Only the SDK puts values in, quoted."""
    conditions = [Condition("name", "eq", text), Condition("n", "lt", 1), Condition("n", "ge", Int64(0))]
    assert filter_of(conditions) == ("name eq @p0 and n lt 1 and n ge 0L", {"p0": text})
