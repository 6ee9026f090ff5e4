"""Who is read from CVs in two dozen layouts: name, own address and number, title, place."""

from __future__ import annotations

import pytest

from tests.unit.cv_reader import invented, invented_layouts
from tests.unit.cv_reader.reading_back import profile_of

PERSONS = {
    "us one page": (
        invented.US_ONE_PAGER,
        "Marcus T. Whitfield",
        "marcus.whitfield@example.com",
        "(503) 555-0134",
        "Operations Manager",
        ("Portland", "OR", "US"),
    ),
    "uk with referees": (
        invented.UK_WITH_REFEREES,
        "PRIYA RAMANATHAN-COLE",
        "p.ramanathan.cole@example.org",
        "0117 496 0123",
        "Senior Financial Accountant",
        ("Bristol", None, "GB"),
    ),
    "german table": (
        invented.GERMAN_TABULAR,
        "Jonas Weidenfeller",
        "jonas.weidenfeller@example.de",
        "0221 / 5550 1234",
        "Softwareentwickler",
        ("Köln", None, "DE"),
    ),
    "spanish": (
        invented.SPANISH,
        "ÁLVARO QUINTANILLA BERMÚDEZ",
        "alvaro.quintanilla@example.es",
        "+34 600 000 321",
        "Jefe de Obra",
        ("Sevilla", None, "ES"),
    ),
    "academic, obfuscated address": (
        invented.ACADEMIC,
        "Dr. Helena Marchetti-Okoye",
        "helena.marchetti@example.edu",
        None,
        "Associate Professor",
        None,
    ),
    "fresher without jobs": (
        invented.FRESHER,
        "Ananya Deshmukh",
        "ananya.deshmukh21@example.com",
        "+91 90000 00123",
        None,
        ("Pune", "Maharashtra", "IN"),
    ),
    "linkedin export, side column first": (
        invented.LINKEDIN_EXPORT,
        "Ingrid Solheim",
        "ingrid.solheim@example.com",
        None,
        "Head of Product",
        ("Oslo", None, "NO"),
    ),
    "europass": (
        invented.EUROPASS,
        "Katarzyna Wiśniewska",
        "k.wisniewska@example.pl",
        "+48 22 555 01 23",
        "Environmental Inspector",
        ("Warszawa", None, "PL"),
    ),
    "name under a heading, bullets between contacts": (
        invented.BULLET_CONTACT_LINE,
        "DANIEL OYELARAN",
        "daniel.oyelaran@example.com",
        "512.555.0187",
        "SENIOR PROJECT MANAGER",
        ("Austin", "TX", "US"),
    ),
    "dates before the job": (
        invented.DATE_FIRST,
        "Sophie Lindqvist",
        "sophie.lindqvist@example.se",
        "+46 31 555 01 77",
        "Registered Nurse, Intensive Care",
        ("Göteborg", None, None),
    ),
    "whole cv in one line": (
        invented.LONG_LINES,
        "Renata Vasquez-Thorne",
        "renata.thorne@example.com",
        "(414) 555-0166",
        "Service Desk Lead",
        ("Milwaukee", "Wisconsin", "US"),
    ),
    "french": (
        invented.FRENCH,
        "Camille Delaroche",
        "camille.delaroche@example.fr",
        "06 39 98 01 23",
        "Développeuse front-end",
        ("Lyon", None, "FR"),
    ),
    "number before the area code, name in the middle": (
        invented_layouts.CONTACT_BEFORE_NAME,
        "EMILY WATSON",
        "emily.watson@example.com",
        "555-0142",
        "REGISTERED NURSE",
        ("Chicago", "IL", "US"),
    ),
    "generation after the name": (
        invented_layouts.CHEF,
        "John A. Pemberton III",
        "jpemberton@example.com",
        "303-555-0119",
        "Sous Chef",
        ("Denver", "Colorado", "US"),
    ),
    "german degree before the name": (
        invented_layouts.GERMAN_WIDE_COLUMNS,
        "Bernd Hoffmann-Kraus",
        "bernd.hoffmann@example.de",
        "0711/555 01 23",
        "Abteilungsleiter Konstruktion",
        ("Stuttgart", None, "DE"),
    ),
    "labels above their values": (
        invented_layouts.GERMAN_LABELS_ABOVE_VALUES,
        "Sabine Reinhardt",
        "sabine.reinhardt@example.de",
        "0341 5550123",
        "Kauffrau für Büromanagement",
        ("Leipzig", None, "DE"),
    ),
    "wide spaces in the name, referees below": (
        invented_layouts.NIGERIAN_WIDE_NAME,
        "AISHA BELLO",
        "aisha.bello@example.ng",
        "+234 800 555 0123",
        "HR Manager",
        ("Lagos", None, "NG"),
    ),
    "labelled markup": (
        invented.TAGGED_MARKUP,
        "Farid Benhaddou",
        "farid.b@example.com",
        None,
        "Network Engineer",
        ("Pune", "Maharashtra", "IN"),
    ),
}


@pytest.mark.parametrize(("text", "name", "email", "phone", "title", "place"), PERSONS.values(), ids=PERSONS)
def test_person_is_read(
    text: str,
    name: str,
    email: str,
    phone: str | None,
    title: str | None,
    place: tuple[str | None, str | None, str | None] | None,
) -> None:
    """Name, own address and number, current title and place stand in the profile."""
    profile = profile_of(text)
    read = {
        key: profile[key]
        for key in ("candidateName", "candidateEmail", "candidatePhone", "jobTitle", "candidateLocation")
    }
    assert read == {
        "candidateName": name,
        "candidateEmail": email,
        "candidatePhone": phone,
        "jobTitle": title,
        "candidateLocation": dict(zip(("city", "region", "countryCode"), place, strict=True))
        if place
        else None,
    }
