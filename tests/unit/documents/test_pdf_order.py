"""The reading order of pages whose text boxes were written in another."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise

import pytest

from shared_code.documents.pdf_order import Line, better_order, disorder, in_reading_order

LETTER = 10.0


@dataclass(frozen=True)
class Box:
    """A text box: its words, a line each, and where its top left corner stands, from the page's top."""

    words: str
    left: float
    top: float
    width: float = 150.0
    leading: float = 12.0


def written(boxes: list[Box]) -> tuple[list[Line], str]:
    """Lines of a page of 800 points, in the order of the boxes, and its text."""
    lines, text = [], ""
    for box in boxes:
        for number, word in enumerate(box.words.split("|")):
            top = 800 - box.top - number * box.leading
            bounds = (box.left, top - LETTER, box.left + box.width, top)
            lines.append(Line(len(text), len(text) + len(word), bounds))
            text += f"{word}\r\n"
    return lines, text


def read(boxes: list[Box]) -> str:
    """The page in reading order, its lines between bars."""
    lines, text = written(boxes)
    return "|".join(text[line.start : line.end] for block in in_reading_order(lines, text) for line in block)


ONE_COLUMN = [
    Box("Amara Example", 50, 50, 300),
    Box("EXPERIENCE", 50, 100),
    Box("Fernwood Ltd|Site manager", 50, 130, 400),
    Box("Oakdale Ltd|Foreman", 50, 180, 400),
    Box("EDUCATION", 50, 230),
    Box("Diploma in Building", 50, 260, 400),
]
TWO_COLUMNS = [
    Box("Amara Example", 50, 30, 500),
    Box("CONTACT", 50, 100, 120),
    Box("amara@example.com|+1 555 0147", 50, 130, 120),
    Box("SKILLS", 50, 200, 120),
    Box("Estimating|Scheduling", 50, 230, 120),
    Box("EXPERIENCE", 220, 100, 300),
    Box("Fernwood Ltd|Site manager", 220, 130, 300),
    Box("Oakdale Ltd|Foreman", 220, 200, 300),
    Box("References on request", 50, 400, 500),
]
DATES_BESIDE = [
    Box("2019 - 2024", 50, 100, 60),
    Box("Fernwood Ltd|Site manager|Led a team of twelve", 150, 100, 300),
    Box("2012 - 2019|Lyon", 50, 160, 60),
    Box("Oakdale Ltd|Foreman|Ran two sites", 150, 160, 300),
    Box("2008 - 2012", 50, 220, 60),
    Box("Harbour College|Diploma", 150, 220, 300),
    Box("Since 2005", 50, 260, 60),
    Box("Volunteer at the harbour", 150, 260, 300),
]
A_DATE_OR_TWO_IN_A_SIDEBAR = [
    Box("CONTACT", 50, 100, 120),
    Box("amara@example.com", 50, 130, 120),
    Box("COURSES", 50, 160, 120),
    Box("First aid, 2019", 50, 190, 120),
    Box("Scaffolding, 2021", 50, 220, 120),
    Box("EXPERIENCE", 220, 100, 300),
    Box("Fernwood Ltd|Site manager", 220, 130, 300),
    Box("Oakdale Ltd|Foreman", 220, 175, 300),
]


def _in_order(boxes: list[Box]) -> str:
    return "|".join(box.words for box in boxes)


@pytest.mark.parametrize("boxes", [ONE_COLUMN, TWO_COLUMNS], ids=["one-column", "two-columns"])
def test_a_page_written_in_order_shows_no_disorder(boxes: list[Box]) -> None:
    """The jump to the top of the next column is none: that line has no other above it there."""
    assert disorder(written(boxes)[0]) == 0


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    "boxes",
    [ONE_COLUMN, TWO_COLUMNS, DATES_BESIDE, A_DATE_OR_TWO_IN_A_SIDEBAR],
    ids=["one-column", "two-columns", "dates-beside", "sidebar-with-dates"],
)
def test_text_boxes_in_any_order_are_read_in_the_same(boxes: list[Box], seed: int) -> None:
    """Whatever was edited last."""
    shuffled = random.Random(seed).sample(boxes, len(boxes))
    assert read(shuffled) == _in_order(boxes)


