"""A model that answers every request at once with the same valid profile, in a process of its own.

It speaks just enough HTTP for keep-alive POSTs, so that next to nothing of a measured time is its own.
Headers and envelope are those of Azure OpenAI.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

MODEL = "gpt-4.1-mini"
# What the stub says is left of its limits, answer after answer.
REQUESTS_PER_MINUTE = 1_000_000
TOKENS_PER_MINUTE = 100_000_000_000
CONTENT = json.dumps(
    json.loads(Path(__file__).with_name("profile_answer.json").read_text(encoding="utf-8")),
    separators=(",", ":"),
)
_FILTERED = {"filtered": False, "severity": "safe"}
BODY = json.dumps(
    {
        "id": "chatcmpl-benchmark",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": f"{MODEL}-2025-04-14",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "logprobs": None,
                "message": {"role": "assistant", "content": CONTENT, "refusal": None},
                "content_filter_results": {"hate": _FILTERED, "violence": _FILTERED},
            }
        ],
        "usage": {
            "prompt_tokens": 1200,
            "completion_tokens": 380,
            "total_tokens": 1580,
            "prompt_tokens_details": {"cached_tokens": 1024},
            "completion_tokens_details": {"reasoning_tokens": 0},
        },
    },
    separators=(",", ":"),
).encode()
_RESPONSE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: benchmark\r\n"
    b"x-ratelimit-remaining-requests: %d\r\nx-ratelimit-remaining-tokens: %d\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (REQUESTS_PER_MINUTE, TOKENS_PER_MINUTE, len(BODY), BODY)
)
_CONTENT_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class _Connection(asyncio.Protocol):
    """Answers as soon as a request's last byte is there."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._received = bytearray()

    def data_received(self, data: bytes) -> None:
        self._received += data
        end_of_head = self._received.find(b"\r\n\r\n")
        if end_of_head == -1:
            return
        announced = _CONTENT_LENGTH.search(self._received, 0, end_of_head)
        if len(self._received) - end_of_head - 4 >= (int(announced[1]) if announced else 0):
            self._received.clear()  # nobody who measures a call pipelines the next one
            self._transport.write(_RESPONSE)


@contextmanager
def running_stub() -> Iterator[str]:
    """The base URL of a stub that runs until the block ends."""
    command = [sys.executable, "-m", __spec__.name if __spec__ else __name__]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = int(cast("IO[str]", process.stdout).readline())
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
