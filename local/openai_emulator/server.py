"""The emulator as one aiohttp application: its configuration, its routes, its start and its stop."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, NoReturn

from aiohttp import web

from local.openai_emulator.assistants_routes import AssistantsRoutes
from local.openai_emulator.authentication import Credentials
from local.openai_emulator.chat_completions import ChatCompletions
from local.openai_emulator.completion import Completer
from local.openai_emulator.control import ControlRoutes, Handler
from local.openai_emulator.deployments import DEFAULT_DEPLOYMENTS, DeploymentBook, DeploymentSpec
from local.openai_emulator.embeddings import Embeddings
from local.openai_emulator.exchange import Surface, run_operation, run_query
from local.openai_emulator.latency import LatencyProfile
from local.openai_emulator.ledger import Ledger
from local.openai_emulator.model_list import list_models, one_model
from local.openai_emulator.operation import Operation
from local.openai_emulator.problems import resource_not_found
from local.openai_emulator.prompt_cache import PromptCache
from local.openai_emulator.reading import CV_SCHEMA_NAMES, READER_THREADS, Reader, ReaderPool, read_cv
from local.openai_emulator.responses import EARLIEST_DATED_VERSION, Responses
from local.openai_emulator.run_worker import RunWorker
from local.openai_emulator.state import EmulatorState
from local.openai_emulator.tokens import TokenCounter

LARGEST_BODY_BYTES = 64 * 1024 * 1024
SECONDS_TO_FINISH = 1.0
V1, DATED = Surface(is_v1=True), Surface(is_v1=False)
# Version 1 of the API, and the same where clients expect plain OpenAI.
V1_ROOTS = ("/openai/v1", "/v1")


def _default_specs() -> tuple[DeploymentSpec, ...]:
    return tuple(DeploymentSpec(model, model) for model in DEFAULT_DEPLOYMENTS)


@dataclass(frozen=True, slots=True)
class EmulatorConfig:
    """How an emulator starts. Port 0 takes a free one; without ``api_keys`` a random key is made.

    ``assistants_retired`` takes the paths of the Assistants API away, as the provider did in 2026.
    """

    host: str = "127.0.0.1"
    port: int = 0
    api_keys: tuple[str, ...] = ()
    bad_tokens: frozenset[str] = frozenset()
    deployments: tuple[DeploymentSpec, ...] = field(default_factory=_default_specs)
    latency: LatencyProfile = field(default_factory=LatencyProfile)
    seed: int = 0
    region: str = "loopback"
    reader: Reader = read_cv
    schema_names: frozenset[str] = CV_SCHEMA_NAMES
    reader_threads: int = READER_THREADS
    assistants_retired: bool = False
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator."""

    url: str
    api_key: str
    state: EmulatorState = field(repr=False)

    def ledger(self) -> dict[str, Any]:
        """What ``GET /_emulator/ledger`` answers."""
        return self.state.ledger.as_json()


@asynccontextmanager
async def running_emulator(config: EmulatorConfig | None = None) -> AsyncIterator[Emulator]:
    """Serve on the running event loop until the block ends."""
    config = config or EmulatorConfig()
    api_keys = config.api_keys or (secrets.token_hex(16),)
    state = EmulatorState(
        clock=config.clock,
        credentials=Credentials(api_keys, config.bad_tokens),
        deployments=DeploymentBook(config.clock),
        ledger=Ledger(config.clock),
        region=config.region,
        latency=config.latency,
        latency_randomness=Random(config.seed),
    )
    state.deployments.add(config.deployments)
    readers = ReaderPool(config.reader, config.schema_names, config.reader_threads)
    runner = web.AppRunner(
        build_application(state, readers, has_assistants=not config.assistants_retired),
        access_log=None,
        shutdown_timeout=SECONDS_TO_FINISH,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, config.host, config.port)
        await site.start()
        port = runner.addresses[0][1]
        yield Emulator(f"http://{config.host}:{port}", api_keys[0], state)
    finally:
        state.stopping.set()
        await runner.cleanup()
        readers.close()


def build_application(
    state: EmulatorState, readers: ReaderPool, *, has_assistants: bool = True
) -> web.Application:
    """The application with every route."""
    completer = Completer(readers, PromptCache(state.clock), TokenCounter())
    chat = ChatCompletions(completer)
    responses = Responses(completer)
    operations: list[tuple[str, Operation]] = [("chat/completions", chat), ("embeddings", Embeddings())]
    app = web.Application(client_max_size=LARGEST_BODY_BYTES)
    for path, operation in operations:
        for root in V1_ROOTS:
            app.router.add_post(f"{root}/{path}", _operation_handler(state, operation, V1))
        app.router.add_post(
            "/openai/deployments/{deployment}/" + path, _operation_handler(state, operation, DATED)
        )
    dated_responses = replace(DATED, earliest_version=EARLIEST_DATED_VERSION)
    for root, surface in [*((root, V1) for root in V1_ROOTS), ("/openai", dated_responses)]:
        app.router.add_post(f"{root}/responses", _operation_handler(state, responses, surface))
    for root, surface in [*((root, V1) for root in V1_ROOTS), ("/openai", DATED)]:
        app.router.add_get(f"{root}/models", _models_handler(state, surface))
        app.router.add_get(f"{root}/models/{{model}}", _models_handler(state, surface))
    if has_assistants:
        _add_assistants(app, state, chat)
    app.router.add_routes(ControlRoutes(state).routes())
    app.router.add_route("*", "/{anything:.*}", _unknown_path_handler(state))
    return app


def _add_assistants(app: web.Application, state: EmulatorState, chat: Operation) -> None:
    worker = RunWorker(state, chat, state.pause)

    async def drop_runs(_: web.Application) -> None:
        await worker.close()

    app.on_shutdown.append(drop_runs)
    for root, surface in [*((root, V1) for root in V1_ROOTS), ("/openai", DATED)]:
        app.router.add_routes(AssistantsRoutes(state, chat, worker, surface).routes(root))


def _operation_handler(state: EmulatorState, operation: Operation, surface: Surface) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await run_operation(state, request, operation, surface)

    return handle


def _models_handler(state: EmulatorState, surface: Surface) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        def query() -> dict[str, Any]:
            deployments = state.deployments.all()
            model_id = request.match_info.get("model")
            if model_id is None:
                return list_models(deployments, is_v1=surface.is_v1)
            return one_model(deployments, model_id, is_v1=surface.is_v1)

        return await run_query(state, request, surface, query)

    return handle


def _unknown_path_handler(state: EmulatorState) -> Handler:
    def query() -> NoReturn:
        raise resource_not_found()

    async def handle(request: web.Request) -> web.StreamResponse:
        return await run_query(state, request, None, query)

    return handle
