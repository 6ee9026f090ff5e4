"""A whole process that exports telemetry as its environment says, and reports on itself in JSON."""

from __future__ import annotations

import atexit
import json
import logging
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

CANARY = "Featherstonehaugh"
TOKEN = "stub-token"
ENDPOINT = "https://model.openai.azure.com"

# Every address that this process connects to or looks up.
addresses: set[str] = set()


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        addresses.add(str(arguments[1][0]))
    elif event == "socket.getaddrinfo":
        addresses.add(str(arguments[0]))


class StubCredential:
    """Signs in as nobody."""

    def get_token(self, *scopes: str, **options: Any) -> Any:
        return SimpleNamespace(token=f"{TOKEN}|{scopes[0]}", expires_on=int(time.time()) + 3600)


def write_lines() -> None:
    """What may leave, and what must not: a canary in a message, in an argument and in an exception."""
    from shared_code.telemetry.logging import get_logger

    get_logger("blueprints.intake").info("cv_processed", document_id="d-1", pages=3, is_new=True)
    own = logging.getLogger("shared_code.ai_call_logger")
    own.error("A row could not be written", extra={"assistant_id": "cv_skills_analyst"})
    own.error("Cannot read %s", CANARY)
    try:
        int(CANARY)
    except ValueError:
        own.exception("An own line")
        logging.getLogger("pdfreader.page").exception("Page of %s", CANARY)
    logging.getLogger("pdfreader.page").warning(f"strange text {CANARY}")  # noqa: G004
    for name in ("azure.core.pipeline", "opencensus.ext.azure.common.transport", "urllib3.connectionpool"):
        logging.getLogger(name).error("PUT cv-inbox/%s.pdf", CANARY)


def end_calls(*observers: Any) -> None:
    """A call that was retried once, and one that failed."""
    from shared_code.accounting.usage import Usage
    from shared_code.observation import AttemptRecord, CallRecord

    model, usage = "gpt-4.1-mini", Usage(1000, 0, 100, 0)
    for observer in observers:
        for outcome, used in (("rateLimited", Usage()), ("ok", usage)):
            observer.attempt_ended(AttemptRecord("chat", model, model, outcome, 0.5, used, 560))
        observer.call_ended(CallRecord("chat", model, model, "ok", 1.5, 0.25, 2, False, usage, 560))
        observer.call_ended(
            CallRecord("chat", model, model, "attemptTimeout", 30.0, 0.0, 1, False, Usage(), None)
        )


def report(statistics: dict[str, Any]) -> None:
    """Runs after the exporter's own farewell, so that its connections are among those reported."""
    statistics["addresses"] = sorted(addresses)
    sys.stdout.write(json.dumps(statistics))


def main() -> None:
    """Export, work, and end without a word, so that what is left is sent by the process's end alone."""
    sys.addaudithook(_watch)
    statistics: dict[str, Any] = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    atexit.register(report, statistics)

    from shared_code.settings import TelemetrySettings
    from shared_code.telemetry.app_insights import STATSBEAT_SWITCH, start_exporting
    from shared_code.telemetry.metrics import OpenAIMetrics

    metrics = OpenAIMetrics()
    storage_folder = os.environ["STORAGE_FOLDER"]
    exporting = start_exporting(
        TelemetrySettings(),
        metrics,
        endpoint=ENDPOINT,
        credential=StubCredential(),
        storage_folder=Path(storage_folder) if storage_folder else None,
    )
    assert exporting is not None
    started_at = time.monotonic()
    write_lines()
    end_calls(metrics, exporting.observer)
    statistics["worked_seconds"] = time.monotonic() - started_at
    statistics["statsbeat_switch"] = os.environ[STATSBEAT_SWITCH]
    statistics["ended_at"] = time.time()


if __name__ == "__main__":
    main()
