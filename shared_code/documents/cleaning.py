"""What holds for the text of every format: one newline, no invisible characters, plain spaces and letters.

Whatever is taken out because it was hidden from people is reported; nothing a person sees is lost.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from shared_code.documents.model import Finding, Severity

_QUOTE_CHARACTERS = 200

_NEWLINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_SOFT_HYPHEN_BREAK = re.compile("\u00ad[ \t]*\n[ \t]*(?=[^\\W\\d_])")

# A flag emoji of a region is a black flag and tag characters: the one honest use of tags.
_FLAG_TAGS = re.compile("(?<=\U0001f3f4)[\U000e0030-\U000e007a]{1,7}\U000e007f")
_TAGS = re.compile("[\U000e0000-\U000e007f]+")
_SELECTOR_RUNS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}")

_BIDI_MARKS = re.compile("[\u200e\u200f\u061c]")
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_OVERRIDDEN = re.compile("\u202e([^\u202a-\u202e\u2066-\u2069\n]*)\u202c?")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]"
)
_SPLITTERS = "\u200b\u2060-\u2064\ufeff\u180e"
# It begins with what is rare, not with the letter before it: patterns run over every CV's whole text.
_SPLITS_A_WORD = re.compile(f"[{_SPLITTERS}](?<=[^\\W\\d_].)[{_SPLITTERS}]*(?=[^\\W\\d_])")
# Joiners shape Arabic, Indic and other scripts and glue emoji; after anything else they only hide.
_NEEDLESS_JOINERS = re.compile(
    "(?<![\u0600-\u08ff\u0900-\u0dff\u0e00-\u109f\u1780-\u18af\u2190-\u2bff\ufb50-\ufdff\ufe0f\U0001f000-\U0001faff])"
    "[\u200c\u200d]"
)
_REMOVED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff]"
)
_PRIVATE_BULLETS = re.compile("(?m)^([ \t]*)[\uf0b7\uf0a7\uf0d8\uf0fc\uf076](?=[ \t]|\\w)")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]+ ?")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_RADICALS = re.compile("[\u2e80-\u2fd5]")  # fonts name 日 as the radical ⽇
_COMBINING = re.compile("[\u0300-\u036f\u3099\u309a\u1100-\u11ff]")
_DECOMPOSED = re.compile("[^\\W\\d_][\u0300-\u036f\u3099\u309a]+|[\u1100-\u11ff]{2,}")
# Characters that the steps of cleaning are about; a step none of them is in changes nothing.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef]"
)
_UNPLAIN = re.compile(
    "[\u00a0\u0300-\u036f\u1100-\u11ff\u1680\u2000-\u200a\u202f\u205f\u2e80-\u2fd5\u3099\u309a\ue000-\uf8ff\ufb00-\ufb06]"
)
_BLANK_LINES = re.compile("\n{3,}")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Clean text, and what was found while cleaning."""

    text: str
    findings: tuple[Finding, ...] = ()


def clean(text: str) -> Cleaned:
    """Text as a person sees it. Cleaning twice changes nothing more."""
    # What a pattern is about is looked for among the few characters that a text is made of, once each, and
    # only then along its thousands of letters.
    characters = "".join(set(text))
    if _NEWLINES.search(characters):
        text = _NEWLINES.sub("\n", text)
    findings: list[Finding] = []
    if _UNSEEN.search(characters):
        text = _SOFT_HYPHEN_BREAK.sub("", text)
        for step in (_without_tags, _without_bidi_controls, _without_invisible):
            text = step(text, findings)
    if _REMOVED.search(characters):
        text = _REMOVED.sub("", text)
    if _UNPLAIN.search(characters):
        text = _plain_characters(text)
    lines = [line.rstrip() for line in text.split("\n")]
    text = _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
    return Cleaned(text, tuple(findings))


def quote_of(text: str) -> str:
    """A finding's quote: one line, cut to a readable length."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _QUOTE_CHARACTERS else one_line[: _QUOTE_CHARACTERS - 1] + "…"


def hidden_text_finding(message: str, hidden: str, page: int | None = None) -> Finding:
    """The finding for text that people don't see; a few letters are minor, a sentence is major."""
    letters = sum(1 for c in hidden if c.isalpha())
    severity = Severity.MAJOR if letters >= 20 else Severity.MINOR
    return Finding("hiddenText", severity, message, clean(quote_of(hidden)).text, page)


def _without_tags(text: str, findings: list[Finding]) -> str:
    text = _FLAG_TAGS.sub("", text)
    spelled = "".join(
        chr(ord(c) - 0xE0000) for c in "".join(_TAGS.findall(text)) if 0xE0020 <= ord(c) < 0xE007F
    )
    if spelled:
        message = "Invisible Unicode tag characters spelled out text; they were removed."
        findings.append(hidden_text_finding(message, spelled))
    text = _TAGS.sub("", text)
    smuggled = "".join(_SELECTOR_RUNS.findall(text))
    if smuggled:
        spelled = bytes(_selector_byte(c) for c in smuggled).decode("utf-8", "ignore")
        message = "Runs of invisible variation selectors, which can carry text; they were removed."
        findings.append(hidden_text_finding(message, "".join(c for c in spelled if c.isprintable())))
    return _SELECTOR_RUNS.sub("", text)


def _selector_byte(selector: str) -> int:
    code = ord(selector)
    return code - 0xFE00 if code < 0xFE10 else min(code - 0xE0100 + 16, 255)


def _without_bidi_controls(text: str, findings: list[Finding]) -> str:
    text = _BIDI_MARKS.sub("", text)
    controls = _BIDI_CONTROLS.findall(text)
    if not controls:
        return text
    overrides = any(c in "\u202d\u202e" for c in controls)
    if overrides or not _RIGHT_TO_LEFT.search(text):
        severity = Severity.MAJOR if overrides else Severity.MINOR
        message = "Characters that turn the direction of writing show text differently than it is stored."
        findings.append(Finding("bidiControl", severity, message))
    # An overridden run is shown backwards: what the person reads is what counts.
    text = _OVERRIDDEN.sub(lambda match: match.group(1)[::-1], text)
    return _BIDI_CONTROLS.sub("", text)


def _without_invisible(text: str, findings: list[Finding]) -> str:
    splits = len(_SPLITS_A_WORD.findall(text))
    if splits >= 3:
        message = f"Invisible characters stood inside words at {splits} places; they were removed."
        findings.append(Finding("invisibleCharacters", Severity.MINOR, message))
    return _NEEDLESS_JOINERS.sub("", _INVISIBLE.sub("", text))


def _plain_characters(text: str) -> str:
    text = _PRIVATE_BULLETS.sub("\\1•", text)
    text = _PRIVATE_USE.sub("", text)  # icon fonts: an envelope before the address
    text = _LIGATURE.sub(lambda match: _LIGATURES[match.group()], _SPACES.sub(" ", text))
    text = _RADICALS.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    if not _COMBINING.search(text):
        return text
    # Only what is decomposed is composed: NFC over all of it would respell names in old kanji.
    return _DECOMPOSED.sub(lambda match: unicodedata.normalize("NFC", match.group()), text)
