"""Which request gets which fault."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from local.openai_emulator.faults import Fault, FaultPlan, Target

CHAT = Target("chat", "/openai/v1/chat/completions", "gpt-4.1-mini", "candidate_profile_schema")
VECTORS = Target("embeddings", "/openai/v1/embeddings", "text-embedding-3-small")


def test_queued_faults_are_taken_in_order_and_as_often_as_ordered() -> None:
    """After them, requests pass."""
    plan = FaultPlan()
    plan.add(Fault("status", status=503), 2)
    plan.add(Fault("silence"))
    taken = [plan.choose(CHAT) for _ in range(4)]
    assert [fault.label if fault else None for fault in taken] == [
        "status:503",
        "status:503",
        "silence",
        None,
    ]


def test_a_fault_without_a_count_stays_until_cleared() -> None:
    """Null in the control route's JSON."""
    plan = FaultPlan()
    plan.add(Fault("empty_content"), None)
    assert all(plan.choose(CHAT) for _ in range(100))
    plan.clear()
    assert plan.choose(CHAT) is None


@pytest.mark.parametrize(
    ("match", "hits_chat", "hits_vectors"),
    [
        pytest.param({}, True, True, id="any"),
        pytest.param({"deployment": "gpt-4.1-mini"}, True, False, id="deployment"),
        pytest.param({"path": "*/embeddings"}, False, True, id="path"),
        pytest.param({"schema": "candidate_profile_schema"}, True, False, id="schema"),
        pytest.param(
            {"deployment": "gpt-4.1-mini", "path": "*/embeddings"}, False, False, id="both-must-hold"
        ),
    ],
)
def test_a_fault_waits_for_the_request_it_is_meant_for(
    match: dict[str, str], hits_chat: bool, hits_vectors: bool
) -> None:
    """Others pass it by and do not use it up."""
    fault = Fault.parse({"kind": "status", "match": match})
    assert (fault.hits(CHAT), fault.hits(VECTORS)) == (hits_chat, hits_vectors)


def test_a_fault_of_chat_answers_does_not_hit_vectors() -> None:
    """There is nothing to refuse or to cut in a vector."""
    assert not Fault("refusal").hits(VECTORS)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"kind": "explode"}, id="kind"),
        pytest.param({"kind": "status", "status": 99}, id="status"),
        pytest.param({"kind": "delay", "delay_ms": -1}, id="delay"),
        pytest.param({"kind": "delay", "seconds": 3}, id="unknown-field"),
        pytest.param({"kind": "delay", "match": {"model": "x"}}, id="unknown-match"),
    ],
)
def test_a_fault_that_cannot_be_meant_is_refused(data: dict[str, Any]) -> None:
    """A misspelt order would otherwise pass as a test without a fault."""
    with pytest.raises(ValueError, match=r"kind|status|delay|unknown"):
        Fault.parse(data)


def test_the_random_mix_keeps_its_rates_and_repeats_with_its_seed() -> None:
    """Two plans with one seed treat the same requests alike."""

    def draw(seed: int) -> list[str | None]:
        plan = FaultPlan()
        plan.set_mix([(0.2, Fault("status", status=500)), (0.1, Fault("silence"))], seed)
        return [fault.label if (fault := plan.choose(CHAT)) else None for _ in range(5_000)]

    drawn = draw(7)
    counts = Counter(drawn)
    assert 850 <= counts["status:500"] <= 1_150
    assert 400 <= counts["silence"] <= 600
    assert draw(7) == drawn
    assert draw(8) != drawn


def test_rates_beyond_one_are_refused() -> None:
    """A request gets at most one fault."""
    with pytest.raises(ValueError, match="rates"):
        FaultPlan().set_mix([(0.7, Fault("silence")), (0.4, Fault("delay"))], 0)
