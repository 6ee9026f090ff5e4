"""Whether a text reads like a CV, by signs that anybody can check: no model, no I/O, the same answer always.

Signs of a person's working life speak for a CV; words of invoices, letters, contracts, recipes and job
adverts, and the shape of source code, speak for another kind of document. Only a text with next to nothing
of the former and plenty of the latter is certainly none: a wrong yes costs a cent, a wrong no a candidate.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from shared_code.documents.cv_vocabulary import CAREER_WORDS, HEADINGS, OTHER_KINDS, TITLES

_MOST_CHARACTERS = 20_000  # what a document is shows long before
_MOST_HEADING_CHARACTERS = 48
_MOST_CODE_CHARACTERS = 160
_FEW_SIGNS_OF_A_CV = 4
_MANY_SIGNS_OF_ANOTHER = 5
_CERTAIN_LEAD = 3
_CODE_SHARE = 0.25

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.\w")
_PHONE = re.compile(r"\+?\(?\d[\d ()/.-]{7,18}\d")
_PROFILE_LINK = re.compile(r"linkedin\.com|github\.com|xing\.com|orcid\.org|gitlab\.com")
_LABELLED = re.compile(
    r"(?m)^[ \t]{0,20}(?:name|date of birth|nationality|geburtsdatum|geboren|nationalitat|familienstand|"
    r"fecha de nacimiento|nacionalidad|date de naissance|data di nascita|data urodzenia|dogum tarihi|"
    r"имя|фио|возраст|дата рождения|гражданство|дата народження|громадянство|ημερομηνια γεννησησ|"
    r"氏名|職種|姓名|生年月日|职位|이름|성명|생년월일)[ \t]{0,20}[:：]"
)
_MONTH_OR_DAY = r"(?:\d{1,2}[./]){0,2}"
_YEAR = r"(?:19[5-9]\d|20[0-4]\d)"
_DASH = r"\s{0,3}(?:[-–—~～至]|to|until|till|bis|hasta|al?|ate|jusqu'a|à|do|til|tot|по|до)\s{0,3}"
_NOW = (
    r"(?:present|now|current|today|date|ongoing|heute|jetzt|actualidad|actual|presente|hoy|atual|"
    r"aujourd'hui|oggi|heden|obecnie|dzis|nadal|soucasnost|dosud|halen|gunumuz|devam|nuvarande|pagaende|idag|"
    r"prezent|jelenleg|(?:по |до )?(?:настоящее|наст\.?|теперішніи|даніи) ?(?:время|вр\.|час)?|сеичас|"
    r"σημερα|現在|今|현재|재직)"
)
_START = rf"{_YEAR}(?:\s?[年년./-]\s?\d{{1,2}}\s?[月월]?)?(?:\s?г(?:\.|ода?)?)?"
_OPEN_PERIOD = re.compile(rf"{_START}(?:{_DASH}(?:the |la |o )?|\s{{2,4}}){_NOW}")
_CLOSED_PERIOD = re.compile(rf"{_START}{_DASH}(?:[^\W\d_]{{3,12}}\.?\s(?:de\s)?)?{_MONTH_OR_DAY}{_YEAR}")
# A line that ends in a semicolon may be an item of a list, one that begins with # a heading of Markdown.
_CODE_LINE = re.compile(
    r"[=(){}<>\[\]].*[;{}]\s*$|^\s*[{}]\s*$|"
    r"^\s*(?:def|class|import|from|return|public|private|const|let|var|func|fn|if|for|while)\b.*[:({;]|"
    r"^\s*(?:#!|#(?:include|define|if|endif)\b|//|/\*|\*/|@\w+)|"
    r"\b[a-z_][a-z_0-9.]*\([^()]*\)\s*[;:{]?$|\s[=!]=?\s"
)
_HEADING_ENDS = re.compile(r"\s{2,}|[:：|\t]")
_WORD = re.compile(r"[^\W\d_]+")


class Verdict(StrEnum):
    """What the signs say."""

    CV = "cv"
    DOUBTFUL = "doubtful"
    NOT_A_CV = "notACv"


@dataclass(frozen=True, slots=True)
class CvLikeness:
    """The signs of a text, weighed.

    Attributes:
        verdict: ``NOT_A_CV`` is certain; ``DOUBTFUL`` wants somebody else's opinion.
        signs: What speaks for a CV, by name, with its weight.
        kind: The other kind of document that it reads most like, if any.
        other_weight: How much speaks for that.
    """

    verdict: Verdict
    signs: dict[str, int]
    kind: str | None
    other_weight: int

    @property
    def weight(self) -> int:
        """How much speaks for a CV."""
        return sum(self.signs.values())


def cv_likeness(text: str) -> CvLikeness:
    """Weigh a document's text. Linear in its length, and blind behind the first 20,000 characters."""
    text = folded(text[:_MOST_CHARACTERS])
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    signs = {name: weight for name, weight in _signs(text, lines).items() if weight}
    kind, other_weight = _other_kind(text, lines)
    weight = sum(signs.values())
    if other_weight >= _MANY_SIGNS_OF_ANOTHER and other_weight - weight >= _CERTAIN_LEAD:
        verdict = Verdict.NOT_A_CV
    elif weight < _FEW_SIGNS_OF_A_CV or other_weight > weight:
        verdict = Verdict.DOUBTFUL
    else:
        verdict = Verdict.CV
    return CvLikeness(verdict, signs, kind, other_weight)


