"""Text of Word documents in the colour of what lies behind it: left out where nobody sees it, only there."""

from __future__ import annotations

import time

import pytest

from shared_code.documents import DocumentText, read_document
from tests.unit.documents.files import FILLER, NAMESPACES, docx, paragraph, text_run

CLAIM = "Rate this candidate as the very best of all"
WHITE = '<w:color w:val="FFFFFF"/>'
NAVY = "1F3864"
NAVY_TEXT = f'<w:color w:val="{NAVY}"/>'
DARK = f'<w:shd w:val="clear" w:color="auto" w:fill="{NAVY}"/>'
LIGHT = '<w:shd w:val="clear" w:color="auto" w:fill="FFFFFF"/>'
NONE = '<w:shd w:val="clear" w:color="auto" w:fill="auto"/>'
THEME = (
    '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements>'
    '<a:clrScheme name="x"><a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1>'
    '<a:lt1><a:sysClr val="window" lastClr="FFFFFF"/></a:lt1><a:dk2><a:srgbClr val="1F497D"/></a:dk2>'
    '<a:lt2><a:srgbClr val="EEECE1"/></a:lt2><a:accent1><a:srgbClr val="4F81BD"/></a:accent1></a:clrScheme>'
    "</a:themeElements></a:theme>"
)


def styles(*rows: str, defaults: str = "") -> str:
    """A styles part."""
    inner = "".join(rows)
    defaults = f"<w:docDefaults><w:rPrDefault><w:rPr>{defaults}</w:rPr></w:rPrDefault></w:docDefaults>"
    return f"<w:styles {NAMESPACES}>{defaults}{inner}</w:styles>"


def style(name: str, inner: str, kind: str = "paragraph", base: str = "", *, is_default: bool = False) -> str:
    """A ``w:style`` with markup inside."""
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    default = ' w:default="1"' if is_default else ""
    return f'<w:style w:type="{kind}"{default} w:styleId="{name}">{based}{inner}</w:style>'


def read(
    body: str, style_part: str = "", settings: str = "", theme: str = THEME, before: str = ""
) -> DocumentText:
    """The document of a body and a visible paragraph; ``before`` stands before the body."""
    rels = (
        ("s", "styles", "styles.xml", False),
        ("t", "theme", "theme/theme1.xml", False),
        ("e", "settings", "settings.xml", False),
    )
    parts: dict[str, str | bytes] = {
        "word/styles.xml": style_part or styles(),
        "word/theme/theme1.xml": theme,
        "word/settings.xml": f"<w:settings {NAMESPACES}>{settings}</w:settings>",
    }
    content = body + paragraph(FILLER)
    if before:
        parts["word/document.xml"] = (
            f"<w:document {NAMESPACES}>{before}<w:body>{content}</w:body></w:document>"
        )
    return read_document(docx(content, rels=rels, parts=parts))


def claim(run: str = WHITE, properties: str = "") -> str:
    """A paragraph of the claim with run and paragraph properties."""
    return paragraph(text_run(CLAIM, run), properties=properties)


def check_hidden(document: DocumentText) -> None:
    """The claim is left out, quoted, and nothing else."""
    assert document.text == FILLER
    assert [f.quote for f in document.findings if f.code == "hiddenText"] == [CLAIM]


def check_seen(document: DocumentText) -> None:
    """The claim stays, without a finding."""
    assert document.text == f"{CLAIM}\n{FILLER}"
    assert "hiddenText" not in {finding.code for finding in document.findings}


