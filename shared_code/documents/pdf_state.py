"""State of a PDF that decides over ink and shows in none of PDFium's page objects, found in the file's bytes.

Transfer functions, layers that are off and some patterns make text vanish whose object says black and opaque.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

_MOST_INFLATED = 16 * 1024 * 1024
# One pattern without groups, because a file has a hundred thousand bytes and more.
_TELLING = re.compile(
    rb"/(?:OC(?:Properties|MD|Gs?)?[\s/<>\[(\d%]"
    rb"|TR2?\s*(?:\d|<<|\[|%)|VE\s*(?:\d|<<|\[|%)"  # as keys: /TR is a table row's tag, too
    rb"|PatternType\b|Type3\b|ObjStm)"
)
_DECISIVE, _PATTERNS, _DRAWN_GLYPHS, _OBJECT_STREAMS = {b"/OC", b"/TR", b"/VE"}, b"/Pa", b"/Ty", b"/Ob"
_ESCAPE = re.compile(rb"#[4-7][0-9A-Fa-f]")  # of a letter, which needs none
_NAME_BEFORE = re.compile(rb"/[!$&'*-.0-;=?-Z\\^-z|~]*\Z")
# Spaces of patterns that are given a colour, which PDFium reports instead of a stand-in.
_COLOURED_BY_USE = re.compile(
    rb"/PaintType(?!\s*1\b)|\[\s*/Pattern\s*[^\]\s]|obj\s*/Pattern\b|\[\s*\d+\s+\d+\s+R\s*/(?:Device|Cal|ICC)"
)
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
    parts = [content]
    told = _told(content)
    if _OBJECT_STREAMS in told:
        streams = _object_streams(content)
        if streams is None:
            return UnshownState(is_decisive=True)
        parts += streams
        told |= {name for part in streams for name in _told(part)}
    has_patterns = _PATTERNS in told
    is_decisive = (
        not told.isdisjoint(_DECISIVE)
        or any(map(_spells_names_oddly, parts))
        or (has_patterns and any(map(_COLOURED_BY_USE.search, parts)))
    )
    return UnshownState(is_decisive, has_patterns, _DRAWN_GLYPHS in told)


def _told(part: bytes) -> set[bytes]:
    """The first letters of what is found."""
    return {match[0][:3] for match in _TELLING.finditer(part)}


def _spells_names_oddly(part: bytes) -> bool:
    """Whether a name has an escaped letter, by which any of the others could go unnoticed."""
    return any(
        _NAME_BEFORE.search(part[max(match.start() - 30, 0) : match.start()])
        for match in _ESCAPE.finditer(part)
    )


def _object_streams(content: bytes) -> list[bytes] | None:
    """The unpacked object streams of a file; None where one can't be unpacked."""
    parts = []
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
