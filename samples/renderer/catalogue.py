"""Which samples there are: each file's name, who is in it, how it is rendered and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from samples.renderer.layouts import (
    docx_plain,
    docx_table,
    docx_text_box,
    markdown,
    odt_libreoffice,
    pdf_classic,
    pdf_invoice,
    pdf_lebenslauf,
    pdf_margin_headings,
    pdf_one_column,
    pdf_sidebar,
    plain_text,
    rtf_word,
    web_page,
)
from samples.renderer.people import (
    amara_diallo,
    annika_brueckner,
    dimitra_kalogera,
    ignacio_ferrandiz,
    kenji_tanabe,
    leila_haddad,
    lucia_marrero,
    lukasz_zurowicz,
    margaret_okonkwo,
    mateus_carvalho,
    priya_raghunathan,
    samuel_mensah,
    siobhan_ni_dhalaigh,
    thandiwe_mokoena,
    tomas_lindqvist,
)
from samples.renderer.truth import truth_about, truth_about_no_cv

if TYPE_CHECKING:
    from collections.abc import Callable

    from samples.renderer.model import Person


@dataclass(frozen=True, slots=True)
class Sample:
    """One file of ``samples/``: how to render it, and the truth about it."""

    name: str
    render: Callable[[], bytes]
    truth: dict[str, object]


def _cv(name: str, person: Person, layout: Callable[[Person], bytes], shows: str, pages: int = 1) -> Sample:
    return Sample(name, partial(layout, person), truth_about(person, pages=pages, shows=shows))


SAMPLES: tuple[Sample, ...] = (
    _cv(
        "amara_diallo_one_column.pdf",
        amara_diallo.PERSON,
        pdf_one_column.render,
        "One column; LinkedIn and GitHub only as link annotations",
    ),
    _cv(
        "kenji_tanabe_two_column.pdf",
        kenji_tanabe.PERSON,
        pdf_sidebar.render,
        "Two columns; contacts, skills and languages in a dark side bar with light text",
    ),
    _cv(
        "margaret_okonkwo_two_pages.pdf",
        margaret_okonkwo.PERSON,
        pdf_classic.TWO_PAGES.render,
        "Two pages; eight roles, overlaps, a gap of a year, voluntary offices",
        pages=2,
    ),
    _cv(
        "priya_raghunathan_table.docx",
        priya_raghunathan.PERSON,
        docx_table.render,
        "Word; everything in one table, the skills in a table inside it",
    ),
    _cv(
        "tomas_lindqvist_text_box.docx",
        tomas_lindqvist.PERSON,
        docx_text_box.render,
        "Word; telephone and address in a text box, e-mail only in the page header, early roles by year",
    ),
    _cv(
        "siobhan_ni_dhalaigh_plain.txt",
        siobhan_ni_dhalaigh.PERSON,
        plain_text.ASCII_RULES.render,
        "Plain text in UTF-8; ASCII rules, accents, no current position",
    ),
    _cv(
        "mateus_carvalho_markdown.md",
        mateus_carvalho.PERSON,
        markdown.render,
        "Markdown with links and a table",
    ),
    _cv(
        "leila_haddad_web_page.html",
        leila_haddad.PERSON,
        web_page.render,
        "HTML; entities, and a head, a script and a comment with somebody else's contacts",
    ),
    _cv(
        "annika_brueckner_lebenslauf.pdf",
        annika_brueckner.PERSON,
        pdf_lebenslauf.render,
        "German, tabular; date and place of birth, marital status, nationality, religion",
    ),
    _cv(
        "lucia_marrero_curriculo.docx",
        lucia_marrero.PERSON,
        docx_plain.render,
        "Spanish; Word with headings, bullets and dates at a tabulator",
    ),
    _cv(
        "lukasz_zurowicz_code_page.rtf",
        lukasz_zurowicz.PERSON,
        rtf_word.render,
        "RTF from a Polish Windows; code page and escapes, a table inside a table, a footer, soft hyphens",
    ),
    _cv(
        "dimitra_kalogera_french.odt",
        dimitra_kalogera.PERSON,
        odt_libreoffice.render,
        "French; OpenDocument with Greek in it, contacts in a table, e-mail only in the page header",
    ),
    _cv(
        "ignacio_ferrandiz_cp1252.txt",
        ignacio_ferrandiz.PERSON,
        plain_text.WINDOWS_SPANISH.render,
        "Spanish; plain text in Windows-1252 with CRLF, an identity number, no current position",
    ),
    _cv(
        "thandiwe_mokoena_student.pdf",
        thandiwe_mokoena.PERSON,
        pdf_classic.STUDENT.render,
        "A student: studies first, internships only, a degree still to come",
    ),
    _cv(
        "samuel_mensah_references.pdf",
        samuel_mensah.PERSON,
        pdf_margin_headings.render,
        "Referees' contacts, trade union office, disability, work permit, bank account",
    ),
    Sample(
        "invoice_joinery.pdf",
        partial(pdf_invoice.render, pdf_invoice.INVOICE),
        truth_about_no_cv(language="en", pages=1, shows="No CV: an invoice with names, numbers and dates"),
    ),
)
