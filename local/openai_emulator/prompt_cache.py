"""Which part of a prompt the provider would serve from its cache: identical beginnings, by hash."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b

SMALLEST_CACHED_TOKENS = 1024
CACHED_IN_STEPS_OF_TOKENS = 128
BLOCK_CHARACTERS = 512
FORGET_AFTER_SECONDS = 600.0
REMEMBERED_BLOCKS = 100_000


class PromptCache:
    """Remembers the hashes of prompt beginnings; never the text.

    A prompt is hashed block by block, each hash including the one before it, so that equal hashes
    mean equal beginnings. A beginning counts from 1,024 tokens on, in steps of 128, and is forgotten
    ten minutes after it was last seen.
    """

    def __init__(self, clock: Callable[[], float], capacity: int = REMEMBERED_BLOCKS) -> None:
        self._clock = clock
        self._capacity = capacity
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def cached_tokens(self, scope: str, prompt: str, prompt_tokens: int) -> int:
        """Tokens of this prompt that an earlier one in the same scope began with; then remember it."""
        if prompt_tokens < SMALLEST_CACHED_TOKENS:
            return 0
        now = self._clock()
        chain = _hash_chain(scope, prompt)
        known_blocks = 0
        for key in chain:
            if self._seen.get(key, -FORGET_AFTER_SECONDS) + FORGET_AFTER_SECONDS <= now:
                break
            known_blocks += 1
        self._remember(chain, now)
        # The beginning's share of the characters stands for its share of the tokens.
        tokens = prompt_tokens * known_blocks * BLOCK_CHARACTERS // max(1, len(prompt))
        tokens -= tokens % CACHED_IN_STEPS_OF_TOKENS
        return tokens if tokens >= SMALLEST_CACHED_TOKENS else 0

    def _remember(self, chain: list[bytes], now: float) -> None:
        for key in chain:
            self._seen[key] = now
            self._seen.move_to_end(key)
        while len(self._seen) > self._capacity:
            self._seen.popitem(last=False)


def _hash_chain(scope: str, prompt: str) -> list[bytes]:
    chain: list[bytes] = []
    link = scope.encode()
    for start in range(0, len(prompt) - BLOCK_CHARACTERS + 1, BLOCK_CHARACTERS):
        block = prompt[start : start + BLOCK_CHARACTERS].encode("utf-8", "surrogatepass")
        link = blake2b(link + block, digest_size=16).digest()
        chain.append(link)
    return chain
