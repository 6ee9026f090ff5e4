"""The work behind every API that answers in text: a fenced CV is read, anything else is quoted briefly.

Nothing here has eyes: asked in plain words about pictures, it says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from local.openai_emulator.deployments import Deployment
from local.openai_emulator.fence import find_cv
from local.openai_emulator.ledger import TokenUse
from local.openai_emulator.operation import Answer
from local.openai_emulator.problems import context_length_exceeded, invalid_request
from local.openai_emulator.prompt_cache import PromptCache
from local.openai_emulator.reading import ReaderPool
from local.openai_emulator.text_request import TextRequest
from local.openai_emulator.tokens import TokenCounter, count_tokens, cut_to_tokens

TOKENS_PER_MESSAGE = 4
TOKENS_TO_BEGIN = 3
TOKENS_PER_PICTURE = 1_536  # the most that the service counts; pictures are not opened here
WORDS_QUOTED = 12
# Thinking grows with the effort and comes in steps of 64, as the service reports it.
REASONING_SHARE: Mapping[str, float] = {
    "none": 0.0,
    "minimal": 0.0,
    "low": 0.25,
    "medium": 0.75,
    "high": 2.0,
    "xhigh": 4.0,
}
REASONING_STEP_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Completion:
    """A text and what it costs. ``is_cut``: the completion limit ended it."""

    text: str
    use: TokenUse
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Completer:
    """What plays the model: readers, and the service's cache and token counter around them."""

    readers: ReaderPool
    cache: PromptCache
    counter: TokenCounter

    def admit(self, request: TextRequest, deployment: Deployment, schema_param: str) -> Work:
        """Measure a request, and see that its schema has a reader and its prompt fits the context.

        Raises:
            ApiError: 400; ``schema_param`` is the parameter that names the schema.
        """
        output = request.output
        if output.kind == "json_schema" and output.schema_name not in self.readers.schema_names:
            raise invalid_request(
                f"This emulator has no reader for the schema '{output.schema_name}'; it knows "
                f"{', '.join(sorted(self.readers.schema_names))}.",
                param=schema_param,
                code="not_supported_by_emulator",
            )
        work = Work(self, request, deployment, *_measure(request, self.counter))
        if work.reserved_tokens > deployment.context_tokens:
            raise context_length_exceeded(
                deployment.context_tokens, work.prompt_tokens, request.completion_limit or 0
            )
        return work


@dataclass(frozen=True, slots=True)
class Work:
    """One admitted request."""

    completer: Completer
    request: TextRequest
    deployment: Deployment
    prompt: str
    prompt_tokens: int

    @property
    def prompt_sha256(self) -> str:
        """The prompt's digest in hexadecimal."""
        return _digest(self.prompt)

    @property
    def cv_sha256(self) -> str | None:
        """The digest of the CV alone, in hexadecimal; None where the prompt fences none."""
        cv = find_cv(self.request.user_messages)
        return _digest(cv.text) if cv.is_fenced else None

    @property
    def reserved_tokens(self) -> int:
        """Tokens of the prompt and of the completion limit together."""
        return self.prompt_tokens + (self.request.completion_limit or 0)

    async def complete(self) -> Completion:
        """The answer, cut to the completion limit.

        Raises:
            ApiError: 500 where the reader failed.
        """
        text = await self._text()
        use = TokenUse(
            prompt=self.prompt_tokens,
            cached=self.completer.cache.cached_tokens(self.deployment.name, self.prompt, self.prompt_tokens),
            completion=count_tokens(text),
            reasoning=_reasoning_tokens(self.request.reasoning_effort, self.prompt_tokens),
        )
        return _limited(text, use, self._completion_limit())

    async def _text(self) -> str:
        output = self.request.output
        cv = find_cv(self.request.user_messages)
        if output.kind == "json_schema":
            return await self.completer.readers.read(output.schema_name, output.schema or {}, cv)
        if output.kind == "text" and self.request.pictures:
            return ""
        words = cv.text.split()
        beginning = " ".join(words[:WORDS_QUOTED])
        if output.kind == "json_object":
            return json.dumps(
                {"wordCount": len(words), "beginning": beginning}, ensure_ascii=False, separators=(",", ":")
            )
        return f"Your message has {len(words)} words and begins: {beginning}"

    def _completion_limit(self) -> int:
        traits = self.deployment.traits
        room = min(traits.output_tokens, self.deployment.context_tokens - self.prompt_tokens)
        return min(self.request.completion_limit or room, room)


@dataclass(frozen=True, slots=True)
class TextJob:
    """An admitted request, and how its API puts a completion of a model, by name, into JSON."""

    work: Work
    body: Callable[[Completion, str], dict[str, Any]]

    @property
    def prompt_sha256(self) -> str:
        """What tells equal prompts apart from different ones in the ledger."""
        return self.work.prompt_sha256

    @property
    def cv_sha256(self) -> str | None:
        """What tells the CVs apart, whatever stands around them."""
        return self.work.cv_sha256

    @property
    def prompt_tokens(self) -> int:
        """The prompt's size."""
        return self.work.prompt_tokens

    @property
    def reserved_tokens(self) -> int:
        """What counts against the tokens per minute."""
        return self.work.reserved_tokens

    async def run(self) -> Answer:
        """Do the work."""
        completion = await self.work.complete()
        return Answer(self.body(completion, self.work.deployment.model_version), completion.use)


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _measure(request: TextRequest, counter: TokenCounter) -> tuple[str, int]:
    """The prompt as one text, schema first as the service puts it, and its tokens."""
    schema = request.output.schema
    parts = [json.dumps(schema, separators=(",", ":"))] if schema is not None else []
    parts += [f"{role}\n{text}" for role, text in request.messages]
    tokens = sum(counter.count(part) for part in parts)
    tokens += TOKENS_PER_PICTURE * request.pictures
    return "\n".join(parts), tokens + TOKENS_PER_MESSAGE * len(request.messages) + TOKENS_TO_BEGIN


def _reasoning_tokens(effort: str | None, prompt_tokens: int) -> int:
    if effort is None:
        return 0
    steps = round(REASONING_SHARE[effort] * prompt_tokens / REASONING_STEP_TOKENS)
    has_thought = REASONING_SHARE[effort] > 0
    return REASONING_STEP_TOKENS * max(steps, 1) if has_thought else 0


def _limited(text: str, use: TokenUse, limit: int) -> Completion:
    """Cut the answer to the completion limit, which thinking counts against first."""
    reasoning = min(use.reasoning, limit)
    if reasoning + use.completion <= limit:
        return Completion(text, replace(use, completion=use.completion + reasoning), is_cut=False)
    cut = cut_to_tokens(text, limit - reasoning)
    return Completion(cut, replace(use, completion=limit, reasoning=reasoning), is_cut=True)
