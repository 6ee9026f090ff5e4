"""``cli.cvs results``: whole files with one row per candidate, in which no cell computes anything."""

from __future__ import annotations

import csv
import json
import stat
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from cli.cvs.candidate_row import COLUMNS, LONGEST_CELL, CandidateResult, row_of
from cli.cvs.exit_code import ExitCode
from cli.cvs.results import FETCHED_AT_ONCE
from shared_code.candidate_data_service import RESULTS_CONTAINER, document_id_of
from shared_code.errors import StorageError
from shared_code.intake.states import JobState
from tests.unit.cli.operator import Operator
from tests.unit.storage.in_memory_storage import InMemoryBlobs

XML = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
SCHEMA = Path(__file__).parents[3] / "shared_code/assistants/cv_data_extractor/published.schema.json"
PROFILE: dict[str, Any] = {
    "candidateName": '=HYPERLINK("http://example.com","Ada")',
    "jobTitle": "Bridge engineer",
    "candidateEmail": "ada@example.com",
    "candidatePhone": "+447700900123",
    "totalExperienceYears": 12.5,
    "candidateLocation": {"city": "Zürich", "region": None, "countryCode": "CH"},
    "profileLinks": [{"kind": "github", "url": "https://github.example/ada"}],
    "professionalSummary": "Builds bridges.\nAnd tunnels.",
    "currentEmployer": None,
    "seniorityLevel": "senior",
    "industrySectors": ["Construction", "Rail"],
    "keySkills": [
        {"name": "finite elements", "normalizedName": "Finite Element Method"},
        {"name": "Python", "normalizedName": "Python"},
    ],
    "employmentHistory": [
        {"jobTitle": "Engineer", "employer": "Span Ltd", "startDate": "2019-04", "isCurrent": True},
        {"jobTitle": "Intern", "employer": None, "startDate": "2014", "endDate": "2015", "isCurrent": False},
    ],
    "educationHistory": [
        {"degree": "MSc", "fieldOfStudy": None, "institution": "ETH", "startDate": None, "endDate": "2014"}
    ],
    "highestEducation": "master",
    "certifications": [{"name": "PE", "issuer": "State"}, {"name": "CEng", "issuer": None}],
    "languageProficiencies": [
        {"language": "German", "cefr": "C1", "levelRaw": "fluent"},
        {"language": "French", "cefr": None, "levelRaw": "basic"},
    ],
    "workPreferences": {"willingToRelocate": False, "noticePeriod": "3 months"},
}
RESULT: dict[str, Any] = {
    "candidateProfile": PROFILE,
    "unverified": ["/candidateProfile/jobTitle"],
    "warnings": [{"code": "hiddenText"}, {"code": "hiddenText"}],
}
EXPECTED = {
    "candidateName": PROFILE["candidateName"],
    "totalExperienceYears": 12.5,
    "city": "Zürich",
    "region": "",
    "currentEmployer": "",
    "industrySectors": "Construction; Rail",
    "keySkills": "Finite Element Method; Python",
    "languageProficiencies": "German (C1); French (basic)",
    "employmentHistory": "Engineer, Span Ltd (2019-04 – present); Intern (2014 – 2015)",
    "educationHistory": "MSc, ETH (2014)",
    "certifications": "PE (State); CEng",
    "profileLinks": "https://github.example/ada",
    "willingToRelocate": "no",
    "noticePeriod": "3 months",
    "unverified": "/candidateProfile/jobTitle",
    "warnings": "hiddenText",
}


@pytest.fixture
def operator() -> Operator:
    """Ada's result, of a file that lies in two places, and Ben's, of which no profile is known."""
    operator = Operator()
    operator.has(b"ada", "ada.pdf", JobState.DONE)
    operator.has(b"ada", "north/ada.pdf", JobState.QUEUED)
    operator.has_result(b"ada", RESULT)
    operator.has_result(b"ben", {"candidateProfile": None})
    return operator


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_sheet(path: Path) -> tuple[list[dict[str, tuple[str, str, str]]], str]:
    """Rows by column letter: type, style and text of each cell; and the styles' XML."""
    with zipfile.ZipFile(path) as workbook:
        sheet = ET.fromstring(workbook.read("xl/worksheets/sheet1.xml"))
        styles = workbook.read("xl/styles.xml").decode()
    rows = []
    for row in sheet.findall(".//m:row", XML):
        cells = {}
        for cell in row.findall("m:c", XML):
            assert cell.find("m:f", XML) is None, "a formula"
            text = "".join(cell.itertext())
            column = "".join(letter for letter in cell.get("r", "") if letter.isalpha())
            cells[column] = (cell.get("t", "n"), cell.get("s", "0"), text)
        rows.append(cells)
    return rows, styles


def test_a_row_holds_the_main_columns_with_lists_joined() -> None:
    """Each column is what the schema's field says, in one cell."""
    row = dict(zip(COLUMNS, row_of(CandidateResult("d", RESULT, ["a.pdf", "b.pdf"])), strict=True))
    assert {column: row[column] for column in EXPECTED} == EXPECTED
    assert (row["documentId"], row["files"]) == ("d", "a.pdf; b.pdf")


