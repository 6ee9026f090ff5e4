"""``cli.cvs retry``, ``erase``, ``retention`` and ``costs``: what an operator does by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.cvs.exit_code import ExitCode
from shared_code.accounting.call_log import CALL_LOG_TABLE, CallDetails, CallRow, entity_of
from shared_code.accounting.usage import Usage
from shared_code.candidate_data_service import REJECTED_CONTAINER, document_id_of
from shared_code.intake.job import INBOX_CONTAINER
from shared_code.intake.states import JobState
from shared_code.intake.submission import rejected_blob_name
from tests.unit.cli.operator import Operator

NOW = datetime.now(UTC)


@pytest.fixture
def operator() -> Operator:
    """A failed job, a rejected one, a done one and an open one."""
    operator = Operator()
    operator.has(b"ada", "ada.txt", JobState.FAILED, reason_code="workerDied", reason="It died.", tries=5)
    operator.has(b"ben", "north/ben.txt", JobState.REJECTED, reason_code="noText", reason="No text.")
    operator.has(b"cleo", "cleo.txt", JobState.DONE)
    operator.has(b"dan", "dan.txt", JobState.QUEUED)
    return operator


class TestRetry:
    @pytest.mark.parametrize(
        ("flags", "expected"),
        [
            (["--failed"], {"ada.txt"}),
            (["--rejected"], {"north/ben.txt"}),
            (["--failed", "--rejected"], {"ada.txt", "north/ben.txt"}),
        ],
        ids=["failed", "rejected", "both"],
    )
    def test_jobs_of_a_state_are_put_back(
        self, operator: Operator, flags: list[str], expected: set[str]
    ) -> None:
        """Queued again with a message and a clean slate; the others stay as they are."""
        before = operator.messages
        run = operator.run("retry", *flags, "--yes")
        assert (run.exit_code, run.out) == (0, f"{len(expected)} of {len(expected)} put back\n")
        jobs = [operator.job(content) for content in (b"ada", b"ben", b"cleo", b"dan")]
        put_back = {job.blob_name for job in jobs if job.turn == 2}
        assert put_back == expected
        assert all(job.state is JobState.QUEUED for job in jobs if job.turn == 2)
        assert all(job.reason is None and job.tries == 0 for job in jobs if job.turn == 2)
        assert operator.messages == before + len(expected)

    def test_a_rejected_original_goes_back_to_the_inbox(self, operator: Operator) -> None:
        """To its old name, with its content type, and is no longer among the rejected."""
        job = operator.job(b"ben")
        operator.run("retry", "--rejected", "--yes")
        assert operator.inbox()["north/ben.txt"] == b"ben"
        assert operator.blobs.content_types[INBOX_CONTAINER, "north/ben.txt"] == "text/plain"
        assert not operator.do(operator.blobs.exists(REJECTED_CONTAINER, rejected_blob_name(job)))

    def test_a_move_that_was_interrupted_is_finished(self, operator: Operator) -> None:
        """The original is in the inbox already, the job still rejected."""
        name = rejected_blob_name(operator.job(b"ben"))
        operator.do(operator.blobs.move(REJECTED_CONTAINER, name, INBOX_CONTAINER, "north/ben.txt"))
        assert operator.run("retry", "--rejected", "--yes").exit_code is ExitCode.DONE
        assert operator.job(b"ben").state is JobState.QUEUED

    @pytest.mark.parametrize("newer", [b"ben, revised", b"x" * 2000], ids=["small", "over the limit"])
    def test_a_newer_file_is_not_overwritten(self, operator: Operator, newer: bytes) -> None:
        """The rejected one stays where it is, and the operator is told why."""
        operator.do(operator.blobs.put_bytes(INBOX_CONTAINER, "north/ben.txt", newer, "text/plain"))
        run = operator.run("retry", "--rejected", "--yes")
        assert (run.exit_code, run.out) == (ExitCode.ATTENTION, "0 of 1 put back\n")
        assert "another file stands in its place" in run.notes
        assert operator.inbox()["north/ben.txt"] == newer
        assert operator.job(b"ben").state is JobState.REJECTED

    def test_a_job_without_its_original_stays(self, operator: Operator) -> None:
        """It would only fail again."""
        operator.do(operator.blobs.delete(INBOX_CONTAINER, "ada.txt"))
        run = operator.run("retry", "--failed", "--yes")
        assert run.exit_code is ExitCode.ATTENTION
        assert "submit the file again" in run.notes
        assert operator.job(b"ada").state is JobState.FAILED

    def test_two_rejected_copies_of_one_name_both_go_back(self, operator: Operator) -> None:
        """Their originals shared one place among the rejected."""
        operator.has(b"ben", "south/ben.txt", JobState.REJECTED)
        assert operator.run("retry", "--rejected", "--yes").out == "2 of 2 put back\n"
        assert operator.inbox()["north/ben.txt"] == operator.inbox()["south/ben.txt"] == b"ben"

    def test_named_documents_are_put_back_where_they_need_it(
        self, operator: Operator, tmp_path: Path
    ) -> None:
        """What is open or done is left alone and said so, and so is a document without jobs."""
        file = tmp_path / "x"
        file.write_bytes(b"ada")
        others = [document_id_of(content) for content in (b"cleo", b"dan", b"nobody")]
        run = operator.run("retry", str(file), *others, "--yes")
        assert (run.exit_code, run.out) == (ExitCode.DONE, "1 of 1 put back\n")
        assert run.notes.splitlines() == [
            "left  cleo.txt: it is done",
            "left  dan.txt: it is queued",
            f"no job  {document_id_of(b'nobody')}",
        ]

    @pytest.mark.parametrize(("answer", "expected"), [(True, JobState.QUEUED), (False, JobState.FAILED)])
    def test_it_asks_before(self, operator: Operator, answer: bool, expected: JobState) -> None:
        """With the number of each kind; no means no."""
        operator.answers = [answer]
        run = operator.run("retry", "--failed", "--rejected")
        assert operator.questions == ["Put 1 failed and 1 rejected back?"]
        assert operator.job(b"ada").state is expected
        assert run.exit_code == (ExitCode.DONE if answer else ExitCode.ATTENTION)

    def test_nothing_to_put_back_is_fine(self) -> None:
        """A nightly retry of what failed usually finds nothing."""
        run = Operator().run("retry", "--failed", "--yes")
        assert (run.exit_code, run.notes) == (ExitCode.DONE, "There is nothing to put back.\n")


class TestErase:
    def test_everything_of_a_document_goes(self, operator: Operator) -> None:
        """And what went is counted."""
        operator.has_result(b"cleo", {})
        run = operator.run("erase", document_id_of(b"cleo"), "--yes")
        assert run.exit_code is ExitCode.DONE
        assert "jobs 1, originals 1, results 1, rejections 0, answers 0" in run.out
        assert operator.jobs(b"cleo") == []
        assert "cleo.txt" not in operator.inbox()

    def test_a_file_names_its_document_and_is_left_alone(self, operator: Operator, tmp_path: Path) -> None:
        """The operator's own copy is the operator's."""
        file = tmp_path / "x"
        file.write_bytes(b"ada")
        assert operator.run("erase", str(file), "--yes").exit_code is ExitCode.DONE
        assert operator.jobs(b"ada") == []
        assert file.exists()

    def test_it_asks_before(self, operator: Operator) -> None:
        """With the names of the files; no means no."""
        operator.answers = [False]
        run = operator.run("erase", document_id_of(b"ada")[:8])
        assert "(ada.txt)" in operator.questions[0]
        assert (run.exit_code, run.out) == (ExitCode.ATTENTION, "")
        assert operator.job(b"ada").state is JobState.FAILED

    def test_nothing_to_erase_is_worth_a_look(self) -> None:
        """Perhaps it was the wrong document."""
        assert Operator().run("erase", "0" * 64, "--yes").exit_code is ExitCode.ATTENTION


class TestRetention:
    def test_a_dry_run_counts_and_the_run_erases(self) -> None:
        """The same numbers, first as a promise."""
        operator = Operator()
        call = CallRow("c1", "cv_data_extractor", "success", CallDetails(NOW - timedelta(days=900)))
        operator.do(operator.tables.upsert(CALL_LOG_TABLE, entity_of(call)))
        dry = operator.run("retention", "--dry-run")
        assert dry.out == "would erase  documents 0, files without a job 0, audit rows 1\n"
        assert len(operator.tables.rows(CALL_LOG_TABLE)) == 1
        assert operator.run("retention").out == "erased  documents 0, files without a job 0, audit rows 1\n"
        assert operator.tables.rows(CALL_LOG_TABLE) == []


class TestCosts:
    @pytest.fixture
    def operator(self) -> Operator:
        """Calls today and 40 days ago; one of them has no known price."""
        operator = Operator()
        usage = Usage(1000, output_tokens=200)
        for name, days, cost in (("c1", 0, 1234), ("c2", 0, None), ("c3", 40, 5)):
            details = CallDetails(NOW - timedelta(days=days), usage=usage, cost_micro_usd=cost, attempts=1)
            row = CallRow(name, "cv_data_extractor", "success", details)
            operator.do(operator.tables.upsert(CALL_LOG_TABLE, entity_of(row)))
        return operator

    def test_a_rebuild_says_how_many_records_changed(self, operator: Operator) -> None:
        """The second changes none."""
        first = operator.run("costs", "--rebuild")
        assert first.out.startswith("derived 30 days anew: 1 records, 1 of them changed\n")
        assert operator.run("costs", "--rebuild").out.startswith(
            "derived 30 days anew: 1 records, 0 of them changed\n"
        )
        assert "1 calls have no known price" in first.notes

    def test_days_are_shown_with_their_sum(self, operator: Operator) -> None:
        """Dollars with six decimals; days without calls have no line."""
        first = (NOW - timedelta(days=40)).date()
        operator.run("costs", "--rebuild", "--from", str(first))
        lines = operator.run("costs", "--from", str(first)).out.splitlines()
        assert [line.split() for line in lines[1:]] == [
            [str(first), "1", "0", "0", "1000", "200", "0.000005"],
            [str(NOW.date()), "2", "0", "0", "2000", "400", "0.001234"],
            ["total", "3", "0", "0", "3000", "600", "0.001239"],
        ]

    def test_days_without_records_are_told_from_free_ones(self) -> None:
        """No table of zeros."""
        run = Operator().run("costs", "--from", "2026-01-01", "--to", "2026-01-02")
        assert run.out == "No calls are recorded from 2026-01-01 to 2026-01-02.\n"
