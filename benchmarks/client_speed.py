"""``python -m benchmarks.client_speed``: what the guarded client costs beside the plain ``openai`` SDK.

All ways send the same request to the same stub on loopback, from one process, in rounds of random order;
a ratio is taken within each round, so that what slows the machine down slows both sides. Exit code 1
where a bar is missed.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import aiohttp
import httpx2
import openai

from benchmarks.support.stopwatch import Stopwatch
from benchmarks.support.stub_model import (
    BODY,
    CONTENT,
    MODEL,
    REQUESTS_PER_MINUTE,
    TOKENS_PER_MINUTE,
    running_stub,
)
from shared_code import assistant_call, audited_call
from shared_code.accounting.budget import DailyBudget
from shared_code.ai_call_logger import AICallLogger
from shared_code.assistants.prompt import fenced_cv
from shared_code.assistants.registry import EXTRACTOR, load_assistant
from shared_code.backends import chat_completions, transport
from shared_code.backends.chat_completions import ChatCompletionsBackend
from shared_code.backends.contract import ChatRequest, Message
from shared_code.documents import text_document
from shared_code.guarded_call import Guards
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import AsyncOpenAIService
from shared_code.settings import OpenAISettings
from shared_code.storage.protocols import Entity, UpsertMode
from tests.unit.storage.in_memory_storage import InMemoryTables

ROOT = Path(__file__).parents[1]
WARM_UP_CALLS = 50
ROUNDS = 150
CALLS_PER_ROUND = 4
THROUGHPUT_ROUNDS = 12
THROUGHPUT_CALLS = 384
CONCURRENCY = 64
BREAKDOWN_CALLS = 400
IMPORT_RUNS = 9

P50_BAR = 0.7
P50_AIM = 0.5
THROUGHPUT_BAR = 2.0
IMPORT_BAR_MS = 50.0

KEY = "not-checked"
CV = """Robin Example
robin@example.com, +44 20 7946 0123, Leeds

Site manager who finishes timber houses early.

Experience
Site Manager, Fernwood Builders, Leeds, 03/2019 - now
- Led 14 people

Education
BSc Civil Engineering, Moorland University, 2011 - 2014

