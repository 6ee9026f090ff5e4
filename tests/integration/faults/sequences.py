"""The table of scenarios that need several calls: retirement, crowds, outages, callers who leave."""

from __future__ import annotations

import asyncio
import time

from local.openai_emulator.faults import Fault
from shared_code.errors import CircuitBreakerError
from tests.integration.faults.harness import PRIMARY, Stage
from tests.integration.faults.scenario import (
    CLOCK_TOLERANCE_SECONDS,
    Check,
    Evidence,
    Expected,
    Scenario,
    Script,
)
from tests.integration.faults.scenarios import WITH_FALLBACK, F, P, at_primary, status

CROWD = 50
THROTTLE_SECONDS = 0.4
# The outage of a minute and its breaker of a minute, both shortened alike: 60 s are 2 s here.
OUTAGE_SECONDS, BREAKER_SECONDS, EVERY_SECONDS = 2.0, 0.5, 0.1
CALLS_IN_SEQUENCE = 30


def _retired(code: int) -> Script:
    async def script(on: Stage) -> None:
        """The second call must know what the first found out."""
        on.emulator.state.deployments.retire(PRIMARY, status=code)
        await on.call()
        await on.call()
        health = on.service.get_service_health()
        on.notes["gone"] = health["deployments"][0]["is_gone"]
        on.notes["status"] = health["service_status"]

    return script


def _health_is(status_word: str) -> Check:
    def check(seen: Evidence) -> str | None:
        if not seen.notes["gone"]:
            return "health does not say that the deployment is gone"
        got = seen.notes["status"]
        return None if got == status_word else f"health says {got}, not {status_word}"

    return check


async def _two_while_throttled(on: Stage) -> None:
    on.order(status(429, {"retry-after-ms": str(int(THROTTLE_SECONDS * 1000))}))
    first = asyncio.create_task(on.call())
    await asyncio.sleep(0.15)
    await asyncio.gather(first, on.call(), on.call())


def _nobody_came_early(seen: Evidence) -> str | None:
    first = seen.wire[0].arrived
    early = [
        request.arrived - first
        for request in seen.wire[1:]
        if request.arrived - first < THROTTLE_SECONDS - CLOCK_TOLERANCE_SECONDS
    ]
    return f"{len(early)} requests came before the time that the 429 named" if early else None


def _everybody_was_answered(seen: Evidence) -> str | None:
    names = {got.name for got in seen.got}
    return None if names == {"answer"} else f"callers got {', '.join(sorted(names))}"


def _crowd_at_half_open(probe: Fault) -> Script:
    async def script(on: Stage) -> None:
        on.order(status(503), status(503))
        await on.call()
        await on.call()
        on.notes["before"] = len(await on.on_the_wire())
        await asyncio.sleep(0.3)
        on.order(probe)
        await asyncio.gather(*(on.call() for _ in range(CROWD)))

    return script


def _one_probe(answers: int) -> Check:
    def check(seen: Evidence) -> str | None:
        probes = len(seen.wire) - seen.notes["before"]
        crowd = seen.got[-CROWD:]
        answered = sum(got.name == "answer" for got in crowd)
        told = [got.error for got in crowd if isinstance(got.error, CircuitBreakerError)]
        if probes != 1:
            return f"{probes} probes reached the wire"
        if answered != answers or len(told) < CROWD - 1:
            return f"{answered} of the crowd were answered, {len(told)} told to come again"
        return None if all((error.retry_after or 0) > 0 for error in told) else "some were not told when"

    return check


async def _cancelled(on: Stage) -> None:
    """One leaves while the request is out, the next must find everything in order."""
    on.order(Fault("delay", delay_ms=300))
    await on.cancelled_call(after_seconds=0.15)
    await on.call()


async def _cancelled_while_throttled(on: Stage) -> None:
    """One leaves while it waits for the throttle: no second request of its own."""
    on.order(status(429, {"retry-after-ms": "400"}))
    await on.cancelled_call(after_seconds=0.2)
    await asyncio.sleep(0.3)
    await on.call()


async def _cancelled_probe(on: Stage) -> None:
    """The probe leaves; its turn goes to the next caller, not to nobody."""
    on.order(status(503), status(503))
    await on.call()
    await on.call()
    await asyncio.sleep(0.3)
    on.order(Fault("delay", delay_ms=300))
    await on.cancelled_call(after_seconds=0.15)
    await on.call()


def _the_first_row_is_closed(seen: Evidence) -> str | None:
    code = next(
        (row.details.error_code for row in seen.rows if row.details.error_code == "interrupted"), None
    )
    return None if code else "the cancelled call's row is not closed"


async def flapping(on: Stage, outage_seconds: float, calls: int, every_seconds: float) -> None:
    """Call at a steady pace through an outage of the primary and out of it again."""
    on.order(at_primary("status", status=503), count=None)
    on.notes["up_again"] = time.time() + outage_seconds
    asyncio.get_running_loop().call_later(outage_seconds, on.clear_faults)
    callers = []
    for _ in range(calls):
        callers.append(asyncio.create_task(on.call()))
        await asyncio.sleep(every_seconds)
    await asyncio.gather(*callers)


