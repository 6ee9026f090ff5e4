"""A provider on loopback that answers as a test tells it, request by request, and remembers them all."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from shared_code.settings import OpenAISettings


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. ``release`` is waited for before it is sent; ``hangs_up`` sends none at all."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    release: asyncio.Event | None = None
    hangs_up: bool = False


Answerer = Callable[[Received], Reply]


@dataclass
class Provider:
    """Answers by the first route that matches; a list of replies is used up, its last one stays."""

    url: str = ""
    requests: list[Received] = field(default_factory=list)
    _routes: list[tuple[str, re.Pattern[str], Answerer]] = field(default_factory=list)

    def on(self, method: str, path: str, *replies: Reply | Answerer) -> None:
        """Answer requests whose path below ``/openai/v1`` matches; later routes come first."""
        left = list(replies)

        def answer(received: Received) -> Reply:
            reply = left.pop(0) if len(left) > 1 else left[0]
            return reply(received) if callable(reply) else reply

        self._routes.insert(0, (method, re.compile(path), answer))

    def calls(self) -> list[str]:
        """What was asked, in order."""
        return [f"{request.method} {request.path}" for request in self.requests]

    def settings(self, **changes: Any) -> OpenAISettings:
        """Settings that lead here."""
        return OpenAISettings(**{"endpoint": self.url, "api_key": "key-of-this-test", **changes})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        content = await request.read()
        received = Received(
            request.method,
            request.path.removeprefix("/openai/v1"),
            dict(request.query),
            {name.lower(): value for name, value in request.headers.items()},
            json.loads(content) if content else None,
        )
        self.requests.append(received)
        for method, path, answer in self._routes:
            if method == received.method and path.fullmatch(received.path):
                return await _sent(request, answer(received))
        return web.json_response({"error": {"code": "404", "message": "Resource not found"}}, status=404)


async def _sent(request: web.Request, reply: Reply) -> web.StreamResponse:
    if reply.release is not None:
        await reply.release.wait()
    if reply.hangs_up and request.transport is not None:
        request.transport.close()
    return web.json_response(reply.body, status=reply.status, headers=reply.headers)


@asynccontextmanager
async def running_provider() -> AsyncIterator[Provider]:
    """Serve on a free port until the block ends."""
    provider = Provider()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", provider.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield provider
    finally:
        await runner.cleanup()