Skills
Scheduling, MS Project
"""

IMPORT_PROBE = """
import time
start = time.process_time()
import openai
theirs = time.process_time()
import shared_code.openai_service, shared_code.backends.transport
print(theirs - start, time.process_time() - theirs)
"""

PLAIN = "SDK create, as it comes"
GUARDED = "call_assistant, all guards on"
LOGGED = "the same, with its audit rows"
Way = Callable[[], Awaitable[object]]


class SilentLogger:
    """An audit log that costs nothing."""

    async def log_call_start(self, **_: object) -> None:
        """Keep nothing."""

    async def log_call_success(self, **_: object) -> None:
        """Keep nothing."""

    async def log_call_failure(self, **_: object) -> None:
        """Keep nothing."""


class SilentTables(InMemoryTables):
    """A store that costs nothing."""

    async def insert(self, table: str, entity: Entity) -> str | None:
        """Keep nothing."""
        return "stored"

    async def upsert(self, table: str, entity: Entity, *, mode: UpsertMode = "replace") -> None:
        """Keep nothing."""


async def _nothing_spent(_: date) -> int:
    return 0


class Contest:
    """The ways to make one and the same call, with what they need open."""

    def __init__(self, base_url: str) -> None:
        # Limits that are on, and never reached.
        settings = OpenAISettings.model_validate(
            {
                "endpoint": base_url,
                "api_key": KEY,
                "chat_deployment": MODEL,
                "requests_per_minute": REQUESTS_PER_MINUTE,
                "tokens_per_minute": TOKENS_PER_MINUTE,
                "breaker_failure_ratio": 0.5,
            }
        )
        self.prompt = fenced_cv(text_document(CV), token="0123456789abcdef")  # noqa: S106  (a fence)
        self.body = self._body(settings)
        self.wire_body = json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode()
        self._url = f"{base_url}/chat/completions"
        self._plain = openai.AsyncOpenAI(base_url=base_url, api_key=KEY, max_retries=0)
        self._over_aiohttp = openai.AsyncOpenAI(
            base_url=base_url, api_key=KEY, max_retries=0, http_client=openai.DefaultAioHttpClient()
        )
        self._session = aiohttp.ClientSession()
        self.service = _service(settings, SilentLogger())
        self._logged = _service(settings, AICallLogger(SilentTables()))
        self.ways: dict[str, Way] = {
            PLAIN: self._create,
            "SDK create over aiohttp": self._create_over_aiohttp,
            "SDK post, raw, over aiohttp": self._post_raw,
            GUARDED: self.call_guarded,
            LOGGED: self._call_logged,
            "aiohttp alone": self._aiohttp_alone,
        }

    def _body(self, settings: OpenAISettings) -> dict[str, Any]:
        assistant = load_assistant(EXTRACTOR)
        messages = (Message("system", assistant.instructions), Message("user", self.prompt))
        request = ChatRequest(messages, settings.max_output_tokens, output_schema=assistant.output_schema)
        return ChatCompletionsBackend(settings)._body(request, MODEL)

    async def _create(self) -> object:
        return await self._plain.chat.completions.create(**self.body)

    async def _create_over_aiohttp(self) -> object:
        return await self._over_aiohttp.chat.completions.create(**self.body)

    async def _post_raw(self) -> object:
        return await self._over_aiohttp.post("/chat/completions", cast_to=httpx2.Response, body=self.body)

    async def call_guarded(self) -> object:
        """The way that is measured against the bars."""
        return await self.service.call_assistant(EXTRACTOR, self.prompt)

    async def _call_logged(self) -> object:
        return await self._logged.call_assistant(EXTRACTOR, self.prompt)

    async def _aiohttp_alone(self) -> object:
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        async with self._session.post(self._url, data=self.wire_body, headers=headers) as response:
            return await response.read()

    async def aclose(self) -> None:
        """Close every connection."""
        for closing in (self._plain.close, self._over_aiohttp.close, self._session.close):
            await closing()
        await self.service.aclose()
        await self._logged.aclose()


def _service(settings: OpenAISettings, logger: audited_call.CallLogger) -> AsyncOpenAIService:
    budget = DailyBudget(1_000_000_000_000, _nothing_spent)
    client = OpenAIClient(settings, ChatCompletionsBackend(settings), budget=budget)
    return AsyncOpenAIService(logger, client=client)


async def p50_per_round(ways: dict[str, Way]) -> dict[str, list[float]]:
    """Median seconds of one call, per way and round."""
    for way in ways.values():
        for _ in range(WARM_UP_CALLS):
            await way()
    medians: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name in random.sample(list(ways), len(ways)):
            medians[name].append(await _median_seconds(ways[name]))
    return medians


async def _median_seconds(way: Way) -> float:
    times = []
    for _ in range(CALLS_PER_ROUND):
        start = time.perf_counter()
        await way()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


async def throughput_per_round(ways: dict[str, Way]) -> dict[str, list[float]]:
    """Calls per second of ``CONCURRENCY`` callers, per way and round."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for name in ways:
        await _calls_per_second(ways[name])  # opens the connections
    for _ in range(THROUGHPUT_ROUNDS):
        for name in random.sample(list(ways), len(ways)):
            rates[name].append(await _calls_per_second(ways[name]))
    return rates


