"""Vectors as the provider and its imitators write them, in the order of their texts."""

from __future__ import annotations

import base64
import struct
from typing import Any

import pytest

from shared_code.accounting.usage import Usage
from shared_code.backends.contract import EmbeddingAnswer, EmbeddingRequest
from shared_code.backends.embeddings import EmbeddingsBackend
from shared_code.errors import ModelServerError
from tests.unit.backends.provider import Provider, Reply

FIRST, SECOND = (0.5, -0.25, 1.0), (2.0, 0.125, 0.0)


def _packed(*numbers: float) -> str:
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def _item(index: Any, embedding: Any) -> dict[str, Any]:
    return {"object": "embedding", "index": index, "embedding": embedding}


async def _embed(provider: Provider, body: Any, **request: Any) -> EmbeddingAnswer:
    provider.on("POST", "/embeddings", Reply(body, headers={"x-ratelimit-remaining-tokens": "900"}))
    backend = EmbeddingsBackend(provider.settings())
    try:
        return await backend.embed(EmbeddingRequest(("one", "two"), **request), "small", 5.0)
    finally:
        await backend.aclose()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param([_item(0, _packed(*FIRST)), _item(1, _packed(*SECOND))], id="base64"),
        pytest.param([_item(0, list(FIRST)), _item(1, list(SECOND))], id="lists"),
        pytest.param([_item(1, _packed(*SECOND)), _item(0, list(FIRST))], id="out-of-order"),
    ],
)
async def test_vectors_come_in_the_order_of_the_texts(provider: Provider, data: list[Any]) -> None:
    """Bytes or digits, in whatever order: the first vector is that of the first text."""
    answer = await _embed(provider, {"data": data, "model": "m-1", "usage": {"prompt_tokens": 7}})
    assert answer.vectors == (FIRST, SECOND)
    assert answer.usage == Usage(input_tokens=7)
    assert (answer.model, answer.remaining_tokens) == ("m-1", 900)


@pytest.mark.parametrize(
    ("dimensions", "sent"), [pytest.param(None, {}, id="unsaid"), pytest.param(3, {"dimensions": 3}, id="3")]
)
async def test_bytes_are_asked_for_and_dimensions_only_where_wanted(
    provider: Provider, dimensions: int | None, sent: dict[str, int]
) -> None:
    """Older models reject dimensions, so nothing is sent that was not asked for."""
    data = [_item(0, _packed(*FIRST)), _item(1, _packed(*SECOND))]
    await _embed(provider, {"data": data}, dimensions=dimensions)
    assert provider.requests[0].body == {
        "model": "small",
        "input": ["one", "two"],
        "encoding_format": "base64",
        **sent,
    }


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="no-data"),
        pytest.param({"data": None}, id="null"),
        pytest.param({"data": [_item(0, [1.0])]}, id="too-few"),
        pytest.param({"data": [_item(number, [1.0]) for number in range(3)]}, id="too-many"),
        pytest.param({"data": [_item(0, [1.0]), _item(0, [2.0])]}, id="twice-the-same"),
        pytest.param({"data": [_item(1, [1.0]), _item(2, [2.0])]}, id="counted-from-one"),
        pytest.param({"data": [_item(None, [1.0]), _item(1, [2.0])]}, id="no-index"),
        pytest.param({"data": [_item(0, []), _item(1, [2.0])]}, id="empty-vector"),
        pytest.param({"data": [_item(0, ["x"]), _item(1, [2.0])]}, id="words"),
        pytest.param({"data": [_item(0, "AAAA"), _item(1, [2.0])]}, id="three-bytes"),
        pytest.param({"data": [_item(0, "*not base64*"), _item(1, [2.0])]}, id="no-base64"),
        pytest.param({"data": [_item(0, None), _item(1, [2.0])]}, id="no-vector"),
        pytest.param({"data": [1, 2]}, id="numbers"),
    ],
)
async def test_anything_but_one_vector_per_text_is_the_providers_error(provider: Provider, body: Any) -> None:
    """A wrong count or shape must not become somebody's vector."""
    with pytest.raises(ModelServerError, match="one vector for each of 2 texts"):
        await _embed(provider, body)
