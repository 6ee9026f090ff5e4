"""A stage per scenario: an emulator of its own, the whole service before it, and what both sides saw.

Nothing inside the service is looked at: callers tell what they got, the emulator's ledger what the
provider saw and would bill, and the call log what was accounted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from local.openai_emulator.deployments import DeploymentSpec
from local.openai_emulator.faults import Fault
from local.openai_emulator.reading import read_cv
from local.openai_emulator.server import Emulator, EmulatorConfig, running_emulator
from shared_code.accounting.call_log import CallDetails
from shared_code.accounting.pricing import load_catalogue
from shared_code.accounting.usage import Usage
from shared_code.assistants.prompt import fenced_cv
from shared_code.assistants.registry import PII_IDENTIFIER
from shared_code.backends.chat_completions import ChatCompletionsBackend
from shared_code.documents import text_document
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import AsyncOpenAIService
from shared_code.reliability.deadline import Deadline
from shared_code.reliability.retry import RetryPolicy
from shared_code.settings import OpenAISettings

PRIMARY, FALLBACK = "gpt-4.1-mini", "gpt-4o-mini"
KEY, WRONG_KEY = "key-of-this-stage", "wrong-key-of-this-stage"
# Long enough that a repeated prompt is served from the provider's cache, at the cached price.
CV = """Robin Example
robin@example.com | +44 20 7946 0123 | Leeds

EXPERIENCE
Site Manager, Fernwood Builders, Leeds
March 2019 - June 2024
- Led a team of fourteen through the building of a school, a library and two bridges
- Kept every handover within the week that was promised to the council
Assistant Site Manager, Harbour Lane Construction, York
May 2015 - February 2019
- Planned deliveries for three sites at once and halved the hours that cranes stood idle

EDUCATION
BSc Civil Engineering, Example University, 2011 - 2015

SKILLS
Scheduling, Safety audits, AutoCAD, Procurement
"""
WORD_OF_THE_CV = "robin"
# Small enough for a suite, far enough apart that a busy machine does not blur them.
SETTINGS: Mapping[str, Any] = {
    "backoff_seconds": 0.05,
    "attempt_timeout_seconds": 0.6,
    "deadline_seconds": 3.0,
    "requests_per_minute": 10_000,
}
# What was billed, and yet no client can tell how much: the figure stands in no answer that can be read.
FAULTS_WITHOUT_A_FIGURE = frozenset({"truncated_body", "malformed_json", "missing_usage"})
SETTLING_SECONDS = 3.0
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Got:
    """What one caller got, and when (epoch seconds)."""

    began: float
    ended: float
    value: dict[str, Any] | None = None
    error: BaseException | None = None
    deployment: str | None = None
    usage: Usage = field(default_factory=Usage)
    attempts: int = 0
    retry_after: float | None = None

    @property
    def seconds(self) -> float:
        """How long the caller waited."""
        return self.ended - self.began

    @property
    def name(self) -> str:
        """``answer``, or the error's class."""
        return "answer" if self.error is None else type(self.error).__name__


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One request as the emulator's ledger has it. ``cost_micro_usd`` is 0 where nothing was billed."""

    arrived: float
    deployment: str
    status: int | None
    fault: str | None
    prompt_sha256: str | None
    usage: Usage
    cost_micro_usd: int
    is_readable: bool

    @classmethod
    def of_entry(cls, entry: Mapping[str, Any], default_deployment: str) -> WireRequest:
        """From an entry of the ledger; an outage is over before a deployment is known."""
        deployment = entry["deployment"] or default_deployment
        usage = Usage()
        if entry["is_billed"]:
            usage = Usage(
                entry["prompt_tokens"],
                entry["cached_tokens"],
                entry["completion_tokens"],
                entry["reasoning_tokens"],
            )
        return cls(
            arrived=entry["time"],
            deployment=deployment,
            status=entry["status"],
            fault=entry["fault"],
            prompt_sha256=entry["prompt_sha256"],
            usage=usage,
            cost_micro_usd=load_catalogue().cost_micro_usd(deployment, usage) or 0,
            is_readable=(
                entry["is_delivered"]
                and entry["status"] == 200
                and entry["fault"] not in FAULTS_WITHOUT_A_FIGURE
            ),
        )


@dataclass(frozen=True, slots=True)
class LogRow:
    """One end of a call as it was logged."""

    outcome: str
    message: str
    details: CallDetails


