"""Text that a spreadsheet must show and not run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.spreadsheet_text import TEXT_MARK, as_text_cell, is_formula_like

# Texts of the characters that matter, so that two of them are alike often enough.
texts = st.text(alphabet="'=+-@\uff1d\t\r\n\0 \u200b\u00a0a;\"", max_size=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", True),
        ("+447700900123", True),
        ("-1", True),
        ("@SUM(A1)", True),
        ("\t=1", True),
        ("\tx", True),
        ("\r=1", True),
        ("\ncmd", True),
        ("\0cmd", True),
        ("  =1", True),
        ("\u200b\u00a0=1", True),
        ("\uff1d1", True),
        ("\uff0b1", True),
        ("\uff0d1", True),
        ("\uff201", True),
        ("1+1", False),
        ("a=b", False),
        ("", False),
        (" ", False),
        ("O'Brien", False),
        ("'=1", False),
    ],
    ids=ascii,
)
def test_what_a_spreadsheet_may_compute_is_known(text: str, expected: bool) -> None:
    """By its first character that counts, in both widths; a mark before it makes it text."""
    assert is_formula_like(text) is expected


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        pytest.param("=1+1", "'=1+1", id="formula"),
        pytest.param("gpt-4.1-mini", "gpt-4.1-mini", id="harmless"),
        pytest.param("'=1+1", "''=1+1", id="looks-marked"),
        pytest.param("''=1+1", "'''=1+1", id="looks-marked-twice"),
        pytest.param("'t Hooft", "'t Hooft", id="name"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_cell_gets_a_mark_where_it_needs_one(text: str, cell: str) -> None:
    """And stays as it is where it does not."""
    assert as_text_cell(text) == cell


@given(texts)
def test_no_cell_is_computed(text: str) -> None:
    """Whatever the text, what stands in the file begins with nothing that a spreadsheet runs."""
    assert not is_formula_like(as_text_cell(text))


@given(texts)
def test_a_mark_can_be_taken_off_again(text: str) -> None:
    """The cell alone tells whether its first apostrophe is a mark."""
    cell = as_text_cell(text)
    is_marked = cell.startswith(TEXT_MARK) and is_formula_like(cell.lstrip(TEXT_MARK))
    assert (cell[1:] if is_marked else cell) == text
