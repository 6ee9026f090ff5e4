"""Personal data: kinds, levels, forms and whose it is."""

from __future__ import annotations

from typing import Any, cast

import pytest

from local.openai_emulator.cv_reader import answer
from tests.unit.cv_reader import invented

HEAD = "Ada Moreno\nada.moreno@example.com\n"
TAIL = (
    "\nExperience\nEngineer, Example GmbH, Berlin\n2019 - 2021\n- Built bridges\n"
    "Education\nBSc Physics, Example University, 2018\n"
)


def entities_of(text: str, links: tuple[tuple[str, str], ...] = ()) -> list[dict[str, Any]]:
    """The personal data that is read from ``text``."""
    return cast("list[dict[str, Any]]", answer("pii_entities_schema", text, links)["pii_entities"])


FOUND = {
    "birth, german": ("Geburtsdatum: 04.03.1984", "date_of_birth", "04.03.1984", 2),
    "birth, spanish": ("Fecha de nacimiento: 17/09/1993", "date_of_birth", "17/09/1993", 2),
    "birth, prose": (
        "Date of birth January 1st, 1950 | Nationality Italian",
        "date_of_birth",
        "January 1st, 1950",
        2,
    ),
    "birthplace": ("Geburtsort: Trier", "place_of_birth", "Trier", 2),
    "nationality": ("Staatsangehörigkeit: deutsch", "nationality", "deutsch", 2),
    "marital": ("Familienstand: verheiratet, zwei Kinder", "marital_status", "verheiratet, zwei Kinder", 2),
    "gender": ("Gender: Female", "gender", "Female", 2),
    "age": ("Alter: 34", "age", "34", 2),
    "religion": ("Konfession: evangelisch", "religion", "evangelisch", 4),
    "union": ("Afiliación sindical: SATSE", "trade_union", "SATSE", 4),
    "health": (
        "Registered disabled (hearing impairment)",
        "health",
        "Registered disabled (hearing impairment)",
        4,
    ),
    "criminal record": ("Führungszeugnis: ohne Eintrag", "criminal_record", "ohne Eintrag", 4),
    "dni": ("DNI: 00000000T", "national_id", "00000000T", 3),
    "ni number": ("National Insurance No: QQ123456C", "national_id", "QQ123456C", 3),
    "ssn": ("SSN 078-05-1120", "national_id", "078-05-1120", 3),
    "passport": ("Passport No: X0000000", "passport_number", "X0000000", 3),
    "tax": ("Steuer-ID: 00 000 000 000", "tax_id", "00 000 000 000", 3),
    "iban": ("IBAN: DE00 1234 5678 9012 3456 00", "bank_account", "DE00 1234 5678 9012 3456 00", 3),
    "card": ("Card 4111 1111 1111 1111", "credit_card", "4111 1111 1111 1111", 3),
    "visa": ("Right to work: Skilled Worker visa", "immigration_status", "Skilled Worker visa", 3),
    "address, german": ("Lindenweg 12, 10969 Berlin", "postal_address", "Lindenweg 12, 10969 Berlin", 2),
    "address, british": (
        "14 Alderbrook Road, Bristol BS6 5ZZ",
        "postal_address",
        "14 Alderbrook Road, Bristol BS6 5ZZ",
        2,
    ),
    "address, spanish": (
        "Calle de la Paz 8, 46003 Valencia",
        "postal_address",
        "Calle de la Paz 8, 46003 Valencia",
        2,
    ),
    "salary": ("Expected salary: $95,000", "salary", "$95,000", 2),
    "ip": ("Home server at 192.0.2.17", "ip_address", "192.0.2.17", 2),
    "employer": ("", "employer", "Example GmbH", 1),
    "institution": ("", "institution", "Example University", 1),
    "graduation": ("", "graduation_year", "2018", 1),
}


@pytest.mark.parametrize(("written", "kind", "value", "level"), FOUND.values(), ids=FOUND)
def test_personal_data_is_found(written: str, kind: str, value: str, level: int) -> None:
    """Value, kind and level, whatever the language of the label."""
    found = [
        (entity["pii_type"], entity["original_value"], entity["sensitivity_level"])
        for entity in entities_of(HEAD + written + TAIL)
    ]
    assert (kind, value, level) in found


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Führerschein: Klasse B", "driver_licence"),
        ("Card 4111 1111 1111 1112", "credit_card"),
        ("Version 1.2.3", "ip_address"),
        ("Worked with disabled accounts", "religion"),
        ("IBAN validation in Java", "bank_account"),
    ],
)
def test_what_only_looks_personal_is_left_alone(written: str, kind: str) -> None:
    """A class of licence, a wrong check digit and a version are no personal numbers."""
    assert kind not in {entity["pii_type"] for entity in entities_of(HEAD + written + TAIL)}


def test_referee_is_a_third_party() -> None:
    """Name and contacts of referees are theirs."""
    found = {
        (entity["pii_type"], entity["original_value"]) for entity in entities_of(invented.UK_WITH_REFEREES)
    }
    assert ("third_party_name", "Mr Alan Thornbury") in found
    assert ("third_party_contact", "alan.thornbury@example.com") in found
    assert ("third_party_contact", "0117 496 0199") in found
    assert ("email", "p.ramanathan.cole@example.org") in found


def test_referees_street_is_the_referees() -> None:
    """An address among the references is a third party's."""
    found = entities_of(f"{HEAD}{TAIL}\nReferences\nBen Other\n14 Alderbrook Road, Bristol BS6 5ZZ")
    kinds = {entity["pii_type"] for entity in found if "Alderbrook" in entity["original_value"]}
    assert kinds == {"third_party_contact"}


def test_forms_of_the_name_are_collected() -> None:
    """Other case, initials, the address's local part and the profile's slug, each only where it occurs."""
    head = "ADA MORENO\nada.moreno@example.com | linkedin.com/in/ada-moreno-example\n"
    text = f"{head}{TAIL}\nA. Moreno, page 2\nSigned: Ada Moreno"
    name = next(entity for entity in entities_of(text) if entity["pii_type"] == "person_name")
    assert name["original_value"] == "ADA MORENO"
    assert {"Ada Moreno", "A. Moreno", "ada.moreno", "ada-moreno-example"} <= set(name["all_variations"])
    assert "Moreno, Ada" not in name["all_variations"]


def test_number_behind_a_link_counts_beside_the_one_that_is_shown() -> None:
    """A tel: target that differs from the text is personal data of its own."""
    values = [
        entity["original_value"]
        for entity in entities_of(f"{HEAD}(312) 555-0147{TAIL}", (("call", "tel:+15555550999"),))
    ]
    assert "(312) 555-0147" in values
    assert "+15555550999" in values


def test_context_is_short() -> None:
    """At most 80 characters stand around a value."""
    assert all(len(entity["context"]) <= 80 for entity in entities_of(invented.GERMAN_TABULAR))


def test_invoice_has_addresses_but_nobody() -> None:
    """What is no CV still holds contact data, and no candidate."""
    kinds = {entity["pii_type"] for entity in entities_of(invented.INVOICE)}
    assert "email" in kinds
    assert "person_name" not in kinds
