"""The routes of the Assistants API v2: stored assistants, threads, messages and runs.

Only creating a run costs something: it alone counts against the rate limits, is the operation ``runs``
of the faults, and has a deployment in the ledger. Everything else is a ``query``. Not emulated: streams,
files, tool outputs, run steps, and changing what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from local.openai_emulator.control import Handler
from local.openai_emulator.delivery import Reply
from local.openai_emulator.exchange import (
    ENDS_WITHOUT_WORK,
    Surface,
    answer_request,
    chosen_fault,
    json_object,
    reserve,
    without_work,
)
from local.openai_emulator.faults import Target
from local.openai_emulator.ledger import LedgerEntry
from local.openai_emulator.messages import Message, parse_message
from local.openai_emulator.operation import Operation
from local.openai_emulator.problems import ApiError, invalid_request
from local.openai_emulator.run_request import (
    ON_A_THREAD,
    WITH_A_THREAD,
    parse_run_request,
    parse_thread_request,
)
from local.openai_emulator.run_worker import RunWorker
from local.openai_emulator.runs import Run
from local.openai_emulator.state import EmulatorState
from local.openai_emulator.stored_objects import optional_text, page_of
from local.openai_emulator.threads import Thread

BETA = "assistants=v2"

# Makes the JSON of an answer from a request and its body.
Query = Callable[[web.Request, Mapping[str, Any]], Any]


class AssistantsRoutes:
    """Handlers of one emulator's Assistants API, by one of the URL shapes."""

    def __init__(self, state: EmulatorState, chat: Operation, worker: RunWorker, surface: Surface) -> None:
        self._state = state
        self._chat = chat
        self._worker = worker
        self._surface = surface

    def routes(self, root: str) -> list[web.RouteDef]:
        """What to add to the application, below a root such as ``/openai/v1``."""
        queries: list[tuple[str, str, Query]] = [
            ("POST", "assistants", self._create_assistant),
            ("GET", "assistants", self._list_assistants),
            ("GET", "assistants/{assistant}", self._show_assistant),
            ("DELETE", "assistants/{assistant}", self._delete_assistant),
            ("POST", "threads", self._create_thread),
            ("GET", "threads/{thread}", self._show_thread),
            ("DELETE", "threads/{thread}", self._delete_thread),
            ("POST", "threads/{thread}/messages", self._add_message),
            ("GET", "threads/{thread}/runs/{run}", self._show_run),
            ("POST", "threads/{thread}/runs/{run}/cancel", self._cancel_run),
        ]
        table: list[tuple[str, str, Handler]] = [
            *((method, path, self._query_handler(query)) for method, path, query in queries),
            ("GET", "threads/{thread}/messages", self._list_messages),
            ("POST", "threads/runs", self._create_run),
            ("POST", "threads/{thread}/runs", self._create_run),
        ]
        return [web.route(method, f"{root}/{path}", handler) for method, path, handler in table]

    def _query_handler(self, query: Query) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            response, _ = await self._answer_query(request, query)
            return response

        return handle

    async def _answer_query(
        self, request: web.Request, query: Query
    ) -> tuple[web.StreamResponse, LedgerEntry | None]:
        """The response, and its entry in the ledger where the request came as far as the query."""
        entries: list[LedgerEntry] = []

        async def answering(entry: LedgerEntry) -> Reply:
            _check_beta(request)
            body = await json_object(request) if request.can_read_body else {}
            target = Target("query", request.path, method=request.method)
            fault = await chosen_fault(self._state, entry, target)
            if fault is not None and fault.kind in ENDS_WITHOUT_WORK:
                return without_work(fault)
            reply = Reply.of_json(200, query(request, body), {}, fault)
            entries.append(entry)
            return reply

        response = await answer_request(self._state, request, self._surface, answering)
        return response, entries[0] if entries else None

    def _create_assistant(self, request: web.Request, body: Mapping[str, Any]) -> Any:
        return self._state.assistants.create(body).as_json()

    def _list_assistants(self, request: web.Request, body: Mapping[str, Any]) -> Any:
        return page_of(self._state.assistants.all(), request.query)[1]

    def _show_assistant(self, request: web.Request, body: Mapping[str, Any]) -> Any:
        return self._state.assistants.find(request.match_info["assistant"]).as_json()

    def _delete_assistant(self, request: web.Request, body: Mapping[str, Any]) -> Any:
        return self._state.assistants.delete(request.match_info["assistant"])

    def _create_thread(self, request: web.Request, body: Mapping[str, Any]) -> Any:
        thread = Thread.of(parse_thread_request(body))
        self._state.threads.add(thread)
        return thread.as_json()

    def _show_thread(self, request: web.Request, body: Mapping[str, Any]) -> Any:
        return self._thread(request).as_json()

    def _delete_thread(self, request: web.Request, body: Mapping[str, Any]) -> Any:
        return self._state.threads.delete(request.match_info["thread"])

    def _add_message(self, request: web.Request, body: Mapping[str, Any]) -> Any:
        thread = self._thread(request)
        message = parse_message(body)
        thread.check_is_idle("add messages to")
        thread.add([message])
        return thread.messages[-1].as_json()

    def _show_run(self, request: web.Request, body: Mapping[str, Any]) -> Any:
        return self._thread(request).find_run(request.match_info["run"]).as_json()

    def _cancel_run(self, request: web.Request, body: Mapping[str, Any]) -> Any:
        return self._worker.cancel(self._thread(request).find_run(request.match_info["run"]))

    async def _list_messages(self, request: web.Request) -> web.StreamResponse:
        """List, and count as delivered every completed run whose message arrived with the list."""
        completed: list[Run] = []

        def query(request: web.Request, body: Mapping[str, Any]) -> Any:
            thread = self._thread(request)
            run_id = request.query.get("run_id")
            messages = [item for item in thread.messages if run_id in {None, item.run_id}]
            shown, listing = page_of(messages, request.query)
            completed.extend(_completed_runs(thread, shown))
            return listing

        response, entry = await self._answer_query(request, query)
        if entry is not None and entry.status == 200 and entry.is_delivered:
            for run in completed:
                self._state.ledger.deliver_run_answer(run.entry)
        return response

    async def _create_run(self, request: web.Request) -> web.StreamResponse:
        async def answering(entry: LedgerEntry) -> Reply:
            _check_beta(request)
            return await self._begin_run(request, await json_object(request), entry)

        return await answer_request(self._state, request, self._surface, answering)

    async def _begin_run(self, request: web.Request, body: dict[str, Any], entry: LedgerEntry) -> Reply:
        has_thread = "thread" in request.match_info
        assistant = self._state.assistants.find(_assistant_id(body))
        asked = parse_run_request(body, assistant, ON_A_THREAD if has_thread else WITH_A_THREAD)
        opening = parse_thread_request(body.get("thread"), "thread.")
        entry.deployment = asked.model
        entry.schema = asked.schema_name
        target = Target("runs", request.path, entry.deployment, entry.schema, request.method)
        fault = await chosen_fault(self._state, entry, target)
        if fault is not None and fault.kind in ENDS_WITHOUT_WORK:
            return without_work(fault)
        deployment = self._state.deployments.find(asked.model)
        thread = self._thread(request) if has_thread else Thread.of(opening)
        thread.check_is_idle("start a run on")
        job = self._chat.admit(asked.chat_body(thread.turns()), deployment)
        entry.prompt_sha256 = job.prompt_sha256
        entry.cv_sha256 = job.cv_sha256
        entry.prompt_tokens = job.prompt_tokens
        decision = reserve(deployment, job, "Runs_Create", self._surface)
        # From here on nothing can refuse the run, so a refused one leaves nothing behind.
        if not has_thread:
            self._state.threads.add(thread)
        thread.add(asked.added_messages)
        run = Run(thread.id, asked, entry)
        entry.run_id = run.id
        thread.runs[run.id] = run
        self._worker.start(run, thread, job, fault)
        return Reply.of_json(200, run.as_json(), decision.headers(), fault)

    def _thread(self, request: web.Request) -> Thread:
        return self._state.threads.find(request.match_info["thread"])


def _check_beta(request: web.Request) -> None:
    named = {part.strip() for part in request.headers.get("OpenAI-Beta", "").split(",")}
    if BETA not in named:
        raise ApiError(
            400,
            "invalid_beta",
            f"The Assistants API needs the header 'OpenAI-Beta: {BETA}'. Set it and try again.",
        )


def _assistant_id(body: Mapping[str, Any]) -> str:
    assistant_id = optional_text(body, "assistant_id")
    if not assistant_id:
        raise invalid_request(
            "Missing required parameter: 'assistant_id'.",
            param="assistant_id",
            code="missing_required_parameter",
        )
    return assistant_id


def _completed_runs(thread: Thread, shown: Sequence[Message]) -> list[Run]:
    runs = [thread.runs[message.run_id] for message in shown if message.run_id is not None]
    return [run for run in runs if run.status == "completed"]
