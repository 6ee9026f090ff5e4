"""Where the parts of a CV begin: headings in English, German, Spanish, French and Japanese."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.dates import first_period
from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.headings import HEADING_WORDS, HEADINGS
from local.openai_emulator.cv_reader.titles import title_score
from local.openai_emulator.cv_reader.vocabulary import LANGUAGE_CODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.openai_emulator.cv_reader.source import CvText, Line

_SPACED = re.compile(r"^(?:\w ){2,}\w(?: {2,}(?:\w )*\w)*$")
_EDGES = " \t:.-–—_*#|•=~/&()<>[]0123456789"
_KEY = re.compile(r"\W+")
_INLINE = re.compile(r"^([^\W\d][\w &/()\-]{2,34}?)\s*(?::|\s[–—-]\s|\t)\s*(\S.*)$")
_INLINE_KINDS = frozenset({"skills", "languages", "summary", "certifications", "interests", "references"})
# Labels of a list's own column; elsewhere the same words begin sentences.
_LIST_LABEL = re.compile(
    r"^(?:Fachkenntnisse|EDV|EDV-Kenntnisse|IT-Kenntnisse|Sprachen|Sprachkenntnisse|Interessen|Hobbys"
    r"|Idiomas|Languages|Interests|Hobbies)\s[A-ZÀ-Þ]"
)
_WITHIN_A_JOB = re.compile(
    r"(?:achievements?|highlights|accomplishments|projects?|skills|tools|technologies):$", re.I
)
_MAX_HEADING_WORDS = 6
_MAX_HEADING_CHARACTERS = 60
_KINDS_BY_WORD = {word: kind for kind, words in HEADING_WORDS.items() for word in words}


_KINDS_BY_HEADING = {
    _KEY.sub(" ", fold(heading)).strip(): kind for kind, headings in HEADINGS.items() for heading in headings
}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the CV: ``kind`` (``head`` before the first heading), its heading and its lines."""

    kind: str
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sections:
    """All parts in the order of the text."""

    parts: tuple[Section, ...]

    def of(self, *kinds: str) -> tuple[Section, ...]:
        """The parts of these kinds."""
        return tuple(part for part in self.parts if part.kind in kinds)

    def lines_of(self, *kinds: str) -> tuple[Line, ...]:
        """The lines of the parts of these kinds, in the order of the text."""
        return tuple(line for part in self.of(*kinds) for line in part.lines)

    def kind_at(self, offset: int) -> str:
        """Kind of the part that holds the character at ``offset``."""
        kind = "head"
        for part in self.parts:
            if part.lines and part.lines[0].start <= offset:
                kind = part.kind
        return kind


def heading_kind(text: str) -> str | None:
    """The kind of section that ``text`` opens, or None where it is no heading."""
    stripped = text.strip(_EDGES)
    if not stripped or len(stripped) > _MAX_HEADING_CHARACTERS:
        return None
    if _SPACED.match(stripped):
        stripped = " ".join(word.replace(" ", "") for word in re.split(r" {2,}", stripped))
    key = _KEY.sub(" ", fold(stripped)).strip()
    if key in _KINDS_BY_HEADING:
        return _KINDS_BY_HEADING[key]
    return _kind_by_words(text.strip(), key)


def _kind_by_words(text: str, key: str) -> str | None:
    words = key.split()
    if not 1 < len(words) <= _MAX_HEADING_WORDS or re.search(r"\d|[.;@,|]|\w\(|:.", text):
        return None
    short = len(words) <= 3 and text[0].isupper() and words[-1] in _KINDS_BY_WORD
    if not (_is_title_like(text) or text.endswith(":") or short):
        return None
    kinds = [_KINDS_BY_WORD[word] for word in words if word in _KINDS_BY_WORD]
    if title_score(text) and _KINDS_BY_WORD.get(words[-1]) not in {"experience", "education", "skills"}:
        return None
    return kinds[-1] if kinds and len(words) - len(kinds) <= 3 else None


def _is_title_like(text: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 3]
    return bool(words) and all(word[0].isupper() for word in words)


