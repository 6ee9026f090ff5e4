"""Addresses and numbers: whose they are, and what only looks like one."""

from __future__ import annotations

from typing import Any, cast

import pytest

from local.openai_emulator.cv_reader import answer

TAIL = (
    "\nExperience\nEngineer, Example GmbH\n2019 - 2021\n- Built bridges\n"
    "Education\nBSc Physics, Example University, 2018\n"
)


def profile_of(text: str, links: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    """The profile of a small CV that begins with ``text``."""
    return cast("dict[str, Any]", answer("candidate_profile_schema", text + TAIL, links)["candidateProfile"])


PHONES = {
    "Tel: +49 30 5550 1234": "+49 30 5550 1234",
    "Mobil 0171/5550123": "0171/5550123",
    "Handy: 0171 5550 123": "0171 5550 123",
    "Móvil: 600 000 321": "600 000 321",
    "M: 07700 900123": "07700 900123",
    "(312) 555-0147": "(312) 555-0147",
    "312.555.0147": "312.555.0147",
    "+1 312 555 0147 ext. 12": "+1 312 555 0147 ext. 12",
    "+91-90000-00123": "+91-90000-00123",
    "+41 (0)44 555 01 23": "+41 (0)44 555 01 23",
    "Fax: 030 5550 1299\nTelefon: 030 5550 1234": "030 5550 1234",
    "Fax: +49 30 5550 1299\n030 5550 1234": "030 5550 1234",
    "Date of birth: 12.05.1988\nPhone: 020 7946 0123": "020 7946 0123",
    "10969 Berlin\n04.03.1984": None,
    "2015 - 2018, 2019 - 2021": None,
    "DNI: 12345678Z": None,
    "Salary: 72000 - 80000 EUR": None,
    "ISBN 978-3-16-148410-0": None,
    "IBAN DE00 1234 5678 9012 3456 00": None,
}


@pytest.mark.parametrize(
    ("written", "phone"), PHONES.items(), ids=[text.replace("\n", " / ") for text in PHONES]
)
def test_own_number_is_read_as_written(written: str, phone: str | None) -> None:
    """Numbers of many countries; never dates, postcodes, ids or money, and fax only last."""
    assert profile_of(f"Ada Example\nada@example.com\n{written}")["candidatePhone"] == phone


EMAILS = {
    "ada.example@example.com": "ada.example@example.com",
    "ada.example [at] example.com": "ada.example@example.com",
    "ada.example(at)example(dot)com": "ada.example@example.com",
    "E-Mail: Ada.Example@Example.COM": "Ada.Example@Example.COM",
    "mailto:ada.example@example.com": "ada.example@example.com",
    "ada.example@\nexample.com": "ada.example@example.com",
    "a\u200bda.example@example.com": "ada.example@example.com",
    "no address": None,
}


@pytest.mark.parametrize(("written", "email"), EMAILS.items(), ids=[ascii(text) for text in EMAILS])
def test_own_address_is_read(written: str, email: str | None) -> None:
    """Plain, disguised, broken or interleaved with invisible characters."""
    assert profile_of(f"Ada Example\n{written}")["candidateEmail"] == email


def test_referee_is_not_the_candidate() -> None:
    """A referee's address and number are never the candidate's, even where there are no others."""
    profile = cast(
        "dict[str, Any]",
        answer(
            "candidate_profile_schema",
            f"Ada Example\n{TAIL}\nReferences\nDr Ben Other, ben@example.net, +1 312 555 0188",
        )["candidateProfile"],
    )
    assert (profile["candidateName"], profile["candidateEmail"], profile["candidatePhone"]) == (
        "Ada Example",
        None,
        None,
    )


def test_link_targets_serve_where_the_text_has_none() -> None:
    """An address behind "Email me" is read; one in the text goes before it."""
    links = (("Email me", "mailto:ada@example.com?subject=Hi"), ("call", "tel:+49305550123"))
    hidden = profile_of("Ada Example\nEmail me | call", links)
    assert (hidden["candidateEmail"], hidden["candidatePhone"]) == ("ada@example.com", "+49305550123")
    shown = profile_of("Ada Example\nown@example.org | 030 5550 1234", links)
    assert (shown["candidateEmail"], shown["candidatePhone"]) == ("own@example.org", "030 5550 1234")


def test_profiles_are_told_by_kind() -> None:
    """Text and link annotations give one entry each, the fuller spelling kept."""
    profile = profile_of(
        "Ada Example\nlinkedin.com/in/ada-example | ada-example.dev",
        (("LinkedIn", "https://www.linkedin.com/in/ada-example"), ("Code", "https://github.com/ada-example")),
    )
    assert profile["profileLinks"] == [
        {"kind": "linkedin", "url": "https://www.linkedin.com/in/ada-example"},
        {"kind": "portfolio", "url": "ada-example.dev"},
        {"kind": "github", "url": "https://github.com/ada-example"},
    ]
