"""How a run shall end, in the words of the fault ``run_ends``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FAILURE_CODES = ("server_error", "rate_limit_exceeded", "invalid_prompt")
INCOMPLETE_REASONS = ("max_completion_tokens", "max_prompt_tokens", "content_filter")
# A run ordered to stay queued or in progress does so until it is cancelled or expires.
STATUSES = ("failed", "expired", "cancelled", "incomplete", "requires_action", "queued", "in_progress")
ENDLESS_STATUSES = frozenset({"queued", "in_progress"})


@dataclass(frozen=True, slots=True)
class RunOrder:
    """The end of a run. ``code`` belongs to ``failed``, ``reason`` to ``incomplete``."""

    status: str
    code: str = "server_error"
    reason: str = "max_completion_tokens"
    message: str = "The run ended by a fault on order."

    @classmethod
    def parse(cls, body: Any) -> RunOrder:
        """An order from the fault's body.

        Raises:
            ValueError: It is no object, or a field is unknown or none of the values it can have.
        """
        if not isinstance(body, dict) or body.keys() - {"status", "code", "reason", "message"}:
            raise ValueError("the body of run_ends is {status, code, reason, message}")
        order = cls(**{name: str(value) for name, value in body.items()}) if "status" in body else cls("")
        for name, value, known in (
            ("status", order.status, STATUSES),
            ("code", order.code, FAILURE_CODES),
            ("reason", order.reason, INCOMPLETE_REASONS),
        ):
            if value not in known:
                raise ValueError(f"{name} of run_ends must be one of {', '.join(known)}")
        return order
