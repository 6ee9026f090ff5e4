"""The limiter that instances share, in virtual time over a table of one row."""

from __future__ import annotations

import asyncio
import random

import pytest

from benchmarks.shared_limit import (
    OneRow,
    most_in_any_window,
    run_virtually,
    simulate,
    virtual_clock,
)
from shared_code.errors import RateLimitError
from shared_code.limit_row import COLUMN, limit_key
from shared_code.shared_limiter import SharedLimiter


def limiter_on(row: OneRow, limit: int, tokens: int | None = None) -> SharedLimiter:
    """One instance."""
    return SharedLimiter(
        row,
        "name",
        limit,
        tokens,
        clock=virtual_clock,
        monotonic=asyncio.get_running_loop().time,
        jitter=random.Random(3).random,
    )


async def start_times(limiter: SharedLimiter, calls: int, tokens: int = 0) -> list[float]:
    """When so many calls that come together are admitted, in the order in which they came."""
    loop = asyncio.get_running_loop()

    async def call() -> float:
        await limiter.admit(tokens, 1_000.0)
        return loop.time()

    return list(await asyncio.gather(*(call() for _ in range(calls))))


async def count_admitted(limiter: SharedLimiter) -> int:
    """How many calls are admitted one after the other until one would wait for a second."""
    admitted = 0
    while True:
        try:
            await limiter.admit(0, 1.0)
        except RateLimitError:
            return admitted
        admitted += 1


def test_instances_together_keep_the_limit_and_callers_start_in_order() -> None:
    """Three instances with ten callers each, twelve requests a minute."""

    async def scenario() -> list[list[float]]:
        row = OneRow()
        return await asyncio.gather(*(start_times(limiter_on(row, 12), 10) for _ in range(3)))

    by_instance = run_virtually(scenario())
    for instance_times in by_instance:
        in_order = [round(at, 2) for at in instance_times]  # timers of one moment differ by a millisecond
        assert in_order == sorted(in_order)
    times = [at for times in by_instance for at in times]
    assert most_in_any_window(times, 60.0) == 12
    assert max(times) < 2 * 66.0


def test_tokens_are_shared_too() -> None:
    """Two instances, ten requests' worth of tokens a minute."""

    async def scenario() -> list[float]:
        row = OneRow()
        instances = [limiter_on(row, 1_000, 1_000) for _ in range(2)]
        by_instance = await asyncio.gather(*(start_times(each, 10, 100) for each in instances))
        return [at for times in by_instance for at in times]

    assert most_in_any_window(run_virtually(scenario()), 60.0) == 10


def test_settling_at_less_than_the_estimate_lets_more_through() -> None:
    """The second request need not wait for the window, because the first counted little."""

    async def scenario() -> float:
        limiter = limiter_on(OneRow(), 100, 100)
        permit = await limiter.admit(100, 10.0)
        limiter.settle(permit, 10)
        await limiter.admit(80, 10.0)
        return asyncio.get_running_loop().time()

    assert run_virtually(scenario()) < 1.0


def test_a_request_that_never_left_is_refunded() -> None:
    """Giving back frees the only place of the minute."""

    async def scenario() -> float:
        limiter = limiter_on(OneRow(), 1)
        limiter.give_back(await limiter.admit(0, 10.0))
        await limiter.admit(0, 10.0)
        return asyncio.get_running_loop().time()

    assert run_virtually(scenario()) < 1.0


def test_a_turn_after_the_deadline_is_refused_at_once_and_says_when() -> None:
    """Nobody waits for a turn that comes too late, and the next one refused costs no request."""

    async def scenario() -> tuple[float, float | None, int]:
        row = OneRow()
        limiter = limiter_on(row, 1)
        await limiter.admit(0, 10.0)
        with pytest.raises(RateLimitError) as refusal:
            await limiter.admit(0, 10.0)
        row.is_down = True
        with pytest.raises(RateLimitError):
            await limiter.admit(0, 10.0)
        assert not limiter.is_degraded
        return asyncio.get_running_loop().time(), refusal.value.retry_after_seconds, limiter.exchanges

    at, retry_after, _ = run_virtually(scenario())
    assert at < 1.0
    assert retry_after is not None
    assert 60.0 < retry_after < 63.0


def test_a_slow_table_cannot_hold_a_caller_beyond_its_deadline() -> None:
    """Somebody with a second's patience is told after a second."""

    async def scenario() -> float:
        limiter = limiter_on(OneRow(seconds=(3.0, 3.0)), 10)
        with pytest.raises(RateLimitError):
            await limiter.admit(0, 1.0)
        return asyncio.get_running_loop().time()

    assert run_virtually(scenario()) == pytest.approx(1.0, abs=0.01)


def test_permits_that_arrive_late_are_leased_anew_for_longer() -> None:
    """A table slower than the usual grace still lets calls through."""

    async def scenario() -> float:
        limiter = limiter_on(OneRow(seconds=(2.2, 2.2)), 10)
        await limiter.admit(0, 60.0)
        assert not limiter.is_degraded
        return asyncio.get_running_loop().time()

    assert run_virtually(scenario()) < 20.0


@pytest.mark.parametrize("pause", [0.0, 0.001, 0.02, 30.0], ids=["queued", "reading", "leased", "waiting"])
def test_a_caller_who_is_cancelled_leaves_its_turn_to_the_next(pause: float) -> None:
    """Wherever it stood: the limit of the minute is used by those who stay."""

    async def scenario() -> list[float]:
        limiter = limiter_on(OneRow(), 2)
        await start_times(limiter, 2)
        leaver = asyncio.create_task(limiter.admit(0, 1_000.0))
        stayer = asyncio.create_task(start_times(limiter, 1))
        await asyncio.sleep(pause)
        leaver.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaver
        return await start_times(limiter, 1) + await stayer

    assert max(run_virtually(scenario())) < 66.0


