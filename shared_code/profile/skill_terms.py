"""Finding a skill's name in running text, so that C is not C++, Go is not "go" and Java is not JavaScript."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Skills that are everyday words, too: only their own spelling counts.
_EVERYDAY_WORDS = frozenset(
    {
        "access",
        "basic",
        "chef",
        "crystal",
        "dart",
        "dash",
        "electron",
        "ember",
        "excel",
        "express",
        "flash",
        "flow",
        "go",
        "helm",
        "hive",
        "jest",
        "julia",
        "lean",
        "less",
        "logo",
        "meteor",
        "mocha",
        "nest",
        "next",
        "node",
        "notion",
        "oracle",
        "outlook",
        "pig",
        "processing",
        "puppet",
        "react",
        "rest",
        "ruby",
        "rust",
        "sage",
        "salt",
        "scheme",
        "scratch",
        "slack",
        "spark",
        "spring",
        "swift",
        "teams",
        "unity",
        "vault",
        "word",
    }
)
_SEPARATOR = re.compile(r"[\s\-‐‑–_/]+")
_INNER_DOT = re.compile(r"(?<=\w)\\\.(?=\w)")


def normal_text(text: str) -> str:
    """``text`` in the form in which skills are looked for (compatibility forms folded)."""
    return unicodedata.normalize("NFKC", text)


def mentions(names: Iterable[str], text: str) -> bool:
    """Whether ``text`` (from `normal_text`) names the skill by one of ``names``.

    Names match whole, in any case, with or without blanks and hyphens ("machine-learning"), with a plural "s"
    or a version number ("Python 3", "HTML5"). Everyday words ("Go", "Swift") match only with a capital;
    names of up to two letters only in their own spelling, and never inside a compound ("R&D", "C-level").
    """
    folded = text.casefold()
    candidates = (_pattern(name) for name in names if _first_word(name) in folded)
    return any(pattern.search(text) is not None for pattern in candidates if pattern)


def first_mention(name: str, text: str) -> tuple[int, int] | None:
    """The span where ``text`` first names the skill as it is spelled; None where it does not."""
    pattern = _pattern(name, as_spelled=True)
    found = pattern.search(text) if pattern else None
    return found.span() if found else None


@lru_cache(maxsize=4096)
def _first_word(name: str) -> str:
    """What must stand in a folded text for the name to match: a quick test before the pattern."""
    words = [word for word in _SEPARATOR.split(normal_text(name).casefold()) if word]
    return (words[0].split(".")[0] or words[0]) if words else ""


@lru_cache(maxsize=4096)
def _pattern(name: str, *, as_spelled: bool = False) -> re.Pattern[str] | None:
    name = normal_text(name).strip()
    is_short = sum(character.isalnum() for character in name) <= 2
    is_everyday = name.casefold() in _EVERYDAY_WORDS
    if (is_everyday or is_short) and not as_spelled:
        name = name[:1].upper() + name[1:]
    parts = [re.escape(part) for part in _SEPARATOR.split(name) if part]
    if not parts:
        return None
    # "Node.js", "NodeJS" and "Node JS" are one name; ".NET" keeps its dot.
    body = r"[\s\-‐‑–_/]*".join(_INNER_DOT.sub(r"[.\\s]?", part) for part in parts)
    if is_short:
        return re.compile(rf"(?<![\w+#.@&'’\-]){body}{_tail(name)}(?![&'’\-]|\s(?:to|live)\b)")
    return re.compile(rf"(?<![\w+#.@]){body}{_tail(name)}", 0 if is_everyday else re.IGNORECASE)


def _tail(name: str) -> str:
    """What may follow a name: a version; what may not: more of a longer name."""
    if not name[-1].isalnum():
        return r"(?![+#]|[^\W\d_])"
    if name[-1].isalpha() and sum(character.isalpha() for character in name) > 2:
        return r"(?:s|\d+(?:\.\d+)*)?(?![\w+#])(?!\.[^\W_])"
    return r"(?![\w+#])(?!\.\w)"
