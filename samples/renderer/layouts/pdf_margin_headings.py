"""Headings in a column of their own at the left, the text beside them: sober, dense, with personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samples.renderer.dates import period
from samples.renderer.layouts.pdf_canvas import GREY, Canvas, Look, contact_parts, skill_pairs

if TYPE_CHECKING:
    from samples.renderer.model import Person

LOOK = Look(family="Helvetica", accent=(120, 58, 20), body=10.0, margin=18.0)
LEFT_COLUMN = 36.0


def render(person: Person) -> bytes:
    """The CV of ``person`` as a PDF with headings in the margin."""
    sheet = Canvas.for_person(LOOK, person, "Curriculum vitae")
    sheet.paragraph(person.name, 21, "B")
    sheet.paragraph(person.headline, 11.5, "", LOOK.accent)
    sheet.ln(1.6)
    sheet.paragraph(person.address_line)
    sheet.linked_line(contact_parts(person, hide_targets=False))
    sheet.ln(1)
    sheet.set_left_margin(LOOK.margin + LEFT_COLUMN)

    _heading(sheet, person.headings.summary)
    sheet.paragraph(person.summary)
    _heading(sheet, person.headings.personal)
    sheet.labelled(person.personal)
    _heading(sheet, person.headings.roles)
    for position, role in enumerate(person.roles):
        sheet.ln(2 if position else 0)
        sheet.both_ends(role.title, period(role.start, role.end, person.date_style))
        sheet.paragraph(f"{role.employer}, {role.location}", 0, "", GREY)
        sheet.ln(0.5)
        sheet.bullets(role.highlights)
    _heading(sheet, person.headings.studies)
    for position, study in enumerate(person.studies):
        sheet.ln(1.2 if position else 0)
        sheet.both_ends(study.degree, period(study.start, study.end, person.date_style))
        sheet.paragraph(f"{study.institution}, {study.location}", 0, "", GREY)
    _heading(sheet, person.headings.skills)
    sheet.labelled(skill_pairs(person.skills))
    _heading(sheet, person.headings.languages)
    sheet.paragraph(", ".join(f"{language.name} ({language.level})" for language in person.languages))
    for section in person.sections:
        _heading(sheet, section.heading)
        sheet.section_lines(section, gap=1.2)
    return sheet.finished()


def _heading(sheet: Canvas, text: str) -> None:
    text_left = LOOK.margin + LEFT_COLUMN
    sheet.ln(2.8)
    sheet.set_left_margin(LOOK.margin)
    sheet.set_x(LOOK.margin)
    sheet.rule((214, 206, 198), 0.25)
    sheet.ln(2.8)
    height = sheet.type(0, "B", LOOK.accent)
    sheet.cell(LEFT_COLUMN, height, text)
    sheet.set_left_margin(text_left)
    sheet.set_x(text_left)
