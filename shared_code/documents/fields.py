"""Field codes as Word writes them into DOCX and RTF alike."""

from __future__ import annotations

import re

_HYPERLINK = re.compile(r"\s*HYPERLINK\s+(?:\\[mnt]\s+)*(?:\"([^\"]*)\"|([^\s\\]\S*))", re.IGNORECASE)


def hyperlink_target(instruction: str) -> str:
    """Where a ``HYPERLINK`` field leads, "" for every other field and for places inside the document."""
    match = _HYPERLINK.match(instruction)
    return (match[1] or match[2] or "") if match else ""