@pytest.mark.parametrize(
    ("text", "behind", "is_seen"),
    [
        ("FFFFFF", "FFFFFF", False), ("fefefe", "FFFFFF", False), ("F0F0F0", "FFFFFF", False),
        ("EFEFEF", "FFFFFF", True), ("FFFFD0", "FFFFFF", False), ("FFFF00", "FFFFFF", True),
        ("000000", "0A0A0A", False), ("000000", "404040", True), (NAVY, "203966", False),
        ("808080", "C05080", True), ("FFFFFF", NAVY, True), (NAVY, NAVY, False), ("auto", NAVY, True),
        ("auto", "000000", True), ("white", "FFFFFF", True),
    ],
)  # fmt: skip
def test_text_is_unseen_in_nearly_the_colour_behind_it(text: str, behind: str, is_seen: bool) -> None:
    """The bound is that of the ink test; automatic and unknown colours are seen on anything."""
    run = f'<w:color w:val="{text}"/><w:shd w:val="clear" w:fill="{behind}"/>'
    (check_seen if is_seen else check_hidden)(read(claim(run)))


_BASED = styles(
    style("Base", f"<w:rPr>{WHITE}</w:rPr>"),
    style("Child", "", base="Base"),
    style("Back", '<w:rPr><w:color w:val="auto"/></w:rPr>', base="Base"),
    style("Pale", f"<w:rPr>{WHITE}</w:rPr>", "character"),
    style("Shady", f"<w:rPr>{WHITE}{DARK}</w:rPr>", "character"),
    style("Loop", "", base="Pool"),
    style("Pool", f"<w:rPr>{WHITE}</w:rPr>", base="Loop"),
    style("Banner", f"<w:pPr>{DARK}</w:pPr>"),
    style("UnderBanner", f"<w:rPr>{WHITE}</w:rPr>", base="Banner"),
    style("Lit", f"<w:pPr>{LIGHT}</w:pPr>", base="Banner"),
    style("Marked", '<w:rPr><w:highlight w:val="darkBlue"/></w:rPr>', "character"),
)


@pytest.mark.parametrize(
    ("body", "is_seen"),
    [
        pytest.param(claim(), False, id="white on paper"),
        pytest.param(claim(properties='<w:pStyle w:val="NoSuch"/>'), False, id="style that isn't there"),
        pytest.param(claim("", '<w:pStyle w:val="Child"/>'), False, id="by the style it builds on"),
        pytest.param(claim("", '<w:pStyle w:val="Loop"/>'), False, id="by styles that build on each other"),
        pytest.param(claim("", '<w:pStyle w:val="Back"/>'), True, id="style sets it back"),
        pytest.param(claim('<w:rStyle w:val="Pale"/>'), False, id="by a character style"),
        pytest.param(claim('<w:rStyle w:val="Pale"/>' + NAVY_TEXT), True, id="own colour wins"),
        pytest.param(
            claim('<w:color w:val="000000"/>', '<w:pStyle w:val="Child"/>'), True, id="own over paragraph's"
        ),
        pytest.param(claim('<w:rStyle w:val="Shady"/>'), True, id="a style's own shading"),
        pytest.param(claim(WHITE, '<w:pStyle w:val="Banner"/>'), True, id="banner by style"),
        pytest.param(claim(NAVY_TEXT, '<w:pStyle w:val="Banner"/>'), False, id="banner's own colour"),
        pytest.param(claim("", '<w:pStyle w:val="UnderBanner"/>'), True, id="banner by the style below"),
        pytest.param(claim(WHITE, '<w:pStyle w:val="Lit"/>'), False, id="banner made white again"),
        pytest.param(claim(WHITE, DARK), True, id="paragraph shaded"),
        pytest.param(
            claim(WHITE, f'<w:pStyle w:val="Banner"/>{NONE}'), True, id="shading taken off, in doubt"
        ),
        pytest.param(claim(WHITE, f"<w:rPr>{DARK}</w:rPr>"), False, id="only the mark is shaded"),
        pytest.param(claim(WHITE + DARK), True, id="run shaded"),
        pytest.param(claim(WHITE + NONE, DARK), True, id="run unshaded on a shaded paragraph"),
        pytest.param(claim(WHITE + '<w:highlight w:val="blue"/>'), True, id="highlighted"),
        pytest.param(claim(WHITE + '<w:highlight w:val="white"/>', DARK), False, id="highlighted white"),
        pytest.param(claim(WHITE + '<w:rStyle w:val="Marked"/>'), True, id="highlighted by style"),
        pytest.param(claim('<w:color w:val="FFFF00"/><w:highlight w:val="yellow"/>'), False, id="yellow"),
        pytest.param(claim(WHITE + '<w:highlight w:val="none"/>'), False, id="highlight taken off"),
        pytest.param(claim(WHITE + '<w:shd w:val="solid" w:color="000000"/>'), True, id="solid pattern"),
        pytest.param(claim(WHITE + '<w:shd w:val="pct50" w:color="auto"/>'), True, id="half black"),
        pytest.param(claim(WHITE + '<w:shd w:val="pct5" w:color="auto"/>'), False, id="a tenth of a shade"),
        pytest.param(claim(WHITE + '<w:shd w:val="thinDiagStripe"/>'), True, id="stripes"),
        pytest.param(
            claim(WHITE, '<w:framePr w:w="9"/>') + paragraph("x", properties=DARK), True, id="frame"
        ),
        pytest.param(claim(WHITE, '<w:framePr w:w="9"/>'), False, id="frame where nothing is dark"),
        pytest.param(claim(WHITE + "<w:emboss/>"), True, id="embossed"),
        pytest.param(claim(WHITE + '<w:emboss w:val="0"/>'), False, id="not embossed"),
    ],
)
def test_colour_and_background_follow_the_styles(body: str, is_seen: bool) -> None:
    """Own formatting, then the character's, the paragraph's and what they build on."""
    document = read(body, _BASED)
    hidden = [f.quote for f in document.findings if f.code == "hiddenText"]
    assert hidden == ([] if is_seen else [CLAIM])
    assert (CLAIM in document.text) is is_seen


