"""Dates and periods as CVs write them, in five languages, each as exact as it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.vocabulary import MONTHS

_YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_MONTH = (
    r"(?<![^\W\d_])(?:"
    + "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
    + r")(?![^\W\d_])\.?"
)
_SEASON = (
    r"(?<![^\W\d_])(?:spring|summer|autumn|fall|winter|frühjahr|frühling|sommer|herbst|primavera|verano"
    r"|otoño|invierno"
    r"|été|automne|hiver|wise|sose|ws|ss|q[1-4]|early|mid|late|anfang|mitte|ende|end of|christmas|easter)"
)
_POINT = "|".join(
    (
        rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th|\.|º)?\s+(?:de\s+)?{_MONTH},?\s*(?:de\s+|del\s+|of\s+)?{_YEAR}",
        rf"{_MONTH}\s*\d{{1,2}}(?:st|nd|rd|th)?,\s*{_YEAR}",
        rf"{_MONTH}[,/]?[\s\-]*(?:de\s+|del\s+|of\s+)?{_YEAR}",
        rf"{_MONTH}\s*['’]\d\d(?!\d)",
        rf"{_MONTH}[\s\-]\d\d(?![\d/.:])",
        r"(?<![\d./])(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])[./](?:19|20)\d\d(?!\d)",
        r"(?<![\d./])(?:0?[1-9]|1[0-2])\s?[./\-]\s?(?:19|20)\d\d(?!\d)",
        r"(?<!\d)(?:19|20)\d\d[./\-](?:0[1-9]|1[0-2])(?:[./\-](?:0[1-9]|[12]\d|3[01]))?(?![\d])",
        r"(?<!\d)(?:19|20)\d\d\s?年(?:\s?\d{1,2}\s?月)?",
        rf"{_SEASON}(?:\s+of)?[\s\-/]*{_YEAR}(?:/\d\d(?!\d))?",
        rf"{_YEAR}",
    )
)
_PRESENT = (
    r"(?:the\s+)?present(?:\s+(?:day|time))?|to\s?date|till\s+(?:date|now)|until\s+now|current(?:ly)?|now"
    r"|ongoing|today"
    r"|onwards?|heute|aktuell|jetzt|laufend|dato|andauernd|gegenwart|(?:la\s+)?actualidad|actual(?:mente)?"
    r"|presente|hoy"
    r"|(?:la\s+)?fecha|présent|aujourd[’']hui|ce\s+jour|en\s+cours|現在|至今|date"
)
_TO = (
    r"\s*(?:[-–—−‒~→〜～至]+|\b(?:up\s?to|to|until|till|til|through|thru|bis|a|al|hasta|à|au|jusqu[’']à)\b)"
    r"\s*(?:zum\s+|la\s+|(?:expected|anticipated|voraussichtlich|vsl\.)\s+)?"
)
_WORD_END = r"(?![^\W\d_])"
_PERIOD = re.compile(
    r"(?P<glued>(?<!\d)(?:19|20)\d\d(?:\s{2,3})?(?:19|20)\d\d(?!\d))"
    rf"|(?P<start>{_POINT}|{_MONTH})(?:{_TO}|\s{{0,3}}(?=present|current|heute|(?:{_SEASON}"
    rf"|{_MONTH}),?\s*{_YEAR}))"
    rf"(?:(?P<now>(?:{_PRESENT}){_WORD_END})|(?P<end>{_POINT})|(?P<short>\d\d(?![\d/.:%])))"
    rf"|(?P<since>\b(?:seit|since|from|ab|desde|depuis(?:\s+le)?)\s+(?:dem\s+|el\s+)?)(?P<open>{_POINT})"
    rf"(?!\s{{0,3}}(?:[-–—]|to\b|up\s?to\b|until\b|till?\b|bis\b|through\b)\s{{0,3}}\S)"
    rf"|(?P<dangling>{_POINT})\s*[-–—〜～→]\s*(?=$|\n|\()"
    rf"|(?P<single>{_POINT})",
    re.IGNORECASE,
)
_HAS_DATE = re.compile(r"(?:19|20)\d\d|['’]\d\d|[A-Za-z]{3}[.\s\-]\d\d")
_DURATION = re.compile(
    r"^[\s(·,|–-]*\d{1,2}\+?\s*(?:years?|yrs?|months?|mos?|jahre?|monate?|años?|mes(?:es)?|ans?|mois)\b"
    r"[\s\d]*(?:(?:and|und|y|et)?\s*\d{0,2}\s*(?:months?|mos?|monate?|mes(?:es)?|mois)\b)?[\s)]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """A period in a text: dates as ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; offsets of what was read."""

    begins: str | None
    ends: str | None
    is_current: bool
    is_range: bool
    raw: str
    start: int
    stop: int


def find_periods(text: str) -> list[Period]:
    """All periods and single dates in ``text``, in its order."""
    if not _HAS_DATE.search(text):
        return []
    return [period for match in _PERIOD.finditer(text) if (period := _period(match)) is not None]


def first_period(text: str) -> Period | None:
    """The period of a line: the first range, else the first single date."""
    periods = find_periods(text)
    return next((period for period in periods if period.is_range), periods[0] if periods else None)


def is_duration(text: str) -> bool:
    """Whether ``text`` is only a length of time, such as ``2 years 10 months``."""
    return bool(_DURATION.match(text))


def point(text: str) -> str | None:
    """One date in its ISO form, as exact as written, or None."""
    lowered = text.strip().lower()
    if day := re.search(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./]((?:19|20)\d\d)", lowered):
        return _iso(day[3], day[2], day[1])
    if iso := re.search(r"((?:19|20)\d\d)[./\-](\d{2})(?:[./\-](\d{2}))?(?!\d)", lowered):
        return _iso(iso[1], iso[2], iso[3])
    if numeric := re.search(r"(?<!\d)(\d{1,2})\s?[./\-]\s?((?:19|20)\d\d)", lowered):
        return _iso(numeric[2], numeric[1], None)
    if japanese := re.search(r"((?:19|20)\d\d)\s?年(?:\s?(\d{1,2})\s?月)?", lowered):
        return _iso(japanese[1], japanese[2], None)
    return _named_point(lowered)


def _named_point(lowered: str) -> str | None:
    year = re.search(r"(?:19|20)\d\d", lowered)
    month = _month_in(lowered)
    if year is None:
        short = re.search(r"\d\d$", lowered)
        return _iso(_century(short[0]), str(month), None) if short and month else None
    if month is None:
        return year[0]
    day = re.search(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.|º|,)?(?!\d)", lowered.replace(year[0], " "))
    return _iso(year[0], str(month), day[1] if day else None)


def _month_in(lowered: str) -> int | None:
    for word in re.findall(r"[^\W\d_]+", lowered):
        if word in MONTHS:
            return MONTHS[word]
    return None


def _century(short: str) -> str:
    return ("19" if int(short) > 50 else "20") + short


def _iso(year: str, month: str | None, day: str | None) -> str:
    if month is None or not 1 <= int(month) <= 12:
        return year
    if day is None or not 1 <= int(day) <= 31:
        return f"{year}-{int(month):02d}"
    return f"{year}-{int(month):02d}-{int(day):02d}"


def _period(match: re.Match[str]) -> Period | None:
    groups = match.groupdict()
    whole = (match.group().strip(), match.start(), match.start() + len(match.group().rstrip()))
    if glued := groups["glued"]:
        return Period(glued[:4], glued[-4:], False, True, *whole) if glued[:4] <= glued[-4:] else None
    if groups["single"]:
        date = point(groups["single"])
        return Period(date, date, False, False, *whole)
    if groups["open"] or groups["dangling"]:
        is_since = bool(groups["dangling"]) or fold(groups["since"]).split()[0] not in {"from", "ab"}
        return Period(point(groups["open"] or groups["dangling"]), None, is_since, True, *whole)
    return _closed(groups, whole)


def _closed(groups: dict[str, str | None], whole: tuple[str, int, int]) -> Period | None:
    begin_text, end_text = groups["start"] or "", groups["end"]
    if groups["now"]:
        begins = point(begin_text)
        return Period(begins, None, True, True, *whole) if begins else None
    if end_text is None:
        begins = point(begin_text)
        if begins is None:
            return None
        return Period(begins, begins[:2] + (groups["short"] or ""), False, True, *whole)
    ends = point(end_text)
    begins = point(begin_text)
    month = _month_in(begin_text.lower())
    if begins is None and month is not None and ends is not None:
        begins = f"{ends[:4]}-{month:02d}"
    return Period(begins, ends, False, True, *whole)
