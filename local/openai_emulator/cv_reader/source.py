"""The text of a CV made readable: markup, escapes and invisible characters out, every character traceable."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from local.openai_emulator.cv_reader.long_lines import cut_long_lines
from local.openai_emulator.cv_reader.structured import parse
from local.openai_emulator.cv_reader.structured_layout import laid_out

INVISIBLE = "\u200b-\u200f\u2060-\u2064\ufeff\u00ad\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f\x00"
_BULLETS = "•●◦▪■◆◇➢➤‣∙○□❖✓✔✦★→»·*➔❯►▸\uf0b7\uf0a7\ufffd"
_BULLET = re.compile(rf"^(?:[{_BULLETS}\ue000-\uf8ff]+\s*|[-–—]\s+|o\s+(?=[A-Z])|\\fa\w+\s*)+:?\s*")
_ESCAPES = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_ICONS = re.compile("[\ue000-\uf8ff]")
_HYPHENS = re.compile("[\x02\ufffe]")  # what a PDF reader leaves of a hyphen at a line's end
_SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_WIDE_DASH = "\uff0d"
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"}
_REVERSED = re.compile("\u202e([^\u202c\n]*)\u202c?")
_TAG = r"<\?[^>\n]{0,200}\?>|<!--.{0,500}?-->|</?[A-Za-z][\w:.-]{0,40}(?:\s[^<>]{0,300})?/?>"
_ENTITY = r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});"
_PLAIN = (
    rf"\u202e[^\u202c\n]*\u202c?|[{INVISIBLE}]|\r\n?|[\x0b\x0c\x85\u2028\u2029]"
    rf"|{_SPACES.pattern}|[ﬀﬁﬂﬃﬄ]|{_ESCAPES.pattern}"
)
_TRANSFORM_PLAIN = re.compile(_PLAIN)
_IS_MARKDOWN = re.compile(r"^#{1,4} \S", re.MULTILINE)
_TRANSFORM_MARKDOWN = re.compile(
    rf"^#{{1,6}} +|\*\*|__|(?<!\w)[*_`](?=\S)|(?<=\S)[*_`](?!\w)|{_PLAIN}", re.MULTILINE
)
_TRANSFORM_MARKUP = re.compile(f"{_TAG}|{_ENTITY}|{_PLAIN}", re.DOTALL)
_WORDY = re.compile(r"\w")
_MONTH_YEAR = r"(?:[A-Za-zÀ-ÿ]{3,9}\.? |\d{1,2}[./])?(?:19|20)\d\d"
_BROKEN_PERIOD = re.compile(
    rf"^({_MONTH_YEAR} ?[-–—])[ ]?\n(?=(?:{_MONTH_YEAR}|present|current|now|today|heute|aktuell|dato)[ ]*$)",
    re.IGNORECASE | re.MULTILINE,
)
_PAGE_NUMBER = re.compile(
    r"^(?:.{0,60}?(?:[-–—|·]|\b(?:page|seite|página|pagina)\b)\s*|c European Union.*)?(?:page|seite"
    r"|página)?\s*"
    r"\d{1,2}\s*(?:/|of|von|de)\s*\d{1,2}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its bullet: ``text`` is ``clean[start:end]``; ``gap``: blank lines stand before it."""

    index: int
    start: int
    end: int
    text: str
    bullet: bool
    gap: bool


