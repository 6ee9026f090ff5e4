"""The intake without the model: what the app's handlers and the command line share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shared_code.candidate_data_service import analysis_version
from shared_code.intake.erasure import Erasure
from shared_code.intake.job_store import JobStore
from shared_code.intake.retention import Retention
from shared_code.intake.submission import Submission
from shared_code.intake.work_store import CLOCK_MARGIN, WorkStore
from shared_code.settings import IntakeSettings
from shared_code.storage import StorageAccount


@dataclass(frozen=True, slots=True)
class Desk:
    """Jobs, and everything that is done to them by others than a worker."""

    storage: StorageAccount
    jobs: JobStore
    work: WorkStore
    submission: Submission
    erasure: Erasure
    retention: Retention


def open_desk(storage: StorageAccount, settings: IntakeSettings) -> Desk:
    """The intake of a storage account; nothing is connected before it is used."""
    jobs = JobStore(storage.tables)
    # Clocks that differ by more than half a lease would make any lease worthless.
    margin = min(CLOCK_MARGIN, timedelta(seconds=settings.lease_seconds / 2))
    work = WorkStore(storage.tables, storage.blobs, clock_margin=margin)
    erasure = Erasure(jobs, work, storage.blobs, settings.max_document_bytes)
    return Desk(
        storage=storage,
        jobs=jobs,
        work=work,
        submission=Submission(jobs, storage.blobs, storage.queues, analysis_version()),
        erasure=erasure,
        retention=Retention(
            jobs,
            erasure,
            storage.blobs,
            storage.tables,
            max_document_bytes=settings.max_document_bytes,
            keep_documents=timedelta(days=settings.retention_days),
            keep_audit_rows=timedelta(days=settings.audit_retention_days),
        ),
    )
