"""The Assistants API on a test's provider: a run that passes through the states a test lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.unit.backends.provider import Provider, Received, Reply

USAGE = {
    "prompt_tokens": 900,
    "prompt_token_details": {"cached_tokens": 640},
    "completion_tokens": 80,
    "completion_tokens_details": {"reasoning_tokens": 64},
}
OWN_MARK = {"owner": "cv-processing-engine", "deployment": "gpt-4.1-mini"}
RETIRED = Reply({"error": {"code": "404", "message": "Resource not found"}}, 404)


def missing(kind: str, object_id: str) -> Reply:
    """The provider's words for an id that it does not know."""
    message = f"No {kind} found with id '{object_id}'."
    return Reply({"error": {"message": message, "type": "invalid_request_error", "code": None}}, 404)


def text(value: str) -> dict[str, Any]:
    """A part of a message."""
    return {"type": "text", "text": {"value": value, "annotations": []}}


REFUSAL = {"type": "refusal", "refusal": "No"}


@dataclass
class Conversation:
    """What one run does. ``states`` are shown one look after the other; the last one stays."""

    provider: Provider
    states: list[dict[str, Any]] = field(default_factory=lambda: [{"status": "completed"}])
    parts: list[dict[str, Any]] = field(default_factory=lambda: [text("{}")])
    assistants: list[dict[str, Any]] = field(
        default_factory=lambda: [{"id": "asst_own", "metadata": OWN_MARK}]
    )
    is_cancelled: bool = False

    def __post_init__(self) -> None:
        on = self.provider.on
        on("GET", "/assistants", self._list_assistants)
        on("POST", "/assistants", self._create_assistant)
        on("POST", "/threads/runs", lambda received: Reply(self._run({"status": "queued"})))
        on("GET", "/threads/thread_1/runs/run_1", lambda received: Reply(self._run(self._next_state())))
        on("POST", "/threads/thread_1/runs/run_1/cancel", self._cancel)
        on("GET", "/threads/thread_1/messages", self._messages)
        on("DELETE", "/threads/thread_1", Reply({"id": "thread_1", "deleted": True}))

    def calls(self) -> list[str]:
        """What was asked, without the search for the assistant."""
        return [call for call in self.provider.calls() if "/assistants" not in call]

    def count(self, call: str) -> int:
        """How often something was asked."""
        return self.provider.calls().count(call)

    def _run(self, state: dict[str, Any]) -> dict[str, Any]:
        is_over = state["status"] not in ("queued", "in_progress", "requires_action", "cancelling")
        usage = USAGE if is_over else None
        return {
            "id": "run_1",
            "object": "thread.run",
            "thread_id": "thread_1",
            "model": "gpt-4.1-mini",
            "usage": usage,
            **state,
        }

    def _next_state(self) -> dict[str, Any]:
        if self.is_cancelled:
            return {"status": "cancelled"}
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def _cancel(self, received: Received) -> Reply:
        self.is_cancelled = True
        return Reply(self._run({"status": "cancelling"}))

    def _messages(self, received: Received) -> Reply:
        return Reply({"data": [{"role": "assistant", "content": self.parts}]})

    def _list_assistants(self, received: Received) -> Reply:
        """Pages of two, so that a third assistant needs another page."""
        ids = [assistant["id"] for assistant in self.assistants]
        start = ids.index(received.query["after"]) + 1 if "after" in received.query else 0
        page = self.assistants[start : start + 2]
        return Reply({"data": page, "has_more": start + 2 < len(ids)})

    def _create_assistant(self, received: Received) -> Reply:
        created = {"id": f"asst_made_{len(self.assistants)}", "metadata": received.body["metadata"]}
        self.assistants.append(created)
        return Reply(created)
