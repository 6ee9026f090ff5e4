"""The Chat Completions API: messages in, one choice out."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from local.openai_emulator.chat_faults import spoil_chat_answer
from local.openai_emulator.chat_request import parse_chat_request
from local.openai_emulator.completion import Completer, Completion, TextJob
from local.openai_emulator.content_filter import clean_completion, clean_prompt
from local.openai_emulator.deployments import Deployment
from local.openai_emulator.faults import Fault
from local.openai_emulator.operation import Answer, Job
from local.openai_emulator.problems import operation_not_supported


@dataclass(frozen=True, slots=True)
class ChatCompletions:
    """``POST …/chat/completions``."""

    completer: Completer
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
        work = self.completer.admit(request, deployment, "response_format.json_schema.name")
        return TextJob(work, _chat_body)

    def spoil(self, answer: Answer, fault: Fault) -> Answer:
        """Let the answer go wrong."""
        return spoil_chat_answer(answer, fault)


def _chat_body(completion: Completion, model: str) -> dict[str, Any]:
    use = completion.use
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
                "finish_reason": "length" if completion.is_cut else "stop",
                "logprobs": None,
                "content_filter_results": clean_completion(),
                "message": {
                    "role": "assistant",
                    "content": completion.text,
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
