"""Which log lines may leave the process, and what of them: events and fields of ours, no foreign words."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared_code.telemetry.logging import places_of

OWN_LOGGERS = ("blueprints", "cli", "function_app", "local", "shared_code")
# What sends telemetry would otherwise report about its own reports, for ever.
SILENT_LOGGERS = ("azure", "msal", "opencensus", "opentelemetry", "requests", "urllib3")
WITHHELD = "foreign_log_line"
# Application Insights cuts longer values off: learn.microsoft.com, "Application Insights limits".
MAX_VALUE_CHARACTERS = 8_192

_ROOT = Path(__file__).parents[2]
_STANDARD = frozenset({*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"})
_KEPT = ("name", "levelno", "levelname", "created", "msecs", "module", "lineno", "funcName", "processName")
_KNOWN_OTHERWISE = ("event", "level", "timestamp")


@dataclass(frozen=True, slots=True)
class ExportedLine:
    """One log line as it leaves the process."""

    message: str
    properties: dict[str, str]


def exported_line(record: logging.LogRecord) -> ExportedLine | None:
    """What may be told of ``record``; None where nothing may.

    Lines of this project are events, whose fields hold ids, counts and classes (``telemetry.logging``);
    of a plain one its constant part is told. Of other libraries' lines only warnings pass, by logger and
    place alone, because they quote what they choke on. Exceptions are told by class and places, never by
    their message. None of this relies on ``protect_logs``, which somebody's log factory may have undone.
    """
    if _is_one_of(record.name, SILENT_LOGGERS):
        return None
    error = _error_properties(record)
    if not _is_one_of(record.name, OWN_LOGGERS):
        if record.levelno < logging.WARNING:
            return None
        return ExportedLine(WITHHELD, {"logger": record.name, **error})
    template = record.msg if isinstance(record.msg, str) else ""
    fields = _event_fields(template)
    message = template if fields is None else str(fields.get("event", WITHHELD))
    told = _extra_fields(record) if fields is None else fields
    properties = {name: _text(value) for name, value in told.items() if name not in _KNOWN_OTHERWISE}
    return ExportedLine(message, {"logger": record.name, **properties, **error})


def exported_record(record: logging.LogRecord, line: ExportedLine) -> logging.LogRecord:
    """A copy of ``record`` that holds ``line`` and where it was written, and refers to nothing else."""
    kept = {name: getattr(record, name) for name in _KEPT}
    path = Path(record.pathname)
    is_own = path.is_relative_to(_ROOT) and "site-packages" not in path.parts
    place = path.relative_to(_ROOT).as_posix() if is_own else "/".join(path.parts[-2:])  # nobody's home
    return logging.makeLogRecord({**kept, "msg": line.message, "pathname": place, "filename": path.name})


def _is_one_of(logger: str, packages: tuple[str, ...]) -> bool:
    return logger.partition(".")[0] in packages


def _event_fields(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def _extra_fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in record.__dict__.items() if name not in _STANDARD}


def _error_properties(record: logging.LogRecord) -> dict[str, str]:
    if record.exc_info is None and record.exc_text:  # protected: classes, places and our own messages
        return {"error": _text(record.exc_text)}
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if error is None:
        return {}
    return {"error": f"{type(error).__qualname__} ({', '.join(places_of(error))})"}


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=lambda odd: type(odd).__name__)
    return text[:MAX_VALUE_CHARACTERS]
