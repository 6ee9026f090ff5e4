"""Entry point of ``python -m cli.cvs``."""

from __future__ import annotations

import sys

from cli.cvs.command_line import main

if __name__ == "__main__":
    sys.exit(main())
