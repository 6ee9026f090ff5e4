"""The Chat Completions API with strict structured output: the default backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared_code.accounting.pricing import ModelCatalogue, load_catalogue
from shared_code.accounting.usage import Usage
from shared_code.backends.contract import ChatAnswer, ChatRequest, FinishReason
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
    """``POST chat/completions``, once per ``complete``."""

    name = "chat"

    def __init__(self, settings: OpenAISettings, catalogue: ModelCatalogue | None = None) -> None:
        self._settings = settings
        self._catalogue = catalogue or load_catalogue()
        self._opened: Transport | None = None

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        """See ``Backend.complete``."""
        body = self._body(request, deployment)
        return _answer(await self._transport.post(PATH, body, deployment, timeout_seconds), deployment)

    async def aclose(self) -> None:
        """See ``Backend.aclose``."""
        if self._opened is not None:
            await self._opened.aclose()

    @property
    def _transport(self) -> Transport:
        if self._opened is None:
            # The SDK costs a second to import, which an app that only answers health need not pay.
            from shared_code.backends.transport import Transport

            self._opened = Transport(self._settings)
        return self._opened

    def _body(self, request: ChatRequest, deployment: str) -> dict[str, Any]:
        model = self._catalogue.find(self._settings.model_of(deployment))
        body: dict[str, Any] = {
            "model": deployment,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        }
        token_parameter = (model and model.token_parameter) or "max_completion_tokens"
        ceiling = model.max_output_tokens if model else request.max_output_tokens
        body[token_parameter] = min(request.max_output_tokens, ceiling)
        if model is None or model.accepts_temperature:
            body["temperature"] = request.temperature
        if request.output_schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {
                    "name": request.output_schema.name,
                    "schema": request.output_schema.schema,
                    "strict": True,
                },
            }
        return body


def _answer(response: ProviderResponse, deployment: str) -> ChatAnswer:
    content = response.content
    try:
        choices = content["choices"]
        choice: dict[str, Any] = choices[0] if choices else {"message": {}}  # billed all the same
        message = choice["message"]
        return ChatAnswer(
            content=message.get("content") or "",
            finish_reason=_FINISH_REASONS.get(str(choice.get("finish_reason")), "other"),
            refused=bool(message.get("refusal")),
            usage=_usage(content.get("usage") or {}),
            model=content.get("model") or deployment,
            request_id=response.request_id,
            remaining_requests=response.remaining_requests,
            remaining_tokens=response.remaining_tokens,
        )
    except (KeyError, IndexError, TypeError, AttributeError):
        raise ModelServerError(
            f"Deployment {deployment} answered JSON that is no chat completion.", deployment=deployment
        ) from None


def _usage(usage: dict[str, Any]) -> Usage:
    input_details = usage.get("prompt_tokens_details") or {}
    output_details = usage.get("completion_tokens_details") or {}
    return Usage(
        input_tokens=usage.get("prompt_tokens") or 0,
        cached_input_tokens=input_details.get("cached_tokens") or 0,
        output_tokens=usage.get("completion_tokens") or 0,
        reasoning_tokens=output_details.get("reasoning_tokens") or 0,
    )
