"""Rules that find personal data without a model: contacts, numbers with check digits, labelled numbers.

Every find has its exact offsets. A rule speaks only where a shape, a check digit or a label settles the
kind; what needs understanding (names, health, family) is the model's.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from shared_code.documents.model import Link
from shared_code.privacy.birth_dates import birth_dates
from shared_code.privacy.check_digits import (
    iban_length,
    is_bsn,
    is_card_number,
    is_codice_fiscale,
    is_french_nir,
    is_german_tax_id,
    is_iban,
    is_pesel,
    is_spanish_id,
)
from shared_code.privacy.phone_rules import phone_numbers
from shared_code.privacy.recognition import Recognition
from shared_code.profile.contacts import plain_email

_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w+%](?:[\w.+%'-]{0,63})@(?:[^\W_](?:[\w-]{0,62})\.){1,6}[^\W\d_]{2,24}(?![\w-])"
)
_PROFILE_URL = re.compile(
    r"(?<![\w@.-])(?:https?://)?(?:[a-z0-9-]{1,30}\.){0,2}"
    r"(?:linkedin\.com/(?:in|pub)/|xing\.com/(?:profile|profiles)/|github\.com/|gitlab\.com/|bitbucket\.org/"
    r"|orcid\.org/|stackoverflow\.com/users/|kaggle\.com/|behance\.net/|dribbble\.com/|medium\.com/@"
    r"|researchgate\.net/profile/|(?:twitter|x|facebook|instagram)\.com/|t\.me/)"
    r"[^\s<>|,;()\[\]{}\"“”]{2,120}",
    re.IGNORECASE,
)
_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?=[ \u00a0-]?[A-Z0-9])")
_CARD = re.compile(r"(?<![\w.+-])\d(?:[ -]?\d){12,18}(?![\w-]|[.,]\d)")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])", re.IGNORECASE)
_VERSION_BEFORE = re.compile(r"(?:\bv|version|release|rel\.?)\s*$", re.IGNORECASE)
_NO = r"(?:\s*(?:number|numbers|no|nr|num|nummer|n[úu]mero|numero|n[º°]|id))?"
_GAP = r"[\s.:#=º°-]{1,4}"

Check = Callable[[str], bool]


def _any(_compact: str) -> bool:
    return True


# kind, pattern (group "value"), check of the value without blanks and punctuation
_NUMBER_RULES: tuple[tuple[str, re.Pattern[str], Check], ...] = (
    (
        "national_id",  # US SSN: area, group and serial that the SSA never issues are left out
        re.compile(r"(?<![\w-])(?P<value>(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4})(?![\w-])"),
        _any,
    ),
    (
        "national_id",  # UK NINO: HMRC manual NIM39110
        re.compile(
            r"(?<!\w)(?P<value>(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
            r"[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}[ ]?[A-D])(?!\w)"
        ),
        _any,
    ),
    (
        "national_id",  # with its label also with the prefixes that HMRC keeps for examples
        re.compile(
            rf"(?:national\s+insurance|\bnino|\bni){_NO}{_GAP}"
            r"(?P<value>(?-i:[A-Z]{2})[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}[ ]?(?-i:[A-D]))(?!\w)",
            re.IGNORECASE,
        ),
        _any,
    ),
    (
        "national_id",
        re.compile(r"(?<!\w)(?P<value>(?:\d{8}|[XYZ][- ]?\d{7})[- ]?[A-Z])(?!\w)"),
        is_spanish_id,
    ),
    (
        "national_id",
        re.compile(r"(?<!\w)(?P<value>[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?\d\d ?\d{3} ?\d{3} ?\d\d)(?!\w)"),
        is_french_nir,
    ),
    ("national_id", re.compile(r"\bPESEL\b[\s:.]{1,3}(?P<value>\d{11})(?!\w)", re.IGNORECASE), is_pesel),
    ("national_id", re.compile(r"\bBSN\b[\s:.]{1,3}(?P<value>\d{9}|\d{4}\.\d{2}\.\d{3})(?!\w)"), is_bsn),
    (
        "tax_id",
        re.compile(
            r"(?:steuer-?\s?(?:id|identifikationsnummer|idnr\.?)|\bidnr\.?|\btin\b|tax\s?id)"
            rf"{_NO}{_GAP}(?P<value>\d{{2}}\s?\d{{3}}\s?\d{{3}}\s?\d{{3}})(?!\w)",
            re.IGNORECASE,
        ),
        is_german_tax_id,
    ),
    (
        "tax_id",
        re.compile(r"(?<!\w)(?P<value>[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z])(?!\w)"),
        is_codice_fiscale,
    ),
    (
        "passport_number",
        re.compile(
            rf"(?:passport|reisepass(?:nummer)?|pasaporte|passeport|passaporto){_NO}{_GAP}"
            r"(?P<value>(?-i:[A-Z]{0,3})[ ]?(?=(?:[A-Z]*\d){3})(?-i:[A-Z0-9]{6,9}))(?!\w)",
            re.IGNORECASE,
        ),
        _any,
    ),
    (
        "driver_licence",
        re.compile(
            r"(?:driv(?:er'?s?|ers|ing)\s+licen[cs]e|f[üu]hrerschein(?:nummer)?|permiso\s+de\s+conducir)"
            rf"{_NO}{_GAP}(?P<value>(?=[A-Z0-9]*\d{{3}})(?-i:[A-Z0-9]{{6,18}}))(?!\w)",
            re.IGNORECASE,
        ),
        _any,
    ),
)
_PUNCTUATION = re.compile(r"[\s.\-\u00a0]")


def recognise(text: str, region: str | None = None) -> list[Recognition]:
    """What the rules find in a text, in order; finds never overlap, the surer rule wins.

    Args:
        text: What to look through.
        region: ISO 3166-1 alpha-2 code of the candidate's country, for numbers without its code.
    """
    found: list[Recognition] = []
    taken = bytearray(len(text))
    rules = (_emails, _profile_urls, _ibans, _cards, _numbers, _ip_addresses, birth_dates)
    for each in chain(*(rule(text) for rule in rules), phone_numbers(text, region)):
        if not any(taken[each.start : each.end]):
            taken[each.start : each.end] = b"\1" * (each.end - each.start)
            found.append(each)
    return sorted(found, key=lambda each: each.start)


def recognise_links(links: Iterable[Link]) -> list[Recognition]:
    """Contact details that are the targets of links; their offsets are 0, since no text holds them."""
    found: list[Recognition] = []
    for link in links:
        scheme, _, rest = link.target.partition(":")
        if scheme.lower() == "mailto" and "@" in rest:
            found.append(Recognition("email", plain_email(link.target), 0, 0))
        elif scheme.lower() == "tel" and any(character.isdigit() for character in rest):
            found.append(Recognition("phone", rest.strip(), 0, 0))
        elif _PROFILE_URL.fullmatch(link.target.strip()):
            found.append(Recognition("profile_url", link.target.strip(), 0, 0))
    return found


def _emails(text: str) -> Iterator[Recognition]:
    for match in _EMAIL.finditer(text):
        yield Recognition("email", match.group(), *match.span())


def _profile_urls(text: str) -> Iterator[Recognition]:
    for match in _PROFILE_URL.finditer(text):
        url = match.group().rstrip(".:'’!?/")
        yield Recognition("profile_url", url, match.start(), match.start() + len(url))


def _ibans(text: str) -> Iterator[Recognition]:
    for match in _IBAN_START.finditer(text):
        length = iban_length(match.group()[:2])
        end = _end_of(text, match.start(), length) if length else None
        if end is None:
            continue
        written = text[match.start() : end]
        if is_iban(_PUNCTUATION.sub("", written)):
            yield Recognition("bank_account", written, match.start(), end)


def _end_of(text: str, start: int, characters: int) -> int | None:
    """Where ``characters`` letters and digits after ``start`` end, with at most one blank between two."""
    end, left = start, characters
    while left and end < len(text):
        if text[end].isascii() and text[end].isalnum():
            left -= 1
        elif text[end] not in " \u00a0-" or not text[end - 1].isalnum():
            return None
        end += 1
    is_whole = end == len(text) or not text[end].isalnum()
    return end if not left and is_whole else None


def _cards(text: str) -> Iterator[Recognition]:
    for match in _CARD.finditer(text):
        if is_card_number(_PUNCTUATION.sub("", match.group())):
            yield Recognition("credit_card", match.group(), *match.span())


def _numbers(text: str) -> Iterator[Recognition]:
    for kind, pattern, is_valid in _NUMBER_RULES:
        for match in pattern.finditer(text):
            if is_valid(_PUNCTUATION.sub("", match["value"])):
                yield Recognition(kind, match["value"], *match.span("value"))


def _ip_addresses(text: str) -> Iterator[Recognition]:
    for match in _IPV4.finditer(text):
        if _is_address(match.group()) and not _VERSION_BEFORE.search(text[: match.start()][-10:]):
            yield Recognition("ip_address", match.group(), *match.span())
    for match in _IPV6.finditer(text):
        has_digit = any(character.isdigit() for character in match.group())
        if has_digit and _is_address(match.group()):
            yield Recognition("ip_address", match.group(), *match.span())


def _is_address(written: str) -> bool:
    try:
        ipaddress.ip_address(written)
    except ValueError:
        return False
    return True