@dataclass(frozen=True)
class CvText:
    """The CV as written (``original``) and as read (``clean``), with the way back from one to the other."""

    original: str
    clean: str
    offsets: tuple[int, ...]

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines that hold text, page numbers left out."""
        return tuple(_lines(self.clean))

    @cached_property
    def _starts(self) -> list[int]:
        return [line.start for line in self.lines]

    def line_at(self, offset: int) -> Line | None:
        """The line that holds the character at ``offset``, or the nearest before it."""
        place = bisect_right(self._starts, offset) - 1
        return self.lines[place] if place >= 0 else None

    def verbatim(self, start: int, end: int) -> str:
        """What the CV itself says at ``clean[start:end]``: always a substring of the original."""
        if end <= start:
            return ""
        first, last = self.offsets[start], self.offsets[end - 1]
        return self.original[min(first, last) : max(first, last) + 1]

    def quote(self, phrase: str) -> str | None:
        """``phrase`` as the CV writes it, or None where it does not stand in it."""
        place = self.clean.find(phrase)
        if place < 0:
            pattern = r"\s+".join(re.escape(word) for word in phrase.split())
            match = re.search(pattern, self.clean) if pattern else None
            return self.verbatim(match.start(), match.end()) if match else None
        return self.verbatim(place, place + len(phrase))


def read_text(original: str) -> CvText:
    """Strip what hides text or wraps it, and cut endless lines where their columns were."""
    if (tree := parse(original)) is not None:
        text, origins = laid_out(tree)
        page = read_text(text)
        return CvText(original, page.clean, tuple(origins[offset] for offset in page.offsets))
    markup = original.lstrip('\ufeff \t\r\n"').startswith("<")
    plain = _TRANSFORM_MARKDOWN if _IS_MARKDOWN.search(original) else _TRANSFORM_PLAIN
    transform = _TRANSFORM_MARKUP if markup else plain
    pieces: list[str] = []
    offsets: list[int] = []
    done = 0
    for match in transform.finditer(original):
        pieces.append(original[done : match.start()])
        offsets.extend(range(done, match.start()))
        replacement = _replace(match.group())
        pieces.append(replacement)
        offsets.extend(_origins(match, replacement))
        done = match.end()
    pieces.append(original[done:])
    offsets.extend(range(done, len(original)))
    text = _HYPHENS.sub("-", _ICONS.sub("•", "".join(pieces))).replace(_WIDE_DASH, "–")
    text = _BROKEN_PERIOD.sub(lambda match: match[0][:-1] + " ", text)
    return CvText(original, cut_long_lines(text), tuple(offsets))


def _origins(match: re.Match[str], replacement: str) -> list[int]:
    if match.group().startswith("\u202e"):
        first = match.start() + 1
        return list(range(first + len(replacement) - 1, first - 1, -1))
    return [match.start()] * max(len(replacement) - 1, 0) + [match.end() - 1] * min(len(replacement), 1)


def _replace(found: str) -> str:
    if found.startswith("<"):
        return "" if re.match(r"</?(?:label|cv|b|i|em|strong|span|a|\?xml)\b|<\?", found) else "\n"
    if found.startswith("&"):
        return html.unescape(found)
    if found.startswith("\\"):
        return bytes.fromhex(found.replace("\\x", "")).decode("utf-8", "replace")
    if found.startswith("\u202e"):
        return found.strip("\u202e\u202c")[::-1]
    if found in _LIGATURES:
        return _LIGATURES[found]
    if found[0] in "#*_`":
        return ""
    if found[0] in "\r\x0b\x0c\x85\u2028\u2029":
        return "\n"
    return " " if _SPACES.match(found) else ""


def _lines(clean: str) -> list[Line]:
    found: list[Line] = []
    position, gap, marked = 0, False, False
    for raw in clean.split("\n"):
        body = raw.strip().strip('"').rstrip(" •").strip()
        if not body or not _WORDY.search(body):
            gap, marked = True, marked or bool(body and _BULLET.fullmatch(raw.strip()))
        elif _BULLET.fullmatch(raw.strip()):
            marked = True
        elif not _PAGE_NUMBER.match(body):
            shift = raw.find(body)
            bullet = _BULLET.match(body)
            cut = bullet.end() if bullet else 0
            start = position + shift + cut
            text = body[cut:]
            found.append(Line(len(found), start, start + len(text), text, bool(bullet) or marked, gap))
            gap = marked = False
        position += len(raw) + 1
    return found
