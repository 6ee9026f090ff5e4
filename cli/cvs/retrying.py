"""``retry``: failed and rejected jobs are put back, once their originals stand in the inbox again."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import AsyncIterator
from enum import Enum

from cli.cvs.documents import documents_meant
from cli.cvs.exit_code import ExitCode
from cli.cvs.folder import media_type_of
from cli.cvs.session import Session
from cli.cvs.terminal import shown
from shared_code.candidate_data_service import REJECTED_CONTAINER, document_id_of
from shared_code.errors import DocumentTooLargeError, StorageError
from shared_code.intake.job import INBOX_CONTAINER, Job
from shared_code.intake.states import JobState
from shared_code.intake.submission import rejected_blob_name

_RETRIED_STATES = (JobState.FAILED, JobState.REJECTED)
_PAGE = 500


class Place(Enum):
    """What stands in the inbox under a job's name."""

    ORIGINAL = "the job's own file"
    OTHER = "another file"
    NOTHING = "nothing"


async def retry(session: Session, options: argparse.Namespace) -> ExitCode:
    """Put jobs back after asking; jobs that are open or done are left alone, and named ones said so.

    Raises:
        RequestError: No document is meant by what was named, or nobody is there to answer.
        StorageError: What was put back until then is; run it again.
    """
    jobs = [job async for job in _chosen(session, options)]
    if not jobs:
        session.notes.print("There is nothing to put back.")
        return ExitCode.ATTENTION if options.documents else ExitCode.DONE
    states = Counter(job.state for job in jobs)
    amounts = " and ".join(f"{states[state]} {state}" for state in _RETRIED_STATES if states[state])
    if not (options.yes or session.confirm(f"Put {amounts} back?")):
        session.notes.print("Nothing was put back.")
        return ExitCode.ATTENTION
    put_back = 0
    try:
        for job in jobs:
            if (obstacle := await _return_original(session, job)) is None:
                await session.desk.submission.announce(job)
                put_back += 1
            else:
                session.notes.print(f"left  {shown(job.blob_name)}: {obstacle}", style="yellow")
    except StorageError:
        session.out.print(f"{put_back} of {len(jobs)} put back")
        raise
    session.out.print(f"{put_back} of {len(jobs)} put back")
    return ExitCode.DONE if put_back == len(jobs) else ExitCode.ATTENTION


async def _chosen(session: Session, options: argparse.Namespace) -> AsyncIterator[Job]:
    for document_id in await documents_meant(session.desk.storage.tables, options.documents):
        jobs = await session.desk.jobs.jobs_of(document_id)
        if not jobs:
            session.notes.print(f"no job  {document_id}", style="yellow")
        for job in jobs:
            if job.state in _RETRIED_STATES:
                yield job
            else:
                session.notes.print(f"left  {shown(job.blob_name)}: it is {job.state}", style="yellow")
    wanted = {JobState.FAILED: options.failed, JobState.REJECTED: options.rejected}
    for state in _RETRIED_STATES:
        cursor = None
        while wanted[state]:
            page = await session.desk.jobs.page(state, cursor=cursor, limit=_PAGE)
            for job in page.jobs:
                yield job
            if (cursor := page.cursor) is None:
                break


async def _return_original(session: Session, job: Job) -> str | None:
    """See to it that the job's file stands in the inbox; what is in the way, or None.

    The file goes back before the job is announced: an interruption between the two leaves a rejected job
    whose original is in the inbox, which the next run announces.
    """
    blobs = session.desk.storage.blobs
    place = await _place_of(session, job)
    if place is Place.NOTHING and await blobs.move(
        REJECTED_CONTAINER, rejected_blob_name(job), INBOX_CONTAINER, job.blob_name
    ):
        return None
    if place is Place.NOTHING and await _take_from_sibling(session, job):
        return None
    if place is Place.ORIGINAL:
        return None
    if place is Place.OTHER:
        return "another file stands in its place in the inbox, and has a job of its own"
    return "its original is no longer kept; submit the file again"


async def _place_of(session: Session, job: Job) -> Place:
    try:
        content = await session.desk.storage.blobs.get_bytes(
            INBOX_CONTAINER, job.blob_name, session.max_document_bytes
        )
    except DocumentTooLargeError:
        return Place.OTHER
    if content is None:
        return Place.NOTHING
    return Place.ORIGINAL if document_id_of(content) == job.document_id else Place.OTHER


async def _take_from_sibling(session: Session, job: Job) -> bool:
    """Copy the file from another job of the document, which shared the place it was rejected to."""
    blobs = session.desk.storage.blobs
    for sibling in await session.desk.jobs.jobs_of(job.document_id):
        if await _place_of(session, sibling) is not Place.ORIGINAL:
            continue
        content = await blobs.get_bytes(INBOX_CONTAINER, sibling.blob_name, session.max_document_bytes)
        if content is not None:
            await blobs.put_bytes(INBOX_CONTAINER, job.blob_name, content, media_type_of(job.blob_name))
            return True
    return False
