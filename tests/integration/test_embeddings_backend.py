"""The embeddings backend over real sockets: vectors, usage, and trouble as our errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from local.openai_emulator.server import Emulator, EmulatorConfig, running_emulator
from shared_code.backends.contract import EmbeddingAnswer, EmbeddingRequest
from shared_code.backends.embeddings import EmbeddingsBackend
from shared_code.errors import (
    AttemptTimeoutError,
    DeploymentNotFoundError,
    InvalidModelRequestError,
    ModelConnectionError,
    ModelServerError,
    OpenAIServiceError,
    RateLimitError,
)
from shared_code.settings import OpenAISettings

KEY = "key-of-this-test"
MODEL = "text-embedding-3-small"
TEXTS = ("Timber frame houses", "Scheduling of sites", "Double-entry bookkeeping")


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with running_emulator(EmulatorConfig(api_keys=(KEY,))) as running:
        yield running


async def _embed(
    emulator: Emulator,
    request: EmbeddingRequest,
    deployment: str = MODEL,
    seconds: float = 5.0,
    **changes: Any,
) -> EmbeddingAnswer:
    backend = EmbeddingsBackend(OpenAISettings(**{"endpoint": emulator.url, "api_key": KEY, **changes}))
    try:
        return await backend.embed(request, deployment, seconds)
    finally:
        await backend.aclose()


async def _posted(emulator: Emulator, path: str, body: Any) -> Any:
    async with (
        aiohttp.ClientSession(headers={"api-key": KEY}) as session,
        session.post(f"{emulator.url}{path}", json=body) as response,
    ):
        assert response.status == 200, await response.text()
        return await response.json()


@pytest.mark.parametrize("version", [pytest.param(None, id="v1"), pytest.param("2024-10-21", id="dated")])
async def test_bytes_hold_the_same_vectors_as_digits(emulator: Emulator, version: str | None) -> None:
    """The smaller encoding changes no number, under either generation of the API."""
    answer = await _embed(emulator, EmbeddingRequest(TEXTS), api_version=version)
    digits = await _posted(emulator, "/openai/v1/embeddings", {"model": MODEL, "input": list(TEXTS)})
    assert [list(vector) for vector in answer.vectors] == [item["embedding"] for item in digits["data"]]
    assert {len(vector) for vector in answer.vectors} == {1536}
    assert answer.usage.input_tokens == emulator.ledger()["entries"][0]["prompt_tokens"] > 0
    assert answer.usage.output_tokens == 0
    assert answer.request_id
    assert answer.remaining_tokens is not None


async def test_dimensions_are_those_asked_for(emulator: Emulator) -> None:
    """A store with shorter vectors gets shorter vectors."""
    answer = await _embed(emulator, EmbeddingRequest(TEXTS[:1], dimensions=256))
    assert [len(vector) for vector in answer.vectors] == [256]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param({"kind": "status", "status": 429}, RateLimitError, id="429"),
        pytest.param({"kind": "status", "status": 500}, ModelServerError, id="500"),
        pytest.param({"kind": "truncated_body"}, ModelServerError, id="truncated"),
        pytest.param({"kind": "close_mid_body"}, ModelConnectionError, id="half-a-body"),
        pytest.param({"kind": "silence"}, AttemptTimeoutError, id="silence"),
    ],
)
async def test_each_trouble_is_one_request_and_one_error(
    emulator: Emulator, fault: dict[str, Any], error: type[OpenAIServiceError]
) -> None:
    """As for conversations: one attempt, one error, no word of the texts."""
    await _posted(emulator, "/_emulator/faults", fault)
    with pytest.raises(error) as caught:
        await _embed(emulator, EmbeddingRequest(TEXTS), seconds=0.5)
    assert type(caught.value) is error
    assert caught.value.deployment == MODEL
    assert emulator.ledger()["totals"]["requests"] == 1


@pytest.mark.parametrize(
    ("deployment", "error"),
    [
        pytest.param("no-such-deployment", DeploymentNotFoundError, id="unknown"),
        pytest.param("gpt-4.1-mini", InvalidModelRequestError, id="no-embedding-model"),
    ],
)
async def test_a_wrong_deployment_is_named(
    emulator: Emulator, deployment: str, error: type[OpenAIServiceError]
) -> None:
    """The message says which deployment cannot do it."""
    with pytest.raises(error, match=deployment):
        await _embed(emulator, EmbeddingRequest(TEXTS), deployment)
