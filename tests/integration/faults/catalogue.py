"""The public catalogue FailoverBench (github.com/failoverbench/failoverbench, methodology 0.1) for our calls.

Its sixteen faults and checks are written for streams. Here each is put as an answer that comes in one
piece would meet it: a cut stream is half a body, a stalled one half a body and then silence, a malformed
chunk a malformed body. S11 (a missing end-of-stream mark) has no such counterpart. Its ids and verdicts:
``pass`` rescued and well behaved, ``partial`` rescued with an advisory check failed, ``safe`` a clean
error, ``fail`` a hang, a truncated answer, or a required check failed. All have a fallback at hand, as
there. ``pace`` shortens every time alike, the settings' and the faults'; 1.0 is the catalogue's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from local.openai_emulator.faults import Fault
from shared_code.settings import OpenAISettings
from tests.integration.faults.harness import FALLBACK, PRIMARY, Stage, whole_answer
from tests.integration.faults.scenario import Evidence, Expected, Scenario, one_call
from tests.integration.faults.scenarios import at_primary
from tests.integration.faults.sequences import flapping

Verdict = Literal["pass", "partial", "safe", "fail"]
Test = Callable[[Evidence, float], bool]
# A shared machine's hiccups, which do not shrink with the pace.
SLACK_SECONDS = 0.3
SHORT_PACE = 0.05
OUTAGE, CALLS, EVERY = 60.0, 20, 4.0


@dataclass(frozen=True, slots=True)
class Check:
    """One of the catalogue's checks, by its name there."""

    name: str
    holds: Test
    is_advisory: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One fault of the catalogue. ``ideal_is_error`` where a clean error is what the caller should get."""

    id: str
    title: str
    as_here: str
    faults: Callable[[float], tuple[Fault, ...]]
    checks: tuple[Check, ...]
    max_wall_seconds: float
    for_ever: bool = True
    ideal_is_error: bool = False
    is_sequence: bool = False
    primary: str = PRIMARY

    def scenario(self, pace: float) -> Scenario:
        """This case as a scenario of ours. Its expectations are the catalogue's, see ``verdict``."""
        defaults = OpenAISettings.model_construct()
        settings: Mapping[str, Any] = {
            "enable_fallback": True,
            "chat_deployment": self.primary,
            "fallback_deployment": PRIMARY if self.primary == FALLBACK else FALLBACK,
            "backoff_seconds": defaults.backoff_seconds * pace,
            "attempt_timeout_seconds": defaults.attempt_timeout_seconds * pace,
            "deadline_seconds": defaults.deadline_seconds * pace,
            "breaker_timeout_seconds": defaults.breaker_timeout_seconds * pace,
        }

        async def sequence(on: Stage) -> None:
            await flapping(on, OUTAGE * pace, CALLS, EVERY * pace)

        return Scenario(
            self.id,
            Expected(),
            () if self.is_sequence else self.faults(pace),
            for_ever=self.for_ever,
            settings=settings,
            script=sequence if self.is_sequence else one_call,
        )

    def verdict(self, seen: Evidence, pace: float) -> tuple[Verdict, list[str]]:
        """The catalogue's word for what happened, and the checks that failed."""
        failed = [check for check in self.checks if not check.holds(seen, pace)]
        names = [check.name for check in failed]
        within = self.max_wall_seconds * pace + SLACK_SECONDS
        if any(got.seconds > within for got in seen.got):
            return "fail", [*names, "no_hang"]
        if any(got.error is None and got.value != whole_answer() for got in seen.got):
            return "fail", [*names, "no_truncated_success"]
        if any(not check.is_advisory for check in failed):
            return "fail", names
        if self.ideal_is_error:
            return ("pass" if seen.got[-1].error is not None else "partial"), names
        if seen.got[-1].error is not None:
            return "safe", names
        return ("partial" if failed else "pass"), names


def _primary(seen: Evidence) -> list[float]:
    return [request.arrived for request in seen.wire if request.deployment == seen.primary]


def _at_least(attempts: int) -> Test:
    return lambda seen, pace: len(_primary(seen)) >= attempts


def _at_most(attempts: int) -> Test:
    return lambda seen, pace: len(_primary(seen)) <= attempts


def _no_hammer(attempts: int, seconds: float) -> Test:
    def holds(seen: Evidence, pace: float) -> bool:
        arrivals = _primary(seen)
        return sum(at - arrivals[0] <= seconds * pace for at in arrivals) <= attempts

    return holds


def _first_gap(seconds: float) -> Test:
    def holds(seen: Evidence, pace: float) -> bool:
        arrivals = _primary(seen)
        return len(arrivals) > 1 and arrivals[1] - arrivals[0] >= seconds * pace

    return holds


def _within(seconds: float) -> Test:
    return lambda seen, pace: seen.wall_seconds <= seconds * pace + SLACK_SECONDS


def _restarted(seen: Evidence, pace: float) -> bool:
    return len({request.prompt_sha256 for request in seen.wire}) == 1


def _names_the_fallback(seen: Evidence, pace: float) -> bool:
    return seen.got[-1].deployment == FALLBACK and seen.rows[-1].details.deployment == FALLBACK


def _has_usage(seen: Evidence, pace: float) -> bool:
    return seen.got[-1].usage.total_tokens > 0


