"""Text folded for comparison (case, blanks, dashes, quotes, ligatures), each character knowing its origin."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f"
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−⁃﹣－"), "-")
_QUOTES = dict.fromkeys(map(ord, "‘’‚‛′`´"), "'") | dict.fromkeys(map(ord, "“”„‟«»″"), '"')
_SIGNS = _DASHES | _QUOTES | {ord("⁄"): "/", ord("・"): "·"}
_TOKEN = re.compile(
    rf"""
      (?P<plain>[!\#-&(-,./0-9:-_a-~]+(?![{_MARKS}]))   # ASCII that needs no folding but case
    | (?P<broken>[-‐‑]\s*\n\s*)                          # a hyphen at the end of a line
    | (?P<dropped>\u00ad\s*\n\s*|[\u00ad\u200b-\u200d\u2060\ufeff]+)
    | (?P<space>\s+)
    | (?P<other>.[{_MARKS}]*)
    """,
    re.VERBOSE | re.DOTALL,
)
# Below this, an alphanumeric skeleton says too little to stand for a value.
_SHORTEST_SKELETON = 6
_DIGITS = re.compile(r"\d+")
# From here on scripts are written without blanks between words, so that a word's edge cannot be asked for.
_FIRST_UNSPACED = 0x0E00

Span = tuple[int, int]


@dataclass(frozen=True)
class Folded:
    """Folded characters, with the span of the original that each comes from.

    Attributes:
        text: The folded characters.
        starts: For each of them, where its origin starts.
        ends: For each of them, where its origin ends.
    """

    text: str
    starts: list[int]
    ends: list[int]

    def origin(self, start: int, end: int) -> Span:
        """The span of the original behind ``text[start:end]`` (not empty)."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> str:
    """``text`` as `FoldedText` sees it: for comparing two values."""
    return _fold(text).text.strip()


def skeleton(text: str) -> str:
    """Only the letters and digits of ``text``, folded, without accents."""
    return _skeleton(_fold(text)).text


class FoldedText:
    """A document's text that finds values in it and gives their offsets in the original.

    Folded once, at the first value that does not stand there letter by letter.
    """

    def __init__(self, original: str) -> None:
        self.original = original

    @cached_property
    def folded(self) -> Folded:
        """The text folded."""
        return _fold(self.original)

    @cached_property
    def bare(self) -> Folded:
        """The text's letters and digits alone."""
        return _skeleton(self.folded)

    def spans(self, value: str) -> list[Span]:
        """Where ``value`` stands, by the first way of looking that finds it.

        Letter by letter; else folded; else by its letters and digits alone, which finds words that a
        line break hyphenated and headings set in spaced letters. Always as whole words.
        """
        return self.exact_spans(value) or self.folded_spans(value) or self.skeleton_spans(value)

    def exact_spans(self, value: str) -> list[Span]:
        """Where exactly ``value`` stands."""
        found = _find_all(self.original, value)
        return [(start, end) for start, end in found if self.is_whole(start, end)]

    def folded_spans(self, value: str) -> list[Span]:
        """Where ``value`` stands but for case, blanks, line breaks, dashes, quotes and ligatures."""
        return self._origins(self.folded, fold(value))

    def skeleton_spans(self, value: str, *, regrouped: bool = False) -> list[Span]:
        """Where the letters and digits of ``value`` stand in a row.

        Args:
            value: What to look for.
            regrouped: Whether its digits may be grouped in another way, as in an IBAN. Else its numbers
                must be the same numbers: 3.5 is not 35.
        """
        needle = skeleton(value)
        if len(needle) < _SHORTEST_SKELETON:
            return []
        numbers = [] if regrouped else _DIGITS.findall(value)
        spans = self._origins(self.bare, needle)
        return [
            (start, end)
            for start, end in spans
            if not numbers or numbers == _DIGITS.findall(self.original[start:end])
        ]

    def is_whole(self, start: int, end: int) -> bool:
        """Whether ``[start, end)`` cuts no word."""
        text = self.original
        cuts_start = start > 0 and _is_word(text[start - 1]) and _is_word(text[start])
        cuts_end = end < len(text) and _is_word(text[end]) and _is_word(text[end - 1])
        return not cuts_start and not cuts_end

    def _origins(self, folded: Folded, needle: str) -> list[Span]:
        origins = (folded.origin(start, end) for start, end in _find_all(folded.text, needle))
        return [(start, end) for start, end in origins if self.is_whole(start, end)]


def _find_all(text: str, needle: str) -> list[Span]:
    spans: list[Span] = []
    start = text.find(needle) if needle else -1
    while start >= 0:
        spans.append((start, start + len(needle)))
        start = text.find(needle, start + len(needle))
    return spans


def _is_word(character: str) -> bool:
    return (character.isalnum() or character == "_") and ord(character) < _FIRST_UNSPACED


def _fold(text: str) -> Folded:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _TOKEN.finditer(text):
        kind, (start, end) = match.lastgroup, match.span()
        if kind == "plain":
            parts.append(match.group().lower())
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
            continue
        part = _folded_token(kind, match.group())
        parts.append(part)
        starts.extend([start] * len(part))
        ends.extend([end] * len(part))
    return Folded("".join(parts), starts, ends)


def _folded_token(kind: str | None, token: str) -> str:
    if kind == "space":
        return " "
    if kind == "broken":
        return "-"
    if kind == "dropped":
        return ""
    return unicodedata.normalize("NFKC", token).translate(_SIGNS).casefold()


def _skeleton(folded: Folded) -> Folded:
    characters: list[str] = []
    kept: list[int] = []
    for place, character in enumerate(folded.text):
        if character.isalnum():
            characters.append(
                character if character.isascii() else unicodedata.normalize("NFD", character)[0]
            )
            kept.append(place)
    return Folded(
        "".join(characters), [folded.starts[place] for place in kept], [folded.ends[place] for place in kept]
    )