class RecordingLogger:
    """A call log in memory; plain methods, as the specification's are."""

    def __init__(self) -> None:
        self.starts = 0
        self.rows: list[LogRow] = []

    def log_call_start(self, **_: Any) -> None:
        self.starts += 1

    def log_call_success(self, *, details: CallDetails, **_: Any) -> None:
        self.rows.append(LogRow("success", "", details))

    def log_call_failure(self, *, details: CallDetails, error_message: str, **_: Any) -> None:
        self.rows.append(LogRow("failure", error_message, details))


@dataclass(slots=True)
class Stage:
    """Where one scenario plays."""

    emulator: Emulator
    service: AsyncOpenAIService
    logger: RecordingLogger
    default_deployment: str
    got: list[Got] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)

    async def call(self, *, deadline_seconds: float | None = None) -> Got:
        """Ask once, as any caller of the service does, and remember what came of it."""
        deadline = None if deadline_seconds is None else Deadline.after(deadline_seconds)
        began = time.time()
        try:
            answer = await self.service.ask(PII_IDENTIFIER, PROMPT, deadline=deadline)
        except BaseException as error:  # noqa: BLE001  (whatever reaches a caller is what is measured)
            got = Got(
                began,
                time.time(),
                error=error,
                deployment=getattr(error, "deployment", None),
                usage=getattr(error, "usage", Usage()),
                attempts=getattr(error, "attempts", 0),
                retry_after=getattr(error, "retry_after", None),
            )
        else:
            details = answer.details
            got = Got(
                began,
                time.time(),
                value=answer.value,
                deployment=details.deployment,
                usage=details.usage,
                attempts=details.attempts,
            )
        self.got.append(got)
        return got

    async def cancelled_call(self, *, after_seconds: float) -> None:
        """A caller who leaves."""
        caller = asyncio.create_task(self.call())
        await asyncio.sleep(after_seconds)
        caller.cancel()
        await asyncio.wait([caller])

    def order(self, *faults: Fault, count: int | None = 1) -> None:
        """Queue faults."""
        for fault in faults:
            self.emulator.state.faults.add(fault, count)

    def clear_faults(self) -> None:
        """Answer as ordered no longer."""
        self.emulator.state.faults.clear()

    async def on_the_wire(self) -> tuple[WireRequest, ...]:
        """Every request so far in the order of arrival, once the emulator is done with all."""
        until = time.monotonic() + SETTLING_SECONDS
        while self.emulator.ledger()["in_flight"] and time.monotonic() < until:  # noqa: ASYNC110  (it has no event)
            await asyncio.sleep(0.01)
        entries = sorted(self.emulator.ledger()["entries"], key=lambda entry: int(entry["seq"]))
        return tuple(WireRequest.of_entry(entry, self.default_deployment) for entry in entries)


@cache
def whole_answer() -> dict[str, object]:
    """What the emulator's reader says to the CV: a caller gets all of this, or an error."""
    return read_cv("pii_entities_schema", CV)


PROMPT = fenced_cv(text_document(CV), token="0123456789abcdef")
Jitter = Callable[[], float]


@asynccontextmanager
async def stage(
    changes: Mapping[str, Any] | None = None,
    *,
    deployments: tuple[DeploymentSpec, ...] = (),
    jitter: Jitter | None = None,
) -> AsyncIterator[Stage]:
    """Set one up, with small settings and ``changes`` to them, and clear it away."""
    config = EmulatorConfig(api_keys=(KEY,), bad_tokens=frozenset({WRONG_KEY}))
    async with running_emulator(config) as emulator:
        emulator.state.deployments.add(deployments)
        settings = OpenAISettings(**{"endpoint": emulator.url, "api_key": KEY, **SETTINGS, **(changes or {})})
        policy = None
        if jitter is not None:
            policy = RetryPolicy(settings.max_attempts, settings.backoff_seconds, uniform=jitter)
        client = OpenAIClient(settings, ChatCompletionsBackend(settings), retry_policy=policy)
        logger = RecordingLogger()
        service = AsyncOpenAIService(logger, client=client)
        try:
            yield Stage(emulator, service, logger, settings.chat_deployment)
        finally:
            await service.aclose()


async def at_most(number: int, work: Sequence[Coroutine[Any, Any, ResultT]]) -> list[ResultT]:
    """All results in order, with no more than ``number`` under way at a time."""
    places = asyncio.Semaphore(number)

    async def one(job: Coroutine[Any, Any, ResultT]) -> ResultT:
        async with places:
            return await job

    return list(await asyncio.gather(*(one(job) for job in work)))


async def warm_up() -> None:
    """Import and compile what the first call of a process needs, so that no scenario pays for it."""
    async with stage({"attempt_timeout_seconds": 20.0, "deadline_seconds": 30.0}) as warm:
        got = await warm.call()
        if got.error is not None:
            raise got.error
