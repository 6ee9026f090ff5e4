"""Two columns: a dark side bar with contacts, skills and languages, the work beside it.

The side bar is written first and whole, then the main column, as drawing programs and CV builders do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from samples.renderer.dates import period
from samples.renderer.layouts.pdf_canvas import GREY, Canvas, Colour, Look

if TYPE_CHECKING:
    from collections.abc import Iterable

    from samples.renderer.model import Person

LOOK = Look(family="Helvetica", accent=(32, 52, 84), body=9.9, margin=15.0, paper="Letter")
BAR_WIDTH = 66.0
BAR_MARGIN = 9.0
PALE: Colour = (240, 243, 248)
HIGHLIGHT: Colour = (240, 184, 96)


def render(person: Person) -> bytes:
    """The CV of ``person`` as a two-column PDF."""
    sheet = Canvas.for_person(LOOK, person, "Resume of")
    sheet.set_fill_color(*LOOK.accent)
    sheet.rect(0, 0, BAR_WIDTH, sheet.h, style="F")
    _side_bar(sheet, person)
    _main_column(sheet, person)
    return sheet.finished()


def _side_bar(sheet: Canvas, person: Person) -> None:
    sheet.set_left_margin(BAR_MARGIN)
    sheet.set_right_margin(sheet.w - BAR_WIDTH + BAR_MARGIN - 3)
    sheet.set_xy(BAR_MARGIN, 20)
    _bar_heading(sheet, person.headings.contact)
    for line in (*person.address, person.phone):
        sheet.paragraph(line, 0, "", PALE)
    height = sheet.type(0, "", PALE)
    sheet.cell(0, height, person.email, link=f"mailto:{person.email}", new_x="LMARGIN", new_y="NEXT")
    for link in person.links:
        height = sheet.type(8.2, "", PALE)
        sheet.cell(0, height + 0.6, link.short, link=link.url, new_x="LMARGIN", new_y="NEXT")
    _bar_heading(sheet, person.headings.skills)
    for position, group in enumerate(person.skills):
        sheet.ln(2 if position else 0)
        _bar_list(sheet, group.label, group.items)
    _bar_heading(sheet, person.headings.languages)
    for language in person.languages:
        sheet.paragraph(f"{language.name} – {language.level}", 0, "", PALE)
    for section in person.sections:
        _bar_heading(sheet, section.heading)
        for position, line in enumerate(section.lines):
            sheet.ln(1.4 if position else 0)
            sheet.paragraph(line, 9.2, "", PALE)


def _main_column(sheet: Canvas, person: Person) -> None:
    left = BAR_WIDTH + 10
    sheet.set_left_margin(left)
    sheet.set_right_margin(LOOK.margin)
    sheet.set_xy(left, 19)
    sheet.paragraph(person.name, 27, "B", LOOK.accent)
    sheet.paragraph(person.headline, 13, "", GREY)
    _heading(sheet, person.headings.summary)
    sheet.paragraph(person.summary)
    _heading(sheet, person.headings.roles)
    for position, role in enumerate(person.roles):
        sheet.ln(3.2 if position else 0)
        sheet.both_ends(role.title, period(role.start, role.end, person.date_style), 10.4)
        sheet.paragraph(f"{role.employer}, {role.location}", 0, "", LOOK.accent)
        sheet.ln(1)
        sheet.bullets(role.highlights, gap=0.8)
    _heading(sheet, person.headings.studies)
    for position, study in enumerate(person.studies):
        sheet.ln(1.8 if position else 0)
        sheet.both_ends(study.degree, period(study.start, study.end, person.date_style))
        place = f"{study.institution}, {study.location}"
        sheet.paragraph(f"{place}, {study.note}" if study.note else place)


def _heading(sheet: Canvas, text: str) -> None:
    sheet.ln(5.4)
    sheet.paragraph(text, 13, "B", LOOK.accent)
    sheet.ln(0.4)
    sheet.rule(HIGHLIGHT, 0.7)
    sheet.ln(2.4)


def _bar_heading(sheet: Canvas, text: str) -> None:
    if sheet.y > BAR_MARGIN * 3:
        sheet.ln(6)
    sheet.paragraph(text.upper(), 10, "B", HIGHLIGHT)
    sheet.ln(1.6)


def _bar_list(sheet: Canvas, label: str, items: Iterable[str]) -> None:
    sheet.paragraph(label, 0, "B", PALE)
    for item in items:
        sheet.paragraph(item, 0, "", PALE)
