"""Results as files: JSON, CSV or a workbook, written one after the other and put in place when complete.

What is written names people: only its owner may read it, and what an interruption leaves is removed.
"""

from __future__ import annotations

import csv
import importlib
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from cli.cvs.candidate_row import COLUMNS, CandidateResult, Cell, row_of
from shared_code.errors import RequestError
from shared_code.spreadsheet_text import as_text_cell, is_formula_like

MOST_WORKBOOK_ROWS = 1_048_576
_OWNER_ONLY = 0o600
_WIDE = 40
_NARROW = 18

Write: TypeAlias = Callable[[CandidateResult], None]
"""Takes one result more."""


def writer_for(form: str, output: Path) -> AbstractContextManager[Write]:
    """How to write results as ``json``, ``csv`` or ``xlsx``.

    For JSON an ``output`` that ends in ``.json`` is one array, any other a folder with a file for each.

    Raises:
        ModuleNotFoundError: XlsxWriter is not installed.
        RequestError: A folder stands where a file is to be written, or the other way round.
    """
    is_folder = form == "json" and output.suffix.lower() != ".json"
    if output.exists() and output.is_dir() != is_folder:
        raise RequestError(f"{output} is {'a file' if is_folder else 'a folder'}. Name another --output.")
    if form == "xlsx":
        return _workbook(output, importlib.import_module("xlsxwriter"))
    if form == "csv":
        return _csv(output)
    return _json_folder(output) if is_folder else _json_array(output)


@contextmanager
def _put_in_place(path: Path) -> Iterator[Path]:
    """A path to write to, whose file replaces ``path`` in one step if all goes well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        partial = Path(folder, path.name)
        yield partial
        partial.chmod(_OWNER_ONLY)
        partial.replace(path)


@contextmanager
def _json_folder(folder: Path) -> Iterator[Write]:
    folder.mkdir(parents=True, exist_ok=True)

    def write(candidate: CandidateResult) -> None:
        with _put_in_place(folder / f"{candidate.document_id}.json") as partial:
            partial.write_bytes(_json_bytes(candidate) + b"\n")

    yield write


@contextmanager
def _json_array(path: Path) -> Iterator[Write]:
    with _put_in_place(path) as partial, partial.open("wb") as file:
        before = b"[\n"

        def write(candidate: CandidateResult) -> None:
            nonlocal before
            file.write(before + _json_bytes(candidate))
            before = b",\n"

        yield write
        file.write(b"[]\n" if before == b"[\n" else b"\n]\n")


def _json_bytes(candidate: CandidateResult) -> bytes:
    text = json.dumps(candidate.result, ensure_ascii=False, indent=2)
    # Half a surrogate pair has no UTF-8; the backslash form is JSON's own escape for it.
    return text.encode("utf-8", "backslashreplace")


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    # Excel takes a file without the byte order mark for its own old encoding.
    with _put_in_place(path) as partial, partial.open("w", encoding="utf-8-sig", newline="") as file:
        # Quotes also where a comma needs none: half of Europe's spreadsheets part cells at semicolons.
        lines = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        lines.writerow(COLUMNS)
        yield lambda candidate: lines.writerow([_harmless(cell) for cell in row_of(candidate)])


def _harmless(cell: Cell) -> Cell:
    return as_text_cell(cell) if isinstance(cell, str) else cell


@contextmanager
def _workbook(path: Path, xlsxwriter: Any) -> Iterator[Write]:
    with _put_in_place(path) as partial:
        workbook = xlsxwriter.Workbook(
            partial,
            {
                "constant_memory": True,
                "tmpdir": str(partial.parent),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        sheet = workbook.add_worksheet("candidates")
        # Excel's own mark: the cell stays text even when somebody edits it.
        marked = workbook.add_format({"quote_prefix": True})
        sheet.set_column(0, len(COLUMNS) - 1, _NARROW)
        sheet.set_column(COLUMNS.index("industrySectors"), COLUMNS.index("professionalSummary"), _WIDE)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, COLUMNS, workbook.add_format({"bold": True}))
        rows = 1

        def write(candidate: CandidateResult) -> None:
            nonlocal rows
            if rows == MOST_WORKBOOK_ROWS:
                raise RequestError(f"A workbook has {MOST_WORKBOOK_ROWS} rows. Use --format csv, or --since.")
            for column, cell in enumerate(row_of(candidate)):
                if not isinstance(cell, str):
                    sheet.write_number(rows, column, cell)
                elif cell:
                    sheet.write_string(rows, column, cell, marked if is_formula_like(cell) else None)
            rows += 1

        yield write
        sheet.autofilter(0, 0, rows - 1, len(COLUMNS) - 1)
        try:
            workbook.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            # It wraps what the system said, a full disk for instance.
            cause = error.args[0] if error.args else None
            raise cause if isinstance(cause, OSError) else OSError("the workbook cannot be written") from None
