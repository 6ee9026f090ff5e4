"""Vectors whose nearness follows the words."""

from __future__ import annotations

import math

import pytest

from local.openai_emulator.text_vectors import embed_text

DATA_CV = "Data engineer with Python, Spark and Airflow; built pipelines on Azure for six years."
SIMILAR_CV = "Engineer for data pipelines: Python, Airflow and Spark on Azure."
OTHER_TEXT = "Whisk the eggs with sugar, fold in the flour and bake until golden."


def _nearness(first: str, second: str, dimensions: int = 1536) -> float:
    one, other = (embed_text(text, length=1536, dimensions=dimensions) for text in (first, second))
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("dimensions", [1, 64, 256, 1536])
def test_a_vector_has_the_asked_length_and_norm_one(dimensions: int) -> None:
    """Cosine and dot product are the same then."""
    for text in (DATA_CV, "!", " ", "x"):
        vector = embed_text(text, length=1536, dimensions=dimensions)
        assert len(vector) == dimensions
        assert math.isclose(math.fsum(value * value for value in vector), 1.0, rel_tol=1e-5)


@pytest.mark.parametrize("dimensions", [256, 1536])
def test_texts_that_share_words_are_near_and_others_are_not(dimensions: int) -> None:
    """Shortened vectors keep that."""
    assert _nearness(DATA_CV, DATA_CV, dimensions) == pytest.approx(1.0, abs=1e-5)
    assert _nearness(DATA_CV, SIMILAR_CV, dimensions) > 0.4
    assert abs(_nearness(DATA_CV, OTHER_TEXT, dimensions)) < 0.25


def test_fewer_dimensions_are_the_beginning_of_the_same_vector() -> None:
    """Up to the norm, as with the provider's models."""
    whole = embed_text(DATA_CV, length=1536)
    short = embed_text(DATA_CV, length=1536, dimensions=100)
    scale = math.sqrt(sum(value * value for value in whole[:100]))
    assert [value / scale for value in whole[:100]] == pytest.approx(list(short), abs=1e-6)


def test_one_changed_word_changes_the_vector() -> None:
    """Nothing is canned."""
    assert embed_text(DATA_CV, length=1536) != embed_text(DATA_CV.replace("six", "nine"), length=1536)
