"""Small OpenDocument texts, zipped by hand."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from tests.unit.documents.files import FILLER

if TYPE_CHECKING:
    from collections.abc import Mapping

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = " ".join(
    [
        *(f'xmlns:{name}="{_OASIS}:{name}:1.0"' for name in ("office", "text", "table", "style")),
        f'xmlns:draw="{_OASIS}:drawing:1.0"',
        f'xmlns:fo="{_OASIS}:xsl-fo-compatible:1.0"',
        f'xmlns:svg="{_OASIS}:svg-compatible:1.0"',
        'xmlns:xlink="http://www.w3.org/1999/xlink"',
        'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"',
    ]
)
MEDIA_TYPE = "application/vnd.oasis.opendocument.text"


def style(name: str, properties: str, family: str = "text", parent: str = "") -> str:
    """A ``style:style``."""
    based = f' style:parent-style-name="{parent}"' if parent else ""
    return f'<style:style style:name="{name}" style:family="{family}"{based}>{properties}</style:style>'


def odt(
    body: str,
    *,
    styles: str = "",
    pages: str = "",
    layout: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """An ODT with a filler paragraph, then ``body``.

    ``pages`` goes into styles.xml's master page, ``layout`` before it.
    """
    members: dict[str, str | bytes] = {
        "mimetype": MEDIA_TYPE,
        "content.xml": (
            f"<office:document-content {NAMESPACES}>"
            f"<office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text><text:p>{FILLER}</text:p>{body}</office:text></office:body>"
            "</office:document-content>"
        ),
        "styles.xml": (
            f"<office:document-styles {NAMESPACES}><office:automatic-styles>{layout}"
            "</office:automatic-styles><office:master-styles>"
            f'<style:master-page style:name="Standard">{pages}</style:master-page>'
            "</office:master-styles></office:document-styles>"
        ),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**members, **(parts or {})}.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), data, kind)
    return buffer.getvalue()


EVERYTHING_IN_ODT = odt(
    '<text:h text:outline-level="1">Work</text:h><text:list><text:list-item><text:p>one</text:p><text:list>'
    "<text:list-item><text:p>two</text:p></text:list-item></text:list></text:list-item></text:list>"
    "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell>"
    "<table:table><table:table-row><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row>"
    "</table:table></table:table-cell></table:table-row></table:table>"
    '<text:p>x<text:s text:c="3"/>y<text:tab/>z<text:line-break/><text:a xlink:href="https://example.org">'
    'site</text:a><text:span text:style-name="Hidden">no</text:span><text:note><text:note-citation>1'
    "</text:note-citation><text:note-body><text:p>a note</text:p></text:note-body></text:note>"
    "<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box><draw:image/></draw:frame>"
    "<text:ruby><text:ruby-base>b</text:ruby-base><text:ruby-text>r</text:ruby-text></text:ruby></text:p>"
    '<text:section text:display="none"><text:p>section</text:p></text:section>'
    "<text:tracked-changes><text:changed-region><text:deletion><text:p>old</text:p></text:deletion>"
    "</text:changed-region></text:tracked-changes>",
    styles=style("Hidden", '<style:text-properties text:display="none" fo:color="#ffffff"/>'),
    pages="<style:header><text:p>Jane Example</text:p></style:header>"
    "<style:footer><text:p>1</text:p></style:footer>",
)
