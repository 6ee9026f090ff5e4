"""The OpenAI client's Prometheus metrics: what it asked, what came of it, what it cost, how long it waited.

Loads ``prometheus_client``, which waking up must not: import this module inside the function that
makes the first call's client, never at the top of a module that ``function_app`` reaches.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from shared_code.accounting.token_tracker import MICRO_USD_PER_USD
from shared_code.observation import SUCCESS, AttemptRecord, CallRecord, Operation
from shared_code.reliability.circuit_breaker import BreakerState

# Every scraper reads this version of the text format.
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

# 100 ms to 5 s are the service level's; a slow answer, a wait for the limiter and the longest deadline
# stand above them.
SECONDS_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 200.0)

BREAKER_STATES = {BreakerState.CLOSED: 0.0, BreakerState.HALF_OPEN: 1.0, BreakerState.OPEN: 2.0}

# What deployments, assistants and error codes are called. A sentence, an address or a number with
# blanks is none of these, whoever passes it.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}")
OTHER = "other"


class WatchedBreaker(Protocol):
    """A breaker whose state is shown."""

    @property
    def state(self) -> BreakerState:
        """The state as of now."""


class WatchedDeployment(Protocol):
    """A deployment whose breaker is shown."""

    @property
    def name(self) -> str:
        """As in the settings."""

    @property
    def breaker(self) -> WatchedBreaker:
        """What decides whether it is asked."""


@dataclass(frozen=True, slots=True)
class _DeploymentSeries:
    """The series of one operation at one deployment, looked up once: that costs more than counting."""

    call_seconds: Histogram
    attempt_seconds: Histogram
    input_tokens: Counter
    cached_input_tokens: Counter
    output_tokens: Counter
    reasoning_tokens: Counter
    cost_usd: Counter
    unpriced_attempts: Counter


class OpenAIMetrics:
    """An ``Observer`` that counts, and shows the counts in Prometheus' text format.

    Label values are names from the settings, ids of assistants and codes of errors; what does not look
    like a name is counted under ``other``. Safe to use from several threads.

    Args:
        registry: Where the metrics are kept; by default one of their own, so that two never collide.

    Raises:
        ValueError: The registry holds metrics of these names already.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry if registry is not None else CollectorRegistry()
        self._series: dict[tuple[str, str], _DeploymentSeries] = {}
        where = ("operation", "deployment")
        self._requests = self._counter(
            "openai_requests_total", "Calls of the client, retries included in one.", *where, "outcome"
        )
        self._attempts = self._counter(
            "openai_attempts_total",
            "Attempts to have the provider answer, each retry counted.",
            *where,
            "outcome",
        )
        self._call_seconds = self._histogram(
            "openai_request_duration_seconds", "How long calls took, with all their waits.", *where
        )
        self._attempt_seconds = self._histogram(
            "openai_attempt_duration_seconds", "How long the provider took for one request.", *where
        )
        self._tokens = self._counter(
            "openai_tokens_total",
            "Billed tokens; cached_input is part of input, and reasoning part of output.",
            *where,
            "type",
        )
        self._cost_usd = self._counter(
            "openai_cost_usd_total", "Cost of all billed attempts whose price is known, in USD.", *where
        )
        self._unpriced_attempts = self._counter(
            "openai_unpriced_attempts_total",
            "Billed attempts of unknown price, which the cost lacks.",
            *where,
        )
        self._throttled = self._counter(
            "openai_rate_limited_total", "Requests the provider throttled (429).", "deployment"
        )
        self._retry_after_seconds = self._histogram(
            "openai_retry_after_seconds", "Delays the provider asked for with a 429.", "deployment"
        )
        self._limiter_wait_seconds = self._histogram(
            "openai_limiter_wait_seconds", "How long calls waited for our own limiter.", "operation"
        )
        self._fallbacks = self._counter(
            "openai_fallbacks_total", "Calls that ended at a deployment other than the first.", "deployment"
        )
        self._reasks = self._counter(
            "openai_reasks_total", "Answers that broke their schema and were asked for again.", "assistant"
        )
        self._breaker_state = Gauge(
            "openai_breaker_state",
            "State of the deployment's circuit breaker: 0 closed, 1 half-open, 2 open.",
            ("deployment",),
            registry=self.registry,
        )
        for operation in get_args(Operation):
            self._limiter_wait_seconds.labels(operation)

    def watch(self, deployments: Sequence[WatchedDeployment]) -> None:
        """Show the breakers of these deployments, as they stand whenever the metrics are read.

        A deployment of a name that is watched already takes its place.
        """
        for deployment in deployments:
            name = _name(deployment.name)
            self._throttled.labels(name)
            self._retry_after_seconds.labels(name)
            self._fallbacks.labels(name)
            self._follow(name, deployment.breaker)

    def attempt_ended(self, attempt: AttemptRecord) -> None:
        """See ``Observer.attempt_ended``."""
        deployment = _name(attempt.deployment)
        series = self._series_of(attempt.operation, deployment)
        self._attempts.labels(attempt.operation, deployment, _name(attempt.outcome)).inc()
        series.attempt_seconds.observe(attempt.duration_seconds)
        if attempt.usage.total_tokens:
            self._account(series, attempt)
        if attempt.is_throttled:
            self._throttled.labels(deployment).inc()
        if attempt.retry_after_seconds is not None:
            self._retry_after_seconds.labels(deployment).observe(attempt.retry_after_seconds)

    def call_ended(self, call: CallRecord) -> None:
        """See ``Observer.call_ended``."""
        deployment = _name(call.deployment)
        self._requests.labels(call.operation, deployment, _name(call.outcome)).inc()
        self._series_of(call.operation, deployment).call_seconds.observe(call.duration_seconds)
        self._limiter_wait_seconds.labels(call.operation).observe(call.limited_seconds)
        if call.fallback_used:
            self._fallbacks.labels(deployment).inc()

    def asked_again(self, assistant: str) -> None:
        """See ``Observer.asked_again``."""
        self._reasks.labels(_name(assistant)).inc()

    def exposition(self) -> bytes:
        """All metrics in Prometheus' text format, to be served as ``CONTENT_TYPE`` or kept in a file."""
        return generate_latest(self.registry)

    def _account(self, series: _DeploymentSeries, attempt: AttemptRecord) -> None:
        series.input_tokens.inc(attempt.usage.input_tokens)
        series.cached_input_tokens.inc(attempt.usage.cached_input_tokens)
        series.output_tokens.inc(attempt.usage.output_tokens)
        series.reasoning_tokens.inc(attempt.usage.reasoning_tokens)
        if attempt.cost_micro_usd is None:
            series.unpriced_attempts.inc()
        else:
            series.cost_usd.inc(attempt.cost_micro_usd / MICRO_USD_PER_USD)

    def _series_of(self, operation: Operation, deployment: str) -> _DeploymentSeries:
        """The series of a pair; its first record also makes those that stand at zero appear."""
        where = (operation, deployment)
        series = self._series.get(where)
        if series is None:
            self._requests.labels(*where, SUCCESS)
            self._attempts.labels(*where, SUCCESS)
            series = self._series[where] = _DeploymentSeries(
                call_seconds=self._call_seconds.labels(*where),
                attempt_seconds=self._attempt_seconds.labels(*where),
                input_tokens=self._tokens.labels(*where, "input"),
                cached_input_tokens=self._tokens.labels(*where, "cached_input"),
                output_tokens=self._tokens.labels(*where, "output"),
                reasoning_tokens=self._tokens.labels(*where, "reasoning"),
                cost_usd=self._cost_usd.labels(*where),
                unpriced_attempts=self._unpriced_attempts.labels(*where),
            )
        return series

    def _follow(self, name: str, breaker: WatchedBreaker) -> None:
        self._breaker_state.labels(name).set_function(lambda: BREAKER_STATES[breaker.state])

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, *labels: str) -> Histogram:
        return Histogram(name, meaning, labels, registry=self.registry, buckets=SECONDS_BUCKETS)


def _name(value: str) -> str:
    """The value where it looks like a name or a code, else ``other``."""
    return value if _NAME.fullmatch(value) else OTHER