async def _calls_per_second(way: Way) -> float:
    async def caller() -> None:
        for _ in range(THROUGHPUT_CALLS // CONCURRENCY):
            await way()

    start = time.perf_counter()
    async with asyncio.TaskGroup() as callers:
        for _ in range(CONCURRENCY):
            callers.create_task(caller())
    return THROUGHPUT_CALLS / (time.perf_counter() - start)


async def breakdown(contest: Contest) -> dict[str, float]:
    """Median microseconds of each stage of a guarded call, without the stages inside it."""
    backend = cast("ChatCompletionsBackend", contest.service.client.backend)
    sdk = cast("Any", backend)._connection.open()._client
    stages = [
        ("SDK: options, error handling", sdk, "post"),
        ("SDK: headers and JSON of the request", sdk, "_build_request"),
        ("httpx2, aiohttp, loopback, stub", sdk._client, "send"),
        ("attempt: JSON to send, its timeout", ChatCompletionsBackend, "complete"),
        ("request's body", ChatCompletionsBackend, "_body"),
        ("provider's JSON, usage", transport, "_json_object"),
        ("provider's JSON, usage", chat_completions, "_answer"),
        ("deadline, budget, limiter, breaker", OpenAIClient, "chat"),
        ("accounting, observers", Guards, "_account"),
        ("accounting, observers", Guards, "_report"),
        ("answer's JSON", assistant_call, "parse_object"),
        ("schema", assistant_call.AssistantCall, "_violations"),
        ("audit row, up to its store", audited_call.AuditedCall, "_log_start"),
        ("audit row, up to its store", audited_call.AuditedCall, "_log_success"),
        ("audit row, up to its store", audited_call.AuditedCall, "_details"),
    ]
    rest = "assistant, conversation, ids"
    watch = Stopwatch()
    undo = [watch.wrap(owner, attribute, name) for name, owner, attribute in stages]
    try:
        for _ in range(BREAKDOWN_CALLS):
            with watch.stage(rest):
                await contest.call_guarded()
            watch.end_lap()
    finally:
        for put_back in undo:
            put_back()
    names = dict.fromkeys([*(name for name, _, _ in stages), rest])
    return {name: watch.median_us(name) for name in names}


def imports_ms() -> tuple[float, float]:
    """Medians over fresh interpreters: the SDK's import, and what ours takes on top of it.

    On top, within one interpreter, because the difference of two long imports is mostly noise; in
    processor time, which is an import's time on an idle machine and hardly more on a busy one. Ours is the
    service, the client and the backend with all it sends with.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    samples = []
    for _ in range(IMPORT_RUNS + 1):
        run = subprocess.run(
            [sys.executable, "-c", IMPORT_PROBE],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        samples.append([1000.0 * float(seconds) for seconds in run.stdout.split()])
    theirs, on_top = zip(*samples[1:], strict=True)  # the first wrote the bytecode
    return statistics.median(theirs), statistics.median(on_top)


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def _spread(ratios: list[float]) -> str:
    """Where half of the rounds lie."""
    quartiles = statistics.quantiles(ratios, n=4)
    return f"{quartiles[0]:.2f} to {quartiles[2]:.2f}"


def _print_p50(medians: dict[str, list[float]]) -> bool:
    print(f"\n  {'one call after the other':32} {'p50 ms':>8} {'ratio':>7}   half of {ROUNDS} rounds")
    plain = medians[PLAIN]
    is_met = True
    for name, seconds in medians.items():
        ratios = [own / other for own, other in zip(seconds, plain, strict=True)]
        ratio = statistics.median(ratios)
        line = f"  {name:32} {1000 * statistics.median(seconds):8.3f} {ratio:6.2f}x"
        line += f"   {_spread(ratios)}"
        if name in (GUARDED, LOGGED):
            is_met &= ratio <= P50_BAR
            line += f"   bar {P50_BAR}x: {_verdict(ratio <= P50_BAR)}"
            line += f", aim {P50_AIM}x: {_verdict(ratio <= P50_AIM)}"
        print(line)
    return is_met


def _print_throughput(rates: dict[str, list[float]]) -> bool:
    print(f"\n  {f'{CONCURRENCY} callers at once':32} {'calls/s':>8} {'ratio':>7}")
    ratios = [own / other for own, other in zip(rates[GUARDED], rates[PLAIN], strict=True)]
    ratio = statistics.median(ratios)
    is_met = ratio >= THROUGHPUT_BAR
    print(f"  {PLAIN:32} {statistics.median(rates[PLAIN]):8.0f} {1.0:6.2f}x")
    print(
        f"  {GUARDED:32} {statistics.median(rates[GUARDED]):8.0f} {ratio:6.2f}x"
        f"   {_spread(ratios)}   bar {THROUGHPUT_BAR}x: {_verdict(is_met)}"
    )
    return is_met


def _print_imports(theirs: float, on_top: float) -> bool:
    is_met = on_top <= IMPORT_BAR_MS
    print(f"\n  {'import, fresh interpreter':32} {'ms':>8}           processor time, median of {IMPORT_RUNS}")
    print(f"  {'openai':32} {theirs:8.0f}")
    print(
        f"  {'service, client, backend':32} {theirs + on_top:8.0f} {f'+{on_top:.0f}':>7}"
        f"                  bar +{IMPORT_BAR_MS:.0f} ms: {_verdict(is_met)}"
    )
    return is_met


def _print_breakdown(stages: dict[str, float]) -> None:
    total = sum(stages.values())
    print(f"\n  {'where the remaining time goes':36} {'us':>6}")
    for name, microseconds in sorted(stages.items(), key=lambda stage: -stage[1]):
        print(f"  {name:36} {microseconds:6.0f}  {microseconds / total:4.0%}")
    print(f"  {'sum (stopwatch included)':36} {total:6.0f}")


async def _race() -> tuple[dict[str, list[float]], dict[str, list[float]], dict[str, float], int]:
    with running_stub() as base_url:
        contest = Contest(base_url)
        try:
            medians = await p50_per_round(contest.ways)
            rivals = {name: contest.ways[name] for name in (PLAIN, GUARDED)}
            rates = await throughput_per_round(rivals)
            return medians, rates, await breakdown(contest), len(contest.wire_body)
        finally:
            await contest.aclose()


def main() -> int:
    """Print the table; 1 where a bar is missed."""
    theirs, on_top = imports_ms()
    medians, rates, stages, request_bytes = asyncio.run(_race())
    version = ".".join(str(part) for part in sys.version_info[:3])
    print(
        f"Guarded client beside openai {openai.__version__}, Python {version}: the same request of "
        f"{request_bytes:,} bytes, an answer of {len(CONTENT):,} in {len(BODY):,} bytes"
    )
    met = [_print_p50(medians), _print_throughput(rates), _print_imports(theirs, on_top)]
    _print_breakdown(stages)
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