def test_a_page_of_headings_first_shows_its_disorder() -> None:
    """As a design program writes it: the headings, then what stands below them."""
    headings = [box for box in ONE_COLUMN if box.words.isupper()]
    rest = [box for box in ONE_COLUMN if not box.words.isupper()]
    assert disorder(written(headings + rest)[0]) == 1
    assert read(headings + rest) == _in_order(ONE_COLUMN)


def test_labels_around_a_chart_do_not_tear_the_columns_beside_it() -> None:
    """Two columns so close that no white parts them, and labels that were drawn around a chart."""
    labels = [Box("Sleep", 120, 290, 80), Box("Work", 90, 270, 80), Box("Sport", 60, 310, 80)]
    left = [Box(f"left {n}", 50, 100 + 24 * n, 200) for n in range(6)]
    right = [Box(f"right {n}", 245, 112 + 24 * n, 200) for n in range(6)]
    lines, text = written([*left, *labels, *right])
    assert disorder(lines) == 1
    assert better_order(lines, text) is None


def test_an_order_of_editing_is_worth_changing() -> None:
    """Reading it jumps about the page, and no more when it is in order; what is in order is left alone."""
    lines, text = written(TWO_COLUMNS[::-1])
    ordered = better_order(lines, text)
    assert ordered is not None
    assert [text[block[0].start : block[-1].end] for block in ordered] == [
        box.words.replace("|", "\r\n") for box in TWO_COLUMNS
    ]
    assert better_order(*written(TWO_COLUMNS)) is None


def test_what_was_written_at_one_go_stays_together() -> None:
    """A paragraph is one block, though another's lines stand beside it; so are the pieces of a line."""
    boxes = [ONE_COLUMN[1], Box("one|two|three", 50, 120, 150), Box("uno|dos|tres", 230, 126, 150)]
    assert read([boxes[2], boxes[1], boxes[0]]).split("|")[1:4] == ["one", "two", "three"]
    raised = Box("senior", 205, 110, 60)
    assert read([Box("manager", 50, 112, 150), raised, ONE_COLUMN[0]]) == "Amara Example|manager|senior"
    tight = Box("a|b|c", 50, 100, 200, leading=8)
    assert read([tight, Box("d|e|f", 190, 104, 200, leading=8)]) == "a|b|c|d|e|f"


def test_blocks_with_no_white_between_them_are_read_from_the_top() -> None:
    """Boxes laid over one another can't be cut apart."""
    stairs = [Box(f"step {n}", 50 + 20 * n, 100 + 9 * n, 200) for n in range(6)]
    assert read(stairs[::-1]) == _in_order(stairs)


def test_two_short_lines_side_by_side_are_no_columns() -> None:
    """A name and a title beside it don't make columns of all that follows."""
    boxes = [
        Box("Amara Example", 50, 50, 150),
        Box("Site manager", 400, 70, 150),
        Box("PROFILE", 50, 130, 100),
        Box("Twelve years on site", 50, 160, 500),
        Box("SKILLS", 50, 200, 100),
    ]
    assert read(boxes[::-1]) == _in_order(boxes)


def test_every_line_is_kept_once() -> None:
    """Random boxes, over one another or not."""
    rng = random.Random(7)
    for _ in range(200):
        boxes = [
            Box(f"word {n}", rng.uniform(0, 500), rng.uniform(0, 700), rng.uniform(1, 400)) for n in range(25)
        ]
        lines, text = written(boxes)
        spans = [line for block in in_reading_order(lines, text) for line in block]
        assert sorted(spans) == lines
        assert all(a.start < b.start for block in in_reading_order(lines, text) for a, b in pairwise(block))
