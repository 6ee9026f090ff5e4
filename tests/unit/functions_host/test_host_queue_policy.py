"""Retry, poison and polling rules of queues."""

from __future__ import annotations

import random

import pytest

from local.functions_host.host_json import BlobOptions, QueueOptions
from local.functions_host.listeners import blob_queue_options
from local.functions_host.queue_policy import (
    AfterFailure,
    PollingBackoff,
    after_failure,
    decode_body,
    encode_body,
    poison_queue_name,
)


@pytest.mark.parametrize(
    ("dequeue_count", "has_poison_queue", "expected"),
    [
        pytest.param(1, True, AfterFailure.RELEASE, id="first-try"),
        pytest.param(4, True, AfterFailure.RELEASE, id="one-try-left"),
        pytest.param(5, True, AfterFailure.POISON, id="last-try"),
        pytest.param(6, True, AfterFailure.POISON, id="beyond"),
        pytest.param(1, False, AfterFailure.LEAVE, id="poison-queue-itself"),
        pytest.param(9, False, AfterFailure.LEAVE, id="poison-queue-itself-often"),
    ],
)
def test_what_becomes_of_a_failed_message(
    dequeue_count: int, has_poison_queue: bool, expected: AfterFailure
) -> None:
    """Tries are counted, and a poison queue's own failures never go round in a loop."""
    assert after_failure(dequeue_count, 5, has_poison_queue=has_poison_queue) is expected


def test_a_poison_queue_has_no_poison_queue_of_its_own() -> None:
    """The suffix is added once, and only while the name stays valid."""
    assert poison_queue_name("cv-jobs") == "cv-jobs-poison"
    assert poison_queue_name("cv-jobs-poison") is None
    assert poison_queue_name("q" * 60) is None


@pytest.mark.parametrize("base64_encoded", [True, False])
def test_bodies_survive_the_encoding(base64_encoded: bool) -> None:
    """What is put on a queue comes off it unchanged."""
    body = "Größe {}".encode()
    assert (
        decode_body(encode_body(body, base64_encoded=base64_encoded), base64_encoded=base64_encoded) == body
    )


@pytest.mark.parametrize("text", ["not base64!", "a", "ä"])
def test_a_message_that_is_not_base64_is_refused(text: str) -> None:
    """With base64 expected, other text is an error."""
    with pytest.raises(ValueError, match=r"."):
        decode_body(text, base64_encoded=True)


def test_an_empty_queue_is_looked_into_less_and_less() -> None:
    """Waits double up to the limit and begin anew after a message."""
    backoff = PollingBackoff(2.0, random.Random(1))
    waits = [backoff.next_wait_seconds() for _ in range(8)]
    assert 0.1 <= waits[0] <= 0.12
    assert waits[3] > 4 * waits[0]
    assert 1.6 <= waits[-1] <= 2.0
    backoff.reset()
    assert backoff.next_wait_seconds() <= 0.12


@pytest.mark.parametrize("degree", [1, 2, 3, 16, 63, 64, 200])
def test_blobs_in_work_never_exceed_the_degree_of_parallelism(degree: int) -> None:
    """A batch on top of the threshold is exactly the degree allowed."""
    options = blob_queue_options(QueueOptions(), BlobOptions(degree, 3))
    assert options.batch_size + options.new_batch_threshold == degree
    assert 1 <= options.batch_size <= 32
    assert options.max_dequeue_count == 3
