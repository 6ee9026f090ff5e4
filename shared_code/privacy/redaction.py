"""Anonymised copies: every occurrence of personal data replaced by its token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared_code.privacy.taxonomy import LOW


@dataclass(frozen=True, slots=True)
class _Replacement:
    start: int
    end: int
    token: str
    level: int

    @property
    def weight(self) -> tuple[int, int]:
        return self.end - self.start, self.level


def anonymise(text: str, entities: Iterable[Mapping[str, Any]], minimum_level: int = LOW) -> str:
    """A copy of ``text`` in which tokens such as ``[NAME_1]`` stand for personal data.

    Where occurrences overlap, all the text they cover goes, and the longest one's token stands for it
    (of equally long ones, that of the more sensitive).

    Args:
        text: The document's text, the one the occurrences refer to.
        entities: Published ``pii_entities``.
        minimum_level: The lowest sensitivity that is replaced; 2 keeps employers, schools and cities.
    """
    replacements = sorted(
        (
            _Replacement(place["start"], place["end"], entity["replacement"], entity["sensitivity_level"])
            for entity in entities
            if entity["sensitivity_level"] >= minimum_level
            for place in entity["occurrences"]
        ),
        key=lambda each: (each.start, each.end),
    )
    copied: list[str] = []
    at = 0
    for cluster in _clusters(replacements):
        copied += [text[at : cluster[0].start], max(cluster, key=lambda each: each.weight).token]
        at = max(each.end for each in cluster)
    return "".join([*copied, text[at:]])


def _clusters(replacements: Iterable[_Replacement]) -> list[list[_Replacement]]:
    """The replacements, those together that overlap."""
    clusters: list[list[_Replacement]] = []
    end = -1
    for each in replacements:
        if clusters and each.start < end:
            clusters[-1].append(each)
        else:
            clusters.append([each])
        end = max(end, each.end)
    return clusters
