"""Serves the app's HTTP routes and the host's own addresses (`/`, `/admin/…`) with aiohttp."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import azure.functions as func
from aiohttp import web
from multidict import CIMultiDict, MultiMapping

from local.functions_host.app_loader import LoadedFunction
from local.functions_host.host_json import HostConfig
from local.functions_host.invoker import Invoker
from local.functions_host.keys import carries_key
from local.functions_host.routes import Route, RouteTable
from local.functions_host.settings import LocalSettings
from local.functions_host.trigger_inputs import http_request
from local.functions_host.triggers import HttpTrigger
from local.functions_host.tuning import Tuning

_log = logging.getLogger("functions_host")

_HOME = "<!doctype html><title>Functions</title><p>Your Functions app is up and running."
# aiohttp frames the response itself.
_OWN_HEADERS = {"content-length", "transfer-encoding", "connection"}

RunByHand = Callable[[str, str | None], Awaitable[None]]


class UnknownFunctionError(Exception):
    """No function of that name."""


class NotByHandError(Exception):
    """This function cannot be run by hand with that input; the message says why."""


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """What the server needs to know.

    Attributes:
        config: `host.json`.
        settings: For its CORS origins.
        tuning: For the body limit and the time after a disconnect.
        key: The key that opens every function.
        host_id: Shown in the status.
    """

    config: HostConfig
    settings: LocalSettings
    tuning: Tuning
    key: str
    host_id: str


class HttpServer:
    """The HTTP side of the host.

    Args:
        functions: All functions; those with another trigger are only known by name.
        options: What the server needs to know.
        invoker: Runs handlers.
        run_by_hand: Begins a run of a function that is not an HTTP one; raises `UnknownFunctionError` or
            `NotByHandError`.
    """

    def __init__(
        self,
        functions: Sequence[LoadedFunction],
        options: HttpOptions,
        invoker: Invoker,
        run_by_hand: RunByHand,
    ) -> None:
        self._options = options
        self._invoker = invoker
        self._run_by_hand = run_by_hand
        self._started = time.monotonic()
        self._is_stopping = False
        self._routes = RouteTable(
            Route(function.trigger.route, function.trigger.methods, (function, function.trigger))
            for function in functions
            if isinstance(function.trigger, HttpTrigger)
        )
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> str:
        """Listen, and return the URL; port 0 takes a free one.

        Raises:
            OSError: The port is taken.
        """
        app = web.Application(client_max_size=self._options.tuning.body_limit_bytes)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, auto_decompress=False, shutdown_timeout=2
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound = self._runner.addresses[0][1]
        return f"http://{f'[{host}]' if ':' in host else host}:{bound}"

    def refuse(self) -> None:
        """Answer every further request with 503: the host is stopping."""
        self._is_stopping = True

    async def stop(self) -> None:
        """Close the port and the connections."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if self._is_stopping:
            response = web.Response(status=503)
            response.force_close()
            return response
        if _is_preflight(request):
            response = web.Response(status=204)
        elif request.path.lower().startswith("/admin/"):
            response = await self._serve_admin(request)
        else:
            response = await self._serve_function(request)
        self._allow_origin(request, response)
        return response

    async def _serve_function(self, request: web.Request) -> web.Response:
        found = self._find(request)
        if found is None:
            is_home = request.path == "/"
            return web.Response(text=_HOME, content_type="text/html") if is_home else web.Response(status=404)
        (function, trigger), route_params = found
        # The local key is a master key, so it opens `function` and `admin` alike.
        if trigger.auth_level != "anonymous" and not self._is_authorized(request):
            return web.Response(status=401)
        length = request.content_length
        if length is not None and length > self._options.tuning.body_limit_bytes:
            return web.Response(status=413)
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413)
        return await self._run(function, request, _function_request(request, route_params, body))

    def _find(
        self, request: web.Request
    ) -> tuple[tuple[LoadedFunction, HttpTrigger], Mapping[str, str]] | None:
        path = request.rel_url.raw_path
        prefix = self._options.config.route_prefix
        if prefix:
            head, _, path = path.removeprefix("/").partition("/")
            parts = prefix.count("/")
            for _ in range(parts):
                more, _, path = path.partition("/")
                head = f"{head}/{more}"
            if head.lower() != prefix.lower():
                return None
        return self._routes.find(request.method, path)

    async def _run(
        self, function: LoadedFunction, request: web.Request, argument: func.HttpRequest
    ) -> web.Response:
        reason = "This function was programmatically called via the host APIs."
        task = self._invoker.start(function, argument, reason, headers=request.headers)
        try:
            result = await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                return web.Response(status=503)
            # The client is gone. As in Azure the handler goes on, but not for ever.
            asyncio.get_running_loop().call_later(self._options.tuning.disconnect_seconds, task.cancel)
            raise
        except Exception:  # noqa: BLE001 - logged by the invoker; the caller learns nothing of it
            return web.Response(status=500)
        if isinstance(result, str):
            return web.Response(text=result)
        if not isinstance(result, func.HttpResponse):
            _log.error("%s returned %s instead of func.HttpResponse", function.id, type(result).__name__)
            return web.Response(status=500)
        return _web_response(result)

    def _is_authorized(self, request: web.Request) -> bool:
        return carries_key(self._options.key, request.headers, request.query)

    async def _serve_admin(self, request: web.Request) -> web.Response:
        parts = request.path.strip("/").split("/")[1:]
        match [part.lower() for part in parts[:2]]:
            case ["host", "ping"]:
                return web.Response()
            case ["host", "status"] if request.method == "GET":
                return web.json_response(self._status())
            case ["functions", _] if request.method == "POST" and len(parts) == 2:
                return await self._serve_run_by_hand(request, parts[1])
            case _:
                return web.Response(status=404)

    def _status(self) -> dict[str, object]:
        return {
            "id": self._options.host_id,
            "state": "Running",
            "version": "local",
            "processUptime": round((time.monotonic() - self._started) * 1000),
        }

    async def _serve_run_by_hand(self, request: web.Request, name: str) -> web.Response:
        if not self._is_authorized(request):
            return web.Response(status=401)
        body = await request.read()
        try:
            document = json.loads(body) if body else {}
            given = document.get("input")
        except (ValueError, AttributeError):
            return web.Response(status=400, text='the body must be JSON such as {"input": "text"}')
        try:
            await self._run_by_hand(name, None if given is None else str(given))
        except UnknownFunctionError:
            return web.Response(status=404)
        except NotByHandError as error:
            return web.Response(status=400, text=str(error))
        return web.Response(status=202)

    def _allow_origin(self, request: web.Request, response: web.Response) -> None:
        origin = request.headers.get("Origin")
        allowed = self._options.settings.cors_origins
        if origin is None or not ({"*", origin.rstrip("/")} & allowed):
            return
        is_open = "*" in allowed and not self._options.settings.cors_credentials
        response.headers["Access-Control-Allow-Origin"] = "*" if is_open else origin
        if self._options.settings.cors_credentials:
            response.headers["Access-Control-Allow-Credentials"] = "true"
        if _is_preflight(request):
            for asked, allowing in (("Method", "Methods"), ("Headers", "Headers")):
                value = request.headers.get(f"Access-Control-Request-{asked}")
                if value is not None:
                    response.headers[f"Access-Control-Allow-{allowing}"] = value


def _is_preflight(request: web.Request) -> bool:
    return (
        request.method == "OPTIONS"
        and "Origin" in request.headers
        and "Access-Control-Request-Method" in request.headers
    )


def _function_request(request: web.Request, route_params: Mapping[str, str], body: bytes) -> func.HttpRequest:
    return http_request(
        request.method,
        str(request.url),
        headers=_joined(request.headers),
        params=_joined(request.query),
        route_params=route_params,
        body=body,
    )


def _joined(values: MultiMapping[str]) -> dict[str, str]:
    """Return one value per name: the host joins what is given several times by commas."""
    return {name: ",".join(values.getall(name)) for name in dict.fromkeys(values)}


def _web_response(result: func.HttpResponse) -> web.Response:
    headers = CIMultiDict[str]()
    for name, value in result.headers.items():
        if name.lower() not in _OWN_HEADERS:
            headers.add(name, value)
    if "Content-Type" not in headers:
        charset = f"; charset={result.charset}" if result.mimetype.startswith("text/") else ""
        headers["Content-Type"] = f"{result.mimetype}{charset}"
    return web.Response(status=result.status_code, headers=headers, body=result.get_body() or None)
