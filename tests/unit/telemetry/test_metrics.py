"""The Prometheus metrics, read back from the text a scraper gets."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, replace

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from shared_code.accounting.usage import Usage
from shared_code.observation import AttemptRecord, CallRecord, Observer, Observers
from shared_code.reliability.circuit_breaker import CircuitBreaker
from shared_code.telemetry.metrics import CONTENT_TYPE, SECONDS_BUCKETS, OpenAIMetrics
from tests.fakes import FakeClock

ATTEMPT = AttemptRecord(
    operation="chat",
    deployment="gpt-4.1-mini",
    model="gpt-4.1-mini",
    outcome="ok",
    duration_seconds=2.0,
    usage=Usage(1000, 400, 100, 30),
    cost_micro_usd=560,
    response_model="gpt-4.1-mini-2025-04-14",
)
THROTTLED = replace(
    ATTEMPT, outcome="rateLimited", usage=Usage(), cost_micro_usd=None, retry_after_seconds=4.0
)
CALL = CallRecord(
    operation="chat",
    deployment="gpt-4.1-mini",
    model="gpt-4.1-mini",
    outcome="ok",
    duration_seconds=7.0,
    limited_seconds=1.5,
    attempts=2,
    fallback_used=False,
    usage=Usage(1000, 400, 100, 30),
    cost_micro_usd=560,
)
CHAT = {"operation": "chat", "deployment": "gpt-4.1-mini"}
DEPLOYMENT = {"deployment": "gpt-4.1-mini"}


@dataclass
class Deployed:
    """A deployment as the metrics know one."""

    name: str
    breaker: CircuitBreaker


def _sample(metrics: OpenAIMetrics, name: str, labels: dict[str, str]) -> float | None:
    """One sample of the exposition; None where it is not there."""
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return None


@pytest.mark.parametrize(
    ("record", "name", "labels", "value"),
    [
        pytest.param(ATTEMPT, "openai_attempts_total", {**CHAT, "outcome": "ok"}, 1, id="attempt"),
        pytest.param(
            THROTTLED, "openai_attempts_total", {**CHAT, "outcome": "rateLimited"}, 1, id="failed-attempt"
        ),
        pytest.param(
            replace(ATTEMPT, operation="embeddings", deployment="vectors"),
            "openai_attempts_total",
            {"operation": "embeddings", "deployment": "vectors", "outcome": "ok"},
            1,
            id="operation-and-deployment",
        ),
        pytest.param(ATTEMPT, "openai_attempt_duration_seconds_sum", CHAT, 2.0, id="attempt-seconds"),
        pytest.param(ATTEMPT, "openai_tokens_total", {**CHAT, "type": "input"}, 1000, id="input"),
        pytest.param(ATTEMPT, "openai_tokens_total", {**CHAT, "type": "cached_input"}, 400, id="cached"),
        pytest.param(ATTEMPT, "openai_tokens_total", {**CHAT, "type": "output"}, 100, id="output"),
        pytest.param(ATTEMPT, "openai_tokens_total", {**CHAT, "type": "reasoning"}, 30, id="reasoning"),
        pytest.param(ATTEMPT, "openai_cost_usd_total", CHAT, 0.00056, id="cost"),
        pytest.param(ATTEMPT, "openai_unpriced_attempts_total", CHAT, 0, id="priced"),
        pytest.param(
            replace(ATTEMPT, cost_micro_usd=None), "openai_unpriced_attempts_total", CHAT, 1, id="unpriced"
        ),
        pytest.param(THROTTLED, "openai_unpriced_attempts_total", CHAT, 0, id="not-billed"),
        pytest.param(THROTTLED, "openai_rate_limited_total", DEPLOYMENT, 1, id="throttled"),
        pytest.param(
            replace(THROTTLED, retry_after_seconds=None),
            "openai_rate_limited_total",
            DEPLOYMENT,
            1,
            id="throttled-without-a-delay",
        ),
        pytest.param(ATTEMPT, "openai_rate_limited_total", DEPLOYMENT, None, id="not-throttled"),
        pytest.param(THROTTLED, "openai_retry_after_seconds_sum", DEPLOYMENT, 4.0, id="retry-after"),
        pytest.param(
            replace(THROTTLED, retry_after_seconds=None),
            "openai_retry_after_seconds_count",
            DEPLOYMENT,
            None,
            id="no-retry-after",
        ),
        pytest.param(CALL, "openai_requests_total", {**CHAT, "outcome": "ok"}, 1, id="call"),
        pytest.param(
            replace(CALL, outcome="deadlineExceeded"),
            "openai_requests_total",
            {**CHAT, "outcome": "deadlineExceeded"},
            1,
            id="failed-call",
        ),
        pytest.param(CALL, "openai_request_duration_seconds_sum", CHAT, 7.0, id="call-seconds"),
        pytest.param(CALL, "openai_limiter_wait_seconds_sum", {"operation": "chat"}, 1.5, id="limiter-wait"),
        pytest.param(
            replace(CALL, limited_seconds=0.0),
            "openai_limiter_wait_seconds_count",
            {"operation": "chat"},
            1,
            id="no-limiter-wait-counts",
        ),
        pytest.param(
            replace(CALL, deployment="gpt-4o-mini", fallback_used=True),
            "openai_fallbacks_total",
            {"deployment": "gpt-4o-mini"},
            1,
            id="fallback",
        ),
        pytest.param(CALL, "openai_fallbacks_total", DEPLOYMENT, None, id="no-fallback"),
        pytest.param(CALL, "openai_tokens_total", {**CHAT, "type": "input"}, 0, id="tokens-counted-once"),
        pytest.param(CALL, "openai_cost_usd_total", CHAT, 0, id="cost-counted-once"),
    ],
)
def test_a_record_reaches_its_metric(
    record: AttemptRecord | CallRecord, name: str, labels: dict[str, str], value: float | None
) -> None:
    """Each field is seen by a scraper under the name and labels that dashboards rely on."""
    metrics = OpenAIMetrics()
    if isinstance(record, AttemptRecord):
        metrics.attempt_ended(record)
    else:
        metrics.call_ended(record)
    assert _sample(metrics, name, labels) == (value if value is None else pytest.approx(value))


def test_counts_add_up() -> None:
    """A second record adds to what the first left."""
    metrics = OpenAIMetrics()
    for _ in range(3):
        metrics.attempt_ended(ATTEMPT)
        metrics.asked_again("cv_data_extractor")
    assert _sample(metrics, "openai_tokens_total", {**CHAT, "type": "input"}) == 3000
    assert _sample(metrics, "openai_cost_usd_total", CHAT) == pytest.approx(0.00168)
    assert _sample(metrics, "openai_reasks_total", {"assistant": "cv_data_extractor"}) == 3


def test_deployments_and_operations_are_counted_apart() -> None:
    """What one deployment answered, took and cost is not another's, nor another operation's."""
    metrics = OpenAIMetrics()
    metrics.attempt_ended(ATTEMPT)
    metrics.attempt_ended(replace(ATTEMPT, deployment="gpt-4o-mini", duration_seconds=3.0))
    metrics.attempt_ended(replace(ATTEMPT, operation="embeddings", usage=Usage(7), cost_micro_usd=1))
    assert _sample(metrics, "openai_tokens_total", {**CHAT, "type": "input"}) == 1000
    assert _sample(metrics, "openai_cost_usd_total", CHAT) == pytest.approx(0.00056)
    elsewhere = {**CHAT, "deployment": "gpt-4o-mini"}
    assert _sample(metrics, "openai_attempt_duration_seconds_sum", elsewhere) == 3.0
    embeddings = {**CHAT, "operation": "embeddings", "type": "input"}
    assert _sample(metrics, "openai_tokens_total", embeddings) == 7


def test_nothing_is_lost_between_threads() -> None:
    """Calls of several event loops, each in a thread of its own, are all counted."""
    metrics = OpenAIMetrics()
    start = threading.Barrier(8)

    def count() -> None:
        start.wait()
        for _ in range(200):
            metrics.attempt_ended(ATTEMPT)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _sample(metrics, "openai_attempts_total", {**CHAT, "outcome": "ok"}) == 1600
    assert _sample(metrics, "openai_attempt_duration_seconds_count", CHAT) == 1600


def test_the_buckets_reach_from_the_service_level_to_the_deadline() -> None:
    """100 ms to 5 s stand for the service level; above them a call may take its 200 s."""
    assert SECONDS_BUCKETS == (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 200)


@pytest.mark.parametrize(
    "histogram",
    [
        "openai_request_duration_seconds",
        "openai_attempt_duration_seconds",
        "openai_retry_after_seconds",
        "openai_limiter_wait_seconds",
    ],
)
def test_a_histogram_has_these_buckets(histogram: str) -> None:
    """Every histogram of seconds is cut at the same bounds, and at infinity."""
    metrics = OpenAIMetrics()
    metrics.attempt_ended(THROTTLED)
    metrics.call_ended(CALL)
    families = text_string_to_metric_families(metrics.exposition().decode())
    family = next(family for family in families if family.name == histogram)
    bounds = {float(sample.labels["le"]) for sample in family.samples if sample.name.endswith("_bucket")}
    assert bounds == {*SECONDS_BUCKETS, float("inf")}


@pytest.mark.parametrize(
    ("seconds", "bound"), [(0.1, "0.1"), (0.11, "0.25"), (200.0, "200.0"), (201, "+Inf")]
)
def test_a_duration_falls_into_its_bucket(seconds: float, bound: str) -> None:
    """A bound belongs to its own bucket; beyond the last there is only infinity."""
    metrics = OpenAIMetrics()
    metrics.call_ended(replace(CALL, duration_seconds=seconds))
    bounds = [*(str(upper) for upper in SECONDS_BUCKETS), "+Inf"]
    counts = {
        upper: _sample(metrics, "openai_request_duration_seconds_bucket", {**CHAT, "le": upper})
        for upper in bounds
    }
    assert counts == {upper: float(bounds.index(upper) >= bounds.index(bound)) for upper in bounds}


def test_metrics_are_there_before_anything_happened() -> None:
    """Dashboards find every metric by name from the first scrape on, with what each one counts."""
    metrics = OpenAIMetrics()
    families = list(text_string_to_metric_families(metrics.exposition().decode()))
    assert {family.name for family in families if not family.name.endswith("_created")} == {
        "openai_requests",
        "openai_attempts",
        "openai_request_duration_seconds",
        "openai_attempt_duration_seconds",
        "openai_tokens",
        "openai_cost_usd",
        "openai_unpriced_attempts",
        "openai_rate_limited",
        "openai_retry_after_seconds",
        "openai_limiter_wait_seconds",
        "openai_fallbacks",
        "openai_reasks",
        "openai_breaker_state",
    }
    tokens = next(family for family in families if family.name == "openai_tokens")
    assert "cached_input is part of input" in tokens.documentation
    assert "reasoning part of output" in tokens.documentation
    for operation in ("chat", "embeddings"):
        assert _sample(metrics, "openai_limiter_wait_seconds_count", {"operation": operation}) == 0


def test_the_first_failure_shows_successes_at_zero() -> None:
    """A rate of success needs the zero: a series that is missing makes the whole expression vanish."""
    metrics = OpenAIMetrics()
    metrics.attempt_ended(THROTTLED)
    metrics.call_ended(replace(CALL, outcome="rateLimited"))
    assert _sample(metrics, "openai_attempts_total", {**CHAT, "outcome": "ok"}) == 0
    assert _sample(metrics, "openai_requests_total", {**CHAT, "outcome": "ok"}) == 0
    assert _sample(metrics, "openai_cost_usd_total", CHAT) == 0


def test_two_instances_do_not_collide() -> None:
    """Each keeps its own registry, so what one counts the other does not."""
    one, other = OpenAIMetrics(), OpenAIMetrics()
    one.call_ended(CALL)
    assert _sample(one, "openai_requests_total", {**CHAT, "outcome": "ok"}) == 1
    assert _sample(other, "openai_requests_total", {**CHAT, "outcome": "ok"}) is None


def test_a_registry_of_others_may_be_used_once() -> None:
    """A given registry holds the metrics, and refuses a second set of the same names."""
    registry = CollectorRegistry()
    OpenAIMetrics(registry).call_ended(CALL)
    assert registry.get_sample_value("openai_requests_total", {**CHAT, "outcome": "ok"}) == 1
    with pytest.raises(ValueError, match="Duplicated"):
        OpenAIMetrics(registry)


def test_the_gauge_follows_the_breaker() -> None:
    """0 closed, 2 open, 1 while a probe is out, 0 again: as it stands when the metrics are read."""
    clock = FakeClock()
    breaker = CircuitBreaker(failure_threshold=2, timeout=60.0, clock=clock)
    steady = CircuitBreaker(clock=clock)
    metrics = OpenAIMetrics()
    metrics.watch([Deployed("gpt-4.1-mini", breaker), Deployed("gpt-4o-mini", steady)])

    def shown(name: str) -> float | None:
        return _sample(metrics, "openai_breaker_state", {"deployment": name})

    assert shown("gpt-4.1-mini") == 0
    breaker.record_failure()
    breaker.record_failure()
    assert shown("gpt-4.1-mini") == 2
    assert shown("gpt-4o-mini") == 0
    clock.advance(60)
    turn = breaker.enter()
    assert shown("gpt-4.1-mini") == 1
    breaker.record_success(turn)
    assert shown("gpt-4.1-mini") == 0


def test_a_watched_deployment_shows_its_zeros() -> None:
    """What may happen to a deployment is there before it happens."""
    metrics = OpenAIMetrics()
    metrics.watch([Deployed("gpt-4.1-mini", CircuitBreaker())])
    assert _sample(metrics, "openai_rate_limited_total", DEPLOYMENT) == 0
    assert _sample(metrics, "openai_retry_after_seconds_count", DEPLOYMENT) == 0
    assert _sample(metrics, "openai_fallbacks_total", DEPLOYMENT) == 0


def test_a_deployment_watched_anew_shows_its_new_breaker() -> None:
    """A client made anew brings its own breakers, under the same names."""
    clock = FakeClock()
    opened = CircuitBreaker(failure_threshold=1, clock=clock)
    opened.record_failure()
    metrics = OpenAIMetrics()
    metrics.watch([Deployed("gpt-4.1-mini", CircuitBreaker(clock=clock))])
    metrics.watch([Deployed("gpt-4.1-mini", opened)])
    assert _sample(metrics, "openai_breaker_state", DEPLOYMENT) == 2


HOSTILE = (
    "Ada Example, born 1990",
    "ada@example.com",
    "+44 7700 900123",
    'a"} 1\nopenai_forged_total 1',
    "x" * 101,
    "",
)


@pytest.mark.parametrize("text", HOSTILE, ids=["prose", "e-mail", "phone", "forged line", "long", "empty"])
def test_no_label_carries_a_text(text: str) -> None:
    """Whatever is passed, label values are names, codes and bounds; all else is counted as ``other``."""
    metrics = OpenAIMetrics()
    metrics.attempt_ended(replace(THROTTLED, deployment=text, outcome=text, model=text, response_model=text))
    metrics.call_ended(replace(CALL, deployment=text, outcome=text, fallback_used=True, response_model=text))
    metrics.asked_again(text)
    metrics.watch([Deployed(text, CircuitBreaker())])
    samples = [
        sample
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
    ]
    values = {value for sample in samples for label, value in sample.labels.items() if label != "le"}
    assert values == {"chat", "embeddings", "input", "cached_input", "output", "reasoning", "ok", "other"}
    assert {label for sample in samples for label in sample.labels} <= {
        "operation",
        "deployment",
        "outcome",
        "type",
        "assistant",
        "le",
    }
    assert "openai_forged_total" not in {sample.name for sample in samples}


@pytest.mark.parametrize(
    "name", ["gpt-4.1-mini", "cv_extract", "ft:gpt-4o-mini:example::a1", "modelServerError"]
)
def test_a_name_is_kept(name: str) -> None:
    """Names of deployments, of tuned models, of assistants and of errors are labels as they are."""
    metrics = OpenAIMetrics()
    metrics.asked_again(name)
    assert _sample(metrics, "openai_reasks_total", {"assistant": name}) == 1


def test_the_exposition_is_prometheus_text() -> None:
    """What an endpoint says it sends, and what it sends, are the plain text format."""
    metrics: Observer = OpenAIMetrics()
    Observers(metrics).call_ended(CALL)
    assert isinstance(metrics, OpenAIMetrics)
    assert re.fullmatch(r"text/plain; version=0\.0\.4; charset=utf-8", CONTENT_TYPE)
    lines = metrics.exposition().decode().splitlines()
    assert 'openai_requests_total{deployment="gpt-4.1-mini",operation="chat",outcome="ok"} 1.0' in lines
    assert "# TYPE openai_request_duration_seconds histogram" in lines
