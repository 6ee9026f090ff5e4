"""Vectors from servers of other people: one per text, in order, of the length that was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from shared_code.errors import EmbeddingDimensionsError, ModelServerError, OpenAIServiceError
from tests.compatibility.aimock import Aimock
from tests.compatibility.conftest import Connect, Server, error, upstream_of
from tests.compatibility.litellm_proxy import LiteLLMProxy

TEXTS = ["Site manager in Leeds.", "Nurse in York.", "Site manager in Leeds.", "Welder in Hull."]


def for_embeddings(answer: dict[str, Any], **match: Any) -> dict[str, Any]:
    """What aimock answers to every request for vectors."""
    return {"match": {"endpoint": "embedding", **match}, "response": answer}


async def test_each_text_has_its_vector_in_the_texts_order(server: Server, connect: Connect) -> None:
    """Equal texts share theirs and are sent once; the others are what they are alone."""
    upstream_of(server).serve()
    client = connect(server).client
    result = await client.embed(TEXTS)
    assert len(upstream_of(server).requests()) == 1
    assert [len(embedding.vector) for embedding in result.embeddings] == [1536] * 4
    first, second, third, fourth = (embedding.vector for embedding in result.embeddings)
    assert first == third
    assert len({first, second, fourth}) == 3
    assert (await client.embed([TEXTS[3]])).embeddings[0].vector == pytest.approx(fourth)


async def test_fewer_dimensions_are_asked_for_and_checked(server: Server, connect: Connect) -> None:
    """The setting reaches the model."""
    upstream_of(server).serve()
    result = await connect(server, embedding_dimensions=256).client.embed(TEXTS)
    assert result.dimensions == 256
    assert {len(embedding.vector) for embedding in result.embeddings} == {256}


async def test_vectors_of_another_length_are_refused(server: Server, connect: Connect) -> None:
    """A fixture's three numbers are no vector of 1,536."""
    upstream_of(server).serve(for_embeddings({"embedding": [0.1, 0.2, 0.3]}))
    with pytest.raises(EmbeddingDimensionsError):
        await connect(server).client.embed(TEXTS)


async def test_a_server_that_counts_no_tokens_costs_nothing_known(server: Server, connect: Connect) -> None:
    """Both report zero tokens, and a price of zero would be a guess."""
    upstream_of(server).serve()
    result = await connect(server).client.embed(TEXTS)
    assert result.usage.total_tokens == 0
    assert result.cost_micro_usd is None


async def test_a_throttled_request_waits_as_long_as_it_was_told(aimock: Aimock, connect: Connect) -> None:
    """As for conversations."""
    aimock.serve(for_embeddings(error(429, retryAfter=7), sequenceIndex=0))
    connected = connect(aimock)
    result = await connected.client.embed(TEXTS)
    assert result.attempts == 2
    assert 7.0 <= sum(connected.clock.sleeps) <= 7.7


async def test_the_proxy_multiplies_requests_for_vectors(
    litellm_proxy: LiteLLMProxy, connect: Connect
) -> None:
    """Its SDK asks three times for each request of ours, though its router is told not to retry."""
    litellm_proxy.upstream.serve(for_embeddings(error(500)))
    with pytest.raises(ModelServerError) as caught:
        await connect(litellm_proxy, max_attempts=1).client.embed(TEXTS)
    assert caught.value.attempts == 1
    assert len(litellm_proxy.upstream.requests()) == 3


async def test_one_vector_for_several_texts_is_no_answer(
    litellm_proxy: LiteLLMProxy, connect: Connect
) -> None:
    """The proxy's mock answer is one vector, however many texts it was given."""
    settings = {
        "embedding_deployment": "mock-embedding",
        "embedding_dimensions": 2,
        "deployment_models": {"mock-embedding": "text-embedding-3-small", "gpt-4.1-mini": "gpt-4.1-mini"},
    }
    client = connect(litellm_proxy, **settings).client
    assert (await client.embed(["One text."])).embeddings[0].vector == pytest.approx((0.1, 0.2))
    with pytest.raises(ModelServerError):
        await client.embed(TEXTS)


async def test_a_wrong_key_is_refused_once(aimock: Aimock, connect: Connect) -> None:
    """As for conversations."""
    with pytest.raises(OpenAIServiceError) as caught:
        await connect(aimock, api_key="wrong-key-of-this-test").client.embed(TEXTS)
    assert (caught.value.code, caught.value.attempts) == ("modelAuthentication", 1)
