"""What an operator sees: consoles, tables and questions, with names that cannot play with the terminal."""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from shared_code.errors import RequestError
from shared_code.intake.states import JobState

# Columns where the output is no terminal.
PLAIN_WIDTH = 200
STATE_STYLES = {
    JobState.RECEIVED: "cyan",
    JobState.QUEUED: "cyan",
    JobState.PROCESSING: "cyan",
    JobState.WAITING: "yellow",
    JobState.DONE: "green",
    JobState.REJECTED: "red",
    JobState.FAILED: "red",
}
_AGE_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def console_for(stream: Literal["stdout", "stderr"]) -> Console:
    """A console that takes text as it is; without colours where NO_COLOR is set or nobody watches."""
    is_terminal = getattr(sys, stream).isatty()
    return Console(
        stderr=stream == "stderr",
        width=None if is_terminal else PLAIN_WIDTH,
        # Left to itself it keeps bold and faint.
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        markup=False,
        highlight=False,
        emoji=False,
    )


def plain_table(*columns: str, numbers: tuple[str, ...] = ()) -> Table:
    """A table without lines; columns named in ``numbers`` are set to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    return table


def state_text(state: JobState) -> Text:
    """A state in its colour."""
    return Text(state.value, STATE_STYLES[state])


def shown(name: str) -> str:
    """A name with U+FFFD for what does not print: controls steer terminals, some marks turn text round."""
    return "".join(character if character.isprintable() else "\ufffd" for character in name)


def age_text(age: timedelta) -> str:
    """An age in its largest whole unit: 45 s, 12 min, 3 h, 8 d."""
    seconds = max(0, int(age.total_seconds()))
    size, unit = next((pair for pair in _AGE_UNITS if seconds >= pair[0]), _AGE_UNITS[-1])
    return f"{seconds // size} {unit}"


def ask(question: str) -> bool:
    """Ask a person on the terminal; whatever is not yes is no.

    Raises:
        RequestError: Nobody sits there.
        KeyboardInterrupt: Ctrl-C instead of an answer.
    """
    if not sys.stdin.isatty():
        raise RequestError(f"{question} Nobody is here to answer: add --yes.")
    # The event loop would take note of Ctrl-C and let the question stand.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")
    finally:
        signal.signal(signal.SIGINT, handler)
