"""What reaches a log: own fields by kind, foreign records as constants, and secrets of no shape at all."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.errors import ModelServerError
from shared_code.telemetry.logging import get_logger, places_of, protect_logs
from tests.unit.telemetry.secret_shapes import SECRETS

ROOT = Path(__file__).parents[3]
SECRET_SENTENCE = "Margaret Canary restores lighthouses"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What an ordinary handler at the root writes, with every logger made at DEBUG."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(pathname)s %(message)s"))
    root, level = logging.getLogger(), logging.getLogger().level
    factory = logging.getLogRecordFactory()
    protect_logs()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    logging.setLogRecordFactory(factory)


class _Remembering(logging.Handler):
    """An exporter: it looks at the record itself."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def _raise(error: Exception) -> NoReturn:
    raise error


def _foreign(name: str = "openai._base_client") -> logging.Logger:
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)
    return logger


def _fields(written: io.StringIO) -> dict[str, Any]:
    line = written.getvalue().splitlines()[-1]
    fields: dict[str, Any] = json.loads(line[line.index("{") :])
    return fields


class TestOwnLines:
    @pytest.mark.parametrize(
        "name",
        [
            *("prompt", "system_prompt", "completion", "content", "messages", "body", "requestBody", "text"),
            *(
                "api_key",
                "apiKey",
                "APIKey",
                "x-functions-key",
                "token",
                "access_token",
                "secret",
                "password",
            ),
            *(
                "connection_string",
                "authorization",
                "headers",
                "candidate_name",
                "name",
                "file_name",
                "email",
            ),
            *("filename", "blob_name", "phone", "url", "answer", "cv_text", "prompt_words"),
        ],
    )
    @pytest.mark.parametrize("value", ["Canary", 4477009, ["Canary"], {"id": "Canary"}], ids=repr)
    def test_a_private_field_is_dropped(self, written: io.StringIO, name: str, value: object) -> None:
        """One word of it, a number, or a value inside it: the name decides."""
        get_logger("shared_code.test").info("told", **{name: value})
        assert _fields(written)[name] == "[withheld]"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("input_tokens", 12),
            ("total_tokens", 4_000_000_000),
            ("prompt_length", 5_000),
            ("body_bytes", 17),
            ("retryable", True),
            ("cost_micro_usd", None),
            ("duration_seconds", 0.25),
            ("deployment", "gpt-4.1-mini"),
            ("deployment_name", "gpt-4.1-mini"),
            ("code", "modelServerError"),
            ("correlation_id", "3b0c1d80-8f4e-4f6c-9d61-0a7d1cf0b1aa"),
            ("document_id", "a" * 32 + "0" * 32),
            ("trace_id", "0af7651916cd43dd8448eb211c80319c"),
            ("day", "2026-11-05"),
            ("places", ["shared_code/engine.py:12"]),
            ("prompt_sha256", hashlib.sha256(b"x").hexdigest()),
        ],
    )
    def test_what_operators_need_stays(self, written: io.StringIO, name: str, value: object) -> None:
        """Counts, sizes, codes, ids, places."""
        get_logger("shared_code.test").info("told", **{name: value})
        assert _fields(written)[name] == value

    @pytest.mark.parametrize(
        "value",
        [
            SECRET_SENTENCE,
            "Zoë",
            b"Canary",
            Path("Canary"),
            {"note": SECRET_SENTENCE},
            {SECRET_SENTENCE: 1},
            [[SECRET_SENTENCE]],
            ValueError(SECRET_SENTENCE),
            [ValueError(SECRET_SENTENCE)],
            object(),
            "Canary" * 100,
            "+447700900123",
            "sk-Canary0123456789",
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_free_text_has_no_field(self, written: io.StringIO, value: object) -> None:
        """Whatever the field is called: a sentence, bytes, an unknown object, at any depth."""
        get_logger("shared_code.test").info("told", note=value)
        text = written.getvalue()
        assert "told" in text
        for word in ("Margaret", "Canary", "Zo", "0x", "7700"):
            assert word not in text

    @given(data=st.data(), kind=st.sampled_from(sorted(SECRETS)))
    def test_no_secret_has_a_field(self, data: st.DataObject, kind: str) -> None:
        """By shape, in a field with an innocent name, also inside lists and objects."""
        secret = data.draw(SECRETS[kind])
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        logger = logging.getLogger("shared_code.hypothesis")
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        get_logger("shared_code.hypothesis").info(
            "told", a=secret, b=[secret], c={"d": secret}, e={secret: 1}
        )
        logger.removeHandler(handler)
        assert "told" in stream.getvalue()
        assert secret not in stream.getvalue()

    def test_an_event_is_a_code(self, written: io.StringIO) -> None:
        """Text that was put into an event's name does not get out that way."""
        get_logger("shared_code.test").info(f"processed {SECRET_SENTENCE}")
        assert "Margaret" not in written.getvalue()
        assert _fields(written)["event"].startswith("[text of ")

    @pytest.mark.parametrize("how", ["exception", "exc_info"])
    def test_an_exception_is_its_class_and_places(self, written: io.StringIO, how: str) -> None:
        """However it is handed over."""
        logger = get_logger("shared_code.test")
        try:
            _raise(KeyError(SECRET_SENTENCE))
        except KeyError as error:
            if how == "exception":
                logger.exception("crashed")
            else:
                logger.error("crashed", exc_info=error)  # noqa: TRY400
        assert len(written.getvalue().splitlines()) == 1
        assert _fields(written)["exc_info"].startswith("KeyError (tests/unit/telemetry/test_logging.py:")
        assert "Margaret" not in written.getvalue()

    def test_our_own_errors_keep_their_message(self, written: io.StringIO) -> None:
        """They say what to mend, and hold no word of a CV by construction."""
        get_logger("shared_code.test").info("failed", reason=ModelServerError("Deployment x answered 500."))
        assert _fields(written)["reason"] == "ModelServerError: Deployment x answered 500."


class TestForeignRecords:
    @pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
    @pytest.mark.parametrize("name", ["openai", "httpx2", "azure.core", "msal", "urllib3", "never.heard.of"])
    def test_nothing_below_warning(self, written: io.StringIO, name: str, level: int) -> None:
        """Not even where the library's own level and the root's say DEBUG."""
        _foreign(name).log(level, "Request options: %s", {"content": SECRET_SENTENCE})
        assert written.getvalue() == ""

    @pytest.mark.parametrize(
        ("log", "expected"),
        [
            (lambda log: log.warning("Retrying %s in %d s", SECRET_SENTENCE, 5), "Retrying [str] in 5 s"),
            (lambda log: log.warning("Retrying %r", ValueError(SECRET_SENTENCE)), "Retrying [ValueError]"),
            (lambda log: log.warning("%(a)s and %(b).1f", {"a": SECRET_SENTENCE, "b": 1.5}), "[str] and 1.5"),
            (lambda log: log.warning("%d left", SECRET_SENTENCE), "%d left"),
            (lambda log: log.warning("Connection pool is full"), "Connection pool is full"),
            (
                lambda log: log.warning(f"Cannot read {SECRET_SENTENCE}"),  # noqa: G004
                "[withheld] telemetry/test_logging.py",
            ),
            (lambda log: log.warning(" ".join(["Cannot read", SECRET_SENTENCE])), "[withheld]"),
            (lambda log: log.warning(ValueError(SECRET_SENTENCE)), "ValueError"),
            (lambda log: log.warning({"content": SECRET_SENTENCE}), "[withheld]"),
            (lambda log: log.warning("call %s", 447700900123), "call [masked]"),
        ],
        ids=[
            "text",
            "error",
            "mapping",
            "wrong",
            "constant",
            "formatted",
            "joined",
            "raised",
            "object",
            "phone",
        ],
    )
    def test_a_message_is_constants_and_numbers(
        self, written: io.StringIO, log: Callable[[logging.Logger], None], expected: str
    ) -> None:
        """What was put together at run time may quote anything, so it is left out."""
        log(_foreign())
        assert expected.removeprefix("[withheld] telemetry/") in written.getvalue()
        assert "Margaret" not in written.getvalue()

    def test_a_handler_finds_nothing_in_the_record(self, written: io.StringIO) -> None:
        """Exporters read the arguments and the exception themselves instead of the formatted text."""
        exporter = _Remembering()
        logging.getLogger().addHandler(exporter)
        try:
            _raise(ValueError(SECRET_SENTENCE))
        except ValueError:
            _foreign().exception("failed with %s", SECRET_SENTENCE)
        logging.getLogger().removeHandler(exporter)
        [record] = exporter.records
        assert (record.args, record.exc_info) == (None, None)
        assert "Margaret" not in str(vars(record))

    def test_a_traceback_is_classes_and_places(self, written: io.StringIO) -> None:
        """Of the whole chain, and no message but our own errors'."""
        try:
            try:
                _raise(KeyError(SECRET_SENTENCE))
            except KeyError as inner:
                raise ModelServerError("Deployment x answered 500.") from inner
        except ModelServerError:
            _foreign("aiohttp.server").exception("Error handling request")
        text = written.getvalue()
        assert "Error handling request\nModelServerError: Deployment x answered 500. (tests/unit/" in text
        assert "from KeyError (tests/unit/telemetry/test_logging.py:" in text
        assert "Margaret" not in text

    async def test_a_forgotten_task_tells_its_class_only(self, written: io.StringIO) -> None:
        """An event loop reports exceptions nobody awaited, with the task's and the exception's repr."""

        async def crash() -> None:
            raise ValueError(SECRET_SENTENCE)

        task = asyncio.create_task(crash())
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_exception_handler(
            {"message": "Task exception was never retrieved", "exception": task.exception(), "task": task}
        )
        assert "ValueError" in written.getvalue()
        assert "Margaret" not in written.getvalue()

    def test_our_own_records_say_what_they_say(self, written: io.StringIO) -> None:
        """From INFO up, by the same rule."""
        logging.getLogger("shared_code.accounting").info("Read %d rows", 5)
        assert "INFO shared_code.accounting" in written.getvalue()
        assert "Read 5 rows" in written.getvalue()


class TestProtection:
    def test_once_is_enough(self, written: io.StringIO) -> None:
        """Protecting again changes nothing, so that every entry point may."""
        factory = logging.getLogRecordFactory()
        protect_logs()
        assert logging.getLogRecordFactory() is factory

    def test_a_later_factory_is_kept_and_protected(self, written: io.StringIO) -> None:
        """Tracing libraries put in a factory that adds fields; both work."""

        def with_trace(*args: Any, **keywords: Any) -> logging.LogRecord:
            record = logging.LogRecord(*args, **keywords)
            record.trace = "t-1"
            return record

        logging.setLogRecordFactory(with_trace)
        protect_logs()
        exporter = _Remembering()
        logging.getLogger().addHandler(exporter)
        _foreign().warning("hello %s", SECRET_SENTENCE)
        logging.getLogger().removeHandler(exporter)
        [record] = exporter.records
        assert vars(record)["trace"] == "t-1"
        assert record.getMessage() == "hello [str]"

    def test_records_from_elsewhere_can_be_made(self, written: io.StringIO) -> None:
        """``makeLogRecord`` asks the factory for one without a name or a level."""
        assert logging.makeLogRecord({"name": "x", "msg": "hi"}).getMessage() == "hi"

    def test_it_costs_no_import(self) -> None:
        """Waking up protects the logs, and loads neither structlog nor any library that it quiets."""
        program = (
            "import sys, logging, function_app; "
            "print(type(logging.getLogRecordFactory()).__name__, "
            "*{'structlog', 'openai', 'azure.identity', 'azure.core'} & set(sys.modules))"
        )
        run = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert run.stdout.split() == ["_ProtectedRecords"]


def test_places_are_ours_where_there_are_some() -> None:
    """Relative to the project, so that no home folder shows."""
    try:
        json.loads("{")
    except ValueError as error:
        [place] = places_of(error)
    assert place.startswith("tests/unit/telemetry/test_logging.py:")


def test_an_error_from_elsewhere_has_a_place_too() -> None:
    """Its file and folder, where none of our code was on its way."""
    try:
        json.loads("{")
    except ValueError as error:
        while (
            error.__traceback__ is not None and "json" not in error.__traceback__.tb_frame.f_code.co_filename
        ):
            error.__traceback__ = error.__traceback__.tb_next
        [place] = places_of(error)
    assert place.startswith("json/decoder.py:")
