"""One pass over a CV: what stands where, for the three answers to be written from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.certifications import Certificate, read_certifications
from local.openai_emulator.cv_reader.contact import Contact, find_emails, find_urls, link_kind, read_contact
from local.openai_emulator.cv_reader.education import Study, read_education
from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.languages import Spoken, read_languages
from local.openai_emulator.cv_reader.names import Name, find_name
from local.openai_emulator.cv_reader.person import headline_of, is_cv, location_of
from local.openai_emulator.cv_reader.places import Place
from local.openai_emulator.cv_reader.positions import Position, read_positions
from local.openai_emulator.cv_reader.sections import Sections, split_sections
from local.openai_emulator.cv_reader.skills import Skill, read_skills
from local.openai_emulator.cv_reader.source import CvText, read_text

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Reading:
    """The CV with its parts found."""

    cv: CvText
    sections: Sections
    is_cv: bool
    name: Name | None
    headline: str | None
    location: Place | None
    contact: Contact
    positions: tuple[Position, ...]
    studies: tuple[Study, ...]
    languages: tuple[Spoken, ...]
    skills: tuple[Skill, ...]
    certificates: tuple[Certificate, ...]
    links: tuple[tuple[str, str], ...]

    @property
    def current_title(self) -> str | None:
        """Title of the current or latest position; the headline where there is none."""
        return next((position.title for position in self.positions if position.title), self.headline)


def read(cv_text: str, links: Sequence[tuple[str, str]] = ()) -> Reading:
    """Read ``cv_text`` and the document's (label, target) ``links``."""
    cv = read_text(cv_text)
    sections = split_sections(cv)
    name = find_name(cv, sections, _handles(cv, sections, links))
    if name is not None:
        sections = split_sections(cv, head_again_at=name.line)
    contact = read_contact(cv, sections, links, name.text if name else None)
    positions = read_positions(cv, sections)
    studies = read_education(cv, sections)
    skills = read_skills(cv, sections, [position.employer for position in positions if position.employer])
    skills = tuple(skill for skill in skills if not _is_of_name(skill, name))
    evidence = _evidence(name, contact, positions, studies, skills)
    return Reading(
        cv=cv,
        sections=sections,
        is_cv=is_cv(cv, sections, evidence),
        name=name,
        headline=headline_of(sections, name),
        location=location_of(cv, sections, name),
        contact=contact,
        positions=positions,
        studies=studies,
        languages=read_languages(cv, sections),
        skills=skills,
        certificates=read_certifications(cv, sections),
        links=tuple(links),
    )


def _is_of_name(skill: Skill, name: Name | None) -> bool:
    """Whether what looks like a skill is the person's name, or named only within it."""
    if name is None:
        return False
    return skill.name == name.text or (not skill.listed and f" {fold(skill.name)} " in f" {fold(name.text)} ")


def _evidence(
    name: Name | None,
    contact: Contact,
    positions: Sequence[Position],
    studies: Sequence[Study],
    skills: Sequence[Skill],
) -> int:
    """How much of what makes a CV was found, 0 to 8."""
    return (
        (1 if name else 0)
        + (1 if contact.email or contact.phone else 0)
        + (2 if any(position.title and position.period for position in positions) else 0)
        + (2 if any(study.institution or study.degree for study in studies) else 0)
        + (1 if len(skills) >= 3 else 0)
        + (1 if name and positions else 0)
    )


def _handles(cv: CvText, sections: Sections, links: Sequence[tuple[str, str]]) -> list[str]:
    """What may spell the name: local parts of addresses, slugs of profiles."""
    handles = [found.value.split("@")[0] for found in find_emails(cv, sections) if found.own][:3]
    urls = [found.value for found in find_urls(cv, sections) if found.own] + [target for _, target in links]
    for url in urls:
        if url.lower().startswith("mailto:"):
            handles.append(url[len("mailto:") :].split("@")[0])
        elif indeed := re.search(r"indeed\.com/(?:r|me)/([\w\-]{3,60})", url):
            handles.append(indeed[1])
        elif link_kind(url) in {"linkedin", "github", "xing"}:
            handles.append(re.sub(r"^.*?\.\w+/(?:in/|pub/|profile/)?", "", url).split("?")[0])
    return handles
