"""One column with coloured headings: what most online CV builders give; links hide their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samples.renderer.dates import period
from samples.renderer.layouts.pdf_canvas import GREY, Canvas, Look, contact_parts, role_height, skill_pairs

if TYPE_CHECKING:
    from samples.renderer.model import Person

LOOK = Look(family="Helvetica", accent=(14, 98, 112), body=10.2)


def render(person: Person) -> bytes:
    """The CV of ``person`` as a one-column PDF."""
    sheet = Canvas.for_person(LOOK, person, "CV")
    sheet.paragraph(person.name, 25, "B", LOOK.accent)
    sheet.paragraph(person.headline, 12.5, "", GREY)
    sheet.ln(2.2)
    sheet.paragraph(person.address_line)
    sheet.linked_line(contact_parts(person, hide_targets=True))
    _heading(sheet, person.headings.summary)
    sheet.paragraph(person.summary)
    _heading(sheet, person.headings.roles)
    for position, role in enumerate(person.roles):
        sheet.ln(2.8 if position else 0)
        sheet.keep_together(role_height(role))
        sheet.both_ends(role.title, period(role.start, role.end, person.date_style), 10.8)
        sheet.paragraph(f"{role.employer}, {role.location}", 0, "I", LOOK.accent)
        sheet.ln(0.8)
        sheet.bullets(role.highlights)
    _heading(sheet, person.headings.skills)
    sheet.labelled(skill_pairs(person.skills))
    _heading(sheet, person.headings.studies)
    for study in person.studies:
        sheet.both_ends(study.degree, period(study.start, study.end, person.date_style), 10.8)
        place = f"{study.institution}, {study.location}"
        sheet.paragraph(f"{place}. {study.note}" if study.note else place)
    for section in person.sections:
        _heading(sheet, section.heading)
        sheet.section_lines(section)
    _heading(sheet, person.headings.languages)
    sheet.paragraph(", ".join(f"{language.name} ({language.level})" for language in person.languages))
    return sheet.finished()


def _heading(sheet: Canvas, text: str) -> None:
    sheet.ln(4.6)
    sheet.keep_together(18)
    sheet.paragraph(text.upper(), 10.2, "B", LOOK.accent)
    sheet.ln(0.5)
    sheet.rule()
    sheet.ln(2)
