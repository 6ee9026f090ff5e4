"""When text can't be seen on paper, for formats that say how it looks."""

from __future__ import annotations

_NEARLY_WHITE = 0xF2  # Word's "white, darker 5 %": a contrast of 1.1 to 1


def is_paper_white(red: int, green: int, blue: int) -> bool:
    """Whether a colour (0 to 255 each) can't be told from white paper."""
    return min(red, green, blue) >= _NEARLY_WHITE
