"""Texts on their way to vectors: keys, batches, and the guard of the vectors' length."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.accounting.pricing import Model, load_catalogue
from shared_code.embedding import (
    MAX_TEXTS_PER_REQUEST,
    batches,
    check_texts,
    content_key,
    ensure_embedding_dimensions,
    estimated_tokens,
    expected_dimensions,
    requested_dimensions,
)
from shared_code.errors import EmbeddingDimensionsError, EmptyTextError, PromptTooLongError
from shared_code.settings import OpenAISettings

SMALL, LARGE, ADA = (
    load_catalogue().models[name]
    for name in ("text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002")
)


def _settings(dimensions: int | None) -> OpenAISettings:
    return OpenAISettings(endpoint="http://127.0.0.1:9", embedding_dimensions=dimensions)


@given(st.lists(st.text(min_size=1, max_size=40), max_size=60), st.integers(1, 30), st.integers(1, 5))
def test_batches_hold_every_text_once_in_order_and_within_the_limits(
    texts: list[str], max_tokens: int, max_texts: int
) -> None:
    """Nothing is lost, nothing is sent twice, and only a text that alone is too long breaks a limit."""
    made = list(batches(texts, max_tokens, max_texts))
    assert [text for batch in made for text in batch.texts] == list(dict.fromkeys(texts))
    for batch in made:
        assert batch.tokens == sum(map(estimated_tokens, batch.texts))
        assert len(batch.texts) <= max_texts
        assert batch.tokens <= max_tokens or len(batch.texts) == 1


def test_the_providers_limits_hold_by_default() -> None:
    """2,049 short texts take two requests, and 400,000 tokens of long ones too."""
    many = list(batches([f"text {number}" for number in range(MAX_TEXTS_PER_REQUEST + 1)]))
    assert [len(batch.texts) for batch in many] == [2_048, 1]
    long = list(batches([f"{number}" + "x" * 24_000 for number in range(50)]))
    assert len(long) == 2
    assert all(batch.tokens <= 300_000 for batch in long)


@pytest.mark.parametrize(
    ("text", "tokens"), [("abc", 1), ("abcd", 2), ("\u00e9", 1), ("\u6f22\u5b57", 2), ("\ud800", 1)]
)
def test_tokens_are_estimated_by_bytes(text: str, tokens: int) -> None:
    """Three bytes of UTF-8 to a token, lone surrogates included, which some readers let through."""
    assert estimated_tokens(text) == tokens


def test_a_key_is_the_contents_and_nothing_elses() -> None:
    """The SHA-256 of the text, known from outside, so other programs can compute it."""
    assert content_key("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert content_key("abc") != content_key("abc ")


@pytest.mark.parametrize("texts", [["", "a"], ["a", "  \n"]], ids=["empty", "blank"])
def test_texts_without_content_are_refused_by_their_place(texts: list[str]) -> None:
    """The message names the place, never the text."""
    with pytest.raises(EmptyTextError, match=r"Text [01] of 2"):
        check_texts(texts, SMALL)


def test_a_text_beyond_the_context_is_refused() -> None:
    """What cannot fit is not paid for; what may fit is left to the provider."""
    check_texts(["x" * 32 * 8_192], SMALL)
    with pytest.raises(PromptTooLongError, match="8,192"):
        check_texts(["x" * (32 * 8_192 + 1)], SMALL)
    check_texts(["x" * 10_000_000], None)


def test_only_the_expected_length_passes() -> None:
    """The error names expected and actual."""
    ensure_embedding_dimensions([[0.0] * 1536])
    ensure_embedding_dimensions([])
    with pytest.raises(EmbeddingDimensionsError, match=r"1536.*3072") as caught:
        ensure_embedding_dimensions([[0.0] * 1536, [0.0] * 3072])
    assert "OPENAI_EMBEDDING_DIMENSIONS" in str(caught.value)
    ensure_embedding_dimensions([[0.0] * 256], 256)


@pytest.mark.parametrize(
    ("dimensions", "model", "asked_for"),
    [
        (None, SMALL, None),
        (1536, SMALL, None),
        (512, SMALL, 512),
        (1536, LARGE, 1536),
        (3072, LARGE, None),
        (1536, ADA, None),
        (None, None, None),
        (768, None, 768),
    ],
    ids=["default", "own", "shorter", "large-shortened", "large", "ada", "unknown", "unknown-set"],
)
def test_dimensions_are_asked_for_where_they_differ_from_the_models_own(
    dimensions: int | None, model: Model | None, asked_for: int | None
) -> None:
    """A model outside the catalogue is asked for what is set, because nothing is known of it."""
    assert requested_dimensions(_settings(dimensions), model) == asked_for


@pytest.mark.parametrize(
    ("dimensions", "model"),
    [(None, LARGE), (2048, SMALL), (512, ADA)],
    ids=["large-without-setting", "longer-than-the-model", "cannot-shorten"],
)
def test_what_a_model_cannot_give_fails_before_it_is_paid_for(dimensions: int | None, model: Any) -> None:
    """Expected and actual stand in the message."""
    expected = expected_dimensions(_settings(dimensions))
    with pytest.raises(EmbeddingDimensionsError, match=f"{expected}.*{model.embedding_dimensions}"):
        requested_dimensions(_settings(dimensions), model)
