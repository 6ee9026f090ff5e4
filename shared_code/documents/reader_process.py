"""Reading files in processes that can be killed: how many, when they start anew, and what their ends mean.

A thread owns each process and takes files from one queue, so whoever is ready takes the next file. The
pool belongs to no event loop: any may await ``read``.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import queue
import signal
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol

from shared_code.documents.reader_child import DEFAULT_READER, Bounds
from shared_code.documents.reader_link import LostProcessError, NotStartedError, ReaderProcess, Reply
from shared_code.documents.reader_protocol import (
    BROKEN_EXIT,
    OUT_OF_MEMORY_EXIT,
    AnswerError,
    Outcome,
    decode_answer,
    encode_request,
)
from shared_code.documents.reading import read_document
from shared_code.errors import (
    CorruptDocumentError,
    DocumentError,
    DocumentTooHungryError,
    DocumentTooSlowError,
    EngineError,
)
from shared_code.telemetry.logging import get_logger

if TYPE_CHECKING:
    from shared_code.documents.model import DocumentLimits, DocumentText
    from shared_code.settings import IntakeSettings

logger = get_logger(__name__)
Isolation = Literal["process", "thread"]
# A lost process speaks for its machine as much as for the file: the file gets one more.
TRIES = 2
# Nobody of ours sends SIGKILL without saying so: the machine was short of memory, or somebody's hand slipped.
_NOT_THE_FILE = frozenset({(Outcome.SIGNALLED, int(signal.SIGKILL)), (Outcome.EXITED, BROKEN_EXIT)})
_HUNGRY_SHARE = 0.5  # of the bound: a reader that crashed above it most likely got no more memory


class DocumentReader(Protocol):
    """Reads a file's text without holding up the event loop."""

    async def read(
        self, content: bytes, *, media_type: str | None, filename: str | None, limits: DocumentLimits
    ) -> DocumentText:
        """See ``documents.read_document``."""
        ...


class ThreadReader:
    """Reads in a thread: no bound but those of the formats themselves, and a crash is the app's."""

    async def read(
        self, content: bytes, *, media_type: str | None, filename: str | None, limits: DocumentLimits
    ) -> DocumentText:
        """See ``documents.read_document``."""
        return await asyncio.to_thread(
            read_document, content, media_type=media_type, filename=filename, limits=limits
        )


@dataclass(slots=True)
class _Job:
    """One file on its way; ``process`` is the one that reads it, while it does."""

    content: bytes
    media_type: str | None
    filename: str | None
    limits: DocumentLimits
    done: Future[DocumentText] = field(default_factory=Future)
    is_called_off: bool = False
    process: ReaderProcess | None = None


