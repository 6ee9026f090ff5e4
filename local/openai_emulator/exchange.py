"""A request's way: outage, credential, version, body, fault, deployment, limits, work, latency, reply."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from local.openai_emulator.authentication import credential_kind
from local.openai_emulator.content_filter import prompt_refused
from local.openai_emulator.delivery import Reply, deliver
from local.openai_emulator.deployments import Deployment
from local.openai_emulator.faults import Fault, Target
from local.openai_emulator.ledger import LedgerEntry, TokenUse
from local.openai_emulator.limits import LimitDecision
from local.openai_emulator.operation import Job, Operation
from local.openai_emulator.problems import (
    ApiError,
    invalid_request,
    resource_not_found,
    too_many_requests,
    version_too_early,
)
from local.openai_emulator.state import EmulatorState

DATED_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?")
V1_VERSIONS = frozenset({"v1", "preview", "latest"})
ENDS_WITHOUT_WORK = frozenset({"status", "close_before_headers", "reset_before_headers", "silence"})
# Their delay is part of what they do, not a wait before it.
DELAYS_BY_ITSELF = frozenset({"silence", "slow_body", "stall_mid_body"})


@dataclass(frozen=True, slots=True)
class Surface:
    """Which of the URL shapes a request came by. Version 1 has no dated ``api-version``.

    ``earliest_version`` is the day from which on the dated paths know an API.
    """

    is_v1: bool
    earliest_version: str = ""

    def check_version(self, request: web.Request) -> None:
        """Accept the ``api-version``.

        Raises:
            ApiError: 404 where it is missing or no date, 400 where a date meets the v1 paths or is too
                early for the API.
        """
        version = request.query.get("api-version")
        if not self.is_v1 and not DATED_VERSION.fullmatch(version or ""):
            raise resource_not_found()
        if not self.is_v1 and (version or "") < self.earliest_version:
            raise version_too_early(self.earliest_version)
        if self.is_v1 and version is not None and version not in V1_VERSIONS:
            raise invalid_request("A dated api-version is not allowed on the /v1 path.", code="BadRequest")


Answering = Callable[[LedgerEntry], Awaitable[Reply]]


async def run_operation(
    state: EmulatorState, request: web.Request, operation: Operation, surface: Surface
) -> web.StreamResponse:
    """Answer a request that costs something, and write it into the ledger."""

    async def answering(entry: LedgerEntry) -> Reply:
        body = await json_object(request)
        entry.deployment = _deployment_name(request, body)
        entry.schema = operation.schema_name(body)
        target = Target(operation.name, request.path, entry.deployment, entry.schema, request.method)
        fault = await chosen_fault(state, entry, target)
        if fault is not None and fault.kind in ENDS_WITHOUT_WORK:
            return without_work(fault)
        deployment = state.deployments.find(entry.deployment)
        job = operation.admit(body, deployment)
        return await _work(state, entry, _Task(operation, surface, deployment, job, fault))

    return await answer_request(state, request, surface, answering)


async def run_query(
    state: EmulatorState, request: web.Request, surface: Surface | None, query: Callable[[], Any]
) -> web.StreamResponse:
    """Answer a request that costs nothing; ``query`` makes the JSON once the caller is known.

    ``surface`` is None for paths that do not exist, whatever their version.
    """

    async def answering(entry: LedgerEntry) -> Reply:
        fault = await chosen_fault(state, entry, Target("query", request.path, method=request.method))
        if fault is not None and fault.kind in ENDS_WITHOUT_WORK:
            return without_work(fault)
        return Reply.of_json(200, query(), {}, fault)

    return await answer_request(state, request, surface, answering)


async def answer_request(
    state: EmulatorState, request: web.Request, surface: Surface | None, answering: Answering
) -> web.StreamResponse:
    """Answer by ``answering`` unless there is an outage, a wrong credential or version; record either."""

    async def guarded(entry: LedgerEntry) -> Reply:
        broken = await _broken_by_outage(state, entry)
        if broken is not None:
            return broken
        state.credentials.check(request.headers)
        if surface is not None:
            surface.check_version(request)
        return await answering(entry)

    return await _recorded(state, request, guarded)


@dataclass(frozen=True, slots=True)
class _Task:
    operation: Operation
    surface: Surface
    deployment: Deployment
    job: Job
    fault: Fault | None


async def _recorded(state: EmulatorState, request: web.Request, answering: Answering) -> web.StreamResponse:
    entry = state.ledger.open(
        method=request.method, path=request.path, credential=credential_kind(request.headers)
    )
    try:
        try:
            reply = await answering(entry)
        except ApiError as error:
            entry.code = error.code
            if error.billed_prompt_tokens is not None:
                entry.bill(TokenUse(prompt=error.billed_prompt_tokens))
            reply = Reply.of_json(error.status, error.body(), error.headers)
        delivery = await deliver(state, request, _with_identity(state, request, reply))
        entry.status = delivery.status
        entry.is_delivered = delivery.is_complete
        return delivery.response
    finally:
        state.ledger.close(entry)


async def _work(state: EmulatorState, entry: LedgerEntry, task: _Task) -> Reply:
    loop = asyncio.get_running_loop()
    began = loop.time()
    entry.prompt_sha256 = task.job.prompt_sha256
    entry.cv_sha256 = task.job.cv_sha256
    entry.prompt_tokens = task.job.prompt_tokens
    decision = reserve(task.deployment, task.job, task.operation.azure_name, task.surface)
    if task.fault is not None and task.fault.kind == "content_filter_prompt":
        raise prompt_refused(task.job.prompt_tokens, task.operation.name)
    answer = await task.job.run()
    entry.bill(answer.use)
    if task.fault is not None:
        answer = task.operation.spoil(answer, task.fault)
    seconds = state.latency.seconds(answer.use.completion, state.latency_randomness)
    await state.pause(seconds - (loop.time() - began))
    return Reply.of_json(200, answer.body, decision.headers(), task.fault)


def reserve(deployment: Deployment, job: Job, azure_name: str, surface: Surface) -> LimitDecision:
    """Count a job against the limits of its deployment.

    Raises:
        ApiError: 429, with the headers that tell when to come back.
    """
    decision = deployment.limits.admit(job.reserved_tokens)
    if decision.is_admitted:
        return decision
    error = too_many_requests(
        azure_name,
        decision.exceeded or "requests",
        decision.retry_after_whole_seconds,
        is_v1=surface.is_v1,
    )
    error.headers = decision.headers()
    raise error


async def _broken_by_outage(state: EmulatorState, entry: LedgerEntry) -> Reply | None:
    fault = state.outage.current()
    if fault is None:
        return None
    entry.fault = f"outage:{fault.label}"
    await _pause_for(state, fault)
    return without_work(fault)


async def chosen_fault(state: EmulatorState, entry: LedgerEntry, target: Target) -> Fault | None:
    """Take the fault that is meant for a request, after its delay where that comes first."""
    fault = state.faults.choose(target)
    if fault is not None:
        entry.fault = fault.label
        await _pause_for(state, fault)
    return fault


async def _pause_for(state: EmulatorState, fault: Fault) -> None:
    if fault.kind not in DELAYS_BY_ITSELF:
        await state.pause(fault.delay_ms / 1000)


def without_work(fault: Fault) -> Reply:
    """The reply of a fault that keeps a request from being worked on."""
    if fault.kind != "status":
        return Reply(0, b"", wire_fault=fault)
    if isinstance(fault.body, str):
        return Reply(fault.status, fault.body.encode(), {"content-type": "text/plain", **fault.headers})
    body = fault.body
    if body is None:
        body = {"error": {"code": str(fault.status), "message": f"A fault on order: status {fault.status}."}}
    return Reply.of_json(fault.status, body, fault.headers)


def _with_identity(state: EmulatorState, request: web.Request, reply: Reply) -> Reply:
    """The reply with the headers that name a request, as both the gateway and the API do."""
    identity = {
        "x-request-id": str(uuid.uuid4()),
        "apim-request-id": str(uuid.uuid4()),
        "x-ms-region": state.region,
    }
    client_id = request.headers.get("x-ms-client-request-id")
    if client_id:
        identity["x-ms-client-request-id"] = client_id
    return replace(reply, headers={**identity, **reply.headers})


async def json_object(request: web.Request) -> dict[str, Any]:
    """The request's body.

    Raises:
        ApiError: 400 where it is no JSON object.
    """
    try:
        body = json.loads(await request.read())
    except ValueError as error:
        raise invalid_request("The body of the request could not be parsed as JSON.") from error
    if not isinstance(body, dict):
        raise invalid_request("The body of the request must be a JSON object.")
    return body


def _deployment_name(request: web.Request, body: Mapping[str, Any]) -> str:
    """The deployment in the path, else the one that ``model`` names."""
    name = request.match_info.get("deployment") or body.get("model")
    if not isinstance(name, str) or not name:
        raise invalid_request(
            "Missing required parameter: 'model'.", param="model", code="missing_required_parameter"
        )
    return name
