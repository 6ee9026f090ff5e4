"""The emulator with eyes: a server in front of it that looks at pictures, and passes everything on."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from PIL import Image

from local.openai_emulator.server import Emulator

CHARACTERS_PER_TOKEN = 4
_MOST_BYTES = 32 * 1024 * 1024
_PASSED_ON = ("api-key", "authorization", "content-type")


@dataclass
class SeeingModel:
    """What was looked at, and what is to go wrong.

    Attributes:
        emulator: Bills and answers; what it says of pictures is nothing.
        look: What stands on a page, by its picture.
        seen: What was answered for each picture, in order.
        blinks: So many pictures from now on are answered with 503, unseen and unbilled.
        url: Where it listens.
    """

    emulator: Emulator
    look: Callable[[Image.Image], str]
    seen: list[str] = field(default_factory=list)
    blinks: int = 0
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Pass a request on, and put into the answer what its pictures show."""
        body = await request.json()
        pictures = _pictures_in(body)
        if pictures and self.blinks:
            self.blinks -= 1
            return web.json_response({"error": {"code": "ServiceUnavailable"}}, status=503)
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.emulator.url}{request.path_qs}", json=body, headers=headers) as response,
        ):
            answered: dict[str, Any] = await response.json()
            status = response.status
        if pictures and status == 200:
            self.seen.append("\n".join(map(self.look, pictures)))
            answered["choices"][0]["message"]["content"] = self.seen[-1]
            answered["usage"]["completion_tokens"] = len(self.seen[-1]) // CHARACTERS_PER_TOKEN
        return web.json_response(answered, status=status)


@asynccontextmanager
async def seeing(emulator: Emulator, look: Callable[[Image.Image], str]) -> AsyncIterator[SeeingModel]:
    """Serve in front of a running emulator until the block ends."""
    model = SeeingModel(emulator, look)
    app = web.Application(client_max_size=_MOST_BYTES)
    app.router.add_post("/{path:.*}", model.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    model.url = f"http://{host}:{port}"
    try:
        yield model
    finally:
        await runner.cleanup()


def _pictures_in(body: dict[str, Any]) -> list[Image.Image]:
    contents = [message["content"] for message in body["messages"] if isinstance(message["content"], list)]
    urls = [part["image_url"]["url"] for parts in contents for part in parts if part["type"] == "image_url"]
    return [Image.open(io.BytesIO(base64.b64decode(url.partition(";base64,")[2]))) for url in urls]
