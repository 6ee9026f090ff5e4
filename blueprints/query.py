"""A query's parameters, each as the value it stands for; one that is empty counts as not given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TypeVar

from shared_code.errors import RequestError
from shared_code.telemetry.masking import masked

ChoiceT = TypeVar("ChoiceT", bound=str)
DefaultT = TypeVar("DefaultT")

LONGEST_SHOWN_CHARACTERS = 40
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


def text_in(params: Mapping[str, str], name: str) -> str | None:
    """What stands there, whatever it is."""
    return params.get(name) or None


def choice_in(
    params: Mapping[str, str], name: str, choices: Iterable[ChoiceT], default: DefaultT
) -> ChoiceT | DefaultT:
    """The one of ``choices`` that is written exactly so.

    Raises:
        RequestError: It is none of them.
    """
    given = text_in(params, name)
    if given is None:
        return default
    known = {str(choice): choice for choice in choices}
    if given not in known:
        raise refused(name, given, f"one of {', '.join(known)}")
    return known[given]


def count_in(params: Mapping[str, str], name: str, largest: int, default: int) -> int:
    """A whole number from 1 to ``largest``.

    Raises:
        RequestError: It is no such number.
    """
    given = text_in(params, name)
    if given is None:
        return default
    count = int(given) if _WHOLE_NUMBER.fullmatch(given) else 0
    if not 1 <= count <= largest:
        raise refused(name, given, f"a whole number from 1 to {largest}")
    return count


def day_in(params: Mapping[str, str], name: str, default: date) -> date:
    """A day as YYYY-MM-DD.

    Raises:
        RequestError: It is no such day.
    """
    given = text_in(params, name)
    if given is None:
        return default
    try:
        day = date.fromisoformat(given)
    except ValueError:
        day = None
    # The standard library reads week dates and dates without hyphens as well.
    if day is None or day.isoformat() != given:
        raise refused(name, given, "a day such as 2026-11-21")
    return day


def moment_in(params: Mapping[str, str], name: str, default: datetime) -> datetime:
    """A day's beginning or a time of it, in ISO 8601; in UTC where it names no zone.

    Raises:
        RequestError: It is neither.
    """
    given = text_in(params, name)
    if given is None:
        return default
    try:
        # The plus of a zone arrives as a blank where nobody escaped it.
        moment = datetime.fromisoformat(given.replace(" ", "+") if "T" in given else given)
    except ValueError:
        raise refused(name, given, "a day or a time such as 2026-11-21 or 2026-11-21T08:30Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def refused(name: str, given: str, takes: str) -> RequestError:
    """The error that says which parameter it is, what it was, and what it takes instead."""
    shown = "".join(character if character.isprintable() else "?" for character in masked(given))
    if len(shown) > LONGEST_SHOWN_CHARACTERS:
        shown = f"{shown[: LONGEST_SHOWN_CHARACTERS - 1]}…"
    return RequestError(f'The parameter "{name}" is "{shown}"; it takes {takes}.')