class ReaderPool:
    """Reads files in processes, each file in a fresh fork of one, within bounds.

    Where the platform lets no process start, files are read in threads and the log says so. Once one
    has run, failing to start another is an error of the moment and never a reason to read without bounds.

    Args:
        bounds: What one file may cost; waiting for the processor may take it three times the seconds.
        processes: How many files are read at once.
        reader: What the processes read with, as ``module:function``; called like ``read_document``.
    """

    def __init__(self, bounds: Bounds, *, processes: int = 2, reader: str = DEFAULT_READER) -> None:
        self._bounds = bounds
        self._processes = processes
        self._reader = reader
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._owners: list[threading.Thread] = []
        self._links: dict[int, ReaderProcess] = {}
        self._numbers = itertools.count(1)
        self._open_jobs = 0
        self._has_run = False
        self._is_closed = False
        self.isolation: Isolation = "process" if os.name == "posix" else "thread"
        if self.isolation == "thread":
            _log_fallback("no_fork")

    def warm_up(self) -> None:
        """Have the first process ready before the first file; returns at once."""
        with self._lock:
            if not self._owners and not self._is_closed:
                self._add_owner()

    def pids(self) -> list[int]:
        """The processes that are ready now."""
        with self._lock:
            return [link.pid for link in self._links.values()]

    async def read(
        self, content: bytes, *, media_type: str | None, filename: str | None, limits: DocumentLimits
    ) -> DocumentText:
        """See ``documents.read_document``; a cancelled read is called off.

        Raises:
            DocumentError: The file; ``DocumentTooSlowError`` and ``DocumentTooHungryError`` besides those
                of ``read_document``.
            EngineError: The reader; another try may find it well.
        """
        if not content or len(content) > limits.max_bytes:  # refused unopened
            return read_document(content, media_type=media_type, filename=filename, limits=limits)
        job = _Job(content, media_type, filename, limits)
        self._submit(job)
        try:
            return await asyncio.wrap_future(job.done)
        except asyncio.CancelledError:
            with self._lock:
                job.is_called_off = True
                process = job.process
            if process is not None:
                process.leave()
            raise

    async def aclose(self) -> None:
        """End the processes, after the files that were handed in."""
        with self._lock:
            owners, self._is_closed = list(self._owners), True
            for _ in owners:
                self._jobs.put(None)
        for owner in owners:
            await asyncio.to_thread(owner.join)

    def _submit(self, job: _Job) -> None:
        with self._lock:
            if self._is_closed:
                raise RuntimeError("The reader pool is closed.")
            self._open_jobs += 1
            if self._open_jobs > len(self._owners) and len(self._owners) < self._processes:
                self._add_owner()
            self._jobs.put(job)

    def _add_owner(self) -> None:
        number = next(self._numbers)
        # A daemon: the app's end is the processes' end, and no file is worth waiting for then.
        owner = threading.Thread(
            target=self._own_process, args=(number,), name=f"cv-reader-{number}", daemon=True
        )
        self._owners.append(owner)
        owner.start()

    # In an owner's thread

    def _own_process(self, number: int) -> None:
        try:
            while self._is_ready(number) or not self._has_retired():
                job = self._jobs.get()
                if job is None:
                    return
                self._work_on(job, number)
                with self._lock:
                    self._open_jobs -= 1
                del job  # not kept until the next one comes
        finally:
            self._end_process(number)

    def _is_ready(self, number: int) -> bool:
        """Start the process where there is none, before a file is taken: whoever is warm takes the next."""
        reason = ""
        for _ in range(TRIES):
            if self.isolation == "thread":
                return True
            try:
                self._process_of(number)
            except NotStartedError as error:
                reason = str(error)
            else:
                return True
        if self._has_run:
            return False
        self.isolation = "thread"
        _log_fallback(reason)
        return True

    def _has_retired(self) -> bool:
        """Leave the files to the other owners, if there are any; the last one stays and tells the callers."""
        with self._lock:
            if len(self._owners) > 1:
                self._owners.remove(threading.current_thread())
                return True
            return False

    def _work_on(self, job: _Job, number: int) -> None:
        if not job.done.set_running_or_notify_cancel():
            return
        try:
            document = self._read(job, number)
        except BaseException as error:  # noqa: BLE001  (it is raised where the file came from)
            job.done.set_exception(error)
        else:
            job.done.set_result(document)
        self._settle(number)

    def _read(self, job: _Job, number: int) -> DocumentText:
        read_here = partial(
            read_document, job.content, media_type=job.media_type, filename=job.filename, limits=job.limits
        )
        if self.isolation == "thread":
            return read_here()
        for tries_left in reversed(range(TRIES)):
            try:
                reply = self._ask(job, number)
                return document_of(reply, self._bounds, job.limits)
            except NotStartedError as error:
                raise EngineError("The reader process could not be started; it is tried again.") from error
            except LostProcessError as error:
                logger.warning("reader_process_lost", reason=str(error), tries_left=tries_left)
                self._end_process(number)
        raise EngineError("The reader process was lost, twice, while it read the file.")

    def _ask(self, job: _Job, number: int) -> Reply:
        process = self._process_of(number)
        with self._lock:
            if job.is_called_off:
                return Reply(Outcome.STOPPED, 0, 0, b"")
            job.process = process
        try:
            reply = process.ask(*encode_request(job.content, job.media_type, job.filename, job.limits))
        finally:
            with self._lock:
                job.process = None
        if (reply.outcome, reply.code) in _NOT_THE_FILE:
            raise LostProcessError(f"{reply.outcome.name}_{reply.code}")
        return reply

    def _settle(self, number: int) -> None:
        """Make the process ready for the next file, now that nobody waits for this one."""
        process = self._links.get(number)
        if process is not None:
            try:
                process.settle()
            except LostProcessError as error:
                logger.warning("reader_process_lost", reason=str(error), tries_left=TRIES)
                self._end_process(number)

    def _process_of(self, number: int) -> ReaderProcess:
        process = self._links.get(number)
        if process is None:
            process = ReaderProcess(self._bounds, reader=self._reader)
            with self._lock:
                self._has_run = True
                self._links[number] = process
        return process

    def _end_process(self, number: int) -> None:
        with self._lock:
            process = self._links.pop(number, None)
        if process is not None:
            process.end()


def document_of(reply: Reply, bounds: Bounds, limits: DocumentLimits) -> DocumentText:
    """What a reply says about the file.

    Raises:
        DocumentError: Also where the reader came to an end over the file.
        EngineError: The reader failed in a way nobody foresaw.
    """
    if reply.outcome is Outcome.ANSWERED:
        try:
            return decode_answer(reply.answer, limits)
        except AnswerError as error:
            logger.warning("reader_answer_unusable", reason=str(error))
            raise _crashed() from error
    logger.warning(
        "reader_stopped",
        outcome=reply.outcome.name,
        exit_code=reply.code,
        peak_bytes=reply.peak_bytes,
        processor_ms=reply.processor_ms,
    )
    raise _ended(reply, bounds)


def _ended(reply: Reply, bounds: Bounds) -> DocumentError:
    if reply.outcome is Outcome.OUT_OF_TIME:
        return DocumentTooSlowError(
            f"The file takes more than {bounds.seconds:g} s to read: print it to a new PDF and send that."
        )
    is_full = reply.peak_bytes > _HUNGRY_SHARE * bounds.memory_mb * 1024 * 1024
    if (reply.outcome, reply.code) == (Outcome.EXITED, OUT_OF_MEMORY_EXIT) or (
        reply.outcome is Outcome.SIGNALLED and is_full
    ):
        return DocumentTooHungryError(
            f"The file takes more than {bounds.memory_mb} MB of memory to read: export it again, "
            "without large pictures."
        )
    return _crashed()


def _crashed() -> CorruptDocumentError:
    return CorruptDocumentError(
        "The file is damaged such that its reader came to grief: export it again from the program it was "
        "written in."
    )


def _log_fallback(reason: str) -> None:
    logger.warning("documents_read_without_isolation", reason=reason)


def open_reader(settings: IntakeSettings) -> DocumentReader:
    """The reader that the settings ask for, getting warm already."""
    if settings.reader_isolation == "thread":
        return ThreadReader()
    bounds = Bounds(settings.reader_seconds, settings.reader_memory_mb)
    pool = ReaderPool(bounds, processes=settings.reader_processes)
    pool.warm_up()
    return pool
