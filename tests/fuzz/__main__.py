"""Tries every reader with damaged files for a while, and reports how many and what broke."""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import secrets
import sys
import time
import traceback
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.targets import TARGETS, File, Target

_FOUND = Path("out/fuzz")
_ROUND = settings(
    max_examples=100, deadline=None, database=None, phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
_HUNG_SECONDS = 30.0


def main() -> int:
    """Run for the given time; 1 where a file broke a reader."""
    arguments = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    arguments.add_argument("--seconds", type=float, default=60.0, help="for all readers together (60)")
    arguments.add_argument("--seed", type=int, help="repeat a run (default: a new one)")
    arguments.add_argument("--only", choices=[target.name for target in TARGETS], help="one reader")
    chosen = arguments.parse_args()
    first_seed = secrets.randbelow(1_000_000) if chosen.seed is None else chosen.seed
    targets = [target for target in TARGETS if chosen.only in (None, target.name)]
    _say(f"seed {first_seed}")
    faulthandler.enable()
    broken = [run(target, chosen.seconds / len(targets), first_seed) for target in targets]
    return 1 if any(broken) else 0


def run(target: Target, seconds: float, first_seed: int) -> bool:
    """Try one reader until the time is over or a file breaks it; whether one did."""
    executions = 0
    slowest = 0.0
    until = time.monotonic() + seconds
    last: File = (b"", None, None)

    def attempt(file: File) -> None:
        nonlocal executions, slowest, last
        if time.monotonic() > until:
            return
        executions += 1
        last = file
        faulthandler.dump_traceback_later(_HUNG_SECONDS, exit=True)
        started = time.process_time()
        target.check(file)
        slowest = max(slowest, time.process_time() - started)

    number = first_seed
    try:
        while time.monotonic() < until:
            seed(number)(_ROUND(given(target.files)(attempt)))()
            number += 1
    except Exception:  # noqa: BLE001 - whatever a reader raises is the finding
        _say(f"{target.name:10} BROKEN after {executions:,} files (seed {number})")
        _say(f"           {_keep(target.name, *last[:2])}\n{traceback.format_exc(limit=-4)}")
        return True
    finally:
        faulthandler.cancel_dump_traceback_later()
    _say(f"{target.name:10} {executions:8,} files, slowest {slowest * 1000:6.0f} ms")
    return False


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _keep(name: str, content: bytes, filename: str | None) -> Path:
    """Where the file was written that broke a reader."""
    _FOUND.mkdir(parents=True, exist_ok=True)
    path = _FOUND / f"{name}-{hashlib.sha256(content).hexdigest()[:12]}-{filename or 'unnamed'}"
    path.write_bytes(content)
    return path


if __name__ == "__main__":
    sys.exit(main())
