"""An RTF file as Word saves it: tabulators, a list, a table with a table inside, and a footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samples.renderer.dates import period
from samples.renderer.layouts.rtf_writer import (
    ACCENT,
    GREY,
    TINT,
    bullet,
    cell_paragraph,
    file,
    link,
    nested_row,
    paragraph,
    row,
    text,
    western,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from samples.renderer.model import Person, Section

_BODY = r"\ql \sa40\widctlpar\f1\fs19\cf1\lang2057\langnp2057"
_HEADING = (
    rf"\s1\ql \keepn\sb170\sa70\widctlpar\brdrb\brdrs\brdrw10\brsp20\brdrcf{ACCENT} \f3\fs24\b\cf{ACCENT}"
)
_DATED = r"\ql \keepn\sb70\widctlpar\tqr\tx9638\f1\fs20\cf1\lang2057\langnp2057"
_PLACE = rf"\ql \keepn\sa20\widctlpar\f1\fs19\i\cf{GREY}\lang1045\langnp1045"
_CONTACTS = r"\ql \sa20\widctlpar\tx4820\f1\fs19\cf1\lang2057\langnp2057"
_OUTER = (2154, 9638)
_INNER = (5100, 7268)
_RULES = rf"\clbrdrb\brdrs\brdrw10\brdrcf{TINT}"
_GRID = "".join(rf"\clbrdr{side}\brdrs\brdrw10\brdrcf{TINT}" for side in "tlbr")


def render(person: Person) -> bytes:
    """The CV of ``person`` as RTF."""
    return file(person, _body(person), _footer(person))


def _body(person: Person) -> Iterator[str]:
    yield paragraph(western(person.name), rf"\ql \widctlpar\f3\fs48\b\cf{ACCENT}\lang1045\langnp1045")
    yield paragraph(text(person.headline), rf"\ql \sa80\widctlpar\f1\fs24\cf{GREY}\lang2057\langnp2057")
    phone = person.phone.replace(" ", "\u00a0")
    links = r"{ \bullet  }".join(link(profile.label, profile.url) for profile in person.links)
    yield paragraph(
        rf"{text(person.address_line)}\tab Telephone: {text(phone)}",
        _CONTACTS,
    )
    yield paragraph(
        rf"E\_mail: {link(person.email, f'mailto:{person.email}')}\tab Profile: {links}",
        _CONTACTS,
    )
    yield _heading(person.headings.summary)
    yield paragraph(text(person.summary), _BODY.replace(r"\ql", r"\qj"))
    yield _heading(person.headings.roles)
    for role in person.roles:
        yield _dated(role.title, period(role.start, role.end, person.date_style))
        yield paragraph(text(f"{role.employer}, {role.location}"), _PLACE)
        yield from (bullet(text(point)) for point in role.highlights)
    tabular, *others = person.sections
    yield _heading(person.headings.skills)
    for group in person.skills:
        yield _labelled_row(group.label, cell_paragraph(text(", ".join(group.items)), r"\fs19\sb40\sa40"))
    yield _labelled_row(tabular.heading, _nested_table(tabular))
    yield _heading(person.headings.studies)
    for study in person.studies:
        yield _dated(study.degree, period(study.start, study.end, person.date_style))
        yield paragraph(text(f"{study.institution}, {study.location}"), _PLACE)
    yield _heading(person.headings.languages)
    spoken = ", ".join(f"{language.name} ({language.level})" for language in person.languages)
    yield paragraph(text(spoken), _BODY)
    for section in others:
        yield _heading(section.heading)
        yield from (paragraph(text(line), _BODY) for line in section.lines)


def _heading(words: str) -> str:
    return paragraph(western(words), _HEADING)


def _dated(title: str, dates: str) -> str:
    return paragraph(rf"{{\b {text(title)}}}{{\cf{GREY} \tab {text(dates)}}}", _DATED)


def _labelled_row(label: str, content: str) -> str:
    return row((cell_paragraph(rf"{{\b {text(label)}:}}", r"\fs19\sb40\sa40"), content), _OUTER, _RULES)


def _nested_table(section: Section) -> str:
    rows = (
        nested_row(
            (cell_paragraph(text(part), r"\fs18\sb10\sa10", depth=2) for part in line.split("\t")),
            _INNER,
            _GRID,
        )
        for line in section.lines
    )
    return "\n".join((*rows, cell_paragraph("", r"\fs8")))


def _footer(person: Person) -> str:
    page = r"{\field{\*\fldinst { PAGE }}{\fldrslt {1}}}"
    look = rf"\s16\ql \widctlpar\tqr\tx9638\f1\fs16\cf{GREY}\lang2057\langnp2057"
    words = rf"Curriculum vitae, {text(person.name)}\tab Page {page}"
    return rf"{{\footer {paragraph(words, look)}}}"
