"""The key skills of a profile: each once, with the roles that name it and the months these cover."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from shared_code.profile.answer import Record, choice_in, each_once, records_in, text_in
from shared_code.profile.experience import last_used, months_of
from shared_code.profile.roles import Role
from shared_code.profile.skill_terms import mentions, normal_text

ROLE_POINTER = "/candidateProfile/employmentHistory/{}"


@dataclass(frozen=True, slots=True)
class SkillUse:
    """Where the work history shows a skill.

    Attributes:
        roles: Places in the employment history, newest first.
        months: Months these roles cover together, internships and volunteering included; None where
            no role names the skill, or none of them is dated.
        last_used: End of the latest of them (``YYYY`` or ``YYYY-MM``).
    """

    roles: tuple[int, ...]
    months: int | None
    last_used: str | None


class WorkHistory:
    """The roles in the form in which skills are looked for.

    Args:
        roles: The employment history, newest first.
        reference_date: Today.
    """

    def __init__(self, roles: Sequence[Role], reference_date: datetime.date) -> None:
        self._roles = roles
        self._texts = [normal_text(role.work_text) for role in roles]
        self._reference_date = reference_date

    def use_of(self, *names: str) -> SkillUse:
        """Which roles name the skill in their title or highlights, by any of ``names``."""
        places = tuple(place for place, text in enumerate(self._texts) if mentions(names, text))
        naming = [self._roles[place] for place in places]
        return SkillUse(places, months_of(naming), last_used(naming, self._reference_date))


def key_skills(profile: Record, history: WorkHistory) -> list[dict[str, object]]:
    """The skills of a profile as they are published, in the CV's order, each once.

    Two entries are one skill where their names or their usual names are the same but for case.
    """
    published: list[dict[str, object]] = []
    seen: set[str] = set()
    for record in records_in(profile, "keySkills"):
        name = text_in(record, "name") or text_in(record, "normalizedName")
        if name is None:
            continue
        normalized = text_in(record, "normalizedName") or name
        identities = {name.casefold(), normalized.casefold()}
        if identities & seen:
            continue
        seen |= identities
        use = history.use_of(*each_once((name, normalized), str.casefold))
        published.append(
            {
                "name": name,
                "normalizedName": normalized,
                "category": choice_in(record, "category", "technical"),
                "monthsUsed": use.months,
                "lastUsed": use.last_used,
                "foundIn": [ROLE_POINTER.format(place) for place in use.roles],
            }
        )
    return published
