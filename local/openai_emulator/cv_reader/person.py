"""Headline, summary, place and seniority: what the top of a CV says about the person's work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.dates import find_periods
from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.places import Place, find_place, is_place
from local.openai_emulator.cv_reader.sections import heading_kind
from local.openai_emulator.cv_reader.skill_lexicon import SECTORS
from local.openai_emulator.cv_reader.titles import is_title, title_score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.openai_emulator.cv_reader.names import Name
    from local.openai_emulator.cv_reader.positions import Position
    from local.openai_emulator.cv_reader.sections import Sections
    from local.openai_emulator.cv_reader.source import CvText, Line

_CONTACT = re.compile(r"@|https?:|www\.|\+?\(?\d[\d\s().\-/]{6,}\d|linkedin|github\.com", re.IGNORECASE)
_LOCATION_LABEL = re.compile(
    r"\b(?:location|address|city|adresse|anschrift|wohnort|wohnhaft in|dirección|direccion|domicilio"
    r"|residence|based in|residencia|ciudad|lieu|ubicación|mailaddress|residing in|lives in)\b\s*:?\s*(.+)$",
    re.IGNORECASE,
)
_NOT_A_PLACE_LINE = re.compile(
    r"\b(?:willing to relocate|born|geboren|geburtsort|place of birth|nacimiento|nationality|staatsangeh\w*"
    r"|nacionalidad|university|universität|company|languages?)\b",
    re.IGNORECASE,
)
_TITLE_LABEL = re.compile(
    r"^(?:職種|职位|职务|役職|現職|current (?:position|role|title)|job title|profession|occupation|beruf"
    r"|profesión"
    r"|puesto actual)\s*[:：]\s*(.{2,60})$",
    re.IGNORECASE,
)
_OBJECTIVE = re.compile(r"objecti[vf]|goal|objetivo|ziel|志望", re.IGNORECASE)
_YEARS = re.compile(
    r"\b(?:over |more than |around |über |más de |mehr als )?(\d{1,2}(?:[.,]\d)?)\s*\+?\s*(?:years?|yrs?"
    r"|jahre?n?|años|ans)['’]?\s+"
    r"(?:\w+[\s\-]+){0,4}?(?:experience|expertise|erfahrung|berufserfahrung|experiencia|expérience)\b",
    re.IGNORECASE,
)
_SENIORITY = (
    (
        "intern",
        r"\bintern(?:ship)?\b|praktik\w*|trainee|werkstudent\w*|working student|becari[oa]|stagiaire"
        r"|apprentice|auszubildende\w*|\bazubi\b",
    ),
    (
        "executive",
        r"\bchief\b|\bc[efotim]o\b|president(?! of the\b.*\bclub)|founder|geschäftsführ\w*|vorstand\w*"
        r"|managing director|managing partner|owner|inhaber\w*|\bvp\b|director general|(?<!business"
        r" )\bpartner\b",
    ),
    (
        "director",
        r"\bdirector\w*|direktor\w*|directeur|directrice|head of (?:department|division)|bereichsleit\w*"
        r"|\bdean\b",
    ),
    (
        "manager",
        r"manager\w*|\bhead\b|leiter(?:in)?\b|\w+leiter(?:in)?\b|leitung|gerente|jef[ea] de|encargad[oa]"
        r"|responsable|principal\b(?= of)|superintendent|captain",
    ),
    (
        "lead",
        r"\bsupervisor\w*|foreman|\blead\b|\bleader\b|\bprincipal\b|\bstaff (?:engineer|scientist|developer"
        r"|software)|teamlead|architect\b|\bhauptreferent",
    ),
    ("senior", r"\bsenior\b|\bsr\b\.?|\bsénior\b|oberarzt|oberärztin|(?<!assistant )professor\b"),
    (
        "junior",
        r"\bjunior\b|\bjr\b\.?|entry[- ]level|graduate (?:engineer|trainee|developer)|assistant\b(?!"
        r" (?:professor|director|manager|principal|vice|head))|aushilfe|berufseinsteiger",
    ),
)


def headline_of(sections: Sections, name: Name | None) -> str | None:
    """The line by which the candidate introduces themself: a title beside the name."""
    lines = sections.lines_of("head")
    for line in lines[:12]:
        if labelled := _TITLE_LABEL.match(line.text):
            return labelled[1].strip()
    near = [line for line in lines if name is None or 0 <= line.index - name.line <= 4] or list(lines[:5])
    for line in near:
        for piece in _headline_pieces(line, name):
            if (
                is_title(piece)
                and len(piece.split()) <= 9
                and not is_place(piece)
                and not heading_kind(piece)
            ):
                return piece
    return None


def _headline_pieces(line: Line, name: Name | None) -> list[str]:
    text = line.text
    if name is not None and name.line == line.index:
        text = text.replace(name.text, "", 1)
    if _CONTACT.search(text) and not re.search(r"[|•·]", text):
        return []
    whole = text.strip(" ,|•·–—-.:()")
    pieces = [
        piece.strip(" ,-–—") for piece in re.split(r"\s*[|•·]\s*|\s[–—]\s|\s-\s", text) if piece.strip(" ,-")
    ]
    if 0 < len(pieces) <= 4 and not _CONTACT.search(text) and len(whole.split()) <= 9 and is_title(pieces[0]):
        return [whole]
    return pieces if not re.search(r"[.!?]$", whole) or len(whole.split()) <= 6 else []


def summary_of(cv: CvText, sections: Sections, name: Name | None) -> str | None:
    """The candidate's own summary, verbatim."""
    parts = sorted(sections.of("summary"), key=lambda part: bool(_OBJECTIVE.search(part.heading)))
    for part in parts:
        lines = _prose(part.lines)
        if lines:
            return cv.verbatim(lines[0].start, lines[-1].end)
    paragraph: list[Line] = []
    for line in sections.lines_of("head"):
        if (name is None or line.index > name.line) and _is_prose(line, bool(paragraph)):
            paragraph.append(line)
        elif paragraph:
            break
    return cv.verbatim(paragraph[0].start, paragraph[-1].end) if paragraph else None


