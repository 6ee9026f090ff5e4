"""The styles of the OpenDocument layout: named ones for ``styles.xml``, automatic ones for the text's own."""

from __future__ import annotations

from samples.renderer.layouts.odt_writer import ACCENT, BLUE, GREY, INK, TINT


def styles(header: str, footer: str) -> str:
    """The styles, the page and its header and footer, which stand in ``styles.xml`` with their text."""
    return (
        f"<office:styles>{_NAMED}</office:styles>"
        f"<office:automatic-styles>{_PAGE}</office:automatic-styles>"
        '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="Mpm1">'
        f"<style:header>{header}</style:header><style:footer>{footer}</style:footer>"
        "</style:master-page></office:master-styles>"
    )


def _paragraph_style(
    name: str, parent: str, paragraph: str, characters: str = "", *, shown: str = "", tabs: str = ""
) -> str:
    display = f' style:display-name="{shown}"' if shown else ""
    stops = f"<style:tab-stops>{tabs}</style:tab-stops>" if tabs else ""
    return (
        f'<style:style style:name="{name}"{display} style:family="paragraph" '
        f'style:parent-style-name="{parent}">'
        f"<style:paragraph-properties {paragraph}>{stops}</style:paragraph-properties>"
        f"<style:text-properties {characters}/></style:style>"
    )


def _link_style(name: str, shown: str, colour: str) -> str:
    return (
        f'<style:style style:name="{name}" style:display-name="{shown}" style:family="text">'
        f'<style:text-properties fo:color="{colour}" style:text-underline-style="solid" '
        'style:text-underline-width="auto" style:text-underline-color="font-color"/></style:style>'
    )


def _tab(position_mm: float, kind: str) -> str:
    return f'<style:tab-stop style:position="{position_mm / 10:.2f}cm" style:type="{kind}"/>'


_SERIF = 'style:font-name="Liberation Serif"'
_RIGHT = _tab(174, "right")
_LANGUAGES = "".join(_tab(position, "left") for position in (44, 88, 131))

_NAMED = "".join(
    (
        '<style:default-style style:family="paragraph">'
        '<style:paragraph-properties fo:orphans="2" fo:widows="2" style:tab-stop-distance="1.25cm"/>'
        f'<style:text-properties fo:color="{INK}" style:font-name="Liberation Sans" fo:font-size="9.5pt" '
        'fo:language="fr" fo:country="FR" fo:hyphenate="false"/></style:default-style>',
        '<style:style style:name="Standard" style:family="paragraph" style:class="text"/>',
        _paragraph_style(
            "Text_20_body",
            "Standard",
            'fo:margin-top="0cm" fo:margin-bottom="0.1cm" fo:line-height="110%"',
            shown="Text body",
            tabs=_LANGUAGES,
        ),
        _paragraph_style(
            "Title",
            "Standard",
            'fo:margin-bottom="0cm"',
            f'fo:color="{ACCENT}" {_SERIF} fo:font-size="25pt"',
        ),
        _paragraph_style(
            "Subtitle",
            "Standard",
            'fo:margin-bottom="0.2cm"',
            f'fo:color="{GREY}" {_SERIF} fo:font-size="13pt" fo:font-style="italic"',
        ),
        _paragraph_style(
            "Heading_20_1",
            "Standard",
            f'fo:margin-top="0.36cm" fo:margin-bottom="0.12cm" fo:keep-with-next="always" '
            f'fo:padding-bottom="0.03cm" fo:border-bottom="0.75pt solid {ACCENT}"',
            f'fo:color="{ACCENT}" {_SERIF} fo:font-size="13pt" fo:font-weight="bold"',
            shown="Heading 1",
        ),
        _paragraph_style(
            "Heading_20_2",
            "Standard",
            'fo:margin-top="0.16cm" fo:margin-bottom="0cm" fo:keep-with-next="always"',
            'fo:font-size="10pt" fo:font-weight="bold"',
            shown="Heading 2",
            tabs=_RIGHT,
        ),
        _paragraph_style(
            "Table_20_Contents", "Standard", 'fo:margin-bottom="0.03cm"', shown="Table Contents"
        ),
        _paragraph_style("Header", "Standard", "", f'fo:color="{GREY}" fo:font-size="8.5pt"', tabs=_RIGHT),
        _paragraph_style("Footer", "Standard", "", f'fo:color="{GREY}" fo:font-size="8.5pt"', tabs=_RIGHT),
        _link_style("Internet_20_link", "Internet link", BLUE),
        _link_style("Visited_20_Internet_20_Link", "Visited Internet Link", ACCENT),
    )
)

_PAGE = (
    '<style:page-layout style:name="Mpm1"><style:page-layout-properties fo:page-width="21.001cm" '
    'fo:page-height="29.7cm" style:print-orientation="portrait" fo:margin-top="1.1cm" '
    'fo:margin-bottom="1.1cm" fo:margin-left="1.8cm" fo:margin-right="1.8cm"/>'
    '<style:header-style><style:header-footer-properties fo:min-height="0.6cm" fo:margin-bottom="0.4cm"/>'
    "</style:header-style><style:footer-style>"
    '<style:header-footer-properties fo:min-height="0.6cm" fo:margin-top="0.4cm"/></style:footer-style>'
    "</style:page-layout>"
)


def _table_style(name: str, widths_mm: tuple[float, float], cell: str) -> str:
    columns = "".join(
        f'<style:style style:name="{name}.{letter}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width / 10:.2f}cm"/></style:style>'
        f'<style:style style:name="{name}.{letter}1" style:family="table-cell">'
        f"<style:table-cell-properties {cell}/></style:style>"
        for letter, width in zip("AB", widths_mm, strict=True)
    )
    return (
        f'<style:style style:name="{name}" style:family="table"><style:table-properties '
        f'style:width="17.4cm" table:align="margins"/></style:style>{columns}'
    )


AUTOMATIC_STYLES = "".join(
    (
        _table_style("Coordonnées", (104, 70), f'fo:background-color="{TINT}" fo:padding="0.12cm"'),
        _table_style("Compétences", (36, 138), f'fo:padding="0.07cm" fo:border-bottom="0.5pt solid {TINT}"'),
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Text_20_body" '
        'style:list-style-name="L1"><style:paragraph-properties fo:margin-bottom="0.03cm"/></style:style>',
        '<style:style style:name="P2" style:family="paragraph" style:parent-style-name="Text_20_body">'
        '<style:paragraph-properties fo:text-align="justify" style:justify-single-word="false"/>'
        "</style:style>",
        '<style:style style:name="P3" style:family="paragraph" style:parent-style-name="Text_20_body">'
        f'<style:paragraph-properties fo:margin-bottom="0.03cm"/><style:text-properties fo:color="{GREY}" '
        'fo:font-style="italic"/></style:style>',
        f'<style:style style:name="T1" style:family="text"><style:text-properties fo:color="{GREY}" '
        'fo:font-weight="normal"/></style:style>',
        '<style:style style:name="T2" style:family="text"><style:text-properties fo:font-weight="bold"/>'
        "</style:style>",
        '<text:list-style style:name="L1"><text:list-level-style-bullet text:level="1" text:bullet-char="•">'
        '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
        '<style:list-level-label-alignment text:label-followed-by="listtab" '
        'text:list-tab-stop-position="0.5cm" fo:text-indent="-0.4cm" fo:margin-left="0.5cm"/>'
        "</style:list-level-properties>"
        '<style:text-properties style:font-name="OpenSymbol"/></text:list-level-style-bullet>'
        "</text:list-style>",
    )
)
