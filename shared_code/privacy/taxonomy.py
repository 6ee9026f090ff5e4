"""The kinds of personal data, each with its sensitivity and its token in anonymised copies.

Level 4 are the special categories of GDPR Art. 9 and criminal records (Art. 10); 3 is what enables fraud
or decides a residence; 2 identifies or describes a person; 1 identifies only together with more.
"""

from __future__ import annotations

from dataclasses import dataclass

CRITICAL, HIGH, MEDIUM, LOW = 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class PiiKind:
    """One row of the table: sensitivity 1 to 4, and the token's prefix, which no other kind has."""

    level: int
    token: str


TAXONOMY: dict[str, PiiKind] = {
    "health": PiiKind(CRITICAL, "HEALTH"),
    "religion": PiiKind(CRITICAL, "RELIGION"),
    "political_opinion": PiiKind(CRITICAL, "POLITICAL_OPINION"),
    "trade_union": PiiKind(CRITICAL, "TRADE_UNION"),
    "ethnic_origin": PiiKind(CRITICAL, "ETHNIC_ORIGIN"),
    "sexual_orientation": PiiKind(CRITICAL, "SEXUAL_ORIENTATION"),
    "biometric": PiiKind(CRITICAL, "BIOMETRIC"),
    "criminal_record": PiiKind(CRITICAL, "CRIMINAL_RECORD"),
    "national_id": PiiKind(HIGH, "NATIONAL_ID"),
    "passport_number": PiiKind(HIGH, "PASSPORT"),
    "driver_licence": PiiKind(HIGH, "DRIVER_LICENCE"),
    "tax_id": PiiKind(HIGH, "TAX_ID"),
    "bank_account": PiiKind(HIGH, "BANK_ACCOUNT"),
    "credit_card": PiiKind(HIGH, "CREDIT_CARD"),
    "immigration_status": PiiKind(HIGH, "IMMIGRATION_STATUS"),
    "person_name": PiiKind(MEDIUM, "NAME"),
    "email": PiiKind(MEDIUM, "EMAIL"),
    "phone": PiiKind(MEDIUM, "PHONE"),
    "postal_address": PiiKind(MEDIUM, "ADDRESS"),
    "date_of_birth": PiiKind(MEDIUM, "DATE_OF_BIRTH"),
    "profile_url": PiiKind(MEDIUM, "PROFILE_URL"),
    "third_party_name": PiiKind(MEDIUM, "THIRD_PARTY_NAME"),
    "third_party_contact": PiiKind(MEDIUM, "THIRD_PARTY_CONTACT"),
    "age": PiiKind(MEDIUM, "AGE"),
    "gender": PiiKind(MEDIUM, "GENDER"),
    "marital_status": PiiKind(MEDIUM, "MARITAL_STATUS"),
    "family_status": PiiKind(MEDIUM, "FAMILY_STATUS"),
    "nationality": PiiKind(MEDIUM, "NATIONALITY"),
    "place_of_birth": PiiKind(MEDIUM, "PLACE_OF_BIRTH"),
    "military_status": PiiKind(MEDIUM, "MILITARY_STATUS"),
    "salary": PiiKind(MEDIUM, "SALARY"),
    "ip_address": PiiKind(MEDIUM, "IP_ADDRESS"),
    "city": PiiKind(LOW, "CITY"),
    "employer": PiiKind(LOW, "EMPLOYER"),
    "institution": PiiKind(LOW, "INSTITUTION"),
    "graduation_year": PiiKind(LOW, "GRADUATION_YEAR"),
}

PERSON_TYPES = frozenset({"person_name", "third_party_name"})
CONTACT_TYPES = frozenset({"email", "phone", "profile_url", "third_party_contact"})
IDENTIFIER_TYPES = frozenset(
    {"national_id", "passport_number", "driver_licence", "tax_id", "bank_account", "credit_card"}
)
