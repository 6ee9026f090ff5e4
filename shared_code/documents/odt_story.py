"""The stories of an OpenDocument text (body, headers, notes) as lines, links and hidden text.

Reads XML events, so a document costs no tree. Tracked changes count as accepted: what was deleted is
kept apart in the file and left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared_code.documents.docx_blocks import Row
from shared_code.documents.model import Link
from shared_code.documents.odt_styles import Look
from shared_code.documents.visibility import (
    ANYWHERE,
    BENEATH,
    UNKNOWN,
    Shades,
    Verdict,
    is_tiny,
    is_unseen,
    leave_gap,
    merged,
    over,
)
from shared_code.documents.xml_events import Dispatcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_code.documents.odt_styles import StyleSheet
    from shared_code.documents.visibility import Paper

_SKIPPED = frozenset(
    {
        "text:tracked-changes", "office:annotation", "office:forms", "office:scripts", "text:note-citation",
        "text:sequence-decls", "text:variable-decls", "text:user-field-decls", "text:dde-connection-decls",
        "text:index-title-template", "text:table-of-content-source", "svg:title", "svg:desc", "draw:object",
        "draw:object-ole", "office:binary-data", "office:event-listeners",
        "office:settings", "office:meta", "office:font-face-decls", "style:style", "style:page-layout",
        "draw:plugin", "draw:applet", "office:change-info", "text:notes-configuration",
        "text:linenumbering-configuration", "text:list-style", "text:outline-style", "number:date-style",
    }
)  # fmt: skip
_MOST_SPACES = 100  # of one text:s; more would let a small file write a large text
_USUAL_POINTS = 12.0  # where no style names a size
_LAST_LATIN = "\u024f"
_SPACES = re.compile(r"[ \t\r\n]+")
_NUMBER = re.compile(r"\d{1,6}")
_HEADERS = frozenset({"style:header", "style:header-left", "style:header-first"})
_FOOTERS = frozenset({"style:footer", "style:footer-left", "style:footer-first"})


@dataclass(slots=True)
class _Paragraph:
    """A paragraph being read."""

    look: Look
    behind: Shades
    is_listed: bool
    parts: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)  # lines of the text boxes anchored here
    spans: list[Look] = field(default_factory=list)
    ends_in_space: bool = True


class OdtStoryReader:
    """Reads content.xml, styles.xml and flat files; ``events`` takes their elements.

    Args:
        styles: the document's.
        paper: what its text stands on.
    """

    def __init__(self, styles: StyleSheet, paper: Paper) -> None:
        self.body: list[str] = []
        self.headers: list[str] = []
        self.footers: list[str] = []
        self.notes: list[str] = []
        self.links: list[Link] = []
        self.hidden: list[str] = []
        self._styles = styles
        self._paper = paper
        self._stories: list[list[str]] = []
        self._blocks: list[list[str]] = []
        self._paragraphs: list[_Paragraph] = []
        self._outer: list[list[_Paragraph]] = []  # paragraphs around a note, header or text box
        self._rows: list[Row] = []
        self._grounds: list[Shades] = [BENEATH]
        self._columns: list[Shades] = []  # fillings that columns give to cells which name none
        self._row_styles: list[str] = []
        self._lists = 0
        self._item_is_fresh = False
        self._anchors: list[tuple[str, _Paragraph | None, int]] = []
        self._hiding: list[bool] = []
        self._frames: list[tuple[bool, Shades]] = []  # whether a rendering was read, and the frame's filling
        starts: dict[str, Callable[[dict[str, str]], None]] = {
            "office:text": self._start_body, "text:p": self._start_paragraph, "text:h": self._start_heading,
            "text:span": self._start_span, "text:s": self._spaces, "text:tab": self._tab,
            "text:line-break": self._line_break, "text:a": self._start_link, "draw:a": self._start_link,
            "text:list": self._start_list, "text:list-item": self._start_item,
            "text:list-header": self._start_list_header, "table:table": self._start_table,
            "table:table-row": self._start_row, "table:table-cell": self._start_cell,
            "table:covered-table-cell": self._start_cell, "text:note": self._start_note,
            "draw:text-box": self._start_box, "draw:frame": self._start_frame,
            "draw:custom-shape": self._start_shape, "draw:rect": self._start_shape,
            "text:section": self._start_section, "text:hidden-paragraph": self._hide_paragraph,
            "text:hidden-text": self._hidden_field, "table:table-column": self._column,
            "text:ruby-text": self._start_ruby,
            **dict.fromkeys(_HEADERS, self._start_header), **dict.fromkeys(_FOOTERS, self._start_footer),
        }  # fmt: skip
        ends: dict[str, Callable[[], None]] = {
            "office:text": self._end_story, "text:p": self._end_paragraph, "text:h": self._end_paragraph,
            "text:span": self._end_span, "text:a": self._end_link, "draw:a": self._end_link,
            "text:list": self._end_list, "table:table": self._end_table, "table:table-row": self._end_row,
            "table:table-cell": self._end_cell, "table:covered-table-cell": self._end_cell,
            "text:note": self._end_story, "draw:text-box": self._end_box, "draw:frame": self._end_frame,
            "draw:custom-shape": self._end_box, "draw:rect": self._end_box,
            "text:section": self._end_section, "text:ruby-text": self._end_ruby,
            **dict.fromkeys(_HEADERS | _FOOTERS, self._end_story),
        }  # fmt: skip

        self.events = Dispatcher(starts, ends, self._text, _SKIPPED)

    # Text

    def _text(self, data: str) -> None:
        """White space counts once, and only inside of paragraphs."""
        if not self._paragraphs:
            return
        data = _SPACES.sub(" ", data)
        if data.startswith(" ") and self._paragraphs[-1].ends_in_space:
            data = data[1:]
        if data:
            self._add(data)
            self._paragraphs[-1].ends_in_space = data.endswith(" ")

    def _add(self, text: str) -> None:
        if not self._paragraphs:
            return
        paragraph = self._paragraphs[-1]
        paragraph.ends_in_space = False
        verdict = self._verdict(paragraph, text)
        if verdict is not Verdict.SEEN:
            self.hidden.append(text)
        if verdict is Verdict.SEEN or (verdict is Verdict.UNSEEN and text.isspace()):
            paragraph.parts.append(text)
        elif verdict is Verdict.UNSEEN:
            leave_gap(paragraph.parts)

    def _verdict(self, paragraph: _Paragraph, text: str) -> Verdict:
        look = paragraph.spans[-1] if paragraph.spans else paragraph.look
        if look.is_hidden or any(self._hiding):
            return Verdict.GONE
        has_other_letters = not text.isascii() and any(c > _LAST_LATIN and c.isalpha() for c in text)
        points = look.other_points if has_other_letters else look.points_in(_USUAL_POINTS)
        if points is not None and is_tiny(points):
            return Verdict.UNSEEN
        if look.has_effect or look.colour is None:
            return Verdict.SEEN
        behind = over(look.shade, paragraph.behind)
        is_lost = look.is_blank or is_unseen(look.colour, behind, self._paper)
        return Verdict.UNSEEN if is_lost else Verdict.SEEN

    def _hidden_field(self, attributes: dict[str, str]) -> None:
        if attributes.get("text:is-hidden") == "true":
            self.hidden.append(attributes.get("text:string-value", ""))
            self.events.skip()

    def _spaces(self, attributes: dict[str, str]) -> None:
        count = attributes.get("text:c", "1")
        self._add(" " * min(int(count) if _NUMBER.fullmatch(count) else 1, _MOST_SPACES))

    def _tab(self, _: dict[str, str]) -> None:
        self._add("\t")

    def _line_break(self, _: dict[str, str]) -> None:
        self._add("\n")
        if self._paragraphs:
            self._paragraphs[-1].ends_in_space = True

    def _start_ruby(self, _: dict[str, str]) -> None:
        self._add("(")

    def _end_ruby(self) -> None:
        self._add(")")

    # Paragraphs and spans

    def _start_paragraph(self, attributes: dict[str, str]) -> None:
        look = self._styles.look("paragraph", attributes.get("text:style-name", ""))
        is_first_of_item = self._lists > 0 and self._item_is_fresh
        self._item_is_fresh = False
        behind = over(look.fill, self._grounds[-1])
        self._paragraphs.append(_Paragraph(look, behind, is_first_of_item))

    def _start_heading(self, attributes: dict[str, str]) -> None:
        self._item_is_fresh = False  # headings are numbered by lists that show no bullet
        self._start_paragraph(attributes)

    def _end_paragraph(self) -> None:
        paragraph = self._paragraphs.pop()
        if self.hidden and self.hidden[-1] != "\n":
            self.hidden.append("\n")
        text = "".join(paragraph.parts)
        if paragraph.is_listed and text.strip() and text.lstrip()[0] not in "•·-–*":
            text = f"• {text.lstrip()}"
        self._emit([*text.split("\n"), *paragraph.after])

    def _emit(self, lines: list[str]) -> None:
        if self._blocks:
            self._blocks[-1].extend(lines)

    def _start_span(self, attributes: dict[str, str]) -> None:
        if self._paragraphs:
            paragraph = self._paragraphs[-1]
            around = paragraph.spans[-1] if paragraph.spans else paragraph.look
            paragraph.spans.append(
                self._styles.look("text", attributes.get("text:style-name", "")).over(around)
            )

    def _end_span(self) -> None:
        if self._paragraphs and self._paragraphs[-1].spans:
            self._paragraphs[-1].spans.pop()

    def _hide_paragraph(self, attributes: dict[str, str]) -> None:
        if self._paragraphs and attributes.get("text:is-hidden") == "true":
            paragraph = self._paragraphs[-1]
            self.hidden += paragraph.parts
            paragraph.parts.clear()
            paragraph.look = Look(is_hidden=True)

    def _start_section(self, attributes: dict[str, str]) -> None:
        display = attributes.get("text:display")
        is_hidden = display == "condition" and attributes.get("text:is-hidden") == "true"
        self._hiding.append(display == "none" or is_hidden)
        self._stand_on(self._styles.look("section", attributes.get("text:style-name", "")).fill)

    def _end_section(self) -> None:
        self._hiding.pop()
        self._grounds.pop()

    def _stand_on(self, fill: Shades | None) -> None:
        self._grounds.append(over(fill, self._grounds[-1]))

    # Lists

    def _start_list(self, _: dict[str, str]) -> None:
        self._lists += 1

    def _end_list(self) -> None:
        self._lists -= 1
        self._item_is_fresh = False

    def _start_item(self, _: dict[str, str]) -> None:
        self._item_is_fresh = True

    def _start_list_header(self, _: dict[str, str]) -> None:
        self._item_is_fresh = False

    # Tables

    def _start_table(self, attributes: dict[str, str]) -> None:
        self._stand_on(self._styles.look("table", attributes.get("table:style-name", "")).fill)
        self._columns.append(BENEATH)

    def _end_table(self) -> None:
        self._grounds.pop()
        self._columns.pop()

    def _column(self, attributes: dict[str, str]) -> None:
        fill = self._styles.look("table-cell", attributes.get("table:default-cell-style-name", "")).fill
        if self._columns and fill is not None:
            self._columns[-1] |= fill

    def _start_row(self, attributes: dict[str, str]) -> None:
        look = self._styles.look("table-row", attributes.get("table:style-name", ""))
        self._stand_on(look.fill)
        self._row_styles.append(attributes.get("table:default-cell-style-name", ""))
        self._rows.append(Row(is_hidden=attributes.get("table:visibility", "visible") != "visible"))

    def _end_row(self) -> None:
        self._grounds.pop()
        self._row_styles.pop()
        row = self._rows.pop()
        if row.is_hidden:
            self.hidden.extend(f"{line}\n" for line in row.lines())
        else:
            self._emit(row.lines())

    def _start_cell(self, attributes: dict[str, str]) -> None:
        name = attributes.get("table:style-name") or (self._row_styles[-1] if self._row_styles else "")
        fill = self._styles.look("table-cell", name).fill
        self._stand_on(self._columns[-1] if not name and self._columns else fill)
        self._blocks.append([])

    def _end_cell(self) -> None:
        self._grounds.pop()
        cell = self._blocks.pop()
        if self._rows:
            self._rows[-1].cells.append(cell)
        else:
            self._emit(cell)

    # Links

    def _start_link(self, attributes: dict[str, str]) -> None:
        paragraph = self._paragraphs[-1] if self._paragraphs else None
        start = len(paragraph.parts) if paragraph is not None else 0
        self._anchors.append((attributes.get("xlink:href", ""), paragraph, start))

    def _end_link(self) -> None:
        target, paragraph, start = self._anchors.pop()
        text = "".join(paragraph.parts[start:]) if paragraph is not None else ""
        if target and not target.startswith("#"):
            self.links.append(Link(target, " ".join(text.split()), 1))

    # Stories

    def _start_body(self, _: dict[str, str]) -> None:
        self._open_story(self.body)

    def _start_header(self, _: dict[str, str]) -> None:
        self._open_story(self.headers, merged(self._styles.header_fills) | BENEATH)

    def _start_footer(self, _: dict[str, str]) -> None:
        self._open_story(self.footers, merged(self._styles.header_fills) | BENEATH)

    def _start_note(self, _: dict[str, str]) -> None:
        self._open_story(self.notes)

    def _open_story(self, lines: list[str], ground: Shades = BENEATH) -> None:
        self._grounds.append(ground)
        self._stories.append(lines)
        self._blocks.append([])
        self._outer.append(self._paragraphs)
        self._paragraphs = []

    def _end_story(self) -> None:
        self._grounds.pop()
        lines, story = self._blocks.pop(), self._stories.pop()
        self._paragraphs = self._outer.pop()
        text = "\n".join(lines).strip()
        # First-page and even-page headers often repeat each other.
        if text and (story is self.body or story is self.notes or text not in story):
            story.append(text)

    def _start_frame(self, attributes: dict[str, str]) -> None:
        self._frames.append((False, self._behind_drawn(attributes) or ANYWHERE))

    def _end_frame(self) -> None:
        self._frames.pop()

    def _start_box(self, _: dict[str, str]) -> None:
        is_read, behind = self._frames[-1] if self._frames else (False, UNKNOWN)
        if is_read:
            self.events.skip()  # another rendering of what was read
            return
        if self._frames:
            self._frames[-1] = True, behind
        self._open_box(behind)

    def _start_shape(self, attributes: dict[str, str]) -> None:
        self._open_box(self._behind_drawn(attributes) or UNKNOWN)  # by custom shapes are filled

    def _behind_drawn(self, attributes: dict[str, str]) -> Shades | None:
        """What text in a frame or shape stands on; None where its style doesn't say."""
        fill = self._styles.look("graphic", attributes.get("draw:style-name", "")).fill
        return None if fill is None else over(fill, ANYWHERE)

    def _open_box(self, behind: Shades) -> None:
        self._grounds.append(behind)
        self._frames.append((False, behind))
        self._blocks.append([])
        self._outer.append(self._paragraphs)
        self._paragraphs = []

    def _end_box(self) -> None:
        self._grounds.pop()
        self._frames.pop()
        lines = self._blocks.pop()
        self._paragraphs = self._outer.pop()
        if self._paragraphs:
            self._paragraphs[-1].after += lines
        else:
            self._emit(lines)
