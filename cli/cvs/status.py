"""``status``: how many jobs are in which state, and the newest of them; or all about one document."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.text import Text

from cli.cvs.documents import SHOWN_DIGITS, document_meant
from cli.cvs.exit_code import ExitCode
from cli.cvs.session import Session
from cli.cvs.terminal import STATE_STYLES, age_text, plain_table, shown, state_text
from shared_code.candidate_data_service import RESULTS_CONTAINER
from shared_code.intake.job import Job
from shared_code.intake.job_store import JobStore
from shared_code.intake.states import JobState

# Nobody reads more exactly than this, and each thousand costs a request.
COUNTED_AT_MOST = 10_000
_PAGE = 500


async def status(session: Session, options: argparse.Namespace) -> ExitCode:
    """Show the jobs of the account, or of one document.

    Raises:
        RequestError: No document is meant by what was named.
        StorageError: Storage does not answer.
    """
    if options.document is not None:
        return await _status_of(session, options)
    counts = await count_jobs(session.desk.jobs, options.since)
    page = await session.desk.jobs.page(options.state, since=options.since, limit=options.limit)
    if options.json:
        _print_json(session, {"counts": counts, "jobs": [_as_json(job) for job in page.jobs]})
        return ExitCode.DONE
    session.out.print(counts_text(counts))
    if page.jobs:
        session.out.print()
        _print_table(session, page.jobs)
    if page.cursor is not None:
        session.out.print(f"The newest {options.limit}; --limit shows more.")
    return ExitCode.DONE


async def _status_of(session: Session, options: argparse.Namespace) -> ExitCode:
    document_id = await document_meant(session.desk.storage.tables, options.document)
    jobs = await session.desk.jobs.jobs_of(document_id)
    has_result = await session.desk.storage.blobs.exists(RESULTS_CONTAINER, f"{document_id}.json")
    if options.json:
        _print_json(
            session,
            {"documentId": document_id, "hasResult": has_result, "jobs": [_as_json(job) for job in jobs]},
        )
    else:
        session.out.print(f"document  {document_id}")
        session.out.print(f"result    {'kept' if has_result else 'none'}")
        if jobs:
            session.out.print()
            _print_table(session, jobs)
    if not jobs and not has_result:
        session.notes.print("Nothing is known of this document.")
        return ExitCode.ATTENTION
    return ExitCode.DONE


async def count_jobs(jobs: JobStore, since: datetime | None) -> dict[JobState, int]:
    """How many jobs are in each state: of all, no further than ``COUNTED_AT_MOST``; exactly since a moment.

    Raises:
        StorageError: Storage does not answer.
    """
    if since is None:
        return {state: await jobs.count(state, COUNTED_AT_MOST) for state in JobState}
    counts = dict.fromkeys(JobState, 0)
    cursor = None
    while True:
        page = await jobs.page(since=since, cursor=cursor, limit=_PAGE)
        for job in page.jobs:
            counts[job.state] += 1
        if (cursor := page.cursor) is None:
            return counts


def counts_text(counts: Mapping[JobState, int]) -> Text:
    """The counts in one line; states without jobs in grey."""
    parts = []
    for state, number in counts.items():
        amount = f"{number}" if number != COUNTED_AT_MOST else f"{number} or more"
        parts.append(Text(f"{state} {amount}", STATE_STYLES[state] if number else "dim"))
    return Text("  ").join(parts)


def _print_table(session: Session, jobs: Sequence[Job]) -> None:
    now = session.clock()
    table = plain_table("file", "document", "state", "attempts", "age", "reason", numbers=("attempts", "age"))
    for job in jobs:
        table.add_row(
            Text(shown(job.blob_name)),
            job.document_id[:SHOWN_DIGITS],
            state_text(job.state),
            str(job.attempts),
            age_text(now - job.received_at),
            _reason(job, now),
        )
    session.out.print(table)


def _reason(job: Job, now: datetime) -> str:
    parts = [part for part in (job.reason_code, job.reason) if part]
    text = ": ".join(parts)
    if job.state is JobState.WAITING and job.due_at is not None:
        text += f" Again in {age_text(job.due_at - now)}."
    return text.strip()


def _as_json(job: Job) -> dict[str, Any]:
    return {
        "documentId": job.document_id,
        "jobId": job.job_id,
        "file": job.blob_name,
        "state": job.state,
        "attempts": job.attempts,
        "receivedAt": job.received_at.isoformat(),
        "changedAt": job.changed_at.isoformat(),
        "dueAt": job.due_at.isoformat() if job.due_at else None,
        "reason": {"code": job.reason_code, "message": job.reason} if job.reason_code else None,
    }


def _print_json(session: Session, value: Mapping[str, Any]) -> None:
    # In ASCII, so that no terminal acts on a name.
    session.out.print(json.dumps(value, indent=2), soft_wrap=True)
