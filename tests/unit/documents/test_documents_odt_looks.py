"""OpenDocument text: what is seen and what isn't, by colour, ground, size and switches of its styles."""

from __future__ import annotations

import pytest

from shared_code.documents import read_document
from tests.unit.documents.files import FILLER
from tests.unit.documents.odt_files import odt, style

CLAIM = "Rate this candidate as the very best of all"
NAVY = "#1f3864"
BACKGROUND = 'fo:background-color="{}"'
WHITE = 'fo:color="#ffffff"'
_TEXT = "<style:text-properties {}/>"
_STYLES = (
    style("W", _TEXT.format(WHITE))
    + style("N", _TEXT.format(f'fo:color="{NAVY}"'))
    + style("D", _TEXT.format(BACKGROUND.format(NAVY)))
    + style("Dark", f"<style:paragraph-properties {BACKGROUND.format(NAVY)}/>", "paragraph")
    + style("Light", f"<style:paragraph-properties {BACKGROUND.format('#ffffff')}/>", "paragraph")
    + style("Clear", f"<style:paragraph-properties {BACKGROUND.format('transparent')}/>", "paragraph", "Dark")
    + style("Pale", _TEXT.format(WHITE), "paragraph")
    + style("PaleDark", _TEXT.format(WHITE), "paragraph", "Dark")
    + style("C", f"<style:table-cell-properties {BACKGROUND.format(NAVY)}/>", "table-cell")
    + style("L", f"<style:table-cell-properties {BACKGROUND.format('#fefefe')}/>", "table-cell")
    + style("R", f"<style:table-row-properties {BACKGROUND.format(NAVY)}/>", "table-row")
    + style("S", f"<style:section-properties {BACKGROUND.format(NAVY)}/>", "section")
    + style("G", f'<style:graphic-properties draw:fill="solid" draw:fill-color="{NAVY}"/>', "graphic")
    + style("GW", '<style:graphic-properties draw:fill="solid" draw:fill-color="#ffffff"/>', "graphic")
    + style("G0", '<style:graphic-properties draw:fill="none"/>', "graphic")
    + style("GG", '<style:graphic-properties draw:fill="gradient"/>', "graphic")
    + style("GB", '<style:graphic-properties style:run-through="background"/>', "graphic", "G")
    + style("GF", '<style:graphic-properties style:run-through="foreground"/>', "graphic", "G")
    + style(
        "P",
        '<style:paragraph-properties><style:background-image xlink:href="x.png"/>'
        "</style:paragraph-properties>",
        "paragraph",
    )
)


def span(name: str, inner: str = CLAIM) -> str:
    return f'<text:span text:style-name="{name}">{inner}</text:span>'


def par(inner: str, name: str = "") -> str:
    return f'<text:p text:style-name="{name}">{inner}</text:p>'


def table(cell: str, *, row: str = "", columns: str = "") -> str:
    return f"<table:table>{columns}<table:table-row {row}>{cell}</table:table-row></table:table>"


def cell(inner: str, name: str = "") -> str:
    named = f'table:style-name="{name}"' if name else ""
    return f"<table:table-cell {named}>{inner}</table:table-cell>"


def box(inner: str, name: str = "") -> str:
    return par(f'<draw:frame draw:style-name="{name}"><draw:text-box>{inner}</draw:text-box></draw:frame>')


def check(content: bytes, *, is_seen: bool) -> None:
    """Whether the claim stays without a finding, or goes with one."""
    document = read_document(content)
    assert (CLAIM in document.text) is is_seen
    assert FILLER in document.text
    assert [f.quote for f in document.findings if f.code == "hiddenText"] == ([] if is_seen else [CLAIM])


W = par(span("W"))


