"""Check digits of bank, card and identity numbers: what tells a real number from digits in a row."""

from __future__ import annotations

import re

# Issuers' prefixes and lengths: Visa, Mastercard, American Express, Diners Club, Discover.
_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3[068]\d{12}|6(?:011|4[4-9]\d|5\d\d)\d{12}"
)
# IBAN lengths of the IBAN registry (SWIFT), Europe and its neighbours.
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "BA": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28,
    "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22,
    "GI": 23, "GL": 18, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15,
    "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26,
    "UA": 29, "XK": 20,
}  # fmt: skip
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_FISCALE_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        bytes.fromhex("01000507090d0f11131501000507090d0f111315020412140b0306080c0e100a16191817"),
        strict=True,
    )
)
_PESEL_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)


def iban_length(country: str) -> int | None:
    """How many characters an IBAN of this country has; None where the country has none."""
    return _IBAN_LENGTHS.get(country)


def is_iban(compact: str) -> bool:
    """Whether ``compact`` (upper case, no blanks) is an IBAN: its country's length, ISO 7064 mod 97-10."""
    if len(compact) != _IBAN_LENGTHS.get(compact[:2]) or not compact.isalnum():
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def is_card_number(digits: str) -> bool:
    """Whether the digits are a payment card's: an issuer's prefix and length, and Luhn's check."""
    if not _CARD.fullmatch(digits) or len(set(digits)) == 1:
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_spanish_id(compact: str) -> bool:
    """Whether ``compact`` is a Spanish DNI or NIE: its letter is the number modulo 23."""
    number = str("XYZ".find(compact[0])) + compact[1:-1] if compact[0] in "XYZ" else compact[:-1]
    return number.isdigit() and len(number) == 8 and _DNI_LETTERS[int(number) % 23] == compact[-1]


def is_german_tax_id(digits: str) -> bool:
    """Whether the 11 digits are a German Steuer-ID: ISO 7064 mod 11,10, and no leading zero."""
    if len(digits) != 11 or digits[0] == "0":
        return False
    product = 10
    for digit in digits[:-1]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


def is_codice_fiscale(compact: str) -> bool:
    """Whether the 16 characters are an Italian codice fiscale: its last letter checks the others."""
    total = sum(
        _FISCALE_ODD[character] if place % 2 == 0 else int(character, 36) - (0 if character.isdigit() else 10)
        for place, character in enumerate(compact[:15])
    )
    return chr(ord("A") + total % 26) == compact[15]


def is_pesel(digits: str) -> bool:
    """Whether the 11 digits are a Polish PESEL: its weighted sum ends in 0."""
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, _PESEL_WEIGHTS, strict=False))
    return len(digits) == 11 and (weighted + int(digits[-1])) % 10 == 0


def is_bsn(digits: str) -> bool:
    """Whether the 9 digits are a Dutch BSN: the eleven test."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    return len(digits) == 9 and int(digits) > 0 and weighted % 11 == 0


def is_french_nir(compact: str) -> bool:
    """Whether the 15 digits are a French social security number: the key is 97 minus the rest mod 97."""
    return len(compact) == 15 and compact.isdigit() and 97 - int(compact[:13]) % 97 == int(compact[13:])
