"""A Word document of headings, paragraphs and bullets, with dates at a right tabulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samples.renderer.dates import period
from samples.renderer.layouts.docx_writer import (
    WordLook,
    add_link,
    greyed,
    new_document,
    right_tab,
    saved,
    underline_paragraph,
)

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

    from samples.renderer.model import Person

LOOK = WordLook(font="Calibri", size=10.5, accent="1D6B57", margin=20)
TEXT_WIDTH = 170.0


def render(person: Person) -> bytes:
    """The CV of ``person`` as a plain Word document."""
    document = new_document(person, LOOK)
    document.add_paragraph(person.name, style="Title")
    greyed(document.add_paragraph().add_run(person.headline))
    document.add_paragraph(person.address_line)
    contacts = document.add_paragraph(f"{person.phone}  |  ")
    add_link(contacts, person.email, f"mailto:{person.email}")
    for link in person.links:
        contacts.add_run("  |  ")
        add_link(contacts, link.short, link.url)
    _heading(document, person.headings.summary)
    document.add_paragraph(person.summary)
    _heading(document, person.headings.roles)
    for role in person.roles:
        _dated(document, role.title, period(role.start, role.end, person.date_style))
        document.add_paragraph().add_run(f"{role.employer}, {role.location}").italic = True
        for point in role.highlights:
            document.add_paragraph(point, style="List Bullet")
    _heading(document, person.headings.studies)
    for study in person.studies:
        _dated(document, study.degree, period(study.start, study.end, person.date_style))
        place = f"{study.institution}, {study.location}"
        document.add_paragraph(f"{place}. {study.note}" if study.note else place)
    _heading(document, person.headings.skills)
    for group in person.skills:
        line = document.add_paragraph()
        line.add_run(f"{group.label}: ").bold = True
        line.add_run(", ".join(group.items))
    for section in person.sections:
        _heading(document, section.heading)
        for text in section.lines:
            document.add_paragraph(text, style="List Bullet" if section.is_bulleted else None)
    _heading(document, person.headings.languages)
    document.add_paragraph(", ".join(f"{language.name} ({language.level})" for language in person.languages))
    return saved(document)


def _heading(document: WordDocument, text: str) -> None:
    underline_paragraph(document.add_paragraph(text, style="Heading 1"), LOOK.accent)


def _dated(document: WordDocument, title: str, dates: str) -> None:
    line = document.add_paragraph(title, style="Heading 2")
    right_tab(line, TEXT_WIDTH)
    greyed(line.add_run(f"\t{dates}"))
