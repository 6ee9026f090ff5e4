"""Words without ink that something else draws: what a person reads stays, and a forger gains nothing."""

from __future__ import annotations

import random

import pytest

from shared_code.documents import DocumentText, Severity, read_document
from tests.unit.documents.files import FILLER
from tests.unit.documents.pdf_files import drawing, stream, words

NO_INK, INK = "/G gs ", "/O gs "
STATES = "/ExtGState<</G<</ca 0>>/O<</ca 1>>>>"
# Helvetica's letters of straight strokes: advance, and rectangles in thousandths of the size.
STROKES = {
    "E": (667, ((86, 0, 95, 718), (86, 0, 530, 82), (86, 336, 491, 82), (86, 636, 530, 82))),
    "F": (611, ((86, 0, 95, 718), (86, 320, 440, 82), (86, 636, 497, 82))),
    "H": (722, ((78, 0, 95, 718), (549, 0, 95, 718), (78, 330, 566, 85))),
    "I": (278, ((91, 0, 95, 718),)),
    "L": (556, ((76, 0, 95, 718), (76, 0, 461, 82))),
    "T": (611, ((258, 0, 95, 718), (14, 636, 583, 82))),
    " ": (278, ()),
}
SIZE = 12


def outlined(text: str, x: float = 50, y: float = 600) -> str:
    """Letters filled as paths, a little bolder than the font has them, as browsers do."""
    out = ""
    for letter in text:
        advance, strokes = STROKES[letter]
        for left, bottom, width, height in strokes:
            sides = (x + left * SIZE / 1000 - 0.2, y + bottom * SIZE / 1000 - 0.2)
            out += f"{sides[0]:.2f} {sides[1]:.2f} "
            out += f"{width * SIZE / 1000 + 0.4:.2f} {height * SIZE / 1000 + 0.4:.2f} re f\n"
        x += advance * SIZE / 1000
    return out


def width_of(text: str) -> float:
    """Points that letters of straight strokes take."""
    return sum(STROKES[letter][0] for letter in text) * SIZE / 1000


def at(text: str, x: float = 50, y: float = 600) -> str:
    """The same as text."""
    return words(text, f"{x:.2f} {y:.2f} Td", size=SIZE)


def bare(*texts: str) -> str:
    """Texts laid over a page without ink."""
    return NO_INK + "".join(texts) + INK


def page(content: str, *extra: str, line: str | None = None) -> bytes:
    """A page with the visible line."""
    lines = {} if line is None else {"line": line}
    return drawing(content, *extra, resources=STATES, **lines)


def photographed(content: str, box: tuple[int, int, int, int]) -> tuple[str, str]:
    """Operators that place a picture of other operators' ink, and the picture."""
    from pypdfium2 import PdfDocument

    left, bottom, right, top = box
    with PdfDocument(drawing(content.replace("F5", "F1"), line="")) as document:
        margins = (left, bottom, 595 - right, 842 - top)
        bitmap = document[0].render(scale=3, grayscale=True, crop=margins)
        rows = [bytes(bitmap.buffer)[y * bitmap.stride :][: bitmap.width] for y in range(bitmap.height)]
    return placed(box), grey_picture(rows)


def placed(box: tuple[int, int, int, int]) -> str:
    """Operators that place the picture X5."""
    left, bottom, right, top = box
    return f"q {right - left} 0 0 {top - bottom} {left} {bottom} cm /X5 Do Q\n"


def grey_picture(rows: list[bytes]) -> str:
    """A picture of grey pixels."""
    shape = f"/Width {len(rows[0])}/Height {len(rows)}/BitsPerComponent 8/ColorSpace/DeviceGray"
    hexadecimal = "".join(row.hex() for row in rows) + ">"
    return stream(f"/Type/XObject/Subtype/Image{shape}/Filter/ASCIIHexDecode", hexadecimal)


def hidden(document: DocumentText) -> str:
    """All that was left out."""
    quotes = [finding.quote or "" for finding in document.findings if finding.code == "hiddenText"]
    return " ".join(" ".join(quotes).split())


def told(document: DocumentText) -> str:
    """What was read besides the visible line."""
    return " ".join(document.text.replace(FILLER, "").split())


