"""Running totals become sums per interval, and spans and sums of model calls end in opencensus."""

from __future__ import annotations

import math
from typing import Any

import pytest
from opentelemetry import trace
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, Summary

from shared_code.telemetry.app_insights import STATSBEAT_SWITCH
from shared_code.telemetry.metric_points import MetricPoint, RegistryDeltas
from shared_code.telemetry.opencensus_bridge import PointExporter
from shared_code.telemetry.opencensus_spans import ExportedTracer, SummingMeter

SECOND_NS = 1_000_000_000


@pytest.fixture
def registry() -> CollectorRegistry:
    """An empty one."""
    return CollectorRegistry()


class TestRegistryDeltas:
    """What moved since the last reading."""

    def test_a_counter_tells_its_increase(self, registry: CollectorRegistry) -> None:
        """The whole of it the first time, and nothing while it stands."""
        deltas = RegistryDeltas(registry)
        counter = Counter("cvs", "CVs.", ("outcome",), registry=registry)
        counter.labels("ok").inc(3)
        assert deltas.read() == [MetricPoint("cvs_total", {"outcome": "ok"}, 3)]
        assert deltas.read() == []
        counter.labels("ok").inc()
        counter.labels("failed").inc(2)
        assert deltas.read() == [
            MetricPoint("cvs_total", {"outcome": "ok"}, 1),
            MetricPoint("cvs_total", {"outcome": "failed"}, 2),
        ]

    def test_a_counter_that_fell_has_begun_again(self, registry: CollectorRegistry) -> None:
        """A fall is no negative increase."""
        deltas = RegistryDeltas(registry)
        counter = Counter("cvs", "CVs.", registry=registry)
        counter.inc(5)
        deltas.read()
        counter.reset()
        counter.inc(2)
        assert deltas.read() == [MetricPoint("cvs_total", {}, 2)]

    def test_a_gauge_is_told_as_it_stands(self, registry: CollectorRegistry) -> None:
        """Every time, moved or not."""
        deltas = RegistryDeltas(registry)
        Gauge("state", "State.", registry=registry).set(2)
        assert deltas.read() == deltas.read() == [MetricPoint("state", {}, 2)]

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf], ids=str)
    def test_what_json_cannot_hold_is_left_out(self, registry: CollectorRegistry, value: float) -> None:
        """It would spoil the batch for all others."""
        Gauge("state", "State.", registry=registry).set(value)
        assert RegistryDeltas(registry).read() == []

    @pytest.mark.parametrize("kind", [Histogram, Summary])
    def test_a_distribution_tells_count_and_sum(self, registry: CollectorRegistry, kind: Any) -> None:
        """Of the interval alone; the extremes are not known."""
        deltas = RegistryDeltas(registry)
        seconds = kind("seconds", "Seconds.", ("operation",), registry=registry).labels("chat")
        seconds.observe(1.5)
        seconds.observe(2.5)
        assert deltas.read() == [MetricPoint("seconds", {"operation": "chat"}, 4.0, 2)]
        seconds.observe(0)
        assert deltas.read() == [MetricPoint("seconds", {"operation": "chat"}, 0.0, 1)]
        assert deltas.read() == []

    def test_what_is_no_number_is_left_out(self, registry: CollectorRegistry) -> None:
        """A build's name is no metric there."""
        Info("build", "Build.", registry=registry).info({"version": "1"})
        assert RegistryDeltas(registry).read() == []


class TestPointExporter:
    """Points on the wire."""

    @pytest.fixture
    def exporter(self, monkeypatch: pytest.MonkeyPatch) -> PointExporter:
        """One that sends nothing and keeps nothing."""
        monkeypatch.setenv(STATSBEAT_SWITCH, "true")
        key = "InstrumentationKey=0a1b2c3d-1111-2222-3333-444455556666"
        return PointExporter(connection_string=key, enable_local_storage=False)

    @pytest.mark.parametrize(
        ("point", "on_the_wire"),
        [
            (MetricPoint("state", {}, 2.0), {"value": 2.0}),
            (MetricPoint("seconds", {}, 4.0, 2), {"value": 4.0, "kind": 1, "count": 2}),
            (
                MetricPoint("tokens", {}, 40.0, 2, 10, 30),
                {"value": 40.0, "kind": 1, "count": 2, "min": 10, "max": 30},
            ),
        ],
        ids=["measurement", "sum-and-count", "with-extremes"],
    )
    def test_an_aggregate_says_so(
        self, exporter: PointExporter, point: MetricPoint, on_the_wire: dict[str, float]
    ) -> None:
        """And what is not known is not sent as nothing."""
        [envelope] = exporter.metric_to_envelopes(point)
        [told] = envelope.data.baseData.metrics
        assert dict(told) == {"ns": "cv_engine", "name": point.name, **on_the_wire}


class TestSummingMeter:
    """Histograms without buckets."""

    def test_it_tells_count_sum_and_extremes_of_each_series(self) -> None:
        """And begins anew when drained."""
        meter = SummingMeter("test")
        tokens = meter.create_histogram("tokens", unit="{token}", description="Tokens.")
        tokens.record(10, {"kind": "input", "port": 443})
        tokens.record(30, {"port": 443, "kind": "input"})
        tokens.record(5, {"kind": "output"})
        assert meter.drain() == [
            MetricPoint("tokens", {"kind": "input", "port": "443"}, 40, 2, 10, 30),
            MetricPoint("tokens", {"kind": "output"}, 5, 1, 5, 5),
        ]
        assert meter.drain() == []


class TestExportedTracer:
    """Spans as opencensus wants them."""

    def test_a_span_is_handed_on_when_it_ends(self) -> None:
        """With its name, times, attributes as texts, and the code of success."""
        spans: list[Any] = []
        span = ExportedTracer(spans.append).start_span(
            "chat m", attributes={"attempts": 2, "is_new": True, "model": "m"}, start_time=SECOND_NS
        )
        assert spans == []
        span.end(SECOND_NS * 3 // 2)
        [told] = spans
        assert (told.name, told.start_time, told.end_time) == (
            "chat m",
            "1970-01-01T00:00:01.000000Z",
            "1970-01-01T00:00:01.500000Z",
        )
        assert told.attributes == {"attempts": "2", "is_new": "true", "model": "m"}
        assert told.status.code == 0
        assert told.parent_span_id is None
        assert int(told.context.trace_id, 16)
        assert len(told.span_id) == 16

    @pytest.mark.parametrize(
        "status",
        [trace.StatusCode.ERROR, trace.Status(trace.StatusCode.ERROR, "why")],
        ids=["code", "status"],
    )
    def test_a_failure_is_one_there_too(self, status: trace.Status | trace.StatusCode) -> None:
        """However it is set."""
        spans: list[Any] = []
        span = ExportedTracer(spans.append).start_span("chat m", start_time=0)
        span.set_status(status)
        span.end(1)
        assert spans[0].status.code != 0

    def test_a_span_belongs_to_the_current_one(self) -> None:
        """So that a request and its model calls stand in one transaction."""
        spans: list[Any] = []
        request = trace.NonRecordingSpan(trace.SpanContext(0xABC, 0xDEF, is_remote=True))
        with trace.use_span(request):
            ExportedTracer(spans.append).start_span("chat m", start_time=0).end(1)
        assert spans[0].context.trace_id == f"{0xABC:032x}"
        assert spans[0].parent_span_id == f"{0xDEF:016x}"