def _prose(lines: Sequence[Line]) -> list[Line]:
    kept: list[Line] = []
    for line in lines[:16]:
        if _CONTACT.search(line.text):
            break
        kept.append(line)
    return kept if sum(len(line.text) for line in kept) >= 25 else []


def _is_prose(line: Line, goes_on: bool) -> bool:
    words = line.text.split()
    if find_periods(line.text):
        return False
    if _CONTACT.search(line.text) or is_place(line.text) or re.search(r"^[\w ]{2,25}:\s", line.text):
        return False
    if goes_on:
        return not line.gap and len(words) > 1
    return len(words) >= 9 and bool(re.search(r"\b[a-zà-ÿ]{3,}\b", line.text)) and line.text.count("|") == 0


def location_of(cv: CvText, sections: Sections, name: Name | None) -> Place | None:
    """Where the candidate lives: a labelled line, else the first place among the contact details."""
    lines = [line for line in sections.lines_of("head", "contact") if not _NOT_A_PLACE_LINE.search(line.text)]
    if name is not None:
        lines.sort(key=lambda line: line.index < name.line)
    for line in lines:
        if (match := _LOCATION_LABEL.search(line.text)) and (place := find_place(match[1])):
            return place
    for line in lines[:25]:
        place = _place_in(line, name)
        if place:
            return place
    for line in cv.lines:
        if re.search(
            r"\b(?:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|\d{5}\s+[A-ZÀ-Þ])", line.text
        ) and sections.kind_at(line.start) not in {"experience", "education", "references"}:
            before = cv.lines[line.index - 1].text if line.index and len(line.text) < 12 else ""
            if place := find_place(f"{before} {line.text}"):
                return place
    return None


