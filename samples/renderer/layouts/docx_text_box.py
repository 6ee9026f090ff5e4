"""A Word document whose contacts hide: telephone and address in a text box, e-mail only in the page header.

The box is written twice, as Word does it: DrawingML for itself, VML for older readers, both inside one
``mc:AlternateContent``. A reader must find the text, and find it once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.parser import parse_xml

from samples.renderer.dates import period
from samples.renderer.layouts.docx_writer import (
    WordLook,
    add_link,
    add_page_number,
    greyed,
    new_document,
    right_tab,
    saved,
    underline_paragraph,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph

    from samples.renderer.model import Person

LOOK = WordLook(font="Georgia", size=10, accent="2F4F7A", margin=21)
TEXT_WIDTH = 168.0
BOX_WIDTH_EMU, BOX_HEIGHT_EMU = 2_340_000, 828_000
BOX_WIDTH_PT, BOX_HEIGHT_PT = 184.25, 65.2

TEXT_BOX = """
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
     xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
     xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
     xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
     xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
     xmlns:v="urn:schemas-microsoft-com:vml">
  <mc:AlternateContent>
    <mc:Choice Requires="wps">
      <w:drawing>
        <wp:anchor distT="45720" distB="45720" distL="114300" distR="114300" simplePos="0"
                   relativeHeight="251659264" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1">
          <wp:simplePos x="0" y="0"/>
          <wp:positionH relativeFrom="margin"><wp:align>right</wp:align></wp:positionH>
          <wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>
          <wp:extent cx="{width_emu}" cy="{height_emu}"/>
          <wp:effectExtent l="0" t="0" r="0" b="0"/>
          <wp:wrapSquare wrapText="bothSides"/>
          <wp:docPr id="2" name="Text Box 2"/>
          <wp:cNvGraphicFramePr/>
          <a:graphic>
            <a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
              <wps:wsp>
                <wps:cNvSpPr txBox="1"/>
                <wps:spPr>
                  <a:xfrm><a:off x="0" y="0"/><a:ext cx="{width_emu}" cy="{height_emu}"/></a:xfrm>
                  <a:prstGeom prst="rect"><a:avLst/></a:prstGeom>
                  <a:solidFill><a:srgbClr val="EEF2F8"/></a:solidFill>
                  <a:ln w="9525"><a:solidFill><a:srgbClr val="{accent}"/></a:solidFill></a:ln>
                </wps:spPr>
                <wps:txbx><w:txbxContent>{paragraphs}</w:txbxContent></wps:txbx>
                <wps:bodyPr lIns="91440" tIns="45720" rIns="91440" bIns="45720" anchor="t"/>
              </wps:wsp>
            </a:graphicData>
          </a:graphic>
        </wp:anchor>
      </w:drawing>
    </mc:Choice>
    <mc:Fallback>
      <w:pict>
        <v:shapetype id="_x0000_t202" coordsize="21600,21600" path="m,l,21600r21600,l21600,xe"/>
        <v:shape id="Text Box 2" type="#_x0000_t202" fillcolor="#EEF2F8" strokecolor="#{accent}"
                 style="position:absolute;width:{width_pt}pt;height:{height_pt}pt;z-index:251659264;\
mso-position-horizontal:right;mso-position-horizontal-relative:margin">
          <v:textbox><w:txbxContent>{paragraphs}</w:txbxContent></v:textbox>
        </v:shape>
      </w:pict>
    </mc:Fallback>
  </mc:AlternateContent>
</w:r>
"""


def render(person: Person) -> bytes:
    """The CV of ``person`` as a Word document with a text box, a page header and a page footer."""
    document = new_document(person, LOOK)
    _header_and_footer(document, person)
    name = document.add_paragraph(person.name, style="Title")
    _add_text_box(name, (*person.address, f"Telephone {person.phone}"))
    greyed(document.add_paragraph().add_run(person.headline))
    _heading(document, person.headings.summary)
    document.add_paragraph(person.summary)
    see = document.add_paragraph("See also ")
    for position, link in enumerate(person.links):
        see.add_run(" and " if position else "")
        add_link(see, link.label, link.url)
    see.add_run(".")
    _heading(document, person.headings.roles)
    for role in person.roles:
        line = document.add_paragraph(f"{role.title}, {role.employer}", style="Heading 2")
        right_tab(line, TEXT_WIDTH)
        greyed(line.add_run(f"\t{period(role.start, role.end, person.date_style)}"))
        document.add_paragraph().add_run(role.location).italic = True
        for point in role.highlights:
            document.add_paragraph(point, style="List Bullet")
    _heading(document, person.headings.studies)
    for study in person.studies:
        span = period(study.start, study.end, person.date_style)
        document.add_paragraph(f"{study.degree}, {study.institution}, {study.location}, {span}")
    _heading(document, person.headings.skills)
    for group in person.skills:
        text = document.add_paragraph()
        text.add_run(f"{group.label}: ").bold = True
        text.add_run(", ".join(group.items))
    for section in person.sections:
        _heading(document, section.heading)
        for item in section.lines:
            document.add_paragraph(item, style="List Bullet" if section.is_bulleted else None)
    _heading(document, person.headings.languages)
    document.add_paragraph(", ".join(f"{language.name} ({language.level})" for language in person.languages))
    return saved(document)


def _header_and_footer(document: WordDocument, person: Person) -> None:
    section = document.sections[0]
    header = section.header.paragraphs[0]
    header.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    add_link(header, person.email, f"mailto:{person.email}")
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    greyed(footer.add_run(f"Curriculum vitae of {person.name}, page "))
    add_page_number(footer)


def _add_text_box(paragraph: Paragraph, lines: Iterable[str]) -> None:
    content = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    box = TEXT_BOX.format(
        paragraphs=content,
        accent=LOOK.accent,
        width_emu=BOX_WIDTH_EMU,
        height_emu=BOX_HEIGHT_EMU,
        width_pt=BOX_WIDTH_PT,
        height_pt=BOX_HEIGHT_PT,
    )
    paragraph._p.append(parse_xml(box))  # python-docx has no text boxes


def _heading(document: WordDocument, text: str) -> None:
    underline_paragraph(document.add_paragraph(text, style="Heading 1"), LOOK.accent)
