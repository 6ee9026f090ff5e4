"""The host as a whole: start in order, run functions by hand, stop in order."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local.functions_host.app_loader import LoadedFunction
from local.functions_host.host_json import HostConfig
from local.functions_host.http_server import HttpOptions, HttpServer, NotByHandError, UnknownFunctionError
from local.functions_host.invoker import Invoker
from local.functions_host.listeners import Listeners
from local.functions_host.settings import LocalSettings
from local.functions_host.threads import HandlerThreads, thread_limit
from local.functions_host.trigger_inputs import QueueInput, queue_message, timer_request
from local.functions_host.triggers import BlobTrigger, HttpTrigger, QueueTrigger
from local.functions_host.tuning import Tuning


@dataclass(frozen=True, slots=True)
class HostParts:
    """What a host is made from, all of it read and checked beforehand.

    Attributes:
        functions: The app's functions.
        config: `host.json`.
        settings: `local.settings.json`.
        tuning: The figures of this host.
        key: The key that opens every function.
        host_id: Name under which receipts are kept.
        environ: The app's settings.
        shows_errors: Whether messages of handlers' exceptions are logged.
    """

    functions: Sequence[LoadedFunction]
    config: HostConfig
    settings: LocalSettings
    tuning: Tuning
    key: str
    host_id: str
    environ: Mapping[str, str]
    shows_errors: bool = False


def default_host_id(app_path: Path, environ: Mapping[str, str]) -> str:
    """Return the host's id: the setting `AzureFunctionsWebHost__hostid`, else made from the app's path."""
    given = environ.get("AzureFunctionsWebHost__hostid", "").strip().lower()
    return given or f"local-{hashlib.sha256(str(app_path.resolve()).encode()).hexdigest()[:16]}"


class FunctionsHost:
    """Runs one app; made and used inside one event loop."""

    def __init__(self, parts: HostParts) -> None:
        self._parts = parts
        self._invoker = Invoker(
            HandlerThreads(thread_limit(parts.environ)),
            parts.config.function_timeout_seconds,
            shows_messages=parts.shows_errors,
        )
        self._listeners = Listeners(
            parts.functions,
            parts.config,
            parts.tuning,
            self._invoker,
            environ=parts.environ,
            host_id=parts.host_id,
        )
        options = HttpOptions(parts.config, parts.settings, parts.tuning, parts.key, parts.host_id)
        self._http = HttpServer(parts.functions, options, self._invoker, self._run_by_hand)

    async def start(self, address: str, port: int) -> str:
        """Listen for requests and on every trigger.

        Returns:
            The URL of the HTTP server.

        Raises:
            HostStartError: A trigger cannot be listened to.
            OSError: The port is taken.
        """
        url = await self._http.start(address, port)
        await self._listeners.start()
        return url

    async def stop(self) -> int:
        """Take nothing more, let what runs finish within the grace, close everything.

        Returns:
            How many invocations had to be cancelled.
        """
        self._http.refuse()
        await self._listeners.stop_listening()
        cancelled = await self._invoker.drain(self._parts.tuning.grace_seconds)
        await self._http.stop()
        await self._listeners.close()
        return cancelled

    async def _run_by_hand(self, name: str, given: str | None) -> None:
        function = next((f for f in self._parts.functions if f.name.lower() == name.lower()), None)
        if function is None:
            raise UnknownFunctionError
        trigger, reason = function.trigger, "This function was started by hand"
        if isinstance(trigger, HttpTrigger):
            raise NotByHandError(f"'{function.name}' is an HTTP function: call its route")
        if isinstance(trigger, BlobTrigger):
            self._run_blob(function, given)
        elif isinstance(trigger, QueueTrigger):
            now = datetime.now(UTC)
            message = QueueInput(
                id=str(uuid.uuid4()),
                body=(given or "").encode(),
                dequeue_count=1,
                insertion_time=now,
                expiration_time=now + timedelta(days=7),
                time_next_visible=now,
            )
            self._invoker.start(function, queue_message(message), reason)
        else:
            request = timer_request(None, is_past_due=False, adjusts_for_dst=True)
            self._invoker.start(function, request, reason)

    def _run_blob(self, function: LoadedFunction, given: str | None) -> None:
        container, _, blob = (given or "").partition("/")
        if not container or not blob:
            raise NotByHandError("the input of a blob function is the blob's path: container/name")
        run = self._listeners.blob_runner.run(self._listeners.blob_functions[function.id], container, blob)
        self._invoker.begin(run)