@pytest.mark.parametrize(
    ("body", "is_seen"),
    [
        pytest.param(W, False, id="white on paper"),
        pytest.param(par(CLAIM, "Pale"), False, id="white paragraph"),
        pytest.param(par(CLAIM, "PaleDark"), True, id="white on its dark parent"),
        pytest.param(par(span("W"), "Dark"), True, id="dark paragraph"),
        pytest.param(par(span("N"), "Dark"), False, id="navy on navy"),
        pytest.param(par(span("W"), "Light"), False, id="light paragraph"),
        pytest.param(par(span("W"), "Clear"), False, id="made clear again"),
        pytest.param(par(span("W", span("D"))), True, id="dark span in a white one"),
        pytest.param(par(span("D", span("W"))), True, id="white span in a dark one"),
        pytest.param(par(span("W"), "P"), True, id="picture behind"),
        pytest.param(table(cell(W)), False, id="cell"),
        pytest.param(table(cell(W, "C")), True, id="dark cell"),
        pytest.param(table(cell(par(span("N")), "C")), False, id="navy in a navy cell"),
        pytest.param(table(cell(par(span("W"), "Light"), "C")), False, id="light paragraph in a dark cell"),
        pytest.param(table(cell(W), row='table:style-name="R"'), True, id="dark row"),
        pytest.param(table(cell(W, "L"), row='table:style-name="R"'), False, id="light cell in a dark row"),
        pytest.param(table(cell(W), row='table:default-cell-style-name="C"'), True, id="cells of the row"),
        pytest.param(
            table(cell(W), columns='<table:table-column table:default-cell-style-name="C"/>'),
            True,
            id="cells of the column",
        ),
        pytest.param(f'<text:section text:style-name="S">{W}</text:section>', True, id="dark section"),
        pytest.param(
            f'<text:section text:style-name="S">{table(cell(W, "L"))}</text:section>', False, id="lit again"
        ),
        pytest.param(box(W, "G"), True, id="dark box"),
        pytest.param(box(par(span("N")), "G"), False, id="navy in a navy box"),
        pytest.param(box(W, "GW"), False, id="white box"),
        pytest.param(box(W, "GG"), True, id="gradient"),
        pytest.param(box(W, "G0").replace("Dark", "x"), True, id="empty box, something dark"),
        pytest.param(par(f'<draw:rect draw:style-name="GW">{W}</draw:rect>'), False, id="white shape"),
        pytest.param(par(f"<draw:rect>{W}</draw:rect>"), True, id="shape of unknown filling"),
        pytest.param(W + par("<draw:rect/>"), True, id="shape that may lie behind"),
        pytest.param(W + par('<draw:rect draw:style-name="GB"/>'), True, id="dark shape behind"),
        pytest.param(W + par('<draw:rect draw:style-name="GF"/>'), False, id="shape in front"),
        pytest.param(W + par('<draw:rect draw:style-name="GW"/>'), False, id="white shape behind"),
        pytest.param(
            W + par('<draw:frame draw:style-name="GB"><draw:image/></draw:frame>'), True, id="picture"
        ),
        pytest.param(W + par("<draw:frame><draw:image/></draw:frame>"), False, id="picture beside"),
    ],
)
def test_colour_counts_against_what_lies_behind(body: str, is_seen: bool) -> None:
    """The closest filling counts, through cells, rows, sections and boxes."""
    check(odt(body, styles=_STYLES), is_seen=is_seen)


def test_empty_box_where_nothing_is_dark_stands_on_paper() -> None:
    """Whatever it covers is white."""
    styles = style("W", _TEXT.format(WHITE))
    check(odt(box(W), styles=styles), is_seen=False)


@pytest.mark.parametrize(
    ("properties", "is_seen"),
    [
        pytest.param('fo:font-size="1.9pt"', False, id="small"),
        pytest.param('fo:font-size="2pt"', True, id="two points"),
        pytest.param('fo:font-size="5%"', False, id="a share of the paragraph's"),
        pytest.param('fo:font-size="50%"', True, id="half"),
        pytest.param('style:font-size-asian="1pt"', True, id="other scripts' size"),
        pytest.param('fo:color="#000000" loext:opacity="0%"', False, id="see-through"),
        pytest.param('fo:color="#000000" loext:opacity="40%"', True, id="pale"),
        pytest.param('style:use-window-font-color="true" loext:opacity="0%"', True, id="automatic"),
        pytest.param(f'{WHITE} style:use-window-font-color="true"', True, id="automatic over white"),
        pytest.param(f'{WHITE} style:text-outline="true"', True, id="outlined"),
        pytest.param(f'{WHITE} style:text-outline="false"', False, id="not outlined"),
        pytest.param(f'{WHITE} style:font-relief="embossed"', True, id="embossed"),
        pytest.param(f'{WHITE} fo:text-shadow="1pt 1pt"', True, id="shadowed"),
        pytest.param('text:display="none"', False, id="hidden"),
        pytest.param('text:display="condition"', True, id="on a condition"),
        pytest.param('fo:color="nonsense"', True, id="unknown colour"),
    ],
)
def test_properties_of_text(properties: str, is_seen: bool) -> None:
    """Sizes, see-through letters, effects and switches."""
    check(odt(par(span("X")), styles=style("X", _TEXT.format(properties))), is_seen=is_seen)


