"""Whether the text between a Word document's tags can be seen: takes in properties as they go by.

In the order of ISO 29500-1, 17.7.2: defaults, the table's style, the paragraph's, the character's, and what
stands at the text itself. Behind it lie its shading, its paragraph's, its cell's, and at last the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from shared_code.documents.docx_cascade import Cascade, layered
from shared_code.documents.docx_shapes import Shapes
from shared_code.documents.docx_styles import (
    RUN_ELEMENTS,
    Look,
    RunPropertyNames,
    StyleSheet,
    note_paragraph_property,
    note_run_property,
)
from shared_code.documents.docx_tables import NO_CELL, CellLook, TableLook
from shared_code.documents.visibility import (
    ANYWHERE,
    BENEATH,
    WHITE,
    Shades,
    Verdict,
    is_tiny,
    is_unseen,
    over,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_code.documents.docx_colours import Palette
    from shared_code.documents.visibility import Paper

Property = tuple[str, dict[str, str]]
Verdicts = tuple[Verdict, Verdict]  # for letters of most scripts, and for Arabic, Hebrew and their like

_COMPLEX_LETTER = re.compile("[\u0590-\u08ff\u0900-\u0e7f\ufb1d-\ufdff\ufe70-\ufefc]")
_FLAT_TWIPS = 40  # a row of at most 2 points
_FILLINGS = frozenset({"w:shd", "w:highlight", "w:framePr"})
_MOST_VERDICTS = 10_000
_SEEN: Verdicts = (Verdict.SEEN, Verdict.SEEN)
_UNSEEN: Verdicts = (Verdict.UNSEEN, Verdict.UNSEEN)
_GONE: Verdicts = (Verdict.GONE, Verdict.GONE)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What paragraphs stand in: the story, a cell, a text box."""

    behind: Shades = BENEATH
    cell: CellLook = NO_CELL
    is_flat: bool = False


@dataclass(slots=True)
class _Table:
    style: str
    look: TableLook | None = None
    flags: dict[str, str] | None = None
    fill: Shades = BENEATH
    is_free: bool = False
    rows: int = 0
    cells: int = 0
    row_fill: Shades | None = None
    is_row_flat: bool = False


@dataclass(slots=True)
class _Cell:
    around: _Ground
    fill: Shades | None = None
    ground: _Ground | None = None


@dataclass(slots=True)
class _Paragraph:
    ground: _Ground
    is_gone: bool = False
    is_judged: bool = True
    in_run: bool = False
    style: str = ""
    properties: list[Property] = field(default_factory=list)
    run: list[Property] = field(default_factory=list)
    verdicts: Verdicts | None = None
    """Of the open run, once asked for."""
    plain: Verdicts | None = None
    """Of runs without formatting of their own."""


