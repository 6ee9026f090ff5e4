"""Exporting inside this process: flushing, signing in, and what must not come of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import Counter
from pydantic import SecretStr

from shared_code.settings import TelemetrySettings
from shared_code.telemetry.app_insights import STATSBEAT_SWITCH, Exporting, start_exporting
from shared_code.telemetry.exported_logs import OWN_LOGGERS
from shared_code.telemetry.logging import get_logger
from shared_code.telemetry.metrics import OpenAIMetrics
from tests.integration.exporting_program import CANARY, ENDPOINT, StubCredential
from tests.integration.ingestion_sink import IDENTITY_TOKEN, IngestionSink, running_sink

CLIENT_ID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def sink() -> Iterator[IngestionSink]:
    """An endpoint that works."""
    with running_sink() as sink:
        yield sink


Start = Callable[..., Exporting]


@pytest.fixture
def start(
    sink: IngestionSink, metrics: OpenAIMetrics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """Starts exporting in this process, and undoes it."""
    monkeypatch.setenv(STATSBEAT_SWITCH, "true")
    with kept_levels():
        started: list[Exporting] = []

        def start(credential: Any = None, **settings: Any) -> Exporting:
            given = TelemetrySettings(
                connection_string=SecretStr(sink.connection_string), export_interval_seconds=3600, **settings
            )
            exporting = start_exporting(
                given, metrics, endpoint=ENDPOINT, credential=credential, storage_folder=tmp_path
            )
            assert exporting is not None
            started.append(exporting)
            return exporting

        yield start
        for exporting in started:
            exporting.shutdown()


@contextmanager
def kept_levels() -> Iterator[None]:
    """Loggers have the levels afterwards that they had before."""
    levels = {name: logging.getLogger(name).level for name in OWN_LOGGERS}
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def metrics() -> OpenAIMetrics:
    """Metrics with a registry of their own."""
    return OpenAIMetrics()


class TestFlushing:
    """What was told so far is sent on demand."""

    def test_counters_are_sent_as_what_came_since(
        self, start: Start, sink: IngestionSink, metrics: OpenAIMetrics
    ) -> None:
        """Application Insights adds up what it gets."""
        counter = Counter("cvs", "CVs.", registry=metrics.registry)
        exporting = start()
        for amount in (3, 2, 0):
            counter.inc(amount)
            assert exporting.flush(10)
        assert [point["value"] for point in sink.points("cvs_total")] == [3, 2]

    def test_it_reaches_what_a_worker_holds_already(self, start: Start, sink: IngestionSink) -> None:
        """A line leaves the queue at once, and waits in the worker's hands for its batch to fill."""
        exporting = start()
        get_logger("shared_code.intake").info("taken_already")
        handler: Any = logging.getLogger().handlers[-1]
        deadline = time.monotonic() + 10
        while not handler._queue.is_empty() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert exporting.flush(10)
        assert "taken_already" in sink.messages()

    def test_it_says_when_time_was_too_short(self, start: Start, sink: IngestionSink) -> None:
        """And returns when it was told to."""
        sink.is_silent = True
        exporting = start()
        get_logger("shared_code.intake").info("unheard")
        started_at = time.monotonic()
        assert not exporting.flush(0.3)
        assert time.monotonic() - started_at < 2.0


class TestSigningIn:
    """Telemetry is keyless."""

    def test_the_apps_identity_signs_in(
        self, start: Start, sink: IngestionSink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With the client id of the platform's variable, at the platform's endpoint."""
        monkeypatch.setenv("IDENTITY_ENDPOINT", sink.identity_endpoint)
        monkeypatch.setenv("IDENTITY_HEADER", "header")
        exporting = start(authentication=f"ClientId={CLIENT_ID};Authorization=AAD")
        get_logger("shared_code.intake").info("signed")
        assert exporting.flush(20)
        assert "signed" in sink.messages()
        assert {request.authorization for request in sink.requests} == {f"Bearer {IDENTITY_TOKEN}"}
        assert sink.token_requests[0]["client_id"] == [CLIENT_ID]

    def test_nobody_signs_in_unasked(self, start: Start, sink: IngestionSink) -> None:
        """A component that takes the key alone gets no token."""
        exporting = start(StubCredential())
        assert exporting.flush(10)
        assert {request.authorization for request in sink.requests} <= {None}

    def test_a_credential_that_fails_harms_nobody(self, start: Start, sink: IngestionSink) -> None:
        """Its exception stays with the exporter, and so does what it says."""

        class Refusing(StubCredential):
            def get_token(self, *scopes: str, **options: Any) -> Any:
                raise RuntimeError(CANARY)

        exporting = start(Refusing(), authentication="Authorization=AAD")
        get_logger("shared_code.intake").info("unsigned")
        assert exporting.flush(10)
        assert not sink.requests


class TestNoFeedback:
    """Reports about reports would never end."""

    def test_what_an_exporters_thread_logs_is_not_exported(self, start: Start, sink: IngestionSink) -> None:
        """Whoever's logger it is."""

        class Talkative(StubCredential):
            def get_token(self, *scopes: str, **options: Any) -> Any:
                get_logger("shared_code.identity").warning("token_asked_for")
                return super().get_token(*scopes, **options)

        exporting = start(Talkative(), authentication="Authorization=AAD")
        get_logger("shared_code.intake").info("first")
        assert exporting.flush(10)
        assert exporting.flush(10)
        assert set(sink.messages()) == {"first"}

    def test_complaints_of_the_transport_are_not_exported(self, start: Start, sink: IngestionSink) -> None:
        """A rejected batch is complained about, and the next batch holds no complaint."""
        exporting = start()
        sink.status = 400
        get_logger("shared_code.intake").info("rejected")
        assert exporting.flush(10)
        sink.status = 200
        get_logger("shared_code.intake").info("accepted")
        assert exporting.flush(10)
        assert {item["properties"]["logger"] for item in sink.items("MessageData")} == {"shared_code.intake"}


def test_a_line_that_cannot_be_written_is_dropped(start: Start, sink: IngestionSink) -> None:
    """Whoever logs it goes on, and so does the exporter."""
    exporting = start()
    endless: list[Any] = []
    endless.append(endless)
    own = logging.getLogger("shared_code.intake")
    own.warning("Endless", extra={"endless": endless})
    own.warning("Next")
    assert exporting.flush(10)
    assert set(sink.messages()) == {"Next"}


def test_a_flood_neither_blocks_nor_grows(
    start: Start, sink: IngestionSink, caplog: pytest.LogCaptureFixture
) -> None:
    """What does not fit into the queue is dropped, without a line for each."""
    sink.is_silent = True
    start()
    handler: Any = logging.getLogger().handlers[-1]
    record = logging.getLogger("shared_code.flood").makeRecord(
        "shared_code.flood", logging.INFO, __file__, 1, "again", (), None
    )
    started_at = time.monotonic()
    for _ in range(10_000):
        handler.handle(record)
    assert time.monotonic() - started_at < 10.0
    assert not [line for line in caplog.records if line.name.startswith("opencensus")]


def test_shutdown_leaves_nothing_running(start: Start, sink: IngestionSink) -> None:
    """No handler and no thread, and a second time is as good as the first."""
    before = set(threading.enumerate())
    handlers = list(logging.getLogger().handlers)
    exporting = start()
    get_logger("shared_code.intake").info("last_words")
    exporting.shutdown()
    exporting.shutdown()
    assert "last_words" in sink.messages()
    assert logging.getLogger().handlers == handlers
    started = [thread for thread in set(threading.enumerate()) - before if "Thread-" not in thread.name]
    assert started == []