def split_sections(cv: CvText, head_again_at: int | None = None) -> Sections:
    """Group the lines under their headings; a new head begins at line ``head_again_at`` where given.

    PDF exports with a side column put contact and skills before the name: the name ends them.
    """
    parts: list[Section] = []
    columned = _has_label_column(cv.lines)
    kind, heading = "head", ""
    lines: list[Line] = []
    for line in cv.lines:
        opened = _opening(line, kind) or (_beside(line) if columned or _LIST_LABEL.match(line.text) else None)
        if opened and kind != "skills" and not columned and _LIST_LABEL.match(line.text) and opened[1]:
            opened = None
        if opened and kind == "experience" and opened[0] == "preferences" and _dated_next(cv, line):
            opened = None
        if opened == ("languages", None) and kind == "skills" and not _spoken_next(cv, line):
            opened = None
        if line.index == head_again_at and kind != "head":
            parts.append(Section(kind, heading, tuple(lines)))
            kind, heading, lines = "head", "", [line]
        elif opened is None:
            lines.append(line)
        else:
            parts.append(Section(kind, heading, tuple(lines)))
            kind, rest = opened
            heading, lines = line.text, [rest] if rest else []
    parts.append(Section(kind, heading, tuple(lines)))
    return Sections(tuple(part for part in parts if part.lines or part.heading))


def _dated_next(cv: CvText, line: Line) -> bool:
    """Whether a job's dates follow: ``Miscellaneous`` then groups jobs."""
    following = cv.lines[line.index + 1 : line.index + 2]
    period = first_period(following[0].text) if following else None
    return period is not None and period.is_range


def _spoken_next(cv: CvText, line: Line) -> bool:
    """Whether a spoken language follows; among skills ``Languages`` may head those for programming."""
    following = cv.lines[line.index + 1 : line.index + 4]
    return not following or any(names_a_language(after.text) for after in following)


def _has_label_column(lines: Sequence[Line]) -> bool:
    """Whether headings stand beside their text, in a column of their own, and none above it."""
    if any(heading_kind(line.text) in {"experience", "education"} for line in lines):
        return False
    beside = {opened[0] for line in lines if (opened := _beside(line))}
    return len(beside) >= 3 and bool(beside & {"experience", "education"})


def _beside(line: Line) -> tuple[str, Line] | None:
    """The heading at the start of ``line`` and the text beside it, such as ``Education MSc Physics``."""
    words = list(re.finditer(r"\S+", line.text[:80]))
    for size in (3, 2, 1):
        if len(words) <= size or not line.text[0].isupper():
            continue
        kind = _KINDS_BY_HEADING.get(_KEY.sub(" ", fold(line.text[: words[size - 1].end()])).strip())
        rest = words[size].start()
        if kind is not None and not line.text[rest].islower():
            text = line.text[rest:].lstrip("•·▪- ")
            start = line.end - len(text)
            return kind, type(line)(line.index, start, line.end, text, text != line.text[rest:], True)
    return None


def _opening(line: Line, current: str) -> tuple[str, Line | None] | None:
    if line.bullet and current != "head" and not line.text.isupper() and not line.gap:
        return None
    kind = heading_kind(line.text)
    if kind is not None:
        if current == "experience" and line.text.endswith(":") and _WITHIN_A_JOB.search(line.text):
            return None
        if current == "skills" and kind == "languages" and line.text.endswith(":"):
            return None
        return kind, None
    return _inline_opening(line, current)


def _inline_opening(line: Line, current: str) -> tuple[str, Line | None] | None:
    """A heading with its content on the same line, such as ``Languages: English, German``."""
    match = _INLINE.match(line.text)
    if not match:
        return None
    kind = _KINDS_BY_HEADING.get(_KEY.sub(" ", fold(match[1])).strip())
    if kind not in _INLINE_KINDS or (current == "skills" and kind == "skills"):
        return None
    if kind == "languages" and not names_a_language(match[2]):
        return None
    if current == "experience" and kind not in {"languages", "references"} and not line.gap:
        return None
    start = line.start + match.start(2)
    rest = type(line)(line.index, start, line.end, line.text[match.start(2) :], False, False)
    return kind, rest


def names_a_language(text: str) -> bool:
    """Whether a spoken language is named in ``text``."""
    return any(fold(word) in LANGUAGE_CODES for word in re.findall(r"[^\W\d_]+", text))
