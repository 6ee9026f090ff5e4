"""The profile of a CV, typed for tests."""

from __future__ import annotations

from typing import Any, cast

from local.openai_emulator.cv_reader import answer

Json = dict[str, Any]


def profile_of(text: str) -> Json:
    """The candidate profile that is read from ``text``."""
    return cast("Json", answer("candidate_profile_schema", text)["candidateProfile"])
