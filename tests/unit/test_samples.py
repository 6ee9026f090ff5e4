"""The sample files are what their script renders, and each shows what it is there to show."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from samples.renderer.catalogue import SAMPLES, Sample
from samples.renderer.reading import html_text, members, pdf_free_margins, pdf_links, pdf_pages, xml_text
from samples.renderer.render import FOLDER, TRUTH, expected_json, render_all

FORMATS = {".pdf", ".docx", ".txt", ".md", ".html"}
EXPECTED: dict[str, dict[str, Any]] = json.loads(TRUTH.read_text("utf-8"))["files"]
PDFS = [sample for sample in SAMPLES if sample.name.endswith(".pdf")]
DOCX = [sample for sample in SAMPLES if sample.name.endswith(".docx")]
TEXTS = [sample for sample in SAMPLES if not sample.name.endswith((".pdf", ".docx"))]


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


@pytest.mark.parametrize("sample", DOCX, ids=_name)
def test_committed_docx_holds_the_parts_the_script_renders(sample: Sample) -> None:
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


@pytest.mark.parametrize("sample", DOCX, ids=_name)
def test_docx_archive_carries_no_clock_reading(sample: Sample) -> None:
    """Neither the archive's members nor the document's properties say when it was rendered."""
    data = sample.render()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    stamps = re.findall(r"\d{4}-\d{2}-\d{2}T[\d:]+Z", members(data)["docProps/core.xml"].decode())
    assert set(stamps) == {"2026-11-02T09:00:00Z"}


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


def test_every_format_and_three_languages_are_there() -> None:
    """What the engine reads, it is shown reading."""
    assert {Path(name).suffix for name in EXPECTED} == FORMATS
    assert {truth["language"] for truth in EXPECTED.values()} == {"en", "de", "es"}


def test_sensitive_sample_holds_the_rare_kinds_of_personal_data() -> None:
    """Union, health, residence, bank account and other people's contacts."""
    kinds = {entry["type"] for entry in EXPECTED["samuel_mensah_references.pdf"]["pii"]}

    assert kinds >= {"trade_union", "health", "immigration_status", "bank_account", "third_party_contact"}
