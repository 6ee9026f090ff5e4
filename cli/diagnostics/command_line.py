"""``python -m cli.diagnostics openai-probe``: flags, rounds, output and exit codes."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cli.arguments import USAGE_EXIT_CODE, Parser, count, day, seconds
from cli.unforeseen import INTERNAL_EXIT_CODE, report_unforeseen

if TYPE_CHECKING:
    from cli.diagnostics.probe import Metrics, Plan
    from cli.diagnostics.report import Report
    from shared_code.settings import OpenAISettings
    from shared_code.telemetry.metrics import OpenAIMetrics

DEFAULT_OUTPUT = Path("artifacts/openai")
DEFAULT_WATCH_SECONDS = 30.0
# The app's own deadline suits a CV's work and the platform's limit; nobody waits so long for a probe.
DEFAULT_DEADLINE_SECONDS = 60.0


class ExitCode(IntEnum):
    """What the process ends with; 64, 70, 73: EX_USAGE, EX_SOFTWARE, EX_CANTCREAT of ``sysexits.h``."""

    READY = 0
    DEGRADED = 1
    NOT_READY = 2
    USAGE = USAGE_EXIT_CODE
    INTERNAL = INTERNAL_EXIT_CODE
    CANNOT_WRITE = 73
    INTERRUPTED = 130


EXIT_CODES = """exit codes:
    0  ready: everything asked for answered
    1  degraded: it works, and somebody should look (fallback used, a model retires within 60 days)
    2  not ready: a probe failed, or the settings are missing or wrong
   64  the command line is wrong
   70  an error of the command itself
   73  the artifacts cannot be written
  130  interrupted before the first round was done; a later Ctrl-C ends --watch with the last round's code
