"""Plain text, as people paste it into forms: rules of ASCII signs, wrapped lines, one encoding or another."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from samples.renderer.dates import period

if TYPE_CHECKING:
    from collections.abc import Iterator

    from samples.renderer.model import Person, Role


@dataclass(frozen=True, slots=True)
class PlainText:
    """One way of typing a CV.

    Attributes:
        encoding: a Python codec name.
        newline: what ends a line.
        rule: the sign that underlines headings.
        bullet: what begins a point.
        dash: what stands between two dates.
        dates_first: the dates stand on a line of their own before the title, not after it.
        contact_labels: what e-mail, telephone and address are called.
    """

    encoding: str = "utf-8"
    newline: str = "\n"
    rule: str = "="
    bullet: str = "-"
    dash: str = "-"
    dates_first: bool = False
    contact_labels: tuple[str, str, str] = ("Email", "Phone", "Address")
    width: int = 78

    def render(self, person: Person) -> bytes:
        """The CV of ``person``, encoded."""
        lines = [person.name, person.headline, "", *self._contacts(person)]
        lines += [f"{label}: {text}" for label, text in person.personal]
        lines += self._heading(person.headings.summary) + self._wrapped(person.summary)
        lines += self._heading(person.headings.roles)
        for position, role in enumerate(person.roles):
            lines += [""] if position else []
            lines += self._role(person, role)
        lines += self._heading(person.headings.studies)
        for study in person.studies:
            span = period(study.start, study.end, person.date_style, self.dash)
            lines += self._wrapped(f"{study.degree}, {study.institution}, {study.location} ({span})")
            lines += self._wrapped(study.note, "  ") if study.note else []
        lines += self._heading(person.headings.skills)
        for group in person.skills:
            lines += self._wrapped(f"{group.label}: {', '.join(group.items)}")
        for section in person.sections:
            lines += self._heading(section.heading)
            for line in section.lines:
                lines += self._point(line) if section.is_bulleted else self._wrapped(line)
        lines += self._heading(person.headings.languages)
        lines += [f"{language.name}: {language.level}" for language in person.languages]
        return (self.newline.join(lines) + self.newline).encode(self.encoding)

    def _contacts(self, person: Person) -> Iterator[str]:
        email, phone, address = self.contact_labels
        yield f"{address}: {person.address_line}"
        yield f"{phone}: {person.phone}"
        yield f"{email}: {person.email}"
        for link in person.links:
            yield f"{link.label}: {link.short}"

    def _role(self, person: Person, role: Role) -> list[str]:
        span = period(role.start, role.end, person.date_style, self.dash)
        if self.dates_first:
            lines = [span, role.title, f"{role.employer}, {role.location}"]
        else:
            lines = [role.title, f"{role.employer}, {role.location}", span]
        return lines + [line for point in role.highlights for line in self._point(point)]

    def _heading(self, text: str) -> list[str]:
        return ["", "", text.upper(), self.rule * self.width, ""]

    def _point(self, text: str) -> list[str]:
        return textwrap.wrap(
            text, self.width, initial_indent=f"{self.bullet} ", subsequent_indent="  ", break_on_hyphens=False
        )

    def _wrapped(self, text: str, indent: str = "") -> list[str]:
        return textwrap.wrap(
            text, self.width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
        )


ASCII_RULES = PlainText()
WINDOWS_SPANISH = PlainText(
    encoding="cp1252",
    newline="\r\n",
    rule="-",
    bullet="•",
    dash="–",
    dates_first=True,
    contact_labels=("Correo electrónico", "Teléfono", "Dirección"),
    width=84,
)
