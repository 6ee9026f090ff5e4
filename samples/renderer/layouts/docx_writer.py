"""What the Word layouts share: styles, links, fields, borders, and saving the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.shared import Mm, Pt, RGBColor

from samples.renderer.dates import RENDERED_ON

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

    from samples.renderer.model import Person

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
UNUSED_PARTS = ("thumbnail", "stylesWithEffects", "customXml")


@dataclass(frozen=True, slots=True)
class WordLook:
    """The face, its size in points, the accent as RRGGBB and the margins in mm."""

    font: str
    size: float
    accent: str
    margin: float


def new_document(person: Person, look: WordLook) -> WordDocument:
    """An empty A4 document with the person's name in its properties, as Word fills them in unasked."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(look.margin)
    section.top_margin = section.bottom_margin = Mm(look.margin)
    for name, size, is_heading in (
        ("Normal", look.size, False),
        ("List Bullet", look.size, False),
        ("Title", look.size + 14, True),
        ("Heading 1", look.size + 2, True),
        ("Heading 2", look.size + 0.5, False),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = look.font, Pt(size)
        style.font.bold = name.startswith(("Title", "Heading"))
        style.font.color.rgb = RGBColor.from_string(look.accent if is_heading else "26303A")
        _forget_theme_fonts(style.element)
        style.paragraph_format.space_before = Pt(
            9 if name == "Heading 1" else 4 if name == "Heading 2" else 0
        )
        style.paragraph_format.space_after = Pt(1 if name == "List Bullet" else 3)
    properties = document.core_properties
    properties.author = properties.last_modified_by = person.name
    properties.title = f"CV {person.name}"
    properties.comments = ""
    properties.language = person.language
    properties.created = properties.modified = RENDERED_ON
    properties.revision = 3
    return document


def _forget_theme_fonts(style: BaseOxmlElement) -> None:
    # Where a style names a theme font, Word prefers it to the face set beside it.
    for fonts in style.iter(qn("w:rFonts")):
        for attribute in [name for name in fonts.attrib if name.endswith("Theme")]:
            del fonts.attrib[attribute]


def add_link(paragraph: Paragraph, text: str, target: str) -> None:
    """A hyperlink at the end of the paragraph; its target is a relationship of the part, as in Word."""
    relation = paragraph.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = parse_xml(f'<w:hyperlink {nsdecls("w", "r")} r:id="{relation}" w:history="1"/>')
    run = paragraph.add_run(text)
    run.font.underline = True
    run.font.color.rgb = RGBColor.from_string("1F5FA8")
    link.append(run._r)  # python-docx has no public way to put a run into a link
    paragraph._p.append(link)


def add_page_number(paragraph: Paragraph) -> None:
    """The PAGE field at the end of the paragraph."""
    paragraph._p.append(  # python-docx has no fields
        parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    )


def underline_paragraph(paragraph: Paragraph, colour: str) -> None:
    """A rule under the paragraph, from margin to margin."""
    paragraph._p.get_or_add_pPr().append(  # python-docx has no paragraph borders
        parse_xml(
            f"<w:pBdr {nsdecls('w')}>"
            f'<w:bottom w:val="single" w:sz="6" w:space="1" w:color="{colour}"/></w:pBdr>'
        )
    )


def right_tab(paragraph: Paragraph, position_mm: float) -> None:
    """A tabulator at which text ends: titles left, dates right."""
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(position_mm), WD_TAB_ALIGNMENT.RIGHT)


def greyed(run: Run) -> Run:
    """The run in grey, for what matters less."""
    run.font.color.rgb = RGBColor.from_string("68707A")
    run.font.bold = False
    return run


def saved(document: WordDocument) -> bytes:
    """The file's bytes, the same for the same content: unused parts dropped, no clock in the archive."""
    for relations in (document.part.rels, document.part.package.rels if document.part.package else {}):
        for key in [key for key, relation in relations.items() if relation.reltype.endswith(UNUSED_PARTS)]:
            relations.pop(key)
    raw, packed = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            entry = zipfile.ZipInfo(member.filename, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(member))
    return packed.getvalue()
