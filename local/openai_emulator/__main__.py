"""Entry point of ``python -m local.openai_emulator``."""

from __future__ import annotations

import sys

from local.openai_emulator.command_line import main

if __name__ == "__main__":
    sys.exit(main())
