"""Grounding: is a value really in the CV, and where? Text first, then the targets of its hyperlinks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from shared_code.documents.model import DocumentText, Link
from shared_code.profile.contact_search import ContactSearch
from shared_code.profile.contacts import is_same_url, phone_digits, plain_email
from shared_code.profile.folding import FoldedText, Span, skeleton
from shared_code.profile.outcome import Evidence
from shared_code.profile.skill_terms import first_mention

# Letters that a skill's name needs before it is looked for in any case and inside compounds.
_SHORT_NAME = 2


class Grounding:
    """Finds values in one document. The document is folded once, however many values are asked for.

    Args:
        document: What the CV's file was read to.
    """

    def __init__(self, document: DocumentText) -> None:
        self.document = document

    @cached_property
    def text(self) -> FoldedText:
        """The text in the form that finds values."""
        return FoldedText(self.document.text)

    @cached_property
    def contacts(self) -> ContactSearch:
        """The text in the form that finds contact details."""
        return ContactSearch(self.document.text)

    def value(self, value: str | None, near: int | None = None) -> Evidence | None:
        """Where ``value`` stands in the text.

        Args:
            value: Words of the CV.
            near: An offset; of several places the nearest to it is taken, else the first.
        """
        return self._chosen(self.text.spans(value), near) if value else None

    def skill(self, name: str) -> Evidence | None:
        """Where a skill's name stands: as a name of its own first, so that C is not found in C++."""
        span = first_mention(name, self.document.text)
        if span is not None:
            return self._chosen([span])
        is_telling = len(skeleton(name)) > _SHORT_NAME
        return self._chosen(self.text.spans(name)) if is_telling else None

    def anchor(self, values: list[str]) -> int | None:
        """An offset to look near: of the first value that stands exactly once, else of the first found."""
        found = [spans for value in values if (spans := self.text.spans(value))]
        unique = (spans for spans in found if len(spans) == 1)
        chosen = next(unique, found[0] if found else None)
        return chosen[0][0] if chosen else None

    def email(self, email: str | None) -> Evidence | None:
        """Where an e-mail address stands, in the text or as the target of a ``mailto:`` link."""
        if not email:
            return None
        address = plain_email(email).lower()
        return self._chosen(self.contacts.email_spans(email)) or self._linked(
            lambda link: _has_scheme(link, "mailto") and plain_email(link.target).lower() == address
        )

    def phone(self, phone: str | None) -> Evidence | None:
        """Where a telephone number stands, in the text or as the target of a ``tel:`` link."""
        if not phone:
            return None
        digits = phone_digits(phone)
        return self._chosen(self.contacts.phone_spans(phone)) or self._linked(
            lambda link: bool(digits) and _has_scheme(link, "tel") and phone_digits(link.target) == digits
        )

    def url(self, url: str | None) -> Evidence | None:
        """Where a web address stands, in the text or as the target of a link."""
        if not url:
            return None
        return self._chosen(self.contacts.url_spans(url)) or self._linked(
            lambda link: not _has_scheme(link, "mailto") and is_same_url(link.target, url)
        )

    def _chosen(self, spans: list[Span], near: int | None = None) -> Evidence | None:
        if not spans:
            return None
        start, end = spans[0] if near is None else min(spans, key=lambda span: abs(span[0] - near))
        return Evidence(self.document.text[start:end], start, end, self.document.page_at(start))

    def _linked(self, leads_there: Callable[[Link], bool]) -> Evidence | None:
        link = next((link for link in self.document.links if leads_there(link)), None)
        return None if link is None else Evidence(link.target, None, None, link.page, "link")


def _has_scheme(link: Link, scheme: str) -> bool:
    return link.target[: len(scheme) + 1].lower() == scheme + ":"
