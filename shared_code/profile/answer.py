"""Reading a model's answer: trimmed strings, records and lists, whatever the JSON really holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

Record = Mapping[str, object]
Item = TypeVar("Item")

_SPACES = re.compile(r"\s+")
_EMPTY: Record = {}


def text_in(record: Record, key: str) -> str | None:
    """The string under ``key`` on one line, without white space around it; None where it is empty."""
    value = record.get(key)
    return (_SPACES.sub(" ", value).strip() or None) if isinstance(value, str) else None


def prose_in(record: Record, key: str) -> str | None:
    """The string under ``key`` with its own line breaks, trimmed; None where it is empty."""
    value = record.get(key)
    return (value.strip() or None) if isinstance(value, str) else None


def choice_in(record: Record, key: str, otherwise: str) -> str:
    """The enum value under ``key``, or ``otherwise`` where there is none."""
    return text_in(record, key) or otherwise


def flag_in(record: Record, key: str) -> bool | None:
    """The boolean under ``key``; None where it is none."""
    value = record.get(key)
    return value if isinstance(value, bool) else None


def number_in(record: Record, key: str) -> float | None:
    """The number under ``key``; None where it is none. A boolean is no number."""
    value = record.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def record_in(record: Record, key: str) -> Record:
    """The object under ``key``; an empty one where there is none."""
    value = record.get(key)
    return value if isinstance(value, Mapping) else _EMPTY


def records_in(record: Record, key: str) -> list[Record]:
    """The objects of the list under ``key``."""
    value = record.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def texts_in(record: Record, key: str) -> list[str]:
    """The strings of the list under ``key``: on one line, trimmed, each once, none empty."""
    value = record.get(key)
    if not isinstance(value, list):
        return []
    trimmed = (_SPACES.sub(" ", item).strip() for item in value if isinstance(item, str))
    return each_once((item for item in trimmed if item), str.casefold)


def each_once(items: Iterable[Item], identity: Callable[[Item], Hashable]) -> list[Item]:
    """The items in their order, without those whose identity was seen before."""
    kept: dict[Hashable, Item] = {}
    for item in items:
        kept.setdefault(identity(item), item)
    return list(kept.values())
