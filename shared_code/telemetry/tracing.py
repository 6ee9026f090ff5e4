"""The OpenAI client's spans and metrics after OpenTelemetry's conventions for generative AI.

Only the OpenTelemetry API is used, which does nothing until somebody installs an SDK. The names are
those of https://opentelemetry.io/docs/specs/semconv/gen-ai/ (status: development); what these have no
name for stands under ``cv_engine.``. Import this module inside the function that makes the first
call's client: waking up must not load ``opentelemetry``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from opentelemetry import metrics, trace

from shared_code.observation import SUCCESS, AttemptRecord, CallRecord

SCOPE = "cv_engine.openai_client"
# The boundaries that the conventions advise.
TOKEN_BUCKETS = tuple(4**power for power in range(14))
DURATION_BUCKETS = tuple(0.01 * 2**power for power in range(14))

_DEFAULT_PORTS = {"https": 443, "http": 80}
_NANOSECONDS_PER_SECOND = 1_000_000_000
# The model of an answer is the provider's word, and no place for a text.
_MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}")

_Attributes = dict[str, str | bool | int | float]


class GenAITelemetry:
    """An ``Observer`` that makes a client span, a duration and token counts of every call.

    A span stands for a whole call, with its retries and waits, as the conventions want it, and belongs to
    the span that is current where the call ends. Nothing of a prompt or an answer is in it.

    Args:
        endpoint: URL of the model's API, as in ``AZURE_OPENAI_ENDPOINT``.
        tracer: By default the one of the installed SDK, now or later.
        meter: Likewise.
        clock_ns: Nanoseconds since the epoch.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        tracer: trace.Tracer | None = None,
        meter: metrics.Meter | None = None,
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._tracer = tracer or trace.get_tracer(SCOPE)
        self._clock_ns = clock_ns
        self._endpoint_attributes = _endpoint_attributes(endpoint)
        meter = meter or metrics.get_meter(SCOPE)
        self._tokens = meter.create_histogram(
            "gen_ai.client.token.usage",
            unit="{token}",
            description="Number of input and output tokens used.",
            explicit_bucket_boundaries_advisory=TOKEN_BUCKETS,
        )
        self._duration = meter.create_histogram(
            "gen_ai.client.operation.duration",
            unit="s",
            description="GenAI operation duration.",
            explicit_bucket_boundaries_advisory=DURATION_BUCKETS,
        )

    def attempt_ended(self, attempt: AttemptRecord) -> None:
        """Makes nothing: the conventions count calls, and the call's record holds its attempts' sums."""

    def call_ended(self, call: CallRecord) -> None:
        """See ``Observer.call_ended``."""
        common = self._common_attributes(call)
        ended = common if call.outcome == SUCCESS else common | {"error.type": call.outcome}
        self._make_span(call, ended)
        self._duration.record(call.duration_seconds, ended)
        if call.usage.total_tokens:
            self._tokens.record(call.usage.input_tokens, common | {"gen_ai.token.type": "input"})
            if call.operation == "chat":
                self._tokens.record(call.usage.output_tokens, common | {"gen_ai.token.type": "output"})

    def asked_again(self, assistant: str) -> None:
        """Makes nothing: what is asked again is a call, with a span of its own."""

    def _common_attributes(self, call: CallRecord) -> _Attributes:
        attributes: _Attributes = {
            "gen_ai.operation.name": call.operation,
            "gen_ai.request.model": call.model,
            **self._endpoint_attributes,
        }
        if call.response_model is not None and _MODEL_NAME.fullmatch(call.response_model):
            attributes["gen_ai.response.model"] = call.response_model
        return attributes

    def _make_span(self, call: CallRecord, attributes: _Attributes) -> None:
        ended_ns = self._clock_ns()
        # Given whole at the start, because samplers decide by what they see there.
        span = self._tracer.start_span(
            f"{call.operation} {call.model}",
            kind=trace.SpanKind.CLIENT,
            attributes=attributes | _usage_attributes(call) | _own_attributes(call),
            start_time=ended_ns - round(call.duration_seconds * _NANOSECONDS_PER_SECOND),
        )
        if call.outcome != SUCCESS:
            span.set_status(trace.StatusCode.ERROR)
        span.end(ended_ns)


def _usage_attributes(call: CallRecord) -> _Attributes:
    """What was billed; nothing where nothing was, because zero tokens would say the model answered."""
    usage = call.usage
    if not usage.total_tokens:
        return {}
    attributes: _Attributes = {"gen_ai.usage.input_tokens": usage.input_tokens}
    if call.operation == "chat":
        attributes["gen_ai.usage.output_tokens"] = usage.output_tokens
    if usage.cached_input_tokens:
        attributes["gen_ai.usage.cache_read.input_tokens"] = usage.cached_input_tokens
    if usage.reasoning_tokens:
        attributes["gen_ai.usage.reasoning.output_tokens"] = usage.reasoning_tokens
    return attributes


def _own_attributes(call: CallRecord) -> _Attributes:
    attributes: _Attributes = {
        "cv_engine.deployment": call.deployment,
        "cv_engine.outcome": call.outcome,
        "cv_engine.attempts": call.attempts,
        "cv_engine.fallback_used": call.fallback_used,
        "cv_engine.limited_seconds": call.limited_seconds,
    }
    if call.cost_micro_usd is not None:
        attributes["cv_engine.cost_micro_usd"] = call.cost_micro_usd
    return attributes


def _endpoint_attributes(endpoint: str) -> _Attributes:
    """Whose API it is and where. A root of its own (``/v1``) is OpenAI's; all else is reached as Azure's."""
    url = urlsplit(endpoint)
    path = url.path.rstrip("/")
    is_azure = not path.endswith("/v1") or path.endswith("/openai/v1")
    attributes: _Attributes = {"gen_ai.provider.name": "azure.ai.openai" if is_azure else "openai"}
    if url.hostname:
        attributes["server.address"] = url.hostname
        attributes["server.port"] = url.port or _DEFAULT_PORTS.get(url.scheme, 443)
    return attributes
