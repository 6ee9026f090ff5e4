"""Whole CVs in one or a few endless lines, cut where their lines were; the length of the text stays."""

from __future__ import annotations

import re

from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.headings import HEADINGS

_LONG_LINE = 220
_ENDLESS = 400
_MIN_GAPS = 3
_MIN_HEADINGS, _MAX_HEADINGS = 2, 60
_GAP = re.compile(r" {2,}")
_YEAR_BEFORE = re.compile(
    r"(?:19|20)\d\d$|(?:19|20)\d\d *(?:-|–|to)$"
    r"|\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec|Spring|Summer|Fall|Autumn"
    r"|Winter)[a-z]*\.?,?$"
)
_DATE_AFTER = re.compile(
    r"(?:present|current|now|heute|actualidad|(?:19|20)\d\d\b"
    r"|(?:spring|summer|fall|autumn|winter|[A-Z][a-z]{2,8}\.?),? +(?:19|20)\d\d\b)",
    re.IGNORECASE,
)
# "12/2013   to   Current" and "City  ,   State": gaps inside of one entry.
_JOINS_BEFORE = re.compile(r"(?:(?<=\s)(?:to|[–—-])|,)$")
_JOINS_AFTER = re.compile(r"(?:to(?= )|[–—,](?= )|-(?= ))")
_KEYS = frozenset(heading for headings in HEADINGS.values() for heading in headings)
_CAPITALS = re.compile(r"(?<![^\s.;|•])[A-ZÀ-Þ]{2,}(?:(?: & | / | |-|, )[A-ZÀ-Þ]{2,}){0,4}(?=:? )")
_TITLED = re.compile(
    r"(?<=[^\s:,] )(?:(?:Work|Professional|Employment|Career) (?:Experience|History)|Education(?=:? [A-Z\d])"
    r"|(?:Technical|Key|Core) Skills|Career Objective|Berufserfahrung|Beruflicher Werdegang|Ausbildung"
    r"|Kenntnisse|Sprachkenntnisse)(?=:? [A-ZÀ-Þ\d•])"
)
_CONTACT_LABEL = re.compile(
    r"(?<=\S )(?=(?:tel(?:ephone|efon)?|mob(?:ile|il)?|phone|e-?mail|linkedin)\b[.:]? ?[\w+(])", re.IGNORECASE
)
_SENTENCE = re.compile(
    r"(?<=[a-z\d)]{3}\.) (?=[A-ZÀ-Þ])|(?<=\b(?:present|current)\.) (?=[A-Z])", re.IGNORECASE
)


def cut_long_lines(text: str) -> str:
    """Break lines at gaps of spaces, then at headings, where a whole CV stands in a few lines."""
    lines = text.split("\n")
    if not any(len(line) > _LONG_LINE for line in lines):
        return text
    lines = "\n".join(_cut(line) if len(line) > _LONG_LINE else line for line in lines).split("\n")
    return "\n".join(_cut_at_headings(line) if len(line) > _ENDLESS else line for line in lines)


def _cut(line: str) -> str:
    if len(_GAP.findall(line)) < _MIN_GAPS:
        return line

    def broken(match: re.Match[str]) -> str:
        width = match.end() - match.start()
        before, after = line[max(0, match.start() - 12) : match.start()], line[match.end() : match.end() + 24]
        if width < 4 and (
            (_YEAR_BEFORE.search(before) and _DATE_AFTER.match(after))
            or _JOINS_BEFORE.search(before)
            or _JOINS_AFTER.match(after)
        ):
            return match.group()
        return "\n\n" + " " * (width - 2) if width >= 4 else "\n" + " " * (width - 1)

    return _GAP.sub(broken, line)


def _cut_at_headings(line: str) -> str:
    """Give the headings of a running text lines of their own, its sentences and contact details too."""
    spans = [span for match in _CAPITALS.finditer(line) if (span := _heading_span(match)) is not None]
    if len(spans) < _MIN_HEADINGS:
        spans = [match.span() for match in _TITLED.finditer(line)]
    if not _MIN_HEADINGS <= len(spans) <= _MAX_HEADINGS:
        return line
    characters = list(line)
    for start, end in spans:
        if start and characters[start - 1] == " ":
            characters[start - 1] = "\n"
        after = end + 1 if line[end : end + 1] == ":" else end
        if line[after : after + 1] == " ":
            characters[after] = "\n"
    for match in _CONTACT_LABEL.finditer(line, 0, spans[0][0]):
        characters[match.start() - 1] = "\n"
    for match in _SENTENCE.finditer(line, spans[0][0]):
        characters[match.start()] = "\n"
    return "".join(characters)


def _heading_span(match: re.Match[str]) -> tuple[int, int] | None:
    """The heading at the start of a run of capitals, the longest that is known."""
    words = list(re.finditer(r"\S+", match[0]))
    for size in range(len(words), 0, -1):
        written = match[0][: words[size - 1].end()]
        if re.sub(r"\W+", " ", fold(written)).strip() in _KEYS:
            return match.start(), match.start() + len(written)
    return None
