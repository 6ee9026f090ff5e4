"""What becomes of a queue's message after a try, and how long to wait before looking into an empty queue."""

from __future__ import annotations

import base64
import binascii
import random
from enum import Enum

POISON_SUFFIX = "-poison"
# As in the host: nobody looks into a queue more often than this.
_LEAST_WAIT_SECONDS = 0.1


class AfterFailure(Enum):
    """What to do with a message whose handler failed."""

    RELEASE = "visible again after visibilityTimeout"
    POISON = "moved to the poison queue"
    LEAVE = "left invisible until its lease ends"


def after_failure(dequeue_count: int, max_dequeue_count: int, *, has_poison_queue: bool) -> AfterFailure:
    """Decide about a message whose handler failed.

    A poison queue has none of its own: what fails there is left alone until its lease ends, so that it
    cannot go round in a fast loop.

    Args:
        dequeue_count: Tries so far, this one included.
        max_dequeue_count: Tries allowed.
        has_poison_queue: Whether the queue has one.
    """
    if not has_poison_queue:
        return AfterFailure.LEAVE
    return AfterFailure.POISON if dequeue_count >= max_dequeue_count else AfterFailure.RELEASE


def poison_queue_name(queue: str) -> str | None:
    """Return the name of a queue's poison queue; None for a poison queue, or where the name is too long."""
    name = queue + POISON_SUFFIX
    return None if queue.endswith(POISON_SUFFIX) or len(name) > 63 else name


def decode_body(text: str, *, base64_encoded: bool) -> bytes:
    """Return a message's bytes.

    Raises:
        ValueError: The text is not base64 although `messageEncoding` says so.
    """
    if not base64_encoded:
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("the message is not base64") from error


def encode_body(body: bytes, *, base64_encoded: bool) -> str:
    """Return the text to put on a queue for a body."""
    return base64.b64encode(body).decode() if base64_encoded else body.decode()


class PollingBackoff:
    """Waits between looks into an empty queue: doubling with jitter from 0.1 s up to a limit.

    Args:
        max_seconds: The limit (`maxPollingInterval`).
        jitter: Source of randomness.
    """

    def __init__(self, max_seconds: float, jitter: random.Random) -> None:
        self._max_seconds = max_seconds
        self._jitter = jitter
        self._next_seconds = _LEAST_WAIT_SECONDS

    def reset(self) -> None:
        """A message came: look again soon."""
        self._next_seconds = _LEAST_WAIT_SECONDS

    def next_wait_seconds(self) -> float:
        """Return the next wait; every call without `reset` in between lengthens it."""
        wait = min(self._next_seconds * self._jitter.uniform(0.8, 1.2), self._max_seconds)
        self._next_seconds = min(self._next_seconds * 2, self._max_seconds)
        return max(wait, _LEAST_WAIT_SECONDS)
