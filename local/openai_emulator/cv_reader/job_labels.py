"""Rows below a job's heading that say by a label, or by leading with it, what title and employer are."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.headers import read_heading
from local.openai_emulator.cv_reader.titles import is_title, title_score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.openai_emulator.cv_reader.headers import Heading
    from local.openai_emulator.cv_reader.rows import Row

_MAX_LABELLED_ROWS = 6
_TITLE_LABEL = re.compile(
    r"^(?:job title|position(?: title)?|role|designation|title)\s*:\s*(\S.{1,70})$", re.IGNORECASE
)
_EMPLOYER_LABEL = re.compile(r"^name and address of employer\s*:?\s*(\S.{1,90})$", re.IGNORECASE)
_FEDERAL_TITLE = re.compile(r"^(\S.{1,70}?)\s*\(This is a federal job\)", re.IGNORECASE)
_LEADING_TITLE = re.compile(r"^([A-Z][^.,:;]{2,50})\.\s+[A-Z]")


def with_labelled(heading: Heading, body: Sequence[Row]) -> Heading:
    """Take title and employer from rows that say which is which, or lead with the title."""
    for row in body[:_MAX_LABELLED_ROWS]:
        known = heading.employer or heading.title
        if row.period or (heading.employer and title_score(heading.title or "")):
            break
        if (employer := _EMPLOYER_LABEL.match(row.text)) and heading.employer is None:
            name, _, address = employer[1].partition(", ")
            added = read_heading([name if re.search(r"\d", address) else employer[1]], title_first=False)
            heading = replace(heading, employer=added.employer or added.title, location=added.location)
        title = _TITLE_LABEL.match(row.text) or _FEDERAL_TITLE.match(row.text)
        if title is None and row is body[0]:
            title = _LEADING_TITLE.match(row.text)
            title = title if title and is_title(title[1]) else None
        if title and not title_score(heading.title or ""):
            heading = replace(heading, title=title[1].strip(), employer=known)
    return heading
