"""A program of the local stack as a child process: started, waited for until ready, stopped for certain."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

READY_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 20.0
_POLL_SECONDS = 0.05


class ChildError(RuntimeError):
    """A child ended or stayed silent instead of getting ready; the message holds the end of its log."""


@asynccontextmanager
async def running_child(
    module: str,
    arguments: Sequence[str],
    *,
    work_dir: Path,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[dict[str, Any]]:
    """Run ``python -m module`` until the block ends; gives what it wrote into its ready file.

    Raises:
        ChildError: It did not get ready.
    """
    ready_file = work_dir / f"{module}.ready.json"
    ready_file.unlink(missing_ok=True)
    log_file = work_dir / f"{module}.log"
    with log_file.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            "--ready-file",
            str(ready_file),
            stdout=log,
            stderr=log,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    try:
        yield await _until_ready(module, process, ready_file, log_file)
    finally:
        await _stop(process)


async def _until_ready(
    module: str, process: asyncio.subprocess.Process, ready_file: Path, log_file: Path
) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + READY_TIMEOUT_SECONDS
    while process.returncode is None and loop.time() < give_up_at:
        if ready_file.exists():
            try:
                ready: dict[str, Any] = json.loads(ready_file.read_text(encoding="utf-8"))
            except ValueError:
                pass  # half written: it is whole at the next look
            else:
                return ready
        await asyncio.sleep(_POLL_SECONDS)
    tail = log_file.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise ChildError(f"{module} did not get ready. The end of {log_file}:\n{tail}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):  # it has ended, and the loop is about to be told
        os.killpg(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_TIMEOUT_SECONDS)
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
