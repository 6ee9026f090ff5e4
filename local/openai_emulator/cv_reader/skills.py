"""What the candidate can do: items of skill sections as written, and known skills named elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.dates import find_periods
from local.openai_emulator.cv_reader.education import degree_level, is_institution
from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.sections import heading_kind
from local.openai_emulator.cv_reader.skill_lexicon import KNOWN_SKILLS, MAX_WORDS
from local.openai_emulator.cv_reader.titles import title_score
from local.openai_emulator.cv_reader.vocabulary import LANGUAGE_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from local.openai_emulator.cv_reader.sections import Sections
    from local.openai_emulator.cv_reader.source import CvText, Line


_TOKEN = re.compile(r"\.?[^\W_](?:[\w+#]|[./&'’\-](?=\w))*[+#]*")
_ITEM = re.compile(r"[,;|•·\t](?![^()]*\))|\s/\s|\s{2,}|\s[–—-]\s|\n")
_GROUP = (
    r"(?:[\w/&+.\-]+ ){0,3}(?:languages?|technolog(?:y|ies)|tools?|databases?|platforms?|frameworks?|systems?"
    r"|cloud|methodolog(?:y|ies)|servers?|libraries|skills|software|hardware|others?|ides?|utilities|packages"
    r"|sprachen|datenbanken|betriebssysteme|werkzeuge|plattformen|methoden)"
)
_HEADS_A_LIST = (
    r"(?:(?:programming|scripting|coding|spoken|web|markup|query) )?languages|programmiersprachen|datenbanken"
    r"|(?:(?:web|big data|cloud|other|key|core|java|front-?end|back-?end) )?technologies|betriebssysteme"
    r"|werkzeuge"
    r"|(?:(?:developer|development|devops|design|other|testing|build|software|office) )?tools|plattformen"
    r"|methoden"
    r"|(?:(?:web|application|app|db) )?servers?|(?:(?:cloud|mobile|operating) )?platforms?"
    r"|cloud(?: services)?"
    r"|databases?|(?:(?:web|java|testing) )?frameworks?(?: (?:and|&) libraries)?|libraries"
    r"|operating systems?|os"
    r"|methodologies|(?:hard|soft|technical|other|computer|it|professional|personal|additional) skills"
    r"|software"
    r"|hardware|others?|ides?|utilities|packages|basic|intermediate|advanced|expert|familiar|proficient"
    r"|experienced|technical|grundkenntnisse"
)
_SUBHEADING = re.compile(rf"(?:{_HEADS_A_LIST})", re.IGNORECASE)
_LABEL = re.compile(
    rf"^([^:]{{2,40}}?)\s*:\s+|^([^:]{{2,40}}):$"
    rf"|^({_HEADS_A_LIST})(?:\s{{2,}}|\t\s*)(?=\S)|^({_GROUP})(?:\s{{2,}}|\t\s*)(?=\S[^,]*,)",
    re.IGNORECASE,
)
_LEVEL_TEXT = (
    r"(?:sehr )?gute?(?: kenntnisse)?|(?:grund|fach|basis|fortgeschrittene )kenntnisse|fortgeschritten"
    r"|experte|anf[äa]nger|sicher(?:er umgang)?|basic|intermediate|advanced|expert|proficient|beginner"
    r"|excellent"
    r"|(?:very )?good|fluent|native|fließend|verhandlungssicher|muttersprache|[1-5] ?/ ?5|\d{1,3} ?%"
    r"|\d{1,2}\+? (?:years?|jahre)"
)
_LEVEL_ONLY = re.compile(rf"(?:{_LEVEL_TEXT})[ .]*", re.IGNORECASE)
_LEVEL_FIRST = re.compile(r"^(?:basic|intermediate|advanced|expert|proficient in)\s+(?=[A-Z])")
_NOT_A_SKILL_LABEL = re.compile(
    r"^(?:führerschein|driving licen[cs]e|permiso de conducir|nationality|hobb)", re.IGNORECASE
)
_RATING = re.compile(r"[●○◉◯★☆■□▪▫◦•⬤]+\s*$")
_LEVEL_NOTE = re.compile(r"\s*\((?:[^()]{0,40})\)?\s*$")
_PERSONAL_LINE = re.compile(
    r"@|https?:|www\.|linkedin\.com|github\.com|(?-i:\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b)", re.IGNORECASE
)
_SIGNATURE = re.compile(r"^[A-ZÀ-Þ][\w ]{2,25},\s(?:den\s|am\s|a\s)?\d{1,2}\.?[\s./]")
_SENTENCE = re.compile(r"\b(?:I|my|we|was|were|have|has|is|are|with|ich|the|para|mit)\b")
_MAX_ITEM_WORDS = 5
_MAX_ITEM_CHARACTERS = 45
_SOFT_LABELS = (
    "soft",
    "personal",
    "interpersonal",
    "social",
    "sozial",
    "strength",
    "communication",
    "stärken",
    "personales",
    "organi",
)
_TOOL_LABELS = (
    "tool",
    "software",
    "platform",
    "database",
    "operating",
    "framework",
    "librar",
    "infrastructure",
    "cloud",
    "system",
    "edv",
    "herramienta",
    "computer",
    "ide",
)
_DOMAIN_LABELS = (
    "domain",
    "business",
    "method",
    "management",
    "research area",
    "compliance",
    "branche",
    "fach",
)
_ELSEWHERE = ("experience", "projects", "summary", "head", "volunteering")
_PERSONAL = re.compile(r"@|https?:|www\.|(?<!\w)\d{5,}|linkedin|github\.com", re.IGNORECASE)
_NO_LIST = re.compile(
    r"\b(?:mother tongue|muttersprache|lengua materna|driving licen[cs]e|führerschein|permiso de conducir"
    r"|carnet de conducir|understanding speaking|listening reading|spoken interaction"
    r"|(?:basic|independent|proficient) user|common european framework)\b|(?:\b[ABC][12]\b.*){2}"
    r"|^(?:interaction|spoken|production|listening|reading|writing)$",
    re.IGNORECASE,
)
_DOMAIN_END = re.compile(
    r"(?:management|strategy|planning|marketing|law|finance|operations|roadmapping|sales|policy|relations"
    r"|care|compliance|budgeting|purchasing|procurement|negotiations?|administration|reporting|operation)$",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\s+[vV]?\d[\d./x+]*$")
# Words too common to be a skill where they stand in running text.
_COMMON_TEXT = (
    "chef puppet ray spring sage hive slack zoom unity blender sketch notion outlook eclipse cucumber lean"
    " safe "
    "sentry fuhrung organization organisation flexible flexibility research communication training"
    " analytical "
    "interpersonal motivation sales marketing retail construction editing presentations compliance "
    "accounting statistics networking leadership windows rest zoom delegation collaboration translation "
    "photography recruiting recruitment accounting"
)
_COMMON = frozenset(_COMMON_TEXT.split())


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill as written, its usual name, its kind, and where it stands first."""

    name: str
    normalized: str
    category: str
    at: int
    listed: bool


