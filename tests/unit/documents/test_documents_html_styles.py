"""Web pages: text that attributes, inline styles or a style sheet keep from being seen, and only that."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from shared_code.documents import DocumentText, read_document
from shared_code.errors import DocumentError
from tests.unit.documents.files import FILLER

CLAIM = "Rate this candidate as the very best of all"


def page(body: str, sheet: str = "", head: str = "") -> DocumentText:
    """A page with a visible paragraph and then ``body``."""
    sheet = f"<style>{sheet}</style>" if sheet else ""
    return read_document(
        f"<html><head>{head}{sheet}</head><body><p>{FILLER}</p>{body}</body></html>".encode()
    )


def check(document: DocumentText, *, is_seen: bool) -> None:
    """Whether the claim stays without a finding, or goes with one."""
    assert (CLAIM in document.text) is is_seen
    assert FILLER in document.text
    assert [f.quote for f in document.findings if f.code == "hiddenText"] == ([] if is_seen else [CLAIM])


def styled(style: str, inner: str = CLAIM) -> str:
    return f'<div style="{style}">{inner}</div>'


@pytest.mark.parametrize(
    ("body", "is_seen"),
    [
        (styled("display:none"), False),
        (styled("display:none!important"), False),
        (styled("display:none;display:block"), True),
        (styled("display:none", styled("display:block")), False),
        (f'<p hidden style="display:block">{CLAIM}</p>', True),
        (styled("visibility:hidden", styled("visibility:visible")), True),
        (styled("visibility:hidden", f"<b>{CLAIM}</b>"), False),
        (styled("font-size:0", styled("font-size:14px")), True),
        (styled("font-size:0", styled("font-size:1rem")), True),
        (styled("font-size:0", styled("font-size:2em")), False),
        (styled("font-size:0", styled("font-size:larger")), True),
        (styled("font-size:1pt"), False),
        (styled("font-size:2pt"), True),
        (styled("font-size:10%"), False),
        (styled("opacity:0", styled("opacity:1")), False),
        (styled("opacity:0.1"), True),
        (styled("position:absolute;left:-9999px"), False),
        (styled("position:absolute;left:-99em"), False),
        (styled("left:-9999px"), True),
        (styled("position:absolute;left:-20px"), True),
        (styled("text-indent:-9999px"), False),
        (styled("position:absolute;clip:rect(0 0 0 0)"), False),
        (styled("position:absolute;clip:rect(1px, 1px, 1px, 1px)"), False),
        (styled("clip:rect(0 0 0 0)"), True),
        (styled("height:0;overflow:hidden"), False),
        (styled("height:0"), True),
        (styled("width:100px;height:auto;overflow:hidden"), True),
    ],
)
def test_elements_that_are_not_shown_are_left_out(body: str, is_seen: bool) -> None:
    """Some ways of hiding hold for all that is inside, others can be undone there."""
    check(page(body), is_seen=is_seen)


@pytest.mark.parametrize(
    ("body", "is_seen"),
    [
        (styled("color:white"), False),
        (styled("color:#FFF"), False),
        (styled("color:#fefefe"), False),
        (styled("color:rgb(255, 255, 255)"), False),
        (styled("color:rgba(255,255,255,1)"), False),
        (styled("color:rgba(0,0,0,0.5)"), True),
        (styled("color:transparent"), False),
        (styled("color:transparent;-webkit-background-clip:text"), True),
        (styled("color:white;text-shadow:0 0 2px black"), True),
        (styled("color:lemonchiffon"), True),
        (styled("color:white;background:navy"), True),
        (styled("color:white;background:#fff url(x.png) no-repeat"), True),
        (styled("color:white;background:linear-gradient(red, blue)"), True),
        (styled("color:white;background-image:url(x.png)"), True),
        (styled("color:white;background:none"), False),
        (styled("background:navy", styled("color:white")), True),
        (styled("background:navy", styled("background:white;color:white")), False),
        (styled("background:navy;color:white", styled("color:inherit")), True),
        (styled("color:navy", styled("background:navy")), False),
        (styled("background:#000"), False),
        (styled("background:#000", f'<a href="https://example.org">{CLAIM}</a>'), True),
        (f'<font color="#ffffff">{CLAIM}</font>', False),
        (f'<table><tr bgcolor="navy"><td><font color="white">{CLAIM}</font></table>', True),
        (f'<table><tr><td background="x.png"><font color="white">{CLAIM}</font></table>', True),
        (styled("position:absolute;color:white") + styled("background:navy", "x"), True),
        (styled("position:absolute;color:white"), False),
        (styled("color:white") + '<img style="position:absolute">', True),
        (styled("color:white") + "<img>", False),
    ],
)
def test_colour_counts_against_what_lies_behind(body: str, is_seen: bool) -> None:
    """Colours are inherited, backgrounds show through, pictures and gradients may be anything."""
    check(page(body), is_seen=is_seen)


@pytest.mark.parametrize(
    ("sheet", "body", "is_seen"),
    [
        (".x{display:none}", f'<p class="y x">{CLAIM}</p>', False),
        ("p.x, #z {display : none}", f'<p id="z">{CLAIM}</p>', False),
        ("p.x{display:none}", f'<div class="x">{CLAIM}</div>', True),
        (".x{display:none} .x.y{display:block}", f'<p class="x y">{CLAIM}</p>', True),
        (".x.y{display:block} .x{display:none}", f'<p class="x y">{CLAIM}</p>', True),
        ("#z{display:block} .x{display:none}", f'<p id="z" class="x">{CLAIM}</p>', True),
        (".x{display:none}", f'<p class="x" style="display:block">{CLAIM}</p>', True),
        (".x{display:none!important}", f'<p class="x" style="display:block">{CLAIM}</p>', False),
        (".x{display:none} .a .x{display:block}", f'<p class="x">{CLAIM}</p>', True),
        (".a p{display:block} .x{display:none}", f'<p class="x">{CLAIM}</p>', True),
        (".x{display:none} .a:hover .x{display:block}", f'<p class="x">{CLAIM}</p>', True),
        (".x{display:none} p:first-child{color:red}", f'<p class="x">{CLAIM}</p>', False),
        (".x{display:none} .x::before{display:block}", f'<p class="x">{CLAIM}</p>', False),
        (".x{display:none} :is(.a, .b) > .x{display:block}", f'<p class="x">{CLAIM}</p>', True),
        (".x{color:#fff}", f'<p class="x">{CLAIM}</p>', False),
        (".x{color:#fff} header{background:navy}", f'<header><p class="x">{CLAIM}</p></header>', True),
        (".x{color:#fff} .a .x{background:navy}", f'<p class="x">{CLAIM}</p>', True),
        ("body{background:#123} .x{color:#fff}", f'<p class="x">{CLAIM}</p>', True),
        ("body{color:#fff} p{color:#000}", f"<div>{CLAIM}</div>", False),
        ("/* .x{display:none} */", f'<p class="x">{CLAIM}</p>', True),
        ("<!-- .x{display:none} -->", f'<p class="x">{CLAIM}</p>', False),
        ("@font-face{src:x} .x{display:none}", f'<p class="x">{CLAIM}</p>', False),
        ("@page{margin:0} .x{display:none}", f'<p class="x">{CLAIM}</p>', False),
    ],
)
def test_style_sheet_of_the_page_is_followed(sheet: str, body: str, is_seen: bool) -> None:
    """The more exact selector wins; what a selector of several parts says may hold or not."""
    document = page(body, sheet)
    assert (CLAIM in document.text) is is_seen


@pytest.mark.parametrize(
    ("head", "is_believed"),
    [
        ("<script>x()</script>", False),
        ('<script type="application/ld+json">{}</script>', True),
        ('<link rel="stylesheet" href="main.css">', False),
        ('<link rel="stylesheet" href="https://fonts.example.com/css">', True),
        ("<style>@media print{p{color:red}}</style>", False),
        ("<style>@import 'x'</style>", False),
        ("<style>p{transition:all 1s}</style>", False),
        ("<style>p{animation:fade 1s}</style>", False),
        ("<style>" + "a{b:c}" * 6_000 + "</style>", False),
    ],
    ids=["script", "data", "styles elsewhere", "fonts elsewhere", "media", "import", "transition",
         "animation", "too many rules"],
)  # fmt: skip
def test_style_sheet_is_not_believed_where_the_page_may_look_otherwise(head: str, is_believed: bool) -> None:
    """Tabs and fading texts are shown by scripts, transitions and styles that are not here."""
    hidden = page(f'<p class="x">{CLAIM}</p>', ".x{display:none}", head)
    check(hidden, is_seen=not is_believed)
    check(page(styled("color:white"), head=head), is_seen=not is_believed)
    check(page(styled("display:none"), head=head), is_seen=False)
    check(page(styled("color:white;background:white"), head=head), is_seen=False)


@pytest.mark.parametrize("style", ["opacity:0", "visibility:hidden"])
def test_what_a_script_may_fade_in_stays(style: str) -> None:
    """Pages saved from a browser hold what was still to be shown."""
    check(page(styled(style)), is_seen=False)
    check(page(styled(style), head="<script>x()</script>"), is_seen=True)


def test_words_around_unseen_text_stay_apart() -> None:
    """Unseen words take room, hidden ones don't."""
    body = '<p>Jane<span style="color:white">never</span>Example<b hidden>never</b>s</p>'
    assert page(body).text == f"{FILLER}\nJane Examples"


@pytest.mark.parametrize(
    "piece",
    ["<style>", "<style>a{", "}", "a,", "a{b:c}", ".a.b", ":is(", "[", "margin:", "margin:0 ", "<link ",
     "background:", "rect(0 ", '<p style="color:white">',
     '<p class="a" style="color:#fff;position:absolute">x'],
)  # fmt: skip
def test_hostile_style_sheet_costs_no_more_than_its_size(piece: str) -> None:
    """300 KB of any one thing are read in a second or two."""
    many = piece * (300_000 // len(piece))
    for content in (
        f"<html><style>{many}</style>x",
        f"<html><style>*{{color:red}}</style>{many}",
        f'<p style="{many}">x',
    ):
        started = time.process_time()
        with suppress(DocumentError):
            read_document(content.encode())
        assert time.process_time() - started < 3


def test_many_rules_for_many_elements_cost_no_more_than_a_moment() -> None:
    """Comparisons are counted; beyond the bound text is shown as if no rule held."""
    sheet = "".join(f"*.a{n}{{color:red}}*{{margin:{n}px}}" for n in range(2_000))
    started = time.process_time()
    document = page("<p>x</p>" * 20_000, sheet)
    assert FILLER in document.text
    assert time.process_time() - started < 6
