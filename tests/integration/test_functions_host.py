"""`python -m local.functions_host` as a user runs it: a real process, real sockets, real storage."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from local.azurite import ACCOUNT, FREE_PORTS, AzuriteError, running_azurite
from local.functions_host.blob_messages import BlobMessage, to_json
from local.functions_host.blob_receipts import BlobVersion

ROOT = Path(__file__).resolve().parents[2]

APP = """
import asyncio, json, os, threading, time
import azure.functions as func

app = func.FunctionApp()
ANYONE, ADMIN = func.AuthLevel.ANONYMOUS, func.AuthLevel.ADMIN


def record(event, **more):
    with open(os.environ["EVENTS"], "a", encoding="utf-8") as file:
        file.write(json.dumps({"event": event, "at": time.time(), **more}) + "\\n")


@app.route("open", auth_level=ANYONE, methods=["GET"])
async def anyone(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("open")


@app.route("locked", methods=["GET"])
async def locked(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("locked")


@app.route("setting", auth_level=ANYONE, methods=["GET"])
async def setting(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(os.environ["FROM_FILE"] + os.environ["AZURE_FUNCTIONS_ENVIRONMENT"])


@app.route("guarded", auth_level=ADMIN, methods=["GET"])
async def guarded(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("guarded")


@app.route("items/{id:int}", auth_level=ANYONE, methods=["GET", "PUT"])
async def by_number(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("number " + req.route_params["id"])


@app.route("items/{id:guid}", auth_level=ANYONE, methods=["GET"])
async def by_guid(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("guid " + req.route_params["id"])


@app.route("files/{*rest}", auth_level=ANYONE, methods=["GET"])
async def files(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("rest " + req.route_params.get("rest", "none"))


@app.route("echo/{who?}", auth_level=ANYONE, methods=["POST"])
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    seen = {"method": req.method, "url": req.url, "params": dict(req.params), "length": len(req.get_body()),
            "json": req.get_json(), "header": req.headers["X-Sample"], "route": dict(req.route_params)}
    headers = {"X-Answer": "yes", "Set-Cookie": "a=1"}
    return func.HttpResponse(json.dumps(seen), status_code=201, headers=headers, mimetype="application/json")


@app.route("size", auth_level=ANYONE, methods=["POST"])
async def size(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(str(len(req.get_body())))


@app.route("boom", auth_level=ANYONE, methods=["GET"])
async def boom(req: func.HttpRequest) -> func.HttpResponse:
    raise ValueError("jane.roe@example.com")


@app.route("nothing", auth_level=ANYONE, methods=["GET"])
async def nothing(req: func.HttpRequest):
    return None


@app.route("sync", auth_level=ANYONE, methods=["GET"])
def in_thread(req: func.HttpRequest, context: func.Context) -> str:
    time.sleep(0.3)
    same = context.thread_local_storage.invocation_id == context.invocation_id
    is_main = threading.current_thread() is threading.main_thread()
    return json.dumps({"same": same, "is_main": is_main, "name": context.function_name,
                       "directory": context.function_directory, "parent": context.trace_context.trace_parent,
                       "retries": context.retry_context.retry_count})


@app.route("slow", auth_level=ANYONE, methods=["GET"])
async def slow(req: func.HttpRequest) -> func.HttpResponse:
    record("slow begins")
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        record("slow cancelled")
        raise
    return func.HttpResponse("late")


@app.blob_trigger("blob", "%SEEN%/{name}.{ext}", "AzureWebJobsStorage")
async def seen(blob: func.InputStream) -> None:
    record("blob", name=blob.name, length=blob.length, text=blob.read().decode(), uri=blob.uri,
           kind=blob.blob_properties["ContentType"], metadata=blob.metadata)


@app.blob_trigger("blob", "broken/{name}", "AzureWebJobsStorage", source=func.BlobSource.EVENT_GRID)
def broken(blob: func.InputStream) -> None:
    record("broken", name=blob.name)
    raise RuntimeError("cannot read this")


@app.queue_trigger("message", "%JOBS%", "AzureWebJobsStorage")
async def job(message: func.QueueMessage) -> None:
    text = message.get_body().decode()
    record("job", text=text, tries=message.dequeue_count, id=message.id,
           inserted=message.insertion_time.isoformat())
    if text == "bad" or (text == "flaky" and message.dequeue_count < 2):
        raise RuntimeError(text)
    if text.startswith("long"):
        await asyncio.sleep(float(text.split()[1]))
        record("job ended", text=text)


@app.queue_trigger("message", "poisoned-poison", "AzureWebJobsStorage")
async def from_poison(message: func.QueueMessage) -> None:
    record("from poison", tries=message.dequeue_count)
    raise RuntimeError


@app.timer_trigger("timer", "* * * * * *")
async def every_second(timer: func.TimerRequest) -> None:
    record("timer begins", past_due=timer.past_due)
    await asyncio.sleep(1.3)
    record("timer ends")


@app.timer_trigger("timer", "0 0 0 1 1 *", run_on_startup=True)
def at_startup(timer: func.TimerRequest) -> None:
    record("startup", past_due=timer.past_due, status=timer.schedule_status)
"""

LOCAL_SETTINGS = {
    "IsEncrypted": False,
    "Values": {"FROM_FILE": "file ", "EVENTS": "the environment wins"},
    "Host": {"LocalHttpPort": 1, "CORS": "https://app.example.com"},
}

HOST_JSON = {
    "version": "2.0",
    "extensions": {
        "queues": {
            "batchSize": 4,
            "maxDequeueCount": 3,
            "visibilityTimeout": "00:00:01",
            "maxPollingInterval": "00:00:00.2",
        }
    },
}


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


class Host:
    """A host process with an app of its own folder."""

    def __init__(self, folder: Path, environ: Mapping[str, str], app: str = APP) -> None:
        self.folder = folder
        self.events_path = folder / "events.jsonl"
        self.log_path = folder / "log.txt"
        self._ready_path = folder / "ready.json"
        (folder / "function_app.py").write_text(app, "utf-8")
        (folder / "host.json").write_text(json.dumps(HOST_JSON), "utf-8")
        (folder / "local.settings.json").write_text(json.dumps(LOCAL_SETTINGS), "utf-8")
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


@pytest.fixture(scope="module")
def storage() -> Iterator[Storage]:
    """Start an Azurite of its own on free ports, in memory."""
    with contextlib.ExitStack() as stack:
        try:
            azurite = stack.enter_context(running_azurite(None, ports=FREE_PORTS))
        except AzuriteError as error:
            pytest.skip(f"AZURITE DOES NOT START: {error}")
        yield Storage(azurite.connection_string)


def settings_for(storage: Storage, **more: str) -> dict[str, str]:
    """Return settings that keep one test's containers and queues apart from another's."""
    return {
        "AzureWebJobsStorage": storage.connection_string,
        "SEEN": f"seen-{uuid.uuid4().hex[:8]}",
        "JOBS": f"jobs-{uuid.uuid4().hex[:8]}",
        **more,
    }


@pytest.fixture(scope="module")
def settings(storage: Storage) -> dict[str, str]:
    """Settings of the shared host."""
    return settings_for(
        storage,
        LOCAL_FUNCTIONS_LEASE_SECONDS="1",
        LOCAL_FUNCTIONS_DISCONNECT_SECONDS="0.2",
        FUNCTIONS_REQUEST_BODY_SIZE_LIMIT="100000",
    )


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, settings: dict[str, str]) -> Iterator[Host]:
    """Share one host among the tests that do not stop it."""
    running = Host(tmp_path_factory.mktemp("app"), settings)
    try:
        yield running.wait_until_ready()
    finally:
        assert running.stop() == 0, running.log


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Host]]:
    """Start further hosts, which are stopped whatever happens."""
    started = list[Host]()

    def begin(environ: Mapping[str, str], app: str = APP) -> Host:
        started.append(Host(tmp_path, environ, app))
        return started[-1]

    yield begin
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/", 200, id="home"),
        pytest.param("GET", "/api/open", 200, id="known"),
        pytest.param("GET", "/API/OPEN", 200, id="paths-compare-without-case"),
        pytest.param("GET", "/open", 404, id="without-prefix"),
        pytest.param("GET", "/api/unknown", 404, id="unknown"),
        pytest.param("POST", "/api/open", 404, id="another-method-is-404-as-in-azure"),
        pytest.param("HEAD", "/api/open", 404, id="head-too"),
        pytest.param("PUT", "/api/items/7", 200, id="int"),
        pytest.param("GET", "/api/items/x", 404, id="neither-int-nor-guid"),
        pytest.param("GET", "/api/nothing", 500, id="no-response-returned"),
        pytest.param("GET", "/admin/host/ping", 200, id="ping"),
        pytest.param("GET", "/admin/nothing", 404, id="unknown-admin"),
        pytest.param("POST", "/admin/functions/job", 401, id="by-hand-needs-the-key"),
    ],
)
def test_routes(host: Host, method: str, path: str, status: int) -> None:
    """What is served, and what is not."""
    assert host.ask(method, path).status == status


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/items/7", b"number 7"),
        ("/api/items/0f8fad5b-d9cb-469f-a165-70867728950e", b"guid 0f8fad5b-d9cb-469f-a165-70867728950e"),
        ("/api/files/a/b%20c.txt", b"rest a/b c.txt"),
        ("/api/files", b"rest none"),
    ],
)
def test_constraints_choose_the_function(host: Host, path: str, body: bytes) -> None:
    """The same path leads to different functions by what stands in it."""
    assert host.ask("GET", path).body == body


@pytest.mark.parametrize("path", ["/api/locked", "/api/guarded"])
def test_keys_open_functions(host: Host, path: str) -> None:
    """Without the key 401, with it 200, in the header or in the query."""
    assert host.ask("GET", path).status == 401
    assert host.ask("GET", path, headers={"x-functions-key": "wrong"}).status == 401
    assert host.ask("GET", f"{path}?code=wrong").status == 401
    assert host.ask("GET", path, headers={"X-Functions-Key": host.key}).status == 200
    assert host.ask("GET", f"{path}?code={host.key}").status == 200


def test_request_and_response_pass_through(host: Host) -> None:
    """Method, URL, query, headers, route and body come in; status, headers and body go out."""
    path = "/api/echo/ada?x=1&x=2&y="
    answer = host.ask("POST", path, body=b'{"a": 1}', headers={"x-sample": "s"})
    assert answer.status == 201
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Answer"] == "yes"
    assert answer.headers["Set-Cookie"] == "a=1"
    assert json.loads(answer.body) == {
        "method": "POST",
        "url": host.url + path,
        "params": {"x": "1,2", "y": ""},
        "length": 8,
        "json": {"a": 1},
        "header": "s",
        "route": {"who": "ada"},
    }


def test_local_settings_reach_the_app(host: Host) -> None:
    """Values of the file are in the app's environment, unless the shell has them."""
    assert host.ask("GET", "/api/setting").body == b"file Development"


def test_browsers_of_the_listed_origin_may_call(host: Host) -> None:
    """The preflight is answered, and another origin is told nothing."""
    asking = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-functions-key"}
    listed, other = {"Origin": "https://app.example.com"}, {"Origin": "https://other.example.com"}
    preflight = host.ask("OPTIONS", "/api/locked", headers={**listed, **asking})
    assert preflight.status == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert preflight.headers["Access-Control-Allow-Headers"] == "x-functions-key"
    answer = host.ask("GET", "/api/open", headers=listed)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "Access-Control-Allow-Origin" not in host.ask("GET", "/api/open", headers=other).headers


@pytest.mark.parametrize(("size", "status"), [(100_000, 200), (100_001, 413)])
def test_a_body_over_the_limit_is_refused(host: Host, size: int, status: int) -> None:
    """The limit itself still passes."""
    assert host.ask("POST", "/api/size", body=b"x" * size).status == status


def test_a_body_without_length_is_limited_too(host: Host) -> None:
    """Chunked bodies are counted as they come."""
    address = urlsplit(host.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    with contextlib.closing(connection):
        connection.request(
            "POST", "/api/size", body=iter([b"x" * 60_000, b"x" * 60_000]), encode_chunked=True
        )
        assert connection.getresponse().status == 413


def test_an_exception_is_a_500_that_tells_nothing(host: Host) -> None:
    """The caller gets an empty body; the log names class and place, not the message."""
    answer = host.ask("GET", "/api/boom")
    assert (answer.status, answer.body) == (500, b"")
    until(lambda: "ValueError" in host.log, 5, "the error is logged")
    assert "in boom" in host.log
    assert "jane.roe" not in host.log


def test_sync_handlers_run_in_threads_with_their_context(host: Host) -> None:
    """A blocking handler gets its context and does not hold up the others."""
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    address = urlsplit(host.url)
    with contextlib.closing(http.client.HTTPConnection(address.hostname or "", address.port)) as blocking:
        blocking.request("GET", "/api/sync", headers={"traceparent": parent})
        before = time.monotonic()
        assert host.ask("GET", "/api/open").status == 200
        assert time.monotonic() - before < 0.25
        seen = json.loads(blocking.getresponse().read())
    assert seen == {
        "same": True,
        "is_main": False,
        "name": "in_thread",
        "directory": str(host.folder),
        "parent": parent,
        "retries": 0,
    }


def test_a_handler_does_not_outlive_its_client_for_ever(host: Host) -> None:
    """After the client went away the handler may go on for a while and is then cancelled."""
    address = urlsplit(host.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    connection.request("GET", "/api/slow")
    until(lambda: host.events("slow begins"), 5, "the handler began")
    assert not host.events("slow cancelled")
    connection.close()
    until(lambda: host.events("slow cancelled"), 5, "the handler was cancelled")


def test_the_status_says_running_and_the_functions_are_listed(host: Host) -> None:
    """Programs ask the status; people read the list."""
    status = json.loads(host.ask("GET", "/admin/host/status").body)
    assert status["state"] == "Running"
    assert status["id"].startswith("local-")
    assert f"anyone: [GET] {host.url}/api/open" in host.log
    assert "every_second: timerTrigger" in host.log
    assert host.key not in host.log
    assert "asks for Event Grid" in host.log


def test_a_blob_runs_once_and_again_when_overwritten(
    host: Host, storage: Storage, settings: dict[str, str]
) -> None:
    """Every version of a blob is seen once, with its properties; other names are not."""
    container = settings["SEEN"]
    storage.upload(container, "no-ending", b"ignored")
    storage.upload(container, "folder/a.b.txt", b"first", owner="test")
    until(lambda: host.events("blob", text="first"), 10, "the blob ran")
    [first] = host.events("blob", name=f"{container}/folder/a.b.txt")
    assert (first["text"], first["length"]) == ("first", 5)
    assert first["uri"].endswith(f"/{ACCOUNT}/{container}/folder/a.b.txt")
    assert first["kind"] == "application/octet-stream"
    assert first["metadata"] == {"owner": "test"}
    storage.upload(container, "folder/a.b.txt", b"second")
    until(lambda: host.events("blob", text="second"), 10, "the new version ran")
    time.sleep(0.5)
    assert [event["text"] for event in host.events("blob", name=first["name"])] == ["first", "second"]
    assert not host.events("blob", text="ignored")


def test_a_message_about_a_blob_that_changed_is_dropped(
    host: Host, storage: Storage, settings: dict[str, str]
) -> None:
    """The version is gone, the blob is gone, the function is gone: nothing runs, nothing is poisoned."""
    queue = f"azure-webjobs-blobtrigger-{json.loads(host.ask('GET', '/admin/host/status').body)['id']}"
    container = settings["SEEN"]
    storage.upload(container, "changing.txt", b"x")
    until(lambda: host.events("blob", text="x"), 10, "the blob ran")
    ran = len(host.events("blob"))
    for function, name in (("seen", "changing.txt"), ("seen", "gone.txt"), ("nobody", "changing.txt")):
        version = BlobVersion(container, name, "0xOLD")
        storage.send(queue, to_json(BlobMessage(f"Host.Functions.{function}", version)).decode())
    until(lambda: storage.count(queue) == 0, 5, "the messages are gone")
    assert len(host.events("blob")) == ran


def test_a_blob_that_always_fails_is_reported_on_the_poison_queue(host: Host, storage: Storage) -> None:
    """Five tries, then a message that says which blob; the queues' maxDequeueCount is another matter."""
    storage.upload("broken", "cv.pdf", b"x")
    until(lambda: storage.peek("webjobs-blobtrigger-poison"), 10, "the blob is reported")
    assert len(host.events("broken")) == 5
    [text] = storage.peek("webjobs-blobtrigger-poison")
    message = json.loads(text)
    assert message["FunctionId"] == "Host.Functions.broken"
    assert (message["ContainerName"], message["BlobName"]) == ("broken", "cv.pdf")
    etag = storage.blobs.get_blob_client("broken", "cv.pdf").get_blob_properties().etag
    assert message["ETag"].strip('"') == etag.strip('"')


def test_messages_are_retried_poisoned_and_never_doubled(
    host: Host, storage: Storage, settings: dict[str, str]
) -> None:
    """Success deletes, failure tries again later, the last one poisons; a long run keeps its message."""
    queue = settings["JOBS"]
    for text in ("long 3.5", "flaky", "bad", "fine"):
        storage.send(queue, text)
    storage.queues.get_queue_client(queue).send_message("no base64!")
    until(lambda: len(host.events("job", text="bad")) == 3, 10, "three tries")
    until(lambda: host.events("job ended"), 10, "the long one ended")
    until(lambda: storage.count(queue) == 0, 5, "the queue is empty")
    assert [event["tries"] for event in host.events("job", text="bad")] == [1, 2, 3]
    assert [event["tries"] for event in host.events("job", text="flaky")] == [1, 2]
    assert len(host.events("job", text="fine")) == 1
    # Its lease is one second: without renewal it would have been delivered again by now.
    assert len(host.events("job", text="long 3.5")) == 1
    first, second = host.events("job", text="flaky")
    assert second["at"] - first["at"] >= 1
    poison = storage.queues.get_queue_client(f"{queue}-poison")
    assert {message.content for message in poison.peek_messages(32)} == {
        base64.b64encode(b"bad").decode(),
        "no base64!",
    }


def test_a_failure_on_a_poison_queue_does_not_go_round_fast(host: Host, storage: Storage) -> None:
    """Its message stays invisible until the lease (here one second) ends."""
    storage.send("poisoned-poison", "x")
    until(lambda: len(host.events("from poison")) == 2, 10, "the second try")
    first, second = host.events("from poison")[:2]
    assert second["at"] - first["at"] > 0.7
    storage.queues.get_queue_client("poisoned-poison").delete_queue()


def test_a_timer_fires_on_schedule_but_never_twice_at_once(host: Host) -> None:
    """The run takes longer than the schedule's distance: the next begins after it, not beside it."""
    until(lambda: len(host.events("timer ends")) >= 2, 10, "two runs")
    begins, ends = host.events("timer begins"), host.events("timer ends")
    for end, begin in zip(ends, begins[1:], strict=False):
        assert begin["at"] >= end["at"]
    assert not any(event["past_due"] for event in begins)


def test_run_on_startup_runs_at_once(host: Host) -> None:
    """Once, long before its schedule, with the next time in its status."""
    until(lambda: host.events("startup"), 5, "the timer ran")
    [event] = host.events("startup")
    assert event["past_due"] is False
    assert event["status"]["Next"].endswith("-01-01T00:00:00+00:00")


def test_functions_can_be_run_by_hand(host: Host) -> None:
    """As with Core Tools: the input becomes the message; a timer runs without one."""
    key = {"x-functions-key": host.key}
    queued = host.ask("POST", "/admin/functions/job", body=b'{"input": "by hand"}', headers=key)
    assert queued.status == 202
    until(lambda: host.events("job", text="by hand"), 5, "the message function ran")
    before = len(host.events("startup"))
    assert host.ask("POST", "/admin/functions/AT_STARTUP", headers=key).status == 202
    until(lambda: len(host.events("startup")) > before, 5, "the timer function ran")
    assert host.ask("POST", "/admin/functions/nobody", headers=key).status == 404
    assert host.ask("POST", "/admin/functions/anyone", headers=key).status == 400
    assert host.ask("POST", "/admin/functions/job", body=b"[", headers=key).status == 400


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


def test_a_taken_port_is_named(start: Callable[..., Host], storage: Storage) -> None:
    """The second host on a port does not start."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        app = "import azure.functions as func\napp = func.FunctionApp()\n@app.route('x')\ndef x(req): ...\n"
        host = start({}, app)
        host.wait_until_ready()
        assert host.stop() == 0
        command = [sys.executable, "-m", "local.functions_host", "--port", str(port)]
        command += ["--app", str(host.folder / "function_app.py"), "--work-dir", str(host.folder)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
