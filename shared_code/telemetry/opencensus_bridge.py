"""Sends logs, metrics and model calls to Application Insights through opencensus-ext-azure.

Its transport is used: batches, retries, local storage, sign-in. Mended are its lock under Python 3.13, its
loss of what meets a failed connection, its flush, which overlooks what a worker has already taken from the
queue, and its farewell, which may take minutes against a silent endpoint.
"""

# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import atexit
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from opencensus.common.schedule import QueueEvent
from opencensus.ext.azure.common.protocol import DataPoint, Envelope
from opencensus.ext.azure.log_exporter import AzureLogHandler
from opencensus.ext.azure.metrics_exporter import MetricsExporter
from opencensus.ext.azure.trace_exporter import AzureExporter
from opencensus.trace import execution_context
from opencensus.trace.span_data import SpanData

from shared_code.errors import SettingsError
from shared_code.observation import SUCCESS
from shared_code.telemetry.exported_logs import OWN_LOGGERS, exported_line, exported_record
from shared_code.telemetry.logging import get_logger, log_unexpected
from shared_code.telemetry.metric_points import MetricPoint, RegistryDeltas
from shared_code.telemetry.opencensus_spans import ExportedTracer, SummingMeter
from shared_code.telemetry.tracing import SCOPE, GenAITelemetry

if TYPE_CHECKING:
    from shared_code.telemetry.app_insights import ExportTarget, MetricsSource

# The most that the end of the process waits for telemetry.
EXIT_SECONDS = 3.0
# Lines and calls are wanted sooner than metrics: an idle instance may be frozen.
MAX_BATCH_SECONDS = 15.0
QUEUE_CAPACITY = 8_192
STORAGE_BYTES = 10 * 1024 * 1024
STORAGE_SECONDS = 24 * 60 * 60
METRIC_NAMESPACE = "cv_engine"
_AGGREGATION = 1  # the protocol's DataPointType

logger = get_logger(__name__)


class RetryingTransport:
    """Keeps what could not be sent for another try, also while the exporter's reports on itself are off.

    opencensus returns from a failed connection only where it counts it for those reports, else it drops
    the batch. So it counts, once it has been made; nobody reads the counts.
    """

    _is_made = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._is_made = True

    def _check_stats_collection(self) -> bool:
        return self._is_made or super()._check_stats_collection()  # type: ignore[misc]


class LogHandler(RetryingTransport, AzureLogHandler):  # type: ignore[misc]  # opencensus ships no types
    """Queues what ``exported_line`` lets through; the record itself, and what it refers to, is let go."""

    # opencensus sets the lock to None, on which Python 3.13 raises with every line.
    createLock = logging.Handler.createLock  # noqa: N815
    _is_closed = False

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the line for the worker; what the exporter's own threads say is left out."""
        if execution_context.is_exporter():
            return
        try:
            line = exported_line(record)
            if line is not None:
                told = exported_record(record, line)
                told.custom_dimensions = line.properties
                super().emit(told)
        except Exception:  # noqa: BLE001  (a record may hold anything, and telemetry never raises into work)
            return

    def flush(self, timeout: float | None = None) -> None:
        """Do nothing: logging calls this at the process's end, when all has been sent already."""

    def close(self, timeout: float | None = None) -> None:
        """Stop the worker; the second time, which is logging's at the process's end, do nothing."""
        if not self._is_closed:
            self._is_closed = True
            super().close(timeout)


class SpanExporter(RetryingTransport, AzureExporter):  # type: ignore[misc]
    """Tells a span's outcome as the dependency's result code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Each would wait for its own grace period at the process's end.
        atexit.unregister(self._stop)
        atexit.unregister(self._worker.stop)

    def span_data_to_envelope(self, span: SpanData) -> Iterator[Envelope]:
        """The envelope of opencensus, with what Application Insights shows of a dependency."""
        for envelope in super().span_data_to_envelope(span):
            dependency = envelope.data.baseData
            told = dependency.properties
            dependency.type = f"GenAI | {told['gen_ai.provider.name']}"
            dependency.target = f"{told.get('server.address')}:{told.get('server.port')}"
            dependency.resultCode = told.get("error.type", SUCCESS)
            yield envelope

    def close(self, timeout_seconds: float) -> None:
        """Stop the worker."""
        self._stop(timeout_seconds)


class PointExporter(RetryingTransport, MetricsExporter):  # type: ignore[misc]
    """Sends ``MetricPoint``s, sums with their count among them, which opencensus's own metrics cannot be."""

    def metric_to_envelopes(self, metric: MetricPoint) -> list[Envelope]:
        """One envelope per point."""
        point = DataPoint(ns=METRIC_NAMESPACE, name=metric.name, value=metric.value)
        if metric.count is not None:
            point.kind, point.count = _AGGREGATION, metric.count
        if metric.minimum is not None:
            point.min, point.max = metric.minimum, metric.maximum
        return [self._create_envelope(point, datetime.now(UTC), dict(metric.properties))]


@dataclass(frozen=True, slots=True)
class _Order:
    is_last: bool
    done: threading.Event = field(default_factory=threading.Event)


