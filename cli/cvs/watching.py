"""``watch``: the counts of all states, again and again, until no job is open."""

from __future__ import annotations

import argparse
from contextlib import nullcontext

from rich.live import Live
from rich.text import Text

from cli.cvs.exit_code import ExitCode
from cli.cvs.session import Session
from cli.cvs.status import count_jobs, counts_text
from shared_code.errors import StorageError
from shared_code.intake.states import OPEN_STATES, JobState

# A short outage of storage is no reason to stop looking.
MOST_FAILURES = 3


async def watch(session: Session, options: argparse.Namespace) -> ExitCode:
    """Show the counts until nothing is open: in place on a terminal, else a line for each change.

    Raises:
        StorageError: Storage did not answer three times in a row.
    """
    is_live = session.out.is_terminal
    live = Live(console=session.out, auto_refresh=False) if is_live else None
    failures = 0
    last = ""
    with live or nullcontext():
        while True:
            try:
                counts = await count_jobs(session.desk.jobs, options.since)
            except StorageError as error:
                failures += 1
                if failures == MOST_FAILURES:
                    raise
                session.notes.print(f"{error.message} Looking again.", style="yellow")
                await session.sleep(options.interval)
                continue
            failures = 0
            line = counts_text(counts)
            if live is not None:
                live.update(Text(f"{session.clock():%H:%M:%S}  ").append_text(line), refresh=True)
            elif line.plain != last:
                session.out.print(f"{session.clock():%H:%M:%S}Z  {line.plain}")
                last = line.plain
            if not any(counts[state] for state in OPEN_STATES):
                break
            await session.sleep(options.interval)
    if counts[JobState.REJECTED] or counts[JobState.FAILED]:
        session.notes.print("Some were rejected or failed: status --state rejected, status --state failed.")
        return ExitCode.ATTENTION
    return ExitCode.DONE
