"""The truth about the samples: it stands in the files, counts rightly, and leads to nobody real."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from samples.renderer.dates import period
from samples.renderer.model import DateStyle, Role, RoleKind, points
from samples.renderer.reading import visible_text
from samples.renderer.render import FOLDER, TRUTH
from samples.renderer.truth import experience_intervals, experience_years

if TYPE_CHECKING:
    from pathlib import Path

EXPECTED: dict[str, dict[str, Any]] = json.loads(TRUTH.read_text("utf-8"))["files"]
CVS = [name for name, truth in EXPECTED.items() if truth["isCv"]]


def _text(name: str) -> str:
    return visible_text(name, (FOLDER / name).read_bytes())


def _everything(name: str) -> str:
    """What stands in a file for people, and for a web page what its script and comments hold too."""
    source = (FOLDER / name).read_text("ascii") if name.endswith(".html") else ""
    return f"{_text(name)} {html.unescape(source)}"


@pytest.mark.parametrize("name", CVS)
def test_every_value_of_the_truth_stands_in_the_file(name: str) -> None:
    """What a reader must find can be found."""
    truth, text = EXPECTED[name], _text(name)
    values = [
        *(
            truth[key]
            for key in ("candidateName", "headline", "jobTitle", "candidateEmail", "candidatePhone")
        ),
        *truth["employers"],
        *truth["keySkills"],
        *truth["languages"],
        *(entry["value"] for entry in truth["pii"]),
        truth["candidateLocation"]["city"],
    ]

    assert [value for value in values if value not in text] == []


@pytest.mark.parametrize("name", CVS)
def test_every_profile_link_can_be_found_in_text_or_targets(name: str) -> None:
    """A link is printed without scheme and www, or it is the target of a link."""
    text = _text(name)
    shortened = [re.sub(r"^https?://(www\.)?", "", link["url"]) for link in EXPECTED[name]["profileLinks"]]

    assert [url for url in shortened if url not in text] == []


@pytest.mark.parametrize("name", CVS)
def test_international_phone_is_the_written_one(name: str) -> None:
    """E.164 ends with the digits on the page, without the national nought."""
    written = re.sub(r"\D", "", EXPECTED[name]["candidatePhone"]).removeprefix("0")

    assert EXPECTED[name]["candidatePhoneE164"].endswith(written)


@pytest.mark.parametrize("name", CVS)
def test_pii_types_are_those_of_the_published_schema(name: str) -> None:
    """The truth and the model's answer speak of the same types."""
    schema = json.loads((_pii_schema()).read_text("utf-8"))
    types = schema["properties"]["pii_entities"]["items"]["properties"]["pii_type"]["enum"]

    assert {entry["type"] for entry in EXPECTED[name]["pii"]} <= set(types)


def _pii_schema() -> Path:
    for path in (FOLDER.parent / "shared_code" / "assistants").glob("*/schema.json"):
        if json.loads(path.read_text("utf-8"))["title"] == "pii_entities_schema":
            return path
    raise AssertionError("no assistant has the schema pii_entities_schema")


@pytest.mark.parametrize(
    ("name", "years", "title", "employer"),
    [
        ("amara_diallo_one_column.pdf", 11.2, "Senior Backend Engineer", "Copperline Ticketing"),
        ("kenji_tanabe_two_column.pdf", 9.4, "Lead Data Engineer", "Tidewrack Analytics"),
        ("margaret_okonkwo_two_pages.pdf", 24.2, "Chief Financial Officer", "Wrenfield Housing Group"),
        ("tomas_lindqvist_text_box.docx", 22.8, "Site Manager", "Harrow Beck Construction"),
        ("siobhan_ni_dhalaigh_plain.txt", 16.5, "Head Chef", None),
        ("lukasz_zurowicz_code_page.rtf", 18.2, "Electrical Supervisor", "Calder & Rooke Electrical Ltd"),
        ("dimitra_kalogera_french.odt", 13.2, "Responsable de la régie", "Musée des Soieries du Levant"),
        ("ignacio_ferrandiz_cp1252.txt", 15.6, "Profesor de Matemáticas", None),
        ("thandiwe_mokoena_student.pdf", 0.0, "Water Quality Intern", None),
        (
            "samuel_mensah_references.pdf",
            15.2,
            "Biomedical Equipment Engineer",
            "Alsterwerder Diagnostik GmbH",
        ),
    ],
)
def test_truth_agrees_with_a_count_by_hand(name: str, years: float, title: str, employer: str | None) -> None:
    """These figures were counted on paper from the CVs, for November 2026."""
    truth = EXPECTED[name]

    assert truth["experienceYearsInReferenceMonth"] == years
    assert truth["totalExperienceYears"] == (years if employer is None else None)
    assert (truth["jobTitle"], truth["currentEmployer"]) == (title, employer)


