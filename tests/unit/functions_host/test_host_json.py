"""`host.json`: Microsoft's defaults, what is read, and messages that name the wrong value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.functions_host.errors import HostStartError
from local.functions_host.host_json import (
    BlobOptions,
    HostConfig,
    QueueOptions,
    parse_host_config,
    read_host_json,
)

if TYPE_CHECKING:
    from pathlib import Path


def _with(section: str, **values: Any) -> dict[str, Any]:
    return {"version": "2.0", "extensions": {section: values}}


def test_an_empty_file_means_microsofts_defaults() -> None:
    """Every default is the one Microsoft documents."""
    config = parse_host_config({"version": "2.0"})
    assert config.route_prefix == "api"
    assert config.function_timeout_seconds == 1800
    assert config.queues == QueueOptions(
        batch_size=16,
        new_batch_threshold=8,
        max_dequeue_count=5,
        visibility_timeout_seconds=0,
        max_polling_interval_seconds=2,
        base64=True,
    )
    assert config.blobs.poison_blob_threshold == 5
    assert config.blobs.max_degree_of_parallelism % 8 == 0


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(_with("http", routePrefix=""), HostConfig(route_prefix=""), id="no-prefix"),
        pytest.param(_with("http", routePrefix="/v1/api/"), HostConfig(route_prefix="v1/api"), id="prefix"),
        pytest.param({"functionTimeout": "00:05:00"}, HostConfig(function_timeout_seconds=300), id="timeout"),
        pytest.param({"functionTimeout": "-1"}, HostConfig(function_timeout_seconds=None), id="no-timeout"),
        pytest.param({"functionTimeout": None}, HostConfig(), id="null-is-the-default"),
        pytest.param(
            _with("queues", batchSize=1),
            HostConfig(queues=QueueOptions(1, 0)),
            id="threshold-is-half-a-batch",
        ),
        pytest.param(
            _with("queues", BATCHSIZE=8, newBatchThreshold=7, maxDequeueCount=2),
            HostConfig(queues=QueueOptions(8, 7, 2)),
            id="keys-compare-without-case",
        ),
        pytest.param(
            _with(
                "queues", visibilityTimeout="00:00:30", maxPollingInterval="00:01:00", messageEncoding="none"
            ),
            HostConfig(
                queues=QueueOptions(
                    visibility_timeout_seconds=30, max_polling_interval_seconds=60, base64=False
                )
            ),
            id="times-and-encoding",
        ),
        pytest.param(
            _with("blobs", maxDegreeOfParallelism=4, poisonBlobThreshold=1),
            HostConfig(blobs=BlobOptions(4, 1)),
            id="blobs",
        ),
    ],
)
def test_values_are_read(document: dict[str, Any], expected: HostConfig) -> None:
    """Each value of the file arrives where it is used."""
    assert parse_host_config(document) == expected


@pytest.mark.parametrize(
    ("document", "named"),
    [
        pytest.param(_with("queues", batchSize=33), "extensions.queues.batchSize", id="batch-too-large"),
        pytest.param(_with("queues", batchSize=0), "extensions.queues.batchSize", id="batch-of-nothing"),
        pytest.param(_with("queues", batchSize=True), "extensions.queues.batchSize", id="no-number"),
        pytest.param(_with("queues", maxDequeueCount=0), "extensions.queues.maxDequeueCount", id="no-try"),
        pytest.param(
            _with("queues", maxPollingInterval=2000), "maxPollingInterval", id="milliseconds-are-v1"
        ),
        pytest.param(_with("queues", maxPollingInterval="00:00:00.05"), "maxPollingInterval", id="too-often"),
        pytest.param(_with("queues", messageEncoding="hex"), "messageEncoding", id="encoding"),
        pytest.param(_with("http", routePrefix=5), "extensions.http.routePrefix", id="prefix-no-text"),
        pytest.param({"extensions": []}, "extensions", id="no-object"),
        pytest.param({"functionTimeout": "soon"}, "functionTimeout", id="timeout-no-time"),
        pytest.param({"functionTimeout": "00:00:00"}, "functionTimeout", id="timeout-of-nothing"),
    ],
)
def test_a_wrong_value_is_named(document: dict[str, Any], named: str) -> None:
    """The message says which value of the file to mend."""
    with pytest.raises(HostStartError, match=named):
        parse_host_config(document)


def test_a_missing_file_means_defaults_and_the_environment_overrides(tmp_path: Path) -> None:
    """`AzureFunctionsJobHost__…` settings win over the file."""
    path = tmp_path / "host.json"
    environ = {"AzureFunctionsJobHost__Extensions__queues__batchSize": "2"}
    assert read_host_json(path, {}) == HostConfig()
    path.write_text('{"extensions": {"queues": {"batchSize": 4, "maxDequeueCount": 3}}}')
    assert read_host_json(path, environ).queues == QueueOptions(2, 1, 3)


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_file_that_is_no_json_object_is_refused(tmp_path: Path, content: str) -> None:
    """A broken file stops the start and is named."""
    path = tmp_path / "host.json"
    path.write_text(content)
    with pytest.raises(HostStartError, match=r"host\.json"):
        read_host_json(path, {})