def _place_in(line: Line, name: Name | None) -> Place | None:
    text = line.text.replace(name.text, " ") if name is not None and name.line == line.index else line.text
    if len(text.split()) > 18 or (text.endswith(".") and len(text.split()) > 8):
        return None
    if title_score(text) and not re.search(r"[|•·,]|\s[-–]\s", text):
        return None
    pieces = [piece for piece in re.split(r"\s*[|•·]\s*|\s{2,}|\s[-–—]\s|\s,\s", text) if piece.strip()]
    for piece in pieces:
        if not _CONTACT.search(piece) and not title_score(piece) and (place := find_place(piece)):
            return place
    return (
        None
        if any(_CONTACT.search(piece) for piece in pieces[:1]) and len(pieces) == 1 and "," not in text
        else find_place(text)
        if not title_score(text)
        else None
    )


def stated_years(cv: CvText, sections: Sections) -> float | None:
    """Years of experience that the CV itself states in its head or summary."""
    text = "\n".join(line.text for line in sections.lines_of("head", "summary"))
    match = _YEARS.search(re.sub(r"\n", " ", text))
    return float(match[1].replace(",", ".")) if match else None


def seniority_of(title: str | None) -> str | None:
    """The rank that a title names, or None."""
    if not title:
        return None
    for level, pattern in _SENIORITY:
        if re.search(pattern, title, re.IGNORECASE):
            return level
    return None


def seniority(title: str | None, positions: Sequence[Position]) -> str:
    """Rank of the current or latest position; without a word for it, by how much work there is."""
    named = seniority_of(title)
    if named:
        return named
    months = sum(_months(position) for position in positions)
    return "mid" if title and (months >= 24 or len(positions) >= 2) else "unknown"


def _months(position: Position) -> int:
    period = position.period
    if period is None or not period.begins or not period.ends:
        return 0
    return max(0, _month_number(period.ends) - _month_number(period.begins))


def _month_number(date: str) -> int:
    return int(date[:4]) * 12 + (int(date[5:7]) if len(date) >= 7 else 6)


def sectors_of(positions: Sequence[Position], cv: CvText, sections: Sections) -> list[str]:
    """Industries that the work shows, the likeliest first, at most three."""
    names = "\n".join(f"{position.title or ''} {position.employer or ''}" for position in positions)
    body = "\n".join(line.text for line in sections.lines_of("experience", "summary", "head"))
    scored = []
    for sector, pattern in SECTORS:
        score = 3 * len(re.findall(pattern, names, re.IGNORECASE)) + len(
            re.findall(pattern, body, re.IGNORECASE)
        )
        if score >= 4:
            scored.append((score, sector))
    return [sector for _, sector in sorted(scored, key=lambda item: -item[0])[:3]]


def is_cv(cv: CvText, sections: Sections, evidence: int) -> bool:
    """Whether the text is a CV: ``evidence`` counts what a CV holds, other papers say what they are."""
    top = "\n".join(line.text for line in cv.lines[:8])
    if re.search(
        r"^\W*(?:invoice|rechnung|factura|facture|purchase order|receipt|quittung|lieferschein|delivery"
        r" note|angebot|quotation|kontoauszug|bank statement|agenda|minutes of)\b",
        top,
        re.IGNORECASE | re.MULTILINE,
    ) and re.search(
        r"\b(?:total|bill to|due|betrag|importe|amount|iva|mwst|vat|net \d+ days|order)\b",
        cv.clean,
        re.IGNORECASE,
    ):
        return False
    kinds = {part.kind for part in sections.parts if part.heading} & {
        "experience",
        "education",
        "skills",
        "languages",
        "certifications",
        "references",
        "summary",
    }
    if re.search(
        r"\b(?:curriculum vitae|r[ée]sum[ée]|lebenslauf|currículum|履歴書)\b", fold(top) + top, re.IGNORECASE
    ):
        evidence += 2
    if re.search(r"^\W*(?:姓\s*名|氏\s*名)", top, re.MULTILINE):
        evidence += 2
    return evidence + min(len(kinds), 3) >= 4
