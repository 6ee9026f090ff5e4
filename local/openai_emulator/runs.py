"""One run of an assistant on a thread: its states, and how it is shown in each of them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from local.openai_emulator.ledger import LedgerEntry
from local.openai_emulator.problems import invalid_request
from local.openai_emulator.run_endings import Ending
from local.openai_emulator.run_request import RunRequest
from local.openai_emulator.stored_objects import epoch_seconds, new_id

# A run that is not over ten minutes after its creation expires, says the provider's guide.
EXPIRES_AFTER_SECONDS = 600
OVER = frozenset({"completed", "failed", "cancelled", "expired", "incomplete"})


@dataclass(slots=True)
class Run:
    """A run: queued → in_progress → (requires_action | cancelling →) one of ``OVER``.

    ``entry`` is the ledger's of the request that created it.
    """

    thread_id: str
    request: RunRequest
    entry: LedgerEntry
    status: str = "queued"
    ending: Ending | None = None
    id: str = field(default_factory=lambda: new_id("run"))
    created_at: int = field(default_factory=epoch_seconds)
    started_at: int | None = None
    ended_at: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether its state is final."""
        return self.status in OVER

    def begin(self) -> None:
        """The model is at work."""
        self.status = "in_progress"
        self.started_at = epoch_seconds()

    def require_action(self) -> None:
        """The model waits for the outputs of a tool."""
        self.status = "requires_action"

    def cancel(self) -> None:
        """The caller no longer wants it.

        Raises:
            ApiError: 400 where it is over, or already being cancelled.
        """
        if self.is_over or self.status == "cancelling":
            raise invalid_request(f"Cannot cancel run with status '{self.status}'.")
        self.status = "cancelling"

    def end(self, ending: Ending) -> None:
        """Nothing changes any more."""
        self.status = ending.status
        self.ending = ending
        self.ended_at = epoch_seconds()

    def as_json(self) -> dict[str, Any]:
        """The run as the API shows it."""
        request, ending = self.request, self.ending
        reason = ending.incomplete_reason if ending else None
        return {
            "id": self.id,
            "object": "thread.run",
            "created_at": self.created_at,
            "assistant_id": request.assistant.id,
            "thread_id": self.thread_id,
            "status": self.status,
            "started_at": self.started_at,
            "expires_at": None if self.is_over else self.created_at + EXPIRES_AFTER_SECONDS,
            "cancelled_at": self._ended_as("cancelled"),
            "failed_at": self._ended_as("failed"),
            "completed_at": self._ended_as("completed"),
            "required_action": self._required_action() if self.status == "requires_action" else None,
            "last_error": dict(ending.error) if ending and ending.error else None,
            "model": request.model,
            "instructions": request.instructions,
            "tools": deepcopy(list(request.assistant.tools)),
            "tool_resources": {},
            "metadata": dict(request.metadata),
            "temperature": 1.0 if request.temperature is None else request.temperature,
            "top_p": 1.0 if request.top_p is None else request.top_p,
            "max_completion_tokens": request.max_completion_tokens,
            "max_prompt_tokens": request.max_prompt_tokens,
            "truncation_strategy": {"type": "auto", "last_messages": None},
            "incomplete_details": {"reason": reason} if reason else None,
            "usage": deepcopy(ending.usage) if ending else None,
            "response_format": deepcopy(request.response_format),
            "tool_choice": request.tool_choice,
            "parallel_tool_calls": request.parallel_tool_calls,
            "reasoning_effort": request.reasoning_effort,
        }

    def _ended_as(self, status: str) -> int | None:
        return self.ended_at if self.status == status else None

    def _required_action(self) -> dict[str, Any]:
        names = [
            tool["function"]["name"] for tool in self.request.assistant.tools if tool["type"] == "function"
        ]
        call = {
            "id": f"call_{self.id.removeprefix('run_')}",
            "type": "function",
            "function": {"name": names[0] if names else "unknown_tool", "arguments": "{}"},
        }
        return {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": [call]}}
