"""Lines put together again: bullets with the lines they run on to, headers that were wrapped, paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.dates import Period, find_periods, first_period, is_duration
from local.openai_emulator.cv_reader.places import is_city, is_place, is_region
from local.openai_emulator.cv_reader.titles import employer_score, is_title, title_score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.openai_emulator.cv_reader.source import CvText, Line

_LEGAL_START = re.compile(
    r"^(?:GmbH|AG|KG|SE|mbH|Ltd|Limited|LLC|Inc|PLC|plc|e\.\s?V\.|S\.A\.|S\.L\.|Corp|& Co)\b"
)
_OPEN_END = re.compile(r"(?:[—–&,/]|\s-|\b(?:of|and|for|und|der|für|de|del|y|the))$")
_STRONG = re.compile(r"\s[—–|]\s")
_SENTENCE_END = re.compile(r"[.!?]\W?$")
_ABBREVIATION_END = re.compile(
    r"(?:\b(?:Inc|Ltd|Co|Kft|Zrt|KFT|ZRT|INC|LTD|CO|PVT|CORP|s\.\s?r\.\s?o|S\.\s?R\.\s?O|d\.\s?o\.\s?o"
    r"|Sp\. z o\.\s?o|a\.\s?s|p\.\s?l\.\s?c|Corp|Jr|Sr|Bros|e\.\s?V|S\.\s?A|S\.\s?L|LLC|Pvt|St|U\.S\.A|B\.V"
    r"|N\.V|Dept|etc)"
    r"|\b[A-Z])\.$"
)
_ACTION = re.compile(
    r"^(?:[A-Z]?[a-z]+(?:ed|ing)|Led|Built|Wrote|Ran|Oversaw|Set|Grew|Won|Taught|Made|Sold|Kept|Drove|Cut"
    r"|Held|Gave|Took|Brought|Wrote"
    r"|Responsible|Responsibilities|Verantwortlich|Duties|Aufgaben|Tätigkeiten|Key|Tareas|Funciones"
    r"|Achievements|Description|Technologies"
    r"|Main activities|Type of business|Environment|Tools|Client|Team size|Project|Projects|Roles?"
    r"|Highlights|To|In|As|I|My|We|The|This|It"
    r"|Our|You)\b",
)
_NOT_ACTION = re.compile(
    r"^(?:Certified|Registered|Retired|Advanced|Chartered|United|Limited|Applied|Licensed|Allied"
    r"|Engineering|Marketing|Consulting|Nursing|Banking|Training|Accounting|Trading|Manufacturing"
    r"|Purchasing|Teaching|The)\b"
)
_PREFIX = re.compile(
    r"^(?:date from - date to|from[ /-]{1,3}to|dates?|duration|period|zeitraum|from|tenure|years|fechas?"
    r"|periodo|período|dauer|employment"
    r" dates?)\s*:?\s*",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    r"(?:aktuell\s+|current(?:ly)?\s+)?\d{1,2}\s+(?:jahre?|years?|monate?|months?)"
    r"(?:\s+(?:und|and)\s+\d{1,2}\s+(?:monate?|months?))?",
    re.IGNORECASE,
)
_MAX_HEADER = 110
_MAX_HEADER_WORDS = 16


@dataclass(frozen=True, slots=True)
class Row:
    """Lines that belong together: ``clean[start:end]``."""

    text: str
    start: int
    end: int
    bullet: bool
    gap: bool

    @property
    def is_header_like(self) -> bool:
        """Whether this could be part of an entry's heading: short, and no sentence."""
        text = self.text
        if self.bullet or not text or len(text) > _MAX_HEADER or len(text.split()) > _MAX_HEADER_WORDS:
            return False
        if not (text[0].isupper() or text[0].isdigit() or text[0] in "\"'“(¡" or not text[0].isascii()):
            return title_score(text) > 0 and len(text.split()) <= 6
        if (
            _SENTENCE_END.search(text)
            and not _ABBREVIATION_END.search(text)
            and len(text.split()) > 2
            and not _is_listed_job(text)
        ):
            return False
        words = text.split()
        if re.search(r"\d年", text):
            return False
        if re.search(r"[a-z]{3}(?<!Gebr)(?<!Prof)\.\s+[A-Z][a-z]", text) and not title_score(text):
            return False
        if (
            len(words) > 6
            and sum(word[0].islower() for word in words) > 0.6 * len(words)
            and not is_title(text)
        ):
            return False
        if _ACTION.match(text) and not _NOT_ACTION.match(text):
            return is_title(text) and not text.split()[0].endswith("ed") and len(text.split()) <= 6
        return True

    @property
    def period(self) -> Period | None:
        """The period that this row dates an entry by, or None."""
        found = first_period(self.text)
        if found is None:
            return None
        rest = without_period(self.text, found)
        words = len(rest.split())
        at_edge = found.start <= 14 or found.stop >= len(self.text) - 12
        if self.bullet and not (
            found.is_range and at_edge and words <= 14 and (title_score(rest) or employer_score(rest))
        ):
            return None
        if found.is_range:
            return found if words <= 18 and len(rest) <= 150 and not _is_sentence(rest, found) else None
        whole = found.start == 0 or found.stop >= len(self.text) - 2
        listed = "," in rest and found.stop == len(self.text) - 1
        ends = self.text.endswith(".") and not listed and not (title_score(rest) and employer_score(rest))
        return found if whole and words <= 14 and not ends and not _ACTION.match(rest) else None


