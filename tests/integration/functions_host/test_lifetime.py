"""A host's start and end: restarts, stopping while work is under way, and what cannot start."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.functions_host.host_process import ROOT, Host, Storage, settings_for, until, write_app


def test_a_restart_remembers_which_blobs_ran(start: Callable[..., Host], storage: Storage) -> None:
    """Receipts outlive the process; what came meanwhile is found."""
    settings = settings_for(storage)
    host = start(settings).wait_until_ready()
    storage.upload(settings["SEEN"], "one.txt", b"1")
    until(lambda: host.events("blob"), 10, "the first blob ran")
    key = host.key
    assert host.stop(signal.SIGINT) == 0, host.log
    storage.upload(settings["SEEN"], "two.txt", b"2")
    host.restart()
    assert host.key == key
    until(lambda: len(host.events("blob")) > 1, 10, "the second blob ran")
    time.sleep(0.5)
    assert [event["text"] for event in host.events("blob")] == ["1", "2"]
    assert host.stop() == 0


def test_stopping_lets_what_runs_finish(start: Callable[..., Host], storage: Storage) -> None:
    """A message in work is finished and deleted, new requests are refused, the exit code is 0."""
    settings = settings_for(storage)
    host = start(settings).wait_until_ready()
    storage.send(settings["JOBS"], "long 1.5")
    until(lambda: host.events("job"), 10, "the message is in work")
    host.process.send_signal(signal.SIGTERM)
    until(lambda: "Stopping" in host.log, 5, "the host is stopping")
    with contextlib.suppress(ConnectionError):
        assert host.ask("GET", "/api/open").status == 503
    assert host.process.wait(10) == 0, host.log
    assert host.events("job ended")
    assert storage.count(settings["JOBS"]) == 0


def test_stopping_does_not_wait_for_ever(start: Callable[..., Host], storage: Storage) -> None:
    """What does not end within the grace is cancelled, and its message is there again at once."""
    settings = settings_for(storage, LOCAL_FUNCTIONS_GRACE_SECONDS="0.3")
    host = start(settings).wait_until_ready()
    storage.send(settings["JOBS"], "long 60")
    until(lambda: host.events("job"), 10, "the message is in work")
    assert host.stop() == 0, host.log
    assert not host.events("job ended")
    assert storage.peek(settings["JOBS"]) == ["long 60"]


@pytest.mark.parametrize(
    ("app", "named"),
    [
        pytest.param("import nowhere_to_be_found", "nowhere_to_be_found", id="import-error"),
        pytest.param(
            "import azure.functions as func\napp = func.FunctionApp()\n"
            "@app.queue_trigger('message', 'jobs', 'Nowhere')\ndef job(message): ...\n",
            "there is no setting Nowhere",
            id="missing-connection",
        ),
    ],
)
def test_what_cannot_start_says_why(start: Callable[..., Host], app: str, named: str) -> None:
    """Exit code 1 and a message to act on."""
    host = start({}, app)
    assert host.process.wait(15) == 1
    assert named in host.log


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """The second host on a port does not start."""
    write_app(
        tmp_path,
        "import azure.functions as func\napp = func.FunctionApp()\n@app.route('x')\ndef x(req): ...\n",
    )
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "local.functions_host", "--port", str(port)]
        command += ["--app", str(tmp_path / "function_app.py"), "--work-dir", str(tmp_path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
