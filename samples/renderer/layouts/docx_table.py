"""A Word document that is one borderless table, dates left and text right, with a second table inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.shared import Mm, Pt

from samples.renderer.dates import period
from samples.renderer.layouts.docx_writer import WordLook, add_link, greyed, new_document, saved

if TYPE_CHECKING:
    from docx.table import Table, _Cell

    from samples.renderer.model import Person, SkillGroup

LOOK = WordLook(font="Cambria", size=10.5, accent="7A2F52", margin=19)
LEFT, RIGHT = Mm(40), Mm(132)


def render(person: Person) -> bytes:
    """The CV of ``person`` as a Word table."""
    document = new_document(person, LOOK)
    table = document.add_table(rows=0, cols=2)
    table.autofit = False
    table.columns[0].width, table.columns[1].width = LEFT, RIGHT
    _wide_row(table, person.name, "Title")
    _wide_row(table, person.headline, None)
    _row(table, "Address", person.address_line)
    _row(table, "Telephone", person.phone)
    add_link(_row(table, "E-mail", "").paragraphs[0], person.email, f"mailto:{person.email}")
    _heading_row(table, person.headings.summary)
    _wide_row(table, person.summary, None)
    _heading_row(table, person.headings.roles)
    for role in person.roles:
        cell = _row(table, period(role.start, role.end, person.date_style), "")
        cell.paragraphs[0].add_run(role.title).bold = True
        cell.add_paragraph().add_run(f"{role.employer}, {role.location}").italic = True
        for point in role.highlights:
            cell.add_paragraph(point, style="List Bullet")
    _heading_row(table, person.headings.studies)
    for study in person.studies:
        cell = _row(table, period(study.start, study.end, person.date_style), "")
        cell.paragraphs[0].add_run(study.degree).bold = True
        cell.add_paragraph(f"{study.institution}, {study.location}")
        if study.note:
            cell.add_paragraph(study.note)
    _heading_row(table, person.headings.skills)
    _nested_table(_row(table, "Self-assessed", ""), person.skills)
    for section in person.sections:
        _heading_row(table, section.heading)
        cell = _row(table, "", section.lines[0])
        for line in section.lines[1:]:
            cell.add_paragraph(line)
    _heading_row(table, person.headings.languages)
    for language in person.languages:
        _row(table, language.name, language.level)
    return saved(document)


def _new_row(table: Table) -> tuple[_Cell, _Cell]:
    left, right = table.add_row().cells  # type: ignore[no-untyped-call]  # python-docx left it untyped
    return left, right


def _row(table: Table, label: str, text: str) -> _Cell:
    left, right = _new_row(table)
    left.width, right.width = LEFT, RIGHT
    greyed(left.paragraphs[0].add_run(label))
    right.paragraphs[0].text = text
    return right


def _wide_row(table: Table, text: str, style: str | None) -> _Cell:
    left, right = _new_row(table)
    cell: _Cell = left.merge(right)
    cell.paragraphs[0].text = text
    if style:
        cell.paragraphs[0].style = style
    return cell


def _heading_row(table: Table, text: str) -> None:
    cell = _wide_row(table, text, "Heading 1")
    cell.paragraphs[0].paragraph_format.space_before = Pt(3)
    cell._tc.get_or_add_tcPr().append(  # python-docx has no cell shading
        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="F5EBF0"/>')
    )


def _nested_table(cell: _Cell, skills: tuple[SkillGroup, ...]) -> None:
    inner = cell.add_table(rows=0, cols=2)
    inner.style = "Table Grid"
    for group in skills:
        left, right = _new_row(inner)
        left.width, right.width = Mm(66), Mm(62)
        left.paragraphs[0].text = group.label
        right.paragraphs[0].text = ", ".join(group.items)
    # Word wants a paragraph after a table that ends a cell.
    cell.add_paragraph()
