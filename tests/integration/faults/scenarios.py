"""The table of scenarios in which one caller asks once; those with several callers are in ``sequences``."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from local.openai_emulator.deployments import DeploymentSpec
from local.openai_emulator.faults import Fault
from tests.integration.faults.harness import FALLBACK, PRIMARY, WRONG_KEY, Stage
from tests.integration.faults.scenario import Evidence, Expected, Scenario

P, F = PRIMARY, FALLBACK
WITH_FALLBACK = {"enable_fallback": True}
HALF_JITTER = 0.5


def status(code: int, headers: dict[str, str] | None = None, **more: Any) -> Fault:
    """A fault that answers with a status."""
    return Fault("status", status=code, headers=headers or {}, **more)


def at_primary(kind: str, **more: Any) -> Fault:
    """A fault that hits the primary deployment alone."""
    return Fault(kind, match_deployment=PRIMARY, **more)


def half() -> float:
    """Jitter without chance, where a row depends on how long a backoff is."""
    return HALF_JITTER


async def _throttled_until_a_date(on: Stage) -> None:
    """Dates have whole seconds, so this one is between one and two seconds away."""
    date = int(time.time()) + 2
    on.notes["date"] = float(date)
    header = format_datetime(datetime.fromtimestamp(date, UTC), usegmt=True)
    on.order(status(429, {"retry-after": header}))
    await on.call()


def _not_before_the_date(seen: Evidence) -> str | None:
    early = seen.notes["date"] - seen.wire[1].arrived
    return f"the second request came {early:.3f} s before the date" if early > 0.005 else None


def _primary_got_no_money(seen: Evidence) -> str | None:
    details = seen.rows[-1].details
    names = {charge.deployment for charge in details.usage_by_deployment}
    if names != {F} or (details.deployment, details.model, details.fallback_used) != (F, F, True):
        return f"the row names {details.deployment} and charges {names}"
    return None


def _both_were_charged(seen: Evidence) -> str | None:
    names = [charge.deployment for charge in seen.rows[-1].details.usage_by_deployment]
    return None if names == [P, F] else f"charged were {names}"


def _restarted_from_scratch(seen: Evidence) -> str | None:
    """The second request says what the first said; half an answer is not handed on."""
    hashes = {request.prompt_sha256 for request in seen.wire}
    return None if len(hashes) == 1 else "the second request is not the first one again"


def once_more(wall_seconds: float = 0.5, **more: Any) -> Expected:
    """Asked again at the same deployment, and answered."""
    return Expected(asked=(P, P), wall_seconds=wall_seconds, **more)


def at_once(error: str, **more: Any) -> Expected:
    """One request, then an error."""
    return Expected(error, asked=(P,), **more)


THROTTLING = (
    Scenario(
        "429-retry-after-ms", once_more(0.9, gap_seconds=0.3), (status(429, {"retry-after-ms": "300"}),)
    ),
    Scenario(
        "429-x-ms-retry-after-ms",
        once_more(0.9, gap_seconds=0.3),
        (status(429, {"x-ms-retry-after-ms": "300"}),),
    ),
    Scenario(
        "429-retry-after-float", once_more(0.9, gap_seconds=0.35), (status(429, {"retry-after": "0.35"}),)
    ),
    Scenario(
        "429-retry-after-date",
        once_more(2.8, also=(_not_before_the_date,)),
        script=_throttled_until_a_date,
    ),
    Scenario("429-without-retry-after", once_more(), (status(429),)),
    Scenario(
        "429-without-retry-after-persistent",
        Expected("RateLimitError", asked=(P, P, P, P), wall_seconds=1.0),
        (status(429),),
        for_ever=True,
    ),
    Scenario(
        "429-does-not-trip-the-breaker",
        Expected(asked=(P, P, P), wall_seconds=1.0),
        (status(429), status(429)),
        settings={"breaker_failure_threshold": 1},
    ),
    Scenario(
        "429-beyond-the-deadline",
        at_once("RateLimitError", retry_after_seconds=60.0),
        (status(429, {"retry-after": "60"}),),
    ),
    Scenario(
        "429-beyond-the-deadline-fallback",
        Expected(asked=(P, F), answered_by=F, also=(_primary_got_no_money,)),
        (at_primary("status", status=429, headers={"retry-after": "60"}),),
        settings=WITH_FALLBACK,
    ),
)
SERVER_TROUBLE = (
    Scenario("500-once", once_more(), (status(500),)),
    Scenario("408-once", once_more(), (status(408),)),
    Scenario("409-once", once_more(), (status(409),)),
    Scenario("502-html-once", once_more(), (status(502, body="<html>bad gateway</html>"),)),
    Scenario(
        "503-persistent",
        Expected("ModelServerError", asked=(P, P, P, P), wall_seconds=1.0, answered_by=P),
        (status(503),),
        for_ever=True,
    ),
    Scenario(
        "503-retry-after-is-a-floor",
        once_more(0.9, gap_seconds=0.3),
        (status(503, {"retry-after": "0.3"}),),
    ),
    Scenario(
        "503-retry-after-beyond-the-deadline",
        at_once("ModelServerError", retry_after_seconds=60.0),
        (status(503, {"retry-after": "60"}),),
    ),
    Scenario(
        "deadline-shorter-than-backoff",
        at_once("ModelServerError", retry_after_seconds=1.0),
        (status(500),),
        settings={"backoff_seconds": 10.0},
        jitter=half,
    ),
    Scenario(
        "x-should-retry-false", at_once("ModelServerError"), (status(500, {"x-should-retry": "false"}),)
    ),
    Scenario("x-should-retry-true", once_more(), (status(400, {"x-should-retry": "true"}),)),
)
CONNECTION_TROUBLE = (
    Scenario("reset-before-headers", once_more(), (Fault("reset_before_headers"),)),
    Scenario("closed-before-headers", once_more(), (Fault("close_before_headers"),)),
    Scenario("half-a-body", once_more(billed_unseen=1), (Fault("close_mid_body"),)),
    Scenario(
        "half-a-body-fallback",
        Expected(asked=None, billed_unseen=1, also=(_restarted_from_scratch,)),
        (at_primary("close_mid_body"),),
        settings=WITH_FALLBACK,
    ),
    Scenario("silence", once_more(1.2, gap_seconds=0.5), (Fault("silence"),)),
    Scenario(
        "silence-for-ever",
        Expected("AttemptTimeoutError", asked=(P, P), wall_seconds=1.8, gap_seconds=0.5),
        (Fault("silence"),),
        for_ever=True,
    ),
    Scenario(
        "silence-fallback",
        Expected(asked=(P, F), wall_seconds=1.2, answered_by=F, also=(_primary_got_no_money,)),
        (at_primary("silence"),),
        for_ever=True,
        settings=WITH_FALLBACK,
    ),
    Scenario(
        "silence-everywhere",
        Expected("AttemptTimeoutError", asked=(P, F), wall_seconds=1.8),
        (Fault("silence"),),
        for_ever=True,
        settings=WITH_FALLBACK,
    ),
    Scenario(
        "silence-to-the-deadline",
        Expected("AttemptTimeoutError", asked=(P,), wall_seconds=0.9),
        (Fault("silence"),),
        for_ever=True,
        settings={"deadline_seconds": 0.4},
    ),
    Scenario(
        "half-a-body-then-silence",
        once_more(1.2, gap_seconds=0.5, billed_unseen=1),
        (Fault("stall_mid_body"),),
    ),
    Scenario("slow-answer-in-time", Expected(wall_seconds=0.6), (Fault("delay", delay_ms=300),)),
    Scenario(
        "slow-answer-too-late",
        once_more(1.2, gap_seconds=0.5, billed_unseen=1),
        (Fault("delay", delay_ms=1000),),
    ),
    Scenario(
        "slow-body-too-late-fallback",
        Expected(asked=(P, F), wall_seconds=1.2, answered_by=F, billed_unseen=1),
        (at_primary("slow_body", delay_ms=1500),),
        settings=WITH_FALLBACK,
    ),
)
ANSWERS = (
    Scenario("truncated-body", once_more(billed_unseen=1), (Fault("truncated_body"),)),
    Scenario("malformed-json", once_more(billed_unseen=1), (Fault("malformed_json"),)),
    Scenario("no-choices", at_once("EmptyAnswerError"), (Fault("no_choices"),)),
    Scenario("no-usage", Expected(cost_is_known=False, billed_unseen=1), (Fault("missing_usage"),)),
    Scenario("fenced-json", Expected(), (Fault("fenced_json"),)),
    Scenario("length", at_once("TruncatedAnswerError"), (Fault("finish_length"),)),
    Scenario("empty-content", at_once("EmptyAnswerError"), (Fault("empty_content"),)),
    Scenario("refusal", at_once("RefusalError"), (Fault("refusal"),)),
    Scenario("content-filter-output", at_once("ContentFilterError"), (Fault("content_filter_output"),)),
    Scenario(
        "content-filter-prompt",
        at_once("ContentFilterError", billed_unseen=1),
        (Fault("content_filter_prompt"),),
    ),
    Scenario(
        "content-filter-prompt-fallback",
        at_once("ContentFilterError", billed_unseen=1),
        (at_primary("content_filter_prompt"),),
        settings=WITH_FALLBACK,
    ),
    Scenario(
        "content-policy-violation",
        at_once("ContentFilterError"),
        (status(400, body={"error": {"code": "content_policy_violation", "message": "refused"}}),),
    ),
    Scenario(
        "context-length",
        at_once("PromptTooLongError", billed_unseen=1),
        deployments=(DeploymentSpec(P, P, context_tokens=2_000),),
    ),
    Scenario(
        "context-length-larger-fallback",
        Expected(asked=(F, P), answered_by=P, billed_unseen=1),
        deployments=(DeploymentSpec(F, F, context_tokens=2_000),),
        settings={"enable_fallback": True, "chat_deployment": F, "fallback_deployment": P},
    ),
    Scenario("schema-violation-once", Expected(asked=(P, P)), (Fault("schema_violation"),)),
    Scenario(
        "schema-violation-twice",
        Expected("ValidationError", asked=(P, P)),
        (Fault("schema_violation"), Fault("schema_violation")),
    ),
    Scenario(
        "trouble-during-the-re-ask",
        Expected(asked=(P, P, P)),
        (Fault("schema_violation"), status(500)),
    ),
    Scenario(
        "re-ask-answered-by-the-fallback",
        Expected(asked=(P, P, F), answered_by=F, also=(_both_were_charged,)),
        (
            at_primary("schema_violation"),
            at_primary("status", status=429, headers={"retry-after": "60"}),
        ),
        settings=WITH_FALLBACK,
    ),
)
PERMANENT = (
    Scenario("wrong-key-401", at_once("AuthenticationError"), settings={"api_key": WRONG_KEY}),
    Scenario("forbidden-403", at_once("AuthenticationError"), (status(403),)),
    Scenario("unprocessable-422", at_once("InvalidModelRequestError"), (status(422),)),
    Scenario("bad-request-400", at_once("InvalidModelRequestError"), (status(400),)),
)
FAILOVER = (
    Scenario(
        "429-accounting-after-failover",
        Expected(asked=(P, F), answered_by=F, also=(_primary_got_no_money,)),
        (at_primary("status", status=429, headers={"retry-after": "30"}),),
        for_ever=True,
        settings=WITH_FALLBACK,
    ),
    Scenario(
        "503-accounting-after-failover",
        Expected(asked=None, wall_seconds=0.6, answered_by=F, also=(_primary_got_no_money,)),
        (at_primary("status", status=503),),
        for_ever=True,
        settings=WITH_FALLBACK,
    ),
    Scenario(
        "reset-accounting-after-failover",
        Expected(asked=None, wall_seconds=0.6, answered_by=F, also=(_primary_got_no_money,)),
        (at_primary("reset_before_headers"),),
        for_ever=True,
        settings=WITH_FALLBACK,
    ),
)
ONE_CALLER = (*THROTTLING, *SERVER_TROUBLE, *CONNECTION_TROUBLE, *ANSWERS, *PERMANENT, *FAILOVER)
