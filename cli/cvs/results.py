"""``results``: what the engine found, fetched a few at a time and written as it comes."""

from __future__ import annotations

import argparse
import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from datetime import datetime
from pathlib import Path

from rich.progress import Progress, TextColumn, TimeElapsedColumn

from cli.cvs.candidate_row import CandidateResult
from cli.cvs.documents import documents_meant, is_document_id
from cli.cvs.exit_code import ExitCode
from cli.cvs.exporting import writer_for
from cli.cvs.session import Session
from cli.cvs.terminal import shown
from shared_code.candidate_data_service import RESULTS_CONTAINER

FETCHED_AT_ONCE = 8


async def results(session: Session, options: argparse.Namespace) -> ExitCode:
    """Write the results that were asked for; without any, and without ``--since``, all there are.

    Raises:
        RequestError: No document is meant by what was named, or the output does not suit the format.
        StorageError: Storage does not answer; of a CSV file or a workbook nothing is left.
    """
    output: Path = options.output
    named = await documents_meant(session.desk.storage.tables, options.documents)
    written: set[str] = set()
    try:
        with (
            Progress(
                TextColumn("{task.completed} results"),
                TimeElapsedColumn(),
                console=session.notes,
                disable=not session.notes.is_terminal,
                transient=True,
            ) as progress,
            writer_for(options.format, output) as write,
        ):
            task = progress.add_task("results", total=None)
            # Files name the documents only where there is a column for them.
            fetched = _fetched(session, named, options.since, with_files=options.format != "json")
            async with aclosing(fetched):
                async for candidate in fetched:
                    write(candidate)
                    written.add(candidate.document_id)
                    progress.advance(task)
    except OSError as error:
        session.notes.print(f"error: cannot write {shown(str(output))}: {error.strerror}", style="red")
        return ExitCode.CANNOT_WRITE
    session.out.print(f"{len(written)} result{'' if len(written) == 1 else 's'} in {shown(str(output))}")
    missing = [document_id for document_id in named if document_id not in written]
    for document_id in missing:
        session.notes.print(f"no result  {document_id}", style="yellow")
    return ExitCode.ATTENTION if missing or not written else ExitCode.DONE


async def _fetched(
    session: Session, named: Sequence[str], since: datetime | None, *, with_files: bool
) -> AsyncGenerator[CandidateResult, None]:
    """The results in the order of their ids, or as they were named; what is erased meanwhile is left out."""
    waiting: deque[asyncio.Task[CandidateResult | None]] = deque()
    try:
        async for document_id in _wanted(session, named, since):
            waiting.append(asyncio.create_task(_fetch(session, document_id, with_files=with_files)))
            if len(waiting) == FETCHED_AT_ONCE and (candidate := await waiting.popleft()) is not None:
                yield candidate
        while waiting:
            if (candidate := await waiting.popleft()) is not None:
                yield candidate
    finally:
        for task in waiting:
            task.cancel()


async def _wanted(session: Session, named: Sequence[str], since: datetime | None) -> AsyncIterator[str]:
    for document_id in named:
        yield document_id
    if named:
        return
    async for entry in session.desk.storage.blobs.names(RESULTS_CONTAINER):
        document_id = entry.name.removesuffix(".json")
        if is_document_id(document_id) and (since is None or entry.changed_at >= since):
            yield document_id


async def _fetch(session: Session, document_id: str, *, with_files: bool) -> CandidateResult | None:
    result = await session.desk.storage.blobs.get_json(RESULTS_CONTAINER, f"{document_id}.json")
    if result is None:
        return None
    jobs = await session.desk.jobs.jobs_of(document_id) if with_files else []
    return CandidateResult(document_id, result, [job.blob_name for job in jobs])
