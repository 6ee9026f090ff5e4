"""One target per reader: which files it gets, and what must hold for every one of them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from shared_code.documents import DEFAULT_LIMITS, DocumentText, read_document
from shared_code.documents.detection import declared_format, detect
from shared_code.documents.page_images import (
    MOST_PICTURE_PIXELS,
    ImageLimits,
    can_be_pictured,
    page_images,
)
from shared_code.errors import DocumentError, DocumentTooSlowError
from tests.fuzz import seeds
from tests.fuzz.mutations import edited, in_some_encoding, with_edited_member, with_edited_records

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

File = tuple[bytes, str | None, str | None]  # content, name, media type
MOST_SECONDS = 5.0  # of processor time; the slowest honest CV takes a tenth of one
_RANDOMS = st.randoms(use_true_random=True)
_NAMES = (
    None, "cv", "cv.pdf", "cv.docx", "cv.doc", "cv.odt", "cv.rtf", "cv.html", "cv.xml", "cv.md", "cv.txt",
    "cv.png",
)  # fmt: skip
_MAGIC = (
    b"%PDF-1.7\n", b"PK\x03\x04", b"PK\x05\x06", b"{\\rtf1", b"<html>", b"<?xml ", b"<office:document ",
    b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"\xef\xbb\xbf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\x89PNG\r\n\x1a\n", b"MZ", b"\x1b$B", b"RIFF0000WEBP", b"0000ftypheic",
    b"MIME-Version: 1.0\nmultipart/", b"BM",
)  # fmt: skip
_PDF_WORDS = (
    b"obj", b"endobj", b"stream\n", b"endstream", b"xref", b"trailer", b"/Kids [1 0 R]", b"/Length 0",
    b"/Contents", b"<<", b">>", b"[", b"1 0 R", b"/Type /Page", b"BT", b"ET", b"(x) Tj", b"q", b"Q",
    b"3 Tr", b"0 0 0 0 0 0 cm",
)  # fmt: skip
_RTF_WORDS = (
    b"{", b"}", b"{\\*", b"\\u-10179 ?", b"\\u56832 ?", b"\\uc2 ", b"\\'9", b"\\'81", b"\\bin9 ",
    b"\\bin-1 ", b"\\cell ", b"\\row ", b"\\nestcell ", b"\\nestrow ", b"\\itap9 ", b"\\intbl ", b"\\par ",
    b"\\trowd ", b"{\\fldrslt ", b"{\\field ", b"{\\*\\fldinst HYPERLINK x}", b"{\\footnote ",
    b"{\\header ", b"{\\shptxt ", b"{\\upr", b"\\f7 ", b"\\v ", b"\\plain ", b"{\\fonttbl",
    b"\\fcharset128 ", b"\\cpg65001 ", b"\\ansicpg0 ", b"{\\colortbl;", b"{\\pict ", b"{\\listtext ",
    b"\\\n",
)  # fmt: skip
_XML_WORDS = (
    b"<", b">", b"</", b"/>", b"&#0;", b"&lt;", b"&#x10FFFF;", b"]]>", b"<![CDATA[", b"<!--", b"-->",
    b"<!DOCTYPE x>", b"<?x?>", b" xmlns:w='x'",
)  # fmt: skip
_PAGE_WORDS = (
    *_XML_WORDS, b"<p>", b"</p>", b"<table><tr><td>", b"<li>", b"<div hidden>", b"<a href='x'>", b"</a>",
    b"<script>", b"<pre>", b"style='display:none'", b"&nbsp;", b"&am", b"<h1>", b"data:x/y,", b"'", b'"',
    b"=",
)  # fmt: skip
_TEXT_WORDS = (
    b"\f", b"\r", b"\x00", b"\x1b$B", b"\xff", b"\xe2\x80\xae", b"\xf3\xa0\x81\x81", b"[a](", b"](b)", b"<",
    b"\xc2\xad\n", b"\x81", b"- \n", b"\xef\xbb\xbf", b"![", b"\xcc\x81", b"\xe2\x80\x8b",
    b"\xf0\x9f\x8f\xb4",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A reader and the files it is tried with; ``examples`` are enough for a short run."""

    name: str
    files: st.SearchStrategy[File]
    check: Callable[[File], None]
    examples: int = 40


