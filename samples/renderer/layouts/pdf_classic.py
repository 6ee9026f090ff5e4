"""The classic: a serif face, the name in the middle, page numbers; for one page or several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from samples.renderer.dates import period
from samples.renderer.layouts.pdf_canvas import GREY, Canvas, Look, contact_parts, role_height, skill_pairs

if TYPE_CHECKING:
    from samples.renderer.model import Person


@dataclass(frozen=True, slots=True)
class Classic:
    """One setting of the classic layout.

    Attributes:
        look: paper, type and accent.
        education_first: students put their studies before their work.
        numbers_pages: "Name, page 1 of 2" at the foot.
    """

    look: Look
    education_first: bool = False
    numbers_pages: bool = True

    def render(self, person: Person) -> bytes:
        """The CV of ``person`` as a PDF in this setting."""
        sheet = _NumberedCanvas.for_person(self.look, person, "Curriculum vitae,")
        sheet.foot = person.name if self.numbers_pages else ""
        _head(sheet, person)
        if self.education_first:
            _studies(sheet, person)
            _roles(sheet, person)
        else:
            _roles(sheet, person)
            _studies(sheet, person)
        _rest(sheet, person)
        return sheet.finished()


class _NumberedCanvas(Canvas):
    foot = ""

    def footer(self) -> None:
        """Called by the base class whenever a page ends."""
        if self.foot:
            self.set_y(-13)
            height = self.type(8.5, "I", GREY)
            self.cell(0, height, f"{self.foot}, page {self.page_no()} of {{nb}}", align="C")


TWO_PAGES = Classic(Look(family="Times", accent=(96, 28, 40), body=11.0, margin=21.0))
STUDENT = Classic(
    Look(family="Times", accent=(20, 84, 60), body=10.1, margin=18.0, paper="Letter"),
    education_first=True,
    numbers_pages=False,
)


def _head(sheet: Canvas, person: Person) -> None:
    sheet.paragraph(person.name, 23, "B", align="C")
    sheet.paragraph(person.headline, 12, "I", GREY, align="C")
    sheet.ln(1.4)
    sheet.paragraph(person.address_line, align="C")
    sheet.linked_line(contact_parts(person, hide_targets=False), sheet.look.body - 0.6, align="C")
    _heading(sheet, person.headings.summary)
    sheet.paragraph(person.summary)


def _roles(sheet: Canvas, person: Person) -> None:
    _heading(sheet, person.headings.roles)
    for position, role in enumerate(person.roles):
        sheet.ln(2 if position else 0)
        sheet.keep_together(role_height(role))
        sheet.both_ends(role.title, period(role.start, role.end, person.date_style), sheet.look.body + 0.3)
        sheet.paragraph(f"{role.employer}, {role.location}", 0, "I")
        sheet.ln(0.6)
        sheet.bullets(role.highlights)


def _studies(sheet: Canvas, person: Person) -> None:
    _heading(sheet, person.headings.studies)
    for position, study in enumerate(person.studies):
        sheet.ln(1.4 if position else 0)
        sheet.keep_together(12)
        sheet.both_ends(study.degree, period(study.start, study.end, person.date_style))
        sheet.paragraph(f"{study.institution}, {study.location}", 0, "I")
        if study.note:
            sheet.paragraph(study.note)


def _rest(sheet: Canvas, person: Person) -> None:
    for section in person.sections:
        _heading(sheet, section.heading)
        sheet.section_lines(section)
    _heading(sheet, person.headings.skills)
    sheet.labelled(skill_pairs(person.skills))
    _heading(sheet, person.headings.languages)
    sheet.paragraph("; ".join(f"{language.name}: {language.level}" for language in person.languages))


def _heading(sheet: Canvas, text: str) -> None:
    sheet.ln(2.9)
    sheet.keep_together(14)
    sheet.paragraph(text, sheet.look.body + 1.8, "B", sheet.look.accent)
    sheet.rule(width=0.25)
    sheet.ln(1.6)
