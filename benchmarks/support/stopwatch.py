"""Where time goes: wraps functions from outside and counts what each takes without the ones inside it."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from typing import Any


@dataclass(slots=True)
class Stopwatch:
    """Exclusive times per stage, in seconds, one figure per lap. One call at a time; laps do not overlap."""

    clock: Callable[[], float] = time.perf_counter
    laps: list[dict[str, float]] = field(default_factory=list)
    _running: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _stack: list[str] = field(default_factory=list)
    _since: float = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what runs inside to ``name``, and not to the stage around it."""
        self._switch()
        self._stack.append(name)
        try:
            yield
        finally:
            self._switch()
            self._stack.pop()

    def end_lap(self) -> None:
        """One measured call is over."""
        self.laps.append(dict(self._running))
        self._running.clear()

    def median_us(self, name: str) -> float:
        """A stage's median over the laps, in microseconds."""
        return 1e6 * statistics.median(lap.get(name, 0.0) for lap in self.laps)

    def wrap(self, owner: Any, attribute: str, name: str) -> Callable[[], None]:
        """Count a function or method to a stage from now on; returns what undoes it."""
        original = getattr(owner, attribute)

        async def timed_async(*arguments: Any, **keywords: Any) -> Any:
            with self.stage(name):
                return await original(*arguments, **keywords)

        def timed(*arguments: Any, **keywords: Any) -> Any:
            with self.stage(name):
                return original(*arguments, **keywords)

        was_own = attribute in vars(owner)
        setattr(owner, attribute, timed_async if iscoroutinefunction(original) else timed)

        def undo() -> None:
            if was_own:
                setattr(owner, attribute, original)
            else:
                delattr(owner, attribute)

        return undo

    def _switch(self) -> None:
        now = self.clock()
        if self._stack:
            self._running[self._stack[-1]] += now - self._since
        self._since = now