"""

# Flags that set a variable for this run, which is checked as in the app.
_VARIABLES = {
    "model": "OPENAI_CHAT_DEPLOYMENT",
    "embedding_model": "OPENAI_EMBEDDING_DEPLOYMENT",
    "dimensions": "OPENAI_EMBEDDING_DIMENSIONS",
    "max_attempts": "OPENAI_MAX_ATTEMPTS",
    "timeout": "OPENAI_ATTEMPT_TIMEOUT_SECONDS",
    "deadline": "OPENAI_DEADLINE_SECONDS",
}


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The flags; ends the process with 0 after ``--help``, with 64 where they are wrong."""
    parser = Parser(prog="python -m cli.diagnostics", description="Checks for operators and pipelines.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    probe = commands.add_parser(
        "openai-probe",
        help="can the model be reached, and does it answer",
        description="Asks the model one short question and for one vector, through the app's own client.\n"
        "Settings come from flags, the environment, and local.settings.json, in this order.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = probe.add_argument
    add("--model", metavar="NAME", help="chat deployment (OPENAI_CHAT_DEPLOYMENT)")
    add("--embedding-model", metavar="NAME", help="embedding deployment (OPENAI_EMBEDDING_DEPLOYMENT)")
    add("--dimensions", type=count, metavar="N", help="length of a vector (OPENAI_EMBEDDING_DIMENSIONS)")
    add("--max-attempts", type=count, metavar="N", help="attempts per probe (OPENAI_MAX_ATTEMPTS)")
    add("--timeout", type=seconds, metavar="SECONDS", help="of one attempt (OPENAI_ATTEMPT_TIMEOUT_SECONDS)")
    add(
        "--deadline",
        type=seconds,
        metavar="SECONDS",
        help="of a probe with its retries and waits (OPENAI_DEADLINE_SECONDS, else 60)",
    )
    add("--skip-chat", action="store_true", help="ask for a vector only")
    add("--skip-embeddings", action="store_true", help="ask the question only")
    add("--as-of", type=day, metavar="YYYY-MM-DD", help="judge retirements as on that day (today, UTC)")
    add("--settings", type=Path, metavar="FILE", help="for variables not set (local.settings.json)")
    add(
        "--output",
        type=Path,
        metavar="FOLDER",
        default=DEFAULT_OUTPUT,
        help="for probe.json and metrics.prom (artifacts/openai)",
    )
    add("--json", action="store_true", help="print the report, and nothing else, to stdout")
    add(
        "--watch",
        type=seconds,
        metavar="SECONDS",
        nargs="?",
        const=DEFAULT_WATCH_SECONDS,
        help="again and again until Ctrl-C, with this pause (30); one line each",
    )
    add("--count", type=count, metavar="N", help="end --watch after N rounds")
    options = parser.parse_args(arguments)
    if options.skip_chat and options.skip_embeddings:
        probe.error("--skip-chat and --skip-embeddings leave nothing to probe")
    if options.count is not None and options.watch is None:
        probe.error("--count needs --watch")
    return options


def main(arguments: Sequence[str] | None = None, *, pause: Callable[[float], None] = time.sleep) -> int:
    """Probe once, or until interrupted; returns the exit code.

    Args:
        arguments: The command line; by default the process's own.
        pause: How to wait between two rounds.
    """
    options = parse_arguments(arguments)
    # Whoever logs, logs to stderr: stdout is the report's.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    # The report says in one sentence what the identity library warns about in many.
    logging.getLogger("azure").setLevel(logging.ERROR)
    rounds = _Rounds(options)
    try:
        while rounds.run_one() is not ExitCode.CANNOT_WRITE:
            if options.watch is None or rounds.count == options.count:
                break
            pause(options.watch)
    except KeyboardInterrupt:
        pass  # the last whole round's word stands
    except BrokenPipeError:
        # Whoever read stdout left; flushing it at exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # noqa: BLE001  (Python's own 1 would say: degraded)
        report_unforeseen(error)
        return ExitCode.INTERNAL
    return rounds.exit_code


class _Rounds:
    """One or more rounds of the probe, with the metrics that count across them."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.count = 0
        self.exit_code = ExitCode.INTERRUPTED
        self._options = options

    @cached_property
    def _metrics(self) -> OpenAIMetrics:
        from shared_code.telemetry.metrics import OpenAIMetrics

        return OpenAIMetrics()

    def run_one(self) -> ExitCode:
        """Probe, write the artifacts and print; gives the exit code so far."""
        from cli.diagnostics.artifacts import write_artifacts
        from cli.diagnostics.masking import without_key
        from cli.diagnostics.probe import Plan

        options = self._options
        plan = Plan(not options.skip_chat, not options.skip_embeddings, options.as_of)
        report, key = _report(options, plan, self._metrics)
        report, metrics = without_key(report, key), without_key(self._metrics.exposition(), key)
        self.count += 1
        self.exit_code = ExitCode[report.status.upper()]
        try:
            write_artifacts(options.output, report.as_json(), metrics)
        except OSError as error:
            print(f"cannot write {error.filename or options.output}: {error.strerror}", file=sys.stderr)
            self.exit_code = ExitCode.CANNOT_WRITE
        self._print(report)
        return self.exit_code

    def _print(self, report: Report) -> None:
        from cli.diagnostics.artifacts import METRICS_FILE, REPORT_FILE
        from cli.diagnostics.terminal import Paint, full_text, round_line

        paint = Paint(sys.stdout)
        if self._options.json:
            indent = None if self._options.watch else 2
            print(json.dumps(report.as_json(), indent=indent), flush=True)
        elif self._options.watch:
            print(round_line(report, paint), flush=True)
        else:
            print(full_text(report, paint))
            if self.exit_code is not ExitCode.CANNOT_WRITE:
                print(f"  {'artifacts':<13}{self._options.output}/{REPORT_FILE}, {METRICS_FILE}")


def _report(options: argparse.Namespace, plan: Plan, metrics: Metrics) -> tuple[Report, str]:
    """One round's report, and the key that may not be seen in it."""
    import asyncio

    from cli.diagnostics.masking import key_of
    from cli.diagnostics.probe import failed_report

    settings = None
    try:
        settings = _settings(options)
        return asyncio.run(_probe(settings, plan, metrics)), key_of(settings)
    except Exception as error:  # noqa: BLE001  (a readiness check reports whatever stands in the way)
        return failed_report(error, plan, datetime.now(UTC), settings), key_of(settings)


def _settings(options: argparse.Namespace) -> OpenAISettings:
    from cli.environment import complete_environment
    from shared_code.settings import OpenAISettings, load_settings

    flags = {
        variable: str(getattr(options, flag))
        for flag, variable in _VARIABLES.items()
        if getattr(options, flag) is not None
    }
    complete_environment(os.environ, options.settings, flags)
    if not os.environ.get("OPENAI_DEADLINE_SECONDS"):
        os.environ["OPENAI_DEADLINE_SECONDS"] = str(DEFAULT_DEADLINE_SECONDS)
    settings: OpenAISettings = load_settings(OpenAISettings)
    return settings


async def _probe(settings: OpenAISettings, plan: Plan, metrics: Metrics) -> Report:
    """One round with connections of its own, so that names, certificates and sign-in are tried each time."""
    from cli.diagnostics.probe import Prober
    from shared_code.backends.opening import open_backends

    backends = open_backends(settings)
    # The SDK takes a second to import and set up, which is not the provider's latency.
    backends.connection.open()
    try:
        return await Prober(settings, plan, backends, metrics).report()
    finally:
        await backends.aclose()
