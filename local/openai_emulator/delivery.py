"""An answer's last step: onto the wire, whole, broken on order, or not at all."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from local.openai_emulator.faults import ENDLESS_SILENCE_MS, Fault
from local.openai_emulator.state import EmulatorState

LOOK_FOR_CLIENT_EVERY_SECONDS = 0.05
PIECES_OF_A_SLOW_BODY = 10
# Closing a socket that lingers for no time at all sends RST where a plain close sends FIN.
NO_LINGER = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Reply:
    """What to send. ``wire_fault`` breaks the sending."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    wire_fault: Fault | None = None

    @classmethod
    def of_json(
        cls, status: int, data: Any, headers: Mapping[str, str], wire_fault: Fault | None = None
    ) -> Reply:
        """A JSON answer."""
        try:
            body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:
            # Half a surrogate pair, which UTF-8 cannot hold, can still be written as an escape.
            body = json.dumps(data, separators=(",", ":")).encode()
        return cls(status, body, {"content-type": "application/json", **headers}, wire_fault)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a reply. ``is_complete``: every byte was handed over while the client listened."""

    response: web.StreamResponse
    status: int | None
    is_complete: bool


async def deliver(state: EmulatorState, request: web.Request, reply: Reply) -> Delivery:
    """Send a reply as its fault wants it."""
    fault = reply.wire_fault
    kind = fault.kind if fault else None
    if kind == "silence" and fault is not None:
        await _wait_for_client_to_leave(state, request, fault)
    if kind in {"silence", "close_before_headers"}:
        return Delivery(_hang_up(request), None, is_complete=False)
    if kind == "reset_before_headers":
        return Delivery(_reset(request), None, is_complete=False)
    if kind in {"close_mid_body", "stall_mid_body"} and fault is not None:
        return await _stop_half_way(state, request, reply, fault)
    if kind == "slow_body" and fault is not None:
        return await _drip(state, request, reply, fault)
    if kind in {"malformed_json", "truncated_body"}:
        # A whole response, for HTTP: only its JSON is not.
        body = (
            reply.body[: len(reply.body) // 2] if kind == "truncated_body" else b"<<not json>>" + reply.body
        )
        return await _send(request, Reply(reply.status, body, reply.headers))
    return await _send(request, reply)


async def _send(request: web.Request, reply: Reply) -> Delivery:
    response = web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))
    try:
        await response.prepare(request)
        await response.write_eof()
    except ConnectionError:
        return Delivery(response, None, is_complete=False)
    return Delivery(response, reply.status, _is_listening(request))


async def _stop_half_way(state: EmulatorState, request: web.Request, reply: Reply, fault: Fault) -> Delivery:
    response = _streamed(reply)
    try:
        await response.prepare(request)
        await response.write(reply.body[: len(reply.body) // 2])
    except ConnectionError:
        return Delivery(response, None, is_complete=False)
    if fault.kind == "stall_mid_body":
        await _wait_for_client_to_leave(state, request, fault)
    _hang_up(request)
    return Delivery(response, reply.status, is_complete=False)


async def _drip(state: EmulatorState, request: web.Request, reply: Reply, fault: Fault) -> Delivery:
    response = _streamed(reply)
    size = -(-len(reply.body) // PIECES_OF_A_SLOW_BODY)
    status: int | None = None
    try:
        await response.prepare(request)
        for start in range(0, len(reply.body), size):
            await state.pause(fault.delay_ms / 1000 / PIECES_OF_A_SLOW_BODY)
            await response.write(reply.body[start : start + size])
            status = reply.status
        await response.write_eof()
    except ConnectionError:
        return Delivery(response, status, is_complete=False)
    return Delivery(response, status, _is_listening(request))


def _streamed(reply: Reply) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status, headers=dict(reply.headers))
    response.content_length = len(reply.body)
    return response


async def _wait_for_client_to_leave(state: EmulatorState, request: web.Request, fault: Fault) -> None:
    left_seconds = (fault.delay_ms or ENDLESS_SILENCE_MS) / 1000
    while left_seconds > 0 and _is_listening(request) and not state.stopping.is_set():
        await state.pause(min(LOOK_FOR_CLIENT_EVERY_SECONDS, left_seconds))
        left_seconds -= LOOK_FOR_CLIENT_EVERY_SECONDS


def _hang_up(request: web.Request) -> web.Response:
    """Close the connection; the returned response finds it closed and is not sent."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def _reset(request: web.Request) -> web.Response:
    """As ``_hang_up``, but the client's system reports a reset instead of an end."""
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    return _hang_up(request)


def _is_listening(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()
