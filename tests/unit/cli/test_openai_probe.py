"""The readiness probe by itself: what it makes of answers and errors, without a network or a clock."""

from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.diagnostics.masking import without_key
from cli.diagnostics.probe import CHAT_REQUEST, EMBEDDED_TEXT, Plan, Prober, failed_report
from cli.diagnostics.remedies import Asked
from cli.diagnostics.report import Report
from cli.diagnostics.terminal import Paint, full_text, round_line
from shared_code import errors
from shared_code.accounting.usage import Usage
from shared_code.settings import OpenAISettings
from shared_code.telemetry.metrics import OpenAIMetrics
from tests.fakes import CountingEmbedder, FakeClock, ScriptedBackend, answer, fresh
from tests.probe_report import assert_valid

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = "unit-test-canary-7f3d"
ASKED = Asked("res.openai.azure.com", "https", False, "OPENAI_CHAT_DEPLOYMENT", "gpt-4.1-mini", 1)


@dataclass(frozen=True, slots=True)
class Scripted:
    """Both backends of a probe, following scripts."""

    chat: ScriptedBackend
    embeddings: CountingEmbedder


async def _report(
    *steps: Any,
    embedder: CountingEmbedder | None = None,
    plan: Plan | None = None,
    clock: FakeClock | None = None,
    now: datetime = NOON,
    **changes: Any,
) -> Report:
    """A real report, valid against the published schema."""
    clock = clock or FakeClock()
    settings = OpenAISettings(**{"endpoint": "https://res.openai.azure.com", "api_key": KEY, **changes})
    backends = Scripted(ScriptedBackend(*steps), embedder or CountingEmbedder())
    prober = Prober(
        settings, plan or Plan(), backends, OpenAIMetrics(), clock=clock, sleep=clock.sleep, now=lambda: now
    )
    report = await prober.report()
    assert_valid(report.as_json())
    return report


async def test_answers_make_it_ready() -> None:
    """Both probes passed, with tokens, cost in dollars and the vector's length."""
    report = await _report(answer("ready", usage=Usage(1000, 0, 100, 0)))
    assert report.status == "ready"
    assert (report.chat.cost_usd, report.chat.usage.output_tokens) == (0.00056, 100)
    assert (report.embeddings.dimensions, report.embeddings.attempts) == (1536, 1)
    assert report.checked_at == "2026-11-21T12:00:00.000Z"
    assert (report.as_of, report.versions["python"]) == ("2026-11-21", sys.version.split()[0])


async def test_the_request_is_small_and_plain() -> None:
    """No schema and a bounded answer: what any compatible endpoint takes."""
    backends = Scripted(ScriptedBackend(answer("ready")), CountingEmbedder())
    settings = OpenAISettings(endpoint="https://res.openai.azure.com")
    await Prober(settings, Plan(), backends, OpenAIMetrics()).report()
    [(_, request, _)] = backends.chat.requests
    assert (request.output_schema, request.max_output_tokens) == (None, 512)
    assert [entry.texts for entry in backends.embeddings.requests] == [(EMBEDDED_TEXT,)]


@pytest.mark.parametrize(
    ("error", "classification"),
    [
        pytest.param(errors.AuthenticationError, "authentication", id="authentication"),
        pytest.param(errors.InvalidModelRequestError, "invalid_request", id="rejected"),
        pytest.param(errors.ContentFilterError, "content_filter", id="filtered"),
    ],
)
async def test_a_failure_is_not_ready(error: type[errors.OpenAIServiceError], classification: str) -> None:
    """One probe that failed is enough; its class, message and remedy are in the report."""
    report = await _report(fresh(error))
    assert (report.status, report.chat.status, report.embeddings.status) == ("not_ready", "failed", "passed")
    assert report.chat.error is not None
    assert (report.chat.error.code, report.chat.error.classification) == (error.code, classification)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param(answer(""), "emptyAnswer", id="empty"),
        pytest.param(answer("rea", finish_reason="length"), "truncatedAnswer", id="cut-off"),
        pytest.param(answer("", refused=True), "refused", id="refused"),
    ],
)
async def test_an_answer_that_is_none_is_not_ready(given: Any, code: str) -> None:
    """Reachable is not enough: the answer has to be whole. It was billed all the same."""
    report = await _report(given)
    assert report.status == "not_ready"
    assert report.chat.error is not None
    assert (report.chat.error.code, report.chat.usage.input_tokens) == (code, 1000)


