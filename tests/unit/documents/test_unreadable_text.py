"""Pages whose fonts don't say which letters they draw are told from honest ones, reported and recognised."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shared_code.documents import DEFAULT_LIMITS, DocumentText, Severity, read_document
from shared_code.documents.ocr import PictureReader, Recognised, RecognitionContext
from shared_code.documents.page_images import PageImage
from shared_code.documents.unreadable_text import is_unreadable, with_marked_gaps
from shared_code.errors import DocumentError, DocumentTooSlowError
from shared_code.reliability.deadline import Deadline
from tests.unit.documents.files import FILLER
from tests.unit.documents.pdf_files import drawing, words

WRITTEN = (
    "Platform engineer in Lisbon since 2016, at Brightwater Analytics (jane@example.com; 40,000 requests/s)"
)
SHIFTED = "".join(chr(ord(c) - 29) if c != " " else "\x03" for c in WRITTEN)  # codes of the glyphs in Arial
RENAMED = "1KBH , >Qvmw?M;N8!QmiHQQFX+QK ?iiTb,ff;Bi?m#X+QKf>Qvm 1/m+iBQM_2b2`+?*2Mi2` S~(2Ct+0{V7]d"
TEXT = "A Platform Engineer of Lisbon, who knows what a sidebar is and why it is there"
# Drawn signs without names: PDFium takes their codes for letters, and says so.
UNNAMED = (
    "<</Type/Font/Subtype/Type3/FontBBox[0 0 500 700]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 3/LastChar 126"
    f"/CharProcs<</a 6 0 R>>/Encoding<</Differences[3{'/a' * 124}]>>/Widths[{'500 ' * 124}]>>"
)
SIGN = "<</Length 38>>stream\n500 0 0 0 500 700 d1 50 0 400 700 re f \nendstream"
# The file's own table gives every letter the code zero.
ZEROED = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
PAIRS = " ".join(f"<{code:02x}><0000>" for code in range(32, 127))
TABLE = f"begincmap 1 begincodespacerange <00><ff> endcodespacerange 95 beginbfchar {PAIRS} endbfchar endcmap"
ZEROES = f"<</Length {len(TABLE)}>>stream\n{TABLE}\nendstream"


def escaped(text: str) -> str:
    """As a string of a PDF."""
    return "".join(f"\\{ord(c):03o}" for c in text)


def unnamed(text: str) -> bytes:
    """A page with a text in a font without names, and an ordinary line."""
    return drawing(words(escaped(text), size=5, font="F5"), UNNAMED, SIGN)


@pytest.mark.parametrize(
    ("text", "is_guessed"),
    [
        pytest.param(SHIFTED, True, id="codes of glyphs"),
        pytest.param(SHIFTED, False, id="codes of glyphs that the file gives for letters"),
        pytest.param(RENAMED, True, id="letters for other letters"),
        pytest.param(
            "简历 " + "\x04\x05\x06\x07" * 5 + " 个人信息教育经历工作经验" * 5, False, id="part of a page"
        ),
    ],
)
def test_codes_are_no_writing(text: str, *, is_guessed: bool) -> None:
    """Control characters in words, or words that no language has, where nothing names the letters."""
    assert is_unreadable(text, is_guessed=is_guessed)


@pytest.mark.parametrize(
    ("text", "is_guessed"),
    [
        pytest.param(WRITTEN, True, id="fonts without names that are right"),
        pytest.param(RENAMED, False, id="fonts with names"),
        pytest.param("\r\n".join(["\x88 Python and Go", "\x83 +44 7700 900123"] * 9), True, id="icons"),
        pytest.param("\x14 \x14 \x14 \x14 \x14\r\nPython \x14 \x14 \x14\r\n" * 9, True, id="stars"),
        pytest.param("Skills\r\nGo\r\nC\r\nRust\r\n" * 9, True, id="short lines"),
        pytest.param(RENAMED + "\r\nscienti\x1cc", False, id="fonts with names and a sign"),
        pytest.param(WRITTEN + "\r\nscienti\x1cc", True, id="one sign in a word"),
        pytest.param(
            "メニューの「スタート」⇒「コントロールパネル」を押下します。※一覧の中にあるソフト",
            True,
            id="Japanese",
        ),
        pytest.param(
            "1 2 3 4 5 2019-2023 40% +44 7700 900123 C++/C# 12.05.2016 (3) [4] {5}", True, id="figures"
        ),
        pytest.param(
            "a soft\x02\r\nware engineer of Lisbon since 2016\x02\r\n" * 3, False, id="hyphens of PDFium"
        ),
        pytest.param(SHIFTED[:30], True, id="too short to tell"),
    ],
)
def test_honest_pages_are_writing(text: str, *, is_guessed: bool) -> None:
    """Icons stand by themselves, and many fonts without names use the usual codes."""
    assert not is_unreadable(text, is_guessed=is_guessed)


def test_missing_characters_count() -> None:
    """Characters of code zero are not in the text at all."""
    assert is_unreadable(WRITTEN, missing=20)
    assert not is_unreadable(WRITTEN, missing=1)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("scienti\x1bc", "scienti\ufffdc"),
        ("2016\x152019", "2016\ufffd2019"),
        ("approa\rh", "approa\ufffdh"),
        ("a\x03\x04b", "a\ufffd\ufffdb"),
        ("\x88 Lisbon \x83 +44\n", "\x88 Lisbon \x83 +44\n"),
        ("soft\x02\nware", "soft\x02\nware"),
        ("Lisbon\t\r \xa0Porto", "Lisbon\t\r \xa0Porto"),
        ("X\x03 must", "X\x03 must"),
    ],
    ids=["letter", "figure", "return", "two", "icons", "hyphen", "Quartz", "at the end"],
)
def test_no_letter_vanishes_from_its_word(text: str, marked: str) -> None:
    """A reader sees that something is missing, and where; signs between words are left to be cleaned away."""
    assert with_marked_gaps(text) == marked


def test_gap_in_a_word_is_in_the_document() -> None:
    """No guess is made of what stood there, and the halves are not joined to a word that nobody wrote."""
    assert "Plat\ufffdform" in read_document(unnamed("Plat\x05form engineers and a sidebar of Lisbon")).text


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(unnamed(SHIFTED), id="codes"),
        pytest.param(unnamed(RENAMED * 2), id="other letters"),
        pytest.param(drawing(words(WRITTEN, font="F5"), ZEROED, ZEROES), id="zeroes"),
    ],
)
def test_unreadable_page_is_reported_and_may_be_recognised(content: bytes) -> None:
    """It is no picture, and isn't called one."""
    document = read_document(content)
    assert [(f.code, f.severity, f.page) for f in document.findings] == [
        ("unreadableText", Severity.MAJOR, 1)
    ]
    assert "export the CV again" in document.findings[0].message
    assert document.unread_pages == (1,)


