"""What ``python -m cli.cvs`` ends with."""

from __future__ import annotations

from enum import IntEnum

from cli.arguments import USAGE_EXIT_CODE
from cli.unforeseen import INTERNAL_EXIT_CODE


class ExitCode(IntEnum):
    """64, 70, 73: EX_USAGE, EX_SOFTWARE, EX_CANTCREAT of ``sysexits.h``."""

    DONE = 0
    ATTENTION = 1
    IMPOSSIBLE = 2
    USAGE = USAGE_EXIT_CODE
    INTERNAL = INTERNAL_EXIT_CODE
    CANNOT_WRITE = 73
    INTERRUPTED = 130


EXIT_CODES = """exit codes:
    0  done
    1  done as far as possible, and somebody should look: files were skipped, jobs are rejected or failed,
       nothing was found, or the question was answered with no
    2  not possible: settings are missing or wrong, storage does not answer, or a package is not installed
   64  the command line is wrong
   70  an error of the command itself
   73  the output cannot be written
  130  interrupted; what was begun was finished or left untouched, and the same command goes on from there
"""
