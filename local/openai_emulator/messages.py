"""Messages of a thread: what a request may add, and how a stored one is shown."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from local.openai_emulator.problems import invalid_request, not_emulated
from local.openai_emulator.stored_objects import (
    check_names,
    check_without,
    checked_metadata,
    epoch_seconds,
    new_id,
)

PARAMETERS = frozenset({"role", "content", "attachments", "metadata"})
ROLES = ("assistant", "user")
# The reason an incomplete message gives, by that of its run.
INCOMPLETE_REASONS: Mapping[str, str] = {
    "max_completion_tokens": "max_tokens",
    "content_filter": "content_filter",
}


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A valid message that is not stored yet."""

    role: str
    texts: tuple[str, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All its parts, as the model reads them."""
        return "\n".join(self.texts)


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message. ``run_id`` names the run that wrote it, None where a caller did."""

    thread_id: str
    role: str
    content: tuple[Mapping[str, Any], ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    assistant_id: str | None = None
    run_id: str | None = None
    incomplete_reason: str | None = None
    id: str = field(default_factory=lambda: new_id("msg"))
    created_at: int = field(default_factory=epoch_seconds)

    @classmethod
    def of(cls, thread_id: str, new: NewMessage) -> Message:
        """A caller's message."""
        return cls(thread_id, new.role, tuple(text_block(text) for text in new.texts), new.metadata)

    @property
    def text(self) -> str:
        """All its texts, as the model reads them."""
        return "\n".join(
            block["text"]["value"] if block["type"] == "text" else block["refusal"] for block in self.content
        )

    def as_json(self) -> dict[str, Any]:
        """The message as the API shows it."""
        reason = INCOMPLETE_REASONS.get(self.incomplete_reason or "")
        return {
            "id": self.id,
            "object": "thread.message",
            "created_at": self.created_at,
            "assistant_id": self.assistant_id,
            "thread_id": self.thread_id,
            "run_id": self.run_id,
            "role": self.role,
            "content": deepcopy(list(self.content)),
            "attachments": [],
            "metadata": dict(self.metadata),
            "status": "incomplete" if reason else "completed",
            "incomplete_details": {"reason": reason} if reason else None,
            "completed_at": None if reason else self.created_at,
            "incomplete_at": self.created_at if reason else None,
        }


def text_block(text: str) -> dict[str, Any]:
    """Text as one block of a message's content."""
    return {"type": "text", "text": {"value": text, "annotations": []}}


def refusal_block(text: str) -> dict[str, Any]:
    """A refusal as one block of a message's content."""
    return {"type": "refusal", "refusal": text}


def parse_messages(value: Any, where: str) -> tuple[NewMessage, ...]:
    """Check an array of messages that may be left out.

    Raises:
        ApiError: 400 naming the parameter.
    """
    if value is None:
        return ()
    if not isinstance(value, list):
        raise invalid_request(
            f"Invalid type for '{where}': expected an array.", param=where, code="invalid_type"
        )
    return tuple(parse_message(item, f"{where}[{index}].") for index, item in enumerate(value))


def parse_message(body: Any, where: str = "") -> NewMessage:
    """Check one message; ``where`` is the path to it, ending in a dot.

    Raises:
        ApiError: 400 naming the parameter.
    """
    if not isinstance(body, dict):
        raise invalid_request(f"Invalid type for '{where[:-1]}': expected an object.", param=where[:-1])
    check_names(body, PARAMETERS, where)
    check_without(body, ("attachments",), where)
    role = body.get("role")
    if role not in ROLES:
        raise invalid_request(
            f"Invalid value for '{where}role'. Supported values are: {', '.join(ROLES)}.",
            param=f"{where}role",
            code="invalid_value",
        )
    return NewMessage(role, _texts(body.get("content"), f"{where}content"), checked_metadata(body, where))


def _texts(content: Any, where: str) -> tuple[str, ...]:
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
    texts: list[str] = []
    for index, part in enumerate(parts):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind in {"image_file", "image_url"}:
            raise not_emulated(f"{where}[{index}]", "A content part other than text")
        text = part.get("text") if kind == "text" else None
        if not isinstance(text, str):
            raise invalid_request(
                f"Invalid type for '{where}': expected a string or an array of text parts.",
                param=where,
                code="invalid_type",
            )
        texts.append(text)
    if not any(texts):
        raise invalid_request(f"'{where}' must not be empty.", param=where, code="invalid_value")
    return tuple(texts)
