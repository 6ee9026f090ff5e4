"""The rules that find personal data without a model: what they find, and what they leave alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.documents.model import Link
from shared_code.privacy.birth_dates import date_identity
from shared_code.privacy.check_digits import is_card_number, is_iban
from shared_code.privacy.recognizers import recognise, recognise_links


def found(text: str, region: str | None = None) -> list[tuple[str, str]]:
    """Kinds and values, in order; offsets are checked on the way."""
    recognitions = recognise(text, region)
    assert all(text[each.start : each.end] == each.value for each in recognitions)
    return [(each.pii_type, each.value) for each in recognitions]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        pytest.param(
            "Mail iris.calloway+cv@mail.example.com.",
            "email",
            "iris.calloway+cv@mail.example.com",
            id="email",
        ),
        pytest.param("(linkedin.com/in/iris-c).", "profile_url", "linkedin.com/in/iris-c", id="linkedin"),
        pytest.param(
            "https://de.linkedin.com/in/iris/", "profile_url", "https://de.linkedin.com/in/iris", id="country"
        ),
        pytest.param("github.com/iris | x", "profile_url", "github.com/iris", id="github"),
        pytest.param(
            "IBAN DE89 3704 0044 0532 0130 00 BIC X", "bank_account", "DE89 3704 0044 0532 0130 00", id="iban"
        ),
        pytest.param("GB82WEST12345698765432", "bank_account", "GB82WEST12345698765432", id="iban in one"),
        pytest.param("card 4111 1111 1111 1111", "credit_card", "4111 1111 1111 1111", id="card"),
        pytest.param("SSN 078-05-1120", "national_id", "078-05-1120", id="US SSN"),
        pytest.param("NI AB 12 34 56 C", "national_id", "AB 12 34 56 C", id="UK NINO"),
        pytest.param("NI number: QQ123456C", "national_id", "QQ123456C", id="UK NINO for examples"),
        pytest.param("DNI 12345678Z", "national_id", "12345678Z", id="Spanish DNI"),
        pytest.param("NIE X1234567L", "national_id", "X1234567L", id="Spanish NIE"),
        pytest.param("NIR 2 55 08 14 168 025 38", "national_id", "2 55 08 14 168 025 38", id="French NIR"),
        pytest.param("PESEL: 44051401359", "national_id", "44051401359", id="Polish PESEL"),
        pytest.param("BSN 111222333", "national_id", "111222333", id="Dutch BSN"),
        pytest.param("Steuer-ID: 86 095 742 719", "tax_id", "86 095 742 719", id="German tax id"),
        pytest.param("CF RSSMRA85T10A562S", "tax_id", "RSSMRA85T10A562S", id="codice fiscale"),
        pytest.param("Passport No: C01X00T47", "passport_number", "C01X00T47", id="passport"),
        pytest.param(
            "Driving licence no. CALLO853120", "driver_licence", "CALLO853120", id="driving licence"
        ),
        pytest.param("host 192.0.2.10,", "ip_address", "192.0.2.10", id="IPv4"),
        pytest.param("host 2001:db8::1", "ip_address", "2001:db8::1", id="IPv6"),
        pytest.param("Date of birth: 12 March 1985", "date_of_birth", "12 March 1985", id="born, English"),
        pytest.param("Born on March 12, 1985", "date_of_birth", "March 12, 1985", id="born, American"),
        pytest.param("Geburtsdatum: 12.03.1985", "date_of_birth", "12.03.1985", id="born, German"),
        pytest.param(
            "geb. am 3. März 1985 in Köln", "date_of_birth", "3. März 1985", id="born, German month"
        ),
        pytest.param(
            "Geburtsdatum/-ort: 12.03.1985, Köln", "date_of_birth", "12.03.1985", id="born, with place"
        ),
        pytest.param(
            "Fecha de nacimiento: 3 de marzo de 1985",
            "date_of_birth",
            "3 de marzo de 1985",
            id="born, Spanish",
        ),
        pytest.param("+44 (0)20 7946 0123", "phone", "+44 (0)20 7946 0123", id="country code"),
        pytest.param("0049 30 23125 555", "phone", "0049 30 23125 555", id="international prefix"),
        pytest.param("(212) 555-0142", "phone", "(212) 555-0142", id="American shape"),
        pytest.param("(123)345-7890", "phone", "(123)345-7890", id="American shape, no such area"),
        pytest.param("Phone: 555-0142", "phone", "555-0142", id="label"),
        pytest.param("Móvil 612345678", "phone", "612345678", id="label, Spanish"),
        pytest.param("020 7946 0123", "phone", "020 7946 0123", id="trunk zero"),
        pytest.param("030 / 23125 555", "phone", "030 / 23125 555", id="area code and slash"),
    ],
)
def test_a_rule_finds_its_kind(text: str, kind: str, value: str) -> None:
    """Exactly the value, nothing around it."""
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "2015 - 2018",
        "01/2015 - 03/2018",
        "01.02.2015 - 03.04.2018",
        "2019-2020-2021",
        "5.000.000 EUR",
        "1 200 000 users, 100 000 000 requests",
        "ISBN 978-3-16-148410-0",
        "ORCID 0000-0002-1825-0097",
        "4111 1111 1111 1112",
        "DE89 3704 0044 0532 0130 01",
        "12345678A",
        "666-12-3456",
        "QQ 12 34 56 C",
        "version 1.2.3.4 and v 1.2.3.4",
        "999.1.1.1",
        "10:30:45",
        "std::vector<a::b>",
        "Graduated 12.03.2010",
        "Steuer-ID: 86 095 742 710",
        "PESEL: 44051401358",
        "@iris on the web, user@localhost",
        "linkedin.com",
        "Java 8, 11, 17 and 21",
        "Axis 0.0 0.5 1.0 1.5 2.0",
        "Fax 0120-111-XXX",
    ],
)
def test_the_rules_leave_other_numbers_alone(text: str) -> None:
    """Dates, amounts, versions, and numbers whose check digit is wrong."""
    assert found(text) == []


def test_a_national_number_needs_its_region() -> None:
    """Nine digits are a telephone number only in a country that assigns them."""
    assert found("612 345 678", "ES") == [("phone", "612 345 678")]
    assert found("612 345 678", "DE") == []
    assert found("612 345 678") == []


def test_two_numbers_in_a_row_are_two() -> None:
    """However they are separated."""
    assert [value for _, value in found("020 7946 0123 / 020 7946 0999")] == [
        "020 7946 0123",
        "020 7946 0999",
    ]


def test_the_surer_rule_wins() -> None:
    """The digits of a card are no telephone number, too, whatever stands before them."""
    assert found("Tel 3782 822463 10005") == [("credit_card", "3782 822463 10005")]


def test_links_hold_contacts_too() -> None:
    """Addresses, numbers and profiles; other targets are nobody's data."""
    links = [
        Link("mailto:iris@example.com?subject=Hi", "", 1),
        Link("tel:+442079460123", "", 1),
        Link("https://www.linkedin.com/in/iris-c", "in", 1),
        Link("https://example.com/product", "", 1),
    ]
    assert [(each.pii_type, each.value) for each in recognise_links(links)] == [
        ("email", "iris@example.com"),
        ("phone", "+442079460123"),
        ("profile_url", "https://www.linkedin.com/in/iris-c"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        pytest.param("12.03.1985", "12 March 1985", True, id="number and name of the month"),
        pytest.param("1985-03-12", "12/03/85", True, id="ISO and short"),
        pytest.param("March 12, 1985", "12 de marzo de 1985", True, id="languages"),
        pytest.param("12.03.1985", "13.03.1985", False, id="another day"),
        pytest.param("12.03.1985", "12.03.1986", False, id="another year"),
    ],
)
def test_spellings_of_one_date_share_an_identity(one: str, other: str, is_same: bool) -> None:
    """So that the model's spelling meets the rule's."""
    assert date_identity(one) is not None
    assert (date_identity(one) == date_identity(other)) is is_same


