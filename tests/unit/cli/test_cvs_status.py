"""``cli.cvs status`` and ``watch``: how far the jobs are, and when it is over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.cvs.exit_code import ExitCode
from cli.cvs.status import COUNTED_AT_MOST, count_jobs, counts_text
from cli.cvs.terminal import age_text
from shared_code.candidate_data_service import document_id_of
from shared_code.errors import StorageError
from shared_code.intake.states import JobState
from tests.unit.cli.operator import Operator


@pytest.fixture
def operator() -> Operator:
    """One job queued, one done, one rejected, one waiting."""
    operator = Operator()
    operator.has(b"ada", "ada.pdf", JobState.QUEUED)
    operator.has(b"ben", "ben.pdf", JobState.DONE)
    operator.has_result(b"ben", {})
    operator.has(b"cleo", "cleo.pdf", JobState.REJECTED, reason_code="noText", reason="No text in it.")
    due = datetime.now(UTC) + timedelta(minutes=5, seconds=30)
    operator.has(
        b"dan", "dan.pdf", JobState.WAITING, reason_code="rateLimit", reason="Throttled.", due_at=due
    )
    return operator


def test_the_counts_and_the_newest_are_shown(operator: Operator) -> None:
    """Every state in one line, then file, document, state, attempts, age and reason, newest first."""
    operator.ahead = timedelta(minutes=3)
    run = operator.run("status")
    lines = run.out.splitlines()
    assert run.exit_code is ExitCode.DONE
    assert lines[0].split() == [
        *("received", "0", "queued", "1", "processing", "0", "waiting", "1"),
        *("done", "1", "rejected", "1", "failed", "0"),
    ]
    assert [line.split()[0] for line in lines[3:]] == ["dan.pdf", "cleo.pdf", "ben.pdf", "ada.pdf"]
    digits = document_id_of(b"cleo")[:12]
    assert lines[4].split() == [
        *("cleo.pdf", digits, "rejected", "1", "3", "min", "noText:", "No", "text", "in", "it.")
    ]
    assert "Again in 2 min." in lines[3]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--state", "done"], ["ben.pdf"]),
        (["--state", "waiting"], ["dan.pdf"]),
        (["--limit", "2"], ["dan.pdf", "cleo.pdf"]),
        (["--since", "2h"], ["dan.pdf", "cleo.pdf", "ben.pdf", "ada.pdf"]),
        (["--since", "2999-01-01"], []),
    ],
    ids=["done", "waiting", "limit", "recent", "none"],
)
def test_the_table_shows_what_was_asked_for(
    operator: Operator, flags: list[str], expected: list[str]
) -> None:
    """By state, by age, and no more rows than wanted."""
    shown = json.loads(operator.run("status", "--json", *flags).out)
    assert [job["file"] for job in shown["jobs"]] == expected


def test_counts_since_a_moment_leave_older_jobs_out(operator: Operator) -> None:
    """They are counted job by job, over as many pages as there are."""
    later = datetime.now(UTC) + timedelta(hours=1)
    assert sum(operator.do(count_jobs(operator.desk.jobs, later)).values()) == 0
    earlier = later - timedelta(hours=2)
    assert operator.do(count_jobs(operator.desk.jobs, earlier))[JobState.WAITING] == 1


def test_a_count_that_was_cut_short_says_so() -> None:
    """A round number must not be taken for an exact one."""
    counts = {JobState.QUEUED: COUNTED_AT_MOST, JobState.DONE: COUNTED_AT_MOST - 1}
    assert counts_text(counts).plain == "queued 10000 or more  done 9999"


def test_more_jobs_than_shown_are_mentioned(operator: Operator) -> None:
    """Else the table looks complete."""
    assert "--limit shows more" in operator.run("status", "--limit", "3").out
    assert "--limit shows more" not in operator.run("status", "--limit", "4").out


def test_one_document_is_found_by_id_by_its_first_digits_and_by_file(
    operator: Operator, tmp_path: Path
) -> None:
    """Whatever the operator has at hand."""
    file = tmp_path / "somewhere else.pdf"
    file.write_bytes(b"ben")
    document_id = document_id_of(b"ben")
    for named in (document_id, document_id.upper(), document_id[:8], str(file)):
        run = operator.run("status", named, "--json")
        shown = json.loads(run.out)
        assert (run.exit_code, shown["documentId"], shown["hasResult"]) == (0, document_id, True)
        assert [job["state"] for job in shown["jobs"]] == ["done"]


def test_a_document_is_shown_for_people_too(operator: Operator) -> None:
    """The whole id, whether there is a result, and its jobs."""
    out = operator.run("status", document_id_of(b"cleo")[:10]).out
    assert f"document  {document_id_of(b'cleo')}" in out
    assert "result    none" in out
    assert "No text in it." in out


def test_an_unknown_document_is_worth_a_look(operator: Operator) -> None:
    """A whole id may be one that was erased."""
    assert operator.run("status", "0" * 64).exit_code is ExitCode.ATTENTION


@pytest.mark.parametrize("named", ["0" * 8, "0123456", "no such file.pdf"])
def test_what_names_no_document_is_an_error(
    operator: Operator, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Too few digits, digits that nothing begins with, a file that is not there."""
    assert operator.run("status", named).exit_code is ExitCode.USAGE
    assert named in capsys.readouterr().err


