"""The Embeddings API: one vector per text, asked for as bytes, which are a third of the size of digits."""

from __future__ import annotations

import base64
import sys
from array import array
from typing import TYPE_CHECKING, Any

from shared_code.backends.chat_completions import completion_usage
from shared_code.backends.contract import EmbeddingAnswer, EmbeddingRequest
from shared_code.backends.on_demand import TransportOnDemand
from shared_code.errors import ModelServerError

if TYPE_CHECKING:
    from shared_code.settings import OpenAISettings

PATH = "/embeddings"
Vector = tuple[float, ...]


class EmbeddingsBackend:
    """``POST embeddings``, once per ``embed``.

    Args:
        settings: Where the provider is.
        connection: Shared with other backends; by default one of its own.
    """

    def __init__(self, settings: OpenAISettings, connection: TransportOnDemand | None = None) -> None:
        self._connection = connection or TransportOnDemand(settings)

    async def embed(
        self, request: EmbeddingRequest, deployment: str, timeout_seconds: float
    ) -> EmbeddingAnswer:
        """See ``EmbeddingBackend.embed``."""
        body: dict[str, Any] = {
            "model": deployment,
            "input": list(request.texts),
            "encoding_format": "base64",
        }
        if request.dimensions is not None:
            body["dimensions"] = request.dimensions
        response = await self._connection.open().post(PATH, body, deployment, timeout_seconds)
        content = response.content
        try:
            return EmbeddingAnswer(
                vectors=_in_order(content["data"], len(request.texts)),
                usage=completion_usage(content.get("usage")),
                model=content.get("model") or deployment,
                request_id=response.request_id,
                remaining_requests=response.remaining_requests,
                remaining_tokens=response.remaining_tokens,
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ModelServerError(
                f"Deployment {deployment} answered JSON that is not one vector for each of "
                f"{len(request.texts)} texts.",
                deployment=deployment,
            ) from None

    async def aclose(self) -> None:
        """See ``EmbeddingBackend.aclose``."""
        await self._connection.aclose()


def _in_order(data: list[dict[str, Any]], count: int) -> tuple[Vector, ...]:
    """The vectors in the order of their texts, which the provider's ``index`` tells."""
    vectors = {item["index"]: _vector(item["embedding"]) for item in data}
    if len(data) != count or vectors.keys() != set(range(count)):
        raise ValueError("not one vector per text")
    return tuple(vectors[index] for index in range(count))


def _vector(embedding: str | list[float]) -> Vector:
    """Little-endian floats of 32 bits in base64, or the plain list that gateways answer with."""
    if isinstance(embedding, list):
        vector = tuple(map(float, embedding))
    else:
        floats = array("f", base64.b64decode(embedding, validate=True))
        if sys.byteorder == "big":
            floats.byteswap()
        vector = tuple(floats)
    if not vector:
        raise ValueError("a vector without numbers")
    return vector
