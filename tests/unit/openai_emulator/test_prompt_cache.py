"""Identical beginnings of prompts count as cached."""

from __future__ import annotations

from local.openai_emulator.prompt_cache import PromptCache
from local.openai_emulator.tokens import count_tokens

INSTRUCTIONS = "Read the following document with care and report what it says. " * 130
OTHER_END = "A different end of the prompt. " * 10


class Clock:
    """Seconds that pass on demand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def _cached(cache: PromptCache, prompt: str, scope: str = "gpt-4.1-mini") -> int:
    return cache.cached_tokens(scope, prompt, count_tokens(prompt))


def test_the_first_prompt_is_not_cached_and_its_repetition_nearly_whole() -> None:
    """Cached tokens come in steps of 128, from 1,024 on."""
    cache = PromptCache(Clock())
    assert count_tokens(INSTRUCTIONS) > 1_300
    assert _cached(cache, INSTRUCTIONS) == 0
    cached = _cached(cache, INSTRUCTIONS)
    assert cached % 128 == 0
    assert 1_024 <= cached <= count_tokens(INSTRUCTIONS)


def test_only_the_common_beginning_counts() -> None:
    """Another end behind the same instructions leaves the beginning cached; another start nothing."""
    cache = PromptCache(Clock())
    _cached(cache, INSTRUCTIONS)
    assert 1_024 <= _cached(cache, INSTRUCTIONS + OTHER_END) <= count_tokens(INSTRUCTIONS)
    assert _cached(cache, "!" + INSTRUCTIONS) == 0


def test_a_short_prompt_is_never_cached() -> None:
    """Below 1,024 tokens the provider caches nothing."""
    cache = PromptCache(Clock())
    short = INSTRUCTIONS[:4_000]
    assert count_tokens(short) < 1_024
    assert (_cached(cache, short), _cached(cache, short)) == (0, 0)


def test_deployments_do_not_share_their_cache() -> None:
    """The scope is part of the hash."""
    cache = PromptCache(Clock())
    _cached(cache, INSTRUCTIONS, "gpt-4.1-mini")
    assert _cached(cache, INSTRUCTIONS, "gpt-4o-mini") == 0


def test_a_beginning_is_forgotten_ten_minutes_after_it_was_last_seen() -> None:
    """Use keeps it alive; silence does not."""
    clock = Clock()
    cache = PromptCache(clock)
    _cached(cache, INSTRUCTIONS)
    clock.now = 590
    assert _cached(cache, INSTRUCTIONS) > 0
    clock.now = 1_180
    assert _cached(cache, INSTRUCTIONS) > 0
    clock.now = 1_790
    assert _cached(cache, INSTRUCTIONS) == 0


def test_memory_is_bounded() -> None:
    """The oldest blocks go first."""
    cache = PromptCache(Clock(), capacity=20)
    _cached(cache, INSTRUCTIONS)
    _cached(cache, "Something else entirely. " * 600)
    assert _cached(cache, INSTRUCTIONS) == 0
