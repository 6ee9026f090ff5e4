"""What callers, the provider and the call log see when the provider misbehaves: the table, row by row."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import cast

import pytest

from local.openai_emulator.faults import Fault
from tests.integration.faults.catalogue import CASES, SHORT_PACE
from tests.integration.faults.harness import FALLBACK, PRIMARY, at_most, stage, warm_up
from tests.integration.faults.scenario import Evidence, Expected, Scenario, judge
from tests.integration.faults.scenarios import ONE_CALLER, status
from tests.integration.faults.sequences import SEVERAL_CALLS

CALLS, AT_ONCE = 200, 20
STAGES_AT_ONCE = 4
MIX: tuple[tuple[float, Fault], ...] = (
    (0.06, status(500)),
    (0.04, status(503, {"retry-after": "0.05"})),
    (0.04, status(429, {"retry-after-ms": "40"})),
    (0.03, status(429)),
    (0.03, Fault("reset_before_headers")),
    (0.04, Fault("close_mid_body")),
    (0.03, Fault("truncated_body")),
    (0.03, Fault("malformed_json")),
    (0.06, Fault("schema_violation")),
    (0.04, Fault("finish_length")),
    (0.03, Fault("refusal")),
    (0.03, Fault("empty_content")),
    (0.03, Fault("content_filter_output")),
    (0.03, Fault("content_filter_prompt")),
    (0.05, Fault("fenced_json")),
    (0.02, Fault("delay", delay_ms=1500)),
)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """No row pays for the imports of the first call."""
    asyncio.run(warm_up())


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest) -> dict[str, Evidence]:
    """The chosen rows, a few at a time: mostly they wait, and each has a stage of its own."""
    rows = [
        cast("Scenario", item.callspec.params["scenario"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and "played" in item.fixturenames
    ]

    async def play() -> list[Evidence]:
        return await at_most(STAGES_AT_ONCE, [row.play() for row in rows])

    return {row.id: evidence for row, evidence in zip(rows, asyncio.run(play()), strict=True)}


@pytest.mark.parametrize("scenario", [*ONE_CALLER, *SEVERAL_CALLS], ids=lambda scenario: scenario.id)
def test_a_misbehaving_provider_is_met_as_promised(scenario: Scenario, played: dict[str, Evidence]) -> None:
    """The caller, the wire, the clock and the accounting agree with the table."""
    assert judge(scenario.expected, played[scenario.id]) == []


async def test_the_public_catalogue_finds_nothing_to_object_to() -> None:
    """Every case that applies is rescued and well behaved; all at once, at a twentieth of their times."""
    seen = await asyncio.gather(*(case.scenario(SHORT_PACE).play() for case in CASES))
    verdicts = {
        case.id: case.verdict(evidence, SHORT_PACE) for case, evidence in zip(CASES, seen, strict=True)
    }
    assert {id_: verdict for id_, verdict in verdicts.items() if verdict[0] != "pass"} == {}


async def test_the_log_and_the_provider_agree_on_the_bill_under_random_trouble() -> None:
    """The rows' sum is what the provider bills for readable answers, to the micro-dollar.

    Twenty callers at a time, two deployments at different prices, a seeded mix of faults.
    """
    changes = {"enable_fallback": True, "breaker_timeout_seconds": 0.2, "attempt_timeout_seconds": 1.0}
    async with stage({**changes, "deadline_seconds": 10.0}) as on:
        on.emulator.state.faults.set_mix(list(MIX), seed=20)
        await at_most(AT_ONCE, [on.call() for _ in range(CALLS)])
        wire = await on.on_the_wire()
    seen = Evidence(tuple(on.got), wire, tuple(on.logger.rows), on.logger.starts, {}, PRIMARY)
    expected = Expected(seen.got[-1].name, asked=None, wall_seconds=30.0, billed_unseen=seen.billed_unseen)
    assert judge(expected, seen) == []
    # The mix must have done its work, or the agreement above would say little.
    assert {request.deployment for request in wire} == {PRIMARY, FALLBACK}
    assert seen.billed_unseen > 0
    assert any(row.details.reasks for row in seen.rows)
    assert sum(got.error is None for got in seen.got) > CALLS // 2
    assert seen.accounted_micro_usd is not None
    assert seen.accounted_micro_usd > 0


class TestTheJudge:
    """A judge that lets everything pass would prove nothing."""

    @pytest.fixture
    async def seen(self) -> Evidence:
        """A 500, then an answer."""
        return await Scenario("500", Expected(), (status(500),)).play()

    @pytest.mark.parametrize(
        ("expected", "objection"),
        [
            pytest.param(Expected("RateLimitError", asked=(PRIMARY,) * 2), "the caller got", id="outcome"),
            pytest.param(Expected(asked=(PRIMARY,)), "asked were", id="wire"),
            pytest.param(Expected(asked=None, gap_seconds=9.0), "the second request", id="spacing"),
            pytest.param(Expected(asked=None, wall_seconds=-1.0), "it took", id="wall"),
            pytest.param(Expected(asked=None, answered_by=FALLBACK), "it names", id="deployment"),
            pytest.param(Expected(asked=None, billed_unseen=1), "without a figure", id="unseen"),
            pytest.param(Expected(asked=None, retry_after_seconds=1.0), "retry_after", id="retry-after"),
            pytest.param(Expected(asked=None, cost_is_known=False), "nobody knows", id="unknown-cost"),
        ],
    )
    async def test_objects_to_what_was_not_expected(
        self, seen: Evidence, expected: Expected, objection: str
    ) -> None:
        """Each expectation is looked at."""
        [finding] = judge(expected, seen)
        assert objection in finding

    @pytest.mark.parametrize("error_micro_usd", [-1, 1])
    async def test_objects_to_a_micro_dollar(self, seen: Evidence, error_micro_usd: int) -> None:
        """Too much or too little, in the row or in its split."""
        [row] = seen.rows
        cost = (row.details.cost_micro_usd or 0) + error_micro_usd
        [charge] = row.details.usage_by_deployment
        split = (replace(charge, cost_micro_usd=cost),)
        details = replace(row.details, cost_micro_usd=cost, usage_by_deployment=split)
        findings = judge(Expected(asked=None), replace(seen, rows=(replace(row, details=details),)))
        assert [finding.split()[0] for finding in findings] == ["accounted", "charged"]

    async def test_objects_to_a_call_without_its_row(self, seen: Evidence) -> None:
        """Every call leaves one."""
        assert any(
            "in the log" in finding for finding in judge(Expected(asked=None), replace(seen, starts=0))
        )

    async def test_objects_to_half_an_answer(self, seen: Evidence) -> None:
        """Truncated is not answered."""
        [got] = seen.got
        altered = replace(got, value={"pii_entities": []})
        [finding] = judge(Expected(asked=None), replace(seen, got=(altered,)))
        assert "whole answer" in finding
