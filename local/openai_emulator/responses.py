"""The Responses API: input items in, one response object out, nothing kept for a later request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from local.openai_emulator.completion import Completer, TextJob
from local.openai_emulator.deployments import Deployment
from local.openai_emulator.faults import Fault
from local.openai_emulator.operation import Answer, Job
from local.openai_emulator.problems import ApiError, operation_not_supported
from local.openai_emulator.responses_answer import response_body
from local.openai_emulator.responses_faults import spoil_response
from local.openai_emulator.responses_request import parse_responses_request

# Azure's dated paths know this API from the preview version of this day on.
EARLIEST_DATED_VERSION = "2025-03-01"


@dataclass(frozen=True, slots=True)
class Responses:
    """``POST …/responses``. The deployment is named by ``model``, on the dated path too."""

    completer: Completer
    name: str = "responses"
    azure_name: str = "Responses_Create"

    def schema_name(self, body: Mapping[str, Any]) -> str | None:
        """The name in ``text.format``, where there is one."""
        text = body.get("text")
        declared = text.get("format") if isinstance(text, dict) else None
        name = declared.get("name") if isinstance(declared, dict) else None
        return name if isinstance(name, str) else None

    def admit(self, body: dict[str, Any], deployment: Deployment) -> Job:
        """Validate, and count the prompt against the model's context, dropping old turns where allowed."""
        if deployment.traits.work != "chat":
            raise operation_not_supported("responses", deployment.spec.model)
        request = parse_responses_request(body, deployment.traits)
        while True:
            try:
                work = self.completer.admit(request.asked, deployment, "text.format.name")
            except ApiError as refusal:
                if refusal.code != "context_length_exceeded":
                    raise
                shorter = request.without_oldest_message()
                if shorter is None:
                    refusal.param = "input"
                    raise
                request = shorter
            else:
                return TextJob(work, partial(response_body, request.settings))

    def spoil(self, answer: Answer, fault: Fault) -> Answer:
        """Let the answer go wrong."""
        return spoil_response(answer, fault)
