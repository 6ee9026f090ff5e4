"""A page of very many links is read in bounded time: each place once, and no more than anybody looks at."""

from __future__ import annotations

from shared_code.documents import read_document
from tests.unit.documents.files import FILLER
from tests.unit.documents.pdf_files import A4, drawing

_MOST_ANNOTATIONS = 1_000


def page_of_links(repeated: int) -> bytes:
    """One link at the same place so many times, then another one."""
    first, last = (
        f"<</Type/Annot/Subtype/Link/Rect[50 {bottom} 300 {bottom + 15}]/A<</S/URI/URI({target})>>>>"
        for bottom, target in ((795, "https://example.com/first"), (100, "https://example.com/last"))
    )
    return drawing("", page=f"{A4}/Annots[{first * repeated}{last}]")


def test_link_that_is_repeated_is_told_once() -> None:
    """Its place and target say nothing new, and don't use up the room of others."""
    links = read_document(page_of_links(_MOST_ANNOTATIONS - 1)).links
    assert [(link.target, link.text) for link in links] == [
        ("https://example.com/first", FILLER[: len(links[0].text)]),
        ("https://example.com/last", ""),
    ]


def test_links_beyond_the_bound_are_left() -> None:
    """Looking at each of them costs a walk over all letters of the page."""
    links = read_document(page_of_links(_MOST_ANNOTATIONS)).links
    assert [link.target for link in links] == ["https://example.com/first"]
