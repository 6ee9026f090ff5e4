"""A German Lebenslauf: personal data first, dates in the left column, place, day and name at the foot."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from samples.renderer.dates import RENDERED_ON, period
from samples.renderer.layouts.pdf_canvas import GREY, Canvas, Look, role_height

if TYPE_CHECKING:
    from collections.abc import Iterator

    from samples.renderer.model import Person

LOOK = Look(family="Helvetica", accent=(60, 76, 60), body=9.2, margin=16.0)
LEFT_COLUMN = 42.0


def render(person: Person) -> bytes:
    """The CV of ``person`` as a tabular PDF."""
    sheet = Canvas.for_person(LOOK, person, "Lebenslauf")
    sheet.paragraph("Lebenslauf", 23, "", LOOK.accent)
    sheet.paragraph(f"{person.name}, {person.headline}", 11, "", GREY)
    _heading(sheet, person.headings.personal)
    rows = (
        ("Name", person.name),
        ("Anschrift", person.address_line),
        ("Telefon", person.phone),
        ("E-Mail", person.email),
        *((link.label, link.short) for link in person.links),
        *person.personal,
    )
    for label, text in rows:
        _row(sheet, label, text)
    _heading(sheet, person.headings.summary)
    sheet.paragraph(person.summary)
    _heading(sheet, person.headings.roles)
    for position, role in enumerate(person.roles):
        sheet.ln(1.6 if position else 0)
        sheet.keep_together(role_height(role))
        _row(sheet, period(role.start, role.end, person.date_style), role.title, is_bold=True)
        with _indented(sheet):
            sheet.paragraph(f"{role.employer}, {role.location}", 0, "I")
            sheet.bullets(role.highlights, gap=0.2)
    _heading(sheet, person.headings.studies)
    for position, study in enumerate(person.studies):
        sheet.ln(1 if position else 0)
        _row(sheet, period(study.start, study.end, person.date_style), study.degree, is_bold=True)
        with _indented(sheet):
            place = f"{study.institution}, {study.location}"
            sheet.paragraph(f"{place}; {study.note}" if study.note else place)
    _heading(sheet, person.headings.skills)
    for group in person.skills:
        _row(sheet, group.label, ", ".join(group.items))
    _row(
        sheet,
        person.headings.languages,
        ", ".join(f"{language.name}: {language.level}" for language in person.languages),
    )
    for section in person.sections:
        _row(sheet, section.heading, "; ".join(section.lines))
    sheet.ln(3)
    sheet.paragraph(f"{person.city}, den {RENDERED_ON:%d.%m.%Y}")
    sheet.ln(1.5)
    sheet.paragraph(person.name, 13, "I", LOOK.accent)
    return sheet.finished()


@contextmanager
def _indented(sheet: Canvas) -> Iterator[None]:
    sheet.set_left_margin(LOOK.margin + LEFT_COLUMN)
    sheet.set_x(LOOK.margin + LEFT_COLUMN)
    yield
    sheet.set_left_margin(LOOK.margin)
    sheet.set_x(LOOK.margin)


def _row(sheet: Canvas, label: str, text: str, *, is_bold: bool = False) -> None:
    height = sheet.type(0, "", GREY)
    sheet.cell(LEFT_COLUMN, height, label)
    sheet.type(0, "B" if is_bold else "")
    sheet.multi_cell(0, height, text, align="L", new_x="LMARGIN", new_y="NEXT")
    sheet.ln(0.25)


def _heading(sheet: Canvas, text: str) -> None:
    sheet.ln(2.3)
    sheet.keep_together(18)
    sheet.paragraph(text, 11.4, "B", LOOK.accent)
    sheet.ln(0.4)
    sheet.rule(width=0.4)
    sheet.ln(1.8)
