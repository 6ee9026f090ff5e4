"""What publishing an answer gives: the result, where each value stands, and what could not be verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shared_code.documents.model import Severity


@dataclass(frozen=True, slots=True)
class Evidence:
    """The place in the document that carries a value.

    ``quote`` is ``text[start:end]`` where the value stands in the text. A value that only a hyperlink
    carries has the link's target as its quote, and no offsets.
    """

    quote: str
    start: int | None
    end: int | None
    page: int
    source: Literal["text", "link"] = "text"

    def as_json(self) -> dict[str, object]:
        """The evidence as it is published."""
        return {
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "page": self.page,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class ResultWarning:
    """Something a person should know about a result. ``message`` never holds a word of the CV."""

    code: str
    severity: Severity
    message: str
    pointer: str | None = None

    def as_json(self) -> dict[str, object]:
        """The warning as it is published; the pointer only where there is one."""
        published: dict[str, object] = {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
        }
        if self.pointer is not None:
            published["pointer"] = self.pointer
        return published


@dataclass(frozen=True, slots=True)
class Published:
    """One assistant's answer, completed and checked against the CV.

    Attributes:
        result: The parts of the envelope this answer fills, such as ``{"candidateProfile": {...}}``.
        evidence: JSON pointer into the envelope -> where the value stands.
        unverified: JSON pointers of values that were not found in the CV.
        warnings: What a person should look at.
    """

    result: Mapping[str, Any]
    evidence: Mapping[str, Evidence]
    unverified: tuple[str, ...] = ()
    warnings: tuple[ResultWarning, ...] = field(default=())

    def evidence_as_json(self) -> dict[str, dict[str, object]]:
        """The evidence map as it is published."""
        return {pointer: evidence.as_json() for pointer, evidence in self.evidence.items()}

    def warnings_as_json(self) -> list[dict[str, object]]:
        """The warnings as they are published."""
        return [warning.as_json() for warning in self.warnings]
