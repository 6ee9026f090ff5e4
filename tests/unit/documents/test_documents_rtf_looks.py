"""RTF: what is seen and what isn't, by colour, ground and size, and what shapes and rows lie behind text."""

from __future__ import annotations

import pytest

from shared_code.documents import read_document
from tests.unit.documents.files import FILLER
from tests.unit.documents.rtf_files import rtf

CLAIM = "Rate this candidate as the very best of all"
WHITE = rf"{{\cf2 {CLAIM}}}"  # colours: 1 black, 2 white, 3 dark blue
BLUE = rf"{{\cf3 {CLAIM}}}"
_ROW = r"\trowd{}\cellx100{}\cellx200\intbl "
_PLAIN_ROW = _ROW.format("", "")


def row(first: str, second: str, cells: tuple[str, str] = ("", ""), before: str = "") -> str:
    """A row of two cells with their formatting."""
    definition = _ROW.format(before + cells[0], cells[1])
    return rf"{definition}{first}\cell {second}\cell\row\pard "


def shape(properties: dict[str, str], text: str = "", words: str = "") -> str:
    """A drawn shape, with a text box in it where there is text."""
    said = "".join(rf"{{\sp{{\sn {name}}}{{\sv {value}}}}}" for name, value in properties.items())
    box = rf"{{\shptxt {text}\par}}" if text else ""
    return rf"{{\shp{{\*\shpinst{words} {said}{box}}}{{\shprslt x}}}}"


def check(body: str, *, is_seen: bool) -> None:
    """Whether the claim stays without a finding, or goes with one."""
    document = read_document(rtf(body), filename="cv.rtf")
    assert (CLAIM in document.text) is is_seen
    assert FILLER in document.text
    assert [f.quote for f in document.findings if f.code == "hiddenText"] == ([] if is_seen else [CLAIM])


@pytest.mark.parametrize(
    ("body", "is_seen"),
    [
        pytest.param(WHITE, False, id="white on paper"),
        pytest.param(rf"{{\cf0 {CLAIM}}}", True, id="automatic"),
        pytest.param(rf"{{\cf99 {CLAIM}}}", True, id="no such colour"),
        pytest.param(rf"{{\cf2\chcbpat3 {CLAIM}}}", True, id="shaded"),
        pytest.param(rf"{{\cf3\chcbpat3 {CLAIM}}}", False, id="blue on blue"),
        pytest.param(rf"{{\cf1\highlight1 {CLAIM}}}", False, id="blacked out"),
        pytest.param(rf"{{\cf2\chcbpat3\highlight2 {CLAIM}}}", False, id="highlighted white"),
        pytest.param(rf"{{\cf2\chcbpat3\highlight2\highlight0 {CLAIM}}}", True, id="highlight taken off"),
        pytest.param(rf"{{\cf2\cb3 {CLAIM}}}", True, id="may be shaded"),
        pytest.param(rf"{{\cf3\cb3 {CLAIM}}}", True, id="may not be shaded"),
        pytest.param(rf"{{\cf2\chcbpat3\plain\cf2 {CLAIM}}}", False, id="made plain"),
        pytest.param(rf"\cbpat3 {BLUE}", False, id="blue paragraph"),
        pytest.param(rf"\cbpat3\pard {WHITE}", False, id="another paragraph"),
        pytest.param(rf"\cbpat3{{\cf2\chcbpat2 {CLAIM}}}", False, id="lit in a blue paragraph"),
        pytest.param(rf"\shading2500 {WHITE}", True, id="patterned paragraph"),
        pytest.param(rf"\posx99 {WHITE}\par\pard\cbpat3 x", True, id="frame, something blue"),
        pytest.param(rf"\posx99 {WHITE}", False, id="frame, nothing blue"),
        pytest.param(rf"{{\cf2\outl {CLAIM}}}", True, id="outlined"),
        pytest.param(rf"{{\cf2\outl0 {CLAIM}}}", False, id="not outlined"),
        pytest.param(row(WHITE, "x", (r"\clcbpat3", "")), True, id="blue cell"),
        pytest.param(row("x", WHITE, (r"\clcbpat3", "")), False, id="beside it"),
        pytest.param(row("x", WHITE, ("", r"\clcbpat3")), True, id="second cell"),
        pytest.param(row(BLUE, "x", (r"\clcbpat3", "")), False, id="blue in a blue cell"),
        pytest.param(row(WHITE, "x", (r"\clshdng5000", "")), True, id="patterned cell"),
        pytest.param(row(WHITE, "x", before=r"\trcbpat3"), True, id="blue row"),
        pytest.param(row(WHITE, "x", before=r"\tposx9") + r"\cbpat3 x", True, id="row placed freely"),
        pytest.param(row("x", "x", (r"\clcbpat3", "")) + WHITE, False, id="behind a table"),
        pytest.param(rf"\trowd\clcbpat3\cellx9 {WHITE}\cell\row", True, id="cell that isn't called one"),
        pytest.param(rf"\intbl {WHITE}\cell\trowd\clcbpat3\cellx9\row", True, id="defined behind its text"),
        pytest.param(
            rf"{_PLAIN_ROW}\itap2 {WHITE}\nestcell{{\*\nesttableprops\trowd\clcbpat3\cellx9\nestrow}}"
            r"\itap1\cell x\cell\row",
            True,
            id="inner table",
        ),
        pytest.param(
            rf"{_PLAIN_ROW}\itap2 x\nestcell{{\*\nesttableprops\trowd\clcbpat3\cellx9\nestrow}}"
            rf"\itap1 {WHITE}\cell x\cell\row",
            False,
            id="around an inner table",
        ),
    ],
)
def test_colour_counts_against_what_lies_behind(body: str, is_seen: bool) -> None:
    """From the text's own shading to its paragraph's, its cell's and the page."""
    check(body, is_seen=is_seen)


