"""Finding a contact detail in text by what it means: an address, a number's digits, a host and path."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from itertools import pairwise

from shared_code.profile.contacts import national_digits, phone_digits, plain_email, url_identity
from shared_code.profile.folding import Span

_SHORTEST_PHONE_DIGITS = 6
_SHORTEST_NATIONAL_DIGITS = 7
_LONGEST_PREFIX = 14
_WRAP = r"(?:\s*\n\s*)?"
_AT = r"\s*(?:@|[(\[{]\s*at\s*[)\]}])\s*"
_DOT = r"\s*(?:\.|[(\[{]\s*(?:dot|punkt|punto)\s*[)\]}])\s*"
_DIGIT = re.compile(r"\d")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_BETWEEN_DIGITS = re.compile(r"[\s().\-‐‑–/·•]{0,4}(?:\(0\)[\s().\-/]{0,3})?")
# What may stand before a number's own digits: "+44 (0)", "0049 ", "(0", "+1 (".
_PREFIX = re.compile(
    r"(?<![\w+])(?:\(?(?:\+|00)\s?\d{0,3}\)?[\s.\-/]{0,3})?(?:\(?0?\)?[\s.\-/]{0,3})?\(?$",
)


class ContactSearch:
    """Finds contact details in one text; each search gives spans of the original.

    Args:
        text: The document's text.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def email_spans(self, email: str) -> list[Span]:
        """Where an address stands: in any case, wrapped over lines, or written "name (at) host (dot) tld"."""
        address = plain_email(email)
        if address.count("@") != 1:
            return []
        pieces = [_AT if each == "@" else _DOT if each == "." else re.escape(each) for each in address]
        pattern = rf"(?<![\w.+%-]){_WRAP.join(pieces)}(?![\w-])(?!\.[^\W_])"
        return self._matches(pattern)

    def url_spans(self, url: str) -> list[Span]:
        """Where a web address stands, with or without scheme and ``www.``, whole to the end of its path."""
        identity = url_identity(url)
        if not identity:
            return []
        pieces = [re.escape(each) for each in identity]
        pattern = rf"(?<![\w@-])(?:https?://)?(?:www\.)?{_WRAP.join(pieces)}/?(?![\w-])(?![./][^\W_])"
        return self._matches(pattern)

    def phone_spans(self, phone: str) -> list[Span]:
        """Where a number's digits stand in a row, however grouped, with the country code before them.

        A number with a country code is also found where the text has it without, and the other way round.
        """
        own = phone_digits(phone)
        if len(own) < _SHORTEST_PHONE_DIGITS:
            return []
        spans = self._digit_spans(own)
        if not spans and (national := national_digits(phone)) and len(national) >= _SHORTEST_NATIONAL_DIGITS:
            spans = self._digit_spans(national)
        return spans

    @cached_property
    def _digits(self) -> tuple[str, list[int]]:
        """All digits of the text, and where each stands; the zero of "(0)" is none."""
        trunk = {place for match in _TRUNK_ZERO.finditer(self._text) for place in range(*match.span())}
        places = [match.start() for match in _DIGIT.finditer(self._text) if match.start() not in trunk]
        return "".join(str(unicodedata.digit(self._text[place])) for place in places), places

    def _digit_spans(self, needle: str) -> list[Span]:
        digits, places = self._digits
        spans: list[Span] = []
        at = digits.find(needle)
        while at >= 0:
            run = places[at : at + len(needle)]
            if self._is_one_number(run):
                spans.append((self._number_start(run[0]), run[-1] + 1))
            at = digits.find(needle, at + 1)
        return spans

    def _is_one_number(self, run: list[int]) -> bool:
        text = self._text
        if run[-1] + 1 < len(text) and text[run[-1] + 1].isdigit():
            return False
        return all(
            after - before == 1 or _BETWEEN_DIGITS.fullmatch(text[before + 1 : after]) is not None
            for before, after in pairwise(run)
        )

    def _number_start(self, first: int) -> int:
        before = self._text[max(0, first - _LONGEST_PREFIX) : first]
        prefix = _PREFIX.search(before)
        if prefix is None:
            return first
        written = prefix.group().lstrip(" \t\r\n.-/)")
        return first - len(written)

    def _matches(self, pattern: str) -> list[Span]:
        return [match.span() for match in re.finditer(pattern, self._text, re.IGNORECASE)]
