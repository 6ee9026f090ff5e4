"""Sends logs, metrics and model calls to Application Insights through azure-monitor-opentelemetry.

The alternative to opencensus, which is out of support. Not installed by default: it is in
``requirements-otel.txt``, which takes the place of ``requirements.txt``.
"""

from __future__ import annotations

import atexit
import logging
import os
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from opentelemetry import metrics as otel_metrics
from opentelemetry import trace

from shared_code.errors import SettingsError
from shared_code.telemetry.exported_logs import OWN_LOGGERS, exported_line, exported_record
from shared_code.telemetry.logging import get_logger, log_unexpected
from shared_code.telemetry.tracing import SCOPE, GenAITelemetry

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Metric

    from shared_code.telemetry.app_insights import ExportTarget, MetricsSource

EXIT_SECONDS = 3.0
RELAY_LOGGER = "cv_engine.exported"
# The distribution instruments these where it finds them; their spans hold URLs, and those names of files.
INSTRUMENTED = (
    *("azure_sdk", "django", "fastapi", "flask", "httpx", "httpx2", "psycopg2"),
    *("requests", "urllib", "urllib3"),
)
# What else would speak to its maker, or to a machine's metadata service.
_QUIET = {
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "true",
    "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "azure_app_service",
}

logger = get_logger(__name__)


class RelayHandler(logging.Handler):
    """Passes what ``exported_line`` lets through on to the logger that the distribution listens to."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._relay = logging.getLogger(RELAY_LOGGER)
        self._relay.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        """Hand on a copy that refers to nothing but texts."""
        try:
            line = exported_line(record)
            if line is not None:
                told = exported_record(record, line)
                for name, value in line.properties.items():
                    # The handler takes all but a record's own attributes for properties.
                    setattr(told, f"cv_engine.{name}" if hasattr(told, name) else name, value)
                self._relay.handle(told)
        except Exception:  # noqa: BLE001  (a record may hold anything, and telemetry never raises into work)
            return


@dataclass(frozen=True, slots=True)
class _Order:
    work: Callable[[], object]
    done: threading.Event = field(default_factory=threading.Event)


class OrderThread(threading.Thread):
    """Does what may take long for those who wait only so long; started early, as none starts at the end."""

    def __init__(self) -> None:
        super().__init__(name="telemetry-orders", daemon=True)
        self._orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()

    def was_done(self, work: Callable[[], object], timeout_seconds: float) -> bool:
        """Whether ``work`` came to its end in time."""
        order = _Order(work)
        self._orders.put(order)
        return order.done.wait(timeout_seconds)

    def run(self) -> None:
        """Work for ever; the process does not wait for a daemon."""
        while True:
            order = self._orders.get()
            try:
                order.work()
            except Exception as error:  # noqa: BLE001  (telemetry never raises into work)
                log_unexpected(logger, "telemetry_not_flushed", error)
            order.done.set()


class OpenTelemetryExporting:
    """See ``Exporting``. The providers are the process's: there is one of each."""

    def __init__(self, observer: GenAITelemetry, relay: RelayHandler, providers: tuple[Any, ...]) -> None:
        self.observer = observer
        self._relay = relay
        self._providers = providers
        self._orders = OrderThread()
        self._orders.start()
        self._is_running = True
        for provider in providers:
            # Each would wait for half a minute at the process's end.
            atexit.unregister(provider.shutdown)
        atexit.register(self.shutdown)

    def flush(self, timeout_seconds: float) -> bool:
        """See ``Exporting.flush``."""

        def flush_all() -> None:
            for provider in self._providers:
                provider.force_flush(round(timeout_seconds * 1000))

        return self._orders.was_done(flush_all, timeout_seconds)

    def shutdown(self) -> None:
        """See ``Exporting.shutdown``."""
        if not self._is_running:
            return
        self._is_running = False
        atexit.unregister(self.shutdown)
        logging.getLogger().removeHandler(self._relay)

        def shut_down_all() -> None:
            for provider in self._providers:
                provider.shutdown()

        self._orders.was_done(shut_down_all, EXIT_SECONDS)


def start_opentelemetry(target: ExportTarget, metrics: MetricsSource) -> OpenTelemetryExporting:
    """Install the SDK's providers, bridge the registry, and relay the root logger's lines.

    Raises:
        SettingsError: The distribution is not installed.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("OTEL_METRIC_EXPORT_INTERVAL", str(round(target.interval_seconds * 1000)))
    try:
        distribution = import_module("azure.monitor.opentelemetry")
    except ImportError:
        raise SettingsError(
            "Settings: TELEMETRY_EXPORTER: opentelemetry needs a package that is not installed; "
            "pip install -r requirements-otel.txt, or set it to opencensus"
        ) from None
    # Before the relay is attached: the first line gives a bare process a handler on stderr.
    logger.info("telemetry_started", exporter="opentelemetry")
    distribution.configure_azure_monitor(
        connection_string=target.connection_string,
        credential=target.credential,
        resource=import_module("opentelemetry.sdk.resources").Resource({"service.name": target.role}),
        logger_name=RELAY_LOGGER,
        instrumentation_options={name: {"enabled": False} for name in INSTRUMENTED},
        enable_live_metrics=False,
        enable_performance_counters=False,
        sampling_ratio=1.0,
        storage_directory=str(target.storage_folder),
    )
    providers = (
        trace.get_tracer_provider(),
        otel_metrics.get_meter_provider(),
        import_module("opentelemetry._logs").get_logger_provider(),
    )
    observe_registry(metrics.registry, otel_metrics.get_meter(SCOPE))
    relay = RelayHandler()
    logging.getLogger().addHandler(relay)
    for name in OWN_LOGGERS:
        if logging.getLogger(name).level == logging.NOTSET:
            logging.getLogger(name).setLevel(logging.INFO)
    return OpenTelemetryExporting(GenAITelemetry(target.model_endpoint), relay, providers)


def observe_registry(registry: CollectorRegistry, meter: otel_metrics.Meter) -> None:
    """Make instruments of the families that ``registry`` holds now; a histogram becomes its sum and count."""
    for family in registry.collect():
        if family.type == "gauge":
            meter.create_observable_gauge(family.name, [_observer(registry, family.name)])
        elif family.type == "counter":
            name = f"{family.name}_total"
            meter.create_observable_counter(name, [_observer(registry, name)])
        elif family.type in ("histogram", "summary"):
            for name in (f"{family.name}_sum", f"{family.name}_count"):
                meter.create_observable_counter(name, [_observer(registry, name)])


def _observer(
    registry: CollectorRegistry, name: str
) -> Callable[[otel_metrics.CallbackOptions], Iterable[otel_metrics.Observation]]:
    def observe(_options: otel_metrics.CallbackOptions) -> Iterable[otel_metrics.Observation]:
        families: Iterable[Metric] = registry.collect()
        for family in families:
            for sample in family.samples:
                if sample.name == name:
                    yield otel_metrics.Observation(sample.value, sample.labels)

    return observe
