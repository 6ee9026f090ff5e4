"""Where a piece of personal data stands in a document, in every form it takes there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shared_code.documents.model import DocumentText
from shared_code.privacy.names import NameForms
from shared_code.privacy.spans import apart
from shared_code.privacy.taxonomy import CONTACT_TYPES, IDENTIFIER_TYPES, PERSON_TYPES
from shared_code.profile.contacts import is_same_url, phone_digits, plain_email, url_identity
from shared_code.profile.folding import Span, skeleton
from shared_code.profile.grounding import Grounding

_GENERIC_HANDLES = frozenset(
    {
        "admin",
        "application",
        "bewerbung",
        "career",
        "careers",
        "contact",
        "contacto",
        "email",
        "hello",
        "info",
        "kontakt",
    }
    | {"mail", "office", "profile", "public", "resume", "website"}
)
_SHORTEST_HANDLE = 5
# Values this short, and numbers such as an age or a year, stand in a CV for other things, too.
_AMBIGUOUS_LETTERS = 2
_AMBIGUOUS_DIGITS = 4
_WORD_BOUNDS = re.compile(r"^\S+\s|\s\S+$")
_ELLIPSIS = re.compile(r"^(?:\.{3}|…)|(?:\.{3}|…)$")


class Occurrences:
    """Finds personal data in one document.

    Args:
        document: What the CV's file was read to.
    """

    def __init__(self, document: DocumentText) -> None:
        self._grounding = Grounding(document)
        self._names = NameForms(self._grounding.text)
        self._links = document.links

    def of_value(self, pii_type: str, value: str, context: str = "") -> list[Span]:
        """Where the value itself stands, by what its kind makes the same: digits, host and path, letters.

        Args:
            pii_type: A kind of the taxonomy.
            value: What to look for.
            context: Words around it. An ambiguous value (an age, "M") counts only there, or, where they
                are not found, only at its first place.
        """
        shape = contact_shape(pii_type, value)
        contacts, text = self._grounding.contacts, self._grounding.text
        if shape == "email":
            return contacts.email_spans(value)
        if shape == "phone":
            return contacts.phone_spans(value)
        if shape == "profile_url":
            return contacts.url_spans(value)
        if pii_type in IDENTIFIER_TYPES:
            return text.folded_spans(value) or text.skeleton_spans(value, regrouped=True)
        spans = [span for span in text.folded_spans(value) if self._has_its_case(value, span)]
        spans += text.skeleton_spans(value)
        if pii_type in PERSON_TYPES:
            spans = apart(spans, self._names.whole_spans(value))
        return self._in_context(spans, context) if is_ambiguous(value) else spans

    def of_variations(self, pii_type: str, value: str, stated: Iterable[str]) -> list[Span]:
        """Where other forms of the value stand: those the model stated, and those usual for its kind."""
        text = self._grounding.text
        spans = [
            span
            for form in stated
            if not is_ambiguous(form)
            for span in text.folded_spans(form)
            if self._has_its_case(form, span)
        ]
        if pii_type in PERSON_TYPES:
            spans += self._names.short_spans(value)
        handle = _handle(contact_shape(pii_type, value), value)
        return spans + (text.exact_spans(handle) if handle else [])

    def in_links(self, pii_type: str, value: str) -> list[tuple[str, int]]:
        """The targets of links that hold a contact detail, with their pages."""
        shape = contact_shape(pii_type, value)
        return [
            (link.target, link.page) for link in self._links if shape and _leads_to(link.target, shape, value)
        ]

    def _has_its_case(self, value: str, span: Span) -> bool:
        """Whether one word with a capital (Nice, Mark) stands there with a capital, too."""
        is_capital_word = value[:1].isupper() and not any(character.isspace() for character in value)
        return not is_capital_word or not self._grounding.text.original[span[0]].islower()

    def _in_context(self, spans: list[Span], context: str) -> list[Span]:
        places = self._context_spans(context)
        inside = [span for span in spans if any(start <= span[0] and span[1] <= end for start, end in places)]
        return inside or spans[:1]

    def _context_spans(self, context: str) -> list[Span]:
        wanted = _ELLIPSIS.sub("", context.strip()).strip()
        shorter = _WORD_BOUNDS.sub("", wanted)  # the model may have cut words in half
        return self._grounding.text.spans(wanted) or self._grounding.text.spans(shorter)


def contact_shape(pii_type: str, value: str) -> str | None:
    """``email``, ``phone`` or ``profile_url`` for a contact detail; None for other personal data."""
    if pii_type not in CONTACT_TYPES:
        return None
    if pii_type != "third_party_contact":
        return pii_type
    if "@" in value:
        return "email"
    letters = sum(character.isalpha() for character in value)
    if letters == 0 and len(phone_digits(value)) >= _SHORTEST_HANDLE:
        return "phone"
    return "profile_url" if "/" in value and "." in value and " " not in value else None


def is_ambiguous(value: str) -> bool:
    """Whether a value is so short that the same characters stand in a CV for other things, too."""
    bare = skeleton(value)
    return len(bare) <= (_AMBIGUOUS_DIGITS if bare.isdigit() else _AMBIGUOUS_LETTERS)


def _handle(shape: str | None, value: str) -> str | None:
    """An e-mail's local part or a profile's slug, where it tells the person alone, too."""
    if shape == "email":
        handle = plain_email(value).split("@")[0]
    elif shape == "profile_url" and "/" in (identity := url_identity(value).split("?")[0]):
        handle = identity.rsplit("/", 1)[1].lstrip("@")
    else:
        return None
    return None if len(handle) < _SHORTEST_HANDLE or handle.lower() in _GENERIC_HANDLES else handle


def _leads_to(target: str, shape: str, value: str) -> bool:
    scheme = target.partition(":")[0].lower()
    if shape == "email":
        return scheme == "mailto" and plain_email(target).lower() == plain_email(value).lower()
    if shape == "phone":
        return scheme == "tel" and bool(digits := phone_digits(value)) and phone_digits(target) == digits
    return scheme not in ("mailto", "tel") and is_same_url(target, value)