async def test_a_fallback_degrades() -> None:
    """The first deployment failed and the second answered."""
    failures = [fresh(errors.ModelServerError), fresh(errors.ModelServerError)]
    report = await _report(*failures, answer("ready"), enable_fallback=True)
    assert (report.status, report.chat.deployment, report.chat.attempts) == ("degraded", "gpt-4o-mini", 3)
    assert [remark.code for remark in report.warnings] == ["fallback_used"]


async def test_a_throttle_is_told_and_does_not_degrade() -> None:
    """What was asked for stands in the report; time passes for the call, not for the provider's answer."""
    clock = FakeClock()
    report = await _report(
        fresh(errors.RateLimitError, retry_after_seconds=1.5), answer("ready"), clock=clock
    )
    waits = report.chat.rate_limit
    assert (report.status, waits.throttled_attempts, waits.retry_after_seconds) == ("ready", 1, 1.5)
    assert report.chat.latency_ms == 0.0
    assert report.chat.duration_ms is not None
    assert report.chat.duration_ms >= 1500
    assert "throttled" in {remark.code for remark in report.warnings}


@pytest.mark.parametrize(
    ("plan", "statuses"),
    [
        pytest.param(Plan(asks_chat=False), ("skipped", "passed"), id="chat"),
        pytest.param(Plan(asks_embeddings=False), ("passed", "skipped"), id="embeddings"),
    ],
)
async def test_what_is_skipped_is_not_asked(plan: Plan, statuses: tuple[str, str]) -> None:
    """The other one alone decides, and nothing is said about what was not wanted."""
    report = await _report(answer("ready"), plan=plan, embedding_deployment="text-embedding-3-small")
    assert (report.chat.status, report.embeddings.status, report.status) == (*statuses, "ready")
    assert (len(report.warnings) == 1) is plan.asks_chat


async def test_a_vector_of_another_length_is_not_ready() -> None:
    """The provider's own length counts, whatever the catalogue knows."""
    report = await _report(answer("ready"), embedder=CountingEmbedder(768))
    assert report.embeddings.error is not None
    assert (report.status, report.embeddings.error.code) == ("not_ready", "embeddingDimensions")
    assert report.embeddings.dimensions is None


async def test_a_disallowed_model_is_never_asked() -> None:
    """The client refuses to be made; both probes are not run."""
    report = await _report(chat_deployment="gpt-6-sol")
    assert (report.status, report.chat.status, report.embeddings.status) == (
        "not_ready",
        "not_run",
        "not_run",
    )
    assert report.error is not None
    assert report.error.code == "modelNotAllowed"


@pytest.mark.parametrize(
    ("now", "plan", "days_left"),
    [
        pytest.param(datetime(2027, 2, 12, 23, 59, tzinfo=UTC), Plan(), None, id="61-days"),
        pytest.param(datetime(2027, 2, 13, tzinfo=UTC), Plan(), 60, id="60-days"),
        pytest.param(NOON, Plan(as_of=date(2027, 4, 1)), 13, id="as-of"),
    ],
)
async def test_a_retirement_near_degrades(now: datetime, plan: Plan, days_left: int | None) -> None:
    """By the UTC date of the check, or by the day that was asked about."""
    report = await _report(answer("ready"), now=now, plan=plan)
    left = [remark.days_left for remark in report.warnings if remark.code == "retirement_near"]
    assert left == ([] if days_left is None else [days_left])
    assert report.status == ("ready" if days_left is None else "degraded")


async def test_a_retired_model_is_not_asked() -> None:
    """The client goes by the day that was asked about, too."""
    report = await _report(plan=Plan(as_of=date(2027, 4, 15)))
    assert report.chat.error is not None
    assert (report.status, report.chat.error.code) == ("not_ready", "modelRetired")
    assert (report.chat.attempts, report.chat.cost_usd) == (0, 0.0)