class MetricsThread(threading.Thread):
    """Exports every interval and on demand; a daemon, so that no process waits for it."""

    def __init__(
        self, exporter: PointExporter, read: Callable[[], list[MetricPoint]], interval_seconds: float
    ) -> None:
        super().__init__(name="telemetry-metrics", daemon=True)
        self._exporter = exporter
        self._read = read
        self._interval_seconds = interval_seconds
        self._orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()

    def order(self, *, is_last: bool = False) -> threading.Event:
        """Export now; the event is set when that was tried."""
        order = _Order(is_last)
        self._orders.put(order)
        return order.done

    def run(self) -> None:
        """Export until the last order."""
        execution_context.set_is_exporter(True)
        order: _Order | None = None
        while order is None or not order.is_last:
            try:
                order = self._orders.get(timeout=self._interval_seconds)
            except queue.Empty:
                order = None
            try:
                self._exporter.export_metrics(self._read())
            except Exception as error:  # noqa: BLE001  (the next interval is tried all the same)
                log_unexpected(logger, "metrics_not_exported", error)
            if order is not None:
                order.done.set()


class OpenCensusExporting:
    """See ``Exporting``."""

    def __init__(
        self,
        logs: LogHandler,
        spans: SpanExporter,
        points: PointExporter,
        metrics: MetricsThread,
        observer: GenAITelemetry,
    ) -> None:
        self.observer = observer
        self._logs = logs
        self._spans = spans
        self._points = points
        self._metrics = metrics
        self._is_running = True
        atexit.register(self.shutdown)

    def flush(self, timeout_seconds: float) -> bool:
        """See ``Exporting.flush``."""
        return self._send(time.monotonic() + timeout_seconds, is_last=False)

    def shutdown(self) -> None:
        """See ``Exporting.shutdown``."""
        if not self._is_running:
            return
        self._is_running = False
        atexit.unregister(self.shutdown)
        logging.getLogger().removeHandler(self._logs)
        deadline = time.monotonic() + EXIT_SECONDS
        self._send(deadline, is_last=True)
        for close in (self._logs.close, self._spans.close):
            close(max(deadline - time.monotonic(), 0.01))
        self._points.shutdown()

    def _send(self, deadline: float, *, is_last: bool) -> bool:
        done = [self._metrics.order(is_last=is_last)]
        for exporter in (self._logs, self._spans):
            # opencensus's own flush returns at once where the worker already holds what the queue held.
            event = QueueEvent("flush")
            exporter._queue.put(event, block=False)
            done.append(event.event)
        return all(event.wait(max(deadline - time.monotonic(), 0)) for event in done)


def start_opencensus(target: ExportTarget, metrics: MetricsSource) -> OpenCensusExporting:
    """Attach the log handler to the root logger, and start the three exporters.

    Raises:
        SettingsError: opencensus cannot read the connection string in the environment.
    """
    options: dict[str, Any] = {
        "connection_string": target.connection_string,
        "credential": target.credential,
        "export_interval": min(target.interval_seconds, MAX_BATCH_SECONDS),
        "grace_period": EXIT_SECONDS,
        "queue_capacity": QUEUE_CAPACITY,
        "storage_path": str(target.storage_folder),
        "storage_max_size": STORAGE_BYTES,
        "storage_retention_period": STORAGE_SECONDS,
        "enable_standard_metrics": False,
    }
    try:
        logs, spans, points = LogHandler(**options), SpanExporter(**options), PointExporter(**options)
    except ValueError:
        raise SettingsError(
            "Settings: APPLICATIONINSIGHTS_CONNECTION_STRING: opencensus reads Key=value pairs with one "
            "semicolon between them and none at the end"
        ) from None
    # One line for every one that a full queue turns away would be the flood itself.
    logging.getLogger("opencensus.common.schedule").setLevel(logging.ERROR)
    for exporter in (logs, spans, points):
        exporter.add_telemetry_processor(_role_tag(target.role))
    meter = SummingMeter(SCOPE)
    tracer = ExportedTracer(lambda span: spans.export([span]))
    observer = GenAITelemetry(target.model_endpoint, tracer=tracer, meter=meter)
    deltas = RegistryDeltas(metrics.registry)
    thread = MetricsThread(points, lambda: deltas.read() + meter.drain(), target.interval_seconds)
    thread.start()
    # Before the handler is attached: the first line gives a bare process a handler on stderr.
    logger.info("telemetry_started", exporter="opencensus")
    logs.setLevel(logging.INFO)
    logging.getLogger().addHandler(logs)
    for name in OWN_LOGGERS:
        # Not the root's level: at INFO the Azure SDKs log URLs, and those hold names of files.
        if logging.getLogger(name).level == logging.NOTSET:
            logging.getLogger(name).setLevel(logging.INFO)
    return OpenCensusExporting(logs, spans, points, thread, observer)


def _role_tag(role: str) -> Callable[[Envelope], None]:
    def tag(envelope: Envelope) -> None:
        envelope.tags["ai.cloud.role"] = role

    return tag
