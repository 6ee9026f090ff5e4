"""Pages that are pictures without text: how their numbers are told, and that they were not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared_code.documents.model import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

CODE = "unreadPages"
OPERATORS_PART = "Operators: CV_OCR_PROVIDER turns the recognition of scans on."
_NOT_RECOGNISED = (
    f"send the original file, or have the text recognised in a scanning program first. {OPERATORS_PART}"
)


def unread_pages_finding(numbers: Sequence[int], advice: str = _NOT_RECOGNISED) -> Finding:
    """What stands on these pages is missing in the text, and what can be done about it.

    Args:
        numbers: At least one, in order.
        advice: What to do, or why it was in vain; by default that recognition is not on.
    """
    are = "were not read, being pictures" if len(numbers) > 1 else "was not read, being a picture"
    message = f"{pages_named(numbers).capitalize()} {are} without text: {advice}"
    return Finding(CODE, Severity.MAJOR, message, page=numbers[0])


def pages_named(numbers: Sequence[int]) -> str:
    """Numbers in order as a person says them: ``page 2``, ``pages 2 and 3``, ``pages 2, 4 and 7 to 9``."""
    parts: list[str] = []
    first = 0
    for place, number in enumerate(numbers, start=1):
        if place < len(numbers) and numbers[place] == number + 1:
            continue
        run = numbers[first:place]
        parts += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run)
        first = place
    told = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    return f"page{'s' if len(numbers) > 1 else ''} {told}"
