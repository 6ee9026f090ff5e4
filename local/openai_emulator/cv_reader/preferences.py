"""What the CV says about the next job: stated only, never inferred."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.openai_emulator.cv_reader.source import CvText

_VALUE = r"\s*[:\-–]\s*([^\n|•;]{2,80})"
_AVAILABILITY = re.compile(
    rf"\b(?:availability|available from|verfügbarkeit|verfügbar ab|eintrittstermin|frühester eintritt"
    rf"|disponibilidad|disponible (?:desde|a partir de)|start date available|earliest start(?:"
    rf" date)?){_VALUE}"
    r"|\b((?:available|verfügbar|disponible)\s+(?:immediately|from|ab|sofort|de inmediato|inmediatamente"
    r"|desde|now|as of|in \d)(?:[^\n.,|•;]|\.(?=\d)){0,50})|\b(immediate joiner|ab sofort verfügbar|sofort"
    r" verfügbar)\b",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    rf"\b(?:notice period|kündigungsfrist|preaviso|plazo de preaviso|préavis){_VALUE}|\b(\d+\s*(?:weeks?"
    rf"|months?|days?)['’]?\s+notice)\b",
    re.IGNORECASE,
)
_AUTHORIZATION = re.compile(
    rf"\b(?:right to work|work (?:authori[sz]ation|permit|status|eligibility)|visa(?: status)?"
    rf"|arbeitserlaubnis|aufenthaltstitel|permiso de trabajo|autorización de trabajo){_VALUE}"
    r"|\b((?:legally )?(?:authori[sz]ed|eligible|permitted) to work in [^\n.|•;]{2,60})",
    re.IGNORECASE,
)
_NO_MOVE = re.compile(
    r"\b(?:not|un)\s?willing to relocate|no relocation|relocat\w+\s*:\s*no\b|umzugsbereit\w*\s*:\s*nein",
    re.IGNORECASE,
)
_MOVE = re.compile(
    r"\bwilling to relocate|open to relocat\w+|relocation\s*:\s*(?:yes|possible|anywhere)|ready to relocate"
    r"|umzugsbereit|bereit zum umzug|disponibilidad para (?:viajar y )?(?:cambiar|mudar|trasla)\w*"
    r"|movilidad geográfica",
    re.IGNORECASE,
)
_REMOTE = re.compile(
    r"\b(?:(?:work (?:mode|model|preference)|remote(?: work)?|arbeitsmodell|modalidad)\s*:\s*([^\n"
    r"|•;]{2,60})|((?:open to|prefer(?:s|ring)?|seeking|looking for|available for|willing to"
    r" work)\s+(?:fully\s+)?(?:remote|hybrid)[^\n.|•;]{0,40}))",
    re.IGNORECASE,
)
_SALARY = re.compile(
    r"\b(?:salary expectations?|expected salary|desired salary|expected ctc|gehaltsvorstellung\w*"
    r"|gehaltswunsch|expectativas? salarial(?:es)?|pretensi[óo]n(?:es)? (?:salarial(?:es)?|económica)"
    r"|prétentions salariales)\s*[:\-–]?\s*([^\n|•;]{2,60})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """The wishes that the CV states."""

    availability: str | None
    notice_period: str | None
    work_authorization: str | None
    willing_to_relocate: bool | None
    remote: str | None
    salary_expectation: str | None

    @property
    def is_empty(self) -> bool:
        """Whether the CV states none."""
        return self.willing_to_relocate is None and not any(
            (
                self.availability,
                self.notice_period,
                self.work_authorization,
                self.remote,
                self.salary_expectation,
            )
        )


def read_preferences(cv: CvText) -> Preferences:
    """What the CV states about when, where and for how much."""
    moves: bool | None = None
    if _NO_MOVE.search(cv.clean):
        moves = False
    elif _MOVE.search(cv.clean):
        moves = True
    return Preferences(
        _first(_AVAILABILITY, cv),
        _first(_NOTICE, cv),
        _authorization(cv),
        moves,
        _first(_REMOTE, cv),
        _first(_SALARY, cv),
    )


def _first(pattern: re.Pattern[str], cv: CvText) -> str | None:
    match = pattern.search(cv.clean)
    return next((group.strip(" .,;") for group in match.groups() if group), None) if match else None


def _authorization(cv: CvText) -> str | None:
    match = _AUTHORIZATION.search(cv.clean)
    if match is None:
        return None
    value = next(group for group in match.groups() if group)
    following = cv.clean[match.end() :].lstrip(" ")
    if following.startswith("\n(") or (value.count("(") > value.count(")") and following.startswith("\n")):
        value = f"{value.rstrip()} {following[1:].split(chr(10))[0].strip()}"
    return value.strip(" .,;")
