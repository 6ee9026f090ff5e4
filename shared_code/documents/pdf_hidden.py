"""Findings about a PDF's text that nobody sees: major only for what the visible text does not say as well.

Honest programs leave text unseen: spreadsheets cut rows that stand again on the next page, TeX lets long
addresses run off the page, a producer signs its pages. Whoever hides something wants more read than shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared_code.documents.cleaning import hidden_text_finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shared_code.documents.model import Finding, Link

_UNSEEN = "Text that leaves no ink, is off the page or too small to read was left out."
# As true as the other: nobody sees it. Forms have a caption where the photo goes, so it is said by itself.
_UNDER_A_PICTURE = (
    "Text that a picture covers was left out; it may be the caption of the photo's place on a form."
)
_PRODUCERS_MARK = re.compile(r"Powered by TCPDF \(www\.tcpdf\.org\)")
# Shorter ones stand in any text: letters on lines of their own would all be found there.
_LEAST_REPEATED = 4
_MOST_LINES = 1_000
_MOST_COMPARED = 200_000


@dataclass(frozen=True, slots=True)
class HiddenText:
    """Text of page ``page`` that nobody sees, a run of it on each line."""

    page: int
    text: str
    is_under_picture: bool


def hidden_text_findings(
    hidden: Sequence[HiddenText], pages: Iterable[str], links: Iterable[Link]
) -> list[Finding]:
    """One finding for each; minor where all but a few letters stand in plain sight, or are a known mark.

    Args:
        hidden: in the order of the pages.
        pages: the visible text of all of them.
        links: of all of them; the end of an address that its own link tells is nothing new.
    """
    if not hidden:
        return []
    shown = _letters("".join(pages))[:_MOST_COMPARED]
    targets = tuple(link.target for link in links)
    lines_left = _MOST_LINES
    findings = []
    for found in hidden:
        lines = found.text.splitlines()
        compared, others = lines[:lines_left], lines[lines_left:]
        lines_left -= len(compared)
        news = [line for line in compared if not _is_repeated(line.strip(), shown, targets)]
        message = _UNDER_A_PICTURE if found.is_under_picture else _UNSEEN
        finding = hidden_text_finding(message, found.text, found.page)
        severity = hidden_text_finding(message, "\n".join(news + others), found.page).severity
        findings.append(replace(finding, severity=severity))
    return findings


def _is_repeated(line: str, shown: str, targets: tuple[str, ...]) -> bool:
    letters = _letters(_PRODUCERS_MARK.sub("", line))
    if len(letters) < _LEAST_REPEATED:
        return not letters
    return letters in shown or (" " not in line and any(target.endswith(line) for target in targets))


def _letters(text: str) -> str:
    """Letters and digits, whatever spaces and line ends a program puts between them."""
    return "".join(c for c in text.casefold() if c.isalnum())
