"""What a file has a program fetch or start, told apart from paths that only say where something lay.

Word notes the path of its template, in every eighth honest CV. Nothing comes from there
to whoever reads the text, and the path holds a user's name: it is neither reported nor quoted. A machine in
the network learns who opens the file, and what comes from there may carry macros.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from shared_code.documents.cleaning import quote_of
from shared_code.documents.model import Finding, Severity

_MOST_CHARACTERS = 4_096
_KIND_CHARACTERS = 40
_PICTURES = frozenset({"image", "import", "includepicture"})
_PROGRAMS = frozenset({"dde", "ddeauto"})  # started with a command, on whatever machine
_TEXTS = frozenset({"subdocument", "includetext"})  # the document's own text, which is missing then
_WORDS = re.compile(r"[^\s\"]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):", re.IGNORECASE)  # of two letters or more: one names a drive
# Drives and devices; and Word for the Mac writes "file:////Users/", which reads like a server of that name.
_LOCAL = re.compile(
    r"[a-z]:|localhost/|[?.]/(?!unc/)|(?:applications|library|private|users|volumes)/", re.IGNORECASE
)


def outside_finding(kind: str, target: str) -> Finding | None:
    """The finding for something outside of the file; None where nothing is fetched, started or missing.

    A picture is minor: all it does is tell who looks.

    Args:
        kind: what it is to the file, such as "attachedTemplate" or "INCLUDEPICTURE".
        target: as the file has it: an address, a path, or what stands behind a field's name.
    """
    named = kind.lower()
    is_fetched = is_in_network(target)
    if not (is_fetched or named in _PROGRAMS or named in _TEXTS):
        return None
    severity = Severity.MINOR if named in _PICTURES else Severity.MAJOR
    message = f"The file points to an outside resource ({kind[:_KIND_CHARACTERS]}), which was not opened."
    quote = quote_of(target) if is_fetched or named in _PROGRAMS else None
    return Finding("externalRelationship", severity, message, quote)


def is_in_network(target: str) -> bool:
    """Whether a program would ask another machine for it, by http, ftp or their like, or as a share."""
    return any(_is_address(unquote(word)) for word in _WORDS.findall(target[:_MOST_CHARACTERS]))


def _is_address(word: str) -> bool:
    """By Windows' rules, which take either slash: "//server/share", "file://server", not "file:///path"."""
    word = word.replace("\\", "/")
    scheme = _SCHEME.match(word)
    is_file = scheme is not None and scheme[1].lower() == "file"
    if scheme is not None and not is_file:
        return "//" in word
    place = word[scheme.end() :] if scheme is not None else word
    path = place.lstrip("/")
    slashes = len(place) - len(path)
    return slashes > 1 and not (is_file and slashes == 3) and not _LOCAL.match(path)