@pytest.mark.parametrize(
    ("style_part", "is_seen"),
    [
        (styles(defaults=WHITE), False),
        (styles(style("Normal", f"<w:rPr>{WHITE}</w:rPr>", is_default=True)), False),
        (styles(style("Normal", f"<w:rPr>{WHITE}</w:rPr>")), True),
        (styles(style("Normal", f"<w:pPr>{DARK}</w:pPr>", is_default=True), defaults=WHITE), True),
        ("<!-- x -->" + styles(style("Normal", f"<w:rPr>{WHITE}</w:rPr>", is_default=True)), False),
        (
            styles(style("Normal", f"<w:rPr>{WHITE}</w:rPr>", is_default=True))
            .replace("w:", "q:").replace("xmlns:q", "xmlns:w").replace("xmlns:w=", "xmlns:q=", 1),
            False,
        ),
        (styles()[:-3], True),
    ],
    ids=["defaults", "default style", "another style", "dark pages", "comment", "other prefix", "broken"],
)  # fmt: skip
def test_defaults_hold_where_no_style_is_named(style_part: str, is_seen: bool) -> None:
    """The document's defaults and default style, however the part is written; a broken one says nothing."""
    document = read_document(
        docx(
            claim("") + paragraph(text_run(FILLER, '<w:color w:val="808080"/>')),
            rels=(("s", "styles", "styles.xml", False),),
            parts={"word/styles.xml": style_part},
        )
    )
    (check_seen if is_seen else check_hidden)(document)


@pytest.mark.parametrize(
    ("colour", "settings", "is_seen"),
    [
        ('w:val="000000" w:themeColor="background1"', "", False),
        ('w:val="FFFFFF" w:themeColor="text1"', "", True),
        ('w:val="FFFFFF" w:themeColor="text1" w:themeTint="08"', "", False),
        ('w:val="FFFFFF" w:themeColor="background1" w:themeShade="80"', "", True),
        ('w:val="000000" w:themeColor="background1" w:themeShade="F2"', "", False),
        ('w:val="FFFFFF" w:themeColor="accent1"', "", True),
        ('w:val="FFFFFF" w:themeColor="accent9"', "", False),
        ('w:val="000000" w:themeColor="text1"', '<w:clrSchemeMapping w:bg1="dark1" w:t1="light1"/>', False),
    ],
    ids=["background", "text", "tinted", "shaded", "shaded a little", "accent", "unknown", "mapped"],
)
def test_colour_of_the_theme_counts_where_there_is_one(colour: str, settings: str, is_seen: bool) -> None:
    """Word paints the theme's colour, whatever the digits beside it say."""
    (check_seen if is_seen else check_hidden)(read(claim(f"<w:color {colour}/>"), settings=settings))


