"""Entry point of ``python -m cli.diagnostics``."""

from __future__ import annotations

import sys

from cli.diagnostics.command_line import main

if __name__ == "__main__":
    sys.exit(main())