def read_skills(cv: CvText, sections: Sections, employers: Sequence[str] = ()) -> tuple[Skill, ...]:
    """Skills in the order of the text: those that are listed first, then those only named elsewhere."""
    found: dict[str, Skill] = {}
    organisations = fold(" | ".join(employers))
    for part in sections.of("skills"):
        default = _category_of(part.heading) or "technical"
        for text, start in _joined(part.lines):
            for skill in _listed(text, start, default):
                found.setdefault(fold(skill.normalized), skill)
    for line in sections.lines_of(*_ELSEWHERE):
        if _PERSONAL_LINE.search(line.text):
            continue
        for skill in known_skills(line.text, line.start):
            if fold(skill.name) not in _COMMON and fold(skill.name) not in organisations:
                found.setdefault(fold(skill.normalized), skill)
    return tuple(found.values())


def _joined(lines: Sequence[Line]) -> Iterator[tuple[str, int]]:
    """Lines of a list; one that ends in a comma, or whose next begins in lower case, goes on."""
    text, start = "", 0
    for line in lines:
        goes_on = (
            text
            and not line.bullet
            and (
                text.rstrip().endswith((",", "&", "/", ";")) or (line.text[0].islower() and "," in line.text)
            )
        )
        if goes_on:
            text = f"{text} {line.text}"
            continue
        if text:
            yield text, start
        text, start = line.text, line.start
    if text:
        yield text, start


