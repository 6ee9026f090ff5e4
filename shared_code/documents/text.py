"""Plain text and Markdown: decoded, split at form feeds, Markdown links turned into links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared_code.documents.encoding import decode
from shared_code.documents.formats import Format
from shared_code.documents.model import Link, RawDocument
from shared_code.errors import NoTextError

if TYPE_CHECKING:
    from shared_code.documents.formats import Source

_INLINE_LINK = re.compile(
    r"(?P<image>!?)\[(?P<label>[^\[\]]{0,400})\]\(\s{0,9}<?(?P<target>[^()\s<>]{1,2000}(?:\([^()\s<>]{0,200}\)[^()\s<>]{0,200})?)>?"
    r"(?:\s{1,9}[\"'(][^\n]{0,200}?[\"')])?\s{0,9}\)"
)
_AUTO_LINK = re.compile(
    r"<((?:https?://|mailto:|tel:)[^<>\s]{1,2000}|[^<>\s@]{1,64}@[^<>\s@]{1,255}\.[^<>\s@]{1,63})>"
)
_UNREADABLE_SHARE = 5  # more than one replacement character in five means it was never text


def read_text(source: Source, /) -> RawDocument:
    """Pages of a text file: form feeds part them, as ``pdftotext`` and printers write them.

    Raises:
        NoTextError: the bytes are no text in any encoding.
    """
    text = decode(source.content, source.charset)
    if text.count("\ufffd") * _UNREADABLE_SHARE > len(text):
        raise NoTextError("The file holds no readable text: save the CV as PDF or DOCX and send that.")
    if source.format is not Format.MARKDOWN:
        return RawDocument("text", tuple(text.split("\f")))
    pages: list[str] = []
    links: list[Link] = []
    for number, page in enumerate(text.split("\f"), start=1):
        pages.append(_without_link_marks(page, number, links))
    return RawDocument("markdown", tuple(pages), tuple(links))


def _without_link_marks(page: str, number: int, links: list[Link]) -> str:
    """Markdown as it stands, but ``[label](target)`` as its label and ``<target>`` as the target."""

    def label_of(match: re.Match[str]) -> str:
        if match["image"]:
            return match["label"]
        links.append(Link(match["target"], match["label"], number))
        return match["label"]

    def target_of(match: re.Match[str]) -> str:
        target = match[1]
        links.append(Link(target if ":" in target else f"mailto:{target}", target, number))
        return target

    # A badge is an image inside a link, so images go first.
    page = _INLINE_LINK.sub(lambda match: label_of(match) if match["image"] else match[0], page)
    return _AUTO_LINK.sub(target_of, _INLINE_LINK.sub(label_of, page))