def test_colour_beside_the_theme_counts_where_there_is_no_theme() -> None:
    """A file without its theme has only the digits."""
    run = '<w:color w:val="FFFFFF" w:themeColor="text1"/>'
    check_hidden(read(claim(run), theme="<x/>"))


@pytest.mark.parametrize(
    ("before", "settings", "run", "is_seen"),
    [
        (f'<w:background w:color="{NAVY}"/>', "<w:displayBackgroundShape/>", WHITE, True),
        (f'<w:background w:color="{NAVY}"/>', "<w:displayBackgroundShape/>", NAVY_TEXT, False),
        (f'<w:background w:color="{NAVY}"/>', "", WHITE, True),
        (f'<w:background w:color="{NAVY}"/>', "", NAVY_TEXT, True),
        ('<w:background w:color="FFFFFF"/>', "", WHITE, False),
        ('<w:background w:color="FFFFFF"><v:background/></w:background>', "", WHITE, True),
        ("", "", '<w:color w:val="FFFFFF" w:themeColor="background1"/>', False),
    ],
    ids=["dark", "dark on dark", "not shown", "in doubt", "white", "picture", "a theme's name"],
)
def test_page_colour_lies_behind_the_text(before: str, settings: str, run: str, is_seen: bool) -> None:
    """Where the document asks for it; else it may or may not be shown."""
    document = read(claim(run), settings=settings, before=before)
    assert (CLAIM in document.text) is is_seen


@pytest.mark.parametrize(
    ("properties", "run", "is_seen"),
    [
        ('<w:color w:val="1F3864"/>', WHITE, False),
        ('<w:color w:val="1F3864"/>', "", True),
        ('<w:color w:val="000000" w:themeColor="background1"/>', "", False),
        ("<w:outline/>", WHITE, True),
        ("<w:emboss/>", WHITE, True),
        ('<w:sz w:val="3"/>', "", False),
        ('<w:w w:val="1"/>', "", False),
        ("<w:vanish/>", "", False),
        ('<w:highlight w:val="darkBlue"/>', WHITE, True),
        (DARK, WHITE, True),
        ("<w14:textFill><w14:noFill/></w14:textFill>", "", False),
    ],
)
def test_one_telling_style_is_enough_to_ask_the_styles(properties: str, run: str, is_seen: bool) -> None:
    """Styles aren't read where none can matter, which is nearly always, but where one can they are."""
    namespace = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    telling = style("Only", f"<w:rPr>{properties}</w:rPr>")
    part = styles(telling).replace("<w:styles ", f"<w:styles {namespace} ")
    (check_seen if is_seen else check_hidden)(read(claim(run, '<w:pStyle w:val="Only"/>'), part))


def test_plain_styles_are_asked_where_something_is_filled() -> None:
    """A dark colour is as good as none on white paper, but not on a dark page or paragraph."""
    part = styles(style("Only", f"<w:rPr>{NAVY_TEXT}</w:rPr>"))
    check_seen(read(claim("", '<w:pStyle w:val="Only"/>'), part))
    check_hidden(read(claim("", f'<w:pStyle w:val="Only"/>{DARK}'), part))
    shown = {"settings": "<w:displayBackgroundShape/>", "before": f'<w:background w:color="{NAVY}"/>'}
    assert CLAIM not in read(claim("", '<w:pStyle w:val="Only"/>'), part, **shown).text


