"""The `func.Context` a handler may ask for: which invocation it is, and its trace and retry context."""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import azure.functions as func

_thread_local_storage = threading.local()


@dataclass(frozen=True, slots=True)
class TraceContext:
    """W3C trace context of an invocation."""

    trace_parent: str
    trace_state: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RetryContext:
    """The retry context of a function without a retry policy: the first attempt, and no other follows."""

    retry_count: int = 0
    max_retry_count: int = 0
    exception: None = None


def trace_context(headers: Mapping[str, str]) -> TraceContext:
    """Return the caller's trace context where the request has one, else a fresh one."""
    fresh = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
    return TraceContext(headers.get("traceparent") or fresh, headers.get("tracestate") or "")


class InvocationContext(func.Context):
    """One invocation of one function.

    Args:
        function_name: Name of the function.
        function_directory: Folder of the app.
        trace: Trace context to pass on.
    """

    def __init__(self, function_name: str, function_directory: str, trace: TraceContext) -> None:
        self._function_name = function_name
        self._function_directory = function_directory
        self._trace = trace
        self._id = str(uuid.uuid4())

    @property
    def invocation_id(self) -> str:
        """Identity of this invocation."""
        return self._id

    @property
    def thread_local_storage(self) -> Any:
        """Storage of the running thread, holding ``invocation_id`` in sync handlers."""
        return _thread_local_storage

    @property
    def function_name(self) -> str:
        """Name of the function."""
        return self._function_name

    @property
    def function_directory(self) -> str:
        """Folder of the app."""
        return self._function_directory

    # The library exports no public base for these two; Microsoft's worker hands over classes of its own too.
    @property
    def trace_context(self) -> Any:
        """Context for distributed tracing."""
        return self._trace

    @property
    def retry_context(self) -> Any:
        """Context of retries."""
        return RetryContext()
