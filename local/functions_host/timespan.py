"""Reads .NET's TimeSpan text (`[-][d.]hh:mm[:ss[.fff]]`), the form of every duration in `host.json`."""

from __future__ import annotations

import re

_TIMESPAN = re.compile(
    r"(?P<sign>-)?(?:(?P<days>\d{1,8})\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{1,2})"
    r"(?::(?P<seconds>\d{1,2})(?:\.(?P<fraction>\d{1,7}))?)?"
)


def parse_timespan(text: str) -> float:
    """Return the seconds a TimeSpan text stands for.

    Args:
        text: Such as ``00:00:30``, ``1.00:00:00`` or ``00:00:00.5``.

    Raises:
        ValueError: The text is no TimeSpan, or a part is out of its range (hours 23, minutes and seconds 59).
    """
    match = _TIMESPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is no time span; write it as hh:mm:ss, such as 00:00:30")
    hours, minutes = int(match["hours"]), int(match["minutes"])
    seconds = int(match["seconds"] or 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError(f"'{text}' is no time span: hours end at 23, minutes and seconds at 59")
    total = int(match["days"] or 0) * 86_400 + hours * 3_600 + minutes * 60 + seconds
    return (total + float(f"0.{match['fraction'] or 0}")) * (-1 if match["sign"] else 1)
