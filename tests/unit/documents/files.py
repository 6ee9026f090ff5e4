"""Small files built in code: Word packages zipped by hand, PDFs drawn with fpdf2."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from fpdf import FPDF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
STRICT_R = "http://purl.oclc.org/ooxml/officeDocument/relationships"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
_KIND = f"{R}/"
FILLER = "Experienced engineer of reliable things, nineteen years."


def paragraph(*runs: str, properties: str = "") -> str:
    """A ``w:p``; a run that isn't markup becomes one."""
    inner = "".join(run if run.startswith("<") else text_run(run) for run in runs)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def text_run(text: str, properties: str = "") -> str:
    """A ``w:r`` with one ``w:t``."""
    rpr = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{rpr}<w:t xml:space="preserve">{text}</w:t></w:r>'


def table(*rows: tuple[str, ...]) -> str:
    """A ``w:tbl``; each cell is the markup inside its ``w:tc``."""
    markup = "".join(
        "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>" for cells in rows
    )
    return f"<w:tbl>{markup}</w:tbl>"


def relationships(*rows: tuple[str, str, str, bool]) -> str:
    """A ``.rels`` part of (id, kind, target, is external)."""
    mode = {True: ' TargetMode="External"', False: ""}
    entries = "".join(
        f'<Relationship Id="{rid}" Type="{_KIND}{kind}" Target="{target}"{mode[external]}/>'
        for rid, kind, target, external in rows
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{entries}</Relationships>'


def docx(
    body: str,
    *,
    parts: Mapping[str, str | bytes] | None = None,
    rels: tuple[tuple[str, str, str, bool], ...] = (),
    namespaces: str = NAMESPACES,
) -> bytes:
    """A Word file with ``body`` inside ``w:body``, further parts, and the document's relationships."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
            'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/></Types>'
        ),
        "_rels/.rels": relationships(("rId1", "officeDocument", "word/document.xml", False)),
        "word/document.xml": f"<w:document {namespaces}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relationships(*rels),
    }
    return zipped({**members, **(parts or {})})


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A deflated archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)  # its date is always 1980
    return buffer.getvalue()


def story(root: str, inner: str) -> str:
    """A header, footer or notes part."""
    return f"<w:{root} {NAMESPACES}>{inner}</w:{root}>"


def pdf(draw: Callable[[FPDF], None], *, size: tuple[float, float] = (595.0, 842.0)) -> bytes:
    """A PDF in points with Helvetica 11 set; ``draw`` adds pages and text."""
    document = FPDF(unit="pt", format=size)
    document.set_font("Helvetica", size=11)
    draw(document)
    return bytes(document.output())


def pdf_of_lines(*lines: str) -> bytes:
    """A one-page PDF with a line of text every 20 points."""

    def draw(document: FPDF) -> None:
        document.add_page()
        for index, line in enumerate(lines):
            document.text(50, 60 + 20 * index, line)

    return pdf(draw)
