"""Dates of birth: a date after a label that says so, in the languages CVs of this region are written in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared_code.privacy.recognition import Recognition

_MONTHS = (
    ("jan", "januar", "january", "jänner", "enero", "ene", "janvier", "gennaio"),
    ("feb", "februar", "february", "febrero", "février", "febbraio"),
    ("mar", "march", "märz", "mär", "marzo", "mars"),
    ("apr", "april", "abril", "abr", "avril", "aprile"),
    ("may", "mai", "mayo", "maggio"),
    ("jun", "june", "juni", "junio", "juin", "giugno"),
    ("jul", "july", "juli", "julio", "juillet", "luglio"),
    ("aug", "august", "agosto", "ago", "août"),
    ("sep", "sept", "september", "septiembre", "septembre", "settembre"),
    ("oct", "october", "oktober", "okt", "octubre", "octobre", "ottobre"),
    ("nov", "november", "noviembre", "novembre"),
    ("dec", "december", "dezember", "dez", "diciembre", "dic", "décembre", "dicembre"),
)
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_MONTH = rf"(?:{'|'.join(sorted(_MONTH_NUMBERS, key=len, reverse=True))})\.?"
_DATE = (
    rf"(?:\d{{1,2}}[./-]\s?\d{{1,2}}[./-]\s?(?:19|20)?\d{{2}}"
    rf"|(?:19|20)\d{{2}}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.|º)?\s+(?:de\s+)?{_MONTH},?\s+(?:de\s+|del\s+)?(?:19|20)\d{{2}}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{{2}})"
)
_LABEL = (
    r"(?:date\s+of\s+birth|birth\s?-?date|d\.?\s?o\.?\s?b\.?|born(?:\s+on)?|birthday"
    r"|geburtsdatum|geburtstag|geb(?:oren|\.)?(?:\s+am)?|fecha\s+de\s+nacimiento|f\.\s?nac\.?|nacid[oa](?:\s+el)?"
    r"|nacimiento|date\s+de\s+naissance|n[ée]+\(?e?\)?\s+le|data\s+di\s+nascita|nat[oa]\s+il|data\s+de\s+nascimento)"
)
_BIRTH = re.compile(
    rf"(?<!\w){_LABEL}(?:\s*(?:/|,|und|and|y)\s*-?\s*(?:ort|geburtsort|place|lugar))?"
    rf"\s*[:\-–|.]?\s*(?P<date>{_DATE})(?!\w)",
    re.IGNORECASE,
)
# Nobody who was born after 2015 writes a CV, so that a greater two-digit year is of the last century.
_LATEST_SHORT_YEAR = 15
_NUMBERS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")


def birth_dates(text: str) -> Iterator[Recognition]:
    """The dates that a label makes dates of birth, in order."""
    for match in _BIRTH.finditer(text):
        start, end = match.span("date")
        if date_identity(match["date"]) is not None:
            yield Recognition("date_of_birth", match["date"], start, end)


def date_identity(written: str) -> str | None:
    """A form that two spellings of one date share; None where ``written`` is no date.

    Where day and month could be either way round, both orders share the form.
    """
    numbers = [int(number) for number in _NUMBERS.findall(written)]
    named = [
        _MONTH_NUMBERS[word] for word in map(str.lower, _WORD.findall(written)) if word in _MONTH_NUMBERS
    ]
    if len(numbers) + len(named[:1]) != 3:
        return None
    year = max(numbers) if max(numbers) > 31 else numbers[-1]
    numbers.remove(year)
    one, other = sorted([*named[:1], *numbers])
    if year < 100:
        year += 2000 if year <= _LATEST_SHORT_YEAR else 1900
    if one < 1 or one > 12 or other > 31:
        return None
    return f"{year}:{one}:{other}"
