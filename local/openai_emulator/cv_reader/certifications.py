"""Certificates: name, who gave it, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.dates import find_periods, first_period, point
from local.openai_emulator.cv_reader.education import is_institution
from local.openai_emulator.cv_reader.rows import rows_of, without_period

if TYPE_CHECKING:
    from local.openai_emulator.cv_reader.sections import Sections
    from local.openai_emulator.cv_reader.source import CvText

_PERSONAL = re.compile(
    r"@|https?:|www\.|^\+?[\d\s().\-/]{7,}$|^(?:right to work|national insurance|tel|phone|mobile|address"
    r"|dni|visa|nationality|date of birth|geburts\w*)\b",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"\b(?:flat|street|road|avenue|lane|terrace|stra(?:ß|ss)e|calle|weg)\b.*\d|\d.*\b(?:street|road|avenue"
    r"|lane|terrace|drive)\b|^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$",
    re.IGNORECASE,
)
_EXPIRY = re.compile(
    r"(?:expires?|expiry|valid (?:until|through|to)|gültig bis|válido hasta|caduca)\W*", re.IGNORECASE
)
_KNOWN_ISSUERS = re.compile(
    r"\b(Microsoft|AWS|Amazon|Google|Cisco|Oracle|PMI|Scrum Alliance|Scrum\.org|ISTQB|ISC2|\(ISC\)²|CompTIA"
    r"|TÜV\w*|IHK\w*|Axelos|IBM|Red Hat|SAP|Salesforce|Coursera|Udemy|edX|LinkedIn Learning|Cambridge"
    r"|Goethe-Institut|ERC|AHA)\b"
)
_NAMED = re.compile(
    r"\b(?:PMP|CISSP|CISA|CISM|CFA|CPA|ACCA|ITIL(?: v?\d)?(?: Foundation)?|Certified Scrum ?Master|CSM"
    r"|PRINCE2(?: \w+)?|Six Sigma (?:Green|Black|Yellow) Belt|AWS Certified [A-Z][\w ]+|Microsoft"
    r" Certified: [^\n(,;]+(?: \([A-Z]{2}-\d+\))?|CCNA|CCNP|ISTQB[\w ]{0,25})\b"
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate with the dates as exact as written."""

    name: str
    issuer: str | None
    date: str | None
    expiry: str | None


def read_certifications(cv: CvText, sections: Sections) -> tuple[Certificate, ...]:
    """The certificates of their section, and well-known ones named as such elsewhere."""
    found: dict[str, Certificate] = {}
    for part in sections.of("certifications"):
        for row in rows_of(cv, part.lines):
            if (
                _PERSONAL.search(row.text)
                or _STREET.search(row.text)
                or len(row.text) > 160
                or row.text.endswith(":")
            ):
                continue
            certificate = _certificate(row.text)
            if certificate:
                found.setdefault(certificate.name.casefold(), certificate)
    if not found:
        for line in sections.lines_of("head", "summary", "awards"):
            for match in _NAMED.finditer(line.text):
                found.setdefault(match[0].casefold(), Certificate(match[0].strip(), None, None, None))
    return tuple(found.values())


def _certificate(text: str) -> Certificate | None:
    expiry = None
    if match := _EXPIRY.search(text):
        expiry = next((point(period.raw) for period in find_periods(text[match.end() :])[:1]), None)
        text = text[: match.start()].rstrip(" ,;(–-|")
    period = first_period(text)
    rest = without_period(text, period).replace(" | ", " – ") if period else text
    name, issuer = _name_and_issuer(rest.strip(" ,;–-|:"))
    if len(name) < 3 or not re.search(r"[^\W\d_]{2}", name):
        return None
    return Certificate(
        name,
        issuer,
        period.begins if period else None,
        expiry or (period.ends if period and period.is_range else None),
    )


def _name_and_issuer(rest: str) -> tuple[str, str | None]:
    if match := re.match(r"^(.*?)\s*\(([^()]+?)(?:,\s*)?\)?$", rest):
        inside = match[2].strip(" ,")
        if _KNOWN_ISSUERS.search(inside) or (rest.count("(") > rest.count(")")):
            return match[1].strip(), inside or None
    strong = re.match(r"^(.+?)\s*(?:[–—|]|\s-\s|\bissued by\b)\s*(.+)$", rest)
    if match := strong or re.match(r"^(.+?)(?:,\s|\s+by\s|\s+von\s)\s*(.+)$", rest):
        left, right = match[1].strip(" ,"), match[2].strip(" ,()")
        limit = 9 if is_institution(right) else 5
        if len(right.split()) <= limit and not re.search(r"#|\d{3}", right) and not right[:1].isdigit():
            return left, right
    if match := _KNOWN_ISSUERS.search(rest):
        return rest, match[1]
    return rest, None
