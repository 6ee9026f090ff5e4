"""ASP.NET's route constraints (`{id:int}`, `{code:length(2,4)}`), each a question to one path segment."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

Constraint = Callable[[str], bool]

_INT32 = 2**31
_INT64 = 2**63
_GUID = re.compile(
    r"[0-9a-f]{32}|(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"
    r"|\{[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}|\([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\)",
    re.IGNORECASE,
)


def constraint(name: str, argument: str | None) -> Constraint:
    """Return the question a constraint asks.

    Args:
        name: Such as ``int`` or ``minlength``; case does not matter.
        argument: What stands in the brackets, None without brackets.

    Raises:
        ValueError: No such constraint, or its argument does not fit.
    """
    key = name.strip().lower()
    if argument is None:
        plain = _PLAIN.get(key)
        if plain is None:
            raise ValueError(f"':{name}' is no route constraint")
        return plain
    if key == "regex":
        return _regex(argument)
    maker = _WITH_NUMBERS.get(key)
    if maker is None:
        raise ValueError(f"':{name}(...)' is no route constraint")
    try:
        numbers = [int(part) for part in argument.split(",")]
    except ValueError as error:
        raise ValueError(f"':{name}({argument})' needs whole numbers") from error
    try:
        return maker(*numbers)
    except TypeError as error:
        raise ValueError(f"':{name}({argument})' has the wrong number of arguments") from error


def _regex(pattern: str) -> Constraint:
    try:
        # ASP.NET compares without case and does not anchor.
        expression = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"':regex({pattern})' is no regular expression Python understands") from error
    return lambda value: expression.search(value) is not None


def _whole(value: str) -> int | None:
    return int(value) if re.fullmatch(r"[+-]?[0-9]{1,20}", value) else None


def _is_int32(value: str) -> bool:
    number = _whole(value)
    return number is not None and -_INT32 <= number < _INT32


def _is_int64(value: str) -> bool:
    return _in_range(-_INT64, _INT64 - 1)(value)


def _is_real(value: str) -> bool:
    return (
        re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?", value, re.IGNORECASE) is not None
    )


def _is_decimal(value: str) -> bool:
    return re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)", value) is not None


def _is_datetime(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _in_range(least: int | None, most: int | None) -> Constraint:
    def holds(value: str) -> bool:
        number = _whole(value)
        if number is None:
            return False
        return (least is None or number >= least) and (most is None or number <= most)

    return holds


def _length(least: int, most: int | None = None) -> Constraint:
    upper = least if most is None else most
    return lambda value: least <= len(value) <= upper


def _min_length(least: int) -> Constraint:
    return lambda value: len(value) >= least


def _max_length(most: int) -> Constraint:
    return lambda value: len(value) <= most


def _min(least: int) -> Constraint:
    return _in_range(least, None)


def _max(most: int) -> Constraint:
    return _in_range(None, most)


def _looks_like_file(value: str) -> bool:
    stem, dot, ending = value.rpartition("/")[2].rpartition(".")
    return bool(dot and ending) and (bool(stem) or bool(ending))


_PLAIN: dict[str, Constraint] = {
    "alpha": lambda value: re.fullmatch(r"[a-z]*", value, re.IGNORECASE) is not None,
    "bool": lambda value: value.lower() in {"true", "false"},
    "datetime": _is_datetime,
    "decimal": _is_decimal,
    "double": _is_real,
    "file": _looks_like_file,
    "float": _is_real,
    "guid": lambda value: _GUID.fullmatch(value) is not None,
    "int": _is_int32,
    "long": _is_int64,
    "nonfile": lambda value: not _looks_like_file(value),
    "required": bool,
}

_WITH_NUMBERS: dict[str, Callable[..., Constraint]] = {
    "length": _length,
    "max": _max,
    "maxlength": _max_length,
    "min": _min,
    "minlength": _min_length,
    "range": _in_range,
}