async def test_a_retired_model_that_is_asked_all_the_same_degrades() -> None:
    """OPENAI_ALLOW_RETIRED_MODELS lets it answer; it is not what anyone wants to rely on."""
    plan = Plan(as_of=date(2027, 4, 15))
    report = await _report(answer("ready"), plan=plan, allow_retired_models=True)
    assert (report.status, report.warnings[0].code, report.warnings[0].days_left) == (
        "degraded",
        "model_retired",
        -1,
    )


async def test_an_unknown_price_is_null() -> None:
    """Never $0 for a model that the catalogue does not know; said, but no reason to degrade."""
    report = await _report(answer("ready"), chat_deployment="house", allowed_models=("house",))
    assert (report.status, report.chat.cost_usd) == ("ready", None)
    assert "model_unknown" in {remark.code for remark in report.warnings}


async def test_an_error_nobody_foresaw_keeps_its_words_to_itself() -> None:
    """Class and place are enough to find it; its message may quote anything."""
    report = await _report(RuntimeError(f"prompt was {CHAT_REQUEST.messages[0].content}"))
    assert report.chat.error is not None
    assert report.chat.error.code == "internal"
    assert report.chat.error.message.startswith("Unexpected RuntimeError at ")
    assert "prompt was" not in json.dumps(report.as_json())


def test_missing_settings_make_a_report() -> None:
    """Without settings there is no target, and the report is valid all the same."""
    report = failed_report(errors.SettingsError("Settings: X: missing"), Plan(asks_chat=False), NOON)
    assert_valid(report.as_json())
    assert (report.status, report.target, report.chat.status) == ("not_ready", None, "skipped")


def test_no_part_of_the_url_but_the_host_is_shown() -> None:
    """Gateways put tokens into paths, and some people put passwords before the host."""
    settings = OpenAISettings(endpoint="https://user:secret@gw.example.com:8443/token/v1?code=secret")
    report = failed_report(errors.SettingsError("x"), Plan(), NOON, settings)
    assert report.target is not None
    assert report.target.host == "gw.example.com:8443"
    assert "secret" not in json.dumps(report.as_json())


async def test_the_key_is_masked_wherever_it_stands() -> None:
    """In names, messages and lists; everything else stays as it is."""
    report = await _report(answer("ready"), chat_deployment=KEY, allowed_models=(KEY,))
    assert KEY in json.dumps(report.as_json())
    masked = without_key(report, KEY)
    assert KEY not in json.dumps(masked.as_json())
    assert replace(masked, chat=report.chat, warnings=report.warnings) == report
    assert without_key(KEY.encode() + b"=1", KEY) == b"[masked]=1"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "no_color", "is_coloured"),
    [
        pytest.param(_Terminal(), "", True, id="terminal"),
        pytest.param(_Terminal(), "1", False, id="no-color"),
        pytest.param(io.StringIO(), "", False, id="pipe"),
    ],
)
async def test_colours_are_for_terminals(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, no_color: str, is_coloured: bool
) -> None:
    """Escape codes in a log or against a person's wish help nobody."""
    monkeypatch.setitem(os.environ, "NO_COLOR", no_color)
    monkeypatch.setitem(os.environ, "TERM", "xterm")
    report = await _report(answer("ready"))
    paint = Paint(stream)
    assert ("\x1b[" in full_text(report, paint)) is is_coloured
    assert ("\x1b[" in round_line(report, paint)) is is_coloured


async def test_the_text_says_what_failed_and_how_to_mend_it() -> None:
    """Status, error and remedy, in lines that fit a terminal."""
    report = await _report(fresh(errors.AuthenticationError))
    text = full_text(report, Paint(io.StringIO()))
    assert text.startswith("OpenAI readiness: NOT READY")
    assert "modelAuthentication: scripted" in text
    assert "→ Compare AZURE_OPENAI_API_KEY" in text
    assert max(map(len, text.splitlines())) <= 110


async def test_a_round_is_one_line() -> None:
    """With the time of an answer, or the code of what failed."""
    report = await _report(fresh(errors.AuthenticationError))
    line = round_line(report, Paint(io.StringIO()))
    assert line.count("\n") == 0
    assert line.split() == [
        "2026-11-21T12:00:00.000Z",
        "not_ready",
        *("chat", "failed", "modelAuthentication"),
        *("embeddings", "0", "ms"),
    ]