def _bills_no_failure(seen: Evidence, pace: float) -> bool:
    return {charge.deployment for charge in seen.rows[-1].details.usage_by_deployment} == {FALLBACK}


def _served_during_outage(seen: Evidence, pace: float) -> bool:
    return all(got.error is None for got in seen.got if got.began < seen.notes["up_again"])


def _recovered(seen: Evidence, pace: float) -> bool:
    back = [r.arrived for r in seen.wire if r.deployment == PRIMARY and r.status == 200]
    return bool(back) and back[0] - seen.notes["up_again"] <= 30 * pace + SLACK_SECONDS


def _refusal(code: str, deployment: str) -> Fault:
    body = {"error": {"code": code, "message": "refused on order", "type": "invalid_request_error"}}
    return Fault("status", status=400, body=body, match_deployment=deployment)


CASES = (
    Case(
        "S01",
        "429 with Retry-After",
        "the same",
        lambda pace: (at_primary("status", status=429, headers={"retry-after": f"{2 * pace:.3f}"}),),
        (
            Check("retried", _at_least(2), is_advisory=True),
            Check("retry_after_honoured", _first_gap(1.8), is_advisory=True),
            Check("no_hammer", _no_hammer(2, 1.5)),
        ),
        max_wall_seconds=20,
        for_ever=False,
    ),
    Case(
        "S02",
        "429 without Retry-After, persistent",
        "the same",
        lambda pace: (at_primary("status", status=429),),
        (Check("no_hammer", _no_hammer(4, 3)), Check("bounded_attempts", _at_most(6))),
        max_wall_seconds=40,
    ),
    Case(
        "S03",
        "500 once, then healthy",
        "the same",
        lambda pace: (at_primary("status", status=500),),
        (Check("same_provider_retry", _at_least(2), is_advisory=True),),
        max_wall_seconds=20,
        for_ever=False,
    ),
    Case(
        "S04",
        "503 persistent",
        "the same",
        lambda pace: (at_primary("status", status=503),),
        (Check("bounded_attempts", _at_most(6)),),
        max_wall_seconds=40,
    ),
    Case(
        "S05",
        "TCP reset before headers",
        "the same",
        lambda pace: (at_primary("reset_before_headers"),),
        (),
        max_wall_seconds=20,
        for_ever=False,
    ),
    Case(
        "S06",
        "No response at all",
        "the same",
        lambda pace: (at_primary("silence", delay_ms=120_000 * pace),),
        (
            Check("within_budget", _within(100)),
            Check("silent_route_not_retried", _at_most(1), is_advisory=True),
        ),
        max_wall_seconds=130,
    ),
    Case(
        "S07",
        "Slow first token",
        "headers at once, the body within 20 s; its limit on the first token has no counterpart",
        lambda pace: (at_primary("slow_body", delay_ms=20_000 * pace),),
        (),
        max_wall_seconds=60,
    ),
    Case(
        "S08",
        "Stream cut mid-answer",
        "half a body, then the end",
        lambda pace: (at_primary("close_mid_body"),),
        (),
        max_wall_seconds=40,
    ),
    Case(
        "S09",
        "Stream stalls",
        "half a body, then 30 s of silence, then the end",
        lambda pace: (at_primary("stall_mid_body", delay_ms=30_000 * pace),),
        (Check("bounded", _within(45)),),
        max_wall_seconds=70,
    ),
    Case(
        "S10",
        "Malformed chunk in the stream",
        "a body that is no JSON",
        lambda pace: (at_primary("malformed_json"),),
        (),
        max_wall_seconds=30,
    ),
    Case(
        "S12",
        "Context length exceeded",
        "the same; the fallback is the model with the larger context",
        lambda pace: (_refusal("context_length_exceeded", FALLBACK),),
        (Check("no_same_model_retry", _at_most(1)),),
        max_wall_seconds=20,
        primary=FALLBACK,
    ),
    Case(
        "S13",
        "Content-filter rejection",
        "the same",
        lambda pace: (_refusal("content_policy_violation", PRIMARY),),
        (Check("no_same_model_retry", _at_most(1)),),
        max_wall_seconds=20,
        ideal_is_error=True,
    ),
    Case(
        "S14",
        "Fallback target rejects prefill",
        "half a body; the next request must be the whole one again, not a continuation",
        lambda pace: (at_primary("close_mid_body"),),
        (Check("no_prefill_masking", _restarted),),
        max_wall_seconds=40,
    ),
    Case(
        "S15",
        "Primary flaps: down, then healthy",
        "the same: 60 s down, 20 calls, 4 s apart",
        lambda pace: (),
        (
            Check("served_during_outage", _served_during_outage),
            Check("recovered", _recovered),
        ),
        max_wall_seconds=30,
        is_sequence=True,
    ),
    Case(
        "S16",
        "Fail-over accounting",
        "the same; the call log's row included",
        lambda pace: (at_primary("status", status=503),),
        (
            Check("reports_fallback_model", _names_the_fallback),
            Check("usage_present", _has_usage, is_advisory=True),
            Check("failures_not_billed", _bills_no_failure),
            Check("bounded_attempts", _at_most(6)),
        ),
        max_wall_seconds=40,
    ),
)
NOT_APPLICABLE = {"S11": "Stream ends without [DONE]: an answer in one piece has no end mark to miss"}
