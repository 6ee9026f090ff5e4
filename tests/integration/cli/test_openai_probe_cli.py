"""``python -m cli.diagnostics openai-probe`` as a process of its own, against the emulator."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Mapping

import pytest

from tests.integration.cli.probe_command import WRONG_KEY_CANARY, Probe, Run
from tests.probe_report import assert_valid

CHAT_PATH = "*chat/completions"


@pytest.mark.parametrize(
    ("settings", "api", "backend"),
    [
        pytest.param({}, "v1", "chat", id="v1"),
        pytest.param({"AZURE_OPENAI_API_VERSION": "2024-10-21"}, "dated", "chat", id="dated"),
        pytest.param({"OPENAI_BACKEND": "responses"}, "v1", "responses", id="responses"),
        pytest.param({"OPENAI_BACKEND": "assistants"}, "v1", "assistants", id="assistants"),
    ],
)
def test_a_target_that_answers_is_ready(
    probe: Probe, settings: Mapping[str, str], api: str, backend: str
) -> None:
    """Exit code 0, whichever API is set; the report says who answered, how fast and for how much."""
    run = probe.run_cold(**settings)
    assert run.exit_code == 0, run.stdout + run.stderr
    report = run.report
    assert report["status"] == "ready"
    assert report["target"] == {
        "host": probe.emulator.url.removeprefix("http://"),
        "backend": backend,
        "api": api,
        "auth": "api_key",
    }
    chat, embeddings = run.chat, run.embeddings
    assert (chat["status"], chat["deployment"], chat["attempts"]) == ("passed", "gpt-4.1-mini", 1)
    assert chat["response_model"].startswith("gpt-4.1-mini")
    assert chat["usage"]["input_tokens"] > 0 < chat["usage"]["output_tokens"]
    assert chat["cost_usd"] == pytest.approx(
        chat["usage"]["input_tokens"] * 0.4e-6 + chat["usage"]["output_tokens"] * 1.6e-6, abs=1e-6
    )
    assert (embeddings["status"], embeddings["dimensions"]) == ("passed", 1536)
    assert 0 < chat["latency_ms"] <= chat["duration_ms"]
    assert run.stderr == ""
    assert "READY" in run.stdout
    assert "\x1b" not in run.stdout


def test_one_question_and_one_vector_are_all_it_asks(probe: Probe) -> None:
    """A probe that runs every half minute has to be cheap."""
    probe.run()
    assert sorted(entry["path"].rpartition("/v1/")[2] for entry in probe.requests()) == [
        "chat/completions",
        "embeddings",
    ]


def test_the_metrics_are_those_of_the_client(probe: Probe) -> None:
    """Requests, tokens and latency of both operations stand in metrics.prom."""
    run = probe.run()
    for operation, deployment in (("chat", "gpt-4.1-mini"), ("embeddings", "text-embedding-3-small")):
        where = {"operation": operation, "deployment": deployment}
        assert run.metric("openai_requests_total", outcome="ok", **where) == 1
        assert run.metric("openai_attempt_duration_seconds_count", **where) == 1
    tokens = run.metric("openai_tokens_total", operation="chat", type="input")
    assert tokens == run.chat["usage"]["input_tokens"]
    assert run.metric("openai_breaker_state", deployment="gpt-4.1-mini") == 0


def test_a_fallback_in_use_degrades(probe: Probe) -> None:
    """It works, but not as it was set up: exit code 1 and who answered instead."""
    probe.break_next(None, kind="status", status=503, match={"deployment": "gpt-4.1-mini"})
    run = probe.run(OPENAI_ENABLE_FALLBACK="true")
    assert (run.exit_code, run.report["status"]) == (1, "degraded")
    chat = run.chat
    assert (chat["requested_deployment"], chat["deployment"]) == ("gpt-4.1-mini", "gpt-4o-mini")
    assert chat["fallback_used"] is True
    assert run.report["warnings"][0]["code"] == "fallback_used"
    assert run.metric("openai_fallbacks_total", deployment="gpt-4o-mini") == 1
    assert "gpt-4o-mini was asked instead" in run.stdout


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="v1"),
        pytest.param({"AZURE_OPENAI_API_VERSION": "2024-10-21"}, id="dated"),
    ],
)
def test_a_wrong_key_is_not_ready(probe: Probe, settings: Mapping[str, str]) -> None:
    """Exit code 2 after one attempt each, with the command that shows the right key, and never a key."""
    run = probe.run(AZURE_OPENAI_API_KEY=WRONG_KEY_CANARY, **settings)
    assert (run.exit_code, run.report["status"]) == (2, "not_ready")
    for outcome in (run.chat, run.embeddings):
        assert outcome["attempts"] == 1
        assert (outcome["error"]["code"], outcome["error"]["provider_status"]) == ("modelAuthentication", 401)
        assert "az cognitiveservices account keys list" in outcome["error"]["remedy"]
    assert WRONG_KEY_CANARY not in run.everything


def test_a_forbidden_key_is_told_from_a_wrong_one(probe: Probe) -> None:
    """403 asks for a role or a network rule, not for another key."""
    probe.break_next(None, kind="status", status=403)
    run = probe.run()
    assert run.exit_code == 2
    assert run.chat["error"]["provider_status"] == 403
    assert "az role assignment create" in run.chat["error"]["remedy"]


@pytest.mark.parametrize(
    ("flag", "name", "probed", "variable"),
    [
        pytest.param("--model", "absent", "chat", "OPENAI_CHAT_DEPLOYMENT", id="chat"),
        pytest.param(
            "--embedding-model", "absent", "embeddings", "OPENAI_EMBEDDING_DEPLOYMENT", id="vectors"
        ),
    ],
)
def test_an_unknown_deployment_is_not_ready(
    probe: Probe, flag: str, name: str, probed: str, variable: str
) -> None:
    """Exit code 2, and the variable that names it; the other probe passes all the same."""
    run = probe.run(flag, name, OPENAI_ALLOWED_MODELS="gpt-4.1-mini,absent")
    assert run.exit_code == 2
    error = run.report["probes"][probed]["error"]
    assert (error["code"], error["provider_status"]) == ("deploymentNotFound", 404)
    assert f"{variable} (absent)" in error["remedy"]
    other = {"chat": "embeddings", "embeddings": "chat"}[probed]
    assert run.report["probes"][other]["status"] == "passed"


def test_a_throttle_that_passes_is_ready(probe: Probe) -> None:
    """A 429 with Retry-After is waited for; report and metrics say how long was asked for."""
    probe.break_next(kind="status", status=429, headers={"retry-after-ms": "300"}, match={"path": CHAT_PATH})
    run = probe.run()
    assert (run.exit_code, run.report["status"]) == (0, "ready")
    chat = run.chat
    assert chat["attempts"] == 2
    assert chat["rate_limit"]["throttled_attempts"] == 1
    assert chat["rate_limit"]["retry_after_seconds"] == 0.3
    assert chat["duration_ms"] >= 300 > chat["latency_ms"]
    assert "throttled" in {warning["code"] for warning in run.report["warnings"]}
    assert run.metric("openai_rate_limited_total", deployment="gpt-4.1-mini") == 1
    assert run.metric("openai_retry_after_seconds_sum", deployment="gpt-4.1-mini") == pytest.approx(0.3)
    assert run.metric("openai_attempts_total", operation="chat", outcome="rateLimited") == 1


def test_a_throttle_longer_than_the_deadline_says_when_to_come_back(probe: Probe) -> None:
    """Nobody waits a minute for a probe with a deadline of five seconds: 2, at once, with the time."""
    probe.break_next(None, kind="status", status=429, headers={"retry-after": "50"})
    started = time.monotonic()
    run = probe.run("--deadline", "5")
    assert time.monotonic() - started < 30
    error = run.chat["error"]
    assert (run.exit_code, error["code"]) == (2, "rateLimited")
    assert 50 <= error["retry_after_seconds"] <= 56
    assert re.search(r"try again in 5\d s", error["remedy"])


def test_an_outage_is_not_ready(probe: Probe) -> None:
    """All attempts are made, on both deployments, and then it is 2."""
    probe.break_next(None, kind="status", status=503)
    run = probe.run("--max-attempts", "3", OPENAI_ENABLE_FALLBACK="true")
    assert run.exit_code == 2
    assert (run.chat["error"]["code"], run.chat["attempts"]) == ("modelServerError", 3)
    asked = {entry["deployment"] for entry in probe.requests()}
    assert asked == {"gpt-4.1-mini", "gpt-4o-mini", "text-embedding-3-small"}
    assert run.metric("openai_requests_total", operation="chat", outcome="modelServerError") == 1


def test_silence_is_not_ready(probe: Probe) -> None:
    """An attempt gets the time of --timeout and no more."""
    probe.break_next(None, kind="silence")
    run = probe.run("--timeout", "0.4", "--max-attempts", "1", "--skip-embeddings")
    assert (run.exit_code, run.chat["error"]["code"]) == (2, "attemptTimeout")
    assert 400 <= run.chat["latency_ms"] < 5000
    assert "--timeout" in run.chat["error"]["remedy"]


@pytest.mark.parametrize(
    ("flags", "exit_code", "dimensions"),
    [
        pytest.param(["--dimensions", "256"], 0, 256, id="shortened"),
        pytest.param(["--embedding-model", "vectors", "--dimensions", "3072"], 0, 3072, id="other-model"),
        pytest.param(["--embedding-model", "vectors"], 2, None, id="longer-than-the-store"),
        pytest.param(["--dimensions", "4000"], 2, None, id="longer-than-the-model"),
        pytest.param(
            ["--embedding-model", "text-embedding-ada-002", "--dimensions", "512"],
            2,
            None,
            id="cannot-shorten",
        ),
    ],
)
def test_vectors_have_the_length_of_the_store(
    probe: Probe, flags: list[str], exit_code: int, dimensions: int | None
) -> None:
    """Any other length is not ready, and the remedy names the flag."""
    run = probe.run("--skip-chat", *flags)
    assert (run.exit_code, run.embeddings["dimensions"]) == (exit_code, dimensions)
    if exit_code:
        assert run.embeddings["error"]["code"] == "embeddingDimensions"
        assert "--dimensions" in run.embeddings["error"]["remedy"]


def test_a_disallowed_model_is_refused_before_any_request(probe: Probe) -> None:
    """Exit code 2, both probes not run, and the provider never heard of it."""
    run = probe.run("--model", "gpt-5-mini")
    assert (run.exit_code, run.report["error"]["code"]) == (2, "modelNotAllowed")
    assert {run.chat["status"], run.embeddings["status"]} == {"not_run"}
    assert "OPENAI_ALLOWED_MODELS" in run.report["error"]["remedy"]
    assert probe.requests() == []


@pytest.mark.parametrize(
    ("day", "exit_code", "days_left"),
    [
        pytest.param("2027-02-12", 0, None, id="61-days-before"),
        pytest.param("2027-02-13", 1, 60, id="60-days-before"),
        pytest.param("2027-04-14", 1, 0, id="last-day"),
    ],
)
def test_a_retirement_comes_near(probe: Probe, day: str, exit_code: int, days_left: int | None) -> None:
    """From sixty days before the model's last day on it is degraded, with the days that are left."""
    run = probe.run("--as-of", day)
    assert (run.exit_code, run.report["as_of"]) == (exit_code, day)
    left = [
        warning["days_left"] for warning in run.report["warnings"] if warning["code"] == "retirement_near"
    ]
    assert left == ([] if days_left is None else [days_left])


