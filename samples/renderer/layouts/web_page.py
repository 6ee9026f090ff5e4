"""A CV as a web page: semantic elements and entities, with a head, a style and a script to be ignored."""

from __future__ import annotations

import html
from html.entities import codepoint2name
from typing import TYPE_CHECKING

from samples.renderer.dates import period

if TYPE_CHECKING:
    from collections.abc import Iterable

    from samples.renderer.model import Person

STYLE = """
    body { font: 16px/1.5 Georgia, serif; color: #26303a; max-width: 46rem; margin: 2rem auto; }
    h1 { color: #7a2f52; margin-bottom: 0; }
    h2 { border-bottom: 2px solid #7a2f52; font-size: 1.1rem; text-transform: uppercase; }
    .dates { float: right; color: #66707a; }
    address { font-style: normal; }
"""
# What a reader must not take for the person's own: an address and a number in a script and a comment.
SCRIPT = """
    // Questions about this page: webmaster@example.net, (312) 555-0100
    document.documentElement.dataset.loaded = "Senior Template Developer";
"""


def render(person: Person) -> bytes:
    """The CV of ``person`` as HTML; every sign beyond ASCII is an entity."""
    body = [
        *_header(person),
        *_section(person.headings.summary, [f"<p>{_text(person.summary)}</p>"]),
        *_section(person.headings.roles, _roles(person)),
        *_section(person.headings.studies, _studies(person)),
        *_section(person.headings.skills, _skills(person)),
    ]
    for section in person.sections:
        body += _section(section.heading, _list(section.lines))
    languages = [f"{language.name} ({language.level})" for language in person.languages]
    body += _section(person.headings.languages, _list(languages))
    page = f"""<!DOCTYPE html>
<html lang="{person.language}">
<head>
  <meta charset="utf-8">
  <meta name="generator" content="Resume Template 4.2 by Pixel Pagoda">
  <title>R&eacute;sum&eacute; &ndash; {_text(person.name)}</title>
  <style>{STYLE}  </style>
  <script>{SCRIPT}  </script>
</head>
<body>
<!-- template by webmaster@example.net -->
{chr(10).join(body)}
</body>
</html>
"""
    return page.encode("ascii")


def _text(value: str) -> str:
    escaped = html.escape(value, quote=False)
    return "".join(_entity(sign) if ord(sign) > 127 else sign for sign in escaped)


def _entity(sign: str) -> str:
    name = codepoint2name.get(ord(sign))
    return f"&{name};" if name else f"&#{ord(sign)};"


def _header(person: Person) -> list[str]:
    phone = person.phone.replace(" ", "\u00a0")
    links = [f'<a href="{link.url}">{_text(link.label)}</a>' for link in person.links]
    return [
        "<header>",
        f"  <h1>{_text(person.name)}</h1>",
        f"  <p>{_text(person.headline)}</p>",
        "  <address>",
        *(f"    {_text(line)}<br>" for line in person.address),
        f'    <a href="tel:{person.phone_e164}">{_text(phone)}</a> &middot;',
        f'    <a href="mailto:{person.email}">{_text(person.email)}</a> &middot;',
        f"    {' &middot; '.join(links)}",
        "  </address>",
        "</header>",
    ]


def _section(heading: str, content: Iterable[str]) -> list[str]:
    return ["<section>", f"  <h2>{_text(heading)}</h2>", *(f"  {line}" for line in content), "</section>"]


def _roles(person: Person) -> list[str]:
    lines: list[str] = []
    for role in person.roles:
        span = _text(period(role.start, role.end, person.date_style))
        lines += [
            "<article>",
            f'  <h3>{_text(role.title)} <span class="dates">{span}</span></h3>',
            f"  <p><strong>{_text(role.employer)}</strong>, {_text(role.location)}</p>",
            *(f"  {line}" for line in _list(role.highlights)),
            "</article>",
        ]
    return lines


def _studies(person: Person) -> list[str]:
    lines: list[str] = []
    for study in person.studies:
        span = _text(period(study.start, study.end, person.date_style))
        place = _text(f"{study.institution}, {study.location}")
        lines.append(f'<h3>{_text(study.degree)} <span class="dates">{span}</span></h3>')
        lines.append(f"<p>{place}{', ' + _text(study.note) if study.note else ''}</p>")
    return lines


def _skills(person: Person) -> list[str]:
    rows = [
        f"  <tr><th>{_text(group.label)}</th><td>{_text(', '.join(group.items))}</td></tr>"
        for group in person.skills
    ]
    return ["<table>", *rows, "</table>"]


def _list(items: Iterable[str]) -> list[str]:
    return ["<ul>", *(f"  <li>{_text(item)}</li>" for item in items), "</ul>"]
