"""An OpenDocument text as LibreOffice Writer saves it: page header and footer, tables, a list, links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samples.renderer.dates import period
from samples.renderer.layouts.odt_styles import AUTOMATIC_STYLES, styles
from samples.renderer.layouts.odt_writer import (
    bullets,
    file,
    french,
    heading,
    link,
    paragraph,
    span,
    table,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from samples.renderer.model import Person, Role


def render(person: Person) -> bytes:
    """The CV of ``person`` as ODT."""
    return file(person, styles(_header(person), _footer(person)), AUTOMATIC_STYLES, "".join(_body(person)))


def _header(person: Person) -> str:
    return paragraph("Header", f"Curriculum vitæ<text:tab/>{link(person.email, f'mailto:{person.email}')}")


def _footer(person: Person) -> str:
    page = '<text:page-number text:select-page="current">1</text:page-number>'
    pages = '<text:page-count style:num-format="1">1</text:page-count>'
    return paragraph("Footer", f"{text(person.name)}<text:tab/>Page {page} sur {pages}")


def _body(person: Person) -> Iterator[str]:
    yield paragraph("Title", text(person.name))
    yield paragraph("Subtitle", text(person.headline))
    yield table("Coordonnées", (_about(person),))
    yield heading(1, text(person.headings.summary))
    yield _prose("P2", person.summary)
    yield heading(1, text(person.headings.roles))
    for role in person.roles:
        yield from _role(person, role)
    yield heading(1, text(person.headings.skills))
    yield table("Compétences", (_skills_row(group.label, group.items) for group in person.skills))
    yield heading(1, text(person.headings.studies))
    for study in person.studies:
        yield _dated(study.degree, period(study.start, study.end, person.date_style))
        yield _prose("P3", f"{study.institution}, {study.location}")
        if study.note:
            yield _prose("Text_20_body", study.note)
    for section in person.sections:
        yield heading(1, text(section.heading))
        yield bullets(text(french(line)) for line in section.lines)
    yield heading(1, text(person.headings.languages))
    yield _prose("Text_20_body", "\t".join(f"{each.name} : {each.level}" for each in person.languages))


def _about(person: Person) -> tuple[str, str]:
    phone = f"Tél. : {person.phone}".replace(" ", "\u00a0")
    links = " · ".join(link(profile.label, profile.url) for profile in person.links)
    left = [text(person.address_line), text(phone), links]
    right = [text(french(f"{label} : {value}")) for label, value in person.personal]
    return (
        "".join(paragraph("Table_20_Contents", line) for line in left),
        "".join(paragraph("Table_20_Contents", line) for line in right),
    )


def _role(person: Person, role: Role) -> Iterator[str]:
    yield _dated(role.title, period(role.start, role.end, person.date_style))
    yield _prose("P3", f"{role.employer}, {role.location}")
    yield bullets(text(french(point)) for point in role.highlights)


def _dated(title: str, dates: str) -> str:
    return heading(2, f"{text(title)}<text:tab/>{span('T1', text(dates))}")


def _skills_row(label: str, items: tuple[str, ...]) -> tuple[str, str]:
    name = paragraph("Table_20_Contents", span("T2", text(french(f"{label} :"))))
    return name, paragraph("Table_20_Contents", text(", ".join(items)))


def _prose(style: str, words: str) -> str:
    return paragraph(style, text(french(words)))
