"""The ledger of one check against the CV: evidence found, values not found, and warnings about them."""

from __future__ import annotations

from shared_code.documents.model import Severity
from shared_code.profile.grounding import Grounding
from shared_code.profile.outcome import Evidence, Published, ResultWarning


class Verification:
    """Collects what grounding the values of one answer gives.

    Args:
        grounding: The document to find the values in.
    """

    def __init__(self, grounding: Grounding) -> None:
        self.grounding = grounding
        self._evidence: dict[str, Evidence] = {}
        self._unverified: list[str] = []
        self._warnings: list[ResultWarning] = []

    def value(self, pointer: str, value: str | None, near: int | None = None) -> bool:
        """Note where ``value`` stands, or that it does not. No value counts as found."""
        return not value or self.note(pointer, self.grounding.value(value, near))

    def note(self, pointer: str, evidence: Evidence | None) -> bool:
        """Note the evidence for the value at ``pointer``, or that there is none. Returns whether there is."""
        if evidence is None:
            self.doubt(pointer)
            return False
        self._evidence[pointer] = evidence
        return True

    def doubt(self, pointer: str) -> None:
        """List the value at ``pointer`` as unverified."""
        if pointer not in self._unverified:
            self._unverified.append(pointer)

    def warn(self, code: str, severity: Severity, message: str, pointer: str | None = None) -> None:
        """Add a warning; its message holds no word of the CV."""
        self._warnings.append(ResultWarning(code, severity, message, pointer))

    def published(self, result: dict[str, object]) -> Published:
        """The result with everything noted."""
        return Published(result, self._evidence, tuple(self._unverified), tuple(self._warnings))
