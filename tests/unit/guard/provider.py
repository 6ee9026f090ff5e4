"""A provider that follows a script and watches who asks it, and the client before it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from shared_code.accounting.pricing import load_catalogue
from shared_code.accounting.usage import Usage
from shared_code.admission import InstanceLimiter
from shared_code.backends.contract import ChatAnswer, ChatRequest, Message
from shared_code.errors import AttemptTimeoutError, OpenAIServiceError, RateLimitError
from shared_code.openai_client import OpenAIClient
from shared_code.reliability.circuit_breaker import BreakerState
from shared_code.reliability.rate_limiter import RateLimiter, Reservation
from shared_code.reliability.retry import RetryPolicy
from shared_code.settings import OpenAISettings
from tests.unit.guard.virtual_time import now

ROUNDING_SECONDS = 1e-6
MANY_ADMISSIONS = 1_000
GOOD = json.dumps({"pii_entities": []})
BAD = json.dumps({"pii_entities": [{"original_value": "x"}]})


@dataclass(frozen=True, slots=True)
class Step:
    """One response: after ``seconds`` an error, or an answer that is billed."""

    seconds: float
    error: type[OpenAIServiceError] | None = None
    retry_after: float | None = None
    advised: bool | None = None
    was_sent: bool = True
    answer: ChatAnswer | None = None


def answered(seconds: float = 0.1, content: str = GOOD, usage: Usage | None = None, **more: Any) -> Step:
    """A step that answers."""
    usage = usage or Usage(1_000, 0, 100)
    details = {"finish_reason": "stop", "refused": False, **more}
    return Step(seconds, answer=ChatAnswer(content, usage=usage, model="m", request_id=None, **details))


@dataclass
class Provider:
    """A backend that follows a script, then answers; and that watches who asks it, and when."""

    steps: list[Step]
    name: str = "scripted"
    client: OpenAIClient | None = None
    asked: list[tuple[ChatRequest, str, float]] = field(default_factory=list)
    not_before: dict[str, float] = field(default_factory=dict)
    probes_out: Counter[str] = field(default_factory=Counter)
    silent: list[tuple[ChatRequest, str]] = field(default_factory=list)
    unsent: int = 0
    billed_micro_usd: int = 0
    objections: list[str] = field(default_factory=list)

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        self._look_at(request, deployment)
        is_probe = self._state_of(deployment) is BreakerState.HALF_OPEN
        self.asked.append((request, deployment, now()))
        step = self.steps.pop(0) if self.steps else answered()
        self.probes_out[deployment] += is_probe
        if self.probes_out[deployment] > 1:
            self.objections.append(f"{self.probes_out[deployment]} probes are out at {deployment}")
        try:
            return await self._follow(step, request, deployment, timeout_seconds)
        finally:
            self.probes_out[deployment] -= is_probe

    async def aclose(self) -> None:
        return None

    async def _follow(
        self, step: Step, request: ChatRequest, deployment: str, timeout_seconds: float
    ) -> ChatAnswer:
        if step.seconds >= timeout_seconds or step.error is AttemptTimeoutError:
            await asyncio.sleep(timeout_seconds)
            self.silent.append((request, deployment))
            raise AttemptTimeoutError("scripted", deployment=deployment)
        await asyncio.sleep(step.seconds)
        if step.error is not None:
            self.unsent += not step.was_sent
            if step.error is RateLimitError and step.retry_after is not None:
                until = now() + step.retry_after
                self.not_before[deployment] = max(until, self.not_before.get(deployment, 0.0))
            raise step.error(
                "scripted",
                retry_after_seconds=step.retry_after,
                deployment=deployment,
                retry_advised=step.advised,
                was_sent=step.was_sent,
            )
        assert step.answer is not None
        self.billed_micro_usd += load_catalogue().cost_micro_usd(deployment, step.answer.usage) or 0
        return step.answer

    def _look_at(self, request: ChatRequest, deployment: str) -> None:
        early = self.not_before.get(deployment, 0.0) - now()
        if early > ROUNDING_SECONDS:
            self.objections.append(f"{deployment} was asked {early:.3f} s before the time it named")
        was_silent = any(known is request and silent == deployment for known, silent in self.silent)
        if was_silent and self._has_another_at_hand(deployment):
            self.objections.append(f"{deployment} was asked again after its silence")

    def _has_another_at_hand(self, deployment: str) -> bool:
        """Whether another may be asked at once; its breaker may have opened while a call waited its turn."""
        assert self.client is not None
        others = (entry.breaker for entry in self.client.deployments if entry.name != deployment)
        return any(breaker.wait_seconds() == 0.0 for breaker in others)

    def _state_of(self, deployment: str) -> BreakerState:
        assert self.client is not None
        return next(entry.breaker.state for entry in self.client.deployments if entry.name == deployment)


def a_request(content: str = "hello") -> ChatRequest:
    """A request like any other, and yet not the same object as another."""
    return ChatRequest((Message("user", content),), max_output_tokens=100)


def guarded_client(provider: Provider, *, jitter: float = 0.5, **changes: Any) -> OpenAIClient:
    """A client of this provider on the loop's clock; ``changes`` are settings, a limiter or a budget."""
    more = {key: changes.pop(key) for key in ("limiter", "budget") if key in changes}
    options = OpenAISettings(endpoint="http://127.0.0.1:9", **{"requests_per_minute": 1_000, **changes})
    policy = RetryPolicy(options.max_attempts, options.backoff_seconds, uniform=lambda: jitter)
    client = OpenAIClient(options, provider, retry_policy=policy, clock=now, **more)
    provider.client = client
    return client


class CountingLimiter(InstanceLimiter):
    """The real limiter, with the fate of every permit written down."""

    def __init__(self, requests_per_minute: int) -> None:
        super().__init__(RateLimiter(requests_per_minute, clock=now))
        self.admitted: list[Reservation] = []
        self.given_back: list[Reservation] = []

    async def admit(self, tokens: int, max_wait_seconds: float) -> Reservation:
        assert len(self.admitted) < MANY_ADMISSIONS, "a call goes round and round"
        permit = await super().admit(tokens, max_wait_seconds)
        self.admitted.append(permit)
        return permit

    def give_back(self, permit: Reservation) -> None:
        assert permit not in self.given_back, "given back twice"
        self.given_back.append(permit)
        super().give_back(permit)
