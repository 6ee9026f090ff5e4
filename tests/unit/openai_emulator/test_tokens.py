"""Token counts by approximation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.openai_emulator.tokens import TokenCounter, count_tokens, cut_to_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("hello world", 2, id="two-words"),
        pytest.param("internationalisation", 4, id="long-word"),
        pytest.param("2026-11-21", 6, id="date"),
        pytest.param('{"a":1}', 5, id="json"),
        pytest.param("日本語", 3, id="ideographs"),
        pytest.param("Straße", 3, id="letters-beyond-ascii"),
        pytest.param("a\n\n\n\nb", 3, id="line-breaks-are-one"),
    ],
)
def test_a_text_costs(text: str, tokens: int) -> None:
    """The documented rule, kind by kind."""
    assert count_tokens(text) == tokens


def test_english_prose_is_four_to_five_characters_a_token() -> None:
    """The rate that the provider names as its rule of thumb."""
    prose = (
        "I led a team of eight engineers who rebuilt the billing platform of a regional energy supplier, "
        "moved it to the cloud within fourteen months, and cut the cost of every invoice by a third."
    )
    assert 4 <= len(prose) / count_tokens(prose) <= 5.5


@given(st.text(max_size=200), st.integers(min_value=0, max_value=80))
def test_a_cut_text_is_a_beginning_that_fits(text: str, limit: int) -> None:
    """Whatever the text, the cut neither exceeds the limit nor changes a character."""
    cut = cut_to_tokens(text, limit)
    assert text.startswith(cut)
    assert count_tokens(cut) <= limit


@given(st.text(max_size=200))
def test_a_text_that_fits_is_not_cut(text: str) -> None:
    """The limit itself is allowed."""
    assert cut_to_tokens(text, count_tokens(text)) == text


def test_a_long_run_of_blanks_is_counted_in_linear_time() -> None:
    """A hostile CV must not hold up the emulator: every kind of run is bounded or taken whole."""
    for run in (" ", "\t ", "\n", " \n", "_", "é", "."):
        assert count_tokens(run * 200_000 + "x") < 400_002


def test_the_counter_agrees_with_the_count_beyond_its_capacity() -> None:
    """Forgetting costs time, not correctness."""
    counter = TokenCounter(capacity=2)
    for text in ("one", "one two", "one two three", "one"):
        assert counter.count(text) == count_tokens(text)