def test_right_letters_without_names_are_not_reported() -> None:
    """TeX's drawn fonts have no names, and nearly always the usual codes."""
    document = read_document(unnamed(TEXT))
    assert TEXT in document.text
    assert (document.findings, document.unread_pages) == ((), ())


class Scripted:
    """Recognises the same on every page, or fails."""

    name = "scripted"

    def __init__(self, text: str, failure: DocumentError | None = None) -> None:
        self._text = text
        self._failure = failure

    async def read(self, pages: Sequence[PageImage], context: RecognitionContext) -> Recognised:
        if self._failure is not None:
            raise self._failure
        return Recognised((self._text,) * len(pages))


async def _completed(provider: Scripted) -> DocumentText:
    content = unnamed(SHIFTED)
    context = RecognitionContext("d1", Deadline.after(60.0))
    reader = PictureReader(lambda: provider)
    return (await reader.complete(content, read_document(content), context, limits=DEFAULT_LIMITS)).document


async def test_recognised_text_takes_the_place_of_the_codes() -> None:
    """What the picture of the page says is what a person reads; the finding goes with the codes."""
    document = await _completed(Scripted(f"{FILLER}\n{WRITTEN}"))
    assert document.text == f"{FILLER}\n{WRITTEN}"
    assert ([f.code for f in document.findings], document.unread_pages) == (["ocr"], ())


@pytest.mark.parametrize(
    ("provider", "codes"),
    [
        pytest.param(Scripted(" "), ["unreadableText", "unreadablePage"], id="nothing recognised"),
        pytest.param(Scripted("", DocumentTooSlowError("Too slow.")), ["unreadableText"], id="in vain"),
    ],
)
async def test_what_is_not_recognised_stays_reported(provider: Scripted, codes: list[str]) -> None:
    """The codes stay, too: nothing better is there."""
    document = await _completed(provider)
    assert sorted(f.code for f in document.findings) == sorted(codes)
    assert document.text.startswith(FILLER)
