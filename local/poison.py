"""Blobs that the host gave up on, as its poison queue names them."""

from __future__ import annotations

import base64
import json

POISON_QUEUE = "webjobs-blobtrigger-poison"
_MOST_MESSAGES = 32


async def failed_blob_names(connection_string: str) -> set[str]:
    """``container/name`` of the blobs in the poison queue, which is looked at and left as it is."""
    from azure.core.exceptions import ResourceNotFoundError
    from azure.storage.queue.aio import QueueClient

    async with QueueClient.from_connection_string(connection_string, POISON_QUEUE) as queue:
        try:
            messages = await queue.peek_messages(max_messages=_MOST_MESSAGES)
        except ResourceNotFoundError:
            return set()
    contents = [json.loads(base64.b64decode(message.content)) for message in messages]
    return {f"{content['ContainerName']}/{content['BlobName']}" for content in contents}
