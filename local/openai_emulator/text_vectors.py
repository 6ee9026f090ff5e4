"""Embeddings without a model: hashed words on the unit sphere, near each other when texts share words."""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from hashlib import blake2b
from itertools import pairwise

WORDS = re.compile(r"\w+")
PLACES_PER_FEATURE = 8
PAIR_WEIGHT = 0.5


def embed_text(text: str, *, length: int, dimensions: int | None = None) -> array[float]:
    """The unit vector of a text, as 32-bit floats.

    Every word, and with half its weight every pair of neighbours, is hashed to eight places of a
    vector of ``length``, with a sign each; frequent words count logarithmically. Fewer ``dimensions``
    keep the beginning of the same vector and normalise again, as text-embedding-3 does.
    """
    vector = [0.0] * length
    for feature, weight in _features(text):
        digest = blake2b(
            feature.encode("utf-8", "surrogatepass"), digest_size=4 * PLACES_PER_FEATURE
        ).digest()
        for start in range(0, len(digest), 4):
            number = int.from_bytes(digest[start : start + 4], "big")
            vector[(number >> 1) % length] += weight if number & 1 else -weight
    kept = vector[: dimensions or length]
    norm = math.sqrt(math.fsum(value * value for value in kept))
    if norm == 0.0:
        # None of the hashed places lies in the kept beginning: any fixed direction is as good.
        kept[0] = norm = 1.0
    return array("f", (value / norm for value in kept))


def _features(text: str) -> list[tuple[str, float]]:
    words = WORDS.findall(text.casefold()) or [text]
    features = [(word, 1.0 + math.log(count)) for word, count in Counter(words).items()]
    pairs = Counter(f"{first} {second}" for first, second in pairwise(words))
    features += [(pair, PAIR_WEIGHT * (1.0 + math.log(count))) for pair, count in pairs.items()]
    return features