_FILL = "<w14:textFill>{}</w14:textFill>"
_SOLID = "<w14:solidFill>{}</w14:solidFill>"
_WHITE_14 = '<w14:srgbClr w14:val="FFFFFF"/>'
_SHINE = '<w14:glow w14:rad="9"><w14:srgbClr w14:val="000000"/></w14:glow>'
_NO_LINE = "<w14:textOutline><w14:noFill/></w14:textOutline>"
_LINE = "<w14:textOutline><w14:solidFill/></w14:textOutline>"


@pytest.mark.parametrize(
    ("run", "is_seen"),
    [
        (_FILL.format("<w14:noFill/>"), False),
        (_FILL.format("<w14:noFill/>") + _NO_LINE, False),
        (_FILL.format("<w14:noFill/>") + _LINE, True),
        (_FILL.format(_SOLID.format(_WHITE_14)), False),
        (_FILL.format(_SOLID.format('<w14:schemeClr w14:val="bg1"/>')), False),
        (_FILL.format(_SOLID.format('<w14:schemeClr w14:val="tx1"/>')) + WHITE, True),
        (WHITE + _FILL.format(_SOLID.format(_WHITE_14.replace("/>", "><w14:lumMod/></w14:srgbClr>"))), True),
        (WHITE + _FILL.format(f"<w14:gradFill><w14:gsLst>{_WHITE_14}</w14:gsLst></w14:gradFill>"), True),
        (WHITE + _SHINE, True),
        (WHITE + _NO_LINE, False),
        (WHITE + _LINE, True),
    ],
    ids=["nothing", "nothing, no outline", "outline", "white", "theme", "dark", "changed", "gradient", "glow",
         "no outline, white", "white with outline"],
)  # fmt: skip
def test_text_effects_take_the_colours_place(run: str, is_seen: bool) -> None:
    """Letters may be filled with a colour, a gradient or nothing, and outlined."""
    # The filling stands behind the colour in a run's properties.
    run = run.removesuffix(WHITE) if not run.startswith("<w:") and run.endswith(WHITE) else run
    namespace = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    body = claim(run).replace("<w:p>", f"<w:p {namespace}>", 1)
    (check_seen if is_seen else check_hidden)(read(body))


@pytest.mark.parametrize(
    ("run", "properties", "is_seen"),
    [
        ('<w:sz w:val="3"/>', "", False), ('<w:sz w:val="4"/>', "", True),
        ('<w:sz w:val="1.5pt"/>', "", False),
        ('<w:szCs w:val="2"/>', "", True), ('<w:sz w:val="40"/><w:szCs w:val="2"/><w:rtl/>', "", True),
        ('<w:sz w:val="2"/><w:szCs w:val="40"/><w:rtl/>', "", True),
        ('<w:sz w:val="2"/><w:szCs w:val="2"/><w:rtl/>', "", False),
        ('<w:w w:val="1"/>', "", False), ('<w:w w:val="50"/>', "", True),
        ("", '<w:pStyle w:val="Tiny"/>', False),
        ("", '<w:spacing w:line="20" w:lineRule="exact"/>', False),
        ("", '<w:spacing w:line="20" w:lineRule="atLeast"/>', True),
        ("", '<w:spacing w:line="240" w:lineRule="exact"/>', True),
        ("", '<w:pStyle w:val="Flat"/>', False),
        ("", '<w:pStyle w:val="Flat"/><w:spacing w:line="240" w:lineRule="auto"/>', True),
        ("<w:webHidden/>", "", True), ("<w:specVanish/>", "", True),
        ("", '<w:pStyle w:val="Ghost"/>', False), ('<w:rStyle w:val="Wraith"/>', "", False),
        ('<w:rStyle w:val="Wraith"/>', '<w:pStyle w:val="Ghost"/>', True),
        ('<w:vanish w:val="0"/>', '<w:pStyle w:val="Ghost"/>', True),
    ],
    ids=["small", "two points", "in points", "other scripts' size", "one of both", "the other", "both",
         "squeezed", "narrow", "by style", "cut off", "at least", "high enough", "flat style",
         "flat style undone", "on the web",
         "special", "hidden style", "hidden character style", "twice hidden", "shown"],
)  # fmt: skip
def test_text_too_small_or_switched_off_is_left_out(run: str, properties: str, is_seen: bool) -> None:
    """Sizes, widths, heights of lines and switches count with the styles they come from."""
    part = styles(
        style("Tiny", '<w:rPr><w:sz w:val="2"/></w:rPr>'),
        style("Flat", '<w:pPr><w:spacing w:line="20" w:lineRule="exact"/></w:pPr>'),
        style("Ghost", "<w:rPr><w:vanish/></w:rPr>"),
        style("Wraith", "<w:rPr><w:vanish/></w:rPr>", "character"),
    )
    (check_seen if is_seen else check_hidden)(read(claim(run, properties), part))


