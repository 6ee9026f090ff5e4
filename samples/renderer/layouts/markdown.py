"""Markdown, as people keep their CV beside their code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samples.renderer.dates import period

if TYPE_CHECKING:
    from samples.renderer.model import Person


def render(person: Person) -> bytes:
    """The CV of ``person`` as Markdown in UTF-8."""
    contacts = [person.address_line, person.phone, f"[{person.email}](mailto:{person.email})"]
    contacts += [f"[{link.label}]({link.url})" for link in person.links]
    lines = [f"# {person.name}", "", f"**{person.headline}**", "", " · ".join(contacts), ""]
    lines += [f"## {person.headings.summary}", "", person.summary, "", f"## {person.headings.roles}", ""]
    for role in person.roles:
        span = period(role.start, role.end, person.date_style)
        lines += [f"### {role.title}", "", f"**{role.employer}**, {role.location} | *{span}*", ""]
        lines += [*(f"- {point}" for point in role.highlights), ""]
    lines += [f"## {person.headings.studies}", ""]
    for study in person.studies:
        span = period(study.start, study.end, person.date_style)
        lines += [f"### {study.degree}", "", f"{study.institution}, {study.location} | *{span}*", ""]
        lines += [study.note, ""] if study.note else []
    lines += [f"## {person.headings.skills}", ""]
    lines += [f"- **{group.label}**: {', '.join(group.items)}" for group in person.skills]
    for section in person.sections:
        lines += ["", f"## {section.heading}", ""]
        lines += [f"- {line}" if section.is_bulleted else line for line in section.lines]
    lines += ["", f"## {person.headings.languages}", "", "| Language | Level |", "| --- | --- |"]
    lines += [f"| {language.name} | {language.level} |" for language in person.languages]
    return ("\n".join(lines) + "\n").encode()
