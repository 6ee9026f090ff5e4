"""Which lines leave the process and what is left of them, with no protection but this one."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from shared_code.telemetry.exported_logs import (
    MAX_VALUE_CHARACTERS,
    WITHHELD,
    exported_line,
    exported_record,
)

CANARY = "Featherstonehaugh"


def record(
    name: str, message: Any, *args: object, level: int = logging.ERROR, exc_info: Any = None, **extra: object
) -> logging.LogRecord:
    """A record as the standard library makes it, past everybody's factory."""
    made = logging.LogRecord(name, level, "/home/robin/app/lib/page.py", 7, message, args, exc_info)
    made.__dict__.update(extra)
    return made


def failure() -> Any:
    try:
        int(CANARY)
    except ValueError:
        return sys.exc_info()


def everything_of(made: logging.LogRecord) -> str:
    line = exported_line(made)
    assert line is not None
    return repr((line, exported_record(made, line).__dict__))


@pytest.mark.parametrize(
    "name", ["azure.core.pipeline", "opencensus.ext", "opentelemetry.sdk", "urllib3.connectionpool", "msal"]
)
def test_what_sends_telemetry_is_not_told(name: str) -> None:
    """Else every report would be followed by one about itself."""
    assert exported_line(record(name, "Retrying")) is None


@pytest.mark.parametrize(
    ("level", "is_told"),
    [(logging.DEBUG, False), (logging.INFO, False), (logging.WARNING, True), (logging.ERROR, True)],
)
def test_foreign_lines_are_told_from_warnings_on(level: int, is_told: bool) -> None:
    """What libraries chat about is of no use to operators."""
    assert (exported_line(record("pdfreader", "page", level=level)) is not None) is is_told


@pytest.mark.parametrize(
    "made",
    [
        record("pdfreader.page", f"strange text {CANARY}"),
        record("pdfreader.page", "strange text %s", CANARY),
        record("pdfreader.page", json.dumps({"event": CANARY})),
        record("pdfreader.page", "x", text=CANARY),
        record("pdfreader.page", "x", exc_info=failure()),
        record("shared_code.documents", "Cannot read %s", CANARY),
        record("shared_code.documents", "x", exc_info=failure()),
        record("shared_code.documents", ValueError(CANARY)),
    ],
    ids=[
        "foreign-text",
        "foreign-argument",
        "foreign-json",
        "foreign-extra",
        "foreign-exception",
        "own-argument",
        "own-exception",
        "own-exception-as-message",
    ],
)
def test_no_foreign_word_is_told(made: logging.LogRecord) -> None:
    """Neither in the line nor in what is queued for it."""
    assert CANARY not in everything_of(made)


def test_an_event_keeps_its_fields() -> None:
    """As texts, which is what custom dimensions are; level and time are known otherwise."""
    fields = {"event": "cv_processed", "level": "info", "timestamp": "now", "pages": 3, "places": ["a:1"]}
    line = exported_line(record("blueprints.intake", json.dumps(fields), level=logging.INFO))
    assert line is not None
    assert line.message == "cv_processed"
    assert line.properties == {"logger": "blueprints.intake", "pages": "3", "places": '["a:1"]'}


@pytest.mark.parametrize("text", ["{", "{broken}", "[1]", '"text"'])
def test_what_is_no_event_is_a_plain_line(text: str) -> None:
    """And is told as it stands, because a line of ours is a constant."""
    line = exported_line(record("shared_code.engine", text))
    assert line is not None
    assert line.message == text


def test_a_plain_line_keeps_its_extras() -> None:
    """They are given by name, and by us."""
    line = exported_line(record("shared_code.ai_call_logger", "No row", assistant_id="a", cost=None))
    assert line is not None
    assert line.properties == {"logger": "shared_code.ai_call_logger", "assistant_id": "a", "cost": "null"}


def test_an_exception_is_named_with_its_place() -> None:
    """So that it can be found."""
    line = exported_line(record("pdfreader", "x", exc_info=failure()))
    assert line is not None
    assert line.message == WITHHELD
    assert line.properties["error"].startswith("ValueError (tests/unit/telemetry/test_app_insights_logs.py:")


def test_a_protected_record_keeps_the_description_of_its_exception() -> None:
    """The log record factory has put it there instead of the exception."""
    made = record("shared_code.engine", "x")
    made.exc_text = "StorageError: no answer (shared_code/engine.py:1)"
    line = exported_line(made)
    assert line is not None
    assert line.properties["error"] == made.exc_text


def test_a_traceback_that_another_handler_has_written_is_not_told() -> None:
    """Formatters leave it on the record."""
    made = record("shared_code.engine", "x", exc_info=failure())
    logging.Formatter().format(made)
    assert made.exc_text is not None
    assert CANARY in made.exc_text
    assert CANARY not in everything_of(made)


def test_a_long_value_is_cut() -> None:
    """Where Application Insights would cut it."""
    line = exported_line(record("cli", json.dumps({"event": "e", "hashes": "0" * 10_000})))
    assert line is not None
    assert len(line.properties["hashes"]) == MAX_VALUE_CHARACTERS


def test_the_copy_tells_the_place_and_nobodys_home() -> None:
    """The file and its folder of a foreign line, the path inside the project of ours."""
    foreign = record("pdfreader", "x")
    own = record("shared_code.engine", "x")
    own.pathname = __file__
    for made, place in ((foreign, "lib/page.py"), (own, "tests/unit/telemetry/test_app_insights_logs.py")):
        line = exported_line(made)
        assert line is not None
        copy = exported_record(made, line)
        assert (copy.pathname, copy.lineno, copy.levelno, copy.created) == (place, 7, 40, made.created)
