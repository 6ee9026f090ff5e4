"""What an OpenDocument text is made of, as LibreOffice writes it: its parts, its styles and the archive."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from samples.renderer.dates import RENDERED_ON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from samples.renderer.model import Person

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
GENERATOR = "LibreOffice/7.6.7.2$Linux_X86_64 LibreOffice_project/60$Build-2"
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
INK, ACCENT, GREY, BLUE, TINT = "#26303a", "#3d3a78", "#68707a", "#1f5fa8", "#ecebf5"

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in (
        *(
            (name, f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0")
            for name in ("office", "style", "text", "table", "meta")
        ),
        ("fo", "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"),
        ("svg", "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"),
        ("xlink", "http://www.w3.org/1999/xlink"),
        ("dc", "http://purl.org/dc/elements/1.1/"),
    )
)
_FACES = """<office:font-face-decls>\
<style:font-face style:name="Liberation Sans" svg:font-family="&apos;Liberation Sans&apos;" \
style:font-family-generic="swiss" style:font-pitch="variable"/>\
<style:font-face style:name="Liberation Serif" svg:font-family="&apos;Liberation Serif&apos;" \
style:font-family-generic="roman" style:font-pitch="variable"/>\
<style:font-face style:name="OpenSymbol" svg:font-family="OpenSymbol" style:font-charset="x-symbol"/>\
</office:font-face-decls>"""
_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
 <manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MEDIA_TYPE}"/>
 <manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
 <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
 <manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""
_FRENCH_SPACES = (
    (re.compile(r" (?=[;!?%€])"), "\u202f"),
    (re.compile(r" (?=[:»])|(?<=«) "), "\u00a0"),
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d))"), "\u202f"),
)
_MARKS = re.compile(r"\t|\n| {2,}")


def text(value: str) -> str:
    """Character data, with elements for tabulators, line breaks and runs of spaces."""
    return _MARKS.sub(lambda match: _mark(match[0]), escape(value))


def _mark(sign: str) -> str:
    if sign.isspace() and sign.strip(" "):
        return "<text:tab/>" if sign == "\t" else "<text:line-break/>"
    return f' <text:s text:c="{len(sign) - 1}"/>'


def french(value: str) -> str:
    """The text with the unbreakable spaces that LibreOffice's autocorrection puts into French."""
    for pattern, space in _FRENCH_SPACES:
        value = pattern.sub(space, value)
    return value


def paragraph(style: str, content: str) -> str:
    """A paragraph whose content is markup already."""
    return f'<text:p text:style-name="{style}">{content}</text:p>'


def heading(level: int, content: str) -> str:
    """A heading of the document's outline."""
    return f'<text:h text:style-name="Heading_20_{level}" text:outline-level="{level}">{content}</text:h>'


def span(style: str, content: str) -> str:
    """Part of a paragraph in a style of its own."""
    return f'<text:span text:style-name="{style}">{content}</text:span>'


def link(shown: str, target: str) -> str:
    """A hyperlink."""
    words = span("Internet_20_link", text(shown))
    return (
        f'<text:a xlink:type="simple" xlink:href={quoteattr(target)} text:style-name="Internet_20_link" '
        f'text:visited-style-name="Visited_20_Internet_20_Link">{words}</text:a>'
    )


def bullets(items: Iterable[str]) -> str:
    """A list in the one list style."""
    lines = "".join(f"<text:list-item>{paragraph('P1', item)}</text:list-item>" for item in items)
    return f'<text:list text:style-name="L1">{lines}</text:list>'


def table(name: str, rows: Iterable[Iterable[str]]) -> str:
    """A table of two columns; cells are whole paragraphs."""
    body = "".join(f"<table:table-row>{_cells(name, row)}</table:table-row>" for row in rows)
    columns = "".join(f'<table:table-column table:style-name="{name}.{letter}"/>' for letter in "AB")
    return f'<table:table table:name="{name}" table:style-name="{name}">{columns}{body}</table:table>'


def _cells(name: str, row: Iterable[str]) -> str:
    return "".join(
        f'<table:table-cell table:style-name="{name}.{column}1" office:value-type="string">{content}'
        "</table:table-cell>"
        for column, content in zip("AB", row, strict=True)
    )


def file(person: Person, styles: str, automatic: str, body: str) -> bytes:
    """The whole archive: the media type first and unpacked, then every part; no clock is read.

    Args:
        person: whose name and language the properties hold.
        styles: what ``styles.xml`` holds behind the fonts.
        automatic: the styles of ``content.xml`` itself.
        body: the text's markup.
    """
    parts = {
        "styles.xml": _document("document-styles", f"{_FACES}{styles}"),
        "content.xml": _document(
            "document-content",
            f"{_FACES}<office:automatic-styles>{automatic}</office:automatic-styles>"
            f'<office:body><office:text text:use-soft-page-breaks="true">{body}</office:text></office:body>',
        ),
        "meta.xml": _document("document-meta", _meta(person)),
        "META-INF/manifest.xml": _MANIFEST,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype", ZIP_EPOCH), MEDIA_TYPE)
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def _document(kind: str, content: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<office:{kind} {_NAMESPACES} office:version="1.3">{content}</office:{kind}>'
    )


def _meta(person: Person) -> str:
    moment = f"{RENDERED_ON:%Y-%m-%dT%H:%M:%S}"
    return (
        f"<office:meta><meta:initial-creator>{text(person.name)}</meta:initial-creator>"
        f"<meta:creation-date>{moment}</meta:creation-date><dc:creator>{text(person.name)}</dc:creator>"
        f"<dc:date>{moment}</dc:date><dc:title>CV {text(person.name)}</dc:title>"
        f"<dc:language>{person.language}-{person.country_code}</dc:language>"
        f"<meta:editing-cycles>3</meta:editing-cycles><meta:generator>{GENERATOR}</meta:generator></office:meta>"
    )
