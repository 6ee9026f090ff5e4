"""What a Word document is made of while it is read: paragraphs, table rows, fields, alternative drawings."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Paragraph:
    """A paragraph being read; ``depth`` is the number of open containers when it began."""

    depth: int
    parts: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)  # lines of the text boxes anchored here
    in_run: bool = False
    is_listed: bool = False
    is_heading: bool = False

    def lines(self) -> list[str]:
        """The paragraph's lines, list items with a bullet, then those of its text boxes."""
        text = "".join(self.parts)
        if self.is_listed and not self.is_heading and text.strip() and text.lstrip()[0] not in "•·-–*":
            text = f"• {text.lstrip()}"
        return [*text.split("\n"), *self.after]


@dataclass(slots=True)
class Row:
    """A table row being read."""

    cells: list[list[str]] = field(default_factory=list)
    is_deleted: bool = False
    is_hidden: bool = False

    def lines(self) -> list[str]:
        """Single-line cells beside each other, so that label and value stay together; others one by one."""
        cells = [[line for line in cell if line.strip()] for cell in self.cells]
        if all(len(cell) <= 1 for cell in cells):
            row = "\t".join(cell[0].strip() for cell in cells if cell)
            return [row] if row else []
        return [line for cell in cells for line in cell]


@dataclass(slots=True)
class Field:
    """A field: its code so far, and where its result begins once that has."""

    owner: Paragraph
    instruction: list[str] = field(default_factory=list)
    result_in: Paragraph | None = None
    result_from: int = 0


@dataclass(slots=True)
class Alternatives:
    """Renderings of one drawing; settled once one of them gave text."""

    characters_before: int
    is_settled: bool = False
