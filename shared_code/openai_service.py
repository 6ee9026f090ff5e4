"""The module's face: assistants by name or ID on top of the guarded client, and their health.

``AsyncOpenAIService`` is the core; ``OpenAIService`` offers the same to callers that block.
"""

from __future__ import annotations

import uuid
from typing import Any

from shared_code.assistant_call import AssistantCall
from shared_code.assistants.registry import check_for, find_assistant
from shared_code.audited_call import AssistantAnswer, CallLogger
from shared_code.backends.opening import open_backends
from shared_code.background_loop import BackgroundLoop
from shared_code.errors import EngineError
from shared_code.openai_client import OpenAIClient
from shared_code.reliability.deadline import Deadline
from shared_code.service_health import service_health
from shared_code.settings import BASELINE_MODEL, FALLBACK_MODEL, OpenAISettings, load_settings

_DEFAULTS = OpenAISettings.model_construct()

# The specification's constants; the settings named beside them change them.
SERVICE_CONFIG = {
    "max_retries": _DEFAULTS.max_attempts - 1,  # OPENAI_MAX_ATTEMPTS counts the first attempt too
    "base_timeout": _DEFAULTS.attempt_timeout_seconds,  # OPENAI_ATTEMPT_TIMEOUT_SECONDS
    "rate_limit_per_minute": _DEFAULTS.requests_per_minute,  # OPENAI_REQUESTS_PER_MINUTE
    "circuit_breaker_threshold": _DEFAULTS.breaker_failure_threshold,
    "circuit_breaker_timeout": _DEFAULTS.breaker_timeout_seconds,
    "max_prompt_length": _DEFAULTS.max_prompt_characters,  # OPENAI_MAX_PROMPT_CHARACTERS
    "max_response_length": _DEFAULTS.max_output_tokens,  # OPENAI_MAX_OUTPUT_TOKENS
}
MODEL_CONFIG = {
    name: {"max_tokens": _DEFAULTS.max_output_tokens, "temperature": 0.1, "top_p": 1.0}
    for name in (BASELINE_MODEL, FALLBACK_MODEL)
}


class AsyncOpenAIService:
    """Calls assistants and gives back checked JSON; every call leaves one audit row.

    Args:
        ai_logger: Where calls are logged; None logs nowhere. Its methods may be plain or async.
        settings: By default read from the environment at the first call.
        client: By default built from the settings at the first call.
    """

    def __init__(
        self,
        ai_logger: CallLogger | None = None,
        *,
        settings: OpenAISettings | None = None,
        client: OpenAIClient | None = None,
    ) -> None:
        self.ai_logger = ai_logger
        self._settings = settings or (client.settings if client else None)
        self._client = client

    @property
    def settings(self) -> OpenAISettings:
        """The settings in force.

        Raises:
            SettingsError: A variable is missing or wrong.
        """
        if self._settings is None:
            self._settings = load_settings(OpenAISettings)
        return self._settings

    @property
    def client(self) -> OpenAIClient:
        """The guarded client, made when it is first needed."""
        if self._client is None:
            backends = open_backends(self.settings)
            self._client = OpenAIClient(self.settings, backends.chat, backends.embeddings)
        return self._client

    async def call_assistant(
        self, assistant_id: str, prompt: str, expected_json_schema: str | None = None
    ) -> dict[str, Any]:
        """Ask an assistant and return its answer as a checked ``dict``.

        Args:
            assistant_id: The assistant's name, or its configured Azure assistant ID.
            prompt: What the user says; for a CV see ``assistants.prompt.fenced_cv``.
            expected_json_schema: Name of the schema to check against; the assistant's own by default.

        Raises:
            OpenAIServiceError: Its subclass says why; ``usage`` holds what the call cost all the same.
            SettingsError: No such assistant or schema, or a setting is wrong.
        """
        return (await self.ask(assistant_id, prompt, expected_json_schema)).value

    async def ask(
        self,
        assistant_id: str,
        prompt: str,
        expected_json_schema: str | None = None,
        *,
        document_id: str | None = None,
        correlation_id: str | None = None,
        deadline: Deadline | None = None,
    ) -> AssistantAnswer:
        """As ``call_assistant``, with the answer's meta data, and with the caller's ids and deadline."""
        assistant = find_assistant(assistant_id, self.settings)
        schema_name = expected_json_schema or assistant.output_schema.name
        check_for(schema_name)  # an unknown name must fail before anything is paid for
        call = AssistantCall(
            self.client,
            self.ai_logger,
            assistant,
            schema_name,
            document_id,
            correlation_id or str(uuid.uuid4()),
            deadline or Deadline.after(self.settings.deadline_seconds),
        )
        return await call.run(prompt)

    def get_service_health(self) -> dict[str, Any]:
        """State of the guards and totals of this process; makes no request.

        Raises:
            SettingsError: A variable is missing or wrong.
        """
        return service_health(self.client)

    async def aclose(self) -> None:
        """Close the connections, if any were opened."""
        if self._client is not None:
            await self._client.aclose()


class OpenAIService:
    """``AsyncOpenAIService`` for callers that block: the same calls, run on one background event loop.

    Args:
        ai_logger: See ``AsyncOpenAIService``.
        core: The service to run; by default a new one with ``ai_logger``.
    """

    def __init__(
        self, ai_logger: CallLogger | None = None, *, core: AsyncOpenAIService | None = None
    ) -> None:
        self._loop = BackgroundLoop()
        self._service = core or AsyncOpenAIService(ai_logger)

    def call_assistant(
        self, assistant_id: str, prompt: str, expected_json_schema: str | None = None
    ) -> dict[str, Any]:
        """See ``AsyncOpenAIService.call_assistant``."""
        return self._loop.run(self._service.call_assistant(assistant_id, prompt, expected_json_schema))

    def get_service_health(self) -> dict[str, Any]:
        """See ``AsyncOpenAIService.get_service_health``."""
        return self._service.get_service_health()

    def close(self) -> None:
        """Close the connections and stop the background loop."""
        self._loop.run(self._service.aclose())
        self._loop.stop()


def classify_error(error: Exception, context: dict[str, Any]) -> dict[str, Any]:
    """What an error is and what to do about it, as data for callers that cannot use classes.

    Returns:
        ``error_type``, ``error_message``, ``is_retryable``, ``recovery_action``, ``classification``
        and the given ``context``.
    """
    known = error if isinstance(error, EngineError) else EngineError("unexpected error")
    return {
        "error_type": type(error).__name__,
        "error_message": str(known),
        "is_retryable": known.is_retryable,
        "recovery_action": known.recovery_action,
        "classification": known.classification,
        "context": context,
    }
