"""Personal data in a CV: what it is, how sensitive, every form that it takes, and the words around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.contact import find_urls
from local.openai_emulator.cv_reader.dates import find_periods
from local.openai_emulator.cv_reader.names import name_in
from local.openai_emulator.cv_reader.pii_patterns import (
    FREE,
    LABEL_PATTERNS,
    LEVELS,
    LOOSE_LABELS,
    STREET,
    STREET_TAIL,
    TITLED_PERSON,
)
from local.openai_emulator.cv_reader.variations import name_variations, other_forms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.openai_emulator.cv_reader.reading import Reading
    from local.openai_emulator.cv_reader.source import CvText, Line

_CONTEXT = 80
_MAX_VALUE = 90
_SHAPES = {
    "date_of_birth": re.compile(r"\d"),
    "age": re.compile(r"^\d{2}\b"),
    "national_id": re.compile(r"\d{3}"),
    "passport_number": re.compile(r"\d{4}"),
    "driver_licence": re.compile(r"\d{3}"),
    "tax_id": re.compile(r"\d{3}"),
    "bank_account": re.compile(r"\d{4}"),
    "credit_card": re.compile(r"\d{4}"),
    "salary": re.compile(r"\d"),
    "family_status": re.compile(r"\d|\b(?:one|two|three|none|ein|zwei|drei|uno|dos|tres)\b", re.IGNORECASE),
}
_VALUE_END = re.compile(r"\s*[|•·;]\s*|\s{2,}|\.\s|\s(?=[A-Z][a-z]+(?: [a-z]+)?:\s)")
_NAME_END = re.compile(r"\s*[|•·;(]\s*|\s{2,}|\d")
_WHOLE_VALUE = frozenset({"marital_status", "immigration_status", "health", "criminal_record"})
_LESS_THAN_A_NAME = frozenset({"city", "employer", "institution", "graduation_year"})


@dataclass(frozen=True, slots=True)
class _Entity:
    kind: str
    start: int
    end: int
    variations: tuple[str, ...] = ()
    value: str | None = None


def pii_answer(reading: Reading) -> dict[str, object]:
    """The answer for ``pii_entities_schema``: every entity once, in the order of the text."""
    found: dict[tuple[str, str], _Entity] = {}
    taken: list[tuple[int, int]] = []
    for entity in _entities(reading):
        value = entity.value or reading.cv.verbatim(entity.start, entity.end)
        if not value.strip() or (entity.kind not in _LESS_THAN_A_NAME and _is_taken(taken, entity)):
            continue
        key = (entity.kind, value.casefold())
        if key not in found:
            found[key] = entity
            if entity.end > entity.start and entity.kind not in _LESS_THAN_A_NAME:
                taken.append((entity.start, entity.end))
    ordered = sorted(found.values(), key=lambda entity: entity.start)
    return {"pii_entities": [_written(reading.cv, entity) for entity in ordered]}


def _is_taken(taken: list[tuple[int, int]], entity: _Entity) -> bool:
    return (
        any(start < entity.end and entity.start < end for start, end in taken) and entity.end > entity.start
    )


def _written(cv: CvText, entity: _Entity) -> dict[str, object]:
    value = entity.value or cv.verbatim(entity.start, entity.end)
    forms = [form for form in dict.fromkeys((*entity.variations, *other_forms(cv, value))) if form != value]
    return {
        "original_value": value,
        "pii_type": entity.kind,
        "sensitivity_level": LEVELS[entity.kind],
        "all_variations": forms,
        "context": _context(cv, entity),
    }


def _context(cv: CvText, entity: _Entity) -> str:
    """The words around, at most 80 characters, verbatim."""
    if entity.end <= entity.start:
        return ""
    room = max(0, _CONTEXT - (entity.end - entity.start)) // 2
    start, end = max(0, entity.start - room), min(len(cv.clean), entity.end + room)
    while start < entity.start and start > 0 and not cv.clean[start - 1].isspace():
        start += 1
    while end > entity.end and end < len(cv.clean) and not cv.clean[end].isspace():
        end -= 1
    return cv.verbatim(start, end).strip()[:_CONTEXT].strip()


def _entities(reading: Reading) -> Iterator[_Entity]:
    """All entities, the surest first: what overlaps an earlier one is the same data again."""
    yield from _name(reading)
    yield from _contacts(reading)
    yield from _labelled(reading)
    yield from _addresses(reading)
    yield from _free(reading.cv)
    yield from _links(reading)
    yield from _third_parties(reading)
    yield from _from_profile(reading)


def _name(reading: Reading) -> Iterator[_Entity]:
    if reading.name is None or not reading.is_cv:
        return
    start, end = _span(reading.cv, reading.name.text, reading.name.start)
    own_emails = [found.value for found in reading.contact.emails if found.own]
    urls = [link.url for link in reading.contact.links]
    forms = name_variations(reading.cv, reading.name.text, own_emails, urls)
    yield _Entity("person_name", start, end, forms)


def _span(cv: CvText, words: str, start: int) -> tuple[int, int]:
    """Where ``words`` stand from ``start`` on, whatever the spaces between them."""
    match = re.compile(r"\s+".join(re.escape(word) for word in words.split())).search(cv.clean, start)
    return (match.start(), match.end()) if match else (start, start + len(words))


def _contacts(reading: Reading) -> Iterator[_Entity]:
    for found in reading.contact.emails:
        kind = "email" if found.own else "third_party_contact"
        forms = (found.value,) if reading.cv.verbatim(found.start, found.end) != found.value else ()
        yield _Entity(kind, found.start, found.end, forms)
    for found in reading.contact.phones:
        yield _Entity("phone" if found.own else "third_party_contact", found.start, found.end)
    written = {
        re.sub(r"\W", "", reading.cv.verbatim(found.start, found.end)) for found in reading.contact.phones
    }
    addresses = {found.value.casefold() for found in reading.contact.emails}
    for _, target in reading.links:
        scheme, _, rest = target.partition(":")
        value = rest.split("?")[0].strip("/ ")
        if scheme.lower() == "mailto" and value and value.casefold() not in addresses:
            yield _Entity("email", 0, 0, (), value)
        if scheme.lower() == "tel" and value and re.sub(r"\W", "", value) not in written:
            yield _Entity("phone", 0, 0, (), value)


def _labelled(reading: Reading) -> Iterator[_Entity]:
    lines = reading.cv.lines
    beside = [
        line
        for part in reading.sections.parts
        for line in part.lines
        if line.start != lines[line.index].start
    ]
    for line in (*lines, *beside):
        for kind, pattern in LABEL_PATTERNS:
            for match in pattern.finditer(line.text):
                entity = _value_of(kind, line, match.end(), lines)
                if entity is not None:
                    yield entity
        for kind, pattern in LOOSE_LABELS:
            for match in pattern.finditer(line.text):
                entity = (
                    _value_of(kind, line, match.end(), lines) if len(line.text) - match.end() <= 60 else None
                )
                if entity is not None:
                    yield entity


def _value_of(kind: str, line: Line, at: int, lines: tuple[Line, ...]) -> _Entity | None:
    if at >= len(line.text):
        if line.index + 1 >= len(lines) or len(lines[line.index + 1].text) > 50 or len(line.text) > 30:
            return None
        line, at = lines[line.index + 1], 0
    text = line.text[at:]
    if kind == "date_of_birth":
        return _birth(line, at)
    end = (_NAME_END if kind == "third_party_name" else _VALUE_END).search(text)
    value = text[: end.start()] if end else text
    if kind not in _WHOLE_VALUE and kind != "salary":
        value = re.split(r",\s|\s\(", value)[0]
    value = value.rstrip(" .,;:")
    if (
        kind == "immigration_status"
        and line.index + 1 < len(lines)
        and lines[line.index + 1].text.startswith("(")
    ):
        following = lines[line.index + 1]
        return _Entity(kind, line.start + at, following.end)
    if not 1 < len(value) <= _MAX_VALUE or not re.search(r"\w", value):
        return (
            _Entity(kind, line.start + at, line.start + at + len(value))
            if kind == "family_status" and value.isdigit()
            else None
        )
    if (shape := _SHAPES.get(kind)) and not shape.search(value):
        return None
    return _Entity(kind, line.start + at, line.start + at + len(value))


def _birth(line: Line, at: int) -> _Entity | None:
    for period in find_periods(line.text[at : at + 60]):
        if period.begins and period.begins < "2015" and not period.is_range:
            return _Entity("date_of_birth", line.start + at + period.start, line.start + at + period.stop)
    numeric = re.match(
        r"\W*(\d{1,2}[./\- ]\d{1,2}[./\- ]\d{2,4}|\d{4}[./\-年]\s?\d{1,2}[./\-月]\s?\d{1,2}日?)",
        line.text[at:],
    )
    if numeric:
        return _Entity("date_of_birth", line.start + at + numeric.start(1), line.start + at + numeric.end(1))
    return None


def _addresses(reading: Reading) -> Iterator[_Entity]:
    clean = reading.cv.clean
    for match in STREET.finditer(clean):
        tail = STREET_TAIL.match(clean[match.end() : match.end() + 90])
        end = match.end() + (tail.end() if tail else 0)
        kind = reading.sections.kind_at(match.start())
        if kind not in {"experience", "publications"}:
            yield _Entity(
                "third_party_contact" if kind == "references" else "postal_address", match.start(), end
            )


def _free(cv: CvText) -> Iterator[_Entity]:
    for kind, pattern in FREE:
        for match in pattern.finditer(cv.clean):
            group = next((number for number, text in enumerate(match.groups(), start=1) if text), 0)
            if kind == "credit_card" and (
                not _luhn(match.group(group)) or len(set(re.sub(r"\D", "", match.group(group)))) < 2
            ):
                continue
            if kind == "bank_account" and not re.search(r"\d{6}", re.sub(r"\s", "", match.group(group))):
                continue
            yield _Entity(kind, match.start(group), match.end(group))


def _luhn(number: str) -> bool:
    digits = [int(character) for character in number if character.isdigit()][::-1]
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(digits)]
    return sum(doubled) % 10 == 0


def _links(reading: Reading) -> Iterator[_Entity]:
    seen = set()
    for found in find_urls(reading.cv, reading.sections):
        if found.own:
            seen.add(found.value.casefold())
            yield _Entity("profile_url", found.start, found.end)
    for link in reading.contact.links:
        if link.url.casefold() not in seen:
            yield _Entity("profile_url", 0, 0, (), link.url)


def _third_parties(reading: Reading) -> Iterator[_Entity]:
    own = reading.name.text.casefold() if reading.name else ""
    for match in TITLED_PERSON.finditer(reading.cv.clean.replace("\n", "\f")):
        if (
            match[1].split()[-1].casefold() not in own
            and reading.sections.kind_at(match.start()) != "publications"
        ):
            yield _Entity("third_party_name", match.start(), match.end())
    for line in reading.sections.lines_of("references"):
        name = name_in(line.text)
        if name and name.casefold() != own:
            at = line.text.find(name)
            if at >= 0:
                yield _Entity("third_party_name", line.start + at, line.start + at + len(name))


def _from_profile(reading: Reading) -> Iterator[_Entity]:
    if not reading.is_cv:
        return
    if reading.location is not None and reading.location.city:
        yield from _standing(reading.cv, "city", reading.location.city)
    for position in reading.positions:
        if position.employer:
            yield from _standing(reading.cv, "employer", position.employer)
    for study in reading.studies:
        if study.institution:
            yield from _standing(reading.cv, "institution", study.institution)
        if study.period and study.period.ends and study.status == "completed":
            yield from _year(reading.cv, study.period.raw, study.period.ends[:4], study.at)


def _year(cv: CvText, raw: str, year: str, at: int) -> Iterator[_Entity]:
    place = cv.clean.find(raw, at)
    offset = raw.rfind(year)
    if place >= 0 and offset >= 0:
        yield _Entity("graduation_year", place + offset, place + offset + len(year))


def _standing(cv: CvText, kind: str, value: str) -> Iterator[_Entity]:
    pattern = r"\s+".join(re.escape(word) for word in value.split())
    match = re.search(pattern, cv.clean)
    if match:
        yield _Entity(kind, match.start(), match.end())
