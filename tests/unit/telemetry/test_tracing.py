"""Spans and metrics after the GenAI conventions, read back from a real OpenTelemetry SDK."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, Sampler, SamplingResult
from opentelemetry.trace import SpanKind, StatusCode, Tracer

from shared_code.accounting.usage import Usage
from shared_code.observation import AttemptRecord, CallRecord, Observer, Observers
from shared_code.telemetry.tracing import GenAITelemetry

ROOT = Path(__file__).parents[3]
ENDPOINT = "https://example-resource.openai.azure.com"
NOW_NS = 1_800_000_000_000_000_000
CALL = CallRecord(
    operation="chat",
    deployment="chat-eu",
    model="gpt-4.1-mini",
    outcome="ok",
    duration_seconds=2.5,
    limited_seconds=0.5,
    attempts=2,
    fallback_used=True,
    usage=Usage(1000, 400, 100, 30),
    cost_micro_usd=560,
    response_model="gpt-4.1-mini-2025-04-14",
)
COMMON = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "azure.ai.openai",
    "gen_ai.request.model": "gpt-4.1-mini",
    "gen_ai.response.model": "gpt-4.1-mini-2025-04-14",
    "server.address": "example-resource.openai.azure.com",
    "server.port": 443,
}


@dataclass
class Sdk:
    """An SDK that keeps what it is given, and the telemetry that gives it."""

    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader
    tracer: Tracer
    telemetry: GenAITelemetry

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    def points(self, name: str) -> list[HistogramDataPoint]:
        data = self.reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else [])
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
            if isinstance(point, HistogramDataPoint)
        ]


def _sdk(endpoint: str = ENDPOINT, sampler: Sampler | None = None) -> Sdk:
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers = TracerProvider(sampler=sampler)
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = tracers.get_tracer("test")
    meter = MeterProvider([reader]).get_meter("test")
    return Sdk(
        exporter,
        reader,
        tracer,
        GenAITelemetry(endpoint, tracer=tracer, meter=meter, clock_ns=lambda: NOW_NS),
    )


def _span(call: CallRecord, endpoint: str = ENDPOINT) -> ReadableSpan:
    sdk = _sdk(endpoint)
    sdk.telemetry.call_ended(call)
    [span] = sdk.spans
    return span


def _attributes(call: CallRecord, endpoint: str = ENDPOINT) -> Mapping[str, Any]:
    return dict(_span(call, endpoint).attributes or {})


def test_the_span_is_a_client_span_named_after_operation_and_model() -> None:
    """The conventions' name and kind, by which backends find calls of models."""
    span = _span(CALL)
    assert span.name == "chat gpt-4.1-mini"
    assert span.kind is SpanKind.CLIENT
    assert span.status.status_code is StatusCode.UNSET


def test_the_span_lasts_as_long_as_the_call() -> None:
    """It ends now and began a call's duration before, though it is made at the end."""
    span = _span(CALL)
    assert span.end_time == NOW_NS
    assert span.start_time == NOW_NS - 2_500_000_000


def test_the_span_carries_the_whole_record() -> None:
    """Conventional names where there are some, the project's own for the rest, and no further ones."""
    assert _attributes(CALL) == {
        **COMMON,
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.cache_read.input_tokens": 400,
        "gen_ai.usage.output_tokens": 100,
        "gen_ai.usage.reasoning.output_tokens": 30,
        "cv_engine.outcome": "ok",
        "cv_engine.deployment": "chat-eu",
        "cv_engine.attempts": 2,
        "cv_engine.fallback_used": True,
        "cv_engine.limited_seconds": 0.5,
        "cv_engine.cost_micro_usd": 560,
    }


def test_an_unknown_cost_is_left_out() -> None:
    """None is no number, and zero would be a lie."""
    assert "cv_engine.cost_micro_usd" not in _attributes(replace(CALL, cost_micro_usd=None))


def test_a_failed_call_is_an_error_span() -> None:
    """The error's code is its type; the status says error, and no description quotes anything."""
    span = _span(replace(CALL, outcome="deadlineExceeded", usage=Usage(), response_model=None))
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description is None
    attributes = dict(span.attributes or {})
    assert attributes["error.type"] == "deadlineExceeded"
    assert "gen_ai.response.model" not in attributes
    assert not {name for name in attributes if name.startswith("gen_ai.usage.")}