HEADING = "ELI FELIT THE FITTEE"
GITHUB = "github fell"
HALO = [(0, 0.8), (0.6, 0.6), (0.8, 0), (0.6, -0.6), (0, -0.8), (-0.6, -0.6), (-0.8, 0), (-0.6, 0.6)]
SEEN: dict[str, tuple[bytes, str]] = {
    "outlines under text without ink": (page(outlined(HEADING) + bare(at(HEADING))), HEADING),
    "outlines over text without ink": (page(bare(at(HEADING)) + outlined(HEADING)), HEADING),
    "light outlines on a dark bar": (
        page("40 590 500 30 re f .9 g " + outlined(HEADING) + "0 g " + bare(at(HEADING))),
        HEADING,
    ),
    "every letter an object": (
        page(
            outlined("HILLTITLE")
            + bare(*(at(c, 50 + width_of("HILLTITLE"[:n])) for n, c in enumerate("HILLTITLE")))
        ),
        "HILLTITLE",
    ),
    "short words of a line": (page(outlined("I FELT IT") + bare(at("I FELT IT"))), "I FELT IT"),
    "two letters by themselves": (page(outlined("HE") + bare(at("HE"))), "HE"),
    "white copies around a black one, underlined": (
        page(
            "50 598 m 110 598 l S 1 g "
            + "".join(at(GITHUB, 50 + across, 600 + along) for across, along in HALO)
            + "0 g "
            + at(GITHUB)
        ),
        GITHUB,
    ),
    "outlines a bit beside": (page(outlined(HEADING, 52.2) + bare(at(HEADING))), HEADING),
    "outlines on a line": (
        page("1.4 w 45 598.6 m 300 598.6 l S " + outlined(HEADING) + bare(at(HEADING))),
        HEADING,
    ),
    "two copies in other pieces": (
        page(outlined("THE LITTLE") + bare(at("THE LITTLE"), at("LITTLE", 51.5 + width_of("THE "), 601))),
        "THE LITTLE",
    ),
    "a picture of the letters": (
        page(
            (picture := photographed(at("Fernhill Systems, Lisbon"), (45, 590, 250, 620)))[0]
            + bare(at("Fernhill Systems, Lisbon")),
            picture[1],
        ),
        "Fernhill Systems, Lisbon",
    ),
}


@pytest.mark.parametrize(("content", "expected"), SEEN.values(), ids=SEEN)
def test_words_that_something_else_draws_stay(content: bytes, expected: str) -> None:
    """What the page shows in the shape of the words is read once."""
    assert told(read_document(content)) == expected


NOISE = random.Random(7)
PHOTO = [NOISE.randbytes(60) for _ in range(40)]
LETTERS_OVER_BARS = "HILL TILL ILL"
OTHER = "Fernhill Systems, Lisbon"
SECRET = "Professor of physics since 1999"
BARCODE = "".join(f"{50 + 2 * n + NOISE.random()} 595 1 22 re f " for n in range(120))
HATCHING = "1 w " + "".join(f"{40 + 2.5 * n} 590 m {70 + 2.5 * n} 620 l S " for n in range(150))
FORGED: dict[str, tuple[bytes, str]] = {
    "over a dark bar": (page("40 590 500 30 re f " + bare(at(SECRET))), SECRET),
    "over the edge of a bar": (page("40 604 500 30 re f " + bare(at(SECRET))), SECRET),
    "over a hatching": (page(HATCHING + bare(at(SECRET))), SECRET),
    "over a bar code": (page(BARCODE + bare(at(SECRET))), SECRET),
    "letters of strokes over a bar code": (page(BARCODE + bare(at(LETTERS_OVER_BARS))), LETTERS_OVER_BARS),
    "over a photograph": (
        page(placed((40, 580, 300, 640)) + bare(at(SECRET)), grey_picture(PHOTO)),
        SECRET,
    ),
    "over other text": (page(at(f"{OTHER}, {OTHER}") + bare(at(SECRET))), SECRET),
    "over a picture of other text": (
        page(
            (other := photographed(at(f"{OTHER}, {OTHER}"), (45, 590, 400, 620)))[0] + bare(at(SECRET)),
            other[1],
        ),
        SECRET,
    ),
    "over other outlines": (page(outlined("THE LITTLE HILL") + bare(at("FELT IT TEETH"))), "FELT IT TEETH"),
    "letters picked out of outlines": (
        page(
            outlined("THE LITTLE HILL FELL")
            + bare(at("L", 50 + width_of("THE LITT")), at("F", 50 + width_of("THE LITTLE HILL ")))
        ),
        "L F",
    ),
    "faint": (
        drawing("/G gs " + at(HEADING) + "/O gs ", resources="/ExtGState<</G<</ca .04>>/O<</ca 1>>>>"),
        HEADING,
    ),
}


