"""The forms that one value takes in a CV: other case, other spacing, initials, slugs and local parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.vocabulary import NAME_PARTICLES, NAME_TITLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.openai_emulator.cv_reader.source import CvText

_MAX_FORMS = 12


def other_forms(cv: CvText, value: str) -> list[str]:
    """Ways in which the CV writes ``value`` with other case or spacing."""
    words = value.split()
    if not words or len(value) < 3 or len(words) > 12:
        return []
    if re.fullmatch(r"[+\d\s().\-/]+", value):
        return _other_numbers(cv, value)
    pattern = r"\s+".join(re.escape(word) for word in words)
    found = {
        cv.verbatim(match.start(), match.end())
        for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", cv.clean, re.IGNORECASE)
    }
    return sorted(found - {value})[:_MAX_FORMS]


def _other_numbers(cv: CvText, value: str) -> list[str]:
    digits = re.sub(r"\D", "", value)
    if len(digits) < 6:
        return []
    pattern = r"[\s().\-/]{0,3}".join(digits)
    found = {cv.verbatim(match.start(), match.end()) for match in re.finditer(pattern, cv.clean)}
    return sorted(form for form in found if form not in value)[:_MAX_FORMS]


def name_variations(cv: CvText, name: str, emails: Sequence[str], urls: Sequence[str]) -> tuple[str, ...]:
    """Forms of the candidate's name: in the text with other case or initials, in addresses and links."""
    words = [word.strip(",.") for word in name.split()]
    core = [word for word in words if fold(word) not in NAME_TITLES and word]
    forms: list[str] = []
    if len(core) >= 2:
        first, last = core[0], core[-1]
        for form in (
            " ".join(core),
            f"{first} {last}",
            f"{last}, {first}",
            f"{last} {first}",
            f"{first[0]}. {last}",
            f"{first[0]} {last}",
            f"{last} {first[0]}.",
            f"{last}, {first[0]}.",
            first,
            last,
            f"{first[0]}. {' '.join(core[1:])}",
            f"Mr {last}",
            f"Ms {last}",
        ):
            forms.extend(_standing(cv, form))
    parts = [fold(word) for word in core if len(word) > 2 and fold(word) not in NAME_PARTICLES]
    for address in emails:
        local = address.split("@")[0]
        if any(part in fold(local) for part in parts):
            forms.append(local)
    for url in urls:
        slug = url.rstrip("/").rsplit("/", 1)[-1]
        if any(part in fold(slug) for part in parts) and slug != url:
            forms.append(slug)
    return tuple(form for form in dict.fromkeys(forms) if form != name)[:_MAX_FORMS]


def _standing(cv: CvText, form: str) -> list[str]:
    pattern = r"\s+".join(re.escape(word) for word in form.split())
    matches = re.finditer(rf"(?<![\w@./\-]){pattern}(?![\w@]|\.\w)", cv.clean, re.IGNORECASE)
    return list(
        dict.fromkeys(
            cv.verbatim(match.start(), match.end()) for match in matches if match.group()[0].isupper()
        )
    )
