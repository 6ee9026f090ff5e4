"""The forms in which a person's name appears: whole, turned round, with initials, in parts, in addresses."""

from __future__ import annotations

import re
from functools import cached_property

from shared_code.profile.folding import FoldedText, Span, skeleton

_TITLES = frozenset(
    {
        "dame",
        "dipl",
        "don",
        "doña",
        "dr",
        "frau",
        "habil",
        "herr",
        "ing",
        "med",
        "miss",
        "mr",
        "mrs",
        "ms",
        "mx",
        "nat",
        "phil",
        "prof",
        "rer",
        "sir",
        "sr",
        "sra",
        "srta",
    }
)
_PARTICLES = frozenset(
    {
        "al",
        "ben",
        "bin",
        "da",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "dos",
        "du",
        "e",
        "el",
        "ibn",
        "la",
        "le",
        "van",
        "von",
        "y",
        "zu",
        "zur",
    }
)
# Names that are words with a capital, too (months, headings, German nouns, towns): alone they name nobody.
_EVERYDAY = frozenset(
    {
        "april",
        "art",
        "august",
        "campos",
        "church",
        "cruz",
        "grant",
        "green",
        "june",
        "kaufmann",
        "koch",
        "long",
        "major",
        "mark",
        "may",
        "meister",
        "north",
        "page",
        "park",
        "richter",
        "santos",
        "short",
        "sommer",
        "summer",
        "valle",
        "west",
        "will",
        "winter",
        "young",
    }
)
_PART = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_LOCAL_PART = re.compile(r"(?<![\w.+%-])([\w.+%-]{2,64})(?=@[\w-]+\.)")
_SLUG = re.compile(r"(?<=[\w])/(?:in/|pub/|profile/|users/|@)?([\w.-]{3,80})(?![\w/])")
# "Ona Fjeld, ona.fjeld@example.org" holds no name turned round.
_IN_ADDRESS = re.compile(r"[@.+-][\w@]")
_SHORTEST_PART = 3


class NameForms:
    """Finds the forms of names in one text.

    Args:
        text: The document's text.
    """

    def __init__(self, text: FoldedText) -> None:
        self._text = text

    @cached_property
    def _handles(self) -> list[tuple[str, Span]]:
        """The local parts of e-mail addresses and the slugs of web addresses, folded, with their places."""
        handles = [
            match for pattern in (_LOCAL_PART, _SLUG) for match in pattern.finditer(self._text.original)
        ]
        return [(skeleton(match.group(1)), match.span(1)) for match in handles]

    def whole_spans(self, name: str) -> list[Span]:
        """Where first and family name stand together, in either order, without titles and middle names."""
        spans = {span for form in _composed(name_parts(name)) for span in self._text.folded_spans(form)}
        return [span for span in sorted(spans) if not _IN_ADDRESS.match(self._text.original, span[1])]

    def short_spans(self, name: str) -> list[Span]:
        """Where the name stands shortened.

        That is: initials for one part or for all, either part alone (with a capital, and not if it is an
        everyday word), and the local parts of e-mail addresses and slugs of profile addresses that hold
        a part of it.
        """
        parts = name_parts(name)
        if not parts:
            return []
        spans = [span for form in _shortened(parts) for span in self._text.folded_spans(form)]
        spans += [span for form in _initials(parts) for span in self._text.exact_spans(form)]
        telling = [part for part in {parts[0], parts[-1]} if len(part) >= _SHORTEST_PART]
        for part in telling:
            if part.lower() not in _EVERYDAY:
                spans += [
                    span
                    for form in {part.title(), part.upper(), part}
                    for span in self._text.exact_spans(form)
                ]
        return spans + self._handle_spans(telling)

    def _handle_spans(self, parts: list[str]) -> list[Span]:
        bare = [folded for part in parts if len(folded := skeleton(part)) > _SHORTEST_PART]
        return [span for handle, span in self._handles if any(part in handle for part in bare)]


def name_parts(name: str) -> list[str]:
    """First to last name, without titles, degrees after a comma, and particles such as "von"."""
    written = name
    if "," in name:
        before, _, after = name.partition(",")
        is_turned = (
            len(_PART.findall(before)) == 1 and bool(_PART.findall(after)) and after.strip()[-1].islower()
        )
        written = f"{after} {before}" if is_turned else before
    parts = _PART.findall(written)
    return [part for part in parts if part.lower() not in _TITLES and part.lower() not in _PARTICLES]


def _composed(parts: list[str]) -> list[str]:
    if len(parts) < 2:
        return []
    first, last = parts[0], parts[-1]
    return [f"{first} {last}", f"{last} {first}", f"{last}, {first}", f"{last}, {' '.join(parts[:-1])}"]


def _shortened(parts: list[str]) -> list[str]:
    if len(parts) < 2:
        return []
    first, last = parts[0], parts[-1]
    forms: list[str] = []
    if len(last) >= _SHORTEST_PART:
        forms += [f"{first[0]}. {last}", f"{first[0]}.{last}", f"{last}, {first[0]}."]
    if len(first) >= _SHORTEST_PART:
        forms.append(f"{first} {last[0]}.")
    return forms


def _initials(parts: list[str]) -> list[str]:
    letters = [part[0].upper() for part in parts]
    return [] if len(letters) < 2 else [".".join(letters) + ".", ". ".join(letters) + "."]
