"""The shapes of a fictional CV: what a module in ``samples.people`` fills and a layout reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class RoleKind(StrEnum):
    """How a person was engaged; the values are those of the published profile's ``employmentType``."""

    PERMANENT = "permanent"
    CONTRACT = "contract"
    FREELANCE = "freelance"
    INTERNSHIP = "internship"
    VOLUNTEERING = "volunteering"


class DateStyle(StrEnum):
    """How a CV writes a month: the ways that are common where its author lives."""

    SHORT = "short"  # Mar 2019 – Present
    LONG = "long"  # March 2019 - August 2026
    NUMERIC = "numeric"  # 03/2019 – 08/2026
    GERMAN = "german"  # 03/2019 – heute
    SPANISH = "spanish"  # marzo de 2019 – actualidad
    FRENCH = "french"  # mars 2019 – aujourd’hui


@dataclass(frozen=True, slots=True)
class Headings:
    """What the sections of a CV are called; everybody calls them something else."""

    summary: str = "Profile"
    roles: str = "Experience"
    studies: str = "Education"
    skills: str = "Skills"
    languages: str = "Languages"
    contact: str = "Contact"
    personal: str = "Personal details"


@dataclass(frozen=True, slots=True)
class Link:
    """A profile elsewhere. ``label`` is what a layout that hides targets shows."""

    kind: str
    label: str
    url: str

    @property
    def short(self) -> str:
        """The address as people print it: without scheme and ``www``."""
        return re.sub(r"^https?://(www\.)?", "", self.url)


@dataclass(frozen=True, slots=True)
class Role:
    """One position. Dates are ``YYYY-MM`` or ``YYYY``; ``end`` is None where it is the current one."""

    title: str
    employer: str
    location: str
    start: str
    end: str | None
    highlights: tuple[str, ...]
    kind: RoleKind = RoleKind.PERMANENT


@dataclass(frozen=True, slots=True)
class Study:
    """A degree, a school or an apprenticeship. ``start`` is None where the CV gives only the end."""

    degree: str
    institution: str
    location: str
    start: str | None
    end: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SkillGroup:
    """Skills under one label, as a CV lists them."""

    label: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """A language and the person's own words for how well they speak it."""

    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Section:
    """Anything else a CV has: certificates, references, interests; bulleted or not."""

    heading: str
    lines: tuple[str, ...]
    is_bulleted: bool = True


@dataclass(frozen=True, slots=True)
class PersonalDatum:
    """A value that must be found as personal data, by the type the published schema gives it."""

    pii_type: str
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """One fictional person: everything their CV says, and which of it a reader must find."""

    language: str
    name: str
    headline: str
    email: str
    phone: str
    phone_e164: str
    address: tuple[str, ...]
    city: str
    country_code: str
    summary: str
    roles: tuple[Role, ...]
    studies: tuple[Study, ...]
    skills: tuple[SkillGroup, ...]
    languages: tuple[Language, ...]
    key_skills: tuple[str, ...]
    links: tuple[Link, ...] = ()
    sections: tuple[Section, ...] = ()
    personal: tuple[tuple[str, str], ...] = ()
    headings: Headings = Headings()
    date_style: DateStyle = DateStyle.SHORT
    pii: tuple[PersonalDatum, ...] = ()

    @property
    def address_line(self) -> str:
        """The whole postal address on one line."""
        return ", ".join(self.address)


def points(text: str) -> tuple[str, ...]:
    """Split an indented block into its ``- `` points, joining the lines that continue one.

    Args:
        text: the block as written in a person's module.

    Raises:
        ValueError: the block does not begin with a point.
    """
    found: list[str] = []
    for line in filter(None, (raw.strip() for raw in text.splitlines())):
        if line.startswith("- "):
            found.append(line[2:])
        elif found:
            found[-1] = f"{found[-1]} {line}"
        else:
            raise ValueError(f"a list of points must begin with '- ', not {line[:20]!r}")
    return tuple(found)


def prose(text: str) -> str:
    """One paragraph from an indented block."""
    return " ".join(text.split())
