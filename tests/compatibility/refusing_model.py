"""A model that declines everything, in the words of OpenAI's API: none of the servers can be told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REFUSAL = "I cannot help with that."


def _decline(handler: BaseHTTPRequestHandler) -> None:
    handler.rfile.read(int(handler.headers["content-length"]))
    body = json.dumps(_completion()).encode()
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _stay_silent(_: BaseHTTPRequestHandler, *__: object) -> None:
    """In place of the line per request that the library writes to stderr."""


_Declining = type("_Declining", (BaseHTTPRequestHandler,), {"do_POST": _decline, "log_message": _stay_silent})


@contextmanager
def running_refusing_model() -> Iterator[str]:
    """The endpoint of such a model, for the length of a ``with`` block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Declining)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _completion() -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "gpt-4.1-mini-2025-04-14",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": None, "refusal": REFUSAL},
            }
        ],
        "usage": {"prompt_tokens": 30, "completion_tokens": 8, "total_tokens": 38},
    }