def test_every_field_of_the_schema_has_a_column() -> None:
    """A field that is added to the profile must not be forgotten here."""
    published: Any = json.loads(SCHEMA.read_bytes())
    schema = published["properties"]["candidateProfile"]["properties"]
    split = {"candidateLocation", "workPreferences"}
    parts = {part for name in split for part in schema[name]["anyOf"][0]["properties"]}
    assert (set(schema) - split) | parts <= set(COLUMNS)


@pytest.mark.parametrize(
    "result", [{}, {"candidateProfile": None}, {"candidateProfile": {"keySkills": None}}]
)
def test_a_result_of_another_age_has_a_row_too(result: dict[str, Any]) -> None:
    """What is missing is empty."""
    assert row_of(CandidateResult("d", result)) == ["d", *[""] * (len(COLUMNS) - 1)]


def test_csv_holds_one_row_per_candidate_and_no_formula(operator: Operator, tmp_path: Path) -> None:
    """What begins like a formula gets an apostrophe; line breaks, umlauts and numbers survive."""
    output = tmp_path / "new" / "candidates.csv"
    run = operator.run("results", "--format", "csv", "--output", str(output))
    assert (run.exit_code, run.out) == (ExitCode.DONE, f"2 results in {output}\n")
    rows = {row["documentId"]: row for row in read_csv(output)}
    ada = rows[document_id_of(b"ada")]
    assert ada["candidateName"] == f"'{PROFILE['candidateName']}"
    assert ada["candidatePhone"] == "'+447700900123"
    assert ada["professionalSummary"] == PROFILE["professionalSummary"]
    assert (ada["city"], ada["totalExperienceYears"]) == ("Zürich", "12.5")
    assert sorted(ada["files"].split("; ")) == ["ada.pdf", "north/ada.pdf"]
    assert set(rows) == {document_id_of(b"ada"), document_id_of(b"ben")}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows.values() for cell in row.values())


def test_csv_quotes_every_text_and_no_number(operator: Operator, tmp_path: Path) -> None:
    """A spreadsheet that parts cells at semicolons finds none outside of quotes."""
    output = tmp_path / "candidates.csv"
    operator.run("results", "--format", "csv", "--output", str(output))
    with output.open(encoding="utf-8-sig", newline="") as file:
        # This way of reading takes for a number what stands without quotes, and fails where it is none.
        header, *rows = csv.reader(file, quoting=csv.QUOTE_NONNUMERIC)
    numbers = {
        name for row in rows for name, cell in zip(header, row, strict=True) if isinstance(cell, float)
    }
    assert numbers == {"totalExperienceYears"}


def test_a_workbook_holds_text_as_text(operator: Operator, tmp_path: Path) -> None:
    """No cell is a formula; what looks like one carries Excel's own mark, and numbers stay numbers."""
    output = tmp_path / "candidates.xlsx"
    assert operator.run("results", "--format", "xlsx", "--output", str(output)).exit_code is ExitCode.DONE
    (header, *rows), styles = read_sheet(output)
    assert [text for _, _, text in header.values()] == list(COLUMNS)
    assert len(rows) == 2
    [ada] = [row for row in rows if row["A"][2] == document_id_of(b"ada")]
    kind, style, text = ada["C"]
    assert (kind, text) == ("inlineStr", PROFILE["candidateName"])
    formats = ET.fromstring(styles).findall(".//m:cellXfs/m:xf", XML)
    assert formats[int(style)].get("quotePrefix") == "1"
    assert formats[int(ada["D"][1])].get("quotePrefix") is None
    assert ada["G"] == ("n", "0", "12.5")


def test_json_is_a_file_for_each_document_or_one_array(operator: Operator, tmp_path: Path) -> None:
    """The very results, whichever it is."""
    operator.run("results", "--format", "json", "--output", str(tmp_path / "folder"))
    files = {path.name: json.loads(path.read_bytes()) for path in (tmp_path / "folder").iterdir()}
    assert files[f"{document_id_of(b'ada')}.json"]["candidateProfile"] == PROFILE
    operator.run("results", "--format", "json", "--output", str(tmp_path / "all.json"))
    array = json.loads((tmp_path / "all.json").read_bytes())
    assert sorted(result["documentId"] for result in array) == sorted(
        value["documentId"] for value in files.values()
    )


def test_no_results_are_an_empty_array(tmp_path: Path) -> None:
    """Valid JSON, and worth a look."""
    output = tmp_path / "all.json"
    run = Operator().run("results", "--format", "json", "--output", str(output))
    assert (run.exit_code, json.loads(output.read_bytes())) == (ExitCode.ATTENTION, [])


