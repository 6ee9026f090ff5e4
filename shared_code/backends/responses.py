"""The Responses API, told to keep nothing of what passes through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared_code.accounting.pricing import ModelCatalogue, load_catalogue
from shared_code.accounting.usage import Usage
from shared_code.backends.contract import ChatAnswer, ChatRequest, FinishReason, Message, OutputSchema
from shared_code.backends.failures import failed_generation
from shared_code.backends.on_demand import TransportOnDemand
from shared_code.backends.parameters import parameters_for
from shared_code.errors import ModelServerError

if TYPE_CHECKING:
    from shared_code.backends.transport import ProviderResponse
    from shared_code.settings import OpenAISettings

PATH = "/responses"
# The API rejects a lower limit.
LEAST_OUTPUT_TOKENS = 16
_INCOMPLETE_REASONS: dict[str, FinishReason] = {
    "max_output_tokens": "length",
    "content_filter": "content_filter",
}


class ResponsesBackend:
    """``POST responses``, once per ``complete``.

    Args:
        settings: Which model is behind a deployment.
        catalogue: What models accept.
        connection: Shared with other backends; by default one of its own.
    """

    name = "responses"

    def __init__(
        self,
        settings: OpenAISettings,
        catalogue: ModelCatalogue | None = None,
        *,
        connection: TransportOnDemand | None = None,
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue or load_catalogue()
        self._connection = connection or TransportOnDemand(settings)

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        """See ``Backend.complete``."""
        body = self._body(request, deployment)
        response = await self._connection.open().post(PATH, body, deployment, timeout_seconds)
        try:
            return _answer(response, deployment)
        except (KeyError, TypeError, AttributeError):
            raise ModelServerError(
                f"Deployment {deployment} answered JSON that is no response of a model.",
                deployment=deployment,
            ) from None

    async def aclose(self) -> None:
        """See ``Backend.aclose``."""
        await self._connection.aclose()

    def _body(self, request: ChatRequest, deployment: str) -> dict[str, Any]:
        parameters = parameters_for(request, deployment, self._settings, self._catalogue)
        instructions = [message.content for message in request.messages if message.role == "system"]
        body: dict[str, Any] = {
            "model": deployment,
            "input": [
                {"role": message.role, "content": _content(message)}
                for message in request.messages
                if message.role != "system"
            ],
            "max_output_tokens": max(LEAST_OUTPUT_TOKENS, parameters.max_output_tokens),
            # By default the provider keeps prompt and answer for 30 days, and both hold personal data.
            "store": False,
        }
        if instructions:
            body["instructions"] = "\n\n".join(instructions)
        if parameters.temperature is not None:
            body["temperature"] = parameters.temperature
        if request.output_schema is not None:
            body["text"] = {"format": _text_format(request.output_schema)}
        return body


def _content(message: Message) -> str | list[dict[str, Any]]:
    """The text alone, as ever, or parts where there are pictures."""
    if not message.images:
        return message.content
    return [
        {"type": "input_text", "text": message.content},
        *({"type": "input_image", "image_url": image.data_url()} for image in message.images),
    ]


def _text_format(schema: OutputSchema) -> dict[str, Any]:
    return {"type": "json_schema", "name": schema.name, "schema": schema.schema, "strict": True}


def _answer(response: ProviderResponse, deployment: str) -> ChatAnswer:
    content = response.content
    usage = _usage(content.get("usage") or {})
    status = content["status"]
    if status == "failed":
        raise failed_generation(content.get("error"), deployment, usage)
    if status not in ("completed", "incomplete"):
        raise ModelServerError(
            f"Deployment {deployment} answered before its response was complete.",
            deployment=deployment,
            usage=usage,
        )
    parts = [
        part for item in content["output"] if item["type"] == "message" for part in item.get("content") or ()
    ]
    return ChatAnswer(
        content="".join(part.get("text") or "" for part in parts if part["type"] == "output_text"),
        finish_reason="stop" if status == "completed" else _incomplete_reason(content),
        refused=any(part["type"] == "refusal" for part in parts),
        usage=usage,
        model=content.get("model") or deployment,
        request_id=response.request_id,
        remaining_requests=response.remaining_requests,
        remaining_tokens=response.remaining_tokens,
    )


def _incomplete_reason(content: dict[str, Any]) -> FinishReason:
    # Whatever the reason, or where none is told: an incomplete answer is not whole.
    details = content.get("incomplete_details") or {}
    return _INCOMPLETE_REASONS.get(str(details.get("reason")), "length")


def _usage(usage: dict[str, Any]) -> Usage:
    input_details = usage.get("input_tokens_details") or {}
    output_details = usage.get("output_tokens_details") or {}
    return Usage(
        input_tokens=usage.get("input_tokens") or 0,
        cached_input_tokens=input_details.get("cached_tokens") or 0,
        output_tokens=usage.get("output_tokens") or 0,
        reasoning_tokens=output_details.get("reasoning_tokens") or 0,
    )