async def _flapping(on: Stage) -> None:
    await flapping(on, OUTAGE_SECONDS, CALLS_IN_SEQUENCE, EVERY_SECONDS)


def _served_through_the_outage(seen: Evidence) -> str | None:
    lost = sum(got.name != "answer" for got in seen.got)
    return f"{lost} of {len(seen.got)} calls were lost, with a fallback at hand" if lost else None


def _hardly_knocked(seen: Evidence) -> str | None:
    """Until the breaker opens, and then one probe each time it half-opens."""
    knocks = sum(r.deployment == P and r.status == 503 for r in seen.wire)
    # Three to open it, and the attempts that were under way; a probe for each half a second after.
    most = 3 + 3 + int(OUTAGE_SECONDS / BREAKER_SECONDS) + 1
    return f"the dead deployment was asked {knocks} times, more than {most}" if knocks > most else None


def _returned_to_the_primary(seen: Evidence) -> str | None:
    back = [r.arrived for r in seen.wire if r.deployment == P and r.status == 200]
    if not back:
        return "the primary was never asked again"
    late = back[0] - seen.notes["up_again"]
    most = BREAKER_SECONDS + EVERY_SECONDS + 0.2
    return f"the primary was asked again only {late:.2f} s after it came back" if late > most else None


def _failed_fast(seen: Evidence) -> str | None:
    slowest = max((got.seconds for got in seen.got if got.error is not None), default=0.0)
    return f"an error took {slowest:.2f} s" if slowest > 0.8 else None


async def _limit_used_up(on: Stage) -> None:
    await on.call()
    await on.call()


def _from_the_start(seen: Evidence) -> str | None:
    """The second call went straight to the fallback."""
    return None if seen.got[1].attempts == 1 else f"the second call made {seen.got[1].attempts} attempts"


def _no_second_request(seen: Evidence) -> str | None:
    return None if seen.got[1].attempts == 0 else "the second call made a request"


BREAKER = {"breaker_failure_threshold": 2, "breaker_timeout_seconds": 0.25, "max_attempts": 1}
FLAPPING = {"breaker_failure_threshold": 3, "breaker_timeout_seconds": BREAKER_SECONDS, "max_attempts": 2}
SEVERAL_CALLS = (
    *(
        Scenario(
            f"retired-{code}",
            Expected(
                "DeploymentNotFoundError",
                asked=(P,),
                also=(_no_second_request, _health_is("unhealthy")),
            ),
            script=_retired(code),
        )
        for code in (404, 410)
    ),
    *(
        Scenario(
            f"retired-{code}-fallback",
            Expected(
                asked=(P, F, F),
                answered_by=F,
                also=(_from_the_start, _health_is("degraded")),
            ),
            script=_retired(code),
            settings=WITH_FALLBACK,
        )
        for code in (404, 410)
    ),
    Scenario(
        "two-more-callers-while-throttled",
        Expected(asked=(P,) * 4, wall_seconds=1.0, also=(_nobody_came_early, _everybody_was_answered)),
        script=_two_while_throttled,
    ),
    Scenario(
        "crowd-at-half-open-probe-succeeds",
        Expected(asked=(P,) * 3, wall_seconds=2.0, also=(_one_probe(1),)),
        script=_crowd_at_half_open(Fault("delay", delay_ms=300)),
        settings=BREAKER,
    ),
    Scenario(
        "crowd-at-half-open-probe-fails",
        Expected(got="ModelServerError", asked=(P,) * 3, wall_seconds=2.0, also=(_one_probe(0),)),
        script=_crowd_at_half_open(status(503, delay_ms=300)),
        settings=BREAKER,
    ),
    Scenario(
        "cancelled-caller",
        Expected(asked=(P, P), wall_seconds=1.0, billed_unseen=1, also=(_the_first_row_is_closed,)),
        script=_cancelled,
    ),
    Scenario(
        "cancelled-while-throttled",
        Expected(asked=(P, P), wall_seconds=1.2, gap_seconds=0.4, also=(_the_first_row_is_closed,)),
        script=_cancelled_while_throttled,
    ),
    Scenario(
        "cancelled-probe",
        Expected(asked=(P,) * 4, wall_seconds=1.5, billed_unseen=1, also=(_the_first_row_is_closed,)),
        script=_cancelled_probe,
        settings=BREAKER,
    ),
    Scenario(
        "limit-used-up",
        Expected("RateLimitError", asked=(P,), retry_after_seconds=50.0, also=(_no_second_request,)),
        script=_limit_used_up,
        settings={"requests_per_minute": 1},
    ),
    Scenario(
        "flapping-outage",
        Expected(
            asked=None,
            wall_seconds=5.0,
            also=(_hardly_knocked, _returned_to_the_primary, _failed_fast),
        ),
        script=_flapping,
        settings=FLAPPING,
    ),
    Scenario(
        "flapping-outage-fallback",
        Expected(
            asked=None,
            wall_seconds=5.0,
            also=(_served_through_the_outage, _hardly_knocked, _returned_to_the_primary),
        ),
        script=_flapping,
        settings={**FLAPPING, **WITH_FALLBACK},
    ),
)
