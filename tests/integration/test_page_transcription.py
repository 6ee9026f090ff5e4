"""Pictures of pages on the wire: what each backend sends, and what the whole engine makes of the answers."""

from __future__ import annotations

import asyncio
import base64
import io
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from local.openai_emulator.server import Emulator, EmulatorConfig, running_emulator
from shared_code.backends.contract import ChatRequest, ImagePart, Message
from shared_code.backends.opening import open_backends
from shared_code.candidate_data_service import CandidateDataService
from shared_code.documents.ocr import PictureReader
from shared_code.errors import InvalidModelRequestError, NoTextError
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import AsyncOpenAIService
from shared_code.page_transcription import PageTranscriber
from shared_code.settings import OpenAISettings
from tests.integration.backend_provider import KEY, settings_for
from tests.unit.documents.test_documents_page_images import pages_with_text

SEEN = "Jane Example\nSite Manager, Fernwood Builders, 2019 - present\njane@example.com"


class Eyes:
    """A server that speaks both APIs, opens the picture it is sent, and says what it was told to see."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.pictures: list[Image.Image] = []
        self.url = ""

    async def chat(self, request: web.Request) -> web.Response:
        body = await request.json()
        [_, user] = body["messages"]
        self._look(
            body, [part["image_url"]["url"] for part in user["content"] if part["type"] == "image_url"]
        )
        message = {"role": "assistant", "content": SEEN}
        usage = {"prompt_tokens": 2600, "completion_tokens": 40, "total_tokens": 2640}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return web.json_response({"model": "gpt-4.1-mini", "choices": [choice], "usage": usage})

    async def responses(self, request: web.Request) -> web.Response:
        body = await request.json()
        [user] = body["input"]
        self._look(body, [part["image_url"] for part in user["content"] if part["type"] == "input_image"])
        part = {"type": "output_text", "text": SEEN}
        output = [{"type": "message", "role": "assistant", "content": [part]}]
        usage = {"input_tokens": 2600, "output_tokens": 40}
        answer = {"model": "gpt-4.1-mini", "status": "completed", "output": output, "usage": usage}
        return web.json_response(answer)

    def _look(self, body: dict[str, Any], urls: list[str]) -> None:
        self.bodies.append(body)
        for url in urls:
            head, _, data = url.partition(";base64,")
            assert head == "data:image/png"
            self.pictures.append(Image.open(io.BytesIO(base64.b64decode(data, validate=True))))


@pytest.fixture
async def eyes() -> AsyncIterator[Eyes]:
    seeing = Eyes()
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.router.add_post("/openai/v1/chat/completions", seeing.chat)
    app.router.add_post("/openai/v1/responses", seeing.responses)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    seeing.url = f"http://{host}:{port}"
    yield seeing
    await runner.cleanup()


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with running_emulator(EmulatorConfig(api_keys=(KEY,))) as running:
        yield running


def _service(settings: OpenAISettings) -> tuple[CandidateDataService, OpenAIClient]:
    backends = open_backends(settings)
    client = OpenAIClient(settings, backends.chat, backends.embeddings)
    service = CandidateDataService(
        AsyncOpenAIService(client=client), picture_reader=PictureReader(lambda: PageTranscriber(client))
    )
    return service, client


@pytest.mark.parametrize("backend", ["chat", "responses"])
async def test_a_scan_is_read_by_the_model(eyes: Eyes, backend: str) -> None:
    """The drawn page arrives whole, its text becomes the document, and its tokens are accounted."""
    settings = OpenAISettings(endpoint=eyes.url, api_key=KEY, backend=backend)  # type: ignore[arg-type]
    service, client = _service(settings)
    cv = await service.read(_without_text(pages_with_text(False, True)), filename="scan.pdf")
    await client.aclose()
    assert cv.document.text == SEEN
    assert (cv.document.reader, cv.document.media_type) == ("ocr:vision", "application/pdf")
    assert "ocr" in {finding.code for finding in cv.document.findings}
    [picture] = eyes.pictures
    assert abs(picture.width - 1654) + abs(picture.height - 2339) <= 3
    assert min(picture.tobytes()) < 64
    assert client.token_tracker.get_usage_summary()["total_input_tokens"] == 2600
    assert "response_format" not in eyes.bodies[0]


@pytest.mark.parametrize("backend", ["chat", "responses"])
async def test_the_emulator_has_no_eyes_and_says_nothing(emulator: Emulator, backend: str) -> None:
    """It takes the picture, bills for it, and invents no word."""
    service, client = _service(settings_for(emulator, backend))
    with pytest.raises(NoTextError):
        await service.read(_without_text(pages_with_text(True)), filename="scan.pdf")
    await client.aclose()
    summary = client.token_tracker.get_usage_summary()
    assert summary["total_input_tokens"] > 1_536
    assert len(emulator.ledger()["entries"]) == 1


async def test_few_documents_are_drawn_at_once(eyes: Eyes) -> None:
    """However many come: each drawing may take a gigabyte and a core."""
    settings = OpenAISettings(endpoint=eyes.url, api_key=KEY)  # type: ignore[arg-type]
    service, client = _service(settings)
    scan = _without_text(pages_with_text(True, True, True))
    reads = [asyncio.create_task(service.read(scan, filename="scan.pdf")) for _ in range(6)]
    most = 0
    while not all(read.done() for read in reads):
        most = max(most, _drawings())
        await asyncio.sleep(0.005)
    await asyncio.gather(*reads)
    await client.aclose()
    assert 1 <= most <= 2


async def test_the_assistants_api_says_that_it_takes_no_pictures(emulator: Emulator) -> None:
    """Before a thread is made, with the setting to change."""
    backends = open_backends(settings_for(emulator, "assistants"))
    request = ChatRequest((Message("user", "Read", (ImagePart("image/png", b"", 1, 1),)),), 100)
    with pytest.raises(InvalidModelRequestError, match="OPENAI_BACKEND"):
        await backends.chat.complete(request, "gpt-4.1-mini", 5.0)
    await backends.aclose()
    assert emulator.ledger()["entries"] == []


def _drawings() -> int:
    """How many children of this process draw pages."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    drawing = 0
    for child in children:
        with suppress(OSError):
            drawing += b"page_image_child" in Path(f"/proc/{child}/cmdline").read_bytes()
    return drawing


def _without_text(content: bytes) -> bytes:
    """The same pages as pictures."""
    from pypdfium2 import PdfDocument

    with PdfDocument(content) as document:
        pages = [page.render(scale=2).to_pil().convert("L") for page in document]
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=144)
    return buffer.getvalue()
