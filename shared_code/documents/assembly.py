"""A reader's raw pages become the finished document: cleaned, joined, bounded and looked over."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from shared_code.documents.cleaning import clean
from shared_code.documents.injection import injection_findings
from shared_code.documents.look_alikes import mixed_script_findings
from shared_code.documents.model import DocumentText, Finding, Link, Page, RawDocument, Severity
from shared_code.documents.unread_pages import CODE as UNREAD_PAGES
from shared_code.documents.unread_pages import OPERATORS_PART, unread_pages_finding
from shared_code.documents.unreadable_text import CODE as UNREADABLE_TEXT
from shared_code.documents.unreadable_text import without_unreadable
from shared_code.errors import DocumentTooLargeError, NoTextError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shared_code.documents.model import DocumentLimits

_PAGE_BREAK = "\n\n"
_LEAST_LETTERS = 20  # a name and an address; less is a scan's noise or a blank form
_MOST_LINKS = 2_000
_MOST_TARGET_CHARACTERS = 2_048
_FOUND_IN_THE_WHOLE_TEXT = frozenset({"mixedScript", "promptInjection"})
_ACTIVE_TARGET = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)


def assemble(raw: RawDocument, *, media_type: str, limits: DocumentLimits) -> DocumentText:
    """The document as the rest of the house sees it.

    Raises:
        DocumentTooLargeError: more text than ``limits.max_text_characters``.
        NoTextError: fewer than 20 letters in all.
    """
    if sum(map(len, raw.pages)) > 2 * limits.max_text_characters:
        raise _too_much_text(limits)
    cleaned = [clean(page) for page in raw.pages]
    text, pages = _join([page.text for page in cleaned])
    if len(text) > limits.max_text_characters:
        raise _too_much_text(limits)
    if not _has_letters(text):
        raise NoTextError(_no_text_message(raw))
    findings = [
        replace(finding, page=number)
        for number, page in enumerate(cleaned, start=1)
        for finding in page.findings
    ]
    links, link_findings = _clean_links(raw.links)
    findings += [*raw.findings, *link_findings, *mixed_script_findings(text)]
    pictures = without_unreadable(raw.unread_pages, raw.findings)
    if pictures:
        findings.append(unread_pages_finding(pictures))
    document = DocumentText(text, media_type, raw.reader, pages, links, unread_pages=raw.unread_pages)
    findings += [
        replace(finding, page=document.page_at(offset)) for offset, finding in injection_findings(text)
    ]
    return replace(document, findings=tuple(dict.fromkeys(findings)))


def with_pages(
    document: DocumentText,
    texts: Mapping[int, str],
    findings: Iterable[Finding],
    *,
    reader: str,
    limits: DocumentLimits,
) -> DocumentText:
    """The document with other texts on some pages, and what is to be said of its unread pages now.

    Args:
        document: As it was assembled.
        texts: By the pages' numbers, as they came.
        findings: Take the place of the one about unread pages.
        reader: Whose the texts are.
        limits: Hold for the new text.

    Raises:
        DocumentTooLargeError: See ``assemble``.
    """
    stale = {UNREAD_PAGES} | _FOUND_IN_THE_WHOLE_TEXT
    kept = [
        finding
        for finding in document.findings
        if finding.code not in stale and not (finding.code == UNREADABLE_TEXT and finding.page in texts)
    ]
    pages = (texts.get(page.number, document.text[page.start : page.end]) for page in document.pages)
    raw = RawDocument(reader, tuple(pages), document.links, (*kept, *findings))
    return assemble(raw, media_type=document.media_type, limits=limits)


def _join(texts: Sequence[str]) -> tuple[str, tuple[Page, ...]]:
    """All pages as one text, a blank line between two that hold something, and where each stands."""
    parts: list[str] = []
    pages: list[Page] = []
    length = 0
    for number, text in enumerate(texts, start=1):
        if text and length:
            parts.append(_PAGE_BREAK)
            length += len(_PAGE_BREAK)
        parts.append(text)
        pages.append(Page(number, length, length + len(text)))
        length += len(text)
    return "".join(parts), tuple(pages) or (Page(1, 0, 0),)


def _clean_links(links: Iterable[Link]) -> tuple[tuple[Link, ...], list[Finding]]:
    kept: dict[Link, None] = {}
    active = 0
    for link in islice(dict.fromkeys(links), _MOST_LINKS):
        target = clean(link.target).text.replace("\n", "")
        if not target or len(target) > _MOST_TARGET_CHARACTERS:
            continue
        if _ACTIVE_TARGET.match(target):
            active += 1
            continue
        kept[Link(target, " ".join(clean(link.text).text.split()), link.page)] = None
    if not active:
        return tuple(kept), []
    message = f"{active} link(s) would run a script or carry data; they were dropped."
    return tuple(kept), [Finding("javascript", Severity.MAJOR, message)]


def _has_letters(text: str) -> bool:
    letters = 0
    for character in text:
        letters += character.isalpha()
        if letters >= _LEAST_LETTERS:
            return True
    return False


def _no_text_message(raw: RawDocument) -> str:
    if raw.has_images:
        return (
            "The file holds pictures of pages but no text (a scan): export the CV from the program it was "
            "written in, or have its text recognised in a scanning program, and send that. "
            f"{OPERATORS_PART}"
        )
    return "The file opens, but next to nothing is written in it: check that the right file was sent."


def _too_much_text(limits: DocumentLimits) -> DocumentTooLargeError:
    return DocumentTooLargeError(
        f"The file holds more than {limits.max_text_characters:,} characters of text: send the CV alone."
    )
