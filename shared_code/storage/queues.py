"""``QueueStore``: Azure Queues as the ``Queues`` Protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared_code.storage.connection import StorageConnection
from shared_code.storage.on_demand import creating_on_demand

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueClient

# The service takes 64 KiB, of which base64 leaves three quarters.
MAX_MESSAGE_BYTES = 48 * 1024
MAX_VISIBILITY_TIMEOUT_SECONDS = 7 * 24 * 3600
# The default of seven days would let a long outage lose jobs; a job leaves the queue when it is done.
_NEVER = -1


class QueueStore:
    """Messages in Azure Queues. See ``Queues`` for the methods' contracts."""

    def __init__(self, connection: StorageConnection) -> None:
        self._connection = connection

    async def send(
        self, queue: str, message: Mapping[str, Any], *, visibility_timeout_seconds: int | None = None
    ) -> None:
        """Append a message as JSON in base64, the default ``messageEncoding`` of a queue trigger.

        Raises:
            ValueError: The message is too long, or the timeout out of range.
        """
        text = message_text(message, visibility_timeout_seconds)
        async with self._connection.door(f"Sending to queue {queue}"):
            client = self._client(queue)
            await creating_on_demand(
                lambda: client.send_message(
                    text, visibility_timeout=visibility_timeout_seconds, time_to_live=_NEVER
                ),
                client.create_queue,
            )

    async def approximate_length(self, queue: str) -> int:
        """How many messages wait, hidden ones included; 0 for a queue that does not exist."""
        async with self._connection.door(f"Measuring queue {queue}"):
            from azure.core.exceptions import ResourceNotFoundError

            try:
                properties = await self._client(queue).get_queue_properties()
            except ResourceNotFoundError:
                return 0
            return properties.approximate_message_count or 0

    def _client(self, queue: str) -> QueueClient:
        from azure.storage.queue import TextBase64DecodePolicy, TextBase64EncodePolicy

        return self._connection.queues().get_queue_client(
            queue,
            message_encode_policy=TextBase64EncodePolicy(),
            message_decode_policy=TextBase64DecodePolicy(),
        )


def message_text(message: Mapping[str, Any], visibility_timeout_seconds: int | None = None) -> str:
    """The JSON of a message that the service will take.

    Raises:
        ValueError: The message is too long, or the timeout out of range.
    """
    timeout = visibility_timeout_seconds or 0
    if not 0 <= timeout <= MAX_VISIBILITY_TIMEOUT_SECONDS:
        raise ValueError(f"A message hides for 0 to {MAX_VISIBILITY_TIMEOUT_SECONDS} s, not {timeout}")
    text = json.dumps(message, separators=(",", ":"))
    if len(text) > MAX_MESSAGE_BYTES:
        raise ValueError(f"A message has at most {MAX_MESSAGE_BYTES} bytes, not {len(text)}")
    return text
