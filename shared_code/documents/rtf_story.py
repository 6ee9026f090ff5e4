"""One story of an RTF file (body, header, note, text box): paragraphs and table rows become lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared_code.documents.docx_blocks import Row
from shared_code.documents.visibility import ANYWHERE, BENEATH, UNKNOWN, Shades, leave_gap, over

DEEPEST_TABLE = 32


def joined(parts: list[str]) -> str:
    r"""Parts as one string; ``\u`` writes characters beyond U+FFFF as two surrogates."""
    text = "".join(parts)
    if any("\ud800" <= c <= "\udfff" for c in text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


@dataclass(slots=True)
class _Level:
    """A table being read: the row's finished cells, and the lines of the cell that is open."""

    row: Row = field(default_factory=Row)
    cell: list[str] = field(default_factory=list)


@dataclass(slots=True)
class RowDefinition:
    """What a row's cells are filled with, as defined so far; it holds until another begins."""

    fills: list[Shades] = field(default_factory=list)
    fill: Shades = BENEATH
    cell_fill: Shades = BENEATH
    is_cell_patterned: bool = False
    is_free: bool = False
    is_open: bool = False
    """Whether no row has ended since."""

    def end_cell_definition(self) -> None:
        """The definition of a cell is complete."""
        self.fills.append(UNKNOWN if self.is_cell_patterned else over(self.cell_fill, self.fill))
        self.cell_fill, self.is_cell_patterned = BENEATH, False

    def behind(self, cell: int) -> Shades:
        """What a cell's text stands on; rows may also be defined behind their text."""
        fill = self.fills[cell] if self.is_open and cell < len(self.fills) else UNKNOWN
        return fill | ANYWHERE if self.is_free else fill


class Story:
    """Takes text and the marks that end paragraphs, cells and rows; level 0 is outside of tables."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.row = RowDefinition()
        self._parts: list[str] = []
        self._bullet = ""
        self._after: list[str] = []  # lines of the text boxes anchored in the open paragraph
        self._tables: list[_Level] = []

    def add(self, text: str) -> None:
        """Text of the open paragraph."""
        self._parts.append(text)

    def leave_gap(self) -> None:
        """Words on both sides of unseen text stay apart."""
        leave_gap(self._parts)

    def behind(self, level: int) -> Shades:
        """What the open paragraph stands on, in a table of this depth; inner tables are defined too late."""
        if level > 1:
            return UNKNOWN
        if level or self.row.is_open:
            return self.row.behind(len(self._tables[0].row.cells) if self._tables else 0)
        return BENEATH

    def start_row(self) -> None:
        """The definition of a row begins."""
        self.row = RowDefinition(is_open=True)

    def add_label(self, label: str) -> None:
        """The number or bullet before a list item's text."""
        label = label.strip()
        has_number = any(c.isalnum() and c < "\ue000" for c in label)
        self._bullet = f"{label} " if has_number else "• "

    def add_box(self, lines: list[str]) -> None:
        """Lines of a text box, shown behind the paragraph it is anchored in."""
        self._after += lines

    def end_paragraph(self, level: int) -> None:
        """The open paragraph is complete; it stands in a table of this depth."""
        self._close_tables(level)
        while len(self._tables) < level:
            self._tables.append(_Level())
        self._open_lines().extend(self._take_paragraph())

    def end_cell(self, level: int) -> None:
        """The open cell is complete."""
        self.end_paragraph(level)
        table = self._tables[-1]
        table.row.cells.append(table.cell)
        table.cell = []

    def end_row(self, level: int) -> None:
        """The open row is complete; text behind its last cell belongs to what follows."""
        self._close_tables(level - 1)
        if level == 1:
            self.row.is_open = False

    def finish(self) -> None:
        """Write out what is still open at the story's end."""
        if any(part.strip() for part in self._parts) or self._after:
            self.end_paragraph(0)
        self._close_tables(0)

    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines).strip()

    def _take_paragraph(self) -> list[str]:
        text = joined(self._parts)
        if text.strip():
            text = self._bullet + (text.lstrip() if self._bullet else text)
        lines = [*text.split("\n"), *self._after]
        self._parts, self._bullet, self._after = [], "", []
        return lines

    def _open_lines(self) -> list[str]:
        return self._tables[-1].cell if self._tables else self.lines

    def _close_tables(self, level: int) -> None:
        while len(self._tables) > level:
            table = self._tables.pop()
            if table.cell:
                table.row.cells.append(table.cell)
            self._open_lines().extend(table.row.lines())
