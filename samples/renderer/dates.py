"""How a CV writes the time from one month to another, in its language and its author's manner."""

from __future__ import annotations

from datetime import UTC, datetime

from samples.renderer.model import DateStyle

RENDERED_ON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""The moment all samples were "saved": a clock would make every rendering another file."""

ENGLISH = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SPANISH = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
FRENCH = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)

PRESENT = {
    DateStyle.SHORT: "Present",
    DateStyle.LONG: "present",
    DateStyle.NUMERIC: "present",
    DateStyle.GERMAN: "heute",
    DateStyle.SPANISH: "actualidad",
    DateStyle.FRENCH: "aujourd’hui",
}


def month(value: str, style: DateStyle) -> str:
    """``YYYY-MM`` in the given style; a bare ``YYYY`` stays as it is."""
    year, _, number = value.partition("-")
    if not number:
        return year
    match style:
        case DateStyle.SHORT:
            return f"{ENGLISH[int(number) - 1][:3]} {year}"
        case DateStyle.LONG:
            return f"{ENGLISH[int(number) - 1]} {year}"
        case DateStyle.SPANISH:
            return f"{SPANISH[int(number) - 1]} de {year}"
        case DateStyle.FRENCH:
            return f"{FRENCH[int(number) - 1]} {year}"
        case DateStyle.NUMERIC | DateStyle.GERMAN:
            return f"{number}/{year}"


def period(start: str | None, end: str | None, style: DateStyle, dash: str = "–") -> str:
    """A span as a CV prints it: ``Mar 2019 – Present``.

    Args:
        start: first month, or None where only the end is given.
        end: last month, or None for a span that lasts.
        style: the CV's way of writing months.
        dash: the sign between the two; plain text uses a hyphen.
    """
    last = PRESENT[style] if end is None else month(end, style)
    return last if start is None else f"{month(start, style)} {dash} {last}"