class Looks:
    """Follows the paragraphs, tables and boxes of a document, one story after the other.

    Args:
        styles: the document's.
        palette: what resolves the names of colours.
        paper: what the document stands on.
    """

    def __init__(self, styles: StyleSheet, palette: Palette, paper: Paper) -> None:
        self._styles = styles
        self._no_styles = StyleSheet(None, palette)
        self._palette = palette
        self._paper = paper
        self._shapes = Shapes(palette)
        story = _Ground()
        self._paragraphs = [_Paragraph(story)]
        self._grounds: list[_Ground | _Cell] = [story]
        self._tables: list[_Table] = []
        self._in_cell_properties = self._in_table_properties = self._in_row_exceptions = self._in_mark = False
        self._names = RunPropertyNames()
        self._known: dict[object, Verdicts] = {}
        self._known_grounds = {story: story}  # one object for all that are alike: its id stands for it
        run: dict[str, Callable[[dict[str, str]], None]] = {
            name: partial(self._run_property, name) for name in RUN_ELEMENTS | {"w:rStyle"}
        }
        self.starts: dict[str, Callable[[dict[str, str]], None]] = run | self._shapes.starts | {
            "w:rPr": self._start_run_properties, "w:pStyle": self._paragraph_style,
            "w:shd": self._shading, "w:spacing": self._spacing, "w:framePr": self._frame,
            "w14:textFill": self._start_effect, "w14:textOutline": self._start_outline,
            "w:tbl": self._start_table, "w:tblPr": self._start_table_properties,
            "w:tblPrEx": self._start_row_exceptions, "w:tblStyle": self._table_style,
            "w:tblLook": self._table_flags, "w:tblpPr": self._table_position,
            "w:trHeight": self._row_height, "w:tcPr": self._start_cell_properties,
            "w:txbxContent": self._start_box,
        }  # fmt: skip
        self.ends: dict[str, Callable[[], None]] = self._shapes.ends | {
            "w:rPr": self._end_run_properties, "w14:textFill": partial(self._names.end, "w14:textFill"),
            "w14:textOutline": partial(self._names.end, "w14:textOutline"), "w:tbl": self._end_table,
            "w:tblPr": self._end_table_properties, "w:tblPrEx": self._end_row_exceptions,
            "w:tcPr": self._end_cell_properties, "w:txbxContent": self._end_box,
        }  # fmt: skip

    def verdict(self, text: str) -> Verdict:
        """What becomes of a text where the reader has come to."""
        paragraph = self._paragraphs[-1]
        verdicts = paragraph.verdicts
        if verdicts is None:
            verdicts = paragraph.verdicts = self._verdicts(paragraph)
        western, other = verdicts
        return western if western is other or not _COMPLEX_LETTER.search(text) else other

    # Paragraphs and runs

    def start_paragraph(self, *, is_judged: bool = True) -> None:
        """A paragraph begins; texts of charts and diagrams are not judged."""
        outer = self._paragraphs[-1]
        is_gone = outer.is_gone or (outer.in_run and bool(outer.run) and self.verdict("") is Verdict.GONE)
        self._paragraphs.append(_Paragraph(self._ground(), is_gone, is_judged))

    def end_paragraph(self) -> None:
        """The innermost paragraph ends."""
        self._paragraphs.pop()

    def start_run(self) -> None:
        """A run begins, with no formatting of its own yet."""
        paragraph = self._paragraphs[-1]
        paragraph.in_run = True
        paragraph.verdicts = None
        if paragraph.run:
            paragraph.run = []

    def end_run(self) -> None:
        """The run ends."""
        self._paragraphs[-1].in_run = False

    def _run_property(self, name: str, attributes: dict[str, str]) -> None:
        paragraph = self._paragraphs[-1]
        if paragraph.in_run:
            paragraph.run.append((self._names.start(name), attributes))
            paragraph.verdicts = None

    def _start_effect(self, attributes: dict[str, str]) -> None:
        self._run_property("w14:textFill", attributes)

    def _start_outline(self, _: dict[str, str]) -> None:
        self._names.start("w14:textOutline")

    def _start_run_properties(self, _: dict[str, str]) -> None:
        self._in_mark = not self._paragraphs[-1].in_run

    def _end_run_properties(self) -> None:
        self._in_mark = False

    def _paragraph_style(self, attributes: dict[str, str]) -> None:
        self._paragraphs[-1].style = attributes.get("w:val", "")

    def _shading(self, attributes: dict[str, str]) -> None:
        if self._in_cell_properties:
            cell = self._grounds[-1]
            if isinstance(cell, _Cell):
                cell.fill = self._palette.filling(attributes)
        elif self._in_table_properties:
            self._tables[-1].fill = self._palette.filling(attributes) | BENEATH
        elif self._in_row_exceptions:
            self._tables[-1].row_fill = self._palette.filling(attributes) | BENEATH
        elif self._paragraphs[-1].in_run:
            self._run_property("w:shd", attributes)
        elif not self._in_mark:
            self._paragraphs[-1].properties.append(("w:shd", attributes))

    def _spacing(self, attributes: dict[str, str]) -> None:
        if "w:line" in attributes and not self._paragraphs[-1].in_run:
            self._paragraphs[-1].properties.append(("w:spacing", attributes))

    def _frame(self, attributes: dict[str, str]) -> None:
        self._paragraphs[-1].properties.append(("w:framePr", attributes))

    # Tables and boxes

    def _start_table(self, _: dict[str, str]) -> None:
        self._tables.append(_Table(""))

    def _end_table(self) -> None:
        self._tables.pop()

    def _start_table_properties(self, _: dict[str, str]) -> None:
        self._in_table_properties = bool(self._tables)

    def _end_table_properties(self) -> None:
        self._in_table_properties = False

    def _start_row_exceptions(self, _: dict[str, str]) -> None:
        self._in_row_exceptions = bool(self._tables)

    def _end_row_exceptions(self) -> None:
        self._in_row_exceptions = False

    def _table_style(self, attributes: dict[str, str]) -> None:
        if self._in_table_properties:
            self._tables[-1].style = attributes.get("w:val", "")

    def _table_flags(self, attributes: dict[str, str]) -> None:
        if self._in_table_properties:
            self._tables[-1].flags = attributes

    def _table_position(self, _: dict[str, str]) -> None:
        if self._in_table_properties:
            self._tables[-1].is_free = True

    def start_row(self) -> None:
        """A row begins."""
        if self._tables:
            table = self._tables[-1]
            table.rows += 1
            table.cells, table.row_fill, table.is_row_flat = 0, None, False

    def end_row(self, *, is_deleted: bool) -> None:
        """A row ends; where its deletion counts as accepted, the next one takes its place."""
        if is_deleted and self._tables:
            self._tables[-1].rows -= 1

    def _row_height(self, attributes: dict[str, str]) -> None:
        height = attributes.get("w:val", "")
        if self._tables and attributes.get("w:hRule") == "exact" and height.isdecimal():
            self._tables[-1].is_row_flat = int(height[:9]) < _FLAT_TWIPS

    def start_cell(self) -> None:
        """A cell begins."""
        if self._tables:
            self._tables[-1].cells += 1
        self._grounds.append(_Cell(self._ground()))

    def end_cell(self) -> None:
        """A cell ends."""
        self._grounds.pop()

    def _start_cell_properties(self, _: dict[str, str]) -> None:
        self._in_cell_properties = True

    def _end_cell_properties(self) -> None:
        self._in_cell_properties = False

    def _start_box(self, _: dict[str, str]) -> None:
        self._grounds.append(self._known_ground(_Ground(self._shapes.behind_text())))

    def _end_box(self) -> None:
        self._grounds.pop()

    def _ground(self) -> _Ground:
        """What a paragraph that begins now stands in."""
        top = self._grounds[-1]
        if isinstance(top, _Ground):
            return top
        if top.ground is None:
            top.ground = self._known_ground(self._ground_of_cell(top))
        return top.ground

    def _known_ground(self, ground: _Ground) -> _Ground:
        return self._known_grounds.setdefault(ground, ground)

    def _ground_of_cell(self, cell: _Cell) -> _Ground:
        around = cell.around
        if not self._tables:
            return _Ground(over(cell.fill, around.behind))
        table = self._tables[-1]
        if table.look is None:
            name = table.style or self._styles.default_id("table")
            styles = self._no_styles if self._styles.is_plain else self._styles
            table.look = TableLook(styles.style(name), table.flags)
        look = table.look.cell(is_in_first_row=table.rows <= 1, is_first_in_row=table.cells <= 1)
        beneath = around.behind | ANYWHERE if table.is_free else around.behind
        beneath = over(table.row_fill, over(table.fill, beneath))
        return _Ground(layered(cell.fill, look.fill, beneath), look, around.is_flat or table.is_row_flat)

    # Verdicts

    def _verdicts(self, paragraph: _Paragraph) -> Verdicts:
        if paragraph.is_gone:
            return _GONE
        if not paragraph.is_judged:
            return _SEEN
        run = paragraph.run if paragraph.in_run else []
        if not run and paragraph.plain is not None:
            return paragraph.plain
        key = (id(paragraph.ground), paragraph.style, _frozen(paragraph.properties), _frozen(run))
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_VERDICTS:
                self._known.clear()
            known = self._known[key] = self._judged(paragraph, run)
        if not run:
            paragraph.plain = known
        return known

    def _judged(self, paragraph: _Paragraph, run: list[Property]) -> Verdicts:
        own, character, direct = Look(), Look(), Look()
        styles = self._no_styles if self._is_plain(paragraph, run) else self._styles
        for name, attributes in run:
            if name == "w:rStyle":
                character = styles.style(attributes.get("w:val", "")).look
            else:
                note_run_property(own, name, attributes, self._palette)
        for name, attributes in paragraph.properties:
            note_paragraph_property(direct, name, attributes, self._palette)
        ground = paragraph.ground
        cascade = Cascade(styles, ground.cell, paragraph.style, character, own)
        if cascade.is_hidden():
            return _GONE
        is_framed = any(name == "w:framePr" for name, _ in paragraph.properties)
        behind = cascade.behind(direct.fill, ground.behind | ANYWHERE if is_framed else ground.behind)
        if (
            ground.is_flat
            or cascade.is_blank()
            or is_tiny(cascade.line_points(direct.line_points))
            or is_unseen(cascade.colour(), behind, self._paper)
        ):
            return _UNSEEN
        western, other = (cascade.is_small(is_complex=is_complex) for is_complex in (False, True))
        return (Verdict.UNSEEN if western else Verdict.SEEN), (Verdict.UNSEEN if other else Verdict.SEEN)

    def _is_plain(self, paragraph: _Paragraph, run: list[Property]) -> bool:
        """Whether styles needn't be asked: on the bare white page, where none of them tells."""
        properties = [*paragraph.properties, *run]
        is_bare = paragraph.ground.behind == BENEATH and not any(name in _FILLINGS for name, _ in properties)
        return is_bare and self._paper.page == WHITE and self._styles.is_plain


def _frozen(properties: list[Property]) -> tuple[tuple[object, ...], ...]:
    return tuple((name, *attributes.items()) for name, attributes in properties)
