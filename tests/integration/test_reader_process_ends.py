"""How reader processes end, are replaced and are done without: cancelled, killed, closed, never started."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shared_code.documents.reader_process import ReaderPool
from shared_code.errors import (
    DocumentError,
    EngineError,
    NoTextError,
)
from tests.integration.reader_pools import (
    HASTY,
    HONEST,
    HOSTILE,
    PATIENT,
    are_gone,
    children_of,
    read,
    running_pool,
    until,
)

ROOT = Path(__file__).parents[2]


async def test_a_cancelled_read_frees_its_reader() -> None:
    """Nobody waits for it any more, so the next file does not either."""
    async with running_pool(PATIENT, reader=HOSTILE) as pool:
        await read(pool, HONEST)
        warm = pool.pids()
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(read(pool, b"loop"), 0.2)
        started = time.monotonic()
        await read(pool, HONEST)
        assert time.monotonic() - started < PATIENT.seconds / 2
        assert pool.pids() == warm


async def test_a_read_that_is_cancelled_while_it_waits_is_never_begun() -> None:
    """The file before it goes on undisturbed."""
    async with running_pool(HASTY, reader=HOSTILE) as pool:
        slow = asyncio.create_task(read(pool, b"loop"))
        waiting = asyncio.create_task(read(pool, b"kill itself"))
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(DocumentError, match="takes more than 1 s"):
            await slow
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await read(pool, HONEST)


async def test_a_process_that_was_killed_is_replaced() -> None:
    """By whoever: the next file finds another, and the file that it was reading gets one more try."""
    async with running_pool(reader=HOSTILE) as pool:
        await read(pool, HONEST)
        for _ in range(2):
            [killed] = pool.pids()
            os.kill(killed, signal.SIGKILL)
            assert (await read(pool, HONEST)).text.encode() == HONEST
            assert pool.pids() != [killed]


async def test_a_reader_that_is_killed_from_outside_says_nothing_about_the_file() -> None:
    """A machine short of memory kills readers of honest files too: no verdict, so it may be tried again."""
    async with running_pool(reader=HOSTILE) as pool:
        with pytest.raises(EngineError) as caught:
            await read(pool, b"kill itself")
        assert not isinstance(caught.value, DocumentError)
        await read(pool, HONEST)


async def test_closing_leaves_no_process() -> None:
    """Neither the one that supervises nor the one that waits for a file."""
    async with running_pool(processes=2) as pool:
        await asyncio.gather(*(read(pool, HONEST) for _ in range(8)))
        pids = [*pool.pids(), *(child for pid in pool.pids() for child in children_of(pid))]
        assert len(pids) >= 2
    assert await until(lambda: are_gone(pids))
    with pytest.raises(RuntimeError, match="closed"):
        await read(pool, HONEST)


APP = """
import asyncio, sys
from shared_code.documents import DEFAULT_LIMITS
from shared_code.documents.reader_child import Bounds
from shared_code.documents.reader_process import ReaderPool

async def main(reader, deed):
    pool = ReaderPool(Bounds(60, 512), processes=1, reader=reader)
    for content in (b"Robin Example, site manager in Leeds", deed):
        reading = asyncio.create_task(
            pool.read(content, media_type=None, filename=None, limits=DEFAULT_LIMITS)
        )
        await asyncio.wait([reading], timeout=0.5 if content == deed else None)
    print(pool.pids()[0], flush=True)
    await asyncio.sleep(60)

asyncio.run(main(sys.argv[1], sys.argv[2].encode()))
"""


@pytest.mark.parametrize("killed", ["app", "app and supervisor"])
@pytest.mark.parametrize("deed", ["loop", "sleep", "tell trace"])
async def test_no_process_survives_an_app_that_is_killed(deed: str, killed: str) -> None:
    """SIGKILL gives the app no chance to clear up, and a reader may never look at its pipe."""
    app = await asyncio.create_subprocess_exec(
        sys.executable, "-c", APP, HOSTILE, deed, cwd=ROOT, stdout=subprocess.PIPE
    )
    assert app.stdout is not None
    supervisor = int(await app.stdout.readline())
    assert await until(lambda: children_of(supervisor))
    pids = [supervisor, *children_of(supervisor)]
    if killed == "app and supervisor":
        os.kill(app.pid, signal.SIGSTOP)  # it must not clear up before it is killed as well
        os.kill(supervisor, signal.SIGKILL)
    app.kill()
    await app.wait()
    assert await until(lambda: are_gone(pids))


async def test_where_no_process_starts_files_are_read_in_a_thread(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A platform without processes is no reason to read nothing, but one to say so."""
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    pool = ReaderPool(PATIENT)
    assert (await read(pool, HONEST)).text.encode() == HONEST
    with pytest.raises(NoTextError):
        await read(pool, b"12345")
    assert pool.isolation == "thread"
    assert "documents_read_without_isolation" in caplog.text
    await pool.aclose()


async def test_a_process_that_cannot_start_again_is_no_reason_to_read_without_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a file that exhausts the machine could have the next one read unguarded."""
    async with running_pool() as pool:
        await read(pool, HONEST)
        os.kill(pool.pids()[0], signal.SIGKILL)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", "/no/such/python")
            with pytest.raises(EngineError, match="could not be started"):
                await read(pool, HONEST)
        assert (await read(pool, HONEST)).text.encode() == HONEST


async def test_a_second_process_that_cannot_start_costs_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one is there, and takes them all; when the machine has recovered, a second joins it."""
    async with running_pool(processes=2) as pool:
        await read(pool, HONEST)
        first = pool.pids()
        monkeypatch.setattr(sys, "executable", "/no/such/python")
        documents = await asyncio.gather(*(read(pool, HONEST) for _ in range(20)))
        assert {document.text.encode() for document in documents} == {HONEST}
        assert pool.pids() == first
        monkeypatch.undo()
        await asyncio.gather(*(read(pool, HONEST) for _ in range(20)))
        assert await until(lambda: len(pool.pids()) == 2, 30)