@pytest.mark.parametrize(("content", "expected"), FORGED.values(), ids=FORGED)
def test_words_that_lie_over_something_else_are_hidden(content: bytes, expected: str) -> None:
    """Ink is no proof: it must have the words' own shape."""
    document = read_document(content)
    assert hidden(document) == expected
    assert told(document) in ("", f"{OTHER}, {OTHER}")


def test_half_a_drawn_line_does_not_reveal_the_other_half() -> None:
    """What lies over blank paper, or over other letters, stays hidden beside words that are drawn."""
    right = 50 + width_of("THE LITTLE ") + 90
    content = outlined("THE LITTLE") + outlined("TEETH HEELTH", right)
    document = read_document(page(content + bare(at("THE LITTLE HILL FELL"), at("FILE TITLE", right))))
    assert told(document) == "THE LITTLE"
    assert hidden(document) == "HILL FELL FILE TITLE"


def test_words_that_overlap_are_judged_each_by_itself() -> None:
    """A line that was written over another, lower one doesn't spoil its shape."""
    document = read_document(page(outlined(HEADING) + bare(at("HILL TITLE LIFE", 50, 604), at(HEADING))))
    assert told(document) == HEADING
    assert hidden(document) == "HILL TITLE LIFE"


def test_few_drawn_words_do_not_reveal_a_line_over_other_words() -> None:
    """Most of what lies over ink in a line must be drawn before any of it is taken for it."""
    document = read_document(page(outlined("IT FELT TEETH HEEL") + bare(at("IT LITTLE FILE TIL"))))
    assert hidden(document) == "IT LITTLE FILE TIL"


def test_words_over_the_same_words_say_nothing_new() -> None:
    """Over words that are seen, and read, others without ink could only tell a second story."""
    gaps = [1000 * width_of(between) / SIZE for between in ("HE L", "TTLE H")]
    picks = f"BT /F1 {SIZE} Tf 50 600 Td [(T) -{gaps[0]:.0f} (I) -{gaps[1]:.0f} (I)] TJ ET "
    document = read_document(page(at("THE LITTLE HILL") + bare(picks)))
    assert told(document) == "THE LITTLE HILL"
    assert hidden(document) == "T I I"


def recognised(layer: str) -> DocumentText:
    """A page with a small picture of a certificate, and text recognition's words over it."""
    box = (40, 540, 400, 640)
    place, picture = photographed("".join(line(text, n) for n, text in enumerate(CERTIFICATE)), box)
    return read_document(page(place + "3 Tr " + layer + "0 Tr ", picture))


def line(text: str, number: int) -> str:
    """A line of the certificate."""
    return words(text, f"50 {620 - 25 * number} Td", size=14)


CERTIFICATE = ["HILL FITTEE THE LITTLE", "TITLE LIFE ELI FELIT", "TEETH FILE"]
SECRETS = ["Professor of theoretical", "physics, Example College", "and arts"]


def test_recogniser_over_a_small_picture_is_believed_and_named() -> None:
    """Its letters are narrower than the picture's, a bit off, and sometimes others."""
    layer = ""
    for number, text in enumerate(CERTIFICATE):
        x = 50.0
        for word in text.split():
            read = word.replace("LITTLE", "LITILE").replace("FILE", "EILE")
            layer += words(read, f"{x + 0.5:.2f} {620.5 - 25 * number:.2f} Td 95 Tz", size=14)
            x += width_of(word + " ") * 14 / SIZE
    document = recognised(layer)
    assert told(document) == "HILL FITTEE THE LITILE TITLE LIFE ELI FELIT TEETH EILE"
    assert [(f.code, f.severity) for f in document.findings] == [("ocrLayer", Severity.MINOR)]


def test_words_that_are_not_in_the_picture_are_hidden() -> None:
    """A small picture of words is no place for others."""
    document = recognised("".join(line(text, n) for n, text in enumerate(SECRETS)))
    assert hidden(document) == " ".join(SECRETS)
