"""What wakes a function: the bindings of the programming model turned into four typed triggers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.functions_host.blob_paths import BlobPath, parse_blob_path
from local.functions_host.errors import HostStartError, unsupported
from local.functions_host.routes import RouteTemplate, parse_template
from local.functions_host.schedules import Schedule, parse_schedule

Binding = Mapping[str, Any]
Resolve = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class HttpTrigger:
    """Woken by a request.

    Attributes:
        argument: Name of the handler's parameter that takes the request.
        route: Template below the route prefix.
        methods: Upper-case methods; empty means every method.
        auth_level: ``anonymous``, ``function`` or ``admin``.
    """

    argument: str
    route: RouteTemplate
    methods: frozenset[str]
    auth_level: str


@dataclass(frozen=True, slots=True)
class BlobTrigger:
    """Woken by a new or changed blob; ``wants_event_grid`` where the app asked for that source."""

    argument: str
    path: BlobPath
    connection: str
    wants_event_grid: bool


@dataclass(frozen=True, slots=True)
class QueueTrigger:
    """Woken by a queue's message."""

    argument: str
    queue: str
    connection: str


@dataclass(frozen=True, slots=True)
class TimerTrigger:
    """Woken by the clock; ``use_monitor`` where missed runs are to be made up for at the next start."""

    argument: str
    schedule: Schedule
    schedule_text: str
    run_on_startup: bool
    use_monitor: bool


Trigger = HttpTrigger | BlobTrigger | QueueTrigger | TimerTrigger


def describe_trigger(function: str, bindings: Sequence[Binding], resolve: Resolve) -> Trigger:
    """Return a function's trigger.

    Args:
        function: The function's name, for messages.
        bindings: All its bindings, trigger included, as the programming model's JSON has them.
        resolve: Replaces ``%NAME%`` by settings.

    Raises:
        HostStartError: A binding cannot be run here, or a route, path or schedule is wrong.
    """
    trigger: Trigger | None = None
    for binding in bindings:
        kind = str(binding.get("type", ""))
        if kind.lower() == "http":
            continue
        read = _READERS.get(kind.lower())
        if read is None:
            raise unsupported(function, f"binding '{binding.get('name')}' of type '{kind}'")
        try:
            trigger = read(binding, resolve)
        except (ValueError, HostStartError) as error:
            raise HostStartError(
                f"function '{function}', binding '{binding.get('name')}': {error}"
            ) from error
    if trigger is None:
        raise HostStartError(f"function '{function}' has no trigger")
    return trigger


def _read_http(binding: Binding, resolve: Resolve) -> HttpTrigger:
    return HttpTrigger(
        argument=str(binding["name"]),
        route=parse_template(resolve(str(binding.get("route") or ""))),
        methods=frozenset(str(method).upper() for method in binding.get("methods") or ()),
        auth_level=str(binding.get("authLevel") or "function").lower(),
    )


def _read_blob(binding: Binding, resolve: Resolve) -> BlobTrigger:
    return BlobTrigger(
        argument=str(binding["name"]),
        path=parse_blob_path(resolve(str(binding.get("path") or ""))),
        connection=str(binding.get("connection") or ""),
        wants_event_grid=str(binding.get("source") or "").lower() == "eventgrid",
    )


def _read_queue(binding: Binding, resolve: Resolve) -> QueueTrigger:
    queue = resolve(str(binding.get("queueName") or "")).lower()
    if not queue:
        raise ValueError("the queue's name is missing")
    return QueueTrigger(str(binding["name"]), queue, str(binding.get("connection") or ""))


def _read_timer(binding: Binding, resolve: Resolve) -> TimerTrigger:
    text = resolve(str(binding.get("schedule") or ""))
    return TimerTrigger(
        argument=str(binding["name"]),
        schedule=parse_schedule(text),
        schedule_text=text,
        run_on_startup=bool(binding.get("runOnStartup", False)),
        use_monitor=bool(binding.get("useMonitor", True)),
    )


_READERS: dict[str, Callable[[Binding, Resolve], Trigger]] = {
    "httptrigger": _read_http,
    "blobtrigger": _read_blob,
    "queuetrigger": _read_queue,
    "timertrigger": _read_timer,
}
