"""Prices: in whole micro-dollars, from the catalogue, and never zero for the unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.accounting.pricing import load_catalogue
from shared_code.accounting.usage import Usage

CATALOGUE = load_catalogue()


@pytest.mark.parametrize(
    ("model", "usage", "micro_usd"),
    [
        pytest.param("gpt-4.1-mini", Usage(1_000_000, 0, 0), 400_000, id="input"),
        pytest.param("gpt-4.1-mini", Usage(1_000_000, 1_000_000, 0), 100_000, id="cached"),
        pytest.param("gpt-4.1-mini", Usage(0, 0, 1_000_000), 1_600_000, id="output"),
        pytest.param("gpt-4o-mini", Usage(1000, 400, 200), 240, id="mixed"),
        pytest.param("gpt-4o-mini", Usage(0, 0, 100, reasoning_tokens=80), 60, id="reasoning-is-output"),
        pytest.param("gpt-4.1-mini-2025-04-14", Usage(10, 0, 0), 4, id="dated-name"),
        pytest.param("gpt-4o-mini", Usage(10, 0, 0), 2, id="rounds-half-up"),
    ],
)
def test_cost(model: str, usage: Usage, micro_usd: int) -> None:
    """Dollars per million tokens are micro-dollars per token."""
    assert CATALOGUE.cost_micro_usd(model, usage) == micro_usd


def test_an_unknown_model_has_no_price() -> None:
    """Unknown is not free."""
    assert CATALOGUE.cost_micro_usd("gpt-99", Usage(1000, 0, 1000)) is None


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_cached_input_never_costs_more(fresh: int, cached: int, output: int) -> None:
    """Serving a part of the prompt from the cache can only make a call cheaper."""
    for model in CATALOGUE.models.values():
        plain = model.cost_micro_usd(Usage(fresh + cached, 0, output))
        assert 0 <= model.cost_micro_usd(Usage(fresh + cached, cached, output)) <= plain
