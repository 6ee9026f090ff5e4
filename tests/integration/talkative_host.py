"""The functions host with everybody talking: DEBUG everywhere and forever, whatever anybody sets.

``python -m tests.integration.talkative_host`` takes the functions host's arguments. Its handlers are
ordinary ones, put in before the app is loaded and once more after; the second kind writes whole records,
as exporters read them.
"""

from __future__ import annotations

import logging
import sys
import threading
import time

from local.functions_host.__main__ import main

MOMENT_SECONDS = 0.02
LINE = "%(levelname)s %(name)s %(funcName)s %(taskName)s %(message)s"


class WholeRecords(logging.StreamHandler):  # type: ignore[type-arg]  # generic for type checkers only
    """Writes everything that a record holds."""

    def format(self, record: logging.LogRecord) -> str:
        return f"record {vars(record)!r} {record.getMessage()}"


def _make_everybody_talk() -> None:
    root = logging.getLogger()
    late = WholeRecords(sys.stderr)
    while True:
        loggers = [root, *(logging.getLogger(name) for name in list(root.manager.loggerDict))]
        # Setting a level costs a look at every logger there is, whether it changes anything or not.
        for quiet in (logger for logger in loggers if logger.level != logging.DEBUG):
            quiet.setLevel(logging.DEBUG)
        if "shared_code.engine" in sys.modules and late not in root.handlers:
            root.addHandler(late)
        time.sleep(MOMENT_SECONDS)


if __name__ == "__main__":
    early = logging.StreamHandler(sys.stderr)
    early.setFormatter(logging.Formatter(LINE, defaults={"taskName": None}))
    logging.getLogger().addHandler(early)
    threading.Thread(target=_make_everybody_talk, daemon=True).start()
    sys.exit(main())
