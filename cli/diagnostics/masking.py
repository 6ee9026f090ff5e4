"""The API key's way out of what a probe writes, wherever somebody may have pasted it by mistake."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

from shared_code.settings import OpenAISettings
from shared_code.telemetry.masking import MASK

ValueT = TypeVar("ValueT")

# Shorter than any key, so that masking cannot garble ordinary words.
SHORTEST_KEY = 8


def key_of(settings: OpenAISettings | None) -> str:
    """The API key to mask; empty where there is none, or where it is too short to be one."""
    key = settings.api_key.get_secret_value() if settings is not None and settings.api_key else ""
    return key if len(key) >= SHORTEST_KEY else ""


def without_key(value: ValueT, key: str) -> ValueT:
    """The same value with the key masked in every text of it: text, bytes, and what holds such."""
    return cast("ValueT", _masked(value, key)) if key else value


def _masked(value: object, key: str) -> object:
    if isinstance(value, str):
        return value.replace(key, MASK)
    if isinstance(value, bytes):
        return value.replace(key.encode(), MASK.encode())
    if isinstance(value, tuple):
        return tuple(_masked(item, key) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{part.name: _masked(getattr(value, part.name), key) for part in fields(value)}
        )
    return value
