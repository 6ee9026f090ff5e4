"""``erase`` one document, and ``retention``, which erases what has been kept long enough."""

from __future__ import annotations

import argparse

from cli.cvs.documents import SHOWN_DIGITS, document_meant
from cli.cvs.exit_code import ExitCode
from cli.cvs.session import Session
from cli.cvs.terminal import shown


async def erase(session: Session, options: argparse.Namespace) -> ExitCode:
    """Erase a document after asking, and say what went.

    Raises:
        RequestError: No document is meant by what was named, or nobody is there to answer.
        StorageError: Not everything is erased; run it again.
    """
    document_id = await document_meant(session.desk.storage.tables, options.document)
    jobs = await session.desk.jobs.jobs_of(document_id)
    names = ", ".join(shown(job.blob_name) for job in jobs) or "no job"
    question = f"Erase document {document_id[:SHOWN_DIGITS]} ({names}) and all that came of it?"
    if not (options.yes or session.confirm(question)):
        session.notes.print("Nothing was erased.")
        return ExitCode.ATTENTION
    erased = await session.desk.erasure.erase(document_id)
    if erased.is_nothing:
        session.notes.print(f"There was nothing to erase of document {document_id}.")
        return ExitCode.ATTENTION
    session.out.print(f"erased  {document_id}")
    session.out.print(
        f"        jobs {erased.jobs}, originals {erased.originals}, results {erased.results}, "
        f"rejections {erased.rejections}, answers {erased.answers}"
    )
    session.out.print("kept    audit rows: ids, counts and costs, without personal data")
    return ExitCode.DONE


async def retention(session: Session, options: argparse.Namespace) -> ExitCode:
    """Erase what is older than the settings allow, or with ``--dry-run`` count it.

    Raises:
        StorageError: What was erased until then is; run it again.
    """
    expired = await session.desk.retention.run(dry_run=options.dry_run)
    session.out.print(
        f"{'would erase' if expired.dry_run else 'erased'}  documents {expired.documents}, "
        f"files without a job {expired.orphaned_files}, audit rows {expired.audit_rows}"
    )
    return ExitCode.DONE
