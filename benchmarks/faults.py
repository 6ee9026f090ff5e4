"""``python -m benchmarks.faults [--pace 1]``: the scorecard of the guarded client against a failing provider.

First the project's own scenarios, judged row by row; then the public catalogue FailoverBench with its own
verdicts, at a twentieth of its times unless ``--pace`` says otherwise (1 is the catalogue's own: some two
minutes). Everything goes through the whole stack and real sockets. 1 where a row fails.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter

from tests.integration.faults.catalogue import CASES, NOT_APPLICABLE, SHORT_PACE, Case
from tests.integration.faults.harness import at_most, warm_up
from tests.integration.faults.scenario import Evidence, Scenario, judge
from tests.integration.faults.scenarios import ONE_CALLER
from tests.integration.faults.sequences import SEVERAL_CALLS

# Two stages at a time: more would blur the times that are printed.
STAGES_AT_ONCE = 2
MOST_GAPS = 4


def own_row(scenario: Scenario, seen: Evidence) -> tuple[str, bool]:
    """One line of the first table, and whether it passed."""
    findings = judge(scenario.expected, seen)
    got = Counter(result.name for result in seen.got)
    got_text = ", ".join(name if count == 1 else f"{count}× {name}" for name, count in got.most_common())
    gaps = " ".join(f"{gap:.2f}" for gap in seen.gaps[:MOST_GAPS])
    gaps += " …" if len(seen.gaps) > MOST_GAPS else ""
    booked = "unknown" if seen.accounted_micro_usd is None else f"{seen.accounted_micro_usd}"
    unseen = f" +{seen.billed_unseen} unseen" if seen.billed_unseen else ""
    line = (
        f"{scenario.id:36} {'FAIL' if findings else 'PASS'}  {_asked(seen):8} {seen.wall_seconds:5.2f}  "
        f"{f'{booked}/{seen.billed_readable_micro_usd}{unseen}':22} {gaps:24} {got_text}"
    )
    return "\n".join([line, *(f"{'':36}       {finding}" for finding in findings)]), not findings


def catalogue_row(case: Case, seen: Evidence, pace: float) -> tuple[str, str]:
    """One line of the second table, and the verdict."""
    verdict, failed = case.verdict(seen, pace)
    as_here = "" if case.as_here == "the same" else f"  ({case.as_here})"
    objections = f"  failed: {', '.join(failed)}" if failed else ""
    line = (
        f"{case.id} {case.title:38} {verdict:8} {_asked(seen):8} {seen.wall_seconds:6.2f} s"
        f"{objections}{as_here}"
    )
    return line, verdict


def _asked(seen: Evidence) -> str:
    at_primary = sum(deployment == seen.primary for deployment in seen.asked)
    return f"{at_primary}p/{len(seen.asked) - at_primary}f"


async def play_all(pace: float) -> tuple[list[Evidence], list[Evidence]]:
    """Both tables' evidence; the catalogue's cases mostly wait, so they run side by side."""
    await warm_up()
    own = await at_most(STAGES_AT_ONCE, [row.play() for row in (*ONE_CALLER, *SEVERAL_CALLS)])
    catalogue = await at_most(len(CASES), [case.scenario(pace).play(within_seconds=600) for case in CASES])
    return own, catalogue


def main() -> int:
    """Print both tables; 1 where a row of the first or a verdict of the second is a failure."""
    parser = argparse.ArgumentParser(description="What the guarded client makes of a failing provider.")
    parser.add_argument(
        "--pace", type=float, default=SHORT_PACE, help="the catalogue's times, 1 = as published"
    )
    pace = parser.parse_args().pace
    own, catalogue = asyncio.run(play_all(pace))
    print("Scenarios: the whole stack over real sockets, times in seconds, money in µ$ (booked/billed)")
    print(f"{'scenario':36} {'':4}  {'asked':8} {'wall':>5}  {'accounting':22} {'gaps':24} callers got")
    passed = []
    for scenario, seen in zip((*ONE_CALLER, *SEVERAL_CALLS), own, strict=True):
        line, is_pass = own_row(scenario, seen)
        print(line)
        passed.append(is_pass)
    print(f"\n{sum(passed)} of {len(passed)} pass\n")
    print(
        f"FailoverBench, methodology 0.1, times at ×{pace:g}; asked: at the primary (p) and the fallback (f)"
    )
    verdicts: Counter[str] = Counter()
    for case, seen in zip(CASES, catalogue, strict=True):
        line, verdict = catalogue_row(case, seen, pace)
        print(line)
        verdicts[verdict] += 1
    for id_, reason in NOT_APPLICABLE.items():
        print(f"{id_} {reason}")
    print("\n" + ", ".join(f"{verdicts[word]} {word}" for word in ("pass", "partial", "safe", "fail")))
    return 0 if all(passed) and not verdicts["fail"] else 1


if __name__ == "__main__":
    sys.exit(main())