def test_digits_that_two_documents_begin_with_name_neither(capsys: pytest.CaptureFixture[str]) -> None:
    """Erasing the wrong one could not be undone."""
    operator = Operator()
    rows = [{"PartitionKey": "0" * 63 + digit, "RowKey": "job_1", "state": "done"} for digit in "12"]
    for row in rows:
        operator.do(operator.tables.upsert("CVJobs", row))
    assert operator.run("erase", "0" * 10, "--yes").exit_code is ExitCode.USAGE
    assert "More than one" in capsys.readouterr().err
    assert operator.tables.rows("CVJobs") == rows


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "1 h"), (86_400 * 9, "9 d")],
)
def test_an_age_is_told_in_its_largest_unit(seconds: int, expected: str) -> None:
    """Rounded down; another machine's clock may be ahead."""
    assert age_text(timedelta(seconds=seconds)) == expected


class TestWatch:
    def test_it_ends_when_nothing_is_open(self) -> None:
        """With 0 where all is done, and a line for each change."""
        operator = Operator()
        job = operator.has(b"ada", "ada.pdf", JobState.PROCESSING)
        operator.meanwhile = [self._nothing(), operator.desk.jobs.change(job, JobState.DONE)]
        run = operator.run("watch", "--interval", "7")
        lines = run.out.splitlines()
        assert (run.exit_code, operator.slept) == (ExitCode.DONE, [7.0, 7.0])
        assert ["processing 1" in line for line in lines] == [True, False]
        assert "done 1" in lines[-1]

    @pytest.mark.parametrize("state", [JobState.REJECTED, JobState.FAILED])
    def test_a_job_that_came_to_nothing_is_worth_a_look(self, state: JobState) -> None:
        """1 for a script that waits for a batch, and where to look."""
        operator = Operator()
        operator.has(b"ada", "ada.pdf", state)
        run = operator.run("watch")
        assert run.exit_code is ExitCode.ATTENTION
        assert f"--state {state}" in run.notes

    def test_older_jobs_do_not_count_since_a_moment(self) -> None:
        """A failure of last year is not this batch's."""
        operator = Operator()
        operator.has(b"ada", "ada.pdf", JobState.FAILED)
        assert operator.run("watch", "--since", "2999-01-01").exit_code is ExitCode.DONE

    def test_a_short_outage_of_storage_is_sat_out(self) -> None:
        """Twice in a row is borne, and told."""
        operator = Operator()
        operator.tables.failure = StorageError("Querying table CVJobIndex failed.")
        operator.meanwhile = [self._nothing(), self._mended(operator)]
        run = operator.run("watch")
        assert run.exit_code is ExitCode.DONE
        assert run.notes.count("Looking again.") == 2

    def test_an_outage_that_lasts_ends_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        """At the third failure in a row, with the reason."""
        operator = Operator()
        operator.tables.failure = StorageError("Querying table CVJobIndex failed.")
        operator.meanwhile = [self._nothing(), self._nothing()]
        assert operator.run("watch").exit_code is ExitCode.IMPOSSIBLE
        assert "CVJobIndex failed" in capsys.readouterr().err

    @staticmethod
    async def _nothing() -> None:
        return None

    @staticmethod
    async def _mended(operator: Operator) -> None:
        operator.tables.failure = None
