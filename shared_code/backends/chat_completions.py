"""The Chat Completions API with strict structured output: the default backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared_code.accounting.pricing import ModelCatalogue, load_catalogue
from shared_code.accounting.usage import Usage
from shared_code.backends.contract import ChatAnswer, ChatRequest, FinishReason, Message
from shared_code.backends.on_demand import TransportOnDemand
from shared_code.backends.parameters import parameters_for, response_format
from shared_code.errors import ModelServerError

if TYPE_CHECKING:
    from shared_code.backends.transport import ProviderResponse, Transport
    from shared_code.settings import OpenAISettings

PATH = "/chat/completions"
_FINISH_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "content_filter",
}


class ChatCompletionsBackend:
    """``POST chat/completions``, once per ``complete``.

    Args:
        settings: Which model is behind a deployment.
        catalogue: What models accept.
        connection: Shared with other backends; by default one of its own.
    """

    name = "chat"

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
        return _answer(await self._transport.post(PATH, body, deployment, timeout_seconds), deployment)

    async def aclose(self) -> None:
        """See ``Backend.aclose``."""
        await self._connection.aclose()

    @property
    def _transport(self) -> Transport:
        return self._connection.open()

    def _body(self, request: ChatRequest, deployment: str) -> dict[str, Any]:
        parameters = parameters_for(request, deployment, self._settings, self._catalogue)
        body: dict[str, Any] = {
            "model": deployment,
            "messages": [
                {"role": message.role, "content": _content(message)} for message in request.messages
            ],
            parameters.token_parameter: parameters.max_output_tokens,
        }
        if parameters.temperature is not None:
            body["temperature"] = parameters.temperature
        if request.output_schema is not None:
            body["response_format"] = response_format(request.output_schema)
        return body


def _content(message: Message) -> str | list[dict[str, Any]]:
    """The text alone, as ever, or parts where there are pictures."""
    if not message.images:
        return message.content
    return [
        {"type": "text", "text": message.content},
        *({"type": "image_url", "image_url": {"url": image.data_url()}} for image in message.images),
    ]


def _answer(response: ProviderResponse, deployment: str) -> ChatAnswer:
    content = response.content
    try:
        choices = content["choices"]
        choice: dict[str, Any] = choices[0] if choices else {"message": {}}  # billed all the same
        message = choice["message"]
        return ChatAnswer(
            content=message.get("content") or "",
            finish_reason=_FINISH_REASONS.get(str(choice.get("finish_reason")), "other"),
            refused=_is_refused(message),
            usage=completion_usage(content.get("usage")),
            model=content.get("model") or deployment,
            request_id=response.request_id,
            remaining_requests=response.remaining_requests,
            remaining_tokens=response.remaining_tokens,
        )
    except (KeyError, IndexError, TypeError, AttributeError):
        raise ModelServerError(
            f"Deployment {deployment} answered JSON that is no chat completion.", deployment=deployment
        ) from None


def _is_refused(message: dict[str, Any]) -> bool:
    # LiteLLM's proxy moves the refusal to where it keeps what only some providers say.
    return bool(message.get("refusal") or (message.get("provider_specific_fields") or {}).get("refusal"))


def completion_usage(usage: dict[str, Any] | None) -> Usage:
    """Usage in the words of Chat Completions, embeddings and runs; what is missing counts as none.

    A run spells the details of its prompt in the singular.
    """
    usage = usage or {}
    input_details = usage.get("prompt_tokens_details") or usage.get("prompt_token_details") or {}
    output_details = usage.get("completion_tokens_details") or {}
    return Usage(
        input_tokens=usage.get("prompt_tokens") or 0,
        cached_input_tokens=input_details.get("cached_tokens") or 0,
        output_tokens=usage.get("completion_tokens") or 0,
        reasoning_tokens=output_details.get("reasoning_tokens") or 0,
    )