@pytest.mark.parametrize("written", ["soon", "1985", "40.50.1985", "March 1985", "0.0.1985"])
def test_what_is_no_date_has_no_identity(written: str) -> None:
    """Years alone, and days that no month has."""
    assert date_identity(written) is None


@given(st.integers(0, 9), st.integers(0, 15))
def test_any_single_wrong_digit_breaks_the_check(digit: int, place: int) -> None:
    """Luhn and mod 97 see every one."""
    card, iban = "4111111111111111", "DE89370400440532013000"
    wrong_card = card[:place] + str(digit) + card[place + 1 :]
    assert is_card_number(wrong_card) == (wrong_card == card)
    wrong_iban = iban[: place + 2] + str(digit) + iban[place + 3 :]
    assert is_iban(wrong_iban) == (wrong_iban == iban)


@given(st.text(alphabet="0123456789 +-./()@:aDE\n", max_size=120))
def test_finds_never_overlap_and_have_exact_offsets(text: str) -> None:
    """For any mess of digits and punctuation."""
    recognitions = recognise(text, "DE")
    ends = [0, *(each.end for each in recognitions)]
    for each, end in zip(recognitions, ends, strict=False):
        assert end <= each.start < each.end
        assert text[each.start : each.end] == each.value


@pytest.mark.parametrize(
    "piece",
    ["1 ", "a.b@", "1.1.", "a:", "linkedin.com/in/", "aaaaaaaa", "born ", "(", "DE12 ", "+1 555 010 0123 "],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    """A hundred thousand characters of any pattern's beginning stay under two seconds of work."""
    text = piece * (100_000 // len(piece))
    started = time.process_time()
    recognise(text, "DE")
    assert time.process_time() - started < 2
