"""Word files: every story read once, in order, with links, tracked changes and traps."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from shared_code.documents import DocumentLimits, DocumentText, Severity, read_document
from shared_code.errors import (
    CorruptDocumentError,
    DocumentError,
    DocumentTooLargeError,
    EncryptedDocumentError,
    UnsafeDocumentError,
)
from tests.unit.documents.files import (
    FILLER,
    NAMESPACES,
    STRICT_R,
    STRICT_W,
    R,
    W,
    docx,
    paragraph,
    relationships,
    story,
    table,
    text_run,
    zipped,
)

END = paragraph(FILLER)


def text_of(body: str) -> str:
    text = read_document(docx(body + END)).text
    return text.removesuffix(FILLER).strip()


def codes(document: DocumentText) -> dict[str, Severity]:
    return {finding.code: finding.severity for finding in document.findings}


def test_headers_come_first_then_body_notes_and_footers() -> None:
    rels = (
        ("h1", "header", "header1.xml", False),
        ("h2", "header", "header2.xml", False),
        ("f1", "footer", "/word/footer1.xml", False),
        ("n1", "footnotes", "footnotes.xml", False),
    )
    parts = {
        "word/header1.xml": story("hdr", paragraph("jane@example.com")),
        "word/header2.xml": story("hdr", paragraph("jane@example.com")),
        "word/footer1.xml": story("ftr", paragraph("Page 1")),
        "word/footnotes.xml": story(
            "footnotes",
            f'<w:footnote w:type="separator">{paragraph("-----")}</w:footnote>'
            f'<w:footnote w:id="2">{paragraph("A note")}</w:footnote>',
        ),
    }
    headers = '<w:headerReference r:id="h1"/><w:headerReference r:id="h2"/>'
    section = f'<w:sectPr>{headers}<w:footerReference r:id="f1"/></w:sectPr>'
    document = read_document(docx(paragraph("Jane") + END + section, rels=rels, parts=parts))
    assert document.text.split("\n\n") == ["jane@example.com", f"Jane\n{FILLER}", "A note", "Page 1"]


_LISTED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>'
_TALL = paragraph("Foreman") + paragraph("Example Ltd")
_CONTROL = (
    f"<w:sdt><w:sdtPr><w:alias w:val='no'/></w:sdtPr><w:sdtContent>{text_run('in it')}</w:sdtContent></w:sdt>"
)
_DELETED = "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
_DELETED_ROW = f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{paragraph('gone')}</w:tc></w:tr></w:tbl>"
_RUBY = f"<w:ruby><w:rt>{text_run('はなこ')}</w:rt><w:rubyBase>{text_run('花子')}</w:rubyBase></w:ruby>"


def _word_art(shape: str, words: str) -> str:
    return f"<w:r><w:pict><v:shape id='{shape}'><v:textpath string='{words}'/></v:shape></w:pict></w:r>"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param(
            table((paragraph("Phone"), paragraph("555-0147"))), "Phone\t555-0147", id="label and value"
        ),
        pytest.param(
            table((paragraph("2019"), _TALL), (paragraph("a"), paragraph("b"))),
            "2019\nForeman\nExample Ltd\na\tb",
            id="tall cells",
        ),
        pytest.param(
            table((table((paragraph("in"), paragraph("side"))) + paragraph(""), paragraph("out"))),
            "in\tside\tout",
            id="nested table",
        ),
        pytest.param(
            paragraph("a", "<w:r><w:tab/></w:r>", "b", "<w:r><w:br/></w:r>", "c"),
            "a\tb\nc",
            id="tab and break",
        ),
        pytest.param(
            paragraph("a", "<w:r><w:br/></w:r>") + paragraph("x", properties="<w:tabs><w:tab/></w:tabs>"),
            "a\n\nx",
            id="tab stops",
        ),
        pytest.param(
            paragraph("co", "<w:r><w:noBreakHyphen/></w:r>", "op, soft\u00adly"),
            "co-op, softly",
            id="hyphens",
        ),
        pytest.param(paragraph("Item", properties=_LISTED), "• Item", id="list item"),
        pytest.param(
            paragraph("None", properties='<w:numPr><w:numId w:val="0"/></w:numPr>'),
            "None",
            id="list switched off",
        ),
        pytest.param(
            paragraph("Work", properties=f'<w:pStyle w:val="Heading1"/>{_LISTED}'),
            "Work",
            id="numbered heading",
        ),
        pytest.param(
            paragraph("<w:r><w:sym w:font='Wingdings' w:char='F02A'/></w:r>", "Phone"), "Phone", id="icon"
        ),
        pytest.param(paragraph(_CONTROL), "in it", id="content control"),
        pytest.param(paragraph(f"<w:ins>{text_run('new')}</w:ins>", _DELETED), "new", id="tracked change"),
        pytest.param(
            paragraph(f"<w:moveFrom>{text_run('a')}</w:moveFrom>", f"<w:moveTo>{text_run('b')}</w:moveTo>"),
            "b",
            id="moved text",
        ),
        pytest.param(_DELETED_ROW, "", id="deleted row"),
        pytest.param(paragraph(f"<w:r>{_RUBY}</w:r>"), "花子(はなこ)", id="ruby"),
        pytest.param(paragraph(_word_art("s1", "JANE EXAMPLE")), "JANE EXAMPLE", id="word art"),
        pytest.param(paragraph(_word_art("PowerPlusWaterMarkObject1", "DRAFT")), "", id="watermark"),
    ],
)
def test_markup_reads_as_word_shows_it(markup: str, expected: str) -> None:
    assert text_of(markup) == expected


_CONTENT = paragraph("Contact") + table((paragraph("Phone"), paragraph("555-0147")))
_BOX = f"<w:txbxContent>{_CONTENT}</w:txbxContent>"
_DRAWN = f"<w:drawing><wps:txbx>{_BOX}</wps:txbx></w:drawing>"
_VML = f"<w:pict><v:shape><v:textbox>{_BOX}</v:textbox></v:shape></w:pict>"


def _alternatives(choice: str, fallback: str) -> str:
    chosen = f"<mc:Choice Requires='wps'>{choice}</mc:Choice>"
    return f"<mc:AlternateContent>{chosen}<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent>"


_NESTED = _alternatives(_DRAWN, _alternatives("", "") + _VML)


@pytest.mark.parametrize(
    "drawing",
    [_DRAWN, _VML, _alternatives(_DRAWN, _VML), _alternatives("<w:drawing/>", _VML), _NESTED],
    ids=["drawing", "vml", "both", "only the fallback speaks", "alternatives in one left out"],
)
def test_text_box_is_read_once_behind_its_paragraph(drawing: str) -> None:
    body = paragraph("Jane ", f"<w:r>{drawing}</w:r>", "Example") + paragraph("next")
    assert text_of(body) == "Jane Example\nContact\nPhone\t555-0147\nnext"


def test_links_come_from_relationships_fields_and_pictures() -> None:
    def field(instruction: str, shown: str) -> str:
        mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
        code = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        return mark.format("begin") + code + mark.format("separate") + text_run(shown) + mark.format("end")

    body = (
        paragraph('<w:hyperlink r:id="l1">' + text_run("my ") + text_run("site") + "</w:hyperlink>")
        + paragraph(field(' HYPERLINK "mailto:jane@example.com" ', "write me"))
        + paragraph(field(" PAGE ", "7"), field(' HYPERLINK \\l "bookmark" ', "above"))
        + paragraph(
            '<w:fldSimple w:instr="HYPERLINK https://example.net/x">' + text_run("x") + "</w:fldSimple>"
        )
        + paragraph('<w:r><w:drawing><a:hlinkClick r:id="l2"/></w:drawing></w:r>')
    )
    rels = (
        ("l1", "hyperlink", "https://example.org/jane", True),
        ("l2", "hyperlink", "https://github.com/jane-example", True),
    )
    document = read_document(docx(body + END, rels=rels))
    assert [(link.target, link.text) for link in document.links] == [
        ("https://example.org/jane", "my site"),
        ("mailto:jane@example.com", "write me"),
        ("https://example.net/x", "x"),
        ("https://github.com/jane-example", ""),
    ]
    assert document.text.startswith("my site\nwrite me\n7above\nx")
    assert document.findings == ()


def test_unfinished_field_swallows_no_more_than_its_paragraph() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    assert text_of(paragraph(begin, "lost") + paragraph("kept")) == "kept"


HIDDEN = "Principal engineer at Example Corp since the year dot"
STYLES = (
    f'<w:styles {NAMESPACES}><w:style w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:styleId="Child"><w:basedOn w:val="Ghost"/></w:style>'
    '<w:style w:styleId="Back"><w:basedOn w:val="Ghost"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>'
    "</w:styles>"
)


@pytest.mark.parametrize(
    "hidden",
    [
        paragraph(text_run(HIDDEN, "<w:vanish/>")),
        paragraph(text_run(HIDDEN, '<w:sz w:val="2"/>')),
        paragraph(text_run(HIDDEN, '<w:rStyle w:val="Ghost"/>')),
        paragraph(HIDDEN, properties='<w:pStyle w:val="Child"/>'),
        f"<w:tbl><w:tr><w:trPr><w:hidden/></w:trPr><w:tc>{paragraph(HIDDEN)}</w:tc></w:tr></w:tbl>",
    ],
    ids=["vanish", "one point", "character style", "inherited style", "hidden row"],
)
def test_hidden_text_is_left_out_and_reported(hidden: str) -> None:
    document = read_document(
        docx(hidden + END, rels=(("s", "styles", "styles.xml", False),), parts={"word/styles.xml": STYLES})
    )
    assert document.text == FILLER
    assert [(f.code, f.severity, f.quote) for f in document.findings] == [
        ("hiddenText", Severity.MAJOR, HIDDEN)
    ]


@pytest.mark.parametrize(
    "shown",
    [
        paragraph(text_run("seen", '<w:vanish w:val="false"/>')),
        paragraph("seen", properties="<w:rPr><w:vanish/></w:rPr>"),
        paragraph(text_run("seen", "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>")),
        paragraph("seen", properties='<w:pStyle w:val="Back"/>'),
        paragraph(text_run("seen", '<w:sz w:val="8"/>')),
    ],
    ids=["switched off", "only the mark", "former formatting", "style switches back", "small"],
)
def test_what_only_looks_hidden_stays(shown: str) -> None:
    document = read_document(
        docx(shown + END, rels=(("s", "styles", "styles.xml", False),), parts={"word/styles.xml": STYLES})
    )
    assert document.text == f"seen\n{FILLER}"
    assert document.findings == ()


def test_strict_namespaces_are_read_alike() -> None:
    body = paragraph('<w:hyperlink r:id="l1">' + text_run("Site") + "</w:hyperlink>") + END
    strict = NAMESPACES.replace(W, STRICT_W).replace(R, STRICT_R)
    document = read_document(
        docx(body, rels=(("l1", "hyperlink", "https://example.org", True),), namespaces=strict)
    )
    assert document.text == f"Site\n{FILLER}"
    assert document.links[0].target == "https://example.org"


def test_document_part_is_found_under_another_name() -> None:
    content = zipped(
        {
            "[Content_Types].xml": "<Types>wordprocessingml.document.main+xml</Types>",
            "_rels/.rels": relationships(("r1", "officeDocument", "/word/main2.xml", False)),
            "word/main2.xml": f"<w:document {NAMESPACES}><w:body>{END}</w:body></w:document>",
        }
    )
    assert read_document(content).text == FILLER


def test_embedded_web_page_is_read_in_its_place() -> None:
    page = '<html><body><p>From the page <a href="https://example.org">site</a></p></body></html>'
    head = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
    archive = f"{head}--b\nContent-Type: text/html\n\n{page}\n--b--\n"
    rels = (("c1", "aFChunk", "chunk.mht", False), ("c2", "aFChunk", "chunk.rtf", False))
    body = paragraph("Before") + '<w:altChunk r:id="c1"/><w:altChunk r:id="c2"/>' + END
    document = read_document(docx(body, rels=rels, parts={"word/chunk.mht": archive, "word/chunk.rtf": "x"}))
    assert document.text.replace("\n\n", "\n") == f"Before\nFrom the page site\n{FILLER}"
    assert document.links[0].target == "https://example.org"
    assert codes(document) == {"unreadPart": Severity.MAJOR}


def test_outside_resources_macros_and_embedded_files_are_reported_not_opened() -> None:
    rels = (("s", "settings", "settings.xml", False), ("i", "image", "https://example.org/pixel.png", True))
    template = relationships(("t", "attachedTemplate", "http://192.0.2.1/x.dotm", True))
    parts: dict[str, str | bytes] = {
        "word/settings.xml": f"<w:settings {NAMESPACES}/>",
        "word/_rels/settings.xml.rels": template,
        "word/vbaProject.bin": b"x",
        "word/embeddings/sheet1.xlsx": b"x",
        "../../escape.txt": "never written",
    }
    document = read_document(docx(END, rels=rels, parts=parts))
    assert [(f.severity, f.quote) for f in document.findings if f.code == "externalRelationship"] == [
        (Severity.MINOR, "https://example.org/pixel.png"),
        (Severity.MAJOR, "http://192.0.2.1/x.dotm"),
    ]
    assert {"macro", "embeddedFile"} <= set(codes(document))


LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
EXTERNAL_ENTITY = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("doctype", [LAUGHS, EXTERNAL_ENTITY, "<!DOCTYPE w>"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/header1.xml", "word/_rels/document.xml.rels"])
def test_document_type_declaration_is_unsafe_in_any_part(doctype: str, part: str) -> None:
    inner = f"<w:hdr {NAMESPACES}>{END}</w:hdr>"
    header = (("h1", "header", "header1.xml", False),)
    body = END + '<w:sectPr><w:headerReference r:id="h1"/></w:sectPr>'
    with pytest.raises(UnsafeDocumentError):
        read_document(docx(body, rels=header, parts={"word/header1.xml": inner, part: doctype + inner}))


def _many_members() -> bytes:
    return docx(END, parts={f"word/media/{index}.txt": b"" for index in range(60)})


@pytest.mark.parametrize(
    ("content", "limits"),
    [
        (docx(END, parts={"word/media/bomb.bin": bytes(3_000_000)}), DocumentLimits()),
        (docx(paragraph("a" * 2_000_000)), DocumentLimits()),
        (docx(END + paragraph("many different words " * 40)), DocumentLimits(max_xml_bytes=500)),
        (docx(END, parts={"word/media/a.bin": bytes(900_000)}), DocumentLimits(max_unpacked_bytes=800_000)),
        (_many_members(), DocumentLimits(max_members=50)),
    ],
    ids=["bomb beside", "bomb inside", "long part", "unpacks to too much", "too many members"],
)
def test_bombs_are_refused_by_their_sizes(content: bytes, limits: DocumentLimits) -> None:
    with pytest.raises(DocumentTooLargeError):
        read_document(content, limits=limits)


def test_member_that_lies_about_its_size_is_not_unpacked_further() -> None:
    content = bytearray(docx(paragraph("a" * 500_000)))
    entry = content.index(b"word/document.xml", content.index(b"PK\x01\x02")) - 46
    content[entry + 24 : entry + 28] = (2_000).to_bytes(4, "little")
    with pytest.raises(CorruptDocumentError):
        read_document(bytes(content))


@pytest.mark.parametrize(("depth", "is_read"), [(30, True), (150, False)], ids=["deep", "too deep"])
def test_nesting_is_bounded(depth: int, is_read: bool) -> None:
    body = END
    for _ in range(depth):
        body = table((body,))
    if is_read:
        assert read_document(docx(body)).text == FILLER
    else:
        with pytest.raises(CorruptDocumentError, match="levels"):
            read_document(docx(body))


def test_encrypted_members_ask_for_a_file_without_a_password() -> None:
    content = bytearray(docx(END))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(signature)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(signature, at + 4)
    with pytest.raises(EncryptedDocumentError):
        read_document(bytes(content))


@pytest.mark.parametrize(
    "parts",
    [{"word/document.xml": "<w:document"}, {"word/document.xml": ""}, {"_rels/.rels": "<broken"}],
    ids=["cut off", "empty part", "broken relationships"],
)
def test_broken_xml_is_corrupt(parts: dict[str, str]) -> None:
    with pytest.raises(CorruptDocumentError):
        read_document(docx(END, parts=parts))


def test_every_truncation_gives_a_document_error() -> None:
    content = docx(END)
    for length in range(1, len(content) - 30, 97):
        with pytest.raises(DocumentError):
            read_document(content[:length], filename="cv.docx")


def test_word_writers_own_file_reads_whole() -> None:
    import docx as python_docx

    written = python_docx.Document()
    written.sections[0].header.paragraphs[0].text = "header@example.com"
    written.add_heading("Jane Example", 0)
    written.add_paragraph("First duty", style="List Bullet")
    written.add_table(1, 2).rows[0].cells[0].text = FILLER
    buffer = BytesIO()
    written.save(buffer)
    assert zipfile.is_zipfile(buffer)
    assert (
        read_document(buffer.getvalue()).text == f"header@example.com\n\nJane Example\n• First duty\n{FILLER}"
    )
