"""Rows and filters in the form the table service takes them; pure, no SDK."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from shared_code.storage.protocols import Condition, Entity, Int64, Operator, StoredEntity, TableValue

# https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
MAX_STRING_UNITS = 32_768
MAX_BINARY_BYTES = 65_536
MAX_KEY_UNITS = 512
MAX_COLUMNS = 252
MAX_ENTITY_BYTES = 1_048_576
FIRST_STORABLE_YEAR = 1601

_FORBIDDEN_IN_KEYS = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# The tilde introduces an escape, the bar separates the parts of a composed key: both are ours.
_ESCAPED_IN_KEYS = re.compile(r"[/\\#?~|\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_COLUMN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_OPERATORS: frozenset[Operator] = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
_KEYS = ("PartitionKey", "RowKey")


def table_key(text: str) -> str:
    """``text`` in a form that may be (part of) a key; two texts never share one.

    Forbidden characters, ``~`` and ``|`` become ``~`` and four hexadecimal digits, the empty text becomes
    ``~``. Parts may therefore be joined with ``|``. A text too long for a key keeps its beginning and
    ends in its SHA-256.
    """
    key = _ESCAPED_IN_KEYS.sub(lambda match: f"~{ord(match[0]):04x}", text) or "~"
    if _utf16_units(key) <= MAX_KEY_UNITS // 4:
        return key
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    # An escape cut in two stays harmless: nothing is ever decoded, and the digest keeps texts apart.
    return f"{key[:32]}~{digest}"


def to_service(entity: Entity) -> dict[str, Any]:
    """Check a row against the service's limits and give its values their types.

    Raises:
        ValueError: A key, a column name, a value or the whole row is beyond what a table can hold.
        TypeError: A value of a type that no column has.
    """
    for key in _KEYS:
        _check_key(key, entity.get(key))
    columns = {name: value for name, value in entity.items() if name not in _KEYS and value is not None}
    if len(columns) > MAX_COLUMNS:
        raise ValueError(f"A row holds at most {MAX_COLUMNS} columns, not {len(columns)}")
    row: dict[str, Any] = {key: entity[key] for key in _KEYS}
    size = 4 + sum(2 * _utf16_units(str(entity[key])) for key in _KEYS)
    for name, value in columns.items():
        if not _COLUMN_NAME.fullmatch(name) or name == "Timestamp":
            raise ValueError("A column's name is a letter or underscore, then letters, digits, underscores")
        row[name], value_bytes = _typed(name, value)
        size += 8 + 2 * len(name) + value_bytes
    if size > MAX_ENTITY_BYTES:
        raise ValueError(f"A row holds at most {MAX_ENTITY_BYTES} bytes, not {size}")
    return row


def from_service(row: dict[str, Any], etag: str) -> StoredEntity:
    """The plain values of a row that was read; columns that came back empty are left out."""
    return StoredEntity({name: _plain(value) for name, value in row.items() if value is not None}, etag)


def filter_of(conditions: Sequence[Condition]) -> tuple[str, dict[str, Any]]:
    """The filter and its parameters; the SDK puts the values in and quotes them.

    Integers are written out here: a 64-bit literal ends in ``L`` however small it is, but the SDK marks
    only those over 32 bits.

    Raises:
        ValueError: A column or operator that no filter can have, or a datetime without time zone.
    """
    terms: list[str] = []
    parameters: dict[str, Any] = {}
    for index, condition in enumerate(conditions):
        column, operator, value = condition.column, condition.operator, condition.value
        if not _COLUMN_NAME.fullmatch(column) or operator not in _OPERATORS:
            raise ValueError("A condition needs a column's name and one of eq, ne, gt, ge, lt, le")
        if isinstance(value, int) and not isinstance(value, bool):
            terms.append(f"{column} {operator} {int(value)}{'L' if _is_wide(value) else ''}")
            continue
        if isinstance(value, datetime):
            value = _aware(column, value)
        terms.append(f"{column} {operator} @p{index}")
        parameters[f"p{index}"] = value
    return " and ".join(terms), parameters


def selection_of(columns: Sequence[str] | None) -> list[str] | None:
    """The columns to ask for, keys first; None for all."""
    return None if columns is None else list(dict.fromkeys((*_KEYS, *columns)))


def _check_key(name: str, value: TableValue) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string")
    if _FORBIDDEN_IN_KEYS.search(value) or _utf16_units(value) > MAX_KEY_UNITS:
        raise ValueError(f"{name} holds a forbidden character or over {MAX_KEY_UNITS}: pass it to table_key")


def _typed(name: str, value: TableValue) -> tuple[Any, int]:
    """A value as the SDK wants it, and the bytes it takes in the service."""
    if isinstance(value, bool):
        return value, 1
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise ValueError(f"{name} does not fit into 64 bits")
        return ((int(value), "Edm.Int64"), 8) if _is_wide(value) else (value, 4)
    if isinstance(value, float):
        return value, 8
    if isinstance(value, datetime):
        return _aware(name, value), 8
    if isinstance(value, str):
        return value, _string_bytes(name, value)
    if isinstance(value, bytes):
        if len(value) > MAX_BINARY_BYTES:
            raise ValueError(f"{name} has {len(value)} bytes, over the {MAX_BINARY_BYTES} of a column")
        return value, 4 + len(value)
    raise TypeError(f"{name} has type {type(value).__name__}, which no column takes")


def _is_wide(value: int) -> bool:
    return isinstance(value, Int64) or not -(2**31) <= value < 2**31


def _string_bytes(name: str, value: str) -> int:
    try:
        units = _utf16_units(value, errors="strict")
    except UnicodeEncodeError:
        # From None: the original error carries the text.
        raise ValueError(f"{name} holds half a surrogate pair") from None
    if units > MAX_STRING_UNITS:
        raise ValueError(f"{name} has {units} characters, over the {MAX_STRING_UNITS} of a column")
    return 4 + 2 * units


def _utf16_units(text: str, errors: str = "surrogatepass") -> int:
    return len(text.encode("utf-16-le", errors)) // 2


def _aware(name: str, value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{name} is a datetime without time zone")
    if value.year < FIRST_STORABLE_YEAR:
        raise ValueError(f"{name} lies before {FIRST_STORABLE_YEAR}, the first year a table can hold")
    return value.astimezone(UTC)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):  # the SDK's EntityProperty(value, type)
        return value[0]
    if isinstance(value, datetime):  # the SDK's subclass remembers more than the time
        return datetime.combine(value.date(), value.time(), value.tzinfo)
    return value
