"""The skills analysis: what the work shows, in the CV's own words, and what is left to ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.person import sectors_of, seniority_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from local.openai_emulator.cv_reader.positions import Position
    from local.openai_emulator.cv_reader.reading import Reading
    from local.openai_emulator.cv_reader.skills import Skill

_RANKS = ("intern", "junior", "mid", "senior", "lead", "manager", "director", "executive")
_FIGURE = re.compile(
    r"\d[\d.,]*\s?(?:%|percent|prozent|por ciento|\+|x\b|k\b|m\b|bn\b|million|billion|mio)|[€$£]\s?\d"
    r"|\b\d{2,}\b(?!\s*[/.]\d)|\b\d+\s+\w+",
    re.IGNORECASE,
)
_YEAR_ONLY = re.compile(r"\b(?:19|20)\d\d\b")
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "two zwei dos deux",
            "three drei tres trois",
            "four vier cuatro quatre",
            "five fünf cinco cinq",
            "six sechs seis",
            "seven sieben siete sept",
            "eight acht ocho huit",
            "nine neun nueve neuf",
            "ten zehn diez dix",
            "eleven elf once",
            "twelve zwölf doce",
        ),
        start=2,
    )
    for word in words.split()
}
_COUNT = r"(\d{1,4}|" + "|".join(_NUMBERS) + r")\s?\+?"
_PEOPLE = (
    r"(?:\w+[\s\-]+){0,3}?(?:people|employees|staff|engineers|developers|members|reports|nurses|analysts"
    r"|designers|teachers|technicians|associates|consultants|managers|workers|agents|researchers|scientists"
    r"|testers|persons"
    r"|mitarbeiter\w*|mitarbeitende\w*|personen|entwickler\w*|ingenieur\w*|personas|empleados|ingenieros"
    r"|enfermer[oa]s|desarrolladores|collaborateurs|personnes)"
)
_TEAM = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:led|lead(?:s|ing|er)?(?: of)?|managed?|managing|manages|supervis(?:ed|ing|or of|es)"
        rf"|head(?:ed|ing)?(?: of)?|oversaw|overseeing|directed|responsible for|built and"
        rf" led)\b[^.\n;]{{0,50}}?\b(?:team|group|staff|department|crew|brigade|gang"
        rf"|squad)?\s*(?:of\s+)?{_COUNT}\s+{_PEOPLE}",
        rf"\b(?:team|group|staff|department|crew|brigade|gang|squad)\s+of\s+(?:over |up to |about )?{_COUNT}",
        rf"\b{_COUNT}[- ](?:person|people|member|strong)\s+(?:team|group|staff)",
        rf"\bteam from \d+ to {_COUNT}",
        rf"\b(?:führung|leitung|fachliche führung|disziplinarische führung"
        rf"|teamleitung)\b[^.\n]{{0,50}}?{_COUNT}\s+{_PEOPLE}",
        rf"\b(?:gestión|dirección|coordinación|supervisión|responsable|a"
        rf" cargo)\b[^.\n]{{0,50}}?{_COUNT}\s+{_PEOPLE}",
        rf"\b(?:scaled|grew|built)\b[^.\n]{{0,40}}\bteam\b[^.\n]{{0,20}}\bto {_COUNT}",
    )
)
_MANAGED = re.compile(
    r"\b(?:(?:managed|led|supervised|headed|directed|oversaw|leading|managing|supervising)\s+(?:a |the |an "
    r"|cross-functional |\w+ )?(?:team|staff|group|department|engineers|developers|people)|teamleitung"
    r"|personalverantwortung|führung von|"
    r"line management|people management|direct reports|gestión de equipos?|dirección de equipos?)\b",
    re.IGNORECASE,
)
_MENTORING = re.compile(r"\bmentor(?:ed|ing)?\b", re.IGNORECASE)
_GAP_MONTHS = 4
_MAX_STRENGTHS = 4
_MAX_GAPS = 6


@dataclass(frozen=True, slots=True)
class _Statement:
    text: str
    start: int
    end: int


def analysis_answer(reading: Reading) -> dict[str, object]:
    """The answer for ``skills_analysis_schema``; evidence is verbatim."""
    statements = _statements(reading) if reading.is_cv else []
    quantified = [statement for statement in statements if is_quantified(statement.text)]
    return {
        "analysisMetrics": {"quantifiedAchievementsCount": len(quantified)},
        "professionalProfile": {
            "headline": _headline(reading) if reading.is_cv else None,
            "coreCompetencies": _competencies(reading, statements) if reading.is_cv else [],
            "domainExpertise": sectors_of(reading.positions, reading.cv, reading.sections)
            if reading.is_cv
            else [],
            "leadership": _leadership(reading),
            "careerProgression": _progression(reading),
            "strengths": _strengths(reading, quantified),
            "gapsToVerify": list(_gaps(reading)) if reading.is_cv else [],
        },
    }


def _headline(reading: Reading) -> str | None:
    return reading.headline or reading.current_title


def _statements(reading: Reading) -> list[_Statement]:
    return [
        _Statement(reading.cv.clean[start:end], start, end)
        for position in reading.positions
        for start, end in position.highlights
    ]


def is_quantified(text: str) -> bool:
    """Whether ``text`` states a figure other than a year."""
    return bool(_FIGURE.search(_YEAR_ONLY.sub("", text)))


def _competencies(reading: Reading, statements: Sequence[_Statement]) -> list[dict[str, object]]:
    """The five skills that most statements name; skills of no statement only where there are too few."""
    ranked: list[tuple[int, int, Skill, str]] = []
    for order, skill in enumerate(reading.skills):
        if skill.category == "language":
            continue
        evidence = [statement for statement in statements if _names(statement.text, skill)]
        quote = _quote(reading, evidence[0]) if evidence else _listed_at(reading, skill)
        if quote:
            ranked.append((-len(evidence), order, skill, quote))
    ranked.sort(key=lambda item: (item[0], not item[2].listed, item[1]))
    return [{"skill": skill.normalized, "evidence": quote} for _, _, skill, quote in ranked[:5]]


def _names(text: str, skill: Skill) -> bool:
    return any(
        re.search(rf"(?<![\w]){re.escape(form)}(?![\w+#])", text, 0 if len(form) < 4 else re.IGNORECASE)
        for form in {skill.name, skill.normalized}
    )


def _quote(reading: Reading, statement: _Statement) -> str:
    return reading.cv.verbatim(statement.start, statement.end)


def _listed_at(reading: Reading, skill: Skill) -> str | None:
    line = reading.cv.line_at(skill.at)
    if line is None or skill.name not in line.text:
        return reading.cv.quote(skill.name)
    return reading.cv.verbatim(line.start, line.end)


def _leadership(reading: Reading) -> dict[str, object]:
    size: int | None = None
    evidence: str | None = None
    for line_start, line_end, text in _passages(reading):
        for pattern in _TEAM:
            for match in pattern.finditer(text):
                number = _number(match)
                if (
                    number
                    and (size is None or number > size)
                    and not _MENTORING.search(text[: match.start() + 10])
                ):
                    size, evidence = number, reading.cv.verbatim(line_start, line_end)
        if evidence is None and _MANAGED.search(text):
            evidence = reading.cv.verbatim(line_start, line_end)
    return {"hasManaged": evidence is not None, "maxTeamSize": size, "evidence": evidence}


def _passages(reading: Reading) -> Iterator[tuple[int, int, str]]:
    if not reading.is_cv:
        return
    for position in reading.positions:
        for start, end in position.highlights:
            yield start, end, reading.cv.clean[start:end].replace("\n", " ")
    lines = reading.sections.lines_of("summary", "head")
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else line
        following = following if following.index == line.index + 1 and not following.gap else line
        yield line.start, following.end, reading.cv.clean[line.start : following.end].replace("\n", " ")


def _number(match: re.Match[str]) -> int | None:
    found = next((group for group in match.groups() if group), "")
    number = int(found) if found.isdigit() else _NUMBERS.get(found.lower())
    return number if number is not None and 1 < number < 5000 and not 1950 < number < 2100 else None


def _progression(reading: Reading) -> dict[str, object]:
    dated = (
        [position for position in reading.positions if position.period and position.title]
        if reading.is_cv
        else []
    )
    if not dated:
        return {"direction": "unclear", "evidence": None}
    evidence = reading.cv.quote(dated[0].title or "")
    ranks = [_rank(position) for position in reversed(dated)]
    if len(dated) == 1 or all(rank == 0 for rank in ranks):
        return {
            "direction": "early" if ranks[-1] <= 1 or len(dated) == 1 else "unclear",
            "evidence": evidence,
        }
    ups = sum(1 for before, after in pairwise(ranks) if after > before)
    downs = sum(1 for before, after in pairwise(ranks) if after < before)
    if ups and downs:
        direction = "upward" if ranks[-1] > ranks[0] and ups > downs else "mixed"
    else:
        direction = "upward" if ups else "mixed" if downs else "lateral"
    return {"direction": direction, "evidence": evidence}


def _rank(position: Position) -> int:
    return _RANKS.index(
        seniority_of(position.title) or ("intern" if position.employment_type == "internship" else "mid")
    )


def _strengths(reading: Reading, quantified: Sequence[_Statement]) -> list[dict[str, object]]:
    if not reading.is_cv:
        return []
    strengths: list[dict[str, object]] = []
    leadership = _leadership(reading)
    if leadership["hasManaged"]:
        size = f" of up to {leadership['maxTeamSize']}" if leadership["maxTeamSize"] else ""
        strengths.append({"text": f"Has led a team{size}", "evidence": leadership["evidence"]})
    others = [statement for statement in quantified if _quote(reading, statement) != leadership["evidence"]]
    for statement in sorted(others, key=_weight, reverse=True)[: _MAX_STRENGTHS - len(strengths)]:
        figure = _FIGURE.search(_YEAR_ONLY.sub("", statement.text))
        named = f": {' '.join(figure[0].split())}" if figure else ""
        strengths.append({"text": f"States a measured result{named}", "evidence": _quote(reading, statement)})
    if not strengths and len(reading.languages) > 1:
        names = ", ".join(spoken.language for spoken in reading.languages)
        line = reading.cv.line_at(reading.languages[0].at)
        if line:
            strengths.append(
                {"text": f"Speaks {names}", "evidence": reading.cv.verbatim(line.start, line.end)}
            )
    return strengths


def _weight(statement: _Statement) -> int:
    return 2 * len(re.findall(r"%|[€$£]|\bmillion|\bbillion|\d[kKmM]\b", statement.text)) + len(
        _FIGURE.findall(statement.text)
    )


def _gaps(reading: Reading) -> Iterator[dict[str, object]]:
    """Questions about what the dates and lists leave open."""
    questions = [
        *_undated(reading),
        *_breaks(reading),
        *_overlaps(reading),
        *_unproven(reading),
        *_studies(reading),
    ]
    for question, reason in questions[:_MAX_GAPS]:
        yield {"question": question, "reason": reason}


def _undated(reading: Reading) -> Iterator[tuple[str, str]]:
    if not reading.positions:
        yield "Which work has the candidate done so far?", "The CV names no dated position."
    for position in reading.positions:
        if position.period is None:
            yield (
                f"When did the work as {position.title or position.employer} begin and end?",
                "The CV gives no dates for it.",
            )


def _breaks(reading: Reading) -> Iterator[tuple[str, str]]:
    dated = [
        position
        for position in reading.positions
        if position.period and position.period.begins and len(position.period.begins) >= 7
    ]
    dated.sort(key=lambda position: position.period.begins or "" if position.period else "")
    latest: str | None = None
    for position in dated:
        begins = (position.period.begins or "")[:7] if position.period else ""
        if latest and len(latest) >= 7 and _months(latest, begins) > _GAP_MONTHS:
            months = _months(latest, begins) - 1
            yield (
                f"What did the candidate do between {latest} and {begins}?",
                f"No position covers these {months} months.",
            )
        ends = (
            "9999-12"
            if position.period and position.period.is_current
            else (position.period.ends or begins if position.period else begins)
        )
        latest = max(latest or "", ends[:7])


def _months(earlier: str, later: str) -> int:
    return (int(later[:4]) - int(earlier[:4])) * 12 + int(later[5:7]) - int(earlier[5:7])


def _overlaps(reading: Reading) -> Iterator[tuple[str, str]]:
    dated = [position for position in reading.positions if position.period and position.period.begins]
    for newer, older in pairwise(dated):
        if (
            newer.period is None
            or older.period is None
            or not newer.period.begins
            or newer.employer == older.employer
        ):
            continue
        ends = older.period.ends or ("9999" if older.period.is_current else "")
        if (
            len(ends) >= 4
            and ends[: len(newer.period.begins)] > newer.period.begins
            and ends[:4] != newer.period.begins[:4]
        ):
            yield (
                f"Were {newer.title or newer.employer} and {older.title or older.employer} held side by"
                f" side, and to what extent?",
                "Their dates overlap.",
            )


def _unproven(reading: Reading) -> Iterator[tuple[str, str]]:
    text = fold(
        " ".join(statement.text for statement in _statements(reading))
        + " ".join(position.title or "" for position in reading.positions)
    )
    unproven = [
        skill.name
        for skill in reading.skills
        if skill.listed and skill.category in {"technical", "tool"} and fold(skill.name) not in text
    ]
    if unproven and reading.positions:
        yield (
            f"Where were these skills used: {', '.join(unproven[:5])}?",
            "They are listed, but no position names them.",
        )


def _studies(reading: Reading) -> Iterator[tuple[str, str]]:
    for study in reading.studies:
        if study.status != "completed" and (study.degree or study.institution):
            yield (
                f"How far are the studies ({study.degree or study.institution})?",
                "The CV does not state that they were completed.",
            )
