"""HTML and simple XML: what a browser would show, with blocks as lines and cells beside each other.

The standard library's parser is not used: ``"<a " * 30_000`` (90 KB) keeps it busy for a minute. Every
pattern here stops at the next ``<``, so reading takes time in proportion to the size.
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape, unescape
from typing import TYPE_CHECKING

from shared_code.documents.cleaning import hidden_text_finding
from shared_code.documents.encoding import decode
from shared_code.documents.formats import Format
from shared_code.documents.html_styles import ElementLook, PageStyles
from shared_code.documents.model import Finding, Link, RawDocument
from shared_code.documents.visibility import Verdict, leave_gap
from shared_code.errors import DocumentTooLargeError

if TYPE_CHECKING:
    from shared_code.documents.formats import Source

_COMMENT = re.compile(r"<!--.*?(?:--!?>|\Z)", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_DECLARATION = re.compile(r"<[!?][^<>]*>?")
_RAW_ELEMENT = re.compile(
    r"<(script|style|template|noscript|svg|object|iframe|title|textarea|select)\b[^<>]*>.*?(?:</\1\b[^<>]*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(
    r"<(/?)([a-zA-Z][\w:.-]*+)(?:((?>[^<>\"']+|\"[^\"<]*\"|'[^'<]*')*+)>|([^<>]*)>)"  # 4: broken quotes
)
_ATTRIBUTE = re.compile(r"([^\s=\"'/]++)(?:\s*+=\s*+(\"[^\"]*\"|'[^']*'|[^\s\"'>]++))?")
_EMPTY_BULLET = re.compile(r"^•\n+(?!•)", re.MULTILINE)  # the item's text stands in a paragraph of its own
_DATA_URI = re.compile(r"data:[\w/+.;=-]{1,100},[^\"'\s<>)]*")
# The look-behinds keep a long run of spaces from being tried at each of its positions.
_AROUND_TABS = re.compile(r"(?<! ) *+\t[ \t]*")
_AROUND_NEWLINES = re.compile(r"(?<![ \t])[ \t]*+[\n\v][ \t\n\v]*")
_BLOCK_NAMES = """
address article aside blockquote body br caption center dd details div dl dt fieldset figcaption
figure footer form header hr html legend li main nav ol option p pre section summary table tbody
tfoot thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_CLOSED_BY_THEMSELVES = frozenset(["dd", "dt", "li", "option", "p", "td", "th", "tr"])
_VOID_NAMES = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split())
_DEEPEST = 2_000
_MOST_CHARACTERS = 3_000_000  # of markup, pictures and scripts left out; Word writes 300,000 for a long CV
_HEADING_MARK = "\v"


def read_html(source: Source, /) -> RawDocument:
    """Visible text and links of a page; XML is read as its text with the tags left out.

    Elements that nobody sees, by attribute or style, are dropped and reported.

    Raises:
        DocumentTooLargeError: more than three million characters of markup.
        NoTextError: the bytes are no text in any encoding.
    """
    markup = decode(source.content, source.charset)
    styles = PageStyles("" if source.format is Format.XML else markup[:_MOST_CHARACTERS])
    if source.format is Format.XML:
        markup = _CDATA.sub(lambda match: escape(match[1]), markup)
        markup = _COMMENT.sub("", markup).replace("><", ">\n<")
    else:
        markup = _RAW_ELEMENT.sub("", _COMMENT.sub("", markup))
    markup = _DATA_URI.sub("", _DECLARATION.sub("", markup))
    if len(markup) > _MOST_CHARACTERS:
        raise DocumentTooLargeError("The page has more markup than any CV: save it as PDF and send that.")
    page = _Page(styles, collapses_spaces=source.format is not Format.XML)
    page.read(markup)
    findings: tuple[Finding, ...] = ()
    hidden = " ".join("".join(page.hidden).split())
    if any(c.isalpha() for c in hidden):
        message = (
            "Elements that a browser doesn't show, or where nobody sees them, hold text; it was left out."
        )
        findings = (hidden_text_finding(message, hidden),)
    return RawDocument("html", (page.text(),), tuple(page.links), findings)


