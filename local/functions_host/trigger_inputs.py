"""Builds what handlers receive (`func.HttpRequest`, `QueueMessage`, `InputStream`, `TimerRequest`)."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import azure.functions as func


def _concrete(module: str, name: str) -> Any:
    # The classes Microsoft's worker hands over. They live in public modules of the library (1.x and 2.x
    # alike), but their constructors carry no types.
    return getattr(importlib.import_module(f"azure.functions.{module}"), name)


def http_request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    params: Mapping[str, str],
    route_params: Mapping[str, str],
    body: bytes,
) -> func.HttpRequest:
    """Return an HTTP handler's request."""
    request: func.HttpRequest = _concrete("http", "HttpRequest")(
        method=method,
        url=url,
        headers=headers,
        params=params,
        route_params=route_params,
        body_type="bytes",
        body=body,
    )
    return request


@dataclass(frozen=True, slots=True)
class QueueInput:
    """A queue's message, decoded; times are UTC, None where the queue did not say."""

    id: str
    body: bytes
    dequeue_count: int
    pop_receipt: str | None = None
    insertion_time: datetime | None = None
    expiration_time: datetime | None = None
    time_next_visible: datetime | None = None


def queue_message(message: QueueInput) -> func.QueueMessage:
    """Return a queue handler's message."""
    built: func.QueueMessage = _concrete("queue", "QueueMessage")(
        id=message.id,
        body=message.body,
        dequeue_count=message.dequeue_count,
        expiration_time=message.expiration_time,
        insertion_time=message.insertion_time,
        time_next_visible=message.time_next_visible,
        pop_receipt=message.pop_receipt,
    )
    return built


def input_stream(
    path: str, uri: str, content: bytes, properties: Mapping[str, Any], metadata: Mapping[str, str]
) -> func.InputStream:
    """Return a blob handler's stream.

    Args:
        path: Container and blob, ``cv-inbox/some.pdf``; it becomes the stream's ``name``.
        uri: The blob's address.
        content: All its bytes.
        properties: Under the names .NET gives them (``ContentType``, ``LastModified``).
        metadata: The blob's own metadata.
    """
    stream: func.InputStream = _concrete("blob", "InputStream")(
        data=content,
        name=path,
        uri=uri,
        length=len(content),
        blob_properties=dict(properties),
        metadata=dict(metadata),
    )
    return stream


@dataclass(frozen=True, slots=True)
class ScheduleStatus:
    """When a timer ran and will run, in UTC; ``last`` is None before the first run."""

    last: datetime | None
    next: datetime
    last_updated: datetime


def timer_request(
    status: ScheduleStatus | None, *, is_past_due: bool, adjusts_for_dst: bool
) -> func.TimerRequest:
    """Return a timer handler's request; the status is None where none is kept."""
    request: func.TimerRequest = _concrete("timer", "TimerRequest")(
        past_due=is_past_due,
        schedule_status={}
        if status is None
        else {
            "Last": "0001-01-01T00:00:00+00:00" if status.last is None else status.last.isoformat(),
            "Next": status.next.isoformat(),
            "LastUpdated": status.last_updated.isoformat(),
        },
        schedule={"AdjustForDST": adjusts_for_dst},
    )
    return request
