"""What the command lines have in common: a parser that ends with 64, and the types of their flags."""

from __future__ import annotations

import argparse
import math
import re
import sys
from datetime import UTC, date, datetime, timedelta
from typing import NoReturn

# EX_USAGE of ``sysexits.h``; argparse's own 2 has a meaning of its own in these commands.
USAGE_EXIT_CODE = 64

_AGE = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Parser(argparse.ArgumentParser):
    """Ends with 64 where the command line is wrong."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and the message to stderr, and end the process."""
        self.print_usage(sys.stderr)
        self.exit(USAGE_EXIT_CODE, f"{self.prog}: error: {message}\n")


def count(text: str) -> int:
    """A whole number from 1 on, as a flag's type."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 on")
    return number


def seconds(text: str) -> float:
    """A finite number of seconds above 0, as a flag's type."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds above 0")
    return number


def day(text: str) -> date:
    """A day as YYYY-MM-DD, as a flag's type."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no day such as 2027-01-31") from None


def moment(text: str, now: datetime | None = None) -> datetime:
    """A moment, as a flag's type: so long ago (90s, 30m, 2h, 7d, 4w), or ISO 8601, in UTC unless it says.

    Args:
        text: What was typed.
        now: What ages are counted from; by default the present.
    """
    age = _AGE.fullmatch(text)
    try:
        if age is not None:
            return (now or datetime.now(UTC)) - timedelta(**{_UNITS[age[2]]: int(age[1])})
        given = datetime.fromisoformat(text)
        return given if given.tzinfo is not None else given.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"{text} is neither an age such as 2h or 7d nor a day such as 2027-01-31"
        ) from None
