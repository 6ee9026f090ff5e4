"""What light text of Word documents may stand on: cells, table styles, shapes, drawings behind the page."""

from __future__ import annotations

import pytest

from shared_code.documents import DocumentText, read_document
from tests.unit.documents.files import FILLER, docx, paragraph, story, text_run
from tests.unit.documents.test_documents_docx_colours import (
    CLAIM,
    DARK,
    LIGHT,
    NAVY,
    NAVY_TEXT,
    NONE,
    WHITE,
    claim,
    read,
    style,
    styles,
)


def check(document: DocumentText, *, is_seen: bool) -> None:
    """Whether the claim stays without a finding, or goes with one."""
    assert (CLAIM in document.text) is is_seen
    assert FILLER in document.text
    assert [f.quote for f in document.findings if f.code == "hiddenText"] == ([] if is_seen else [CLAIM])


def cell(inner: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def rows(*cells: tuple[str, ...], properties: str = "", row: str = "") -> str:
    markup = "".join(f"<w:tr>{row}{''.join(one)}</w:tr>" for one in cells)
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr>{markup}</w:tbl>"


X = cell(paragraph("x"))


@pytest.mark.parametrize(
    ("body", "is_seen"),
    [
        pytest.param(rows((cell(claim()),)), False, id="plain cell"),
        pytest.param(rows((cell(claim(), DARK),)), True, id="dark cell"),
        pytest.param(rows((cell(claim(NAVY_TEXT), DARK),)), False, id="its own colour"),
        pytest.param(rows((cell(claim()), cell(paragraph("x"), DARK))), False, id="dark cell beside"),
        pytest.param(rows((cell(rows((cell(claim()),)), DARK),)), True, id="table in a dark cell"),
        pytest.param(
            rows((cell(rows((cell(claim(), LIGHT),)), DARK),)), False, id="light cell in a dark one"
        ),
        pytest.param(rows((cell(claim(), NONE),)), False, id="cell without filling"),
        pytest.param(rows((cell(claim()),), properties=DARK), True, id="dark table"),
        pytest.param(rows((cell(claim()),), row=f"<w:tblPrEx>{DARK}</w:tblPrEx>"), True, id="dark row"),
        pytest.param(rows((cell(claim(WHITE, LIGHT), DARK),)), False, id="light paragraph in a dark cell"),
        pytest.param(rows((cell(paragraph("x"), DARK),)) + claim(), False, id="behind a dark table"),
        pytest.param(
            rows((cell(claim()),), properties="<w:tblpPr/>") + paragraph("x", properties=DARK),
            True,
            id="free table, something dark",
        ),
        pytest.param(rows((cell(claim()),), properties="<w:tblpPr/>"), False, id="free table, nothing dark"),
        pytest.param(
            rows((cell(claim("")),), row='<w:trPr><w:trHeight w:val="9" w:hRule="exact"/></w:trPr>'),
            False,
            id="flat row",
        ),
        pytest.param(
            rows((cell(claim("")),), row='<w:trPr><w:trHeight w:val="9"/></w:trPr>'),
            True,
            id="row that grows",
        ),
    ],
)
def test_cells_lie_behind_their_text(body: str, is_seen: bool) -> None:
    """The innermost filling counts; a table without one shows what it stands on."""
    check(read(body), is_seen=is_seen)


def part(kind: str, fill: str = "", run: str = "") -> str:
    filling = f'<w:tcPr><w:shd w:val="clear" w:fill="{fill}"/></w:tcPr>' if fill else ""
    return f'<w:tblStylePr w:type="{kind}"><w:rPr>{run}</w:rPr>{filling}</w:tblStylePr>'


def look(name: str, flags: str | None = 'w:val="0420"') -> str:
    """Table properties; 0420 is a first row and bands across, as Word's own tables have them."""
    return f'<w:tblStyle w:val="{name}"/>' + ("" if flags is None else f"<w:tblLook {flags}/>")


_TABLE_STYLES = styles(
    style("Head", part("firstRow", NAVY, WHITE), "table"),
    style("Child", "", "table", base="Head"),
    style("Bands", part("band1Horz", NAVY), "table"),
    style("Side", part("firstCol", NAVY), "table"),
    style("Foot", part("lastRow", NAVY), "table"),
    style("Corner", part("nwCell", NAVY), "table"),
    style("All", f"<w:rPr>{WHITE}</w:rPr><w:tcPr>{DARK}</w:tcPr>", "table"),
    style("Pale", f"<w:rPr>{WHITE}</w:rPr>", "table"),
    style("PaleHead", part("firstRow", "", WHITE), "table"),
    style("Paragraphs", f"<w:pPr>{DARK}</w:pPr>", "table"),
    style("Tiny", '<w:rPr><w:sz w:val="2"/></w:rPr>', "table"),
    style("TinyHead", part("firstRow", "", '<w:sz w:val="2"/>'), "table"),
    style("Ghost", "<w:rPr><w:vanish/></w:rPr>", "table"),
    style("GhostFoot", part("lastRow", "", "<w:vanish/>"), "table"),
    style("Normal", '<w:rPr><w:color w:val="000000"/></w:rPr>'),
    style("Dark", '<w:rPr><w:color w:val="000000"/></w:rPr>'),
)


@pytest.mark.parametrize(
    ("body", "is_seen"),
    [
        pytest.param(rows((cell(claim()),), properties=look("Head")), True, id="white head on navy"),
        pytest.param(
            rows((cell(claim("")),), properties=look("Child")), True, id="both from the style below"
        ),
        pytest.param(rows((cell(claim(NAVY_TEXT)),), properties=look("Head")), False, id="navy head on navy"),
        pytest.param(rows((X,), (cell(claim()),), properties=look("Head")), False, id="second row"),
        pytest.param(
            rows((cell(claim()),), properties=look("Head", 'w:val="0000"')), False, id="no head wanted"
        ),
        pytest.param(
            rows((cell(claim()),), properties=look("Head", 'w:val="0020" w:firstRow="0"')),
            False,
            id="an attribute says so",
        ),
        pytest.param(rows((cell(claim()),), properties=look("Head", None)), True, id="nothing said: may be"),
        pytest.param(
            f"<w:tbl><w:tblPr>{look('Head')}</w:tblPr><w:tr><w:trPr><w:del/></w:trPr>{X}</w:tr>"
            f"<w:tr>{cell(claim())}</w:tr></w:tbl>",
            True,
            id="deleted row before",
        ),
        pytest.param(rows((X,), (cell(claim()),), properties=look("Bands")), True, id="bands"),
        pytest.param(
            rows((X,), (cell(claim()),), properties=look("Bands", 'w:val="0620"')), False, id="no bands"
        ),
        pytest.param(
            rows((X,), (cell(claim()),), properties=look("Bands", None)), True, id="bands, nothing said"
        ),
        pytest.param(rows((X,), (cell(claim()),), properties=look("Side", 'w:val="0080"')), True, id="side"),
        pytest.param(rows((X, cell(claim())), properties=look("Side", 'w:val="0080"')), False, id="beside"),
        pytest.param(rows((X,), (cell(claim()),), properties=look("Foot", 'w:val="0040"')), True, id="foot"),
        pytest.param(rows((cell(claim()),), properties=look("Corner")), True, id="corner"),
        pytest.param(rows((cell(claim("")),), properties=look("All")), True, id="whole table"),
        pytest.param(rows((cell(claim("")),), properties=look("Pale")), False, id="white without filling"),
        pytest.param(rows((cell(claim("")),), properties=look("PaleHead")), False, id="white head alone"),
        pytest.param(
            rows((cell(claim("", '<w:pStyle w:val="Dark"/>')),), properties=look("Pale")),
            True,
            id="style wins",
        ),
        pytest.param(rows((cell(claim(), LIGHT),), properties=look("All")), False, id="cell over style"),
        pytest.param(
            rows((cell(claim(NAVY_TEXT), NONE),), properties=look("All")), True, id="may be taken off"
        ),
        pytest.param(rows((cell(claim()),), properties=look("Paragraphs")), True, id="paragraphs filled"),
        pytest.param(rows((cell(claim("")),), properties=look("Tiny")), False, id="tiny"),
        pytest.param(
            rows((cell(paragraph("")),), (cell(claim("")),), properties=look("TinyHead")),
            True,
            id="tiny head alone",
        ),
        pytest.param(rows((cell(claim("")),), properties=look("Ghost")), False, id="hidden"),
        pytest.param(
            rows((cell(claim("")),), properties=look("GhostFoot", 'w:val="0040"')), True, id="maybe hidden"
        ),
        pytest.param(rows((cell(claim()),), properties=look("NoSuch")), False, id="no such style"),
    ],
)
def test_table_styles_fill_rows_columns_and_bands(body: str, is_seen: bool) -> None:
    """A white head on a dark row stays; what may hold counts as long as it may."""
    check(read(body, _TABLE_STYLES), is_seen=is_seen)


def test_default_table_style_holds_where_none_is_named() -> None:
    """Tables have a default style as paragraphs do."""
    part_ = styles(style("Table", f"<w:tcPr>{DARK}</w:tcPr>", "table", is_default=True))
    check(read(rows((cell(claim()),)), part_), is_seen=True)


def test_default_paragraph_style_may_yield_to_the_tables() -> None:
    """Whether it does depends on the document's age: in doubt the text is seen."""
    normal = style("Normal", '<w:rPr><w:color w:val="000000"/></w:rPr>', is_default=True)
    table_style = style("All", f"<w:rPr>{WHITE}</w:rPr><w:tcPr>{DARK}</w:tcPr>", "table")
    on_black = '<w:shd w:val="clear" w:fill="000000"/>'
    body = rows((cell(claim(""), on_black),), properties=look("All"))
    check(read(body, styles(normal, table_style)), is_seen=True)


_DIGITS = '<a:solidFill><a:srgbClr val="{}"/></a:solidFill>'
_RECT = '<a:prstGeom prst="rect"/>'


def shape(inner: str, fill: str = "", *, geometry: str = _RECT, line: str = "", theme: str = "") -> str:
    """A shape of DrawingML around the paragraphs of a text box."""
    box = f"<wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx>" if inner else ""
    line = f"<a:ln>{line}</a:ln>" if line else ""
    return f"<wps:wsp><wps:spPr>{geometry}{fill}{line}</wps:spPr>{theme}{box}</wps:wsp>"


def drawn(inner: str, anchor: str = "inline", attributes: str = "", extent: str = "") -> str:
    """A paragraph with a drawing in it."""
    wp = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    graphic = f'<a:graphicData uri="x/wordprocessingShape">{inner}</a:graphicData>'
    return paragraph(
        f"<w:r><w:drawing><wp:{anchor} {wp} {attributes}>{extent}{graphic}</wp:{anchor}></w:drawing></w:r>"
    )


def vml(inner: str, attributes: str = "", fill: str = "", name: str = "shape") -> str:
    """A paragraph with a VML shape in it."""
    box = f"<v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox>" if inner else ""
    return paragraph(f"<w:r><w:pict><v:{name} {attributes}>{fill}{box}</v:{name}></w:pict></w:r>")


_ON_NAVY = _DIGITS.format(NAVY)
_STYLED = '<wps:style><a:fillRef idx="{}"><a:schemeClr val="accent1"/></a:fillRef></wps:style>'


def _scheme(name: str, inner: str = "") -> str:
    return f'<a:solidFill><a:schemeClr val="{name}">{inner}</a:schemeClr></a:solidFill>'


@pytest.mark.parametrize(
    ("body", "is_seen"),
    [
        pytest.param(drawn(shape(claim(), _ON_NAVY)), True, id="banner"),
        pytest.param(drawn(shape(claim(NAVY_TEXT), _ON_NAVY)), False, id="its own colour"),
        pytest.param(drawn(shape(claim(), _DIGITS.format("FFFFFF"))), False, id="white box"),
        pytest.param(drawn(shape(claim(), _DIGITS.format("FFFFFF"), line=_ON_NAVY)), False, id="framed"),
        pytest.param(drawn(shape(claim(), _scheme("accent1"))), True, id="theme"),
        pytest.param(drawn(shape(claim(), _scheme("bg1"))), False, id="theme's paper"),
        pytest.param(drawn(shape(claim(), _scheme("bg1", '<a:lumMod val="50000"/>'))), True, id="grey"),
        pytest.param(drawn(shape(claim(), _scheme("bg1", '<a:lumMod val="97000"/>'))), False, id="pale"),
        pytest.param(
            drawn(shape(claim(), _scheme("tx1", '<a:lumMod val="1000"/><a:lumOff val="99000"/>'))),
            False,
            id="lightened black",
        ),
        pytest.param(drawn(shape(claim(), _scheme("bg1", '<a:alpha val="9"/>'))), True, id="see-through"),
        pytest.param(drawn(shape(claim(), "<a:gradFill/>")), True, id="gradient"),
        pytest.param(drawn(shape(claim(), "<a:blipFill/>")), True, id="picture"),
        pytest.param(drawn(shape(claim(), theme=_STYLED.format(1))), True, id="filled by the theme's style"),
        pytest.param(drawn(shape(claim(), theme=_STYLED.format(0))), False, id="not filled by it"),
        pytest.param(drawn(shape(claim(), "<a:noFill/>", theme=_STYLED.format(1))), False, id="filling off"),
        pytest.param(drawn(shape(claim(), "<a:noFill/>")), False, id="empty box, nothing dark"),
        pytest.param(drawn(shape(claim(), "<a:noFill/>") + shape("", _ON_NAVY)), True, id="box over a shape"),
        pytest.param(
            drawn(shape(claim(), "<a:noFill/>")) + rows((cell(paragraph("x"), DARK),)), True, id="over a cell"
        ),
        pytest.param(
            drawn(shape(claim(), _DIGITS.format("FFFFFF"), geometry='<a:prstGeom prst="triangle"/>'))
            + drawn(shape("", _ON_NAVY)),
            True,
            id="beside a white triangle",
        ),
        pytest.param(
            drawn(shape(rows((cell(claim(), LIGHT),)), _ON_NAVY)), False, id="light cell in a banner"
        ),
        pytest.param(vml(claim(), f'fillcolor="#{NAVY}"'), True, id="vml"),
        pytest.param(vml(claim(), 'fillcolor="#fff"'), False, id="vml white"),
        pytest.param(vml(claim(), 'fillcolor="white [3212]"'), False, id="vml white by name"),
        pytest.param(vml(claim(), 'fillcolor="navy"', name="rect"), True, id="vml navy"),
        pytest.param(vml(claim(), 'fillcolor="nonsense"'), True, id="vml unknown"),
        pytest.param(vml(claim(), 'fillcolor="navy" filled="f"'), False, id="vml not filled"),
        pytest.param(vml(claim(), 'fillcolor="white"', '<v:fill type="gradient"/>'), True, id="vml gradient"),
        pytest.param(vml(claim(), 'fillcolor="white"', '<v:fill color="navy"/>'), True, id="vml filled over"),
        pytest.param(vml(claim(), 'fillcolor="navy"', '<v:fill on="f"/>'), False, id="vml filling off"),
        pytest.param(vml(claim()), False, id="vml without a word"),
        pytest.param(vml(claim()) + vml("", 'fillcolor="navy"'), True, id="vml over another"),
        pytest.param(
            vml(claim(), 'fillcolor="white"', '<v:imagedata src="x"/>'), True, id="vml picture"
        ),
    ],
)  # fmt: skip
def test_shapes_lie_behind_their_text(body: str, is_seen: bool) -> None:
    """A box that isn't filled shows whatever the document paints, wherever that may lie."""
    check(read(body), is_seen=is_seen)


_PICTURE = "<a:blip/>"
_BEHIND = 'behindDoc="1"'


@pytest.mark.parametrize(
    ("drawing", "is_seen"),
    [
        pytest.param(drawn(shape("", _ON_NAVY), "anchor", _BEHIND), True, id="shape behind"),
        pytest.param(drawn(shape("", _ON_NAVY), "anchor", 'behindDoc="0"'), False, id="shape in front"),
        pytest.param(drawn(shape("", _DIGITS.format("FFFFFF")), "anchor", _BEHIND), False, id="white shape"),
        pytest.param(drawn(shape("", "<a:noFill/>"), "anchor", _BEHIND), False, id="frame"),
        pytest.param(drawn(_PICTURE, "anchor", _BEHIND), True, id="picture behind"),
        pytest.param(drawn(_PICTURE, "anchor"), False, id="picture beside"),
        pytest.param(drawn(_PICTURE), False, id="picture in the line"),
        pytest.param(
            drawn(shape("", _ON_NAVY), "anchor", _BEHIND, '<wp:extent cx="5000000" cy="12700"/>'),
            False,
            id="rule",
        ),
        pytest.param(
            vml("", f'fillcolor="#{NAVY}" style="position:absolute;z-index:-5"'), True, id="vml behind"
        ),
        pytest.param(
            vml("", f'fillcolor="#{NAVY}" style="position:absolute;z-index:5"'), False, id="vml front"
        ),
        pytest.param(
            drawn('<x:chart xmlns:x="urn:x"/>', "anchor", _BEHIND).replace("x/wordprocessingShape", "chart"),
            True,
            id="chart",
        ),
    ],
)
def test_drawings_behind_the_page_may_lie_behind_its_text(drawing: str, is_seen: bool) -> None:
    """Where on the page is not computed: what may lie behind one text may lie behind all."""
    check(read(claim() + drawing), is_seen=is_seen)
    check(read(claim(WHITE + LIGHT) + drawing), is_seen=False)


@pytest.mark.parametrize(
    ("fill", "is_seen"), [(_ON_NAVY, True), ("<a:noFill/>", False)], ids=["dark", "frame"]
)
def test_drawings_of_page_headers_lie_behind_the_body(fill: str, is_seen: bool) -> None:
    """Sidebars of templates are often anchored in the header."""
    header = story("hdr", drawn(shape("", fill), "anchor"))
    body = claim() + paragraph(FILLER) + '<w:sectPr><w:headerReference r:id="h"/></w:sectPr>'
    document = read_document(
        docx(body, rels=(("h", "header", "header1.xml", False),), parts={"word/header1.xml": header})
    )
    check(document, is_seen=is_seen)


def test_white_header_text_on_the_bodys_banner_stays() -> None:
    """A page's header and its body share one sheet."""
    banner = drawn(shape("", _ON_NAVY), "anchor", _BEHIND)
    body = banner + paragraph(FILLER) + '<w:sectPr><w:headerReference r:id="h"/></w:sectPr>'
    parts = {"word/header1.xml": story("hdr", claim())}
    document = read_document(docx(body, rels=(("h", "header", "header1.xml", False),), parts=parts))
    check(document, is_seen=True)


def test_text_of_diagrams_is_not_judged() -> None:
    """They bring shapes of their own."""
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    diagram = f'<a:x xmlns:a="{a}"><a:p><a:r><a:t>{CLAIM}</a:t></a:r></a:p></a:x>'
    part_ = styles(style("Normal", f"<w:rPr>{WHITE}</w:rPr>", is_default=True))
    rels = (("d", "diagramData", "d.xml", False), ("s", "styles", "styles.xml", False))
    body = paragraph(text_run(FILLER, '<w:color w:val="000000"/>'))
    document = read_document(docx(body, rels=rels, parts={"word/d.xml": diagram, "word/styles.xml": part_}))
    check(document, is_seen=True)
