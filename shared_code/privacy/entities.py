"""From the identifier's answer to the published PII: model and rules merged, located, levelled, numbered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared_code.documents.model import DocumentText, Severity
from shared_code.privacy.birth_dates import date_identity
from shared_code.privacy.occurrences import Occurrences, contact_shape
from shared_code.privacy.recognition import Recognition
from shared_code.privacy.recognizers import recognise, recognise_links
from shared_code.privacy.spans import apart, holds
from shared_code.privacy.taxonomy import CONTACT_TYPES, IDENTIFIER_TYPES, PERSON_TYPES, TAXONOMY
from shared_code.profile.answer import Record, each_once, records_in, text_in, texts_in
from shared_code.profile.contacts import phone_digits, plain_email, url_identity
from shared_code.profile.folding import Span, skeleton
from shared_code.profile.outcome import Evidence, Published, ResultWarning

# No CV has so many; beyond them only the place that a rule found is kept, so that a file full of addresses
# cannot make the search of the whole text quadratic.
MOST_SEARCHED = 150
_CONTEXT_REACH = 35
_MOST_CONTEXT = 80
# The end of a telephone number that tells it apart, with or without its country code.
_TELLING_DIGITS = 9


@dataclass(slots=True)
class _Entity:
    """One piece of personal data while it is put together."""

    pii_type: str
    value: str
    sources: set[str]
    context: str = ""
    stated_forms: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    targets: list[tuple[str, int]] = field(default_factory=list)

    @property
    def is_in_document(self) -> bool:
        return bool(self.spans or self.targets)

    @property
    def identity(self) -> tuple[str, str]:
        return _identity(self.pii_type, self.value)

    def absorb(self, other: _Entity) -> None:
        """Take over what another finder knew about the same value."""
        self.pii_type = _merged_type(self, other)
        self.sources |= other.sources
        self.context = self.context or other.context
        self.stated_forms += [other.value, *other.stated_forms]
        self.spans = apart(self.spans, other.spans)
        self.targets = each_once([*self.targets, *other.targets], lambda target: target[0])


def publish_pii(answer: Record, document: DocumentText, region: str | None = None) -> Published:
    """Merge what the model and the rules found, and say where each piece stands.

    A value that the model named and that stands neither in the text nor in a link is left out, with a
    warning that counts such values. Sensitivity follows from the kind alone.

    Args:
        answer: The model's answer: ``{"pii_entities": [...]}``.
        document: What the CV's file was read to.
        region: ISO 3166-1 alpha-2 code of the candidate's country, for telephone numbers without its code.

    Returns:
        The published ``pii_entities``, in the order of their first occurrence.
    """
    named = _named(answer)
    found = [*recognise(document.text, region), *recognise_links(document.links)]
    entities = _merged([*named, *(_from_rule(each, document.text) for each in found)])
    _locate(entities, Occurrences(document))
    kept = sorted(_without_parts([each for each in entities if each.is_in_document]), key=_place)
    published, evidence = _published(kept, document)
    warnings = _warnings(sum(not each.is_in_document for each in entities))
    return Published({"pii_entities": published}, evidence, (), warnings)


def _named(answer: Record) -> list[_Entity]:
    return [
        _Entity(
            pii_type=kind,
            value=value,
            sources={"model"},
            context=(text_in(record, "context") or "")[:_MOST_CONTEXT],
            stated_forms=texts_in(record, "all_variations"),
        )
        for record in records_in(answer, "pii_entities")
        if (value := text_in(record, "original_value"))
        and (kind := text_in(record, "pii_type")) in TAXONOMY
        and kind
    ]


def _from_rule(found: Recognition, text: str) -> _Entity:
    if found.end == 0:  # a link's target
        return _Entity(found.pii_type, found.value, {"rules"})
    context = text[max(0, found.start - _CONTEXT_REACH) : found.end + _CONTEXT_REACH]
    return _Entity(
        found.pii_type,
        " ".join(found.value.split()),
        {"rules"},
        context=" ".join(context.split())[:_MOST_CONTEXT],
        spans=[(found.start, found.end)],
    )


def _merged(entities: Iterable[_Entity]) -> list[_Entity]:
    """One entity per value, whoever found it; the first finder's spelling stays."""
    merged: dict[tuple[str, str], _Entity] = {}
    for entity in entities:
        known = merged.setdefault(entity.identity, entity)
        if known is not entity:
            known.absorb(entity)
    return list(merged.values())