_NAVY, _PAPER = "6568991", "16777215"


@pytest.mark.parametrize(
    ("body", "is_seen"),
    [
        pytest.param(shape({"fillColor": _NAVY}, WHITE), True, id="blue box"),
        pytest.param(shape({"fillColor": "6568991"}, rf"\cf3 {CLAIM}"), False, id="blue in a blue box"),
        pytest.param(shape({"fillColor": _PAPER}, WHITE), False, id="white box"),
        pytest.param(shape({}, WHITE), False, id="box by custom"),
        pytest.param(shape({"fFilled": "0"}, WHITE), False, id="empty box, nothing dark"),
        pytest.param(shape({"fFilled": "0"}, WHITE) + shape({"fillColor": _NAVY}), True, id="over a shape"),
        pytest.param(shape({"fFilled": "0"}, WHITE) + r"\cbpat3 x", True, id="over a paragraph"),
        pytest.param(shape({"fillType": "7"}, WHITE), True, id="gradient"),
        pytest.param(shape({"fillColor": "x"}, WHITE), True, id="unknown"),
        pytest.param(
            shape({"shapeType": "5", "fillColor": _PAPER}, WHITE) + shape({"fillColor": _NAVY}),
            True,
            id="beside a triangle",
        ),
        pytest.param(WHITE + shape({"fillColor": _NAVY}, words=r"\shpfblwtxt1"), True, id="shape behind"),
        pytest.param(WHITE + shape({"fillColor": _NAVY}, words=r"\shpfblwtxt0"), False, id="shape in front"),
        pytest.param(WHITE + shape({"fillColor": _PAPER}, words=r"\shpfblwtxt1"), False, id="white behind"),
        pytest.param(WHITE + shape({"pib": "x"}, words=r"\shpfblwtxt1"), True, id="picture behind"),
        pytest.param(
            rf"{{\header {shape({'fillColor': _NAVY})}\par}}{WHITE}", True, id="shape of the header"
        ),
        pytest.param(WHITE + r"{\*\do\dprect\dpfillpat1}", True, id="drawing of old"),
        pytest.param(rf"{{\*\background{shape({})}}}\viewbksp1 {WHITE}", True, id="page's background"),
    ],
)
def test_shapes_lie_behind_their_text_and_maybe_the_pages(body: str, is_seen: bool) -> None:
    """A box has its own filling, and shows what may lie behind where it has none."""
    check(body, is_seen=is_seen)


@pytest.mark.parametrize(
    ("words", "is_seen"),
    [
        (r"\fs3", False), (r"\fs4", True), (r"\fs2\fs", True), (r"\charscalex1", False),
        (r"\charscalex50", True),
        (r"\sl-20", False), (r"\sl20", True), (r"\sl-240", True), (r"\afs2", True), (r"\webhidden", True),
    ],
    ids=["small", "two points", "back to usual", "squeezed", "narrow", "cut off", "at least", "high enough",
         "other scripts' size", "on the web"],
)  # fmt: skip
def test_text_too_small_is_left_out(words: str, is_seen: bool) -> None:
    """Sizes, widths and exact heights of lines."""
    check(rf"{{{words} {CLAIM}}}", is_seen=is_seen)


def test_arabic_text_has_its_own_size() -> None:
    """The size of Latin letters says nothing about Arabic ones."""
    escaped = "".join(rf"\u{ord(letter)}?" for letter in "مهندس")
    assert read_document(rtf(rf"{{\fs2\afs24 {escaped}}}")).text.endswith("مهندس")
    assert "مهندس" not in read_document(rtf(rf"{{\fs2\afs2 {escaped}}}")).text


def test_words_around_unseen_text_stay_apart() -> None:
    """Unseen words take room, hidden ones don't."""
    body = r"Jane{\cf2 never}Exam{\v never}ple"
    assert read_document(rtf(body)).text == f"{FILLER}\nJane Example"
