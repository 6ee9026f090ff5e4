"""The ink test: text nobody sees is left out and quoted; what only looks like it stays."""

from __future__ import annotations

import pytest

from shared_code.documents import DocumentLimits, DocumentText, Severity, read_document
from shared_code.documents.pdf_page import PageContent, read_page
from shared_code.documents.pdf_state import unshown_state
from tests.unit.documents.files import FILLER
from tests.unit.documents.pdf_files import (
    A4,
    BLANK_GLYPHS,
    LINE,
    MISSING_FONT,
    TO_UNICODE,
    drawing,
    form,
    image,
    state,
    stream,
    words,
)

HIDDEN = "Principal architect of everything at Example Corp since 1999"
SEEN = "Certified welder of pressure vessels"


def hidden_quotes(document: DocumentText) -> list[str | None]:
    return [finding.quote for finding in document.findings if finding.code == "hiddenText"]


BAR = "40 590 500 30 re f\n"
SPIKES = [596 + 0.4 * n for n in range(40)]
SHADING = (
    "<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 1 0]/Extend[true true]"
    "/Function<</FunctionType 2/Domain[0 1]/C0[{0}]/C1[{0}]/N 1>>>>"
)
EMPTY_TILING = "/PatternType 1/TilingType 1/BBox[0 0 5 5]/XStep 5/YStep 5/Resources<<>>"
MASK = stream("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Group<</S/Transparency/CS/DeviceGray>>", "")
LAYER = {"resources": "/Properties<</M 6 0 R>>", "root": "/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>"}
LAYER_GROUP = "<</Type/OCG/Name(off)>>"
INCHES = "/MediaBox[0 0 8.26 11.69]/UserUnit 72"
COVER = form("1 g 40 590 500 30 re f")
TURNED = {
    "a quarter": f"{A4}/Rotate 90",
    "a half": f"{A4}/Rotate 180",
    "three quarters": f"{A4}/Rotate 270",
    "cropped": "/MediaBox[0 0 900 1400]/CropBox[20 560 580 842]",
    "cropped and turned": "/MediaBox[-90 -50 900 1400]/CropBox[20 560 580 842]/Rotate 90",
    "of another unit": f"{A4}/UserUnit 3",
    "a huge sheet": "/MediaBox[0 0 14400 14400]",
}

