"""A rule-based reader of CVs: what it answers, in the shape of the three schemas, stands in the CV."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.analysis import analysis_answer
from local.openai_emulator.cv_reader.pii import pii_answer
from local.openai_emulator.cv_reader.profile import profile_answer
from local.openai_emulator.cv_reader.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from local.openai_emulator.cv_reader.reading import Reading

_ANSWERS: dict[str, Callable[[Reading], dict[str, object]]] = {
    "candidate_profile_schema": profile_answer,
    "pii_entities_schema": pii_answer,
    "skills_analysis_schema": analysis_answer,
}


def answer(schema_name: str, cv_text: str, links: Sequence[tuple[str, str]] = ()) -> dict[str, object]:
    """Read ``cv_text`` and answer in the shape of ``schema_name``.

    Args:
        schema_name: ``candidate_profile_schema``, ``pii_entities_schema`` or ``skills_analysis_schema``.
        cv_text: the text of the document; what it says to the reader has no effect on how it is read.
        links: the document's hyperlinks as (label, target).

    Returns:
        What the CV says, valid against the schema; absence is ``None``.

    Raises:
        KeyError: for a schema that no answer exists for.
    """
    write = _ANSWERS[schema_name]
    return write(_reading(cv_text, tuple(links)))


@lru_cache(maxsize=32)
def _reading(cv_text: str, links: tuple[tuple[str, str], ...]) -> Reading:
    """Each CV is asked about three times in a row, and reading it is most of the work."""
    return read(cv_text, links)
