"""The store of threads: their messages and runs, until they are deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from local.openai_emulator.messages import Message, NewMessage
from local.openai_emulator.problems import invalid_request
from local.openai_emulator.run_request import ThreadRequest
from local.openai_emulator.runs import Run
from local.openai_emulator.stored_objects import epoch_seconds, find_stored, new_id


@dataclass(slots=True)
class Thread:
    """A conversation. While one of its runs is not over, it takes neither messages nor another run."""

    metadata: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: new_id("thread"))
    created_at: int = field(default_factory=epoch_seconds)
    messages: list[Message] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)

    @classmethod
    def of(cls, request: ThreadRequest) -> Thread:
        """A new thread with its first messages."""
        thread = cls(dict(request.metadata or {}))
        thread.add(request.messages)
        return thread

    def add(self, messages: Sequence[NewMessage]) -> None:
        """Append messages of a caller."""
        self.messages += [Message.of(self.id, message) for message in messages]

    def turns(self) -> list[tuple[str, str]]:
        """(role, text) of every message, as the model reads them."""
        return [(message.role, message.text) for message in self.messages]

    def check_is_idle(self, what: str) -> None:
        """Refuse while a run is active; ``what`` ends the sentence "Cannot …".

        Raises:
            ApiError: 400.
        """
        active = next((run for run in self.runs.values() if not run.is_over), None)
        if active is not None:
            raise invalid_request(f"Cannot {what} {self.id} while its run {active.id} is active.")

    def find_run(self, run_id: str) -> Run:
        """The run of that id.

        Raises:
            ApiError: 404 where this thread has none.
        """
        return find_stored("run", self.runs, run_id)

    def as_json(self) -> dict[str, Any]:
        """The thread as the API shows it."""
        return {
            "id": self.id,
            "object": "thread",
            "created_at": self.created_at,
            "metadata": dict(self.metadata),
            "tool_resources": {},
        }


@dataclass(slots=True)
class ThreadBook:
    """All threads of one emulator. A deleted one is gone with all that was said in it."""

    _threads: dict[str, Thread] = field(default_factory=dict)

    def add(self, thread: Thread) -> None:
        """Keep a thread until it is deleted."""
        self._threads[thread.id] = thread

    def find(self, thread_id: str) -> Thread:
        """The thread of that id.

        Raises:
            ApiError: 404 where there is none.
        """
        return find_stored("thread", self._threads, thread_id)

    def delete(self, thread_id: str) -> dict[str, Any]:
        """Forget a thread; a run under way is worked on, and billed, none the less.

        Raises:
            ApiError: 404 where there is none.
        """
        del self._threads[self.find(thread_id).id]
        return {"id": thread_id, "object": "thread.deleted", "deleted": True}

    def ids(self) -> list[str]:
        """The ids of the threads that still exist, oldest first."""
        return list(self._threads)
