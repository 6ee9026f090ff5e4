"""HTTP functions: routes, keys, what passes through, limits, and how a handler ends."""

from __future__ import annotations

import contextlib
import http.client
import json
from urllib.parse import urlsplit

import pytest

from tests.integration.functions_host.host_process import Host, until


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
        until(lambda: host.events("sync waits"), 5, "the blocking handler waits")
        assert host.ask("GET", "/api/open").status == 200
        seen = json.loads(blocking.getresponse().read())
    assert seen == {
        "same": True,
        "is_main": False,
        "name": "in_thread",
        "directory": str(host.folder),
        "parent": parent,
        "retries": 0,
        "was_opened_meanwhile": True,
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
