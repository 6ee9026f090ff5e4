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
_SHOWN_WORDS = 5


def mixed_script_words(text: str) -> list[str]:
    """Words of Latin letters with look-alikes among them, in order and without repeats."""
    if not _OTHER_SCRIPTS.search(text):
        return []
    return list(dict.fromkeys(word for word in _WORD.findall(text) if _is_mixed(word)))


def mixed_script_findings(text: str) -> list[Finding]:
    """One finding for all such words, quoting the first few; none where there are none."""
    words = mixed_script_words(text)
    if not words:
        return []
    message = (
        f"{len(words)} word(s) mix Latin letters with look-alikes of another script; searches miss them."
    )
    return [Finding("mixedScript", Severity.MAJOR, message, quote_of(", ".join(words[:_SHOWN_WORDS])))]


def _is_mixed(word: str) -> bool:
    others = [c for c in word if _OTHER_SCRIPTS.match(c)]
    return bool(others) and all(c in _LOOK_ALIKES for c in others) and bool(_LATIN.search(word))
