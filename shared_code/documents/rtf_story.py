"""One story of an RTF file (body, header, note, text box): paragraphs and table rows become lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared_code.documents.docx_blocks import Row

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


class Story:
    """Takes text and the marks that end paragraphs, cells and rows; level 0 is outside of tables."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.is_row_shaded = False
        self._parts: list[str] = []
        self._bullet = ""
        self._after: list[str] = []  # lines of the text boxes anchored in the open paragraph
        self._tables: list[_Level] = []

    def add(self, text: str) -> None:
        """Text of the open paragraph."""
        self._parts.append(text)

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