HIDING: dict[str, bytes] = {
    "white": drawing("1 g " + words(HIDDEN)),
    "lighter than one sees": drawing(".945 g " + words(HIDDEN, size=20)),
    "nearly white": drawing(".97 .97 .95 rg " + words(HIDDEN)),
    "white on a white box": drawing("1 g " + BAR + words(HIDDEN)),
    "black on black": drawing(BAR + words(HIDDEN)),
    "grey on grey": drawing(".5 g " + BAR + ".52 g " + words(HIDDEN)),
    "transparent": drawing("/G gs " + words(HIDDEN), resources=state("/ca 0")),
    "all but transparent": drawing("/G gs " + words(HIDDEN), resources=state("/ca .03")),
    "soft mask": drawing("/G gs " + words(HIDDEN), MASK, resources=state("/SMask<</S/Luminosity/G 5 0 R>>")),
    "transfer function": drawing(
        "/G gs " + words(HIDDEN), resources=state("/TR<</FunctionType 2/Domain[0 1]/C0[1]/C1[1]/N 1>>")
    ),
    "without ink": drawing("3 Tr " + words(HIDDEN)),
    "stroked in white": drawing("1 Tr 1 G " + words(HIDDEN)),
    "only clipping": drawing("q " + words(HIDDEN, "7 Tr 50 600 Td") + "Q"),
    "tiny": drawing(words(HIDDEN, size=1)),
    "squeezed": drawing(words(HIDDEN, "1 Tz 50 600 Td")),
    "left of the page": drawing(words(HIDDEN, "-900 600 Td")),
    "below the page": drawing(words(HIDDEN, "50 -40 Td")),
    "outside the visible part": drawing(words(HIDDEN), page=f"{A4}/CropBox[0 700 595 842]"),
    "clipped away": drawing("q 0 0 30 30 re W n " + words(HIDDEN) + "Q"),
    "clipped by letters": drawing(
        "q " + words("Z", "7 Tr 50 100 Td") + words(HIDDEN, "0 Tr 50 600 Td") + "Q"
    ),
    "painted over": drawing(words(HIDDEN) + "1 g " + BAR),
    "painted over by a line": drawing(words(HIDDEN) + "1 G 40 w 40 605 m 560 605 l S"),
    "painted over by a curve": drawing(words(HIDDEN) + "1 G 40 w 40 605 m 90 605 300 605 560 605 c S"),
    "painted over by many lines": drawing(
        words(HIDDEN)
        + "1 G 1.2 w "
        + "".join(f"40 {590 + n / 2} m 560 {590 + n / 2} l S " for n in range(60))
    ),
    "painted over by a bend": drawing(words(HIDDEN) + "1 G 24 w -400 540 m -400 625 800 625 800 540 c S"),
    "painted over but for a sliver": drawing(words(HIDDEN) + "1 g 40 590 500 17.7 re f"),
    "white in a dark frame": drawing("40 590 500 30 re 45 595 490 20 re f* 1 g " + words(HIDDEN)),
    "painted over by lines of one path": drawing(
        words(HIDDEN)
        + "1 G 1.2 w "
        + "".join(f"40 {590 + n / 2} m 560 {590 + n / 2} l " for n in range(40))
        + "S"
    ),
    "painted over by every other line": drawing(
        words(HIDDEN)
        + "1 G 1.9 w "
        + "".join(
            f"40 {590 + 1.5 * n} m 560 {590 + 1.5 * n} l S " for n in (*range(0, 16, 2), *range(1, 16, 2))
        )
    ),
    "painted over by slanting lines": drawing(
        words(HIDDEN) + "1 G 1.9 w " + "".join(f"0 {550 + n} m 600 {590 + n} l S " for n in range(60))
    ),
    "painted over by a zigzag": drawing(
        words(HIDDEN)
        + "1 G 1.9 w 40 590 m "
        + "".join(f"560 {590 + n} l 40 {590 + n} l 40 {591 + n} l " for n in range(19))
        + "S"
    ),
    "painted over by the spikes of mitred corners": drawing(
        words(HIDDEN)
        + "1 G 1.9 w 5000 M "
        + "".join(f"20 {y:.3f} m 30 {y + 0.006:.3f} l 20 {y + 0.012:.3f} l S " for y in SPIKES)
    ),
    "small print under three rules": drawing(
        words(HIDDEN, size=4) + "1 g " + "".join(f"40 {598.5 + 1.4 * n} 500 1.45 re f " for n in range(4))
    ),
    "painted over after letters that clip": drawing(
        words(HIDDEN) + "q " + words("Z", "7 Tr 50 100 Td") + "Q 1 g " + BAR
    ),
    "painted over by letters": drawing(words(HIDDEN) + "1 g " + words("\\320", "0 440 Td", size=600)),
    "black under a giant black dash": drawing(words(HIDDEN) + words("\\320", "30 448 Td", size=560)),
    "black under a row of blocks": drawing(
        words(HIDDEN) + words("~" * 16, "20 590 Td", size=60, font="F5"),
        BLANK_GLYPHS,
        stream("", "500 0 0 0 700 700 d1 0 0 700 700 re f"),
        TO_UNICODE,
    ),
    "painted over inside a form": drawing(words(HIDDEN) + "/X5 Do", COVER),
    "under a picture": drawing(words(HIDDEN) + "q 500 0 0 30 40 590 cm /X5 Do Q", image(255, 0)),
    "under a shading": drawing(
        words(HIDDEN) + "q " + BAR.replace("f", "W n") + "/S sh Q",
        resources=f"/Shading<</S {SHADING.format(1)}>>",
    ),
    "under an annotation": drawing(
        words(HIDDEN),
        COVER,
        "<</Type/Annot/Subtype/Square/Rect[0 0 595 842]/AP<</N 5 0 R>>>>",
        page=f"{A4}/Annots[6 0 R]",
    ),
    "under a link's appearance": drawing(
        words(HIDDEN),
        COVER,
        "<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/AP<</N 5 0 R>>>>",
        page=f"{A4}/Annots[6 0 R]",
    ),
    "white under the visible line": drawing("1 g " + words(HIDDEN, "50 800 Td") + "0 g " + LINE, line=""),
    "covered, with new letters on the cover": drawing(
        words(HIDDEN, "50 800 Td") + "1 g 40 790 500 30 re f 0 g " + LINE, line=""
    ),
    "white in a form": drawing("/X5 Do", form("1 g " + words(HIDDEN))),
    "black in a form, under a box": drawing("/X5 Do 1 g " + BAR, form(words(HIDDEN))),
    "empty tiling": drawing(
        "/Pattern cs /P scn " + words(HIDDEN),
        stream(EMPTY_TILING + "/PaintType 1", ""),
        resources="/Pattern<</P 5 0 R>>",
    ),
    "empty tiling on black": drawing(
        BAR + "/Pattern cs /P scn " + words(HIDDEN),
        stream(EMPTY_TILING + "/PaintType 1", ""),
        resources="/Pattern<</P 5 0 R>>",
    ),
    "empty tiling said to be black": drawing(
        "/C cs 0 0 0 /P scn " + words(HIDDEN),
        stream(EMPTY_TILING + "/PaintType 2", ""),
        resources="/ColorSpace<</C[/Pattern/DeviceRGB]>>/Pattern<</P 5 0 R>>",
    ),
    "white shading said to be black": drawing(
        "/C cs 0 0 0 /P scn " + words(HIDDEN),
        resources="/ColorSpace<</C[/Pattern/DeviceRGB]>>"
        f"/Pattern<</P<</PatternType 2/Shading{SHADING.format(1)}>>>>",
    ),
    "black on a black shading": drawing(
        "/Pattern cs /P scn " + BAR + "0 g " + words(HIDDEN),
        resources=f"/Pattern<</P<</PatternType 2/Shading{SHADING.format(0)}>>>>",
    ),
    "layer that is off": drawing("/OC /M BDC " + words(HIDDEN) + "EMC", "<<>>", LAYER_GROUP, **LAYER),
    "form on a layer that is off": drawing("/X5 Do", form(words(HIDDEN), "/OC 6 0 R"), LAYER_GROUP, **LAYER),
    "font of blank glyphs": drawing(
        words(HIDDEN, font="F5"), BLANK_GLYPHS, stream("", "500 0 0 0 500 700 d1"), TO_UNICODE
    ),
    **{
        f"white on a page {name}": drawing("1 g " + words(HIDDEN), page=page) for name, page in TURNED.items()
    },
    "white on a page measured in inches": drawing(
        "1 g " + words(HIDDEN, "1 8 Td", size=0.15), page=INCHES, line=words(FILLER, "1 10 Td", size=0.15)
    ),
}
HONEST: dict[str, bytes] = {
    "white on a dark sidebar": drawing(".1 .2 .4 rg " + BAR + "1 g " + words(SEEN)),
    "white on a dark picture": drawing(
        "q 500 0 0 30 40 590 cm /X5 Do Q 1 g " + words(SEEN), image(40, 70, 20)
    ),
    "black on a light picture": drawing("q 500 0 0 30 40 590 cm /X5 Do Q " + words(SEEN), image(250, 180)),
    "black on a gradient": drawing(
        "q " + BAR.replace("f", "W n") + "/S sh Q " + words(SEEN),
        resources=f"/Shading<</S {SHADING.format(0.8)}>>",
    ),
    "gradient letters": drawing(
        "/Pattern cs /P scn " + words(SEEN),
        resources=f"/Pattern<</P<</PatternType 2/Shading{SHADING.format(0.3)}>>>>",
    ),
    "light grey": drawing(".75 g " + words(SEEN, size=9)),
    "very light grey": drawing(".84 g " + words(SEEN)),
    "lightest grey that one sees": drawing(".92 g " + words(SEEN, size=20)),
    "gold": drawing(".95 .8 .2 rg " + words(SEEN)),
    "sky blue": drawing(".6 .85 1 rg " + words(SEEN)),
    "half transparent": drawing("/G gs " + words(SEEN), resources=state("/ca .5")),
    "outlined": drawing("1 Tr " + words(SEEN)),
    "filled white with an outline": drawing("2 Tr 1 g 0 G " + words(SEEN)),
    "drawn twice": drawing(".7 g " + words(SEEN) + words(SEEN)),
    "drawn twice in very light grey": drawing(".84 g " + words(SEEN) + words(SEEN)),
    "with a shadow": drawing(".7 g " + words(SEEN, "51 599 Td") + "0 g " + words(SEEN)),
    "small print": drawing(words(SEEN, size=4)),
    "clipped to the page": drawing("q 0 0 595 842 re W n " + words(SEEN) + "Q"),
    "in a round frame": drawing("q 40 590 m 560 580 l 560 630 l 40 620 l h W n " + words(SEEN) + "Q"),
    "upright": drawing(words(SEEN, "0 1 -1 0 300 300 Tm")),
    "on a slant": drawing(".7 g " + words(SEEN, ".7 .7 -.7 .7 100 300 Tm")),
    "mirrored twice": drawing("-1 0 0 -1 595 842 cm 1 g " + words(SEEN, "-1 0 0 -1 300 300 Tm 0 g")),
    "underlined and struck": drawing(words(SEEN) + ".5 w 50 598 m 300 598 l S 50 604 m 300 604 l S"),
    "in a thick frame": drawing("4 w 40 590 300 30 re S " + words(SEEN) + "40 590 300 30 re S"),
    "marked by a pen": drawing(words(SEEN) + "/G gs 1 1 0 rg " + BAR, resources=state("/BM/Multiply")),
    "in a form": drawing("/X5 Do", form(words(SEEN))),
    "on a layer": drawing(
        "/OC /M BDC " + words(SEEN) + "EMC", "<<>>", LAYER_GROUP, resources=LAYER["resources"]
    ),
    "glyphs by programs": drawing(
        words(SEEN, font="F5"), BLANK_GLYPHS, stream("", "500 0 0 0 500 700 d1 0 0 400 700 re f"), TO_UNICODE
    ),
    **{
        f"white on dark on a page {name}": drawing(BAR + "1 g " + words(SEEN), page=page)
        for name, page in TURNED.items()
    },
    "of a page measured in inches": drawing(
        ".7 g " + words(SEEN, "1 8 Td", size=0.15), page=INCHES, line=words(FILLER, "1 10 Td", size=0.15)
    ),
}
ORDINARY: dict[str, bytes] = {
    "black on white": drawing(words(SEEN)),
    "dark colours": drawing(".6 .1 .1 rg " + words(SEEN) + "0 .3 .7 rg " + words(SEEN, "50 500 Td")),
    "on a light card": drawing(".9 g " + BAR + "0 g " + words(SEEN)),
    "white on a dark sidebar": HONEST["white on a dark sidebar"],
    "rules and frames": drawing(words(SEEN) + "4 w 40 590 300 30 re S .5 w 50 598 m 300 598 l S"),
    "beside a picture": drawing(words(SEEN) + "q 100 0 0 100 400 300 cm /X5 Do Q", image(9, 200)),
    "underlined in pieces": drawing(
        words(SEEN) + "".join(f"{50 + 30 * n} 598 28 .9 re f " for n in range(6)), line=""
    ),
    "touched by a picture": drawing(words(SEEN) + "q 300 0 0 100 40 607 cm /X5 Do Q", image(9, 200)),
    "in a round frame": drawing(
        words(SEEN) + "1 w 50 590 m 300 590 l 310 590 310 590 310 600 c 310 615 l 40 615 l 40 600 l "
        "40 590 40 590 50 590 c s"
    ),
    "between frames of one path": drawing(
        words(SEEN, "50 550 Td") + "4 w 40 590 300 30 re 350 500 200 30 re S"
    ),
    "under a curve": drawing(words(SEEN) + ".8 w 40 590 m 100 640 200 560 300 610 c S"),
    "clipped to the page": HONEST["clipped to the page"],
    "tagged as a table": drawing(words(SEEN), "<</S/TR/P 2 0 R>>"),
}


