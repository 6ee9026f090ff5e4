"""One story of a Word document (body, header, note, text box) as lines, links and hidden text.

Reads XML events, so a document costs no tree. Tracked changes count as accepted: insertions stay,
deletions and the old place of moved text go. Of two renderings of one drawing only one is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec

from shared_code.documents.docx_blocks import Alternatives, Field, Paragraph, Row
from shared_code.documents.docx_styles import is_on
from shared_code.documents.fields import hyperlink_target
from shared_code.documents.model import Link
from shared_code.documents.visibility import Verdict, leave_gap
from shared_code.documents.xml_events import Dispatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared_code.documents.docx_looks import Looks
    from shared_code.documents.ooxml import Relationship

_P = ParamSpec("_P")

_SKIPPED = frozenset(
    {
        "w:moveFrom", "w:sdtPr", "w:rPrChange", "w:pPrChange",
        "w:sectPrChange", "w:tblPrChange", "w:trPrChange", "w:tcPrChange", "w:tblPrExChange",
        "w:tblGridChange",
    }
)  # fmt: skip
# Word names its built-in styles in the language it was installed in, without the accented letters.
_HEADING_STYLES = (
    "heading", "title", "berschrift", "titel", "titre", "ttulo", "titolo", "kop", "nagwek", "rubrik",
)  # fmt: skip


class StoryReader:
    """Reads a part of a Word document that holds text; ``events`` takes its elements.

    Args:
        relationships: the part's, by id, for the targets of its links.
        looks: tells which of its text is seen.
        read_chunk: lines of an embedded foreign part (``w:altChunk``), by relationship id.
    """

    def __init__(
        self,
        relationships: Mapping[str, Relationship],
        looks: Looks,
        read_chunk: Callable[[str], list[str]],
    ) -> None:
        self.lines: list[str] = []
        self.links: list[Link] = []
        self.hidden: list[str] = []
        self.header_ids: list[str] = []
        self.footer_ids: list[str] = []
        self._relationships = relationships
        self._read_chunk = read_chunk
        self._in_text = 0
        self._in_instruction = False
        self._in_row_properties = False
        self._characters = 0
        self._is_watermark = False
        self._blocks: list[list[str]] = [self.lines]
        self._paragraphs = [Paragraph(depth=-1)]  # takes text that stands outside of any paragraph
        self._rows: list[Row] = []
        self._fields: list[Field] = []
        self._hyperlinks: list[tuple[str, Paragraph, int]] = []
        self._alternatives: list[Alternatives] = []
        self._ruby: list[int] = []
        self._ruby_text = ""
        self._looks = looks
        starts: dict[str, Callable[[dict[str, str]], None]] = {
            "w:p": self._start_paragraph, "a:p": self._start_drawn_paragraph,
            "w:r": self._start_run, "m:r": self._start_run, "a:r": self._start_run,
            "w:t": self._start_text, "m:t": self._start_text, "a:t": self._start_text,
            "w:pStyle": self._paragraph_style, "w:numId": self._list_item, "w:outlineLvl": self._heading,
            "w:tab": self._tab, "w:ptab": self._tab, "w:br": self._line_break, "w:cr": self._line_break,
            "a:br": self._line_break, "w:noBreakHyphen": self._no_break_hyphen, "w:sym": self._symbol,
            "w:del": self._deletion, "w:tr": self._start_row, "w:trPr": self._start_row_properties,
            "w:hidden": self._hidden_row, "w:tc": self._start_cell, "w:hyperlink": self._start_hyperlink,
            "w:fldSimple": self._start_simple_field, "w:fldChar": self._field_mark,
            "w:instrText": self._start_instruction, "a:hlinkClick": self._picture_link,
            "v:shape": self._shape, "v:rect": self._shape, "v:roundrect": self._shape,
            "v:textpath": self._word_art, "w:rt": self._start_ruby, "w:footnote": self._note,
            "w:endnote": self._note, "w:headerReference": self._header, "w:footerReference": self._footer,
            "w:altChunk": self._chunk, "mc:AlternateContent": self._start_alternatives,
            "mc:Choice": self._alternative, "mc:Fallback": self._alternative,
        }  # fmt: skip
        ends: dict[str, Callable[[], None]] = {
            "w:p": self._end_paragraph, "a:p": self._end_paragraph,
            "w:r": self._end_run, "m:r": self._end_run, "a:r": self._end_run,
            "w:t": self._end_text, "m:t": self._end_text, "a:t": self._end_text,
            "w:tr": self._end_row, "w:trPr": self._end_row_properties, "w:tc": self._end_cell,
            "w:hyperlink": self._end_hyperlink, "w:fldSimple": self._end_hyperlink,
            "w:instrText": self._end_instruction, "w:rt": self._end_ruby, "w:rubyBase": self._end_ruby_base,
            "mc:AlternateContent": self._end_alternatives, "mc:Choice": self._end_alternative,
        }  # fmt: skip

        self.events = Dispatcher(_both(looks.starts, starts), _both(ends, looks.ends), self._text, _SKIPPED)

    def finish(self) -> None:
        """Write out what is still open, once the part has been read."""
        rest = self._paragraphs[0].lines()
        if any(line.strip() for line in rest):
            self.lines.extend(rest)

    # Text

    def _text(self, data: str) -> None:
        if self._in_instruction:
            if self._fields and self._fields[-1].result_in is None:
                self._fields[-1].instruction.append(data)
        elif self._in_text:
            self._add(data)

    def _add(self, data: str) -> None:
        if self._fields and self._fields[-1].result_in is None:
            return  # inside a field's code
        paragraph = self._paragraphs[-1]
        self._characters += len(data)
        verdict = self._looks.verdict(data)
        if verdict is Verdict.SEEN:
            paragraph.parts.append(data)
            return
        self.hidden.append(data)
        if verdict is Verdict.UNSEEN and data.isspace():
            paragraph.parts.append(data)  # tabs and breaks part words in whatever colour
        elif verdict is Verdict.UNSEEN:
            leave_gap(paragraph.parts)

    def _emit(self, lines: list[str]) -> None:
        """Lines go to the open container, or behind the paragraph they are anchored in."""
        anchor = self._paragraphs[-1]
        target = anchor.after if anchor.depth == len(self._blocks) else self._blocks[-1]
        target.extend(lines)

    def _start_text(self, _: dict[str, str]) -> None:
        self._in_text += 1

    def _end_text(self) -> None:
        self._in_text -= 1

    def _tab(self, _: dict[str, str]) -> None:
        if self._paragraphs[-1].in_run:  # elsewhere it sets a tab stop
            self._add("\t")

    def _line_break(self, _: dict[str, str]) -> None:
        self._add("\n")

    def _no_break_hyphen(self, _: dict[str, str]) -> None:
        self._add("-")

    def _symbol(self, attributes: dict[str, str]) -> None:
        # Symbol fonts' characters go to the private area, where cleaning keeps bullets and drops icons.
        try:
            code = int(attributes.get("w:char", ""), 16)
        except ValueError:
            return
        if code < 0x110000:
            self._add(chr(code + 0xF000 if code < 0x100 else code))

    def _start_ruby(self, _: dict[str, str]) -> None:
        self._ruby.append(len(self._paragraphs[-1].parts))

    def _end_ruby(self) -> None:
        parts, start = self._paragraphs[-1].parts, self._ruby.pop()
        self._ruby_text = "".join(parts[start:])
        del parts[start:]

    def _end_ruby_base(self) -> None:
        if self._ruby_text:
            self._add(f"({self._ruby_text})")
            self._ruby_text = ""

    # Paragraphs and runs

    def _start_paragraph(self, _: dict[str, str]) -> None:
        self._looks.start_paragraph()
        self._paragraphs.append(Paragraph(len(self._blocks)))

    def _start_drawn_paragraph(self, _: dict[str, str]) -> None:
        self._looks.start_paragraph(is_judged=False)  # charts and diagrams bring their own ground
        self._paragraphs.append(Paragraph(len(self._blocks)))

    def _end_paragraph(self) -> None:
        paragraph = self._paragraphs.pop()
        self._looks.end_paragraph()
        if self.hidden and self.hidden[-1] != "\n":
            self.hidden.append("\n")
        # A field whose code never ended must not swallow the rest of the document.
        self._fields = [f for f in self._fields if f.owner is not paragraph or f.result_in is not None]
        self._emit(paragraph.lines())

    def _start_run(self, _: dict[str, str]) -> None:
        self._paragraphs[-1].in_run = True
        self._looks.start_run()

    def _end_run(self) -> None:
        self._paragraphs[-1].in_run = False
        self._looks.end_run()

    def _paragraph_style(self, attributes: dict[str, str]) -> None:
        paragraph, style = self._paragraphs[-1], attributes.get("w:val", "")
        paragraph.is_listed = paragraph.is_listed or style.startswith("ListBullet")
        paragraph.is_heading = paragraph.is_heading or style.lower().startswith(_HEADING_STYLES)

    def _list_item(self, attributes: dict[str, str]) -> None:
        self._paragraphs[-1].is_listed = attributes.get("w:val") != "0"

    def _heading(self, attributes: dict[str, str]) -> None:
        self._paragraphs[-1].is_heading = attributes.get("w:val") != "9"  # 9 is body text

    # Tables

    def _start_row(self, _: dict[str, str]) -> None:
        self._rows.append(Row())
        self._looks.start_row()

    def _start_row_properties(self, _: dict[str, str]) -> None:
        self._in_row_properties = True

    def _end_row_properties(self) -> None:
        self._in_row_properties = False

    def _hidden_row(self, attributes: dict[str, str]) -> None:
        if self._in_row_properties and self._rows:
            self._rows[-1].is_hidden = is_on(attributes)

    def _deletion(self, _: dict[str, str]) -> None:
        if self._in_row_properties and self._rows:
            self._rows[-1].is_deleted = True
        self.events.skip()

    def _start_cell(self, _: dict[str, str]) -> None:
        self._blocks.append([])
        self._looks.start_cell()

    def _end_cell(self) -> None:
        self._looks.end_cell()
        cell = self._blocks.pop()
        if self._rows:
            self._rows[-1].cells.append(cell)
        else:
            self._emit(cell)

    def _end_row(self) -> None:
        row = self._rows.pop()
        self._looks.end_row(is_deleted=row.is_deleted)
        if row.is_hidden:
            self.hidden.extend(f"{line}\n" for line in row.lines())
        elif not row.is_deleted:
            self._emit(row.lines())

    # Links and fields

    def _start_hyperlink(self, attributes: dict[str, str]) -> None:
        self._open_link(self._external(attributes.get("r:id", "")))

    def _start_simple_field(self, attributes: dict[str, str]) -> None:
        self._open_link(hyperlink_target(attributes.get("w:instr", "")))

    def _open_link(self, target: str) -> None:
        paragraph = self._paragraphs[-1]
        self._hyperlinks.append((target, paragraph, len(paragraph.parts)))

    def _end_hyperlink(self) -> None:
        target, paragraph, start = self._hyperlinks.pop()
        self._add_link(target, "".join(paragraph.parts[start:]))

    def _field_mark(self, attributes: dict[str, str]) -> None:
        kind, paragraph = attributes.get("w:fldCharType"), self._paragraphs[-1]
        if kind == "begin":
            self._fields.append(Field(paragraph))
        elif kind == "separate" and self._fields:
            self._fields[-1].result_in, self._fields[-1].result_from = paragraph, len(paragraph.parts)
        elif kind == "end" and self._fields:
            ended = self._fields.pop()
            if ended.result_in is not None:
                text = "".join(ended.result_in.parts[ended.result_from :])
                self._add_link(hyperlink_target("".join(ended.instruction)), text)

    def _start_instruction(self, _: dict[str, str]) -> None:
        self._in_instruction = True

    def _end_instruction(self) -> None:
        self._in_instruction = False

    def _picture_link(self, attributes: dict[str, str]) -> None:
        self._add_link(self._external(attributes.get("r:id", "")), "")

    def _shape(self, attributes: dict[str, str]) -> None:
        self._is_watermark = "watermark" in attributes.get("id", "").lower()
        self._add_link(attributes.get("href", ""), "")

    def _word_art(self, attributes: dict[str, str]) -> None:
        if not self._is_watermark and attributes.get("string", "").strip():
            self._add(attributes["string"])

    def _external(self, relationship_id: str) -> str:
        relationship = self._relationships.get(relationship_id)
        return relationship.target if relationship is not None and relationship.is_external else ""

    def _add_link(self, target: str, text: str) -> None:
        if target and not target.startswith("#"):
            self.links.append(Link(target, text, 1))

    # Other stories

    def _note(self, attributes: dict[str, str]) -> None:
        if attributes.get("w:type", "normal") != "normal":
            self.events.skip()  # the line above the notes

    def _header(self, attributes: dict[str, str]) -> None:
        self.header_ids.append(attributes.get("r:id", ""))

    def _footer(self, attributes: dict[str, str]) -> None:
        self.footer_ids.append(attributes.get("r:id", ""))

    def _chunk(self, attributes: dict[str, str]) -> None:
        self._emit(self._read_chunk(attributes.get("r:id", "")))

    # Alternatives: the first that says something

    def _start_alternatives(self, _: dict[str, str]) -> None:
        self._alternatives.append(Alternatives(self._characters))

    def _alternative(self, _: dict[str, str]) -> None:
        if self._alternatives and self._alternatives[-1].is_settled:
            self.events.skip()

    def _end_alternative(self) -> None:
        if self._alternatives:
            alternatives = self._alternatives[-1]
            alternatives.is_settled = self._characters > alternatives.characters_before

    def _end_alternatives(self) -> None:
        self._alternatives.pop()


def _both(
    first: Mapping[str, Callable[_P, None]], then: Mapping[str, Callable[_P, None]]
) -> Mapping[str, Callable[_P, None]]:
    """One table of what to call for each element, in that order where both want it."""
    shared = {name: _one_by_one(first[name], then[name]) for name in first.keys() & then.keys()}
    return {**first, **then, **shared}


def _one_by_one(first: Callable[_P, None], then: Callable[_P, None]) -> Callable[_P, None]:
    def handle(*args: _P.args, **kwargs: _P.kwargs) -> None:
        first(*args, **kwargs)
        then(*args, **kwargs)

    return handle