@pytest.mark.parametrize(
    ("roles", "intervals", "years"),
    [
        pytest.param([("2020-01", "2020-12")], [("2020-01", "2020-12")], 1.0, id="last-month-included"),
        pytest.param(
            [("2020-01", "2020-08"), ("2020-05", "2021-12")], [("2020-01", "2021-12")], 2.0, id="overlap-once"
        ),
        pytest.param(
            [("2019-01", "2021-12"), ("2020-01", "2020-06")],
            [("2019-01", "2021-12")],
            3.0,
            id="role-within-role",
        ),
        pytest.param(
            [("2021-01", "2021-06"), ("2020-07", "2020-12")],
            [("2020-07", "2021-06")],
            1.0,
            id="adjacent-months",
        ),
        pytest.param(
            [("2019-01", "2019-06"), ("2019-08", "2020-01")],
            [("2019-01", "2019-06"), ("2019-08", "2020-01")],
            1.0,
            id="gap-not-counted",
        ),
        pytest.param([("2004", "2008")], [("2004-01", "2008-12")], 5.0, id="bare-years"),
        pytest.param([("2024-12", None)], [("2024-12", None)], 2.0, id="open-end"),
        pytest.param(
            [("2024-12", None), ("2025-01", "2025-03")], [("2024-12", None)], 2.0, id="ended-within-open"
        ),
        pytest.param([], [], 0.0, id="no-roles"),
    ],
)
def test_experience_is_the_union_of_months(
    roles: list[tuple[str, str | None]], intervals: list[tuple[str, str | None]], years: float
) -> None:
    """Overlaps once, gaps not at all."""
    built = [Role("Baker", "Oven & Sons", "Bath", start, end, ()) for start, end in roles]

    assert experience_intervals(built) == intervals
    assert experience_years(intervals, "2026-11") == years


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        (RoleKind.PERMANENT, True),
        (RoleKind.CONTRACT, True),
        (RoleKind.FREELANCE, True),
        (RoleKind.INTERNSHIP, False),
        (RoleKind.VOLUNTEERING, False),
    ],
)
def test_internships_and_volunteering_are_no_experience(kind: RoleKind, counts: bool) -> None:
    """Paid work counts, learning and helping do not."""
    role = Role("Baker", "Oven & Sons", "Bath", "2020-01", "2020-12", (), kind)

    assert bool(experience_intervals([role])) is counts


# --- Nobody real can be reached. ---

RESERVED_PHONES = re.compile(
    r"\+?1?[2-9]\d{2}55501\d{2}"  # North America: 555-0100 to 555-0199
    r"|(?:\+44|0)(?:11[3-8]|121|131|141|151|161)4960\d{3}"  # Ofcom, cities
    r"|(?:\+44|0)2079460\d{3}|(?:\+44|0)289649[6]\d{3}"  # Ofcom, London and Northern Ireland
    r"|(?:\+33|0)(?:19900|26191|35301|46571|53649)\d{4}"  # Arcep, by region
    r"|(?:\+49|0)(?:3023125|6990009|4066969|2214710|8999998)\d{3}"  # Bundesnetzagentur
)
PHONE_LIKE = re.compile(
    r"(?<![\w./-])(?:\+\d{1,3}[ -])?\(?\d{2,4}\)?(?:[ \u00a0-]\d{3,5}){1,3}(?![\w/])"
    r"|(?<![\w./-])(?:\+33[ ]?|0)\d(?:[ .]\d\d){4}(?![\w/])"  # France writes pairs
)
NO_PHONES = re.compile(
    r"^(?:00-00-00|00000000|0000-0000-0000-0000|\d{4} \d{4} \d{4} \d{4}.*|\d{2,3} 000|000 0000|2026-0417)$"
)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_address_is_reserved_for_examples(name: str) -> None:
    """RFC 2606 domains only; profiles say that they are examples."""
    text = _everything(name)
    domains = re.findall(r"@([\w.-]+\w)", text)
    sites = re.findall(r"https?://([^\s\"<>)]+)", text)

    assert domains
    assert [domain for domain in domains if not re.search(r"(^|\.)example\.(com|org|net)$", domain)] == []
    assert [
        site
        for site in sites
        if not re.match(r"[\w.-]*\bexample\.(com|org|net)(/|$)", site)
        and not re.search(r"[-_]example$", site, re.IGNORECASE)
        and site != "orcid.org/0000-0000-0000-0000"
    ] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_every_phone_number_is_reserved_for_fiction(name: str) -> None:
    """The ranges that regulators keep free for films and manuals."""
    text = _everything(name)
    found = [number for number in PHONE_LIKE.findall(text) if not NO_PHONES.match(number)]

    assert found
    assert [number for number in found if not RESERVED_PHONES.fullmatch(re.sub(r"[^\d+]", "", number))] == []


# --- Small parts. ---


@pytest.mark.parametrize(
    ("start", "end", "style", "written"),
    [
        ("2019-03", None, DateStyle.SHORT, "Mar 2019 – Present"),
        ("2019-03", "2026-08", DateStyle.LONG, "March 2019 – August 2026"),
        ("2019-03", "2026-08", DateStyle.NUMERIC, "03/2019 – 08/2026"),
        ("2019-04", None, DateStyle.GERMAN, "04/2019 – heute"),
        ("2020-01", None, DateStyle.SPANISH, "enero de 2020 – actualidad"),
        ("2021-08", None, DateStyle.FRENCH, "août 2021 – aujourd’hui"),
        ("2009", "2015", DateStyle.SHORT, "2009 – 2015"),
        (None, "2004", DateStyle.SHORT, "2004"),
    ],
)
def test_periods_are_written_as_their_authors_would(
    start: str | None, end: str | None, style: DateStyle, written: str
) -> None:
    """One notation per CV, in its language."""
    assert period(start, end, style) == written


def test_points_join_continued_lines() -> None:
    """A point may be wrapped in its module without being wrapped in the CV."""
    assert points("""
        - one
        - two
          and a half
    """) == ("one", "two and a half")


def test_points_refuse_text_before_the_first_point() -> None:
    """A forgotten hyphen is told at once."""
    with pytest.raises(ValueError, match="must begin with '- '"):
        points("one\n- two")