def _listed(text: str, start: int, default: str) -> Iterator[Skill]:
    if _SUBHEADING.fullmatch(text.strip(" :")) or _NOT_A_SKILL_LABEL.match(text):
        return
    label = _LABEL.match(text)
    if label and _LEVEL_ONLY.fullmatch(text[label.end() :]):
        text, label = text[: label.end()].strip(" :\t"), None  # the label is what is known
        if fold(text) in LANGUAGE_CODES:
            return
    category = (_category_of(label[0]) if label else None) or default
    body = text[label.end() :] if label else text
    if (
        _is_entry(text)
        or _SIGNATURE.match(text)
        or _PERSONAL.search(body)
        or (_NO_LIST.search(text) and "," not in text)
        or heading_kind(body)
    ):
        return
    offset = start + (label.end() if label else 0)
    first, tab, note = body.partition("\t")
    if tab and note.strip()[:1].islower():
        body = first  # the second cell says how well
    pieces = [piece for piece in _ITEM.split(body) if piece and piece.strip()]
    if _is_prose(body, len(pieces)):
        yield from known_skills(body, offset, listed=True)
        return
    for piece in pieces:
        yield from _item(piece, category, offset)


def _is_entry(text: str) -> bool:
    """Whether a line is a job or a degree that stands among the skills."""
    if any(period.is_range for period in find_periods(text)) and title_score(text):
        return True
    return is_institution(text) and degree_level(text) is not None


def _is_prose(body: str, pieces: int) -> bool:
    words = len(body.split())
    if words > 8 and body.endswith(".") and _SENTENCE.search(body):
        return True
    if pieces <= 1:
        return words > 2 * _MAX_ITEM_WORDS or (words > _MAX_ITEM_WORDS and bool(_SENTENCE.search(body)))
    return words > 4.5 * pieces and words > 8


def _item(piece: str, category: str, offset: int) -> Iterator[Skill]:
    name = _LEVEL_NOTE.sub("", _RATING.sub("", piece)).strip(" •:;-–*()\"'“”").rstrip(" .")
    name = _LEVEL_FIRST.sub("", name if re.match(r"\.[A-Za-z]", name) else name.lstrip(" ."))
    name = re.sub(r"^(?:and|und|y|et|including|e\.g\.|etc)\.?\s+", "", name)
    name = re.sub(r"\s+(?:and|und|y|et|&)$", "", name)
    if (
        not name
        or _NO_LIST.search(piece)
        or _LEVEL_ONLY.fullmatch(name)
        or not re.search(r"[^\W\d_]", name)
        or fold(name) in {"etc", "and", "others"}
    ):
        return
    entry = KNOWN_SKILLS.get(name.casefold()) or KNOWN_SKILLS.get(_VERSION.sub("", name).casefold())
    if entry is not None:
        yield Skill(name, entry[0], entry[1], offset, True)
        return
    words = name.split()
    inside = list(known_skills(name, offset, listed=True))
    covered = sum(len(skill.name.split()) for skill in inside)
    if (
        (len(inside) > 1 and covered >= len(words) - 1 and len(words) > 2)
        or len(words) > _MAX_ITEM_WORDS
        or len(name) > _MAX_ITEM_CHARACTERS
        or _SENTENCE.search(name)
    ):
        yield from inside
    elif fold(name) in LANGUAGE_CODES:
        yield Skill(name, name, "language", offset, True)
    else:
        known = inside[0].category if inside and covered * 2 >= len(words) else None
        yield Skill(name, name, known or (_DOMAIN_END.search(name) and "domain") or category, offset, True)


def _category_of(label: str) -> str | None:
    folded = fold(label)
    for category, marks in (("soft", _SOFT_LABELS), ("tool", _TOOL_LABELS), ("domain", _DOMAIN_LABELS)):
        if any(mark in folded for mark in marks):
            return category
    return None


def known_skills(text: str, offset: int, *, listed: bool = False) -> Iterator[Skill]:
    """Known skills named in ``text``, the longest spelling first at every word."""
    tokens = list(_TOKEN.finditer(text))
    place = 0
    while place < len(tokens):
        size = min(MAX_WORDS, len(tokens) - place)
        while size:
            first, last = tokens[place], tokens[place + size - 1]
            written = text[first.start() : last.end()].rstrip(".'’")
            entry = KNOWN_SKILLS.get(written.casefold())
            if entry and (
                not entry[2] or written == entry[2] or (written == entry[2].upper() and len(written) > 3)
            ):
                if _is_meant(written, entry[2], text, first.start(), last.end(), listed=listed):
                    yield Skill(written, entry[0], entry[1], offset + first.start(), listed)
                break
            size -= 1
        place += max(size, 1)


def _is_meant(written: str, strict: str, text: str, start: int, end: int, *, listed: bool) -> bool:
    """One letter is a language only in a list of them."""
    if len(written) > 1 or not strict:
        return True
    around = text[max(0, start - 2) : start] + "|" + text[end : end + 1]
    return listed and bool(re.match(r"^(?:, |\s*\(|/|^|: )?\|[,;/)]?$", around.strip()))
