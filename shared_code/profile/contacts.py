"""Normal forms of contact details: e-mail addresses, telephone numbers (E.164), and web addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_NOT_DIGIT = re.compile(r"\D")
_TRUNK_ZERO = re.compile(r"\(0\)")
_EXTENSION = re.compile(r"(?:ext|extension|x|durchwahl|dw)\.?\s*\d{1,6}\s*$", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_AT = re.compile(r"\s*(?:@|[(\[{]\s*at\s*[)\]}])\s*", re.IGNORECASE)
_DOT = re.compile(r"\s*[(\[{]\s*(?:dot|punkt|punto)\s*[)\]}]\s*", re.IGNORECASE)
_MAX_E164_DIGITS = 15


def plain_email(written: str) -> str:
    """An e-mail address without what may stand around it: ``mailto:``, ``<>``, blanks, "(at)"."""
    address = written.strip().strip("<>,;").strip()
    if address[:7].lower() == "mailto:":
        address = unquote(address[7:]).split("?")[0]
    return re.sub(r"\s+", "", _DOT.sub(".", _AT.sub("@", address))).rstrip(".")


def phone_digits(written: str) -> str:
    """The digits of a telephone number without "(0)", international prefix and trunk zero."""
    return _NOT_DIGIT.sub("", _TRUNK_ZERO.sub("", written)).lstrip("0")


def national_digits(written: str) -> str | None:
    """The national significant number of an international number; None where it is not international."""
    international = _international(written)
    number = _parse(international, None) if international else None
    return None if number is None else str(number.national_number)


def e164(written: str, region: str | None) -> str | None:
    """A telephone number in E.164 where its country is certain; None where it is not.

    Certain means: an explicit country code and a possible length (numbers reserved for fiction are
    possible but not assigned), or a national number that is valid in ``region``. A number with an
    extension has no E.164 form.

    Args:
        written: The number as the CV has it.
        region: ISO 3166-1 alpha-2 code of the candidate's country.
    """
    # Imported here: the metadata costs 0.1 s, which health and import must not pay.
    import phonenumbers as library

    international = _international(written)
    number = _parse(international or written, None if international else region)
    if number is None or _EXTENSION.search(written):
        return None
    if international is not None:
        is_certain = library.is_possible_number_with_reason(number) == library.ValidationResult.IS_POSSIBLE
    else:
        is_certain = region is not None and library.is_valid_number_for_region(number, region.upper())
    return library.format_number(number, library.PhoneNumberFormat.E164) if is_certain else None


def url_identity(url: str) -> str:
    """What makes a web address the same as another: host and path (and query), in lower case.

    Scheme, ``www.``, a trailing slash, a fragment and percent-encoding are left out.
    """
    bare = _SCHEME.sub("", url.strip().strip("<>")).lstrip("/")
    try:
        parts = urlsplit("//" + bare)
    except ValueError:  # brackets that are no IPv6 address
        return bare.lower()
    path = unquote(parts.path).rstrip("/.,;)")
    host = parts.netloc.lower().removeprefix("www.")
    return (host + path + (f"?{parts.query}" if parts.query else "")).lower()


def is_same_url(one: str, other: str) -> bool:
    """Whether two web addresses lead to the same page; a query counts only where both have one."""
    first, second = url_identity(one), url_identity(other)
    if "?" in first and "?" in second:
        return first == second
    return first.split("?")[0].rstrip("/") == second.split("?")[0].rstrip("/")


def link_kind(url: str) -> str | None:
    """The kind a profile link's host settles: ``linkedin``, ``github``, ``xing``, ``orcid``; else None."""
    host = url_identity(url).split("/")[0]
    for domain, kind in (
        ("linkedin.com", "linkedin"),
        ("github.com", "github"),
        ("xing.com", "xing"),
        ("orcid.org", "orcid"),
    ):
        if host == domain or host.endswith("." + domain):
            return kind
    return None


def _international(written: str) -> str | None:
    """The number with its plus sign where it names a country code (``+44``, ``0044``, ``tel:+44``)."""
    number = _TRUNK_ZERO.sub(" ", written.strip().removeprefix("tel:")).lstrip("( ")
    if number.startswith("00"):
        number = "+" + number[2:]
    return number if number.startswith("+") and len(_NOT_DIGIT.sub("", number)) <= _MAX_E164_DIGITS else None


def _parse(written: str, region: str | None) -> PhoneNumber | None:
    import phonenumbers as library

    if region is None and not written.startswith("+"):
        return None
    try:
        return library.parse(written, region.upper() if region else None)
    except library.NumberParseException:
        return None
