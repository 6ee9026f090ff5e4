"""Money: the rows' sum is what was billed."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.accounting.call_log import CallDetails
from shared_code.accounting.usage import Usage
from shared_code.assistants.registry import PII_IDENTIFIER
from shared_code.errors import OpenAIServiceError
from shared_code.openai_service import AsyncOpenAIService
from shared_code.reliability.deadline import Deadline
from tests.unit.guard.callers import outcome
from tests.unit.guard.provider import Provider, Step, guarded_client
from tests.unit.guard.troubles import ANSWERS, ARRIVALS, EXAMPLES, LIMITS, TROUBLES
from tests.unit.guard.virtual_time import in_virtual_time, now


class _Rows:
    """The ends of calls as they were logged."""

    def __init__(self) -> None:
        self.details: list[CallDetails] = []

    def log_call_start(self, **_: Any) -> None:
        return None

    def log_call_success(self, *, details: CallDetails, **_: Any) -> None:
        self.details.append(details)

    def log_call_failure(self, *, details: CallDetails, **_: Any) -> None:
        self.details.append(details)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    steps=st.lists(st.one_of(TROUBLES, ANSWERS, ANSWERS), max_size=16),
    limits=LIMITS,
    arrivals=ARRIVALS,
    max_reasks=st.integers(0, 3),
)
def test_the_rows_sum_is_what_was_billed(
    steps: list[Step], limits: dict[str, Any], arrivals: list[float], max_reasks: int
) -> None:
    """To the micro-dollar: cut off, filtered, refused, re-asked and failed-over answers included."""
    provider = Provider(list(steps))
    rows = _Rows()
    options = {**limits, "enable_fallback": True, "max_reasks": max_reasks, "requests_per_minute": 1_000}

    async def work() -> tuple[float, list[Any]]:
        client = guarded_client(provider, **options)
        service = AsyncOpenAIService(rows, client=client)

        async def caller(arrival: float) -> Any:
            await asyncio.sleep(arrival)
            deadline = Deadline.after(150.0, now)
            return await outcome(service.ask(PII_IDENTIFIER, "a CV", deadline=deadline))

        results = await asyncio.gather(*(caller(arrival) for arrival in arrivals))
        return client.token_tracker.get_usage_summary()["total_cost"], list(results)

    tracked_usd, results = in_virtual_time(work)
    assert len(rows.details) == len(arrivals)
    assert sum(row.cost_micro_usd or 0 for row in rows.details) == provider.billed_micro_usd
    assert round(tracked_usd * 1_000_000) == provider.billed_micro_usd
    split = [charge for row in rows.details for charge in row.usage_by_deployment]
    assert sum(charge.cost_micro_usd or 0 for charge in split) == provider.billed_micro_usd
    told = sum(
        (
            result.usage if isinstance(result, OpenAIServiceError) else result.details.usage
            for result in results
        ),
        Usage(),
    )
    assert told == sum((row.usage for row in rows.details), Usage())