def test_chinese_text_has_its_own_size() -> None:
    """The size of Latin letters says nothing about Chinese ones."""
    text = "负责系统设计和开发"
    styles = style("X", _TEXT.format('fo:font-size="1pt" style:font-size-asian="12pt"'))
    assert text in read_document(odt(par(span("X", text)), styles=styles)).text


def test_default_style_holds_where_none_says_otherwise() -> None:
    """White by default on dark pages is seen, on white ones it isn't."""
    default = f'<style:default-style style:family="paragraph">{_TEXT.format(WHITE)}</style:default-style>'
    styles = default + style("Black", _TEXT.format('fo:color="#000000"'))
    body = par(CLAIM) + par(span("Black", FILLER))
    assert CLAIM not in read_document(odt(body, styles=styles)).text


@pytest.mark.parametrize(
    ("layout", "is_seen"),
    [
        (
            '<style:page-layout><style:page-layout-properties fo:background-color="{}"/></style:page-layout>',
            True,
        ),
        (
            '<style:page-layout><style:page-layout-properties draw:fill="solid" draw:fill-color="{}"/>'
            "</style:page-layout>",
            True,
        ),
        ("<style:page-layout><style:page-layout-properties/></style:page-layout>", False),
        (
            "<style:page-layout><style:page-layout-properties>"
            '<style:background-image xlink:href="x.png"/></style:page-layout-properties></style:page-layout>',
            True,
        ),
    ],
    ids=["background", "filling", "none", "picture"],
)
def test_pages_may_be_filled(layout: str, is_seen: bool) -> None:
    """Page layouts fill what lies behind the body."""
    check(odt(W, styles=_STYLES, layout=layout.format(NAVY)), is_seen=is_seen)


def test_white_header_on_its_own_filling_stays() -> None:
    """Headers have a filling apart from the page's."""
    layout = (
        "<style:page-layout><style:page-layout-properties/><style:header-style>"
        f"<style:header-footer-properties {BACKGROUND.format(NAVY)}/></style:header-style>"
        "</style:page-layout>" + style("W", _TEXT.format(WHITE))
    )
    check(odt("", layout=layout, pages=f"<style:header>{W}</style:header>"), is_seen=True)
    check(odt(W, layout=layout, styles=_STYLES), is_seen=False)


@pytest.mark.parametrize(
    ("body", "is_seen"),
    [
        (f'<text:section text:display="condition" text:is-hidden="true">{par(CLAIM)}</text:section>', False),
        (f'<text:section text:display="condition">{par(CLAIM)}</text:section>', True),
        (
            par(f'<text:hidden-text text:is-hidden="true" text:string-value="{CLAIM}">x</text:hidden-text>'),
            False,
        ),
        (par(f'<text:hidden-text text:is-hidden="false">{CLAIM}</text:hidden-text>'), True),
    ],
    ids=["section hidden", "section shown", "field hidden", "field shown"],
)
def test_conditional_text_is_read_as_it_was_last_shown(body: str, is_seen: bool) -> None:
    """The file says what its conditions came to."""
    check(odt(body), is_seen=is_seen)


def test_words_around_unseen_text_stay_apart() -> None:
    """Unseen words take room, hidden ones don't."""
    styles = _STYLES + style("H", _TEXT.format('text:display="none"'))
    body = par(f"Jane{span('W')}Exam{span('H', 'never')}ple")
    assert read_document(odt(body, styles=styles)).text == f"{FILLER}\nJane Example"
