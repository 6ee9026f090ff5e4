"""Spoken languages and how well: the level as written, and CEFR where the CV's own words settle it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.vocabulary import LANGUAGE_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.openai_emulator.cv_reader.sections import Sections
    from local.openai_emulator.cv_reader.source import CvText, Line

_LEVEL = (
    r"(?:[ABC][12](?:\s*[/,\-–]?\s*[ABC][12])*(?:\s?\+)?|native(?: or bilingual)?(?: proficiency| speaker|"
    r" language)?|mother tongue|first language|bilingual"
    r"|muttersprache|muttersprachlich|muttersprachler(?:in)?|zweisprachig|fließend|fliessend"
    r"|verhandlungssicher|sehr gute? kenntnisse|gute? kenntnisse|grundkenntnisse|gut|sehr gut"
    r"|business fluent|full professional(?: proficiency)?|professional working(?: proficiency)?|limited"
    r" working(?: proficiency)?|elementary(?: proficiency)?|professional(?: proficiency)?"
    r"|fluent(?:ly)?|proficient|advanced|upper[- ]intermediate|intermediate|conversational|basic(?:"
    r" knowledge)?|beginner|good|very good|excellent|working knowledge|spoken|written"
    r"|nativ[oa]s?|lengua materna|bilingüe|fluido|avanzado|(?:nivel )?alto|(?:nivel )?medio|intermedio|básico"
    r"|langue maternelle|courant|maternelle|notions|bilingue)"
)
_LEVEL_RE = re.compile(rf"(?<![^\W\d_]){_LEVEL}(?![^\W\d_])", re.IGNORECASE)
_CEFR = re.compile(r"(?<![A-Za-z])([ABC][12])(?![A-Za-z\d])")
_NATIVE = re.compile(
    r"native|mother tongue|first language|muttersprach|nativ[oa]s?\b|materna|maternelle|langue maternelle",
    re.IGNORECASE,
)
_FLUENT_IN = re.compile(
    r"\b(fluent|bilingual|proficient|conversational|native)\s+(?:in|speaker of)\s+((?:[A-Z]\w+(?:,\s*"
    r"|\s+and\s+|\s*&\s*)?)+)"
)
_WORD = re.compile(r"[^\W\d_]+")
_MOTHER = re.compile(
    r"^(?:mother tongue(?:\(s\)|s)?|muttersprache|lengua materna|langue maternelle)\s*[:\-]?\s*(.+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language: as written, its ISO 639-1 code, the level as written, and CEFR."""

    language: str
    code: str
    level: str | None
    cefr: str | None
    at: int


def read_languages(cv: CvText, sections: Sections) -> tuple[Spoken, ...]:
    """The languages that the CV claims, each once."""
    found: dict[str, Spoken] = {}
    for line in sections.lines_of("languages"):
        for spoken in _in_line(line):
            found.setdefault(spoken.code, spoken)
    for line in cv.lines:
        for spoken in _elsewhere(line):
            found.setdefault(spoken.code, spoken)
    return tuple(found.values())


def _in_line(line: Line) -> Iterator[Spoken]:
    """Every language of a line of the languages' section, with the level that follows (or leads)."""
    places = [match for match in _WORD.finditer(line.text) if fold(match[0]) in LANGUAGE_CODES]
    if _is_prose(line.text, len(places)):
        return
    shared = _leading_level(line.text, places)
    for place, match in enumerate(places):
        end = places[place + 1].start() if place + 1 < len(places) else len(line.text)
        level = _level_in(line.text[match.end() : end]) or _level_after(line.text, places, place) or shared
        yield Spoken(
            match[0], LANGUAGE_CODES[fold(match[0])], level, _cefr(level), line.start + match.start()
        )


def _level_after(text: str, places: list[re.Match[str]], place: int) -> str | None:
    """``Catalán y español nativos`` says one level for both."""
    if place + 1 >= len(places):
        return None
    between = text[places[place].end() : places[place + 1].start()].strip()
    if between not in {"y", "e", "and", "und", "et", "&"}:
        return None
    end = places[place + 2].start() if place + 2 < len(places) else len(text)
    return _level_in(text[places[place + 1].end() : end])


def _is_prose(text: str, languages: int) -> bool:
    return languages > 0 and len(text.split()) > 12 * languages + 8


def _leading_level(text: str, places: list[re.Match[str]]) -> str | None:
    """``Fluent in Pashto, Urdu and French`` says one level for all."""
    if not places:
        return None
    if mother := _MOTHER.match(text):
        return text[: mother.start(1)].rstrip(" :-")
    match = _LEVEL_RE.search(text[: places[0].start()])
    return match[0] if match else None


def _level_in(text: str) -> str | None:
    rest = _claim(text)
    match = _LEVEL_RE.search(rest)
    if match is None:
        graded = re.match(r"^(\d(?:[.,]\d)?(?:\s*/\s*\d+)?)\s*$", rest)
        return graded[1] if graded else None
    if match.start() > 25:
        return None
    if _CEFR.fullmatch(match[0]) is None and len(rest) <= 40:
        bare = rest.rstrip(" ),;.")
        return f"{bare})" if bare.count("(") > bare.count(")") else bare
    table = re.match(r"(?:[ABC][12]\s*){2,}", rest)
    return table[0].strip() if table else _whole_level(rest, match)


def _claim(text: str) -> str:
    """What is said of one language: the words in brackets, else those up to the next comma."""
    bare = text.strip(" \t:–—-|•·,;.")
    if bare.startswith("("):
        return bare[1:].split(")")[0].strip()
    return re.split(r"[,;|](?![^()]*\))", bare)[0].strip()


def _whole_level(rest: str, match: re.Match[str]) -> str:
    end = re.search(r"[,;|)]|$", rest[match.end() :])
    phrase = rest[: match.end() + (end.start() if end else 0)]
    return phrase.strip(" ),;.") if len(phrase) <= 40 else match[0]


def _cefr(level: str | None) -> str | None:
    if level is None:
        return None
    marks: set[str] = set(_CEFR.findall(level))
    if len(marks) == 1:
        return marks.pop()
    return "native" if not marks and _NATIVE.search(level) else None


def _elsewhere(line: Line) -> Iterator[Spoken]:
    """Languages claimed outside their section: a level beside them, or a label before them."""
    if mother := _MOTHER.match(line.text):
        for word in _WORD.finditer(mother[1]):
            if code := LANGUAGE_CODES.get(fold(word[0])):
                label = line.text[: mother.start(1)].rstrip(" :-")
                yield Spoken(word[0], code, label, "native", line.start + mother.start(1) + word.start())
    for match in _FLUENT_IN.finditer(line.text):
        for word in _WORD.finditer(match[2]):
            if code := LANGUAGE_CODES.get(fold(word[0])):
                yield Spoken(
                    word[0], code, match[1], _cefr(match[1]), line.start + match.start(2) + word.start()
                )
    words = line.text.split()
    first = _WORD.match(line.text)
    if first and len(words) <= 8 and (code := LANGUAGE_CODES.get(fold(first[0]))):
        after = line.text[first.end() :]
        if re.match(r"^\s*[:–—(\-]?\s*" + _LEVEL, after) and (level := _level_in(after)):
            yield Spoken(first[0], code, level, _cefr(level), line.start)