def test_a_failed_call_that_was_billed_says_for_what() -> None:
    """Rejected and truncated answers cost as well."""
    attributes = _attributes(replace(CALL, outcome="truncatedAnswer"))
    assert attributes["gen_ai.usage.output_tokens"] == 100
    assert attributes["cv_engine.cost_micro_usd"] == 560


def test_embeddings_have_no_output() -> None:
    """Neither the span nor the metric counts tokens that this operation cannot have."""
    sdk = _sdk()
    sdk.telemetry.call_ended(replace(CALL, operation="embeddings", usage=Usage(12)))
    [span] = sdk.spans
    usage = {name: value for name, value in (span.attributes or {}).items() if "usage" in name}
    assert usage == {"gen_ai.usage.input_tokens": 12}
    points = sdk.points("gen_ai.client.token.usage")
    assert [dict(point.attributes or {})["gen_ai.token.type"] for point in points] == ["input"]


@pytest.mark.parametrize("text", ["Ada Example, born 1990", "ada@example.com", "x" * 101, ""])
def test_the_model_of_an_answer_is_no_place_for_a_text(text: str) -> None:
    """It is the provider's word: what does not look like a model's name is left out."""
    sdk = _sdk()
    sdk.telemetry.call_ended(replace(CALL, response_model=text))
    [span] = sdk.spans
    [point] = sdk.points("gen_ai.client.operation.duration")
    assert "gen_ai.response.model" not in (span.attributes or {})
    assert "gen_ai.response.model" not in (point.attributes or {})


@pytest.mark.parametrize(
    ("endpoint", "provider", "address", "port"),
    [
        pytest.param(ENDPOINT, "azure.ai.openai", "example-resource.openai.azure.com", 443, id="azure"),
        pytest.param(
            f"{ENDPOINT}/openai/v1/", "azure.ai.openai", COMMON["server.address"], 443, id="azure-v1"
        ),
        pytest.param("http://127.0.0.1:8801", "azure.ai.openai", "127.0.0.1", 8801, id="emulator"),
        pytest.param(
            "http://gateway.example.com", "azure.ai.openai", "gateway.example.com", 80, id="gateway"
        ),
        pytest.param("https://api.openai.com/v1", "openai", "api.openai.com", 443, id="openai"),
        pytest.param(
            "https://models.example.org:8443/v1/", "openai", "models.example.org", 8443, id="own-v1"
        ),
        pytest.param(
            "https://user:pass@m.example.org", "azure.ai.openai", "m.example.org", 443, id="userinfo"
        ),
        pytest.param("http://[::1]:8080", "azure.ai.openai", "::1", 8080, id="ipv6"),
    ],
)
def test_provider_and_server_come_from_the_endpoint(
    endpoint: str, provider: str, address: str, port: int
) -> None:
    """Azure's API unless the endpoint names a root of OpenAI's own; nothing secret of the URL is kept."""
    attributes = _attributes(CALL, endpoint)
    assert attributes["gen_ai.provider.name"] == provider
    assert attributes["server.address"] == address
    assert attributes["server.port"] == port
    assert "pass" not in str(attributes)


def test_the_span_belongs_to_the_one_that_is_current() -> None:
    """A trace shows which work asked the model."""
    sdk = _sdk()
    with sdk.tracer.start_as_current_span("analysis") as parent:
        sdk.telemetry.call_ended(CALL)
    span = sdk.spans[0]
    assert span.parent is not None
    assert span.parent.span_id == parent.get_span_context().span_id


class Recalling(Sampler):
    """Drops every span, and remembers what it was shown to decide by."""

    def __init__(self) -> None:
        self.shown: dict[str, Any] = {}

    def should_sample(self, *args: Any, **kwargs: Any) -> SamplingResult:
        self.shown = dict(next(value for value in (*args, *kwargs.values()) if isinstance(value, Mapping)))
        return ALWAYS_OFF.should_sample(*args, **kwargs)

    def get_description(self) -> str:
        return ALWAYS_OFF.get_description()


def test_samplers_see_the_attributes_and_metrics_outlive_them() -> None:
    """Sampling is decided at the start, by what the call came to; a dropped span is counted all the same."""
    sampler = Recalling()
    sdk = _sdk(sampler=sampler)
    sdk.telemetry.call_ended(replace(CALL, outcome="modelServerError"))
    assert sdk.spans == ()
    assert sampler.shown.items() >= {**COMMON, "error.type": "modelServerError"}.items()
    assert [point.count for point in sdk.points("gen_ai.client.operation.duration")] == [1]