def test_only_the_owner_may_read_what_is_written(operator: Operator, tmp_path: Path) -> None:
    """It names people."""
    output = tmp_path / "all.csv"
    operator.run("results", "--format", "csv", "--output", str(output))
    assert stat.S_IMODE(output.stat().st_mode) == 0o600


def test_named_documents_come_in_their_order_and_missing_ones_are_told(
    operator: Operator, tmp_path: Path
) -> None:
    """What is there is written all the same."""
    ada, ben = document_id_of(b"ada"), document_id_of(b"ben")
    output = tmp_path / "two.json"
    run = operator.run("results", ben, "0" * 64, ada[:9], ben, "--format", "json", "--output", str(output))
    assert [result["documentId"] for result in json.loads(output.read_bytes())] == [ben, ada]
    assert (run.exit_code, run.notes) == (ExitCode.ATTENTION, f"no result  {'0' * 64}\n")


def test_results_since_a_moment_are_those_written_since(operator: Operator, tmp_path: Path) -> None:
    """When the CV was received does not matter: it may have been analysed anew."""
    ben = f"{document_id_of(b'ben')}.json"
    operator.blobs.changed[RESULTS_CONTAINER, ben] = datetime.now(UTC) - timedelta(hours=3)
    output = tmp_path / "new.json"
    operator.run("results", "--since", "2h", "--format", "json", "--output", str(output))
    assert [result["documentId"] for result in json.loads(output.read_bytes())] == [document_id_of(b"ada")]


class BreakingBlobs(InMemoryBlobs):
    """Gives out so many results, then nothing more."""

    left = 3

    async def get_json(self, container: str, name: str) -> dict[str, Any] | None:
        if self.left == 0:
            raise StorageError("Reading a blob of container cv-results failed.")
        self.left -= 1
        return await super().get_json(container, name)


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_a_failure_leaves_what_stood_there_and_nothing_half(tmp_path: Path, form: str) -> None:
    """Neither a part of the file nor a temporary one."""
    operator = Operator(blobs=BreakingBlobs())
    for number in range(5):
        operator.has_result(b"%d" % number, RESULT)
    output = tmp_path / f"all.{form}"
    output.write_text("the one before")
    assert operator.run("results", "--format", form, "--output", str(output)).exit_code == 2
    assert output.read_text() == "the one before"
    assert list(tmp_path.iterdir()) == [output]


class CountingBlobs(InMemoryBlobs):
    """Notes how many more results were asked for than written."""

    asked = 0

    async def get_json(self, container: str, name: str) -> dict[str, Any] | None:
        self.asked += 1
        return await super().get_json(container, name)


def test_results_are_fetched_a_few_ahead_and_not_all(tmp_path: Path) -> None:
    """Where the disk is full at the first one, the others were not fetched."""
    blobs = CountingBlobs()
    operator = Operator(blobs=blobs)
    for number in range(50):
        operator.has_result(b"%d" % number, RESULT)
    in_the_way = tmp_path / f"{min(document_id_of(b'%d' % number) for number in range(50))}.json"
    (in_the_way / "occupied").mkdir(parents=True)
    run = operator.run("results", "--format", "json", "--output", str(tmp_path))
    assert run.exit_code is ExitCode.CANNOT_WRITE
    assert blobs.asked <= FETCHED_AT_ONCE


@pytest.mark.parametrize(("form", "is_folder"), [("csv", True), ("json", False)])
def test_an_output_of_the_wrong_kind_is_refused(
    operator: Operator, tmp_path: Path, form: str, is_folder: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder is not replaced by a file, nor the other way round."""
    output = tmp_path / "there"
    output.mkdir() if is_folder else output.write_text("kept")
    assert operator.run("results", "--format", form, "--output", str(output)).exit_code is ExitCode.USAGE
    assert "Name another --output" in capsys.readouterr().err
    assert output.exists()


def test_a_blob_of_another_name_is_no_result(tmp_path: Path) -> None:
    """No name out of storage becomes a path."""
    operator = Operator()
    operator.do(operator.blobs.put_json(RESULTS_CONTAINER, "../up.json", RESULT))
    run = operator.run("results", "--format", "json", "--output", str(tmp_path / "out"))
    assert run.out.startswith("0 results")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_text_that_does_not_fit_or_has_no_utf8_is_written_as_far_as_it_goes(
    tmp_path: Path, form: str
) -> None:
    """Excel takes 32,767 characters; half a surrogate pair has no UTF-8."""
    operator = Operator()
    profile = {"professionalSummary": "x" * (LONGEST_CELL + 1), "jobTitle": "\ud800 engineer"}
    operator.has_result(b"long", {"candidateProfile": profile})
    output = tmp_path / f"all.{form}"
    operator.run("results", "--format", form, "--output", str(output))
    if form == "csv":
        [row] = read_csv(output)
        summary, title = row["professionalSummary"], row["jobTitle"]
    else:
        (_, cells), _ = read_sheet(output)
        summary, title = cells["U"][2], cells["D"][2]
    assert (len(summary), summary[-1], title) == (LONGEST_CELL, "…", "? engineer")
