"""``Shift``: a worker's time with a document, which lasts while its claim does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from shared_code.errors import StorageError
from shared_code.intake.job import Job
from shared_code.intake.work_store import Claim, WorkStore
from shared_code.telemetry.logging import get_logger, log_unexpected

logger = get_logger(__name__)
# A lease is renewed three times before it ends.
RENEWALS_PER_LEASE = 3


class LostClaimError(Exception):
    """Another worker has the document now, or it was erased."""


class Shift:
    """Keeps a claim, finishes it or gives it back.

    ``job`` is the job as it was begun; ``is_finished`` whether the marker is written.

    Args:
        work: Where claims are kept.
        claim: The claim as it was won.
        lease_seconds: How long it lasts after each renewal.
        sleep: Waits between renewals.
    """

    def __init__(
        self,
        work: WorkStore,
        claim: Claim,
        lease_seconds: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.job: Job | None = None
        self.is_finished = False
        self._work = work
        self._claim = claim
        self._lease_seconds = lease_seconds
        self._sleep = sleep
        self._is_finishing = False
        self._was_cancelled = False

    async def confirm(self) -> None:
        """See to it, right before something is kept, that the document is still this worker's.

        Raises:
            LostClaimError: It is not.
            StorageError: Storage could not tell.
        """
        renewed = await self._work.renew(self._claim, self._lease_seconds)
        if renewed is None:
            raise LostClaimError
        self._claim = renewed

    async def finish(self) -> None:
        """Write the marker, once the result is kept.

        Raises:
            LostClaimError: The claim was lost in the last moment.
            StorageError: It may be written all the same.
        """
        self._is_finishing = True
        if not await self._work.finish(self._claim):
            raise LostClaimError
        self.is_finished = True

    async def release(self) -> None:
        """Give the document back for somebody to claim at once, unless the work is finished.

        Raises:
            StorageError: Then the lease ends by itself.
        """
        if not self.is_finished:
            await self._work.release(self._claim)

    @asynccontextmanager
    async def kept_alive(self) -> AsyncIterator[None]:
        """Renew the claim in the background; cancel the work where it is lost.

        Raises:
            LostClaimError: It was lost.
            CancelledError: Somebody else cancelled the work, whether the claim was lost as well or not.
            RuntimeError: There is no task that could be cancelled.
        """
        worker = asyncio.current_task()
        if worker is None:
            raise RuntimeError("A shift is worked by a task")
        cancelled_before = worker.cancelling()
        renewing = asyncio.create_task(self._renew(worker))
        try:
            try:
                yield
            finally:
                renewing.cancel()
                # Not awaited itself: its cancellation would look like the worker's own.
                await asyncio.wait([renewing])
        except asyncio.CancelledError:
            if self._was_cancelled and worker.uncancel() <= cancelled_before:
                raise LostClaimError from None
            raise

    async def _renew(self, worker: asyncio.Task[object]) -> None:
        while True:
            await self._sleep(self._lease_seconds / RENEWALS_PER_LEASE)
            try:
                renewed = await self._work.renew(self._claim, self._lease_seconds)
            except StorageError:
                continue  # the next one may go through, and the lease lasts for two more
            except Exception as error:  # noqa: BLE001  (a renewal must not end the work)
                log_unexpected(logger, "lease_not_renewed", error, document_id=self._claim.document_id)
                continue
            if renewed is not None:
                self._claim = renewed
                continue
            if not self._is_finishing:  # a finished claim cannot be renewed, and is not lost
                self._was_cancelled = True
                worker.cancel()
            return