def test_an_outage_of_the_table_leaves_each_instance_its_share() -> None:
    """Calls go on, health says so, and the record hears of them when the table is back."""

    async def scenario() -> tuple[list[int], float]:
        row = OneRow()
        instances = [limiter_on(row, 40) for _ in range(4)]
        for _ in range(2):  # the second time, everybody sees everybody
            for each in instances:
                await each.admit(0, 10.0)
            await asyncio.sleep(20.0)  # leases run out
        await asyncio.sleep(60.0)
        row.is_down = True
        admitted = [await count_admitted(each) for each in instances]
        assert all(each.status()["degraded"] for each in instances)
        row.is_down = False
        await asyncio.sleep(6.0)
        went_on_at = asyncio.get_running_loop().time()
        for each in instances:
            await each.admit(0, 61.0)
        assert not any(each.status()["degraded"] for each in instances)
        return admitted, asyncio.get_running_loop().time() - went_on_at

    admitted, waited_seconds = run_virtually(scenario())
    assert admitted == [10, 10, 10, 10]
    assert 45.0 < waited_seconds < 61.0  # what was used during the outage has been booked


def test_a_report_whose_answer_got_lost_is_neither_repeated_nor_forgotten() -> None:
    """The row itself tells that it was written: all of the limit is used, and no more."""

    async def scenario() -> int:
        row = OneRow()
        limiter = limiter_on(row, 20)
        for _ in range(10):
            await limiter.admit(0, 30.0)
        await asyncio.sleep(11.0)  # leases run out, so the next exchange reports
        row.loses_answers = True
        await limiter.admit(0, 30.0)  # on its own, for the table seemed down
        assert limiter.is_degraded
        await asyncio.sleep(6.0)
        return 11 + await count_admitted(limiter)

    assert run_virtually(scenario()) == 20


def test_a_caller_cancelled_at_any_step_keeps_no_permit() -> None:
    """Not even when its turn and the cancellation come at the same moment."""

    async def scenario(steps: int) -> float:
        limiter = limiter_on(OneRow(seconds=(0.0, 0.0)), 1)
        leaver = asyncio.create_task(limiter.admit(0, 10.0))
        for _ in range(steps):
            await asyncio.sleep(0)
        leaver.cancel()
        [permit] = await asyncio.gather(leaver, return_exceptions=True)
        if not isinstance(permit, BaseException):
            limiter.give_back(permit)
        await limiter.admit(0, 100.0)
        return asyncio.get_running_loop().time()

    assert max(run_virtually(scenario(steps)) for steps in range(30)) < 1.0


@pytest.mark.parametrize("text", ["rubbish", "{}"])
def test_a_row_that_cannot_be_read_is_written_anew_after_a_window(text: str) -> None:
    """It holds up calls for one window, not for ever."""

    async def scenario() -> float:
        row = OneRow()
        await row.insert("t", {"PartitionKey": "limit", "RowKey": "name", COLUMN: text})
        await limiter_on(row, 5).admit(0, 200.0)
        return asyncio.get_running_loop().time()

    assert 60.0 < run_virtually(scenario()) < 64.0


def test_health_says_what_is_left() -> None:
    """The promised fields, and how the sharing goes."""

    async def scenario() -> dict[str, object]:
        limiter = limiter_on(OneRow(), 5, 1_000)
        await limiter.admit(300, 10.0)
        return limiter.status()

    assert run_virtually(scenario()) == {
        "requests_remaining": 4,
        "tokens_remaining": 700,
        "reset_time": 0.0,
        "scope": "shared",
        "degraded": False,
        "instances": 1,
        "exchanges": 1,
        "conflicts": 0,
    }


def test_what_others_take_of_the_quota_is_given_way_to() -> None:
    """The provider says that little is left: the next caller waits for it."""

    async def scenario() -> float:
        limiter = limiter_on(OneRow(), 100, 1_000)
        permit = await limiter.admit(100, 10.0)
        limiter.settle(permit, 100)
        limiter.observe(50, 100)
        await limiter.admit(500, 200.0)
        return asyncio.get_running_loop().time()

    assert 60.0 < run_virtually(scenario()) < 64.0


@pytest.mark.parametrize("batch", [1, 10])
def test_a_simulated_rush_keeps_the_limit_and_uses_it(batch: int) -> None:
    """Eight instances with clocks apart, and a fifth more calls than allowed."""
    outcome = simulate(8, 1.2, batch)
    assert outcome.most_in_a_window <= outcome.limit
    assert outcome.utilisation >= 0.9


def test_batches_conflict_less_than_single_calls() -> None:
    """What leasing in batches is for, at sixty instances."""
    single, batches = (
        simulate(60, 0.7, batch, warm_up_seconds=5.0, measured_seconds=10.0) for batch in (1, 10)
    )
    assert batches.conflict_share < single.conflict_share
    assert batches.changes_per_permit < 0.5 < 1.0 < single.changes_per_permit


def test_one_host_has_one_row_whatever_is_written_after_it() -> None:
    """The key names no host, and does not depend on the path or on the case."""
    key = limit_key("https://Example.openai.azure.com/")
    assert key == limit_key("https://example.openai.azure.com/openai/v1/")
    assert key != limit_key("https://other.openai.azure.com")
    assert "example" not in key


def test_refuses_a_limit_below_one() -> None:
    """A limit of nothing would make every caller wait for ever."""
    with pytest.raises(ValueError, match="at least 1"):
        SharedLimiter(OneRow(), "name", 0)
