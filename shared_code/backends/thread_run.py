"""One run on a thread of its own: created, waited for, read, and always taken away again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from shared_code.accounting.usage import Usage
from shared_code.backends.assistants_api import ThreadMissingError, read_refusal
from shared_code.backends.chat_completions import completion_usage
from shared_code.errors import ModelServerError, OpenAIServiceError
from shared_code.reliability.deadline import Clock, Deadline

if TYPE_CHECKING:
    from shared_code.admission import Sleep
    from shared_code.backends.assistants_api import AssistantsApi
    from shared_code.backends.transport import ProviderResponse, Refusal

FIRST_POLL_SECONDS = 0.1
POLL_GROWTH = 1.5
LONGEST_POLL_SECONDS = 2.0
OVER = frozenset({"completed", "failed", "cancelled", "expired", "incomplete"})
# A creation whose caller is gone is waited for this much longer, because only it tells the thread's id.
LATE_CREATION_SECONDS = 10.0
CANCEL_SECONDS = 2.0
DELETE_SECONDS = 1.0
DELETE_RETRY_SECONDS = 0.25
# A run is billed whether or not its end is seen, so one lost look at it is no reason to give it up.
READING_TRIES = 3


def poll_delays() -> Iterator[float]:
    """Seconds before each look at a run: soon at first, since most are short, then ever less often."""
    delay = FIRST_POLL_SECONDS
    while True:
        yield delay
        delay = min(delay * POLL_GROWTH, LONGEST_POLL_SECONDS)


class ThreadRun:
    """A run and its thread at the provider.

    Args:
        api: The provider.
        deployment: Whose errors these are.
        timeout_seconds: How long to look at the run, and to wait for each answer.
        clock: Monotonic seconds.
        sleep: How to wait between two looks at the run.
    """

    def __init__(
        self, api: AssistantsApi, deployment: str, timeout_seconds: float, clock: Clock, sleep: Sleep
    ) -> None:
        self._api = api
        self._deployment = deployment
        self._timeout_seconds = timeout_seconds
        self._deadline = Deadline.after(timeout_seconds, clock)
        self._clock = clock
        self._sleep = sleep
        self._creation: asyncio.Task[ProviderResponse] | None = None
        self._is_thread_unknown = False
        self.thread_id: str | None = None
        self.run: dict[str, Any] = {}

    @property
    def is_being_created(self) -> bool:
        """Whether the provider has not yet told what it made."""
        return self._creation is not None and not self._creation.done()

    @property
    def status(self) -> str:
        """The run's state when it was last looked at."""
        return str(self.run.get("status"))

    @property
    def usage(self) -> Usage:
        """What the run cost, as far as the provider told; it tells once the run is over."""
        return completion_usage(self.run.get("usage"))

    async def create(self, body: dict[str, Any]) -> ProviderResponse:
        """Create the thread and its run in one request.

        The request outlives a caller who leaves, because without its answer nobody knows what to delete.

        Raises:
            OpenAIServiceError: Nothing runs, as far as can be known.
        """
        self._creation = asyncio.create_task(self._create(body))
        return await asyncio.shield(self._creation)

    async def wait_until_settled(self) -> None:
        """Look at the run until it is over or wants something of us.

        Raises:
            OpenAIServiceError: The run could not be looked at.
            builtins.TimeoutError: The run's time passed first.
        """
        delays = poll_delays()
        while self.status not in OVER and self.status != "requires_action":
            await self._pause(next(delays))
            self._keep(await self._read(self._run_path))

    async def messages(self) -> list[dict[str, Any]]:
        """What the run added to its thread, oldest first.

        Raises:
            OpenAIServiceError: The messages could not be read.
            builtins.TimeoutError: The run's time passed first.
        """
        query = {"run_id": str(self.run["id"]), "order": "asc", "limit": "100"}
        content = await self._read(f"/threads/{self.thread_id}/messages", query)
        messages: list[dict[str, Any]] = content["data"]
        return messages

    async def is_taken_away(self) -> bool:
        """Cancel what still runs, and delete the thread, which holds personal data.

        Returns:
            Whether nothing is left of it, as far as can be known.
        """
        if self._creation is not None:
            with suppress(OpenAIServiceError):
                await self._creation
        if self.thread_id is None:
            return not self._is_thread_unknown
        if self.status not in OVER:
            with suppress(OpenAIServiceError):
                await self._cancel()
        return await self._is_thread_deleted()

    async def _create(self, body: dict[str, Any]) -> ProviderResponse:
        timeout_seconds = self._timeout_seconds + LATE_CREATION_SECONDS
        is_refused = False

        def reading(refusal: Refusal) -> OpenAIServiceError | None:
            nonlocal is_refused
            is_refused = True
            return read_refusal(refusal)

        try:
            response = await self._api.send(
                "post", "/threads/runs", self._deployment, timeout_seconds, body=body, reading=reading
            )
            self._keep(response.content)
        except OpenAIServiceError as error:
            self._is_thread_unknown = error.was_sent and not is_refused
            raise
        return response

    def _keep(self, run: dict[str, Any]) -> None:
        if not all(isinstance(run.get(name), str) for name in ("id", "thread_id", "status")):
            raise ModelServerError(f"Deployment {self._deployment} answered JSON that is no run of a thread.")
        self.run, self.thread_id = run, run["thread_id"]

    async def _read(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        for tries_left in reversed(range(READING_TRIES)):
            try:
                response = await self._api.send(
                    "get", path, self._deployment, self._timeout_seconds, query=query
                )
            except OpenAIServiceError as error:
                if not error.is_retryable or not tries_left or isinstance(error, ThreadMissingError):
                    raise
                await self._pause(max(FIRST_POLL_SECONDS, error.retry_after_seconds or 0.0))
            else:
                return response.content
        raise AssertionError("the last try returns or raises")

    async def _pause(self, seconds: float) -> None:
        remaining_seconds = self._deadline.remaining_seconds()
        if remaining_seconds <= 0.0:
            raise TimeoutError
        await self._sleep(min(seconds, remaining_seconds))

    @property
    def _run_path(self) -> str:
        return f"/threads/{self.thread_id}/runs/{self.run['id']}"

    async def _cancel(self) -> None:
        """Stop the run, and look at it until it is over: only then its usage is known."""
        deadline = Deadline.after(CANCEL_SECONDS, self._clock)
        await self._api.send("post", f"{self._run_path}/cancel", self._deployment, CANCEL_SECONDS, body={})
        for delay in poll_delays():
            response = await self._api.send("get", self._run_path, self._deployment, CANCEL_SECONDS)
            self._keep(response.content)
            if self.status in OVER or not deadline.leaves_room_for(delay):
                return
            await self._sleep(delay)

    async def _is_thread_deleted(self) -> bool:
        for is_last in (False, True):
            try:
                await self._api.send("delete", f"/threads/{self.thread_id}", self._deployment, DELETE_SECONDS)
            except ThreadMissingError:
                return True
            except OpenAIServiceError:
                if not is_last:
                    await self._sleep(DELETE_RETRY_SECONDS)
            else:
                return True
        return False