def _signs(text: str, lines: list[str]) -> dict[str, int]:
    parts = [part for line in lines for part in _HEADING_ENDS.split(line)]
    headings = {_as_heading(part) for part in parts if len(part) <= _MOST_HEADING_CHARACTERS}
    sections = sum(1 for names in HEADINGS.values() if headings & names)
    words = _WORD.findall(text)
    career = min(3, len(CAREER_WORDS.intersection(words)) // 3)
    is_current, periods = bool(_OPEN_PERIOD.search(text)), len(_CLOSED_PERIOD.findall(text))
    if not (is_current or periods or career):
        sections = min(sections, 1)  # headings over nothing can be had for nothing
    return {
        "title": 4 if headings & TITLES or "curriculum vitae" in text[:200] else 0,
        "sections": 2 * min(sections, 5),
        "contact": bool(_EMAIL.search(text)) + bool(_PHONE.search(text)),
        "profile link": 2 if _PROFILE_LINK.search(text) else 0,
        "labelled fields": min(2, len(_LABELLED.findall(text))),
        "current position": 4 if is_current else 0,
        "periods": min(3, periods),
        "career words": career,
    }


def _other_kind(text: str, lines: list[str]) -> tuple[str | None, int]:
    """The kind that most words speak for; each word counts once, one at the top of the page thrice."""
    top = "\n".join(lines[:4])
    weights = {
        kind: sum(_stands_in(phrase, text) for phrase in phrases)
        + 2 * any(_stands_in(phrase, top) for phrase in phrases)
        for kind, phrases in OTHER_KINDS.items()
    }
    code_lines = sum(1 for line in lines if _CODE_LINE.search(line[:_MOST_CODE_CHARACTERS]))
    if lines and code_lines >= 6 and code_lines / len(lines) >= _CODE_SHARE:
        weights["source code"] = round(16 * code_lines / len(lines))
    kind = max(weights, key=lambda name: weights[name])
    return (kind, weights[kind]) if weights[kind] else (None, 0)


def _stands_in(phrase: str, text: str) -> bool:
    """Whether a phrase stands in a text as whole words; scripts without spaces have none."""
    place = text.find(phrase)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(phrase) : place + len(phrase) + 1]
        if not phrase.isascii() or not (before.isalnum() or after.isalnum()):
            return True
        place = text.find(phrase, place + 1)
    return False


def _as_heading(line: str) -> str:
    words = re.sub(r"^[\W\d_]+|[\W_]+$", "", line).split()
    return (" " if line.isascii() else "").join(words) if len(words) > 1 else "".join(words)


def folded(text: str) -> str:
    """Text without capitals and accents, as the vocabulary is written."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", plain)
