"""Embeddings: near for similar texts, refused with the code that tells why."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from local.openai_emulator.server import Emulator
from tests.integration.openai_emulator.asking import MODEL, Client, ask_about, control


@pytest.mark.parametrize("dimensions", [None, 256])
async def test_embeddings_are_near_for_similar_texts(azure: Client, dimensions: int | None) -> None:
    """The SDK asks for base64; floats are the same."""
    texts = ["Python and Spark pipelines", "Spark pipelines in Python", "A recipe for apple cake"]
    more: dict[str, Any] = {"dimensions": dimensions} if dimensions else {}
    small = "text-embedding-3-small"
    packed = await azure.embeddings.create(model=small, input=texts, **more)
    floats = await azure.embeddings.create(model=small, input=texts, encoding_format="float", **more)
    vectors = [item.embedding for item in packed.data]
    assert [len(vector) for vector in vectors] == [dimensions or 1536] * 3
    assert vectors[0] == pytest.approx(floats.data[0].embedding, abs=1e-7)
    near, far = (sum(a * b for a, b in zip(vectors[0], other, strict=True)) for other in vectors[1:])
    assert near > far + 0.2
    assert packed.usage.prompt_tokens == packed.usage.total_tokens > 0


@pytest.mark.parametrize(
    ("model", "body", "code"),
    [
        pytest.param("text-embedding-3-small", {"input": []}, "invalid_value", id="no-input"),
        pytest.param("text-embedding-3-small", {"input": ["a", ""]}, "invalid_value", id="empty-input"),
        pytest.param("text-embedding-3-small", {"input": ["a"] * 2_049}, "invalid_value", id="too-many"),
        pytest.param(
            "text-embedding-3-small", {"input": "word " * 9_000}, "context_length_exceeded", id="too-long"
        ),
        pytest.param(
            "text-embedding-3-small", {"input": "a", "dimensions": 1_537}, "invalid_value", id="dimensions"
        ),
        pytest.param("ada", {"input": "a", "dimensions": 256}, "unsupported_parameter", id="fixed-length"),
        pytest.param(MODEL, {"input": "a"}, "OperationNotSupported", id="chat-model"),
    ],
)
async def test_embeddings_are_refused(
    emulator: Emulator, azure: Client, model: str, body: dict[str, Any], code: str
) -> None:
    """With the code a caller can tell them apart by."""
    await control(
        emulator, "POST", "deployments", {"add": [{"name": "ada", "model": "text-embedding-ada-002"}]}
    )
    with pytest.raises(openai.BadRequestError) as refusal:
        await azure.embeddings.create(model=model, **body)
    assert refusal.value.code == code


async def test_the_most_inputs_and_token_numbers_are_embedded(azure: Client) -> None:
    """2,048 texts in one request; token numbers count as they are."""
    many = await azure.embeddings.create(model="text-embedding-3-small", input=["a b"] * 2_048, dimensions=8)
    assert len(many.data) == 2_048
    numbers = await azure.embeddings.create(model="text-embedding-3-small", input=[[1, 2, 3], [4]])
    assert numbers.usage.prompt_tokens == 4


async def test_chat_with_an_embedding_model_is_refused(azure: Client) -> None:
    """As Azure refuses an operation that the model cannot do."""
    with pytest.raises(openai.BadRequestError) as refusal:
        await ask_about(azure, model="text-embedding-3-small")
    assert refusal.value.code == "OperationNotSupported"