class _Page:
    """Collects visible text while tags go by."""

    def __init__(self, styles: PageStyles, *, collapses_spaces: bool) -> None:
        self.parts: list[str] = []
        self.links: list[Link] = []
        self.hidden: list[str] = []
        self._collapses_spaces = collapses_spaces
        self._styles = styles
        self._open: list[
            tuple[str, ElementLook, Verdict]
        ] = []  # open elements with how they look around them
        self._open_names: Counter[str] = Counter()
        self._look = styles.root()
        self._verdict = Verdict.SEEN
        self._anchor: tuple[str, int] | None = None

    def read(self, markup: str) -> None:
        """Take in a whole page."""
        end = 0
        for tag in _TAG.finditer(markup):
            self._text(markup[end : tag.start()])
            end = tag.end()
            name = tag[2].lower()
            if tag[1]:
                self._close(name)
            else:
                self._start(name, tag[3] if tag[3] is not None else tag[4])
        self._text(markup[end:])
        self._end_anchor()

    def text(self) -> str:
        """The page's lines: one newline between blocks, a blank line before headings."""
        text = "".join(self.parts)
        if self._collapses_spaces:
            text = _AROUND_TABS.sub("\t", text)
        text = _AROUND_NEWLINES.sub(lambda found: "\n\n" if _HEADING_MARK in found[0] else "\n", text)
        return _EMPTY_BULLET.sub("• ", text)

    def _text(self, raw: str) -> None:
        if not raw:
            return
        text = unescape(raw)
        if self._verdict is not Verdict.SEEN:
            self.hidden.append(text)
            if self._verdict is Verdict.GONE:
                return
            if not text.isspace():
                leave_gap(self.parts)
                return
        if self._collapses_spaces and "pre" not in self._open_names:
            text = re.sub(r"[ \t\r\n\f\v]+", " ", text)
            if text.startswith(" ") and (not self.parts or self.parts[-1][-1:] in " \n\t\v"):
                text = text[1:]
        if text:
            self.parts.append(text)

    def _start(self, name: str, rest: str) -> None:
        if name in _CLOSED_BY_THEMSELVES and self._open and self._open[-1][0] == name:
            self._pop()
        attributes = _attributes(rest) if rest.strip("/ \t\r\n") else {}
        if not self._look.is_gone:
            self._break_before(name)
            if name == "a" and attributes.get("href", "#")[:1] != "#":
                self._end_anchor()
                self._anchor = (attributes["href"], len(self.parts))
        if name in _VOID or rest.endswith("/") or len(self._open) >= _DEEPEST:
            return
        self._open.append((name, self._look, self._verdict))
        self._open_names[name] += 1
        look = self._styles.look(name, attributes, self._look)
        if look is not self._look:
            self._look, self._verdict = look, look.verdict(self._styles)

    def _close(self, name: str) -> None:
        if name == "a":
            self._end_anchor()
        if name in self._open_names:
            while self._pop() != name:
                pass
        if not self._look.is_gone and (name in _BLOCKS or name in _HEADINGS):
            self.parts.append("\n")

    def _pop(self) -> str:
        name, self._look, self._verdict = self._open.pop()
        self._open_names[name] -= 1
        if not self._open_names[name]:
            del self._open_names[name]
        return name

    def _break_before(self, name: str) -> None:
        if name in _HEADINGS:
            self.parts.append(_HEADING_MARK)
        elif name in _BLOCKS:
            self.parts.append("\n• " if name == "li" else "\n")
        elif name in {"td", "th"} and self.parts and self.parts[-1][-1:] not in "\n\v":
            self.parts.append("\t")

    def _end_anchor(self) -> None:
        if self._anchor is None:
            return
        target, start = self._anchor
        self._anchor = None
        text = "".join(self.parts[start:]).replace(_HEADING_MARK, " ")
        self.links.append(Link(target, " ".join(text.split()), 1))


def _attributes(rest: str) -> dict[str, str]:
    """Attributes of a start tag; the first of a name counts, as in browsers."""
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(rest):
        found.setdefault(name.lower(), unescape(value.strip("\"'")))
    return found