def _is_listed_job(text: str) -> bool:
    """``Engineer, Example GmbH, Berlin.``: a heading that some templates end with a full stop."""
    pieces = text.rstrip(".").split(", ")
    return (
        2 <= len(pieces) <= 4
        and len(text.split()) <= 12
        and all(piece[:1].isupper() for piece in pieces)
        and title_score(pieces[0]) > 0
        and not re.search(r"[.!?] ", text)
        and not _ACTION.match(text)
    )


def _is_sentence(rest: str, period: Period) -> bool:
    if not rest:
        return False
    lowered = rest[0].islower() and period.start > 0
    return lowered or (
        len(rest.split()) > 12
        and bool(re.search(r"\b(?:was|were|is|has|have|which|my|our|their|wurde|fue)\b", rest))
    )


def without_period(text: str, period: Period) -> str:
    """``text`` with the dates, the label before them and the length after them taken out."""
    before = _strip_label(text[: period.start].rstrip(" ([,;–—-|•·/\t"))
    before = "" if _LENGTH.fullmatch(before) else before
    before = re.sub(r"\s+(?:in|en|im|von|from|since)$", "", before)
    after = text[period.stop :]
    after = re.sub(
        r"^\s*[\])]?\s*[·(\[]?\s*\d{1,2}\+?\s*(?:years?|yrs?|jahre?|años?|months?|mos?|monate?"
        r"|mes(?:es)?)[^)\]]{0,24}[\])]?",
        "",
        after,
    )
    after = after.lstrip(" )],;:.–—-|•·/\t")
    if not after.strip(" .)]"):
        return before.rstrip(" :")
    return f"{before} | {after}" if before else _strip_label(after)


def _strip_label(text: str) -> str:
    found = _PREFIX.match(text)
    return (
        text[found.end() :].lstrip("| ").strip()
        if found and (":" in found.group() or found.end() == len(text))
        else text.strip()
    )


def rows_of(cv: CvText, lines: Sequence[Line]) -> list[Row]:
    """The rows of a section: wrapped lines joined."""
    width = min(max((len(line.text) for line in cv.lines), default=0), 400)
    rows: list[Row] = []
    last_length = 0
    for line in lines:
        if rows and _continues(cv, rows[-1], line, last_length, width):
            before = rows[-1]
            rows[-1] = Row(f"{before.text} {line.text}", before.start, line.end, before.bullet, before.gap)
        else:
            rows.append(Row(line.text, line.start, line.end, line.bullet, line.gap))
        last_length = len(line.text)
    return [row for row in rows if not is_duration(row.text)]


def _continues(cv: CvText, before: Row, line: Line, last_length: int, width: int) -> bool:
    if line.bullet or line.gap:
        return False
    wrapped = cv.clean[before.end : before.end + 1] == " "
    if before.bullet:
        if line.text[0].islower() or wrapped:
            return True
        if width > 160 or last_length < 0.8 * width or _SENTENCE_END.search(before.text):
            return False
        return not (
            find_periods(line.text) or is_title(line.text) or is_place(line.text) or _STRONG.search(line.text)
        )
    if len(before.text) > 110 or first_period(before.text):
        return False
    name = f"{before.text.split()[-1]} {line.text}" if len(line.text.split()) <= 2 else ""
    if name and len(before.text) > 30 and (is_city(name) or is_region(name)):
        return True
    if before.text.count("(") > before.text.count(")") and ")" in line.text:
        return True
    if _LEGAL_START.match(line.text) or _OPEN_END.search(before.text):
        return True
    return wrapped and bool(_STRONG.search(before.text)) and not title_score(line.text)


def paragraphs(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Spans of the statements in ``rows``: every bullet, and running text up to its full stop."""
    spans: list[tuple[int, int]] = []
    is_open = False
    for row in rows:
        if row.text.endswith(":") and len(row.text.split()) <= 4:
            is_open = False
            continue
        if row.bullet or not is_open or row.gap or row.start - spans[-1][0] > 600:
            spans.append((row.start, row.end))
        else:
            spans[-1] = (spans[-1][0], row.end)
        is_open = not row.bullet and not re.search(r"[.!?:;]\W?$", row.text) and len(row.text) > 45
    return spans
