"""What the candidate studied: degree, subject, institution, dates, grade, and how it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.gazetteer import US_STATE_CODES
from local.openai_emulator.cv_reader.places import is_place
from local.openai_emulator.cv_reader.rows import Row, rows_of, without_period

if TYPE_CHECKING:
    from collections.abc import Iterable

    from local.openai_emulator.cv_reader.dates import Period
    from local.openai_emulator.cv_reader.sections import Sections
    from local.openai_emulator.cv_reader.source import CvText

LEVELS = ("unknown", "none", "secondary", "other", "vocational", "bachelor", "master", "doctorate")
_DEGREES = (
    (
        "doctorate",
        r"ph\.?\s?d\b\.?|d\.?phil\b|promotion\b|dr\. rer\.|dr\.-ing|doctor(?:ate|ado|al)?\b|juris doctor"
        r"|j\.d\.|m\.d\.|\bmd\b|tesis doctoral|doctorat\b",
    ),
    (
        "master",
        r"m\.?\s?sc\b\.?|m\.s\.|\bms\b|m\.a\.|\bma\b|m\.?eng\b|m\.?tech\b\.?|m\.e\.|\bmca\b|m\.?b\.?a\b\.?"
        r"|m\.?phil\b|llm\b|master(?:'?s|studium)?\b|máster|magister"
        r"|dipl\.-|diplom(?!a)[-\w]*|staatsexamen|mastère|post\s?-?graduate|laurea magistrale|postgrado"
        r"|\bpgdm\b|m\.?ed\b|m\.?com\b"
        r"|mag\.",
    ),
    (
        "bachelor",
        r"b\.?\s?sc\b\.?|b\.s\.|\bbs\b|b\.a\.|\bba\b|b\.?eng\b|b\.?tech\b\.?|b\.e\b\.?|\bbe\b(?= )|\bbca\b"
        r"|\bbba\b|b\.?com\b|ll\.?b\b|bachelor(?:'?s|studium)?\b|grado\b(?! medio| superior)"
        r"|licenciatura|licenciad[oa]|licence\b|laurea\b(?! magistrale)|ingenier[íi]a\b|undergraduate"
        r"|b\.?ed\b|bfa\b|diplomatura",
    ),
    (
        "vocational",
        r"berufsausbildung|ausbildung (?:zum|zur|als)|\bihk\b|apprenticeship|formación profesional|\bfp\b"
        r"|grado (?:medio|superior)|técnico superior|\bhnd\b|\bbtec\b|\bnvq\b|\bbts\b"
        r"|meisterbrief|geselle|gesellenbrief|kauf(?:mann|frau)|polytechnic diploma|\bdiploma\b|fachwirt"
        r"|techniker\b",
    ),
    ("other", r"associate(?:'?s| of| degree| in)|\ba\.a\.?(?=\s|,|$)|\ba\.s\.|certificate\b"),
    (
        "secondary",
        r"abitur|fachhochschulreife|hochschulreife|realschul\w*|mittlere reife|a[- ]levels?\b|\bgcses?\b"
        r"|high school(?: diploma)?|bachillerato|\beso\b|baccalauréat|\bbac\b|matura|\bhsc\b"
        r"|\bssc\b|\bs\.s\.c\b|\bh\.s\.c\b|highers\b|\bxii\b|\b12th\b|\b10th\b|higher secondary"
        r"|intermediate\b|matriculation|leaving certificate|school certificate|wassce|\bo[- ]levels?\b"
        r"|\bged\b|hauptschul\w*",
    ),
)
_LEVEL_PATTERNS = tuple(
    (level, re.compile(rf"(?<![\w.])(?:{pattern})", re.IGNORECASE)) for level, pattern in _DEGREES
)
_SHORT = frozenset({"ms", "ma", "ba", "bs", "be", "md", "fp", "bac", "eso", "ged"})
_INSTITUTION = re.compile(
    r"universi(?:ty|t[äéàa]t?|dad|té|dade)\b|universität\w*|\bcollege\b|institut\w*|\bschools?\b|academ(?:y"
    r"|ia)|akademie|hochschule\w*|\bfh\b|\btu\b|\bth\b|\beth\b|\bepfl\b|polytech\w*|politécnic\w*"
    r"|politecnico|escuela|facultad|gymnasium|realschule\w*|gesamtschule|lycée|école|berufsschule"
    r"|berufskolleg|colegio|\bies\b|\bmit\b|\bucla?\b|\buc [A-Z]|\blse\b|\biit\b|\bnit\b|\bbits\b"
    r"|\binsead\b|\bcaltech\b|\bvssut\b|\brwth\b|\bkit\b|vidyalaya|大学|高等学校",
    re.IGNORECASE,
)
_UPPER_ONLY = re.compile(r"\b(?:FH|TU|TH|ETH|EPFL|MIT|UC|UCL|UCLA|LSE|IIT|NIT|BITS|KIT|RWTH|IES)\b")
_GRADE = re.compile(
    r"(?:c?gpa|cpi|grade|note|abschlussnote|nota(?: media)?|mention|percentage|marks|score)\s*(?:of|:|-|–"
    r"|=)?\s*(\d[\d.,]*\s*(?:%|/\s*\d[\d.,]*)?)"
    r"|\b(2[:.][12](?!\d)|first[- ]class(?: honours)?|1st class|upper second(?: class)?|lower second"
    r"|(?:summa|magna) cum laude|cum laude|with (?:distinction|honou?rs|merit)|matrícula de honor"
    r"|sobresaliente|mit auszeichnung)\b"
    r"|(\d{2}(?:\.\d+)?\s?%)",
    re.IGNORECASE,
)
_IN_PROGRESS = re.compile(
    r"expected|anticipated|in progress|ongoing|candidate\b|laufend|voraussichtlich|en curso|currently"
    r" (?:studying|pursuing)|pursuing|still studying|en cours|cursando",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(
    r"incomplete|not completed|unfinished|dropped out|abgebrochen|ohne abschluss|no finalizad|sin finalizar"
    r"|inacabad|discontinued|withdrew|no degree",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s+[—–|•·]\s*|\s*[—|]\s*|\s+-\s+|\t+|\s{3,}|\s*;\s*|\s+(?:at|from|an der|an|in der|à"
    r" l')\s+(?=(?:the\s+)?[A-ZÀ-Þ])|(?<=[a-zà-ÿ]{3})\.\s+(?=[A-ZÀ-Þ])"
)
_FIELD = re.compile(
    r"\s+(?:in|of|en|de|der|des|im fach)\s+(?!Science\b|Arts\b|Engineering\b|Technology\b|Business\b"
    r"|Laws?\b|Philosophy\b|Education\b|Commerce\b|Fine\b|Ingenier)(?=[A-ZÀ-Þ])(.+)$"
)
_OF_KIND = re.compile(
    r"^(?:bachelor|master|doctor|b\.|m\.)[\w'.]*\s+(?:of|en|in)\s+[\w ]+?,?\s+(?:in|with a major in"
    r"|major(?:ing)? in|:)\s+(.+)$",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"^(?:[BM]\.?(?:Sc|A|Eng|S|Tech|E)\.?|MBA|Ph\.?D\.?|LLB|LLM)(?:\s*\(Hons\.?\)"
    r"|\s+Hons\.?)?,?\s+([A-ZÀ-Þ][^()]{3,60})$"
)
_ABBREVIATED = re.compile(r"^(?:MS|BS|MSc|BSc|BA|MA|PhD|MBA|BE|BTech|MEng|BEng),\s*")
_NOT_AN_ENTRY = re.compile(
    r"^(?:thesis|advisor|supervisor|relevant coursework|coursework|courses|activities|honors|minor"
    r"|dissertation|abschlussarbeit|thema|schwerpunkt|gpa|grade|note|modules|subjects|proyecto"
    r"|highlights?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Study:
    """One entry of the education."""

    degree: str | None
    field_of_study: str | None
    institution: str | None
    location: str | None
    period: Period | None
    grade: str | None
    status: str
    level: str
    at: int


@dataclass(slots=True)
class _Draft:
    degree: str | None = None
    institution: str | None = None
    location: str | None = None
    subject: str | None = None
    grade: str | None = None
    period: Period | None = None
    at: int = 0
    words: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.degree or self.institution)


def degree_level(text: str) -> str | None:
    """Level of the degree that ``text`` names, or None."""
    for level, pattern in _LEVEL_PATTERNS:
        for match in pattern.finditer(text):
            if match.group().lower() not in _SHORT or match.group().isupper():
                return level
    return None


def is_institution(text: str) -> bool:
    """Whether ``text`` names a place of study."""
    match = _INSTITUTION.search(text.replace("(FH", ""))
    if not match:
        return False
    short = len(match.group().strip()) <= 5 and match.group().lower().strip() not in {"ies"}
    return not short or bool(_UPPER_ONLY.search(text))


def read_education(cv: CvText, sections: Sections) -> tuple[Study, ...]:
    """All studies, newest first."""
    studies: list[Study] = []
    for part in sections.of("education"):
        studies.extend(_finished(draft) for draft in _drafts(rows_of(cv, part.lines)) if not draft.is_empty)
    if not studies:
        studies = _loose(cv, sections)
    return tuple(sorted(studies, key=_recency, reverse=True))


def _recency(study: Study) -> str:
    return (study.period.ends or "9999" if study.period else "") or ""


def highest_level(studies: Iterable[Study]) -> str:
    """The highest completed level, ``unknown`` where nothing tells."""
    levels = [study.level for study in studies if study.status == "completed"]
    return max(levels, key=LEVELS.index, default="unknown")


def _drafts(rows: list[Row]) -> list[_Draft]:
    drafts: list[_Draft] = []
    current = _Draft(at=rows[0].start if rows else 0)
    dates_first = (
        bool(rows) and rows[0].period is not None and not without_period(rows[0].text, rows[0].period)
    )
    for row in rows:
        if (
            row.bullet
            and not (degree_level(row.text) and len(row.text) < 120)
            and not is_institution(row.text)
        ):
            _take_grade(current, row)
            continue
        found = _read_row(row)
        if _begins_anew(current, found, dates_first=dates_first):
            drafts.append(current)
            current = _Draft(at=row.start)
        _merge(current, found)
    drafts.append(current)
    return drafts


def _take_grade(draft: _Draft, row: Row) -> None:
    match = _GRADE.search(row.text)
    if match and draft.grade is None:
        draft.grade = next(group for group in match.groups() if group).strip(" ,.")
    draft.words += " " + row.text


def _begins_anew(current: _Draft, found: _Draft, *, dates_first: bool) -> bool:
    if current.is_empty and not (current.period and found.period):
        return False
    if dates_first and found.period and current.period:
        return True
    return bool(
        (found.degree and current.degree)
        or (found.institution and current.institution)
        or (found.period and current.period and (found.degree or found.institution or dates_first))
    )


def _merge(current: _Draft, found: _Draft) -> None:
    current.degree = current.degree or found.degree
    current.institution = current.institution or found.institution
    current.location = current.location or found.location
    current.subject = current.subject or found.subject
    current.grade = current.grade or found.grade
    current.period = current.period or found.period
    current.words += " " + found.words


def _read_row(row: Row) -> _Draft:
    draft = _Draft(words=row.text)
    if _NOT_AN_ENTRY.match(row.text):
        _take_grade(draft, row)
        return draft
    text = row.text
    if match := _GRADE.search(text):
        draft.grade = next(group for group in match.groups() if group).strip(" ,.")
        before, after = text[: match.start()].rstrip(" ,;(|·"), text[match.end() :].lstrip(" ,;)|·")
        before = re.sub(r"\s+(?:with|mit|con|and|having|note)$", "", before, flags=re.IGNORECASE)
        text = f"{before}, {after}" if before and after else before or after
    draft.period = Row(text, row.start, row.end, row.bullet, row.gap).period
    text = without_period(text, draft.period) if draft.period else text
    if len(text) > 160:
        return draft
    for chunk in _chunks(text):
        _place_chunk(draft, chunk)
    return draft


def _chunks(text: str) -> list[str]:
    """Pieces of a row, commas kept unless they part degree from institution."""
    pieces: list[str] = []
    for chunk in _SPLIT.split(text):
        parts = [
            part.strip() for part in re.split(r",\s+(?![^()]*\))", chunk.strip(" ,.-–|")) if part.strip()
        ]
        group: list[str] = []
        for part in parts:
            if group and part in US_STATE_CODES and part != parts[0]:
                pieces.append(f"{group.pop()}, {part}" if len(group) == 1 else part)
                continue
            if group and (
                is_institution(part) or is_institution(group[-1]) or is_place(part) or degree_level(part)
            ):
                pieces.append(", ".join(group))
                group = []
            group.append(part)
        if group:
            pieces.append(", ".join(group))
    return [piece for chunk in pieces for piece in _glued(chunk)]


def _glued(chunk: str) -> list[str]:
    """``PhD Princeton University`` holds a degree and where it was taken."""
    match = re.match(
        r"^((?:Ph\.?D\.?|[BM]\.?(?:Sc|S|A|Eng|E|Tech)\.?|MBA|BBA|LLB|LLM))\s+(?=[A-ZÀ-Þ])(.+)$", chunk
    )
    if match and is_institution(match[2]) and not re.match(r"in\b|of\b", match[2]):
        return [match[1], match[2]]
    return [chunk]


def _place_chunk(draft: _Draft, chunk: str) -> None:
    bare = chunk.strip(" ,;:.()")
    if bare in US_STATE_CODES and draft.institution:
        return
    if not bare or bare.lower() in {"expected", "graduation", "graduated", "abschluss", "present"}:
        return
    if "," in bare and is_place(bare):
        draft.location = draft.location or bare
    elif is_institution(bare) and not (
        degree_level(bare) in {"bachelor", "master", "doctorate"} and draft.institution
    ):
        draft.institution = draft.institution or _without_label(bare)
        if (
            degree_level(bare) == "secondary"
            and not draft.degree
            and re.search(r"diploma|ged", bare, re.IGNORECASE)
        ):
            draft.degree = bare
    elif degree_level(bare) is not None and draft.degree is None:
        draft.degree = _without_label(chunk.strip(" ,;:"))
    elif is_place(bare):
        joined = (
            f"{draft.location}, {bare}" if draft.location and is_place(f"{draft.location}, {bare}") else None
        )
        draft.location = joined or draft.location or bare
    elif draft.degree or draft.institution:
        draft.subject = draft.subject or (
            bare if 1 <= len(bare.split()) <= 7 and not bare[0].isdigit() else None
        )


def _without_label(text: str) -> str:
    return re.sub(
        r"^(?:(?:degree|institution|school|college|university|abschluss|título|centro)\s*:|title of"
        r" qualification awarded:?"
        r"|name (?:and type )?of organi[sz]ation providing education(?: and training)?:?)\s*",
        "",
        text,
        flags=re.IGNORECASE,
    )


def _finished(draft: _Draft) -> Study:
    subject = draft.subject
    if draft.degree:
        match = _OF_KIND.match(draft.degree) or _FIELD.search(draft.degree) or _BESIDE.match(draft.degree)
        subject = match[1].strip(" ,;") if match else subject
    if subject is None and draft.degree and "," in draft.degree:
        subject = draft.degree.split(",", 1)[1].strip() or None
    subject = _ABBREVIATED.sub("", subject) if subject else None
    level = degree_level(draft.degree or "") or _by_institution(draft.institution or "")
    if level == "secondary":
        subject = None
    return Study(
        draft.degree,
        subject,
        draft.institution,
        draft.location,
        draft.period,
        draft.grade,
        _status(draft),
        level,
        draft.at,
    )


def _by_institution(institution: str) -> str:
    if re.search(
        r"\b(?:high school|gymnasium|secondary|realschule|lycée|grammar school|\bies\b)", fold(institution)
    ):
        return "secondary"
    return "unknown"


def _status(draft: _Draft) -> str:
    if _UNFINISHED.search(draft.words):
        return "unfinished"
    if (draft.period and draft.period.is_current) or _IN_PROGRESS.search(draft.words):
        return "inProgress"
    return "completed"


def _loose(cv: CvText, sections: Sections) -> list[Study]:
    """Studies of a CV without a heading for them: rows that name a degree and an institution."""
    studies = []
    for row in rows_of(cv, sections.lines_of("head", "summary")):
        if len(row.text) < 120 and is_institution(row.text) and degree_level(row.text):
            draft = _read_row(row)
            draft.at = row.start
            studies.append(_finished(draft))
    return studies
