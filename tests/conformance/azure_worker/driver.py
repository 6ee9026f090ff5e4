"""Runs inside the worker's environment: the host's messages in on stdin, the worker's answers out on stdout.

One line of JSON each. A message is protobuf's own JSON form of a ``StreamingMessage``, built from and
checked against the messages that Microsoft generated from the host's protocol (its wheel of the worker for
the older programming model carries them). Two lines are ours: ``{"loaded": [names]}`` asks which modules
this process has imported, and the end of stdin ends it.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.metadata
import json
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

_MESSAGES = "host_messages"
# Under the package's own name, ``tests``, they would be taken for the project's; and its ``__init__``
# imports grpc, which nobody here speaks.
_MESSAGE_MODULES = ("FunctionRpc_pb2", "shared.NullableTypes_pb2")


def host_messages() -> ModuleType:
    """What the worker calls ``protos``: every message class of the host's protocol in one module."""
    found = importlib.metadata.distribution("azure-functions-runtime-v1").locate_file("tests/protos")
    package = ModuleType(_MESSAGES)
    package.__path__ = [str(found)]
    sys.modules[_MESSAGES] = package
    for name in _MESSAGE_MODULES:
        vars(package).update(vars(importlib.import_module(f"{_MESSAGES}.{name}")))
    return package


class Driver:
    """Hands each message to the worker's handler of that kind and wraps its answer."""

    def __init__(self) -> None:
        handlers: Any = importlib.import_module("azure_functions_runtime")
        self._json: Any = importlib.import_module("google.protobuf.json_format")
        self._protos: Any = host_messages()
        self._handlers = {
            "worker_init_request": (handlers.worker_init_request, "worker_init_response"),
            "functions_metadata_request": (
                handlers.functions_metadata_request,
                "function_metadata_response",
            ),
            "function_load_request": (handlers.function_load_request, "function_load_response"),
            "invocation_request": (handlers.invocation_request, "invocation_response"),
        }

    async def answer(self, line: str) -> str:
        """The answer to one line."""
        asked = json.loads(line)
        if "loaded" in asked:
            return json.dumps([name for name in asked["loaded"] if name in sys.modules])
        message = self._json.ParseDict(asked, self._protos.StreamingMessage())
        handler, answered_by = self._handlers[message.WhichOneof("content")]
        properties = {"protos": self._protos, "host": "127.0.0.1"}
        answer = await handler(SimpleNamespace(request=message, properties=properties))
        wrapped = self._protos.StreamingMessage(request_id=message.request_id, **{answered_by: answer})
        # As bytes and back, because that is all of an answer that reaches a host.
        wrapped = self._protos.StreamingMessage.FromString(wrapped.SerializeToString())
        as_json = self._json.MessageToDict(
            wrapped, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
        return json.dumps(as_json)


async def main() -> None:
    """Answer until stdin ends."""
    # Answers have their own way out, so that nothing an app prints can come between.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        sys.path[0] = str(Path.cwd())  # the app's folder, as the host's bootstrap has it
        driver = Driver()
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(await driver.answer(line), file=answers, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
