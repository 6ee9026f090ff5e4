"""Text in spreadsheets: what one would compute as a formula, and how it is kept from that.

The rule is OWASP's (https://owasp.org/www-community/attacks/CSV_Injection, and requirement 1.2.10 of its
verification standard): a cell must not begin with ``= + - @``, a tab, a line break or a null. Its other half,
quotes around every text and doubled within, is the CSV writer's (``csv.QUOTE_NONNUMERIC``).
"""

from __future__ import annotations

TEXT_MARK = "'"
"""A spreadsheet shows what follows it as text."""

# In both widths, because spreadsheets of East Asia take either.
_STARTS_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_LEADING_CONTROLS = ("\t", "\r", "\n", "\0")


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet may compute this text, however many blanks or invisible characters lead it."""
    first = next((character for character in text if character.isprintable() and character != " "), "")
    return first in _STARTS_FORMULA or text.startswith(_LEADING_CONTROLS)


def as_text_cell(text: str) -> str:
    """The text as a cell of a CSV file that no spreadsheet computes, marked where it would be.

    Two texts never become the same cell: one that looks marked already gets another mark. A name such as
    ``'t Hooft`` is left alone, for a mark before it would change it and keep nobody safe.
    """
    return TEXT_MARK + text if is_formula_like(text.lstrip(TEXT_MARK)) else text