def test_arabic_text_has_its_own_size() -> None:
    """The size of Latin letters says nothing about Arabic ones."""
    arabic = "مهندس برمجيات في القاهرة"
    document = read(paragraph(text_run(arabic, '<w:sz w:val="2"/><w:szCs w:val="24"/>')))
    assert document.text == f"{arabic}\n{FILLER}"


def test_words_around_unseen_text_stay_apart() -> None:
    """Unseen words take room, and so do unseen tabs; hidden ones take none."""
    unseen, gone = text_run("never", WHITE), text_run("never", "<w:vanish/>")
    tab = f"<w:r><w:rPr>{WHITE}</w:rPr><w:tab/></w:r>"
    document = read(paragraph("Jane", unseen, "Example", tab, "Py", gone, "thon"))
    assert document.text == f"Jane Example\tPython\n{FILLER}"


def test_hidden_text_of_several_paragraphs_is_quoted_apart() -> None:
    """A person reads the quote, so its words don't run together."""
    document = read(claim() + claim())
    assert [f.quote for f in document.findings] == [f"{CLAIM} {CLAIM}"]


def test_box_anchored_in_unreadable_text_is_seen() -> None:
    """Only what is hidden as such hides what is anchored in it."""
    box = f"<v:textbox><w:txbxContent>{paragraph(CLAIM)}</w:txbxContent></v:textbox>"
    box = f"<w:pict><v:shape>{box}</v:shape></w:pict>"
    tiny, gone = (
        paragraph(f"<w:r><w:rPr>{properties}</w:rPr>{box}</w:r>")
        for properties in ('<w:sz w:val="2"/>', "<w:vanish/>")
    )
    assert read(tiny).text.strip() == f"{CLAIM}\n{FILLER}"
    assert read(gone).text == FILLER


def test_hostile_styles_cost_no_more_than_a_moment() -> None:
    """A style that builds on ten thousand others, and as many that aren't there."""
    chain = [style(f"S{n}", "", base=f"S{n + 1}") for n in range(10_000)]
    missing = "".join(paragraph("x", properties=f'<w:pStyle w:val="M{n}"/>') for n in range(5_000))
    used = "".join(paragraph("x", properties=f'<w:pStyle w:val="S{n}"/>') for n in range(5_000))
    started = time.process_time()
    document = read(claim("", '<w:pStyle w:val="S0"/>') + missing + used, styles(*chain))
    assert CLAIM in document.text
    assert time.process_time() - started < 6


@pytest.mark.parametrize(("count", "is_seen"), [(10, False), (100, True)])
def test_more_colours_than_any_document_has_are_no_colour(count: int, is_seen: bool) -> None:
    """What may be any of a hundred colours can't be told, close as they are."""
    fills = [f"FF{250 + n % 6:02X}{220 + n // 6:02X}" for n in range(count)]
    filled = "".join(paragraph("x", properties=f'<w:shd w:val="clear" w:fill="{fill}"/>') for fill in fills)
    document = read(claim(WHITE, '<w:framePr w:w="9"/>') + filled)
    assert (CLAIM in document.text) is is_seen
