"""Turns a Prometheus registry's running totals into what Application Insights wants: sums per interval.

Application Insights adds up what it is sent, so a counter that is sent as a running total would be
counted again with every interval. Sent are therefore the differences since the last time; a series that
did not move is not sent at all. A total that fell has been reset, and counts from zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Metric
    from prometheus_client.samples import Sample

_Series = tuple[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class MetricPoint:
    """What one series did in one interval.

    ``value`` is the sum of ``count`` measurements where ``count`` is given, else the measurement. The
    smallest and largest are None where only the sum is known.
    """

    name: str
    properties: dict[str, str]
    value: float
    count: int | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(slots=True)
class RegistryDeltas:
    """What moved in ``registry`` between one reading and the next. For one thread."""

    registry: CollectorRegistry
    _totals: dict[_Series, float] = field(default_factory=dict)

    def read(self) -> list[MetricPoint]:
        """Counters and histograms since the last reading, gauges as they stand."""
        points: list[MetricPoint] = []
        for family in self.registry.collect():
            if family.type in ("histogram", "summary"):
                points += self._distributions(family)
            elif family.type == "counter":
                points += self._counters(family)
            elif family.type in ("gauge", "unknown"):
                points += [
                    MetricPoint(sample.name, sample.labels, sample.value)
                    for sample in family.samples
                    if math.isfinite(sample.value)  # JSON knows no others, and one spoils the whole batch
                ]
        return points

    def _counters(self, family: Metric) -> Iterable[MetricPoint]:
        for sample in family.samples:
            if sample.name.endswith("_total"):
                increase = self._increase(sample)
                if increase:
                    yield MetricPoint(sample.name, sample.labels, increase)

    def _distributions(self, family: Metric) -> Iterable[MetricPoint]:
        sums = {
            frozenset(sample.labels.items()): self._increase(sample)
            for sample in family.samples
            if sample.name == f"{family.name}_sum"
        }
        for sample in family.samples:
            if sample.name == f"{family.name}_count":
                count = int(self._increase(sample))
                if count:
                    total = sums.get(frozenset(sample.labels.items()), 0.0)
                    yield MetricPoint(family.name, sample.labels, total, count)

    def _increase(self, sample: Sample) -> float:
        series = (sample.name, frozenset(sample.labels.items()))
        before = self._totals.get(series, 0.0)
        self._totals[series] = sample.value
        return sample.value - before if sample.value >= before else sample.value
