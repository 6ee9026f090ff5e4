"""What a file has fetched or started is told from paths that only say where something lay."""

from __future__ import annotations

import pytest

from shared_code.documents import Severity, read_document
from shared_code.documents.outside_resources import is_in_network, outside_finding
from tests.unit.documents.files import FILLER, NAMESPACES, docx, paragraph, relationships
from tests.unit.documents.odt_files import odt
from tests.unit.documents.rtf_files import rtf


@pytest.mark.parametrize(
    ("target", "is_fetched"),
    [
        pytest.param("https://example.org/x.dotm", True, id="https"),
        pytest.param("ftp://example.org/x.dotm", True, id="ftp"),
        pytest.param("HTTP:\\\\example.org\\x", True, id="backslashes"),
        pytest.param(
            "mhtml:https://example.org!x-usc:https://example.org/x", True, id="protocol in protocol"
        ),
        pytest.param("\\\\server\\share\\x.dotm", True, id="share"),
        pytest.param("\\\\\\\\server\\\\share\\\\x.dotm", True, id="share, doubled as in fields"),
        pytest.param("//server/share/x.dotm", True, id="share with slashes"),
        pytest.param("file://server/share/x.dotm", True, id="share as an address"),
        pytest.param("file:///\\\\server\\share\\x.dotm", True, id="share as Word writes it"),
        pytest.param("file:///%5C%5Cserver%5Cshare", True, id="share encoded"),
        pytest.param("\\\\?\\UNC\\server\\share", True, id="share as a device"),
        pytest.param('\\d "https://example.org/p.png" \\* MERGEFORMAT', True, id="behind a field's switch"),
        pytest.param('Excel.Sheet.12 "\\\\\\\\server\\\\x.xlsx" "A1"', True, id="behind a program's name"),
        pytest.param("file:///C:\\Users\\jane.example\\CV.dotx", False, id="drive"),
        pytest.param("file://C:/Users/jane.example/CV.dotx", False, id="drive with two slashes"),
        pytest.param("C:\\\\Users\\\\jane.example\\\\CV.dotx", False, id="drive, doubled as in fields"),
        pytest.param("file:///home/jane.example/CV.dotx", False, id="path of Linux"),
        pytest.param("file:////Users/jane.example/CV.dotx", False, id="path of a Mac"),
        pytest.param("Macintosh%20HD:Users:jane.example:CV.dotx", False, id="path of an old Mac"),
        pytest.param("\\\\?\\C:\\Users\\jane.example", False, id="drive as a device"),
        pytest.param("file:///C:\\Users\\jane example\\My templates\\CV.dotx", False, id="spaces"),
        pytest.param("Normal.dotm", False, id="name alone"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_addresses_are_told_from_paths(target: str, *, is_fetched: bool) -> None:
    """A machine in the network is asked for an address or a share, and for nothing that lies on a drive."""
    assert is_in_network(target) is is_fetched
    assert (outside_finding("attachedTemplate", target) is not None) is is_fetched


@pytest.mark.parametrize(
    ("kind", "target", "expected"),
    [
        pytest.param("image", "https://example.org/p.png", Severity.MINOR, id="picture"),
        pytest.param("oleObject", "https://example.org/x.xlsx", Severity.MAJOR, id="object"),
        pytest.param("frame", "\\\\server\\x.htm", Severity.MAJOR, id="frame"),
        pytest.param("image", "file:///C:/p.png", None, id="picture on a drive"),
        pytest.param("mailMergeSource", "file:///C:/x.mdb", None, id="addresses on a drive"),
        pytest.param("DDEAUTO", 'c:\\\\windows\\\\cmd.exe "/k calc"', Severity.MAJOR, id="program started"),
        pytest.param("subDocument", "chapter1.docx", Severity.MAJOR, id="text elsewhere"),
    ],
)
def test_what_is_found_depends_on_what_it_does(kind: str, target: str, expected: Severity | None) -> None:
    """A picture tells who looks, a program does what it wants, and a missing part is missing text."""
    finding = outside_finding(kind, target)
    assert (finding and finding.severity) == expected


@pytest.mark.parametrize("kind", ["attachedTemplate", "INCLUDETEXT", "subDocument", "image"])
def test_paths_are_never_quoted(kind: str) -> None:
    """They hold the names of users."""
    finding = outside_finding(kind, "file:///C:\\Users\\jane.example\\x.docx")
    assert finding is None or "jane" not in f"{finding.message}{finding.quote}"


def test_rtf_template_on_a_drive_is_nothing_and_a_remote_one_is_major() -> None:
    """Every program that writes RTF from a template notes where it lay."""
    local, remote = (
        read_document(rtf("{\\*\\template " + target + "}Platform engineer")).findings
        for target in (r"C:\\Users\\jane.example\\CV.dotx", r"\\\\server\\CV.dotm")
    )
    assert local == ()
    assert [(f.code, f.severity) for f in remote] == [("externalRelationship", Severity.MAJOR)]


@pytest.mark.parametrize(
    ("target", "quotes"),
    [
        pytest.param("file:///C:\\Users\\jane.example\\CV.dotx", [], id="on a drive"),
        pytest.param("\\\\server\\CV.dotm", ["\\\\server\\CV.dotm"], id="on a share"),
    ],
)
def test_template_of_word_is_told_only_where_it_is_fetched(target: str, quotes: list[str]) -> None:
    """Word keeps the path in the relationships of its settings."""
    parts: dict[str, str | bytes] = {
        "word/settings.xml": f"<w:settings {NAMESPACES}/>",
        "word/_rels/settings.xml.rels": relationships(("t", "attachedTemplate", target, True)),
    }
    document = read_document(
        docx(paragraph(FILLER), rels=(("s", "settings", "settings.xml", False),), parts=parts)
    )
    assert [f.quote for f in document.findings if f.code == "externalRelationship"] == quotes


@pytest.mark.parametrize(
    ("target", "is_told"),
    [("file:///home/jane.example/p.png", False), ("file://server/p.png", True)],
    ids=["on a drive", "on a share"],
)
def test_picture_of_libreoffice_is_told_only_where_it_is_fetched(target: str, *, is_told: bool) -> None:
    """Pictures are linked by address, whether they lie on a drive or not."""
    body = f'<text:p><draw:frame><draw:image xlink:href="{target}"/></draw:frame></text:p>'
    assert bool(read_document(odt(body)).findings) is is_told


def test_frame_of_a_word_file_is_told() -> None:
    """Frames stand in the settings for the web, and are fetched when the file is opened."""
    parts: dict[str, str | bytes] = {
        "word/webSettings.xml": f"<w:webSettings {NAMESPACES}/>",
        "word/_rels/webSettings.xml.rels": relationships(("f", "frame", "\\\\server\\frame.htm", True)),
    }
    rels = (("w", "webSettings", "webSettings.xml", False),)
    document = read_document(docx(paragraph(FILLER), rels=rels, parts=parts))
    assert [(f.code, f.severity) for f in document.findings] == [("externalRelationship", Severity.MAJOR)]
