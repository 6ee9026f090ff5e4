"""Structured logs that hold no personal data: events with ids, counts, sizes, codes and classes.

Nothing here takes a free text from a CV, a prompt or an answer, and an exception is logged by its
class and the places in the code, never by its message, which may quote what it choked on.

structlog is loaded by the first line that is logged; waking up and answering for health log none.
"""

from __future__ import annotations

import logging
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]


def get_logger(name: str) -> Any:
    """A structured logger that writes one JSON line per event through the standard library's ``name``."""
    return _LoggerOnDemand(name)


def places_of(error: BaseException) -> list[str]:
    """Where an exception passed through the project's own code: ``file:line`` from the outside in."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_ROOT)]
    return [f"{Path(frame.filename).relative_to(_ROOT)}:{frame.lineno}" for frame in own or frames[-1:]]


def log_unexpected(logger: Any, event: str, error: BaseException, **ids: str | None) -> None:
    """Log an exception nobody foresaw: its class and places, and the given ids."""
    logger.error(event, error_class=type(error).__name__, places=places_of(error), **ids)


class _LoggerOnDemand:
    """Has every method of structlog's logger; asking for one makes the logger."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, method: str) -> Any:
        if method.startswith("_"):  # what copying and pickling look for is not the logger's
            raise AttributeError(method)
        return getattr(_configured_logger(self._name), method)


@cache
def _configured_logger(name: str) -> Any:
    import structlog

    _configure()
    return structlog.get_logger(name)


@cache
def _configure() -> None:
    import structlog

    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    if not logging.getLogger().handlers:
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
