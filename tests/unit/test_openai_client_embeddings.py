"""``OpenAIClient.embed``: order, keys, guards and accounts."""

from __future__ import annotations

from typing import Any

import pytest

from shared_code.embedding import content_key
from shared_code.errors import (
    AuthenticationError,
    EmbeddingDimensionsError,
    EmptyTextError,
    ModelServerError,
    RateLimitError,
    SettingsError,
    TimeoutError,
)
from shared_code.openai_client import OpenAIClient
from shared_code.reliability.deadline import Deadline
from shared_code.reliability.retry import RetryPolicy
from shared_code.settings import OpenAISettings
from tests.fakes import CountingEmbedder, FakeClock, ScriptedBackend, fresh


def _client(
    embedder: CountingEmbedder | None, clock: FakeClock | None = None, **changes: Any
) -> tuple[OpenAIClient, FakeClock]:
    clock = clock or FakeClock()
    settings = OpenAISettings(endpoint="http://127.0.0.1:9", **{"requests_per_minute": 1000, **changes})
    policy = RetryPolicy(settings.max_attempts, settings.backoff_seconds, uniform=lambda: 0.5)
    client = OpenAIClient(
        settings, ScriptedBackend(), embedder, retry_policy=policy, clock=clock, sleep=clock.sleep
    )
    return client, clock


async def test_vectors_come_in_the_order_of_the_texts_and_equal_texts_are_sent_once() -> None:
    """One embedding per text, each under the key of its content."""
    embedder = CountingEmbedder()
    client, _ = _client(embedder)
    result = await client.embed(["ccc", "a", "ccc", "bb"])
    assert [embedding.vector[0] for embedding in result.embeddings] == [3.0, 1.0, 3.0, 2.0]
    assert [embedding.key for embedding in result.embeddings][1] == content_key("a")
    assert [request.texts for request in embedder.requests] == [("ccc", "a", "bb")]
    assert (result.dimensions, result.deployment) == (1536, "text-embedding-3-small")


async def test_many_texts_take_several_requests_and_one_account() -> None:
    """Usage, price and attempts are sums; the tracker knows them too."""
    embedder = CountingEmbedder()
    client, _ = _client(embedder)
    result = await client.embed([f"text {number}" for number in range(2_050)])
    assert [len(request.texts) for request in embedder.requests] == [2_048, 2]
    assert result.usage.input_tokens == 20_500
    assert result.attempts == 2
    assert result.cost_micro_usd == 450 + 1  # 20,480 tokens make 450.56 rounded to 451, 20 make 0.44
    assert client.token_tracker.get_usage_summary()["total_input_tokens"] == 20_500


async def test_a_limit_of_tokens_bounds_the_requests() -> None:
    """A batch that no minute has room for would wait for ever."""
    embedder = CountingEmbedder()
    client, _ = _client(embedder, tokens_per_minute=10)
    await client.embed(["x" * 15, "y" * 15, "z" * 15])
    assert [len(request.texts) for request in embedder.requests] == [2, 1]


async def test_no_texts_make_no_request() -> None:
    """Nothing asked, nothing paid."""
    embedder = CountingEmbedder()
    client, _ = _client(embedder)
    assert (await client.embed([])).embeddings == ()
    assert embedder.requests == []


@pytest.mark.parametrize(
    ("dimensions", "deployment", "asked_for"),
    [(None, "text-embedding-3-small", None), (256, "text-embedding-3-small", 256)],
    ids=["default", "override"],
)
async def test_the_override_is_asked_for(
    dimensions: int | None, deployment: str, asked_for: int | None
) -> None:
    """OPENAI_EMBEDDING_DIMENSIONS reaches the provider, and its answer is held to it."""
    embedder = CountingEmbedder()
    client, _ = _client(embedder, embedding_dimensions=dimensions, embedding_deployment=deployment)
    result = await client.embed(["a"])
    assert embedder.requests[0].dimensions == asked_for
    assert len(result.embeddings[0].vector) == result.dimensions == (dimensions or 1536)


async def test_vectors_of_another_length_are_refused_and_accounted() -> None:
    """A gateway that ignores ``dimensions`` is found out; what it cost is not lost."""
    client, _ = _client(CountingEmbedder(768), embedding_deployment="gateway-model")
    with pytest.raises(EmbeddingDimensionsError, match=r"1536.*768") as caught:
        await client.embed(["a"])
    assert caught.value.usage.input_tokens == 10
    assert caught.value.deployment == "gateway-model"


async def test_a_model_that_cannot_give_the_length_is_not_asked() -> None:
    """text-embedding-3-large makes 3,072 unless told otherwise."""
    embedder = CountingEmbedder()
    client, _ = _client(embedder, embedding_deployment="text-embedding-3-large")
    with pytest.raises(EmbeddingDimensionsError, match=r"1536.*3072"):
        await client.embed(["a"])
    with pytest.raises(EmptyTextError):
        await client.embed([""])
    assert embedder.requests == []


async def test_throttling_and_server_errors_are_tried_again() -> None:
    """The same retries as for a conversation, with the server's time obeyed."""
    embedder = CountingEmbedder(
        1536, fresh(RateLimitError, retry_after_seconds=8.0), fresh(ModelServerError), None
    )
    client, clock = _client(embedder)
    result = await client.embed(["a"])
    assert result.attempts == len(embedder.requests) == 3
    assert sum(clock.sleeps) >= 8.0


async def test_a_later_batch_that_fails_says_what_the_earlier_ones_cost() -> None:
    """The error carries the whole call's attempts and usage."""
    embedder = CountingEmbedder(1536, None, fresh(AuthenticationError))
    client, _ = _client(embedder)
    with pytest.raises(AuthenticationError) as caught:
        await client.embed([f"text {number}" for number in range(2_050)])
    assert caught.value.attempts == 2
    assert caught.value.usage.input_tokens == 20_480
    assert [charge.deployment for charge in caught.value.charges] == ["text-embedding-3-small"]


async def test_the_deadline_covers_all_batches() -> None:
    """A spent deadline ends the call before the next request."""
    embedder = CountingEmbedder()
    client, clock = _client(embedder)
    with pytest.raises(TimeoutError):
        await client.embed(["a"], deadline=Deadline.after(0.0, clock))
    assert embedder.requests == []


async def test_a_client_without_an_api_for_vectors_says_so() -> None:
    """The argument is named."""
    client, _ = _client(None)
    with pytest.raises(SettingsError, match="embedding_backend"):
        await client.embed(["a"])
