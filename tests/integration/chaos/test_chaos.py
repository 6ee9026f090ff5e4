"""Whatever dies meanwhile, the intake loses nothing and bills nothing twice."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from shared_code.intake.states import JobState
from tests.integration.chaos.reckoning import Reckoning, reckon, summary
from tests.integration.chaos.storm import Aftermath, StormPlan, weather_a_storm

USUAL_SEED = 20261121
SHORT = StormPlan(files=40, seed=USUAL_SEED, kills=3, storage_restarts=1)
LONG = StormPlan(
    files=200,
    seed=USUAL_SEED,
    kills=10,
    storage_restarts=2,
    calm_seconds=(0.3, 5.0),
    settle_within_seconds=240,
)


def _plan() -> StormPlan:
    """The short storm, or the long one with ``CHAOS_CVS=200``; ``CHAOS_SEED`` makes it another."""
    files = int(os.environ.get("CHAOS_CVS") or 0)
    plan = replace(LONG, files=files) if files else SHORT
    return replace(plan, seed=int(os.environ.get("CHAOS_SEED") or plan.seed))


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    """One storm, which all tests look back on."""
    return asyncio.run(weather_a_storm(_plan(), tmp_path_factory.mktemp("storm")))


@pytest.fixture(scope="module")
def reckoning(aftermath: Aftermath, request: pytest.FixtureRequest) -> Reckoning:
    """The books compared; of a long run, the table is shown."""
    found = reckon(aftermath)
    terminal = request.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CHAOS_CVS") and terminal is not None:
        terminal.write_line(f"\n\n{summary(aftermath, found, _plan().seed)}")
    return found


def test_it_was_a_storm(aftermath: Aftermath) -> None:
    """Everything was done to the system that was planned, and a good share of requests went wrong."""
    plan = _plan()
    happened = Counter(d.kind for d in aftermath.disturbances)
    assert happened == {
        "host killed": plan.kills,
        "storage away": plan.storage_restarts,
        "model away": plan.model_outages,
    }
    totals = aftermath.ledger["totals"]
    assert sum(totals["by_fault"].values()) > totals["requests"] / 10


def test_every_file_has_its_job(aftermath: Aftermath) -> None:
    """What was dropped or answered with 202 is a job; nothing else is."""
    wanted = {(one.file.document_id, one.blob_name) for one in aftermath.handed}
    assert {(job.document_id, job.blob_name) for jobs in aftermath.jobs.values() for job in jobs} == wanted


def test_nothing_is_open_and_nothing_failed(aftermath: Aftermath) -> None:
    """Every job ended, readable files as done and the others as rejected; both queues are empty."""
    readable = {one.file.document_id: one.file.is_readable for one in aftermath.handed}
    wrong = [
        (job.state, job.reason_code, job.blob_name)
        for document_id, jobs in aftermath.jobs.items()
        for job in jobs
        if job.state is not (JobState.DONE if readable[document_id] else JobState.REJECTED)
    ]
    assert wrong == []
    assert set(aftermath.queue_lengths.values()) == {0}, aftermath.queue_lengths


def test_every_readable_content_has_one_result(aftermath: Aftermath) -> None:
    """One each, however often and under however many names it came."""
    readable = {one.file.document_id for one in aftermath.handed if one.file.is_readable}
    assert sorted(aftermath.results) == sorted(f"{document_id}.json" for document_id in readable)


def test_unreadable_files_are_kept_with_a_reason(aftermath: Aftermath) -> None:
    """The reason is written down, and the original has been moved beside it."""
    unreadable = [one for one in aftermath.handed if not one.file.is_readable]
    assert set(aftermath.rejected) == {one.file.document_id for one in unreadable}
    for one in unreadable:
        assert aftermath.rejected[one.file.document_id]["reason"]["message"]
        assert f"{one.file.document_id}/{Path(one.blob_name).name}" in aftermath.rejected_originals
        assert one.blob_name not in aftermath.inbox


def test_every_billed_answer_is_accounted_for(aftermath: Aftermath, reckoning: Reckoning) -> None:
    """Or was lost with a killed process, or broken off on order; nothing is asked twice without that."""
    assert reckoning.objections == (), summary(aftermath, reckoning, _plan().seed)


def test_cost_records_can_be_derived_again(aftermath: Aftermath) -> None:
    """The second derivation writes nothing, and the records hold what the call log says."""
    first, second = aftermath.record_etags
    assert first == second != ()
    assert aftermath.recorded_micro_usd == sum(row.known_cost_micro_usd for row in aftermath.rows)