def _identity(pii_type: str, value: str) -> tuple[str, str]:
    shape = contact_shape(pii_type, value)
    if shape == "email":
        return "contact", plain_email(value).lower()
    if shape == "phone":
        return "contact", phone_digits(value)[-_TELLING_DIGITS:]
    if shape == "profile_url":
        return "contact", url_identity(value)
    if pii_type in IDENTIFIER_TYPES:
        return "identifier", skeleton(value)
    if pii_type == "date_of_birth":
        return pii_type, date_identity(value) or skeleton(value)
    return pii_type, skeleton(value) or value


def _merged_type(one: _Entity, other: _Entity) -> str:
    """The kind of two finds of one value: check digits know better than the model, except whose it is."""
    types = (one.pii_type, other.pii_type)
    if "third_party_contact" in types and CONTACT_TYPES.issuperset(types):
        return "third_party_contact"
    return next((each.pii_type for each in (one, other) if "rules" in each.sources), one.pii_type)


def _locate(entities: Sequence[_Entity], occurrences: Occurrences) -> None:
    for entity in entities[:MOST_SEARCHED]:
        own = occurrences.of_value(entity.pii_type, entity.value, entity.context)
        entity.targets = occurrences.in_links(entity.pii_type, entity.value)
        if own or entity.spans or entity.targets:
            others = occurrences.of_variations(entity.pii_type, entity.value, entity.stated_forms)
            entity.spans = apart([*entity.spans, *own], others)


def _without_parts(entities: list[_Entity]) -> list[_Entity]:
    """The entities without names that are only another name's form ("Iris" beside "Iris Calloway")."""
    names = sorted(
        (each for each in entities if each.pii_type in PERSON_TYPES), key=lambda each: -len(each.value)
    )
    absorbed: list[_Entity] = []
    for place, longer in enumerate(names):
        for shorter in names[place + 1 :]:
            is_form = (
                shorter.pii_type == longer.pii_type and shorter.spans and holds(longer.spans, shorter.spans)
            )
            if is_form and longer not in absorbed and shorter not in absorbed:
                longer.absorb(shorter)
                absorbed.append(shorter)
    return [each for each in entities if not any(each is other for other in absorbed)]


def _place(entity: _Entity) -> tuple[bool, int, int, str]:
    """In the order of the text; what only links hold comes last, page by page."""
    if entity.spans:
        start, end = entity.spans[0]
        return False, start, -end, entity.pii_type
    return True, entity.targets[0][1], 0, entity.pii_type


def _published(
    entities: Iterable[_Entity], document: DocumentText
) -> tuple[list[dict[str, Any]], dict[str, Evidence]]:
    published: list[dict[str, Any]] = []
    evidence: dict[str, Evidence] = {}
    numbers: Counter[str] = Counter()
    for entity in entities:
        kind = TAXONOMY[entity.pii_type]
        numbers[kind.token] += 1
        surface = [" ".join(document.text[start:end].split()) for start, end in entity.spans]
        original = _spelling(surface, entity.value)
        forms = each_once([original, *surface, *(target for target, _ in entity.targets)], str)
        evidence[f"/pii_entities/{len(published)}/original_value"] = _evidence(entity, document)
        published.append(
            {
                "original_value": original,
                "pii_type": entity.pii_type,
                "sensitivity_level": kind.level,
                "all_variations": forms[1:],
                "context": entity.context,
                "occurrences": [
                    {"start": start, "end": end, "page": document.page_at(start)}
                    for start, end in entity.spans
                ],
                "replacement": f"[{kind.token}_{numbers[kind.token]}]",
                "source": "both" if len(entity.sources) > 1 else next(iter(entity.sources)),
            }
        )
    return published, evidence


def _spelling(surface_forms: Sequence[str], value: str) -> str:
    """The value as the document spells it: the form with the same letters, else the first."""
    if value in surface_forms or not surface_forms:
        return value
    return next((form for form in surface_forms if skeleton(form) == skeleton(value)), surface_forms[0])


def _evidence(entity: _Entity, document: DocumentText) -> Evidence:
    if entity.spans:
        start, end = entity.spans[0]
        return Evidence(document.text[start:end], start, end, document.page_at(start))
    target, page = entity.targets[0]
    return Evidence(target, None, None, page, "link")


def _warnings(left_out: int) -> tuple[ResultWarning, ...]:
    if not left_out:
        return ()
    message = f"The model named {left_out} value(s) that do not stand in the CV; they were left out."
    return (ResultWarning("unverifiedEntities", Severity.MINOR, message, "/pii_entities"),)
