"""Erases a document and every personal trace of it; what a call cost stays, and names nobody."""

from __future__ import annotations

from dataclasses import dataclass

from shared_code.candidate_data_service import REJECTED_CONTAINER, RESULTS_CONTAINER, document_id_of
from shared_code.errors import DocumentTooLargeError
from shared_code.intake.job import INBOX_CONTAINER, Job
from shared_code.intake.job_store import JobStore
from shared_code.intake.submission import rejection_blob_name
from shared_code.intake.work_store import WorkStore
from shared_code.storage import Blobs


@dataclass(frozen=True, slots=True)
class Erased:
    """How much of a document there was, and is no more."""

    document_id: str
    jobs: int = 0
    originals: int = 0
    results: int = 0
    rejections: int = 0
    answers: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing to erase."""
        return not (self.jobs or self.originals or self.results or self.rejections or self.answers)

    def as_json(self) -> dict[str, object]:
        """For the API and the command line."""
        return {
            "documentId": self.document_id,
            "erased": {
                "jobs": self.jobs,
                "originals": self.originals,
                "results": self.results,
                "rejections": self.rejections,
                "answers": self.answers,
            },
            "kept": "audit rows: ids, counts and costs, without personal data",
        }


class Erasure:
    """Erases documents; erasing twice is as good as once.

    Args:
        jobs: Where jobs are kept.
        work: Claims and answers.
        blobs: Files and results.
        max_document_bytes: Larger files of the inbox are not compared with the document before they go.
    """

    def __init__(self, jobs: JobStore, work: WorkStore, blobs: Blobs, max_document_bytes: int) -> None:
        self._jobs = jobs
        self._work = work
        self._blobs = blobs
        self._max_document_bytes = max_document_bytes

    async def erase(self, document_id: str) -> Erased:
        """Erase a document.

        The claim goes first, so that a worker that has the document now cannot finish it and withdraws
        what it wrote. The jobs go last, because only they know where the files are: what an interruption
        leaves is found again.

        Raises:
            StorageError: Not everything is erased; do it again.
        """
        jobs = await self._jobs.jobs_of(document_id)
        await self._work.forget(document_id)
        originals = 0
        for job in jobs:
            originals += await self._erase_original(job)
        rejections = originals_there = 0
        async for entry in self._blobs.names(REJECTED_CONTAINER, f"{document_id}/"):
            is_reason = entry.name == rejection_blob_name(document_id)
            rejections += is_reason
            originals_there += not is_reason
            await self._blobs.delete(REJECTED_CONTAINER, entry.name)
        results = await self._blobs.delete(RESULTS_CONTAINER, f"{document_id}.json")
        answers = await self._work.forget_answers(document_id)
        for job in jobs:
            await self._jobs.remove(job)
        # A worker may have claimed between the first line and the last.
        await self._work.forget(document_id)
        return Erased(document_id, len(jobs), originals + originals_there, int(results), rejections, answers)

    async def _erase_original(self, job: Job) -> bool:
        """Delete a job's file from the inbox, unless another document stands in its place by now."""
        if not await self.is_in_its_place(job):
            return False
        return await self._blobs.delete(INBOX_CONTAINER, job.blob_name)

    async def is_in_its_place(self, job: Job) -> bool:
        """Whether the inbox still holds a job's file: another may have been put there.

        One that is too large to be read counts as the job's own, whose files may be that.
        """
        try:
            content = await self._blobs.get_bytes(INBOX_CONTAINER, job.blob_name, self._max_document_bytes)
        except DocumentTooLargeError:
            return True
        return content is not None and document_id_of(content) == job.document_id
