"""A tracer and a meter for ``GenAITelemetry`` that end in opencensus instead of an OpenTelemetry SDK.

So the GenAI conventions' names have one owner, ``telemetry.tracing``, whichever exporter is chosen.
"""

# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from opencensus.common.utils import to_iso_str
from opencensus.trace.span import SpanKind
from opencensus.trace.span_context import SpanContext
from opencensus.trace.span_data import SpanData
from opencensus.trace.status import Status
from opentelemetry import metrics, trace
from opentelemetry.trace import format_span_id, format_trace_id

from shared_code.telemetry.metric_points import MetricPoint

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.util.types import Attributes

_OK, _UNKNOWN = 0, 2  # opencensus counts as gRPC does
_NANOSECONDS_PER_SECOND = 1_000_000_000


class ExportedTracer(trace.NoOpTracer):
    """Hands every span to ``export`` when it ends, as a child of the span that is current then."""

    def __init__(self, export: Callable[[SpanData], None]) -> None:
        self._export = export

    def start_span(
        self,
        name: str,
        context: Context | None = None,
        kind: trace.SpanKind = trace.SpanKind.INTERNAL,
        attributes: Attributes = None,
        links: Sequence[trace.Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> trace.Span:
        """A span that began at ``start_time``, in nanoseconds since the epoch."""
        parent = trace.get_current_span(context).get_span_context()
        return _ExportedSpan(name, attributes, start_time or 0, parent, self._export)


class _ExportedSpan(trace.NonRecordingSpan):
    def __init__(
        self,
        name: str,
        attributes: Attributes,
        started_ns: int,
        parent: trace.SpanContext,
        export: Callable[[SpanData], None],
    ) -> None:
        trace_id = parent.trace_id if parent.is_valid else secrets.randbits(128) | 1
        super().__init__(trace.SpanContext(trace_id, secrets.randbits(64) | 1, is_remote=False))
        self._name = name
        self._properties = _properties(attributes)
        self._started_ns = started_ns
        self._parent = parent
        self._code = _OK
        self._export = export

    def set_status(self, status: trace.Status | trace.StatusCode, description: str | None = None) -> None:
        code = status.status_code if isinstance(status, trace.Status) else status
        self._code = _UNKNOWN if code is trace.StatusCode.ERROR else _OK

    def end(self, end_time: int | None = None) -> None:
        own = self.get_span_context()
        self._export(
            SpanData(
                name=self._name,
                context=SpanContext(trace_id=format_trace_id(own.trace_id)),
                span_id=format_span_id(own.span_id),
                parent_span_id=format_span_id(self._parent.span_id) if self._parent.is_valid else None,
                attributes=self._properties,
                start_time=_iso(self._started_ns),
                end_time=_iso(end_time or self._started_ns),
                child_span_count=0,
                stack_trace=None,
                annotations=None,
                message_events=None,
                links=None,
                status=Status(self._code),
                same_process_as_parent_span=True,
                span_kind=SpanKind.CLIENT,
            )
        )


class SummingMeter(metrics.NoOpMeter):
    """Gathers what its histograms record until it is drained; for many threads."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._series: dict[tuple[str, tuple[tuple[str, str], ...]], list[float]] = {}
        self._lock = Lock()

    def create_histogram(self, name: str, *args: Any, **options: Any) -> metrics.Histogram:
        """A histogram of count, sum, smallest and largest; it has no buckets."""
        return _SummingHistogram(name, self._record)

    def drain(self) -> list[MetricPoint]:
        """What was recorded since the last time."""
        with self._lock:
            series, self._series = self._series, {}
        return [
            MetricPoint(name, dict(properties), total, int(count), smallest, largest)
            for (name, properties), (count, total, smallest, largest) in series.items()
        ]

    def _record(self, name: str, amount: float, attributes: Attributes) -> None:
        series = (name, tuple(sorted(_properties(attributes).items())))
        with self._lock:
            count, total, smallest, largest = self._series.get(series, (0, 0.0, amount, amount))
            self._series[series] = [count + 1, total + amount, min(smallest, amount), max(largest, amount)]


class _SummingHistogram(metrics.NoOpHistogram):
    def __init__(self, name: str, record: Callable[[str, float, Attributes], None]) -> None:
        super().__init__(name)
        self._histogram_name = name
        self._record = record

    def record(self, amount: float, attributes: Attributes = None, context: Context | None = None) -> None:
        self._record(self._histogram_name, amount, attributes)


def _properties(attributes: Attributes) -> dict[str, str]:
    """Application Insights' properties are texts."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in (attributes or {}).items()
    }


def _iso(nanoseconds: int) -> str:
    return str(to_iso_str(datetime.fromtimestamp(nanoseconds / _NANOSECONDS_PER_SECOND, UTC)))
