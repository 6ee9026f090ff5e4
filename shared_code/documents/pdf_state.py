"""State of a PDF that decides over ink and shows in none of PDFium's page objects, found in the file's bytes.

Transfer functions, layers that are off and some patterns make text vanish whose object says black and opaque.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

_MOST_INFLATED = 16 * 1024 * 1024
_DECISIVE = re.compile(
    rb"/OC(?:Properties|MD|Gs?)?[\s/<>\[(\d%]"
    rb"|/(?:TR2?|VE)\s*(?:\d|<<|\[|%)"  # as a key: /TR is a table row's tag, too
)
_ESCAPE = re.compile(rb"#[4-7][0-9A-Fa-f]")  # of a letter, which needs none
_NAME_BEFORE = re.compile(rb"/[!$&'*-.0-;=?-Z\\^-z|~]*\Z")
# Spaces of patterns that are given a colour, which PDFium reports instead of a stand-in.
_COLOURED_BY_USE = re.compile(
    rb"/PaintType(?!\s*1\b)|\[\s*/Pattern\s*[^\]\s]|obj\s*/Pattern\b|\[\s*\d+\s+\d+\s+R\s*/(?:Device|Cal|ICC)"
)
_PATTERNS = re.compile(rb"/PatternType\b")
_DRAWN_GLYPHS = re.compile(rb"/Type3\b")
_PLAIN_FLATE = re.compile(rb"/Filter\s*(?:/FlateDecode|\[\s*/FlateDecode\s*\])")


@dataclass(frozen=True, slots=True)
class UnshownState:
    """What a file names anywhere.

    ``is_decisive`` leaves no text beyond doubt. With ``has_patterns`` the colours with which PDFium stands in
    for a pattern may be one, and with ``has_drawn_glyphs`` a font's glyphs may be programs that draw nothing.
    """

    is_decisive: bool = False
    has_patterns: bool = False
    has_drawn_glyphs: bool = False


def unshown_state(content: bytes) -> UnshownState:
    """Look through the dictionaries of a file, which stand in its body or in object streams.

    What can't be unpacked (it is encrypted, or filtered twice) counts as decisive.
    """
    parts = _dictionaries(content)
    if parts is None:
        return UnshownState(is_decisive=True)

    def names(pattern: re.Pattern[bytes]) -> bool:
        return any(pattern.search(part) for part in parts)

    has_patterns = names(_PATTERNS)
    is_decisive = (
        names(_DECISIVE) or any(map(_spells_names_oddly, parts)) or (has_patterns and names(_COLOURED_BY_USE))
    )
    return UnshownState(is_decisive, has_patterns, names(_DRAWN_GLYPHS))


def _spells_names_oddly(part: bytes) -> bool:
    """Whether a name has an escaped letter, by which any of the others could go unnoticed."""
    return any(
        _NAME_BEFORE.search(part[max(match.start() - 30, 0) : match.start()])
        for match in _ESCAPE.finditer(part)
    )


def _dictionaries(content: bytes) -> list[bytes] | None:
    """The file and its unpacked object streams; None where one can't be unpacked."""
    parts = [content]
    position, left = content.find(b"/ObjStm"), _MOST_INFLATED
    while position >= 0:
        start = content.find(b"stream", position)
        head = content[max(content.rfind(b"obj", 0, position), position - 2_000) : start]
        if (
            start < 0
            or head.count(b"/Filter") != 1
            or b"/DecodeParms" in head
            or not _PLAIN_FLATE.search(head)
        ):
            return None
        start += 8 if content[start + 6 : start + 8] == b"\r\n" else 7
        try:
            part = zlib.decompressobj().decompress(content[start : start + left], left)
        except zlib.error:
            return None
        left -= len(part)
        if left <= 0:
            return None
        parts.append(part)
        position = content.find(b"/ObjStm", start)
    return parts