def test_a_retired_model_is_not_ready(probe: Probe) -> None:
    """The client does not ask it, and the remedy is to deploy its successor."""
    run = probe.run("--as-of", "2027-04-15", "--skip-embeddings")
    assert (run.exit_code, run.chat["error"]["code"]) == (2, "modelRetired")
    assert "deployment create" in run.chat["error"]["remedy"]
    assert probe.requests() == []


def test_json_is_all_that_stdout_holds(probe: Probe) -> None:
    """The report as it stands in the file, for a pipeline to parse."""
    run = probe.run("--json")
    assert json.loads(run.stdout) == run.report


def test_a_watch_repeats_until_interrupted(probe: Probe) -> None:
    """One line a round, artifacts anew each time, the last round's exit code after Ctrl-C."""
    with probe.started("--watch", "0.2") as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert "ready" in first
        assert first.count("\n") == 1
        seen = _checked_at(probe)
        probe.break_next(None, kind="status", status=401)
        lines = []
        while "not_ready" not in (line := process.stdout.readline()):
            lines.append(line)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 2, stderr
    assert stderr == ""
    assert "modelAuthentication" in line
    assert _checked_at(probe) > seen
    run = Run(process.returncode, "", "", probe.folder)
    assert run.report["status"] == "not_ready"
    assert (run.metric("openai_requests_total", operation="chat", outcome="ok") or 0) >= 1


def test_a_counted_watch_ends_by_itself(probe: Probe) -> None:
    """As many rounds as asked for, a JSON line each, and counters that add up over them."""
    run = probe.run("--watch", "0.05", "--count", "3", "--json")
    reports = [json.loads(line) for line in run.stdout.splitlines()]
    for report in reports:
        assert_valid(report)
    assert [report["status"] for report in reports] == ["ready"] * 3
    assert run.exit_code == 0
    assert run.metric("openai_requests_total", operation="chat", outcome="ok") == 3


def test_a_watch_sees_a_deployment_come(probe: Probe) -> None:
    """A 404 holds for its round only: each round starts with guards of its own."""
    probe.break_next(kind="status", status=404, match={"path": CHAT_PATH})
    run = probe.run("--watch", "0.05", "--count", "2", "--json")
    assert [json.loads(line)["status"] for line in run.stdout.splitlines()] == ["not_ready", "ready"]
    assert run.exit_code == 0


def _checked_at(probe: Probe) -> str:
    return str(json.loads((probe.folder / "probe.json").read_text("utf-8"))["checked_at"])
