"""The Chat Completions API: a CV in the prompt is read, anything else is answered by a short extract."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b, sha256
from typing import Any

from local.openai_emulator.chat_faults import spoil_chat_answer
from local.openai_emulator.chat_request import ChatRequest, parse_chat_request
from local.openai_emulator.content_filter import clean_completion, clean_prompt
from local.openai_emulator.deployments import Deployment
from local.openai_emulator.faults import Fault
from local.openai_emulator.fence import find_cv
from local.openai_emulator.ledger import TokenUse
from local.openai_emulator.operation import Answer, Job
from local.openai_emulator.problems import context_length_exceeded, invalid_request, operation_not_supported
from local.openai_emulator.prompt_cache import PromptCache
from local.openai_emulator.reading import ReaderPool
from local.openai_emulator.tokens import TokenCounter, count_tokens, cut_to_tokens

TOKENS_PER_MESSAGE = 4
TOKENS_TO_BEGIN = 3
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
class ChatCompletions:
    """``POST …/chat/completions``."""

    readers: ReaderPool
    cache: PromptCache
    counter: TokenCounter
    name: str = "chat"
    azure_name: str = "ChatCompletions_Create"

    def schema_name(self, body: Mapping[str, Any]) -> str | None:
        """The name in ``response_format.json_schema``, where there is one."""
        output = body.get("response_format")
        declared = output.get("json_schema") if isinstance(output, dict) else None
        name = declared.get("name") if isinstance(declared, dict) else None
        return name if isinstance(name, str) else None

    def admit(self, body: dict[str, Any], deployment: Deployment) -> Job:
        """Validate, and count the prompt against the model's context."""
        if deployment.traits.work != "chat":
            raise operation_not_supported("chatCompletion", deployment.spec.model)
        request = parse_chat_request(body, deployment.traits)
        output = request.output
        if output.kind == "json_schema" and output.schema_name not in self.readers.schema_names:
            raise invalid_request(
                f"This emulator has no reader for the schema '{output.schema_name}'; it knows "
                f"{', '.join(sorted(self.readers.schema_names))}.",
                param="response_format.json_schema.name",
                code="not_supported_by_emulator",
            )
        job = _ChatJob(self, request, deployment, *_measure(request, self.counter))
        reserved = request.completion_limit or 0
        if job.prompt_tokens + reserved > deployment.context_tokens:
            raise context_length_exceeded(deployment.context_tokens, job.prompt_tokens, reserved)
        return job

    def spoil(self, answer: Answer, fault: Fault) -> Answer:
        """Let the answer go wrong."""
        return spoil_chat_answer(answer, fault)


@dataclass(frozen=True, slots=True)
class _ChatJob:
    api: ChatCompletions
    request: ChatRequest
    deployment: Deployment
    prompt: str
    prompt_tokens: int

    @property
    def prompt_sha256(self) -> str:
        return sha256(self.prompt.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def reserved_tokens(self) -> int:
        return self.prompt_tokens + (self.request.completion_limit or 0)

    async def run(self) -> Answer:
        content = await self._content()
        use = TokenUse(
            prompt=self.prompt_tokens,
            cached=self.api.cache.cached_tokens(self.deployment.name, self.prompt, self.prompt_tokens),
            completion=count_tokens(content),
            reasoning=_reasoning_tokens(self.request.reasoning_effort, self.prompt_tokens),
        )
        content, use, finish_reason = _limited(content, use, self._completion_limit())
        return Answer(self._body(content, use, finish_reason), use)

    async def _content(self) -> str:
        output = self.request.output
        cv = find_cv(self.request.user_messages)
        if output.kind == "json_schema":
            return await self.api.readers.read(output.schema_name, output.schema or {}, cv)
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

    def _body(self, content: str, use: TokenUse, finish_reason: str) -> dict[str, Any]:
        model = self.deployment.model_version
        return {
            "id": f"chatcmpl-{uuid.uuid4().hex[:29]}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": model,
            "system_fingerprint": f"fp_{blake2b(model.encode(), digest_size=5).hexdigest()}",
            "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": clean_prompt()}],
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish_reason,
                    "logprobs": None,
                    "content_filter_results": clean_completion(),
                    "message": {
                        "role": "assistant",
                        "content": content,
                        "refusal": None,
                        "annotations": [],
                    },
                }
            ],
            "usage": {
                "prompt_tokens": use.prompt,
                "completion_tokens": use.completion,
                "total_tokens": use.prompt + use.completion,
                "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": use.cached},
                "completion_tokens_details": {
                    "accepted_prediction_tokens": 0,
                    "audio_tokens": 0,
                    "reasoning_tokens": use.reasoning,
                    "rejected_prediction_tokens": 0,
                },
            },
        }


def _measure(request: ChatRequest, counter: TokenCounter) -> tuple[str, int]:
    """The prompt as one text, schema first as the service puts it, and its tokens."""
    schema = request.output.schema
    parts = [json.dumps(schema, separators=(",", ":"))] if schema is not None else []
    parts += [f"{role}\n{text}" for role, text in request.messages]
    tokens = sum(counter.count(part) for part in parts)
    return "\n".join(parts), tokens + TOKENS_PER_MESSAGE * len(request.messages) + TOKENS_TO_BEGIN


def _reasoning_tokens(effort: str | None, prompt_tokens: int) -> int:
    if effort is None:
        return 0
    steps = round(REASONING_SHARE[effort] * prompt_tokens / REASONING_STEP_TOKENS)
    has_thought = REASONING_SHARE[effort] > 0
    return REASONING_STEP_TOKENS * max(steps, 1) if has_thought else 0


def _limited(content: str, use: TokenUse, limit: int) -> tuple[str, TokenUse, str]:
    """Cut the answer to the completion limit, which thinking counts against first."""
    reasoning = min(use.reasoning, limit)
    if reasoning + use.completion <= limit:
        return content, replace(use, completion=use.completion + reasoning), "stop"
    cut = cut_to_tokens(content, limit - reasoning)
    return cut, replace(use, completion=limit, reasoning=reasoning), "length"
