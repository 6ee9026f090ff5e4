"""The benchmarks' stopwatch: every moment is counted once, and what was wrapped is put back."""

from __future__ import annotations

from benchmarks.support.stopwatch import Stopwatch
from tests.fakes import FakeClock


class Kitchen:
    """Something to wrap: one async method that calls a plain one."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock

    async def cook(self) -> str:
        self.clock.advance(3.0)
        dish = self.fetch()
        self.clock.advance(2.0)
        return dish

    def fetch(self) -> str:
        self.clock.advance(10.0)
        return "soup"


async def test_an_inner_stage_is_not_counted_to_the_outer_one() -> None:
    """The stages of one lap add up to its time."""
    clock = FakeClock()
    watch = Stopwatch(clock)
    kitchen = Kitchen(clock)
    watch.wrap(kitchen, "cook", "cooking")
    watch.wrap(kitchen, "fetch", "fetching")
    with watch.stage("the rest"):
        clock.advance(1.0)
        assert await kitchen.cook() == "soup"
    watch.end_lap()
    assert watch.laps == [{"the rest": 1.0, "cooking": 5.0, "fetching": 10.0}]


def test_what_was_wrapped_is_put_back() -> None:
    """On a class as well as on one object."""
    kitchen = Kitchen(FakeClock())
    original = Kitchen.fetch
    watch = Stopwatch(kitchen.clock)
    undo_class, undo_object = watch.wrap(Kitchen, "fetch", "x"), watch.wrap(kitchen, "fetch", "y")
    undo_object()
    undo_class()
    assert Kitchen.fetch is original
    assert "fetch" not in vars(kitchen)


def test_a_median_is_taken_over_the_laps() -> None:
    """In microseconds; a lap without the stage counts as none."""
    watch = Stopwatch(laps=[{"a": 1e-6}, {"a": 3e-6}, {}])
    assert watch.median_us("a") == 1.0
    assert watch.median_us("b") == 0.0
