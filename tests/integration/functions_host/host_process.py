"""A host as a process with an app in a folder of its own, and the storage that it is triggered from."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from tests.integration.functions_host.sample_app import APP, HOST_JSON, LOCAL_SETTINGS

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Storage:
    """A running Azurite."""

    connection_string: str

    @property
    def blobs(self) -> BlobServiceClient:
        return BlobServiceClient.from_connection_string(self.connection_string)

    @property
    def queues(self) -> QueueServiceClient:
        return QueueServiceClient.from_connection_string(self.connection_string)

    def upload(self, container: str, name: str, data: bytes, **metadata: str) -> None:
        client = self.blobs.get_container_client(container)
        with contextlib.suppress(ResourceExistsError):
            client.create_container()
        client.upload_blob(name, data, overwrite=True, metadata=metadata)

    def send(self, queue: str, text: str) -> None:
        client = self.queues.get_queue_client(queue)
        with contextlib.suppress(ResourceExistsError):
            client.create_queue()
        client.send_message(base64.b64encode(text.encode()).decode())

    def peek(self, queue: str) -> list[str]:
        """Return the texts on a queue, decoded; nothing where there is no queue."""
        try:
            messages = self.queues.get_queue_client(queue).peek_messages(32)
        except ResourceNotFoundError:
            return []
        return [base64.b64decode(message.content).decode() for message in messages]

    def count(self, queue: str) -> int:
        """Return how many messages a queue holds, invisible ones included."""
        return self.queues.get_queue_client(queue).get_queue_properties().approximate_message_count or 0


@dataclass(frozen=True)
class Answer:
    """What came back to a request."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def write_app(folder: Path, app: str = APP) -> None:
    """Put an app into a folder, with the settings and the ``host.json`` of these tests."""
    (folder / "function_app.py").write_text(app, "utf-8")
    (folder / "host.json").write_text(json.dumps(HOST_JSON), "utf-8")
    (folder / "local.settings.json").write_text(json.dumps(LOCAL_SETTINGS), "utf-8")


class Host:
    """A host process with an app of its own folder."""

    def __init__(self, folder: Path, environ: Mapping[str, str], app: str = APP) -> None:
        self.folder = folder
        self.events_path = folder / "events.jsonl"
        self.log_path = folder / "log.txt"
        self._ready_path = folder / "ready.json"
        write_app(folder, app)
        self._environ = {
            **os.environ,
            "EVENTS": str(self.events_path),
            "LOCAL_FUNCTIONS_BLOB_POLL_SECONDS": "0.1",
            "PYTHONUNBUFFERED": "1",
            **environ,
        }
        self._environ.pop("LOCAL_FUNCTIONS_KEY", None)
        self.process = self._spawn()
        self.url = ""
        self.key = ""

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._ready_path.unlink(missing_ok=True)
        command = [sys.executable, "-m", "local.functions_host", "--port", "0"]
        command += ["--app", str(self.folder / "function_app.py"), "--work-dir", str(self.folder / "work")]
        command += ["--ready-file", str(self._ready_path)]
        with self.log_path.open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self._environ, stdout=log, stderr=log)

    def wait_until_ready(self) -> Host:
        until(lambda: self._ready_path.exists() or self.process.poll() is not None, 20, "the host is ready")
        assert self._ready_path.exists(), self.log
        ready = json.loads(self._ready_path.read_text("utf-8"))
        assert ready["pid"] == self.process.pid
        self.url, self.key = ready["url"], ready["key"]
        return self

    def restart(self) -> None:
        self.process = self._spawn()
        self.wait_until_ready()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    @property
    def log(self) -> str:
        return self.log_path.read_text("utf-8", errors="replace")

    def events(self, event: str, **having: Any) -> list[dict[str, Any]]:
        """Return what the app recorded under a name, in order."""
        if not self.events_path.exists():
            return []
        lines = [json.loads(line) for line in self.events_path.read_text("utf-8").splitlines()]
        return [
            line
            for line in lines
            if line["event"] == event and all(line.get(key) == value for key, value in having.items())
        ]

    def ask(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, path, body=body or None, headers=dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())


def until(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until something holds.

    Raises:
        AssertionError: It does not in time.
    """
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def settings_for(storage: Storage, **more: str) -> dict[str, str]:
    """Return settings that keep one test's containers and queues apart from another's."""
    return {
        "AzureWebJobsStorage": storage.connection_string,
        "SEEN": f"seen-{uuid.uuid4().hex[:8]}",
        "JOBS": f"jobs-{uuid.uuid4().hex[:8]}",
        **more,
    }
