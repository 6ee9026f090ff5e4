"""Telephone numbers by rule: country code, label, a region's numbering plan, or an unmistakable shape.

CVs are full of digits that are no telephone number (dates, ranges of years, sums, identifiers), so a bare
row of digits is never enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared_code.privacy.recognition import Recognition

_RUN = re.compile(r"(?<![\w/@=#.+\-])[(+]{0,2}\d[\d \t\u00a0().\-‐‑–/]{4,40}\d(?![\w@]|[-.]\w)")
_BREAK = re.compile(r"\s*[ \t][/–-][ \t]\s*|[ \t\u00a0]{2,}|(?<=\d)[ \t]*/[ \t]*(?=[+0(])")
_LABEL = re.compile(
    r"(?:\b(?:tel(?:e(?:ph|f)on[eo]?|éfono)?|phone|ph|mob(?:ile|il)?|cell(?:ular)?|handy|fon|m[óo]vil|fax|whatsapp"
    r"|contact|call)\b|\b[tmp](?=\s*[:.])|[☎📞📱✆])[\s.:#)(-]*(?:number|no|nr|nummer)?[\s.:#)-]*$",
    re.IGNORECASE,
)
_NO_PHONE = re.compile(
    r"(?<!\d)(?:19|20)\d{2}\s*[-–/]\s*(?:(?:19|20)?\d{2})(?!\d)"  # 2015-2018, 2015/16
    r"|(?<!\d)\d{1,2}[./-](?:\d{1,2}[./-])?(?:19|20)\d{2}(?!\d)"  # 03/2015, 01.03.2015
    r"|(?<!\d)(?:19|20)\d{2}[./-]\d{1,2}(?!\d)"  # 2015-03
    r"|(?<![\d.])\d{1,2}\.\d{1,2}[ \t]+\d{1,2}\.\d{1,2}(?![\d.])"  # 0.5 1.0
)
_NORTH_AMERICAN = re.compile(
    r"(?:1[ .-])?(?:\(\d{3}\)\s?\d{3}[ .-]\d{4}|\d{3}([.-])\d{3}\1\d{4}|[2-9]\d{2} [2-9]\d{2}[ -]\d{4})"
)
_SEPARATOR = re.compile(r"[ \t\u00a0().\-‐‑–/]")
_NOT_DIGIT = re.compile(r"\D")
_LABEL_REACH = 26


def phone_numbers(text: str, region: str | None = None) -> Iterator[Recognition]:
    """The telephone numbers of a text, in order.

    Args:
        text: What to look through.
        region: ISO 3166-1 alpha-2 code of the candidate's country, for numbers without a country code.
    """
    for run in _RUN.finditer(text):
        start, end = run.span()
        if _is_phone(run.group(), text[max(0, start - _LABEL_REACH) : start], region):
            yield _recognition(text, start, end)
            continue
        for piece_start, piece_end in _pieces(run.group(), start):
            before = text[max(0, piece_start - _LABEL_REACH) : piece_start]
            if _is_phone(text[piece_start:piece_end], before, region):
                yield _recognition(text, piece_start, piece_end)


def _pieces(run: str, offset: int) -> list[tuple[int, int]]:
    """The parts of a run in which two numbers stand, or a number beside something else."""
    breaks = [match.span() for match in _BREAK.finditer(run)]
    if not breaks:
        return []
    starts = [0, *(end for _, end in breaks)]
    ends = [*(start for start, _ in breaks), len(run)]
    return [(offset + start, offset + end) for start, end in zip(starts, ends, strict=True) if start < end]


def _recognition(text: str, start: int, end: int) -> Recognition:
    if text[start] == "(" and ")" not in text[start:end]:
        start += 1
    return Recognition("phone", text[start:end], start, end)


def _is_phone(written: str, before: str, region: str | None) -> bool:
    digits = len(_NOT_DIGIT.sub("", written))
    if not 6 <= digits <= 15:
        return False
    bare = written.lstrip("( ")
    if bare.startswith(("+", "00")):
        return digits >= 8 and _is_possible(bare, None)
    if _NO_PHONE.search(written):
        return False
    if _LABEL.search(before) or _NORTH_AMERICAN.fullmatch(written):
        return True
    is_grouped = _SEPARATOR.search(bare) is not None
    if bare.startswith("0") and 10 <= digits <= 12 and is_grouped:
        return True
    return (
        region is not None
        and digits >= 8
        and _has_trunk_prefix(bare, region)
        and _is_possible(written, region)
    )


def _has_trunk_prefix(written: str, region: str) -> bool:
    """Whether a national number begins as people of that region write it: with 0 where 0 is dialled first."""
    import phonenumbers

    return phonenumbers.ndd_prefix_for_region(region.upper(), True) != "0" or written.startswith("0")


def _is_possible(written: str, region: str | None) -> bool:
    """With a country code, whether the length fits; without, whether the region assigns such a number."""
    # Imported here: the metadata costs 0.1 s, which health and import must not pay.
    import phonenumbers

    if region is None and written.startswith("00"):
        written = "+" + written[2:]
    try:
        number = phonenumbers.parse(written, region.upper() if region else None)
    except phonenumbers.NumberParseException:
        return False
    if region is None:
        return phonenumbers.is_possible_number(number)
    return phonenumbers.is_valid_number_for_region(number, region.upper())
