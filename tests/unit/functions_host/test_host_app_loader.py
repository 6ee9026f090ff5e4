"""Loading an app: every trigger is described, and what cannot run here is named at the start."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from local.functions_host.app_loader import LoadedFunction, load_app
from local.functions_host.errors import HostStartError
from local.functions_host.schedules import Interval
from local.functions_host.triggers import BlobTrigger, HttpTrigger, QueueTrigger, TimerTrigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

HEAD = "import azure.functions as func\napp = func.FunctionApp(http_auth_level=func.AuthLevel.ADMIN)\n"


@pytest.fixture(autouse=True)
def _import_state() -> Iterator[None]:
    """Loading an app changes the import path and `function_app`; put both back."""
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name in {"function_app", "helper_of_the_app"}:
            del sys.modules[name]


def _load(folder: Path, code: str, environ: Mapping[str, str] | None = None) -> tuple[LoadedFunction, ...]:
    path = folder / "function_app.py"
    path.write_text(HEAD + code, "utf-8")
    return load_app(path, environ or {})


def test_every_kind_of_trigger_is_described(tmp_path: Path) -> None:
    """Names, arguments and settings arrive as the decorators say, `%NAME%` replaced."""
    code = """
@app.route("cv/{id:int}", methods=[func.HttpMethod.GET, "post"], auth_level=func.AuthLevel.ANONYMOUS)
async def read(req: func.HttpRequest, context: func.Context) -> func.HttpResponse: ...

@app.function_name("renamed")
@app.route()
def unnamed(req: func.HttpRequest) -> str: ...

@app.blob_trigger("blob", "%BOX%/{name}", "Cvs", source=func.BlobSource.EVENT_GRID)
async def on_blob(blob: func.InputStream): ...

@app.queue_trigger("message", "%QUEUE%", "AzureWebJobsStorage")
def on_message(message: func.QueueMessage): ...

@app.timer_trigger("timer", "00:05:00", run_on_startup=True, use_monitor=False)
def on_time(timer: func.TimerRequest): ...
"""
    loaded = {function.name: function for function in _load(tmp_path, code, {"BOX": "box", "QUEUE": "Jobs"})}
    assert set(loaded) == {"read", "renamed", "on_blob", "on_message", "on_time"}

    read = loaded["read"]
    assert (read.is_async, read.takes_context, read.id) == (True, True, "Host.Functions.read")
    assert isinstance(read.trigger, HttpTrigger)
    assert (read.trigger.argument, read.trigger.route.text) == ("req", "cv/{id:int}")
    assert (read.trigger.methods, read.trigger.auth_level) == (frozenset({"GET", "POST"}), "anonymous")

    renamed = loaded["renamed"]
    assert (renamed.is_async, renamed.takes_context) == (False, False)
    assert isinstance(renamed.trigger, HttpTrigger)
    assert (renamed.trigger.route.text, renamed.trigger.methods) == ("renamed", frozenset())
    assert renamed.trigger.auth_level == "admin"

    blob = loaded["on_blob"].trigger
    assert isinstance(blob, BlobTrigger)
    assert (blob.path.container, blob.connection, blob.wants_event_grid) == ("box", "Cvs", True)
    assert loaded["on_message"].trigger == QueueTrigger("message", "jobs", "AzureWebJobsStorage")
    assert loaded["on_time"].trigger == TimerTrigger("timer", Interval(300), "00:05:00", True, False)


def test_blueprints_and_modules_beside_the_app_are_found(tmp_path: Path) -> None:
    """The app's folder is on the import path, as under Microsoft's worker."""
    (tmp_path / "helper_of_the_app.py").write_text(
        "import azure.functions as func\nparts = func.Blueprint()\n"
        "@parts.route('x')\ndef x(req: func.HttpRequest) -> str: ...\n",
        "utf-8",
    )
    code = "from helper_of_the_app import parts\napp.register_functions(parts)\n"
    assert [function.name for function in _load(tmp_path, code)] == ["x"]


def test_a_function_switched_off_is_left_out(tmp_path: Path) -> None:
    """The app has two functions, and a setting switches one off."""
    code = "@app.route('a')\ndef a(req): ...\n@app.route('b')\ndef b(req): ...\n"
    assert [f.name for f in _load(tmp_path, code, {"AzureWebJobs.a.Disabled": "true"})] == ["b"]


@pytest.mark.parametrize(
    ("code", "named"),
    [
        pytest.param(
            "@app.route('x')\n@app.queue_output('out', 'jobs', 'AzureWebJobsStorage')\ndef f(req, out): ...",
            r"'f' uses binding 'out' of type 'queue'.*func start",
            id="output-binding",
        ),
        pytest.param(
            "@app.blob_trigger('b', 'c/{n}', 'S')\n@app.blob_input('i', 'd/{n}', 'S')\ndef f(b, i): ...",
            r"'f' uses binding 'i' of type 'blob'",
            id="input-binding",
        ),
        pytest.param(
            "@app.cosmos_db_trigger('d', 'c', 'db', 'S')\ndef f(d): ...",
            r"'f' uses binding 'd' of type 'cosmosDBTrigger'",
            id="trigger",
        ),
        pytest.param(
            "@app.timer_trigger('t', '0 0 * * * *')\n"
            "@app.retry('fixed_delay', '3', delay_interval='00:00:01')\ndef f(t): ...",
            r"'f' uses a retry policy",
            id="retry-policy",
        ),
        pytest.param("@app.route('{a')\ndef f(req): ...", r"'f', binding 'req': route", id="route"),
        pytest.param(
            "@app.timer_trigger('t', 'daily')\ndef f(t): ...", r"'f', binding 't': 'daily'", id="time"
        ),
        pytest.param(
            "@app.blob_trigger('b', '{c}', 'S')\ndef f(b): ...", r"'f', binding 'b'", id="blob-path"
        ),
        pytest.param("@app.blob_trigger('b', '%X%/{n}', 'S')\ndef f(b): ...", r"setting X", id="percent"),
        pytest.param("@app.queue_trigger('m', '', 'S')\ndef f(m): ...", r"'f', binding 'm'", id="queue-name"),
        pytest.param(
            "@app.route('x')\ndef f(request): ...", r"'f' must take the parameter 'req'", id="argument"
        ),
        pytest.param("@app.route('x')\ndef f(req, db): ...", r"takes: db, req", id="too-many-arguments"),
        pytest.param(
            "@app.route('x')\ndef f(req): ...\nother = func.FunctionApp()", "more than one", id="two-apps"
        ),
        pytest.param("app = None", "no FunctionApp", id="no-app"),
    ],
)
def test_what_cannot_run_here_is_named(tmp_path: Path, code: str, named: str) -> None:
    """The message names function and binding, and says what to do."""
    with pytest.raises(HostStartError, match=named):
        _load(tmp_path, code)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path that was looked for stands in the message."""
    with pytest.raises(HostStartError, match=r"nowhere\.py"):
        load_app(tmp_path / "nowhere.py", {})