@pytest.mark.parametrize("content", HIDING.values(), ids=HIDING)
def test_hidden_text_is_left_out_and_quoted(content: bytes) -> None:
    """Whatever hides it, a sentence nobody sees is no part of the text, but of a finding with its page."""
    document = read_document(content)
    assert FILLER in document.text
    assert "architect" not in document.text
    assert HIDDEN in " ".join(str(quote).replace("\n", " ") for quote in hidden_quotes(document))
    assert {(f.page, f.severity) for f in document.findings if f.code == "hiddenText"} == {
        (1, Severity.MAJOR)
    }


@pytest.mark.parametrize("content", HONEST.values(), ids=HONEST)
def test_visible_text_stays(content: bytes) -> None:
    """What a person can read is in the text, and nothing is reported."""
    document = read_document(content)
    assert SEEN in " ".join(document.text.split())
    assert document.findings == ()


@pytest.mark.parametrize("content", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_page_is_not_painted(content: bytes) -> None:
    """Pages whose objects leave no doubt cost no picture."""
    assert not _page(content).was_painted


def _page(content: bytes, max_pixels: int = 4_000_000) -> PageContent:
    from pypdfium2 import PdfDocument

    with PdfDocument(content) as document:
        page = read_page(document, 1, state=unshown_state(content), max_pixels=max_pixels)
    assert page is not None
    return page


@pytest.mark.parametrize(
    ("side", "max_pixels", "tells"),
    [(842, 4_000_000, True), (842, 50_000, True), (14_400, 4_000_000, True), (14_400, 20_000, False)],
)
def test_coarse_picture_loses_no_visible_word(side: int, max_pixels: int, tells: bool) -> None:
    """However coarse a page is painted, black and grey letters stay; white ones go while one can tell."""
    corner = side - 250
    content = drawing(
        "/G gs " + words("Welder", "20 20 Td", size=14)
        + ".88 g " + words("Brazier", f"{corner} {side - 40} Td", size=14)
        + "1 g " + words("Architect", "20 60 Td", size=14),
        resources=state("/ca .9"), page=f"/MediaBox[0 0 {side} {side}]",
    )  # fmt: skip
    page = _page(content, max_pixels)
    assert "Welder" in page.text
    assert "Brazier" in page.text
    assert ("Architect" in page.hidden) is tells


FOREIGN = "株式会社にて溶接の業務に従事しました"


@pytest.mark.parametrize(
    ("content", "is_seen"),
    [("0 g ", True), ("1 g ", False), (".9 g " + BAR + "1 g ", False), (BAR + "1 g ", True)],
    ids=["black", "white", "white on light grey", "white on black"],
)
def test_letters_whose_font_is_not_here_are_judged_by_their_colour(content: str, is_seen: bool) -> None:
    """A file may leave a font to the reader's machine; where it is missing, no ink says nothing."""
    text = words("", font="F5").replace("()", f"<{FOREIGN.encode('utf-16-be').hex()}>")
    document = read_document(drawing(content + text, MISSING_FONT))
    assert (FOREIGN in document.text) is is_seen
    assert hidden_quotes(document) == ([] if is_seen else [FOREIGN])


def scan(words_on_it: str, *grey: int, line: str = "") -> bytes:
    """A page-sized picture of grey stripes with text over it."""
    return drawing(f"q 595 0 0 842 0 0 cm /X5 Do Q 0 g {words_on_it}", image(*grey), line=line)


STRIPES = (255, 30) * 100


@pytest.mark.parametrize("under", [False, True], ids=["over the picture", "under the picture"])
def test_recognised_layer_is_kept_and_named(under: bool) -> None:
    """A scan's unseen words lie on the picture's letters: they are its text, and a finding says so."""
    picture = "q 595 0 0 842 0 0 cm /X5 Do Q "
    content = words(FILLER) + picture if under else picture + "3 Tr " + words(FILLER)
    document = read_document(drawing(content, image(*STRIPES), line=""))
    assert document.text == FILLER
    assert [(f.code, f.severity, f.page) for f in document.findings] == [("ocrLayer", Severity.MINOR, 1)]


def test_unseen_words_over_an_empty_picture_are_hidden() -> None:
    """A blank scan has nothing to recognise."""
    document = read_document(scan(words(FILLER, "50 700 Td") + "3 Tr " + words(HIDDEN), 250, 250))
    assert document.text == FILLER
    assert hidden_quotes(document) == [HIDDEN]


def test_picture_behind_a_written_page_makes_no_scan_of_it() -> None:
    """Where the page's own words are seen, unseen ones are no recogniser's."""
    line = words(f"{FILLER} {FILLER}", "50 700 Td")
    document = read_document(scan(line + "3 Tr " + words(HIDDEN), *[255, 150] * 100))
    assert hidden_quotes(document) == [HIDDEN]


@pytest.mark.parametrize(
    ("hiding", "is_named"),
    [("under a picture", True), ("painted over", False), ("white", False)],
)
def test_picture_over_text_is_named(hiding: str, is_named: bool) -> None:
    """Forms have a caption where the photo goes, so a person is told that a picture covers the text."""
    message = read_document(HIDING[hiding]).findings[0].message
    assert ("picture" in message) is is_named


def test_only_the_covered_words_of_a_line_go() -> None:
    """Hiding is judged word by word."""
    document = read_document(drawing(words(f"Seen {HIDDEN}") + "1 g 76 590 500 30 re f"))
    assert document.text == f"{FILLER}\nSeen"
    assert hidden_quotes(document) == [HIDDEN]


def test_few_words_that_overshoot_the_edge_stay_and_a_sentence_goes() -> None:
    """A slip of layout loses nothing; a sentence beyond the edge is no slip."""
    assert "over the edge" in read_document(drawing(words("Slips over the edge", "560 600 Td"))).text
    document = read_document(drawing(words(f"Seen {HIDDEN}", "560 600 Td")))
    assert "Corp since" not in document.text
    assert len(hidden_quotes(document)) == 1


def test_pages_share_the_documents_pixels() -> None:
    """With nearly no pixels the test still runs, coarsely, and never fails."""
    limits = DocumentLimits(max_page_pixels=1, max_document_pixels=1)
    assert FILLER in read_document(HIDING["white"], limits=limits).text
