"""One call of an assistant: ask, parse, check, ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared_code.assistants.parsing import parse_object, violations
from shared_code.assistants.registry import Assistant, check_for, configured_id, validator_for
from shared_code.audited_call import AssistantAnswer, AuditedCall, CallLogger
from shared_code.backends.contract import ChatRequest, Message
from shared_code.errors import PromptTooLongError, ValidationError

if TYPE_CHECKING:
    from shared_code.openai_client import ChatResult, OpenAIClient
    from shared_code.reliability.deadline import Deadline


class AssistantCall:
    """One call of an assistant, from its first prompt to its answer."""

    def __init__(
        self,
        client: OpenAIClient,
        logger: CallLogger | None,
        assistant: Assistant,
        schema_name: str,
        document_id: str | None,
        correlation_id: str,
        deadline: Deadline,
    ) -> None:
        self._observer = client.observer
        self._settings = client.settings
        self._assistant = assistant
        self._schema_name = schema_name
        self._deadline = deadline
        self._call = AuditedCall(
            client, logger, assistant, correlation_id, document_id=document_id, schema_name=schema_name
        )

    async def run(self, prompt: str) -> AssistantAnswer:
        """Make the call; it leaves one audit row, however it ends.

        Raises:
            OpenAIServiceError: Its subclass says why; ``usage`` holds what the call cost all the same.
        """
        async with self._call.opened(len(prompt)):
            value, result = await self._ask_until_valid(prompt)
        return await self._call.answered(value, result)

    async def _ask_until_valid(self, prompt: str) -> tuple[dict[str, Any], ChatResult]:
        """Ask; where the answer breaks the schema, say where and ask again, within the same deadline."""
        if len(prompt) > self._settings.max_prompt_characters:
            raise PromptTooLongError(
                f"The document has more than {self._settings.max_prompt_characters:,} characters "
                "(OPENAI_MAX_PROMPT_CHARACTERS)."
            )
        opening = (Message("system", self._assistant.instructions), Message("user", prompt))
        conversation: tuple[Message, ...] = opening
        while True:
            result = await self._call.chat(self._request(conversation), self._deadline)
            value = parse_object(result.content)
            broken = ["/: not a JSON object"] if value is None else self._violations(value)
            if value is not None and not broken:
                return value, result
            if self._call.reasks >= self._settings.max_reasks:
                raise ValidationError(
                    f"The answer of {self._assistant.name} is not valid against {self._schema_name}: "
                    f"{'; '.join(broken)}",
                    deployment=result.deployment,
                )
            self._call.reasks += 1
            self._observer.asked_again(self._assistant.name)
            conversation = (*opening, Message("assistant", result.content), _reask(broken))

    def _request(self, conversation: tuple[Message, ...]) -> ChatRequest:
        return ChatRequest(
            conversation,
            self._settings.max_output_tokens,
            output_schema=self._assistant.output_schema,
            assistant_id=configured_id(self._assistant.name, self._settings),
        )

    def _violations(self, value: dict[str, Any]) -> list[str]:
        """Where the answer breaks the schema; most do not, and are through before jsonschema is asked."""
        if check_for(self._schema_name)(value):
            return []
        return violations(value, validator_for(self._schema_name))


def _reask(broken: list[str]) -> Message:
    rules = "\n".join(f"- {violation}" for violation in broken)
    return Message("user", f"Your answer breaks the schema here:\n{rules}\nAnswer again with the whole JSON.")
