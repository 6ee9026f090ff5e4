"""The sample files are what their script renders, and each shows what it is there to show."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from samples.renderer.catalogue import SAMPLES, Sample
from samples.renderer.reading import (
    html_text,
    members,
    pdf_free_margins,
    pdf_links,
    pdf_pages,
    rtf_text,
    visible_text,
    xml_text,
)
from samples.renderer.render import FOLDER, TRUTH, expected_json, render_all
from shared_code.documents import read_document

FORMATS = {".pdf", ".docx", ".txt", ".md", ".html", ".rtf", ".odt"}
EXPECTED: dict[str, dict[str, Any]] = json.loads(TRUTH.read_text("utf-8"))["files"]
PDFS = [sample for sample in SAMPLES if sample.name.endswith(".pdf")]
DOCX = [sample for sample in SAMPLES if sample.name.endswith(".docx")]
ODT = [sample for sample in SAMPLES if sample.name.endswith(".odt")]
ARCHIVES = [*DOCX, *ODT]
TEXTS = [sample for sample in SAMPLES if sample not in [*PDFS, *ARCHIVES]]
RTF_NAME = "lukasz_zurowicz_code_page.rtf"
ODT_NAME = "dimitra_kalogera_french.odt"


def _name(sample: Sample) -> str:
    return sample.name


def _word_body(name: str) -> str:
    return members((FOLDER / name).read_bytes())["word/document.xml"].decode()


@pytest.mark.parametrize("sample", PDFS, ids=_name)
def test_committed_pdf_shows_what_the_script_renders(sample: Sample) -> None:
    """Pages, their text and their link targets are compared; packing may differ between zlib builds."""
    committed, rendered = (FOLDER / sample.name).read_bytes(), sample.render()

    assert pdf_pages(committed) == pdf_pages(rendered)
    assert pdf_links(committed) == pdf_links(rendered)


@pytest.mark.parametrize("sample", ARCHIVES, ids=_name)
def test_committed_archive_holds_the_parts_the_script_renders(sample: Sample) -> None:
    """Every part of the archive is equal, before packing."""
    assert members((FOLDER / sample.name).read_bytes()) == members(sample.render())


@pytest.mark.parametrize("sample", TEXTS, ids=_name)
def test_committed_text_is_byte_for_byte_what_the_script_renders(sample: Sample) -> None:
    """Text has no packing: it must be the same bytes."""
    assert (FOLDER / sample.name).read_bytes() == sample.render()


def test_committed_truth_is_what_the_script_writes() -> None:
    """Nobody edits expected.json by hand."""
    assert TRUTH.read_text("utf-8") == expected_json()


def test_rendering_twice_writes_the_same_bytes(tmp_path: Path) -> None:
    """Nothing in a file depends on when it is rendered."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()

    for one, other in zip(render_all(first), render_all(second), strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


@pytest.mark.parametrize("sample", PDFS, ids=_name)
def test_pdf_carries_the_fixed_day_not_today(sample: Sample) -> None:
    """A creation date read from the clock would change every file on every run."""
    assert re.findall(rb"D:(\d{8})", sample.render()) == [b"20261102"]


@pytest.mark.parametrize("sample", ARCHIVES, ids=_name)
def test_archive_carries_no_clock_reading(sample: Sample) -> None:
    """Neither the archive's members nor the document's properties say when it was rendered."""
    data = sample.render()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = "meta.xml" if sample in ODT else "docProps/core.xml"
    stamps = re.findall(r"\d{4}-\d{2}-\d{2}T\d\d:\d\d:\d\d", members(data)[properties].decode())
    assert set(stamps) == {"2026-11-02T09:00:00"}


def test_rtf_carries_the_fixed_moment_not_now() -> None:
    """Word writes when a file was made and saved."""
    data = (FOLDER / RTF_NAME).read_bytes()

    assert re.findall(rb"\\(creatim|revtim)(\S+?)}", data) == [
        (b"creatim", rb"\yr2026\mo11\dy2\hr9\min0"),
        (b"revtim", rb"\yr2026\mo11\dy2\hr9\min0"),
    ]


def test_every_file_in_the_folder_is_in_the_catalogue() -> None:
    """A sample nobody renders has no truth."""
    found = {path.name for path in FOLDER.iterdir() if path.suffix in FORMATS}

    assert found == {sample.name for sample in SAMPLES} == set(EXPECTED)


def test_readme_names_every_file() -> None:
    """The table a person reads is complete."""
    readme = TRUTH.with_name("README.md").read_text("utf-8")

    assert [sample.name for sample in SAMPLES if f"`{sample.name}`" not in readme] == []


def test_samples_are_small() -> None:
    """A clone should not pay for them."""
    assert sum((FOLDER / name).stat().st_size for name in EXPECTED) < 600_000


# --- What each file is there to show. ---


@pytest.mark.parametrize("sample", PDFS, ids=_name)
def test_pdf_has_the_pages_its_truth_says(sample: Sample) -> None:
    """A line that runs over to a second page is a fault of the layout."""
    assert len(pdf_pages((FOLDER / sample.name).read_bytes())) == EXPECTED[sample.name]["pages"]


@pytest.mark.parametrize("sample", PDFS, ids=_name)
def test_pdf_text_stays_inside_the_page(sample: Sample) -> None:
    """The margins of every layout stay free, so that a line that runs over is noticed. In millimetres."""
    least_left, least_right = (8.9, 15.0) if "two_column" in sample.name else (15.9, 15.9)

    for left, bottom, right, top in pdf_free_margins((FOLDER / sample.name).read_bytes()):
        assert left >= least_left
        assert right >= least_right
        assert min(bottom, top) >= 9


def test_one_column_hides_its_link_targets() -> None:
    """LinkedIn and GitHub can only be found by reading annotations."""
    data = (FOLDER / "amara_diallo_one_column.pdf").read_bytes()

    assert "linkedin.com" not in (text := "".join(pdf_pages(data)))
    assert "github.com" not in text
    assert pdf_links(data) == [
        "https://github.com/amara-diallo-example",
        "https://www.linkedin.com/in/amara-diallo-example",
        "mailto:amara.diallo@example.com",
    ]


def test_side_bar_is_written_whole_before_the_main_column() -> None:
    """Stream order is column after column, as the tools people use write it."""
    (text,) = pdf_pages((FOLDER / "kenji_tanabe_two_column.pdf").read_bytes())
    order = ["CONTACT", "SKILLS", "LANGUAGES", "TALKS", "Kenji Tanabe\r\n", "Work experience", "Education"]

    assert [text.index(mark) for mark in order] == sorted(text.index(mark) for mark in order)


def test_two_pages_divide_between_roles() -> None:
    """No role is torn: the second page begins with a title and its dates."""
    first, second = pdf_pages((FOLDER / "margaret_okonkwo_two_pages.pdf").read_bytes())

    assert "Chief Financial Officer" in first
    assert re.match(r"Finance Manager Jan 2007 – May 2011\r\n", second)


def test_table_layout_leaves_nothing_outside_the_table() -> None:
    """A reader that skips tables finds an empty document; one table stands inside another."""
    body = _word_body("priya_raghunathan_table.docx")
    outside = re.sub(r"<w:tbl>.*</w:tbl>", "", body, flags=re.DOTALL)

    assert xml_text(outside).strip() == ""
    assert re.search(r"<w:tc>(?:(?!</w:tc>).)*<w:tbl>", body, flags=re.DOTALL)


def test_text_box_holds_the_phone_in_both_of_its_forms_and_nothing_else_does() -> None:
    """DrawingML and VML carry the same lines, as Word writes them."""
    body = _word_body("tomas_lindqvist_text_box.docx")
    boxes = re.findall(r"<w:txbxContent>(.*?)</w:txbxContent>", body, flags=re.DOTALL)
    outside = re.sub(r"<w:txbxContent>.*?</w:txbxContent>", "", body, flags=re.DOTALL)

    assert len(boxes) == 2
    assert boxes[0] == boxes[1]
    assert "0113 496 0281" in xml_text(boxes[0])
    assert "Tanner's Yard" in xml_text(boxes[0])
    assert "496 0281" not in xml_text(outside)
    assert re.search(r"<mc:Choice Requires=\"wps\">.*<wps:txbx>.*</mc:Choice>", body, flags=re.DOTALL)
    assert re.search(r"<mc:Fallback>.*<v:textbox>.*</mc:Fallback>", body, flags=re.DOTALL)


def test_text_box_document_has_its_email_only_in_the_header() -> None:
    """A reader of the body alone finds no address."""
    parts = members((FOLDER / "tomas_lindqvist_text_box.docx").read_bytes())
    holders = [name for name, content in parts.items() if b"t.lindqvist@example.net" in content]

    assert sorted(holders) == ["word/_rels/header1.xml.rels", "word/header1.xml"]


def test_web_page_hides_a_strangers_contacts_in_script_and_comment() -> None:
    """They are in the file, and not among what a browser shows."""
    data = (FOLDER / "leila_haddad_web_page.html").read_bytes()

    assert data.count(b"webmaster@example.net") == 2
    assert "webmaster" not in html_text(data)
    assert "Leïla" in html_text(data)
    assert "Leïla".encode() not in data


def test_windows_text_is_no_utf8() -> None:
    """Its dashes, bullets and euro signs exist in Windows-1252 alone, not in Latin-1."""
    data = (FOLDER / "ignacio_ferrandiz_cp1252.txt").read_bytes()

    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    assert {0x80, 0x95, 0x96} <= set(data)
    assert data.count(b"\r\n") == data.count(b"\n") > 50


@pytest.mark.parametrize(
    "signs",
    [
        pytest.param(rb"Zesp\'f3\'b3 Szk\'f3\'b3 Technicznych im. \'8cwi\'eatej \'a3ucji", id="code-page"),
        pytest.param(rb"\u321\'3fukasz \u379\'3furowicz", id="unicode-in-a-western-font"),
        pytest.param(rb"\u1041\'c1\u1077\'e5\u1079\'e7", id="unicode-with-cyrillic-substitutes"),
        pytest.param(rb"0.8 \u937\'3f", id="unicode-beyond-the-code-page"),
        pytest.param(rb"0114\~496\~0273", id="spaces-that-do-not-break"),
        pytest.param(rb"re\_qualified", id="hyphen-that-does-not-break"),
        pytest.param(rb"switch\-gear", id="soft-hyphen"),
        pytest.param(rb"ECS Gold Card}\nestcell{\nonesttables\par }", id="table-inside-a-table"),
        pytest.param(rb"Electrical Supervisor}{\cf3 \tab March 2020", id="tabulator"),
    ],
)
def test_rtf_writes_letters_and_marks_in_every_way_word_has(signs: bytes) -> None:
    """A reader that knows one way of writing a letter loses the others."""
    data = (FOLDER / RTF_NAME).read_bytes()

    assert signs in data
    assert data.isascii()


def test_rtf_shows_each_label_and_each_nested_cell_once() -> None:
    """Bullets for old readers, and the marks of readers without nested tables, are not text."""
    text = rtf_text((FOLDER / RTF_NAME).read_bytes())

    assert not {"•", "·"} & set(text)
    assert "ECS Gold Card\nOctober 2028\n18th Edition" in text
    assert text.count("Curriculum vitae, Łukasz Żurowicz\nPage 1") == 1


def test_odt_begins_with_its_media_type_unpacked() -> None:
    """So that a file's kind can be told from its first bytes, as the format asks."""
    data = (FOLDER / ODT_NAME).read_bytes()

    assert data[30:].startswith(b"mimetypeapplication/vnd.oasis.opendocument.textPK")


def test_odt_has_its_email_only_in_the_page_header() -> None:
    """A reader of content.xml alone finds no address."""
    parts = members((FOLDER / ODT_NAME).read_bytes())
    holders = [name for name, content in parts.items() if b"dimitra.kalogera@example.net" in content]

    assert holders == ["styles.xml"]
    header = re.search(r"<style:header>.*</style:header>", parts["styles.xml"].decode())
    assert header is not None
    assert "dimitra.kalogera@example.net" in header[0]


def test_odt_keeps_its_contacts_in_a_table_and_greek_beside_french() -> None:
    """With the unbreakable spaces that French wants before its signs."""
    body = members((FOLDER / ODT_NAME).read_bytes())["content.xml"].decode()
    outside = re.sub(r"<table:table .*?</table:table>", "", body)

    assert "Tél.\u00a0:\u00a004\u00a065\u00a071\u00a028\u00a036" in body
    assert "28\u00a036" not in outside
    assert "Δήμητρα Καλογερά" in body
    assert "Πτυχίο Ιστορίας και Αρχαιολογίας" in outside
    assert "97\u202f%" in outside
    assert "géo\u00adlocalisés" in outside


@pytest.mark.parametrize("name", [RTF_NAME, ODT_NAME])
def test_engine_reads_every_word_that_a_person_sees(name: str) -> None:
    """Word for word what another reader finds, nothing lost, nothing twice, nothing found suspicious."""
    data = (FOLDER / name).read_bytes()
    document = read_document(data, filename=name)
    targets = [link.target for link in document.links]

    seen = Counter(re.findall(r"\w+", visible_text(name, data)))
    assert Counter(re.findall(r"\w+", " ".join([document.text, *targets]))) == seen
    assert document.findings == ()


def test_every_format_and_four_languages_are_there() -> None:
    """What the engine reads, it is shown reading."""
    assert {Path(name).suffix for name in EXPECTED} == FORMATS
    assert {truth["language"] for truth in EXPECTED.values()} == {"en", "de", "es", "fr"}


def test_sensitive_sample_holds_the_rare_kinds_of_personal_data() -> None:
    """Union, health, residence, bank account and other people's contacts."""
    kinds = {entry["type"] for entry in EXPECTED["samuel_mensah_references.pdf"]["pii"]}

    assert kinds >= {"trade_union", "health", "immigration_status", "bank_account", "third_party_contact"}
