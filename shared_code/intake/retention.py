"""What has been kept long enough goes: documents after one time, audit rows after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared_code.accounting.call_log import erase_calls_before
from shared_code.candidate_data_service import REJECTED_CONTAINER, RESULTS_CONTAINER, document_id_of
from shared_code.errors import DocumentTooLargeError
from shared_code.intake.erasure import Erasure
from shared_code.intake.job import INBOX_CONTAINER
from shared_code.intake.job_store import JobStore
from shared_code.intake.work_store import ANSWERS_CONTAINER
from shared_code.storage import Blobs, Tables

CONTAINERS = (INBOX_CONTAINER, RESULTS_CONTAINER, REJECTED_CONTAINER, ANSWERS_CONTAINER)


@dataclass(frozen=True, slots=True)
class Expired:
    """What a run erased, or would erase: documents with all their files, files without a job, audit rows."""

    documents: int
    orphaned_files: int
    audit_rows: int
    dry_run: bool


class Retention:
    """Erases what is older than its time allows.

    Args:
        jobs: Says how old documents are: since they were last received.
        erasure: Erases them.
        blobs: Also files that no job knows, such as those of an interrupted submission.
        tables: The audit rows.
        max_document_bytes: What is larger was never a document.
        keep_documents: How long documents, results and jobs are kept.
        keep_audit_rows: How long audit rows are kept.
        clock: The wall clock; aware datetimes.
    """

    def __init__(
        self,
        jobs: JobStore,
        erasure: Erasure,
        blobs: Blobs,
        tables: Tables,
        *,
        max_document_bytes: int,
        keep_documents: timedelta,
        keep_audit_rows: timedelta,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._jobs = jobs
        self._erasure = erasure
        self._blobs = blobs
        self._tables = tables
        self._max_document_bytes = max_document_bytes
        self._keep_documents = keep_documents
        self._keep_audit_rows = keep_audit_rows
        self._clock = clock

    async def run(self, *, dry_run: bool = False) -> Expired:
        """Erase, or with ``dry_run`` only count.

        Raises:
            StorageError: What was erased until then is; run it again.
        """
        now = self._clock()
        cutoff = now - self._keep_documents
        aged = {job.document_id async for job in self._jobs.older_than(cutoff)}
        expired: set[str] = set()
        for document_id in sorted(aged):
            # The same content that came again later, be it a moment ago, starts its time anew.
            jobs = await self._jobs.jobs_of(document_id)
            if jobs and all(job.received_at < cutoff for job in jobs):
                expired.add(document_id)
                if not dry_run:
                    await self._erasure.erase(document_id)
        orphaned = await self._orphans(cutoff, expired, dry_run=dry_run)
        audit_rows = await erase_calls_before(
            self._tables, (now - self._keep_audit_rows).date(), dry_run=dry_run
        )
        return Expired(len(expired), orphaned, audit_rows, dry_run)

    async def _orphans(self, cutoff: datetime, expired: set[str], *, dry_run: bool) -> int:
        """Old files that no job knows, and so no erasure of a document reaches."""
        found = 0
        for container in CONTAINERS:
            async for entry in self._blobs.names(container):
                if entry.changed_at >= cutoff:
                    continue
                document_id = await self._document_of(container, entry.name)
                if document_id is not None and (
                    document_id in expired or await self._jobs.jobs_of(document_id)
                ):
                    continue
                found += 1
                if not dry_run:
                    await self._blobs.delete(container, entry.name)
        return found

    async def _document_of(self, container: str, name: str) -> str | None:
        """The document that a file belongs to; None where it is too large to have become one."""
        if container != INBOX_CONTAINER:
            return name.partition("/")[0].removesuffix(".json")
        try:
            content = await self._blobs.get_bytes(container, name, self._max_document_bytes)
        except DocumentTooLargeError:
            return None
        return None if content is None else document_id_of(content)
