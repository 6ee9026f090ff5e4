"""The cleaned text, and the way back to what the CV really says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from local.openai_emulator.cv_reader.source import read_text

NOISY = st.text(alphabet=st.sampled_from("ab A\n\t\r\u200b\u202e\u00a0ﬁ•\\x<>&;"), max_size=60)


@given(NOISY)
def test_every_slice_leads_back_to_the_original(text: str) -> None:
    """Whatever is cut from the clean text is quoted from the original."""
    cv = read_text(text)
    assert len(cv.offsets) == len(cv.clean)
    for line in cv.lines:
        assert cv.clean[line.start : line.end] == line.text
        assert cv.verbatim(line.start, line.end) in text


def test_invisible_characters_are_read_over_and_quoted() -> None:
    """Zero-width characters vanish from reading, not from the quote."""
    cv = read_text("T\u200bo\u200bm Ba\u00adker")
    assert cv.clean == "Tom Baker"
    assert cv.verbatim(0, 3) == "T\u200bo\u200bm"


def test_reversed_text_is_read_as_it_is_shown() -> None:
    """A right-to-left override shows the letters backwards, and so they are read."""
    assert read_text("\u202emoc.elpmaxe@ada\u202c").clean == "ada@example.com"


def test_markup_is_stripped_only_from_markup() -> None:
    """Tags go where the text is markup; angle brackets of a program stay."""
    assert read_text("<cv>\n<label type='x'>Ada</label> R&amp;D</cv>").clean.strip() == "Ada R&D"
    assert read_text("Ada\nvector<int> &amp;").clean == "Ada\nvector<int> &amp;"


def test_long_lines_are_cut_at_their_gaps() -> None:
    """Wide gaps part paragraphs, narrow ones lines, and years that lost their dash stay together."""
    text = "Ada Moreno  Berlin    " + "word " * 50 + "end.    2016  Present: Engineer"
    lines = [(line.text, line.gap) for line in read_text(text).lines]
    assert lines[0] == ("Ada Moreno", False)
    assert lines[1] == ("Berlin", False)
    assert lines[-1] == ("2016  Present: Engineer", True)


def test_page_numbers_are_no_lines() -> None:
    """Footers do not stand between a heading and its text."""
    assert [line.text for line in read_text("Ada\nPage 1 of 2\nAda – 1/2\nBerlin").lines] == ["Ada", "Berlin"]
