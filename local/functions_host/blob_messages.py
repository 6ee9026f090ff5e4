"""The JSON message that stands for one blob on the host's own queue and on the poison queue."""

from __future__ import annotations

import json
from dataclasses import dataclass

from local.functions_host.blob_receipts import BlobVersion

POISON_QUEUE = "webjobs-blobtrigger-poison"


@dataclass(frozen=True, slots=True)
class BlobMessage:
    """Which function is to see which version of which blob."""

    function_id: str
    blob: BlobVersion
    blob_type: str = "BlockBlob"


def to_json(message: BlobMessage) -> bytes:
    """Return the message in the host's form; apps read it from the poison queue."""
    return json.dumps(
        {
            "Type": "BlobTrigger",
            "FunctionId": message.function_id,
            "BlobType": message.blob_type,
            "ContainerName": message.blob.container,
            "BlobName": message.blob.name,
            "ETag": f'"{message.blob.etag}"',
        }
    ).encode()


def from_json(body: bytes) -> BlobMessage:
    """Read a message.

    Raises:
        ValueError: It is no such message.
    """
    document = json.loads(body)
    try:
        blob = BlobVersion(
            str(document["ContainerName"]), str(document["BlobName"]), str(document["ETag"]).strip('"')
        )
        return BlobMessage(str(document["FunctionId"]), blob, str(document.get("BlobType", "BlockBlob")))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no blob trigger message") from error


def host_queue_name(host_id: str) -> str:
    """Return the name of the host's own queue of blobs to run."""
    return f"azure-webjobs-blobtrigger-{host_id}"
