"""Faults on order: which request gets which fault, queued one by one or mixed at random by seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import Any

from local.openai_emulator.run_orders import RunOrder

# What a fault does, in the words of the control route.
KINDS: Mapping[str, str] = {
    "pass": "let the request through untouched",
    "delay": "wait delay_ms, then answer normally",
    "status": "answer with status, headers and body instead of working",
    "close_before_headers": "close the connection without a byte",
    "reset_before_headers": "reset the connection (TCP RST) without a byte",
    "close_mid_body": "work, send headers and half of the body, then close",
    "malformed_json": "work, send a body that is no JSON",
    "truncated_body": "work, send a whole response whose JSON stops half-way",
    "silence": "accept the request and never answer (delay_ms limits it)",
    "stall_mid_body": "work, send headers and half of the body, then nothing (delay_ms limits it)",
    "slow_body": "work, send the body in pieces over delay_ms",
    "content_filter_prompt": "refuse the prompt as the content filter does (400)",
    "finish_length": "work, cut the content, finish_reason length",
    "content_filter_output": "work, withhold the content, finish_reason content_filter",
    "refusal": "work, answer with a refusal instead of content",
    "empty_content": "work, answer with empty content",
    "no_choices": "work, answer without choices",
    "schema_violation": "work, answer JSON that is not valid against the schema",
    "fenced_json": "work, wrap the JSON in prose and a Markdown fence",
    "wrong_usage": "work, report usage that does not add up (body: the usage to report)",
    "missing_usage": "work, leave usage out",
    "failed_answer": "work, answer a response whose status is failed (body: the error's code)",
    "run_ends": "let a run end as body says: {status, code, reason, message}, see run_orders",
}
ANSWER_KINDS = frozenset(
    {
        "finish_length",
        "content_filter_output",
        "refusal",
        "empty_content",
        "no_choices",
        "schema_violation",
        "fenced_json",
    }
)
# Of no consequence where no model is asked: a poll must not use them up.
WORK_KINDS = frozenset({"content_filter_prompt", "wrong_usage", "missing_usage"})
# What can have a content that goes wrong.
OPERATIONS_WITH_CONTENT = frozenset({"chat", "responses", "runs"})
ENDLESS_SILENCE_MS = 600_000.0


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is after, as far as faults can tell requests apart."""

    operation: str
    path: str
    deployment: str | None = None
    schema: str | None = None
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing going wrong. ``None`` in a match field means any; ``match_path`` is a glob."""

    kind: str
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    delay_ms: float = 0.0
    match_deployment: str | None = None
    match_path: str | None = None
    match_schema: str | None = None
    match_method: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if not 200 <= self.status <= 599:
            raise ValueError("status must be between 200 and 599")
        if self.delay_ms < 0:
            raise ValueError("delay_ms cannot be negative")
        if self.kind == "failed_answer" and not (self.body is None or isinstance(self.body, str)):
            raise ValueError("the body of failed_answer is an error code")
        if self.kind == "run_ends":
            RunOrder.parse(self.body)

    @property
    def label(self) -> str:
        """The fault's name in the ledger."""
        return f"status:{self.status}" if self.kind == "status" else self.kind

    def hits(self, target: Target) -> bool:
        """Whether this fault is meant for that request."""
        if self.kind in ANSWER_KINDS and target.operation not in OPERATIONS_WITH_CONTENT:
            return False
        if self.kind in WORK_KINDS and target.operation == "query":
            return False
        if self.kind == "run_ends" and target.operation != "runs":
            return False
        if self.kind == "failed_answer" and target.operation != "responses":
            return False
        return (
            self.match_deployment in {None, target.deployment}
            and self.match_schema in {None, target.schema}
            and self.match_method in {None, target.method}
            and (self.match_path is None or fnmatchcase(target.path, self.match_path))
        )

    @classmethod
    def parse(cls, data: Any) -> Fault:
        """A fault from the control route's JSON.

        Raises:
            TypeError: This is no object.
            ValueError: A field is unknown or out of range; the message names it.
        """
        if not isinstance(data, dict):
            raise TypeError("a fault must be a JSON object")
        match = data.get("match") or {}
        unknown = data.keys() - {"kind", "status", "headers", "body", "delay_ms", "match", "count", "rate"}
        unknown |= {f"match.{key}" for key in match.keys() - {"deployment", "path", "schema", "method"}}
        if unknown:
            raise ValueError(f"unknown field {', '.join(sorted(unknown))}")
        return cls(
            kind=str(data.get("kind")),
            status=int(data.get("status", 500)),
            headers={str(name): str(value) for name, value in (data.get("headers") or {}).items()},
            body=data.get("body"),
            delay_ms=float(data.get("delay_ms", 0.0)),
            match_deployment=match.get("deployment"),
            match_path=match.get("path"),
            match_schema=match.get("schema"),
            match_method=match.get("method"),
        )


@dataclass(slots=True)
class FaultPlan:
    """The queue, and the random mix that applies where nothing is queued."""

    _queue: list[tuple[Fault, int | None]] = field(default_factory=list)
    _mix: list[tuple[float, Fault]] = field(default_factory=list)
    _randomness: Random = field(default_factory=lambda: Random(0))

    def add(self, fault: Fault, count: int | None = 1) -> None:
        """Queue a fault for ``count`` matching requests; ``None`` until cleared."""
        if count is not None and count < 1:
            raise ValueError("count must be positive, or null for ever")
        self._queue.append((fault, count))

    def clear(self) -> None:
        """Forget the queue and the mix."""
        self._queue.clear()
        self._mix.clear()

    def set_mix(self, mix: list[tuple[float, Fault]], seed: int) -> None:
        """Let each request draw at most one fault, with the given probabilities."""
        if any(rate < 0 for rate, _ in mix) or sum(rate for rate, _ in mix) > 1 + 1e-9:
            raise ValueError("rates must not be negative and add up to at most 1")
        self._mix = list(mix)
        self._randomness = Random(seed)

    def choose(self, target: Target) -> Fault | None:
        """Take the fault of this request, oldest first."""
        for index, (fault, count) in enumerate(self._queue):
            if fault.hits(target):
                if count == 1:
                    del self._queue[index]
                elif count is not None:
                    self._queue[index] = (fault, count - 1)
                return fault
        return self._draw(target)

    def pending(self) -> list[dict[str, Any]]:
        """What is queued, for the control route."""
        return [{"kind": fault.label, "count": count} for fault, count in self._queue]

    def _draw(self, target: Target) -> Fault | None:
        if not self._mix:
            return None
        drawn = self._randomness.random()
        for rate, fault in self._mix:
            if drawn < rate:
                return fault if fault.hits(target) else None
            drawn -= rate
        return None
