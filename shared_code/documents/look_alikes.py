"""Words that mix Latin letters with Cyrillic or Greek ones that look the same."""

from __future__ import annotations

import re

from shared_code.documents.cleaning import quote_of
from shared_code.documents.model import Finding, Severity

# Letters of those scripts that pass for Latin ones. Greek α, β, κ, μ, Δ and Ω stay out: scientists
# write them beside Latin letters (TNFα, NFκB, kΩ).
_CYRILLIC = "асеорхуіјѕһԁԛԝӏАВЕКМНОРСТУХІЈЅԌԚԜ"
_GREEK = "οινρΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_LOOK_ALIKES = frozenset(_CYRILLIC + _GREEK)
_OTHER_SCRIPTS = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]")
_WORD = re.compile("[^\\W\\d_]{3,}")
_IN_ADDRESS = re.compile(r"@|://|www\.", re.IGNORECASE)
_HEAD_LINES = 3  # of what is written: the name, a title, the town
_SHOWN_WORDS = 5
_MANY = 3
_MANY_SHARE = 0.02  # of all words: writers of two scripts slip once or twice in a page


def mixed_script_words(text: str) -> list[str]:
    """Words of Latin letters with look-alikes among them, in order and without repeats."""
    if not _OTHER_SCRIPTS.search(text):
        return []
    return list(dict.fromkeys(word for word in _WORD.findall(text) if _is_mixed(word)))


def mixed_script_findings(text: str) -> list[Finding]:
    """One finding for all such words, quoting the first few; none where there are none.

    It is major where they change who or what the CV is about: in its first lines, in an address, or in so
    many words that it is no slip of the keyboard.
    """
    words = mixed_script_words(text)
    if not words:
        return []
    severity = Severity.MAJOR if _is_telling(text, words) else Severity.MINOR
    message = (
        f"{len(words)} word(s) mix Latin letters with look-alikes of another script; searches miss them."
    )
    return [Finding("mixedScript", severity, message, quote_of(", ".join(words[:_SHOWN_WORDS])))]


def _is_telling(text: str, words: list[str]) -> bool:
    head = [line for line in text.split("\n") if line.strip()][:_HEAD_LINES]
    places = [*head, *filter(_IN_ADDRESS.search, text.split())]
    if not set(words).isdisjoint(mixed_script_words("\n".join(places))):
        return True
    return len(words) >= _MANY and len(words) >= _MANY_SHARE * len(set(_WORD.findall(text)))


def _is_mixed(word: str) -> bool:
    """Whether it is spelled in Latin letters and letters like them, both, and in no others."""
    others = {c for c in word if not _LATIN.match(c)}
    return bool(others) and others <= _LOOK_ALIKES and len(others) < len(set(word))
