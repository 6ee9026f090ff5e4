"""Which Latin-script language single bytes spell: its letters beyond ASCII, all of them and no others.

Code pages for Western, Central European, Baltic and Turkish text differ in a few letters each, so
that a wrong one gives letters no single language mixes: "Pøíklad" is neither Danish nor Spanish.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# In a word, or before one: signs that another code page has a letter for.
_SIGN_AT_WORD = re.compile(
    r"[^\W\d_][^\w\s'’‘`´*./,;:&@+()\[\]{}|\"!?#%=<>\\·•–—\-\xad\xa0][^\W\d_]|[\x80-\x9f]"
)


@dataclass(frozen=True, slots=True)
class _Alphabet:
    """A language's letters beyond ASCII; ``telling`` must be among them where others share the rest."""

    codecs: tuple[str, ...]
    letters: frozenset[str]
    telling: frozenset[str] = frozenset()


def _alphabet(codecs: str, letters: str, telling: str = "") -> _Alphabet:
    return _Alphabet(tuple(codecs.split()), frozenset(letters), frozenset(telling))


_ALPHABETS = (
    _alphabet("cp1254", "çğıöşüâîû", "ğış"),  # Turkish
    _alphabet("cp1252", "äöüßé"),  # German
    _alphabet("cp1252", "àâçéèêëîïôœùûüÿ"),  # French
    _alphabet("cp1252", "áéíñóúüªº"),  # Spanish
    _alphabet("cp1252", "áàâãçéêíóôõúüªº"),  # Portuguese
    _alphabet("cp1252", "àèéìíòóùúªº"),  # Italian
    _alphabet("cp1252", "àçèéíïòóúü·ªº"),  # Catalan
    _alphabet("cp1252", "äöåéüæø"),  # Nordic
    _alphabet("cp1252", "éëïöüèêáó"),  # Dutch
    _alphabet("cp1252", "áæðéíóöúýþ", "áæéó"),  # Icelandic
    _alphabet("cp1252 cp1257", "äöõüšž"),  # Estonian, Finnish
    _alphabet("cp1250 iso8859_2", "ąćęłńóśźżé"),  # Polish
    _alphabet("cp1250 iso8859_2", "áčďéěíňóřšťúůýžöü"),  # Czech
    _alphabet("cp1250 iso8859_2", "áäčďéíĺľňóôŕšťúýž"),  # Slovak
    _alphabet("cp1250 iso8859_2", "áéíóöőúüű"),  # Hungarian
    _alphabet("cp1250 iso8859_2", "čćđšž"),  # Croatian, Slovene
    _alphabet("cp1250 iso8859_2 iso8859_16", "ăâîşţșț"),  # Romanian
    _alphabet("cp1257 iso8859_13", "ąčęėįšųūž"),  # Lithuanian
    _alphabet("cp1257 iso8859_13", "āčēģīķļņšūž"),  # Latvian
)


def spelled_in_one_language(content: bytes) -> str | None:
    """Text in the first code page under which all letters are one language's, or None."""
    decoded: dict[str, tuple[str, frozenset[str]] | None] = {}
    for alphabet in _ALPHABETS:
        for codec in alphabet.codecs:
            if codec not in decoded:
                decoded[codec] = _letters(content, codec)
            found = decoded[codec]
            if found is None or not found[1] <= alphabet.letters:
                continue
            if not alphabet.telling or found[1] & alphabet.telling:
                return found[0]
    return None


def _letters(content: bytes, codec: str) -> tuple[str, frozenset[str]] | None:
    """The text and its letters beyond ASCII, in lower case; None where it can't be that code page."""
    try:
        text = content.decode(codec)
    except UnicodeDecodeError:
        return None
    if _SIGN_AT_WORD.search(text):
        return None
    letters = {c for c in set(text) if c > "\x7f" and unicodedata.category(c)[0] == "L"}
    return text, frozenset("".join(letters).lower().replace("\u0307", "")) - frozenset("i")
