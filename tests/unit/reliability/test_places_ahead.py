"""The walk over the places of a shared limit: when one more request fits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_code.reliability.permits import PoolTerms
from shared_code.reliability.places_ahead import Place, PlacesAhead

NOW = 1_800_000_000_000
# Two requests and a hundred tokens a minute; moments in the future lie on a grid of half a second.
TERMS = PoolTerms(requests=2, tokens=100, window_ms=60_000, skew_ms=1_000)


@pytest.mark.parametrize(
    ("places", "tokens", "start"),
    [
        pytest.param([], 50, NOW, id="nothing-taken"),
        pytest.param([(NOW + 700, 1, 50)], 50, NOW, id="room-for-both"),
        pytest.param([(NOW + 700, 2, 0)], 0, NOW + 1_000, id="requests-full"),
        pytest.param([(NOW + 1_000, 2, 0)], 0, NOW + 1_000, id="free-on-the-grid"),
        pytest.param([(NOW + 700, 1, 60)], 50, NOW + 1_000, id="tokens-full"),
        pytest.param([(NOW + 700, 1, 200)], 0, NOW, id="asks-for-no-tokens"),
        pytest.param([(NOW, 2, 100)], 50, NOW, id="just-freed"),
        pytest.param([(NOW + 9_000, 1, 0), (NOW + 600, 1, 0)], 0, NOW + 1_000, id="the-first-to-become-free"),
        pytest.param(
            [(NOW + 600, 1, 90), (NOW + 9_000, 1, 90)], 50, NOW + 9_000, id="the-last-one-in-the-way"
        ),
        pytest.param([(NOW + 600, 1, 0)], 500, NOW + 1_000, id="more-than-the-limit-when-all-is-free"),
    ],
)
def test_one_more_fits_as_soon_as_there_is_a_place(places: list[Place], tokens: int, start: int) -> None:
    """Now, or at the first moment on the grid after enough has become free."""
    assert PlacesAhead(TERMS, places, NOW).look(tokens) == start


def test_looking_takes_nothing() -> None:
    """Only what is taken is in the way of the next."""
    ahead = PlacesAhead(TERMS, [], NOW)
    assert [ahead.look(10), ahead.look(10), ahead.requests] == [NOW, NOW, 0]


def test_what_is_taken_is_in_the_way_for_its_length_and_a_window() -> None:
    """And for the skew of the clocks; the third comes when the first has gone."""
    ahead = PlacesAhead(TERMS, [], NOW)
    ahead.take(10, 2_000)
    ahead.take(10, 4_000)
    assert ahead.requests == 2
    assert ahead.look(10) == NOW + 2_000 + TERMS.hold_ms


def test_time_does_not_go_back() -> None:
    """Who comes later starts no earlier, even where its own tokens would have fitted before."""
    ahead = PlacesAhead(replace(TERMS, requests=9), [(NOW + 700, 1, 60)], NOW)
    ahead.take(50, 2_000)
    assert ahead.look(0) == NOW + 1_000


def test_what_is_free_by_now_does_not_count() -> None:
    """To the millisecond."""
    assert PlacesAhead(TERMS, [(NOW - 1, 1, 0), (NOW, 1, 0), (NOW + 1, 1, 0)], NOW).requests == 1