def check_text(file: File) -> None:
    """A file gives a document within the limits, or a DocumentError, in bounded time; nothing else."""
    content, filename, media_type = file
    started = time.process_time()
    try:
        document = read_document(content, filename=filename, media_type=media_type)
    except DocumentError:
        pass
    else:
        assert isinstance(document, DocumentText)
        assert len(document.text) <= DEFAULT_LIMITS.max_text_characters
        assert document.pages[-1].end == len(document.text)
        document.text.encode()  # half a surrogate pair would break every store behind this
    assert time.process_time() - started < MOST_SECONDS


def check_pictures(file: File) -> None:
    """A file gives pages of sane size in their order, or a DocumentError, in bounded time; nothing else."""
    content, filename, media_type = file
    limits = ImageLimits(max_pages=2, max_pixels=100_000, seconds=MOST_SECONDS)
    try:
        found = detect(content, declared_format(media_type, filename))
        if not can_be_pictured(found):
            return
        drawn = asyncio.run(page_images(content, found, limits))
    except DocumentTooSlowError:
        raise AssertionError("drawing hangs") from None
    except DocumentError:
        return
    assert [page.number for page in drawn.pages] == sorted({page.number for page in drawn.pages})
    assert all(0 < page.width * page.height <= MOST_PICTURE_PIXELS and page.data for page in drawn.pages)
    assert drawn.page_count >= len(drawn.pages)


def _damaged(
    found_in: tuple[bytes, ...], words: tuple[bytes, ...], *, is_archive: bool, random: Random
) -> bytes:
    content = random.choice(found_in)
    if is_archive and random.random() < 0.8:
        return with_edited_member(content, random, words, found_in)
    return edited(content, random, words, found_in)


def _anything(random: Random) -> bytes:
    if random.random() < 0.5:
        return random.choice(_MAGIC) + random.randbytes(random.randrange(600))
    content = edited(random.choice(seeds.EVERYTHING), random, _MAGIC, seeds.EVERYTHING)
    return random.choice(_MAGIC) + content if random.random() < 0.5 else content


def _package(random: Random) -> bytes:
    return with_edited_records(random.choice((*seeds.WORDS, *seeds.ODTS)), random)


def _encoded(random: Random) -> File:
    content, media_type = in_some_encoding(random.choice(seeds.SCRIPTS), random)
    return content, random.choice(("cv.txt", None)), media_type


def _target(
    name: str,
    found_in: tuple[bytes, ...],
    words: tuple[bytes, ...],
    filename: str,
    *,
    is_archive: bool = False,
    check: Callable[[File], None] = check_text,
    examples: int = 40,
) -> Target:
    damage = partial(_damaged, found_in, words, is_archive=is_archive)
    contents = _RANDOMS.map(lambda random: damage(random=random))
    return Target(name, st.tuples(contents, st.just(filename), st.none()), check, examples)


TARGETS = (
    _target("pdf", seeds.PDFS, _PDF_WORDS, "cv.pdf"),
    _target("docx", seeds.WORDS, _XML_WORDS, "cv.docx", is_archive=True),
    _target("rtf", seeds.RTFS, _RTF_WORDS, "cv.rtf"),
    _target("odt", seeds.ODTS, _XML_WORDS, "cv.odt", is_archive=True),
    _target("html", seeds.PAGES, _PAGE_WORDS, "cv.html"),
    _target("text", seeds.TEXTS, _TEXT_WORDS, "cv.txt"),
    _target("markdown", seeds.TEXTS, _TEXT_WORDS, "cv.md"),
    Target("encoding", _RANDOMS.map(_encoded), check_text),
    Target(
        "package",
        st.tuples(_RANDOMS.map(_package), st.sampled_from(("cv.docx", "cv.odt", None)), st.none()),
        check_text,
    ),
    Target(
        "detection",
        st.tuples(_RANDOMS.map(_anything), st.sampled_from(_NAMES), st.none()),
        check_text,
    ),
    _target("pictures", seeds.PICTURES, _MAGIC, "cv.png", check=check_pictures, examples=300),
    _target("drawing", seeds.DRAWN, _PDF_WORDS, "cv.pdf", check=check_pictures, examples=4),  # a process each
)
