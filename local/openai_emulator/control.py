"""The control routes under ``/_emulator``: faults, profile, deployments, ledger; for loopback only.

POST   /_emulator/faults        one fault or a list: {kind, count, match: {deployment, path, schema, method},
                                status, headers, body, delay_ms}; count null means until cleared
GET    /_emulator/faults        what is queued, and every kind with its meaning
DELETE /_emulator/faults        forget the queue and the random mix
POST   /_emulator/profile       any of latency ("250" or "base:per-output-token:jitter"), seed,
                                mix: [{rate, kind, …}], down (true, false), down_seconds,
                                down_fault: {kind: status | close_before_headers |
                                reset_before_headers | silence, …}
POST   /_emulator/deployments   {add: [{name, model, rpm, tpm, rpm_window_seconds, context_tokens}],
                                retire: [name | {name, status: 404 | 410}]}
GET    /_emulator/deployments   those that answer
GET    /_emulator/ledger        ?after=seq&limit=n
DELETE /_emulator/ledger        start counting anew
GET    /_emulator/threads       the ids of the threads that still exist: {threads: [id]}
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from aiohttp import web

from local.openai_emulator.deployments import (
    DEFAULT_REQUESTS_PER_MINUTE,
    DEFAULT_TOKENS_PER_MINUTE,
    DeploymentSpec,
)
from local.openai_emulator.exchange import ENDS_WITHOUT_WORK
from local.openai_emulator.faults import KINDS, Fault
from local.openai_emulator.latency import LatencyProfile
from local.openai_emulator.state import SERVICE_UNAVAILABLE, EmulatorState

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PROFILE_FIELDS = frozenset({"latency", "seed", "mix", "down", "down_seconds", "down_fault"})
SPEC_FIELDS = frozenset({"name", "model", "rpm", "tpm", "rpm_window_seconds", "context_tokens"})


class ControlRoutes:
    """Handlers of one emulator's control routes."""

    def __init__(self, state: EmulatorState) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        table: list[tuple[str, str, Handler]] = [
            ("POST", "faults", self._add_faults),
            ("GET", "faults", self._show_faults),
            ("DELETE", "faults", self._clear_faults),
            ("POST", "profile", self._set_profile),
            ("POST", "deployments", self._change_deployments),
            ("GET", "deployments", self._show_deployments),
            ("GET", "ledger", self._show_ledger),
            ("DELETE", "ledger", self._clear_ledger),
            ("GET", "threads", self._show_threads),
        ]
        return [web.route(method, f"/_emulator/{name}", _guarded(handler)) for method, name, handler in table]

    async def _add_faults(self, request: web.Request) -> web.StreamResponse:
        data = await _json(request)
        items = data if isinstance(data, list) else [data]
        parsed = [(Fault.parse(item), item.get("count", 1)) for item in items]
        for fault, count in parsed:
            self._state.faults.add(fault, None if count is None else int(count))
        return await self._show_faults(request)

    async def _show_faults(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"queued": self._state.faults.pending(), "kinds": dict(KINDS)})

    async def _clear_faults(self, request: web.Request) -> web.StreamResponse:
        self._state.faults.clear()
        return web.json_response({"queued": []})

    async def _set_profile(self, request: web.Request) -> web.StreamResponse:
        data = _fields(await _json(request), PROFILE_FIELDS)
        seed = int(data.get("seed", 0))
        latency = LatencyProfile.parse(str(data["latency"])) if "latency" in data else None
        mix = [(float(item["rate"]), Fault.parse(item)) for item in data.get("mix", ())]
        outage = Fault.parse(data["down_fault"]) if data.get("down_fault") else SERVICE_UNAVAILABLE
        if outage.kind not in ENDS_WITHOUT_WORK:
            raise ValueError(f"down_fault must be one of {', '.join(sorted(ENDS_WITHOUT_WORK))}")
        if latency is not None:
            self._state.latency = latency
            self._state.latency_randomness = Random(seed)
        if "mix" in data:
            self._state.faults.set_mix(mix, seed)
        if data.get("down") is True:
            self._state.outage.begin(outage, data.get("down_seconds"))
        elif data.get("down") is False:
            self._state.outage.end()
        return web.json_response({"is_down": self._state.outage.current() is not None, "mix": len(mix)})

    async def _change_deployments(self, request: web.Request) -> web.StreamResponse:
        data = _fields(await _json(request), frozenset({"add", "retire"}))
        specs = [_spec(_fields(item, SPEC_FIELDS)) for item in data.get("add", ())]
        retired = [item if isinstance(item, dict) else {"name": item} for item in data.get("retire", ())]
        if any(item.get("status", 404) not in {404, 410} for item in retired):
            raise ValueError("a retired deployment's status is 404 or 410")
        self._state.deployments.add(specs)
        for item in retired:
            self._state.deployments.retire(str(item["name"]), status=item.get("status", 404))
        return await self._show_deployments(request)

    async def _show_deployments(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(
            {
                "deployments": [
                    {
                        "name": item.name,
                        "model": item.spec.model,
                        "rpm": item.spec.requests_per_minute,
                        "tpm": item.spec.tokens_per_minute,
                        "context_tokens": item.context_tokens,
                    }
                    for item in self._state.deployments.all()
                ]
            }
        )

    async def _show_ledger(self, request: web.Request) -> web.StreamResponse:
        limit = request.query.get("limit")
        return web.json_response(
            self._state.ledger.as_json(
                after=int(request.query.get("after", 0)), limit=int(limit) if limit is not None else None
            )
        )

    async def _clear_ledger(self, request: web.Request) -> web.StreamResponse:
        self._state.ledger.clear()
        return web.json_response({"entries": []})

    async def _show_threads(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"threads": self._state.threads.ids()})


def _guarded(handler: Handler) -> Handler:
    """Loopback only, and what the handler cannot understand becomes a 400 that names it."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if not ipaddress.ip_address(request.remote or "0.0.0.0").is_loopback:
            return web.json_response({"error": "control routes answer on loopback only"}, status=403)
        try:
            return await handler(request)
        except KeyError as error:
            return web.json_response({"error": f"missing field {error}"}, status=400)
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return guarded


async def _json(request: web.Request) -> Any:
    return json.loads(await request.read() or b"{}")


def _fields(data: Any, known: frozenset[str]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise TypeError("expected a JSON object")
    unknown = data.keys() - known
    if unknown:
        raise ValueError(f"unknown field {', '.join(sorted(unknown))}")
    return data


def _spec(data: dict[str, Any]) -> DeploymentSpec:
    return DeploymentSpec(
        name=str(data["name"]),
        model=str(data.get("model", data["name"])),
        requests_per_minute=int(data.get("rpm", DEFAULT_REQUESTS_PER_MINUTE)),
        tokens_per_minute=int(data.get("tpm", DEFAULT_TOKENS_PER_MINUTE)),
        requests_window_seconds=float(data.get("rpm_window_seconds", 60)),
        context_tokens=data.get("context_tokens"),
    )
