"""Cities, regions and countries: which words are places, and of which country a place certainly is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.gazetteer import (
    CITY_COUNTRY,
    COUNTRY_CODES,
    REGION_COUNTRY,
    US_STATE_CODES,
)
from local.openai_emulator.cv_reader.titles import employer_score

_UK_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}"
_CITY = (
    r"(?<!\w)[A-ZÀ-ÞĀ-ſ][\w.'’\-]{0,24}"
    r"(?:[ \-](?:am|an der|de|del|la|upon|of|[A-ZÀ-ÞĀ-ſ])[\w.'’\-]{0,24}){0,3}"
)
_US_TAIL = re.compile(rf"({_CITY}),\s*([A-Z]{{2}})(?:\s+\d{{5}}(?:-\d{{4}})?)?(?![\w])")
_ZIP_CITY = re.compile(
    r"(?<![\w,.])((?:[A-Z]{1,2}[-– ])?\d{4,5}|\d{3} \d{2}|\d{2}-\d{3}|\d{4} [A-Z]{2})"
    rf"\s+({_CITY})"
)
_STREET_WORD = re.compile(
    r"\b(?:street|road|avenue|lane|drive|boulevard|way|court|place|terrace|via|rue|calle|st|rd|ave|dr|ln"
    r"|blvd)\b",
    re.IGNORECASE,
)
_CITY_POSTCODE = re.compile(rf"({_CITY}),?\s+{_UK_POSTCODE}\b")
_PAIR = re.compile(rf"({_CITY})\s*[,(]\s*({_CITY})\)?(?:\s*,\s*({_CITY}))?")
_REMOTE = re.compile(r"^(?:remote|homeoffice|home office|remoto)(?:\b.*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A place as written (``text`` at ``start``), split where its parts are certain."""

    city: str | None
    region: str | None
    country_code: str | None
    text: str
    start: int


def country_code(name: str) -> str | None:
    """ISO 3166-1 code of the country that ``name`` is, or None."""
    return COUNTRY_CODES.get(fold(name).strip(" .")) or COUNTRY_CODES.get(fold(name).strip())


def is_city(name: str) -> bool:
    """Whether ``name`` is a city that the reader knows."""
    return fold(name).strip() in CITY_COUNTRY


def is_region(name: str) -> bool:
    """Whether ``name`` is a state, province or country."""
    folded = fold(name).strip(" .")
    return folded in REGION_COUNTRY or folded in COUNTRY_CODES or name.strip() in US_STATE_CODES


def is_place(text: str) -> bool:
    """Whether the whole of ``text`` names a place, such as ``Leeds``, ``Pune, Maharashtra`` or ``Remote``."""
    bare = text.strip(" .,;-–|()")
    if not bare or len(bare) > 60:
        return False
    if _REMOTE.match(bare):
        return True
    parts = [part.strip() for part in re.split(r"[,(/]", bare.rstrip(")")) if part.strip()]
    if not parts or len(parts) > 4:
        return False
    if len(parts) == 1:
        return (
            _is_city_and_country(parts[0])
            or is_city(parts[0])
            or (is_region(parts[0]) and not parts[0].isupper())
            or bool(_place_in(parts[0]))
        )
    if len(parts) > 2 and not is_region(parts[1]):
        return False
    if len(parts) == 2 and parts[0] == parts[1] and len(parts[0].split()) < 3 and parts[0].istitle():
        return True  # a district that is named as its city
    if len(parts) == 2 and parts[1] in US_STATE_CODES and _holds_more_than_a_city(parts[0]):
        return False
    if employer_score(bare) or len(parts[0].split()) > 3 or _ends_in_city(parts[0]):
        return False
    return all(
        re.fullmatch(rf"(?:\d{{4,6}}\s+)?{_CITY}(?:\s+\d{{4,6}})?|[A-Z]{{2}}", part) for part in parts
    ) and (any(is_region(part) for part in parts[1:]) or is_city(parts[0]))


_CITY_OF_THREE = re.compile(
    r"(?:San|Santa|New|Fort|Saint|St|Los|Las|El|La|Salt|Lake|Port|Palm|North|South|East|West)\b"
)


