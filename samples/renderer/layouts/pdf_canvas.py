"""The sheet every PDF layout writes on: core fonts, the western alphabet, and nothing that reads a clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

from fpdf import FPDF

from samples.renderer.dates import RENDERED_ON

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from samples.renderer.model import Person, Role, Section, SkillGroup

Colour = tuple[int, int, int]
Weight = Literal["", "B", "I", "BI"]
INK: Colour = (38, 42, 48)
GREY: Colour = (104, 110, 118)

MM_PER_POINT = 25.4 / 72
LEADING = 1.32
BOTTOM_MARGIN = 15.0
BAR = "   |   "


@dataclass(frozen=True, slots=True)
class Look:
    """What tells one layout from another at a glance. Lengths in mm, type sizes in points."""

    family: str
    accent: Colour
    body: float = 9.6
    margin: float = 19.0
    paper: Literal["A4", "Letter"] = "A4"


class Canvas(FPDF):
    """A document in one look, with the few building blocks CVs are made of."""

    def __init__(self, look: Look, *, title: str, author: str, language: str) -> None:
        super().__init__(format=look.paper)
        self.look = look
        # The core fonts need no font file on any machine; this makes them cover dashes, bullets and the euro.
        self.core_fonts_encoding = "windows-1252"
        self.set_title(title)
        self.set_author(author)
        self.set_creator("Sample CV renderer")
        self.set_lang(language)
        self.set_creation_date(RENDERED_ON)
        self.set_margins(look.margin, look.margin, look.margin)
        self.set_auto_page_break(auto=True, margin=BOTTOM_MARGIN)
        self.c_margin = 0
        self.add_page()

    @classmethod
    def for_person(cls, look: Look, person: Person, title: str) -> Self:
        """A canvas whose metadata names the person, as office programs do unasked."""
        return cls(look, title=f"{title} {person.name}", author=person.name, language=person.language)

    def type(self, size: float = 0, weight: Weight = "", colour: Colour = INK) -> float:
        """Choose the type for what follows and return its line height in mm."""
        size = size or self.look.body
        self.set_font(self.look.family, weight, size)
        self.set_text_color(*colour)
        return size * MM_PER_POINT * LEADING

    def paragraph(
        self, text: str, size: float = 0, weight: Weight = "", colour: Colour = INK, align: str = "L"
    ) -> None:
        """One paragraph between the margins, ragged right."""
        height = self.type(size, weight, colour)
        self.multi_cell(0, height, text, align=align, new_x="LMARGIN", new_y="NEXT")

    def rule(self, colour: Colour | None = None, width: float = 0.3) -> None:
        """A line from margin to margin at the present height."""
        self.set_draw_color(*(colour or self.look.accent))
        self.set_line_width(width)
        self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)

    def both_ends(self, left: str, right: str, size: float = 0, weight: Weight = "B") -> None:
        """A line with text at both margins: a title and its dates."""
        height = self.type(size, "", GREY)
        reserved = self.get_string_width(right) + 3
        self.type(size, weight)
        self.multi_cell(self.epw - reserved, height, left, align="L", new_x="RIGHT", new_y="LAST")
        self.type(size, "", GREY)
        self.cell(0, height, right, align="R", new_x="LMARGIN", new_y="NEXT")

    def bullets(self, items: Iterable[str], size: float = 0, indent: float = 4.0, gap: float = 0.4) -> None:
        """A list with hanging bullets, as word processors set it."""
        left = self.l_margin
        for position, item in enumerate(items):
            height = self.type(size)
            self.ln(gap if position else 0)
            self.set_x(left + 0.6)
            self.cell(indent - 0.6, height, "•")
            self.set_left_margin(left + indent)
            self.multi_cell(0, height, item, align="L", new_x="LMARGIN", new_y="NEXT")
            self.set_left_margin(left)
            self.set_x(left)

    def labelled(self, pairs: Iterable[tuple[str, str]], size: float = 0, gap: float = 0.6) -> None:
        """Bold labels with their texts run in, one pair a line."""
        for position, (label, text) in enumerate(pairs):
            self.ln(gap if position else 0)
            height = self.type(size, "B")
            self.write(height, f"{label}: ")
            self.type(size)
            self.write(height, text)
            self.ln(height)

    def linked_line(
        self, parts: Sequence[tuple[str, str]], size: float = 0, align: Literal["L", "C"] = "L"
    ) -> None:
        """Contacts with bars between them, on as many lines as they need.

        Args:
            parts: texts with their link targets, "" for none.
            size: in points, 0 for the body's.
            align: at the left margin or in the middle.
        """
        height = self.type(size)
        for line in self._lines_that_fit(parts):
            if align == "C":
                self.set_x(self.l_margin + (self.epw - self._linked_width(line)) / 2)
            for position, (text, target) in enumerate(line):
                if position:
                    self.type(size, "", GREY)
                    self.cell(self.get_string_width(BAR), height, BAR)
                self.type(size, "", self.look.accent if target else INK)
                self.cell(self.get_string_width(text), height, text, link=target)
            self.ln(height)

    def _linked_width(self, parts: Sequence[tuple[str, str]]) -> float:
        return self.get_string_width(BAR.join(text for text, _ in parts))

    def _lines_that_fit(self, parts: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
        lines: list[list[tuple[str, str]]] = [[]]
        for part in parts:
            if lines[-1] and self._linked_width([*lines[-1], part]) > self.epw:
                lines.append([])
            lines[-1].append(part)
        return lines

    def keep_together(self, height: float) -> None:
        """Turn the page when fewer than ``height`` mm are left, so that no heading stands alone."""
        if self.y + height > self.page_break_trigger:
            self.add_page()

    def section_lines(self, section: Section, gap: float = 0.6) -> None:
        """What a free section holds, bulleted or as short paragraphs."""
        if section.is_bulleted:
            self.bullets(section.lines)
            return
        for position, line in enumerate(section.lines):
            self.ln(gap if position else 0)
            self.paragraph(line)

    def finished(self) -> bytes:
        """The bytes of the document."""
        return bytes(self.output())


def role_height(role: Role) -> float:
    """Roughly how many mm a role takes, so that it can be kept on one page."""
    return 13 + sum(10 if len(point) > 95 else 5.5 for point in role.highlights)


def skill_pairs(groups: Iterable[SkillGroup]) -> list[tuple[str, str]]:
    """Skill groups as labels with their skills on one line."""
    return [(group.label, ", ".join(group.items)) for group in groups]


def contact_parts(person: Person, *, hide_targets: bool) -> list[tuple[str, str]]:
    """The contact line of a person: address, telephone, e-mail, profiles, with their link targets.

    Args:
        person: whose contacts.
        hide_targets: show ``LinkedIn`` instead of the address it leads to.
    """
    parts = [(person.phone, ""), (person.email, f"mailto:{person.email}")]
    parts += [(link.label if hide_targets else link.short, link.url) for link in person.links]
    return parts
