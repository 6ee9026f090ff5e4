"""What may be written down: numbers and codes; never a secret's shape, a private field or a free text.

Two rules, because neither is enough alone. By **shape**, ``masked`` takes keys, tokens, connection
strings, e-mail addresses and phone numbers out of any text. By **kind**, ``redacted`` lets a field's
value through only where it cannot be somebody's words: numbers, dates, and codes without a blank. Names
of people have no shape, so fields with a private name are dropped whatever they hold; counts such as
``input_tokens`` stay, because they are numbers with a unit in their name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

MASK = "[masked]"
WITHHELD = "[withheld]"
LONGEST_TEXT = 500
_LONGEST_CODE = 200
_MOST_ITEMS = 20
_DEEPEST = 4
_FEWEST_PHONE_DIGITS = 9

_CODE = r"[A-Za-z0-9_.:/+\-]*"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_HEX_KEY = r"(?<![A-Za-z0-9])[0-9a-fA-F]{32}(?![A-Za-z0-9])"
# A group that is kept says whose value was masked. The order matters: what is widest comes first.
_SHAPES = (
    r"()\bbearer\s+[^\s\"',;]+",
    r"()\bbasic\s+[A-Za-z0-9+/=]{12,}",
    # Connection strings, headers and settings: AccountKey=…, 'api-key': '…', InstrumentationKey=…
    r"((?:key|signature|password|passwd|pwd|secret|token|authorization|cookie)[\"']?\s*[=:]\s*[\"']?)"
    r"[^\s\"'&;,]+",
    r"((?:\bsig|[?&]code)=)[^\s\"'&;,]+",
    r"()\beyJ[\w-]{8,}\.[\w.-]+",
    r"()\bsk-[\w-]{6,}",
    r"()[^\s\"'<>(),;:=@]+(?:@|%40)[^\s\"'<>(),;:@]+",
    r"()(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}(?:[A-Za-z0-9+/]{43}=)?=",
    # Keys of 84 characters, and whatever else is longer than a hash: a SHA-256 in hex has its place.
    r"()(?<![A-Za-z0-9])(?![0-9a-f]{64}(?![A-Za-z0-9]))[A-Za-z0-9]{44,}",
)
_PHONE = r"(?<![\w.\-+:/])\+?\(?\d[\d\s().\-/]{5,}\d(?![\w:\-])"
_WORDS = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+"

_PRIVATE_WORDS = (
    "address|answer|apikey|arguments|auth|authorization|biography|birth|birthday|blob|body|bodies|candidate|"
    "completions?|connection|connectionstring|contents?|cookies?|credentials?|cv|detail|dob|emails?|employer|"
    "excerpt|file|filename|firstname|fullname|headers?|iban|input|keys?|lastname|lines?|linkedin|mail|"
    "messages?|mobile|names?|nationality|output|passport|passphrase|passwd|password|path|payload|person|"
    "phones?|postcode|prompts?|pwd|query|quote|response|resume|sas|secrets?|sentence|sig|signature|snippets?|"
    "surname|tel|telephone|texts?|tokens?|uri|url|username|values?"
)
# A private word's number may stand where the name ends in a unit, and its code where it ends in a kind.
_UNITS = (
    "bytes|characters|count|dimensions|length|limit|ms|pages|ratio|remaining|seconds|size|tokens|total|usd"
)
_KINDS = "256|hash|model|status|type|version"  # 256 is the last word of prompt_sha256
# Things whose names no person has.
_NAMED_THINGS = (
    "assistant|backend|container|deployment|event|function|logger|metric|model|operation|queue|schema|"
    "service|setting|table|tool"
)
# They may be 32 hexadecimal digits long, as keys are.
_TRACE_IDS = frozenset({"correlation_id", "trace_id", "span_id", "operation_id", "invocation_id"})


def masked(text: str, *, keeps_hex: bool = False) -> str:
    """A text without secrets, e-mail addresses and phone numbers, cut to ``LONGEST_TEXT`` characters.

    Args:
        text: Anything.
        keeps_hex: Leave 32 hexadecimal digits alone, which are a key or a trace's id.
    """
    for shape in _shapes():
        text = shape.sub(rf"\1{MASK}", text)
    if not keeps_hex:
        text = _compiled(_HEX_KEY).sub(MASK, text)
    text = _compiled(_PHONE).sub(_phone_masked, text)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…(+{len(text) - LONGEST_TEXT})"


def redacted(value: Any, name: str, described: Callable[[BaseException], str], *, depth: int = 0) -> Any:
    """A field's value as it may be logged: JSON, and nobody's words.

    Args:
        value: What the field holds.
        name: The field's name, which may say that the value is private.
        described: How to tell an exception without its message.
        depth: How deep inside other values this one stands.
    """
    if isinstance(value, (bool, int, float)) or value is None:
        plain = value if value is None or isinstance(value, (bool, float)) else int(value)
        return WITHHELD if _is_private(name) and not _ends_in(_UNITS, name) else plain
    if _is_private(name) and not (_ends_in(_KINDS, name) and _is_code(value)):
        return WITHHELD
    if isinstance(value, str):
        return _code_or_size(value, name)
    if isinstance(value, BaseException):
        return described(value)
    if isinstance(value, (date, UUID)):
        return str(value)
    if isinstance(value, type):
        return value.__name__
    if depth < _DEEPEST and isinstance(value, Mapping):
        return {
            _code_or_size(str(key), ""): redacted(item, str(key), described, depth=depth + 1)
            for key, item in list(value.items())[:_MOST_ITEMS]
        }
    if depth < _DEEPEST and isinstance(value, (list, tuple, set, frozenset)):
        return [redacted(item, "", described, depth=depth + 1) for item in list(value)[:_MOST_ITEMS]]
    return f"[{type(value).__name__}]"


def _code_or_size(text: str, name: str) -> str:
    """The text where it is a code (an id, a class, a place, a date), else how long it was."""
    if not _is_code(text):
        return f"[text of {len(text)} characters]"
    return masked(str.__str__(text), keeps_hex=name in _TRACE_IDS)


def _is_code(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= _LONGEST_CODE
        and _compiled(_CODE).fullmatch(value) is not None
    )


@cache
def _is_private(name: str) -> bool:
    words = _words(name)
    return any(
        _compiled(_PRIVATE_WORDS).fullmatch(word)
        and not (word == "name" and _compiled(_NAMED_THINGS).fullmatch(before))
        for before, word in zip(["", *words], words, strict=False)
    )


def _ends_in(endings: str, name: str) -> bool:
    words = _words(name)
    return bool(words) and _compiled(endings).fullmatch(words[-1]) is not None


def _words(name: str) -> list[str]:
    return [word.lower() for word in _compiled(_WORDS).findall(name)]


def _phone_masked(match: re.Match[str]) -> str:
    text = match.group()
    digits = sum(character.isdigit() for character in text)
    if digits < _FEWEST_PHONE_DIGITS - 2 * text.startswith("+") or _compiled(_UUID).fullmatch(text):
        return text
    return MASK


@cache
def _shapes() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(shape, re.IGNORECASE) for shape in _SHAPES)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