def _holds_more_than_a_city(words: str) -> bool:
    """Whether three words before a state are likelier an employer and its city."""
    return len(words.split()) > 2 and not is_city(words) and not _CITY_OF_THREE.match(words)


def _is_city_and_country(words: str) -> bool:
    parts = words.split()
    return any(
        is_city(" ".join(parts[:cut])) and is_region(" ".join(parts[cut:])) for cut in range(1, len(parts))
    )


def _ends_in_city(words: str) -> bool:
    """Whether a known city follows other words: ``Stripe San Francisco``."""
    parts = words.split()
    if is_city(words):
        return False
    return any(is_city(" ".join(parts[-size:])) for size in (1, 2) if len(parts) > size)


def _place_in(text: str) -> Place | None:
    match = _ZIP_CITY.fullmatch(text.strip()) or _CITY_POSTCODE.fullmatch(text.strip())
    return find_place(text) if match else None


def find_place(text: str) -> Place | None:
    """The first certain place in ``text``."""
    for find in (_by_state_code, _by_postcode, _by_pair, _by_name):
        found = find(text)
        if found:
            return found
    return None


def _by_state_code(text: str) -> Place | None:
    for match in _US_TAIL.finditer(text):
        if match[2] in US_STATE_CODES:
            return Place(match[1], match[2], "US", match[0], match.start())
    return None


def _by_postcode(text: str) -> Place | None:
    if match := _CITY_POSTCODE.search(text):
        return Place(_last_city(match[1]), None, "GB", match[0], match.start())
    for match in _ZIP_CITY.finditer(text):
        is_year = 1900 <= int(re.sub(r"\D", "", match[1])) <= 2099
        if not is_year and not _STREET_WORD.search(match[2]):
            return _with_country(match, text)
    return None


def _last_city(words: str) -> str:
    """The city at the end of an address without commas: ``Rosewood Terrace London`` is London."""
    parts = words.split()
    for size in (3, 2, 1):
        tail = " ".join(parts[-size:])
        if len(parts) >= size and is_city(tail):
            return tail
    return words


def _with_country(match: re.Match[str], text: str) -> Place:
    prefix = re.match(r"(DE?|AT?|CH|ES?|FR?|IT?)[-– ]", match[1])
    code = (
        {"D": "DE", "A": "AT", "E": "ES", "F": "FR", "I": "IT"}.get(prefix[1], prefix[1]) if prefix else None
    )
    after = re.match(rf"\s*[,(]\s*({_CITY})\)?", text[match.end() :])
    named = country_code(after[1]) if after else None
    code = named or code or CITY_COUNTRY.get(fold(match[2]))
    end = match.end() + (after.end() if after and named else 0)
    return Place(match[2], None, code, text[match.start() : end], match.start())


def _by_pair(text: str) -> Place | None:
    position = 0
    while match := _PAIR.search(text, position):
        second, third = fold(match[2]), fold(match[3] or "")
        country = COUNTRY_CODES.get(third) or COUNTRY_CODES.get(second) or REGION_COUNTRY.get(second)
        if country and not is_region_only(match[1]):
            region = match[2] if second not in COUNTRY_CODES or (third and COUNTRY_CODES.get(third)) else None
            return Place(_last_city(match[1]), region, country, match[0], match.start())
        position = match.end(1)
    return None


def is_region_only(name: str) -> bool:
    """Whether ``name`` is a country or state and no city."""
    return is_region(name) and not is_city(name)


def _by_name(text: str) -> Place | None:
    for match in re.finditer(_CITY, text):
        words = match[0].split()
        for size in range(min(3, len(words)), 0, -1):
            for place in range(len(words) - size + 1):
                name = " ".join(words[place : place + size])
                if is_city(name):
                    return Place(
                        name, None, CITY_COUNTRY[fold(name)], name, match.start() + match[0].find(name)
                    )
    for match in re.finditer(_CITY, text):
        if (code := COUNTRY_CODES.get(fold(match[0]))) and match[0] not in {"US", "IN"}:
            return Place(None, None, code, match[0], match.start())
        if (code := REGION_COUNTRY.get(fold(match[0]))) is not None:
            return Place(None, match[0], code, match[0], match.start())
    return None
