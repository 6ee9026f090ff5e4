"""What a command says of an error that nobody foresaw: its class and its places, never its words.

An exception of another library may quote what it choked on, which is a CV's text or a candidate's name. So
Python's own traceback must not reach a terminal or a pipeline's log. Python's exit code 1 must not either: it
says "somebody should look" or "degraded" here.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from shared_code.telemetry.logging import described

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

INTERNAL_EXIT_CODE = 70
"""EX_SOFTWARE of ``sysexits.h``."""
_INTERRUPTED_EXIT_CODE = 128 + signal.SIGINT


def report_unforeseen(error: BaseException) -> None:
    """Print one sentence to stderr, for a command that ends with ``INTERNAL_EXIT_CODE``.

    It names the class, the file and the line of the error and of what led to it. The messages of our own
    errors are told, as they quote nothing.
    """
    print(f"error: unexpected {described(error)}; exit code {INTERNAL_EXIT_CODE}", file=sys.stderr)


def exit_code_of(command: Callable[[], int]) -> int:
    """Run a process's command and give its exit code; whatever escapes it, its words are not printed.

    Args:
        command: Imports what it needs by itself, so that a failing import is told in the same way.

    Raises:
        SystemExit: The command ended the process.
    """
    threading.excepthook = _tell_of_thread
    sys.unraisablehook = _tell_of_leftover
    try:
        return command()
    except KeyboardInterrupt:
        return _INTERRUPTED_EXIT_CODE
    except Exception as error:  # noqa: BLE001  (the last door before Python's traceback)
        report_unforeseen(error)
        return INTERNAL_EXIT_CODE


def _tell_of_thread(failure: threading.ExceptHookArgs) -> None:
    """What a thread died of; the command goes on without it."""
    if failure.exc_value is not None and not isinstance(failure.exc_value, SystemExit):
        print(f"warning: a thread ended with {described(failure.exc_value)}", file=sys.stderr)


def _tell_of_leftover(failure: UnraisableHookArgs) -> None:
    """What a destructor or the process's end came upon; nobody is there to catch it."""
    if failure.exc_value is not None:
        print(f"warning: ignored {described(failure.exc_value)}", file=sys.stderr)
