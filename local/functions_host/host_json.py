"""Reads `host.json`: routes' prefix, queues, blobs and the functions' timeout, with Microsoft's defaults."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.functions_host.errors import HostStartError
from local.functions_host.timespan import parse_timespan

_OVERRIDE_PREFIX = "azurefunctionsjobhost__"


@dataclass(frozen=True, slots=True)
class QueueOptions:
    """How one queue is read; the same figures hold for every queue trigger of the app.

    Attributes:
        batch_size: Messages taken at once, 1 to 32.
        new_batch_threshold: A new batch is taken once no more than so many messages are in work.
        max_dequeue_count: Tries before a message goes to the poison queue.
        visibility_timeout_seconds: Wait between a failed try and the next.
        max_polling_interval_seconds: Longest wait between two looks into an empty queue.
        base64: Whether messages are base64 on the wire (`messageEncoding`).
    """

    batch_size: int = 16
    new_batch_threshold: int = 8
    max_dequeue_count: int = 5
    visibility_timeout_seconds: float = 0.0
    # Two seconds is the host's own default in the Development environment (a minute elsewhere).
    max_polling_interval_seconds: float = 2.0
    base64: bool = True


@dataclass(frozen=True, slots=True)
class BlobOptions:
    """How blob triggers run.

    Attributes:
        max_degree_of_parallelism: Blobs in work at once, over all blob functions together.
        poison_blob_threshold: Tries before a blob is reported on the poison queue.
    """

    max_degree_of_parallelism: int = field(default_factory=lambda: 8 * (os.cpu_count() or 1))
    poison_blob_threshold: int = 5


@dataclass(frozen=True, slots=True)
class HostConfig:
    """All of `host.json` that this host honours.

    Attributes:
        route_prefix: Path in front of every HTTP route, without slashes at its ends; may be empty.
        function_timeout_seconds: After this an invocation is given up; None means never.
        queues: Options of queue triggers.
        blobs: Options of blob triggers.
    """

    route_prefix: str = "api"
    function_timeout_seconds: float | None = 1_800.0
    queues: QueueOptions = field(default_factory=QueueOptions)
    blobs: BlobOptions = field(default_factory=BlobOptions)


def read_host_json(path: Path, environ: Mapping[str, str]) -> HostConfig:
    """Read `host.json`; a missing file means all defaults.

    Args:
        path: The file.
        environ: Settings; ``AzureFunctionsJobHost__a__b`` overrides ``a.b`` of the file, as in Azure.

    Raises:
        HostStartError: The file is no JSON object, or a value has the wrong type or range.
    """
    document: object = {}
    if path.is_file():
        try:
            document = json.loads(path.read_text("utf-8-sig"))
        except ValueError as error:
            raise HostStartError(f"{path.name} is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise HostStartError(f"{path.name} must hold one JSON object")
    return parse_host_config(_overridden(document, environ))


def parse_host_config(document: Mapping[str, Any]) -> HostConfig:
    """Turn the parsed `host.json` into options.

    Raises:
        HostStartError: A value has the wrong type or range; the message names it by its path.
    """
    extensions = _Section(document, "").section("extensions")
    timeout = _Section(document, "").value("functionTimeout")
    return HostConfig(
        route_prefix=extensions.section("http").text("routePrefix", "api").strip("/"),
        function_timeout_seconds=_function_timeout(timeout),
        queues=_queue_options(extensions.section("queues")),
        blobs=_blob_options(extensions.section("blobs")),
    )


def _function_timeout(value: object) -> float | None:
    if value is None:
        return HostConfig().function_timeout_seconds
    if str(value) == "-1":
        return None
    try:
        seconds = parse_timespan(str(value))
    except ValueError as error:
        raise HostStartError(f"host.json functionTimeout: {error}") from error
    if seconds <= 0:
        raise HostStartError("host.json functionTimeout must be longer than nothing, or -1 for no limit")
    return seconds


def _queue_options(section: _Section) -> QueueOptions:
    default = QueueOptions()
    batch_size = section.integer("batchSize", default.batch_size, least=1, most=32)
    encoding = section.text("messageEncoding", "base64").lower()
    if encoding not in {"base64", "none"}:
        raise HostStartError(f"host.json {section.path}.messageEncoding must be 'base64' or 'none'")
    return QueueOptions(
        batch_size=batch_size,
        new_batch_threshold=section.integer("newBatchThreshold", batch_size // 2, least=0),
        max_dequeue_count=section.integer("maxDequeueCount", default.max_dequeue_count, least=1),
        visibility_timeout_seconds=section.seconds(
            "visibilityTimeout", default.visibility_timeout_seconds, 0.0
        ),
        max_polling_interval_seconds=section.seconds(
            "maxPollingInterval", default.max_polling_interval_seconds, 0.1
        ),
        base64=encoding == "base64",
    )


def _blob_options(section: _Section) -> BlobOptions:
    default = BlobOptions()
    return BlobOptions(
        max_degree_of_parallelism=section.integer(
            "maxDegreeOfParallelism", default.max_degree_of_parallelism, least=1
        ),
        poison_blob_threshold=section.integer("poisonBlobThreshold", default.poison_blob_threshold, least=1),
    )


class _Section:
    """One JSON object of the file, whose keys are compared without case, as .NET does."""

    def __init__(self, document: Mapping[str, Any], path: str) -> None:
        self.path = path
        self._values = {key.lower(): value for key, value in document.items()}

    def _path_of(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def value(self, key: str) -> object:
        return self._values.get(key.lower())

    def section(self, key: str) -> _Section:
        value = self.value(key)
        if value is not None and not isinstance(value, dict):
            raise HostStartError(f"host.json {self._path_of(key)} must be an object")
        return _Section(value or {}, self._path_of(key))

    def text(self, key: str, default: str) -> str:
        value = self.value(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise HostStartError(f"host.json {self._path_of(key)} must be a text")
        return value

    def integer(self, key: str, default: int, *, least: int, most: int | None = None) -> int:
        value = self.value(key)
        if value is None:
            return default
        text = str(value)
        number = int(text) if not isinstance(value, bool) and text.lstrip("-").isdigit() else None
        if number is None or number < least or (most is not None and number > most):
            bounds = f"{least} or more" if most is None else f"{least} to {most}"
            raise HostStartError(f"host.json {self._path_of(key)} must be a whole number, {bounds}")
        return number

    def seconds(self, key: str, default: float, least: float) -> float:
        value = self.value(key)
        if value is None:
            return default
        try:
            seconds = parse_timespan(str(value))
        except ValueError as error:
            raise HostStartError(f"host.json {self._path_of(key)}: {error}") from error
        if seconds < least:
            raise HostStartError(f"host.json {self._path_of(key)} must be at least {least:g} s")
        return seconds


def _overridden(document: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    result = _lower_keys(document)
    for name, value in environ.items():
        if not name.lower().startswith(_OVERRIDE_PREFIX):
            continue
        *parents, leaf = name.lower().removeprefix(_OVERRIDE_PREFIX).split("__")
        place = result
        for parent in parents:
            below = place.get(parent)
            if not isinstance(below, dict):
                below = place[parent] = {}
            place = below
        place[leaf] = value
    return result


def _lower_keys(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key.lower(): _lower_keys(value) if isinstance(value, dict) else value
        for key, value in document.items()
    }
