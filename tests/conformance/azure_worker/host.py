"""The host's side of the conversation: the worker's process, and the messages a host sends it."""

from __future__ import annotations

import base64
import json
import selectors
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.conformance.azure_worker.environment import ROOT

DRIVER = Path(__file__).with_name("driver.py")
ANSWER_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 10.0

Json = dict[str, Any]


class WorkerProcess:
    """A worker with an app in it; ``functions`` holds what it has indexed, by name."""

    def __init__(self, process: subprocess.Popen[str], folder: Path, log: Path) -> None:
        self._process = process
        self._folder = str(folder)
        self._log = log
        self.functions: dict[str, Json] = {}

    def ask(self, kind: str, content: Json) -> Json:
        """Send one message of the protocol; gives the content of the answer."""
        answer: Json = self._exchange({"request_id": str(uuid.uuid4()), kind: content})
        del answer["request_id"]
        [(_, answered)] = answer.items()
        return dict(answered)

    def loaded(self, *modules: str) -> list[str]:
        """Which of these modules the worker's process has imported."""
        return list(self._exchange({"loaded": modules}))

    def start_app(self) -> Json:
        """Have the app's functions indexed; gives the answer to the host's first message."""
        app = {"function_app_directory": self._folder}
        answer = self.ask("worker_init_request", {"host_version": "4.1040.0", **app})
        if succeeded(answer):
            indexed = self.ask("functions_metadata_request", app)
            self.functions = {found["name"]: found for found in indexed["function_metadata_results"]}
        return answer

    def invoke(self, function: str, argument: str, data: Json, metadata: Json | None = None) -> Json:
        """Run a function on one trigger's data."""
        return self.ask(
            "invocation_request",
            {
                "invocation_id": str(uuid.uuid4()),
                "function_id": self.functions[function]["function_id"],
                "input_data": [{"name": argument, "data": data}],
                "trigger_metadata": metadata or {},
            },
        )

    def log(self) -> str:
        """What the process has written besides its answers."""
        return self._log.read_text("utf-8", "replace")

    def _exchange(self, message: Json) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(message), file=self._process.stdin, flush=True)
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            line = self._process.stdout.readline() if selector.select(ANSWER_TIMEOUT_SECONDS) else ""
        if not line:
            raise AssertionError(f"the worker gave no answer; the end of its log:\n{self.log()[-3000:]}")
        return json.loads(line)


@contextmanager
def running_worker(
    python: Path, log: Path, environment: Mapping[str, str], *, folder: Path = ROOT
) -> Iterator[WorkerProcess]:
    """A worker's process, ended with the block; its working directory is the app's folder."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [python, DRIVER],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            encoding="utf-8",
        )
    with process:
        try:
            yield WorkerProcess(process, folder, log)
        finally:
            assert process.stdin
            with suppress(BrokenPipeError):
                process.stdin.close()
            try:
                process.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def succeeded(answer: Json) -> bool:
    """Whether the worker reports success."""
    return bool(answer["result"]["status"] == "Success")


def http_data(method: str, path: str, body: bytes = b"", **headers: str) -> Json:
    """An HTTP request as trigger data; ``content_type`` becomes the header ``content-type``."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"http://localhost:7071/api/{path}"
    return {"http": {"method": method, "url": url, "headers": sent, "body": {"bytes": _base64(body)}}}


def http_answer(answer: Json) -> tuple[int, dict[str, str], Any]:
    """Status, headers and parsed JSON body of a successful invocation's HTTP response."""
    assert succeeded(answer), answer["result"]
    http = answer["return_value"]["http"]
    [(kind, content)] = http["body"].items()
    text = base64.b64decode(content) if kind == "bytes" else content
    return int(http["status_code"]), http["headers"], json.loads(text)


def blob_data(path: str, content: bytes, account_url: str) -> tuple[Json, Json]:
    """A blob as trigger data, with the trigger metadata that the host sends along."""
    properties = {"Length": len(content), "ContentLength": len(content), "ContentType": "text/plain"}
    metadata = {
        "BlobTrigger": {"string": path},
        "Uri": {"json": json.dumps(f"{account_url}/{path}")},
        "Properties": {"json": json.dumps(properties)},
        "Metadata": {"json": "{}"},
        "name": {"string": path.partition("/")[2]},
    }
    return {"bytes": _base64(content)}, metadata


def queue_data(message: str, dequeue_count: int = 1) -> tuple[Json, Json]:
    """A queue's message as trigger data, with the trigger metadata that the host sends along."""
    metadata = {
        "Id": {"string": "3f1c0a52-0000-4000-8000-000000000001"},
        "DequeueCount": {"json": str(dequeue_count)},
        "ExpirationTime": {"json": json.dumps("9999-12-31T23:59:59+00:00")},
        "InsertionTime": {"json": json.dumps("2026-01-05T10:00:00+00:00")},
        "NextVisibleTime": {"json": json.dumps("2026-01-05T10:10:00+00:00")},
        "PopReceipt": {"string": "AgAAAAMAAAAAAAAA"},
    }
    return {"string": message}, metadata


def timer_data() -> Json:
    """A timer that is on time."""
    status = {
        "Last": "2026-01-05T09:55:00+00:00",
        "Next": "2026-01-05T10:00:00+00:00",
        "LastUpdated": "2026-01-05T09:55:00+00:00",
    }
    due = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": False}
    return {"json": json.dumps(due)}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
