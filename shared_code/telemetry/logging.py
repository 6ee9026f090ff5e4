"""Logs that hold no personal data: own lines as JSON of ids and counts, foreign ones as bare constants.

**Own lines** go through ``get_logger``: every field passes ``masking.redacted``, and an exception is told
by its class and the places in the code, never by its message, which may quote what it choked on. Our own
errors' messages are safe by construction and stay.

**Everybody's records**, of any library, level and handler, pass ``protect_logs``. It wraps the log record
factory, because that is the one place before all handlers: a host may add its handlers to the root before
or after us, and a library may raise its own level (``OPENAI_LOG=debug`` does), and neither gets around
it. Of a foreign record remains the message where it is a constant in the code that logs it, the numbers
among its arguments, and its exception's class and places; below WARNING it is muted.

``get_logger`` installs the protection, so whatever imports one of our modules that logs is protected
before it works: ``function_app``, the commands and the benchmarks. Installing costs no import; structlog
is loaded by the first line that is logged, and waking up and answering for health log none.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from shared_code.errors import EngineError
from shared_code.telemetry.masking import WITHHELD, masked, redacted

_ROOT = Path(__file__).parents[2]
_OWN_ROOMS = frozenset({"benchmarks", "blueprints", "cli", "function_app", "local", "shared_code"})
# The local stand-in for Azure's host, which writes lines of its own, as that does in another process.
_LOCAL_HOST = "functions_host"
# They log every request, some with its address. Muted in any case; a level saves making the records.
_TALKATIVE = (
    *("aiohttp", "asyncio", "azure", "httpcore2", "httpx2", "msal", "openai", "opencensus"),
    *("pdfminer", "pypdfium2", "urllib3"),
)
# Beneath every handler's own level, so that none takes the record.
_MUTED = -1
_LONGEST_CHAIN = 5


def get_logger(name: str) -> Any:
    """A structured logger that writes one JSON line per event through the standard library's ``name``."""
    protect_logs()
    return _LoggerOnDemand(name)


def protect_logs() -> None:
    """See to it that no record of any library carries more than constants, numbers and places.

    May be called as often as one likes, and again after somebody has put in a factory of their own.
    """
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, _ProtectedRecords):
        logging.setLogRecordFactory(_ProtectedRecords(factory))
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:  # a level that somebody set on purpose stays
            logger.setLevel(logging.WARNING)


def places_of(error: BaseException) -> list[str]:
    """Where an exception passed through the project's own code: ``file:line`` from the outside in."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_own_file(frame.filename)]
    return [f"{_short(frame.filename)}:{frame.lineno}" for frame in own or frames[-1:]]


def described(error: BaseException) -> str:
    """An exception and what led to it: classes, places, and the messages of our own errors alone."""
    told: list[str] = []
    following: BaseException | None = error
    while following is not None and len(told) < _LONGEST_CHAIN:
        message = f": {masked(following.message)}" if isinstance(following, EngineError) else ""
        places = ", ".join(places_of(following))
        told.append(f"{type(following).__qualname__}{message}{f' ({places})' if places else ''}")
        hidden = following.__suppress_context__
        following = following.__cause__ or (None if hidden else following.__context__)
    return " from ".join(told)


def log_unexpected(logger: Any, event: str, error: BaseException, **ids: str | None) -> None:
    """Log an exception nobody foresaw: its class and places, and the given ids."""
    logger.error(event, error_class=type(error).__name__, places=places_of(error), **ids)


def redacting(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The structlog processor that lets through what ``masking.redacted`` does, and no traceback."""
    if fields.get("exc_info") is True:
        fields["exc_info"] = sys.exc_info()[1]
    if isinstance(fields.get("exc_info"), tuple):
        fields["exc_info"] = fields["exc_info"][1]
    return {name: redacted(value, name, described) for name, value in fields.items()}


class _RedactedText(str):
    """A text that was already looked at."""

    __slots__ = ()


class _Reduced:
    """Stands in a message for an argument that may be somebody's words."""

    __slots__ = ("_kind",)

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __repr__(self) -> str:
        return f"[{self._kind}]"


class _ProtectedRecords:
    """Makes log records as the factory before it did, and takes out what no log may hold."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: Any, **keywords: Any) -> logging.LogRecord:
        record = self._make(*args, **keywords)
        if record.name == _LOCAL_HOST:
            return record
        error = record.exc_info[1] if record.exc_info else None
        record.exc_info = None
        if isinstance(record.msg, _RedactedText):  # one line of JSON, which tells the exception as well
            return record
        if _is_muted(record):
            record.levelno = _MUTED
            record.msg, record.args = WITHHELD, None
        else:
            record.msg, record.args = _RedactedText(_message_of(record)), None
            record.exc_text = described(error) if error is not None else None
        return record


def _is_muted(record: logging.LogRecord) -> bool:
    room = (record.name or "").partition(".")[0]
    return room not in _OWN_ROOMS and (record.levelno or 0) < logging.WARNING


def _message_of(record: logging.LogRecord) -> str:
    """The message where the code that logs has it as a constant; only numbers are filled in."""
    template = record.msg
    if isinstance(template, BaseException):
        return described(template)
    if not isinstance(template, str) or not _is_constant(template, record):
        return f"{WITHHELD} {_short(record.pathname)}:{record.lineno}"
    if not record.args:
        return masked(template)
    try:
        return masked(template % _reduced(record.args))
    except (TypeError, ValueError, KeyError):
        return masked(template)


def _is_constant(text: str, record: logging.LogRecord) -> bool:
    """Whether the text stands in the code of the caller: what was put together at run time does not."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_filename == record.pathname and frame.f_lineno == record.lineno:
            return text in code.co_consts
        frame = frame.f_back
    return False


def _reduced(arguments: Any) -> Any:
    if isinstance(arguments, Mapping):
        return {name: _argument(value) for name, value in arguments.items()}
    return tuple(_argument(value) for value in arguments)


def _argument(value: object) -> object:
    return value if type(value) in (bool, int, float, type(None)) else _Reduced(type(value).__name__)


def _is_own_file(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(_ROOT) and "site-packages" not in path.parts


def _short(filename: str) -> str:
    """The path inside the project, else the file and its folder: nobody's home."""
    path = Path(filename)
    return path.relative_to(_ROOT).as_posix() if _is_own_file(filename) else "/".join(path.parts[-2:])


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
            redacting,
            structlog.processors.JSONRenderer(),
            lambda _logger, _method, line: _RedactedText(line),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    if not logging.getLogger().handlers:
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
