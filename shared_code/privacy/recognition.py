"""One find of a rule: which kind of personal data stands where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recognition:
    """``text[start:end]`` is personal data of this kind."""

    pii_type: str
    value: str
    start: int
    end: int
