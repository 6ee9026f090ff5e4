"""Entry point of ``python -m cli.cvs``."""

from __future__ import annotations

import sys

from cli.unforeseen import exit_code_of


def command() -> int:
    """The command line of this process."""
    from cli.cvs.command_line import main

    return main()


if __name__ == "__main__":
    sys.exit(exit_code_of(command))