def test_the_duration_is_recorded_with_the_advised_bounds() -> None:
    """Seconds, by the conventions' attributes, cut where they advise."""
    sdk = _sdk()
    sdk.telemetry.call_ended(CALL)
    [point] = sdk.points("gen_ai.client.operation.duration")
    assert point.sum == 2.5
    assert dict(point.attributes or {}) == COMMON
    assert point.explicit_bounds == pytest.approx(
        (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
    )


def test_the_duration_of_a_failure_names_the_error() -> None:
    """Failures are told apart from successes, and from each other."""
    sdk = _sdk()
    sdk.telemetry.call_ended(replace(CALL, outcome="modelConnection"))
    [point] = sdk.points("gen_ai.client.operation.duration")
    assert dict(point.attributes or {}) == {**COMMON, "error.type": "modelConnection"}


def test_tokens_are_recorded_by_type() -> None:
    """Input and output, each whole: cached and reasoning tokens are in them already."""
    sdk = _sdk()
    sdk.telemetry.call_ended(CALL)
    points = sdk.points("gen_ai.client.token.usage")
    assert {dict(point.attributes or {})["gen_ai.token.type"]: point.sum for point in points} == {
        "input": 1000,
        "output": 100,
    }
    for point in points:
        attributes = dict(point.attributes or {})
        attributes.pop("gen_ai.token.type")
        assert attributes == COMMON
        assert point.explicit_bounds == (
            1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864
        )  # fmt: skip


def test_no_tokens_are_recorded_where_none_were_billed() -> None:
    """The conventions forbid to report usage that is not known."""
    sdk = _sdk()
    sdk.telemetry.call_ended(replace(CALL, outcome="modelServerError", usage=Usage()))
    assert sdk.points("gen_ai.client.token.usage") == []


def test_attempts_and_reasks_make_no_spans() -> None:
    """A span is a call; its attempts are counted in it."""
    sdk = _sdk()
    observer: Observer = sdk.telemetry
    observer.attempt_ended(AttemptRecord("chat", "chat-eu", "gpt-4.1-mini", "ok", 1.0, Usage(1, 0, 1, 0), 1))
    observer.asked_again("cv_data_extractor")
    assert sdk.spans == ()
    Observers(observer).call_ended(CALL)
    assert len(sdk.spans) == 1


RECORD = (
    "from shared_code.accounting.usage import Usage\n"
    "from shared_code.observation import CallRecord\n"
    "from shared_code.telemetry.tracing import GenAITelemetry\n"
    "telemetry = GenAITelemetry('https://example-resource.openai.azure.com')\n"
    "call = CallRecord('chat', 'a', 'm', 'refused', 1.0, 0.0, 1, False, Usage(1, 0, 1, 0), 1)\n"
    "telemetry.call_ended(call)\n"
)


def _run(code: str) -> str:
    """What a fresh interpreter prints: providers can be installed only once in a process."""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    return run.stdout.strip()


def test_without_an_sdk_nothing_happens() -> None:
    """No error, no output, no SDK loaded, even where there is none to load."""
    hidden = "import sys\nsys.modules['opentelemetry.sdk'] = None\n"
    assert (
        _run(f"{hidden}{RECORD}print([n for n in sys.modules if n.startswith('opentelemetry.sdk.')])") == "[]"
    )


def test_an_sdk_installed_later_is_used() -> None:
    """Whoever installs an SDK after the client was made gets the calls from then on."""
    install = (
        "from opentelemetry import trace\n"
        "from opentelemetry.sdk.trace import TracerProvider\n"
        "from opentelemetry.sdk.trace.export import SimpleSpanProcessor\n"
        "from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter\n"
        "exporter = InMemorySpanExporter()\n"
        "provider = TracerProvider()\n"
        "provider.add_span_processor(SimpleSpanProcessor(exporter))\n"
        "trace.set_tracer_provider(provider)\n"
        "telemetry.call_ended(call)\n"
        "print([span.name for span in exporter.get_finished_spans()])\n"
    )
    assert _run(RECORD + install) == "['chat m']"
