"""What stands in a rendered sample, read without the engine: the samples are what the engine is tested by."""

from __future__ import annotations

import html
import io
import re
import zipfile
from importlib import import_module
from pathlib import PurePath
from typing import Any

PDFIUM: Any = import_module("pypdfium2")  # it ships no types


def visible_text(name: str, data: bytes) -> str:
    """Everything a person sees in a sample, and where its links lead, in single spaces.

    Args:
        name: the file's name; its suffix, and ``cp1252`` in it, say how to read it.
        data: the file's bytes.
    """
    match PurePath(name).suffix:
        case ".pdf":
            text = "\n".join([*pdf_pages(data), *pdf_links(data)])
        case ".docx":
            text = docx_text(data)
        case ".html":
            text = html_text(data)
        case ".rtf":
            text = "\n".join([rtf_text(data), *rtf_links(data)])
        case ".odt":
            text = odt_text(data)
        case _:
            text = data.decode("cp1252" if "cp1252" in name else "utf-8")
    return " ".join(text.replace("\u00ad", "").replace("\u2011", "-").split())


def pdf_pages(data: bytes) -> list[str]:
    """The text of each page, in stream order."""
    with PDFIUM.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range() for page in document]


def pdf_links(data: bytes) -> list[str]:
    """The targets of all link annotations, sorted."""
    return sorted(link.decode() for link in re.findall(rb"/URI \(([^)]*)\)", data))


def pdf_free_margins(data: bytes) -> list[tuple[float, ...]]:
    """For each page, how much stays free of characters at its left, bottom, right and top, in mm."""
    with PDFIUM.PdfDocument(data) as document:
        return [tuple(points * 25.4 / 72 for points in _free_margins(page)) for page in document]


def _free_margins(page: Any) -> tuple[float, ...]:
    width, height = page.get_size()
    text = page.get_textpage()
    boxes = [
        text.get_charbox(index)
        for index in range(text.count_chars())
        if PDFIUM.raw.FPDFText_IsGenerated(text, index) != 1
    ]
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), width - max(rights), height - max(tops)


def members(data: bytes) -> dict[str, bytes]:
    """The parts of a Word or OpenDocument file by name, unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def docx_text(data: bytes) -> str:
    """Body, text boxes (in both their forms), headers, footers and the targets of links."""
    parts = members(data)
    texts = [
        xml_text(content.decode())
        for name, content in parts.items()
        if re.match(r"word/(document|header|footer)\d*\.xml", name)
    ]
    relations = b"".join(content for name, content in parts.items() if name.startswith("word/_rels/"))
    return "\n".join([*texts, *re.findall(r'Target="(https?:[^"]+)"', relations.decode())])


def xml_text(xml: str) -> str:
    """The text of WordprocessingML, a line for every paragraph."""
    lines = re.sub(r"</w:p>|<w:tab/>|<w:br/>", "\n", xml)
    return html.unescape(re.sub(r"<[^>]+>", "", lines))


def odt_text(data: bytes) -> str:
    """Page header and footer, body, and the targets of links."""
    parts = members(data)
    return "\n".join(_odt_part(parts[name].decode()) for name in ("styles.xml", "content.xml"))


def _odt_part(xml: str) -> str:
    written = re.sub(r"</text:[ph]>|<text:(?:tab|line-break)/>", "\n", xml.partition("?>")[2])
    links = re.findall(r'xlink:href="([^"]+)"', xml)
    return html.unescape("\n".join([re.sub(r"<[^>]+>", "", written), *links]))


RTF_TOKEN = re.compile(
    r"\\u(-?\d+)(?: ?\\'..)?|\\'(..)|\\([a-z]+)(-?\d+)? ?|\\([^a-z])|([{}])|\r\n|([^\\{}\r\n]+)"
)
RTF_UNSEEN = ("fonttbl", "colortbl", "stylesheet", "info", "nonesttables", "listtext", "fldinst")
RTF_SIGNS = {
    "tab": "\n", "par": "\n", "cell": "\n", "nestcell": "\n", "endash": "–", "emdash": "—", "bullet": "•",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "~": "\u00a0", "_": "\u2011",
    "-": "\u00ad", "\\": "\\", "{": "{", "}": "}",
}  # fmt: skip


def rtf_text(data: bytes) -> str:
    r"""Footer and body of an RTF file in the code page 1250, where every ``\u`` has one substitute."""
    shown: list[str] = []
    unseen = [False]
    for point, byte, word, _, symbol, brace, plain in RTF_TOKEN.findall(data.decode("ascii")):
        if brace:
            unseen = [*unseen, unseen[-1]] if brace == "{" else unseen[:-1]
        elif symbol == "*" or word in RTF_UNSEEN:
            unseen[-1] = True
        elif not unseen[-1]:
            sign = chr(int(point)) if point else bytes.fromhex(byte).decode("cp1250")
            shown.append(sign or RTF_SIGNS.get(word or symbol, plain))
    return "".join(shown)


def rtf_links(data: bytes) -> list[str]:
    """The targets of all HYPERLINK fields."""
    return re.findall(r'HYPERLINK "([^"]+)"', data.decode("ascii"))


def html_text(data: bytes) -> str:
    """What a browser shows of a page, and where its links lead."""
    body = re.sub(r"<head>.*?</head>|<!--.*?-->", "", data.decode(), flags=re.DOTALL)
    links = re.findall(r'href="([^"]+)"', body)
    return html.unescape(re.sub(r"<[^>]+>", " ", body)) + "\n" + "\n".join(links)
