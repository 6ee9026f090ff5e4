"""Threads hold personal data: each is deleted whatever becomes of its run, or its loss is told."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest

from shared_code.backends.assistants import AssistantsBackend
from shared_code.backends.contract import ChatRequest, Message
from shared_code.errors import AttemptTimeoutError, ModelConnectionError, ModelServerError
from tests.fakes import FakeClock
from tests.unit.backends.assistants_provider import Conversation, missing
from tests.unit.backends.provider import Provider, Received, Reply

REQUEST = ChatRequest((Message("user", "Hello"),), 500, assistant_id="asst_given")
DELETE = "DELETE /threads/thread_1"
CANCEL = "POST /threads/thread_1/runs/run_1/cancel"
RUN = {"id": "run_1", "thread_id": "thread_1", "status": "queued"}


def _backend(provider: Provider) -> AssistantsBackend:
    clock = FakeClock()
    return AssistantsBackend(provider.settings(), clock=clock, sleep=clock.sleep)


async def _asked(provider: Provider, method: str, path: str, reply: Reply) -> asyncio.Event:
    """Answer so from now on, and tell when it was asked for."""
    asked = asyncio.Event()

    def answer(received: Received) -> Reply:
        asked.set()
        return reply

    provider.on(method, path, answer)
    return asked


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(Reply({}, 500), id="500"),
        pytest.param(Reply({}, 429), id="429"),
        pytest.param(Reply(hangs_up=True), id="dropped"),
    ],
)
async def test_a_failed_deletion_is_tried_once_more(provider: Provider, failure: Reply) -> None:
    """One failure is no reason to leave somebody's CV there."""
    conversation = Conversation(provider)
    provider.on("DELETE", "/threads/thread_1", failure, Reply({"deleted": True}))
    backend = _backend(provider)
    assert (await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)).content == "{}"
    await backend.aclose()
    assert conversation.count(DELETE) == 2
    assert backend.threads_left_behind == 0


async def test_a_thread_that_stays_is_counted_and_logged_by_its_digest(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer is not lost over it; the log names the thread without being a key to it."""
    conversation = Conversation(provider)
    provider.on("DELETE", "/threads/thread_1", Reply({}, 500))
    backend = _backend(provider)
    assert (await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)).content == "{}"
    await backend.aclose()
    assert conversation.count(DELETE) == 2
    assert backend.threads_left_behind == 1
    assert "thread_left_behind" in caplog.text
    assert sha256(b"thread_1").hexdigest()[:16] in caplog.text
    assert "thread_1" not in caplog.text


async def test_a_thread_that_is_gone_already_is_not_missed(provider: Provider) -> None:
    """Somebody else deleted it, which is what was wanted."""
    conversation = Conversation(provider)
    provider.on("DELETE", "/threads/thread_1", missing("thread", "thread_1"))
    backend = _backend(provider)
    await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)
    await backend.aclose()
    assert conversation.count(DELETE) == 1
    assert backend.threads_left_behind == 0


async def test_a_caller_who_is_cancelled_leaves_nothing_running(provider: Provider) -> None:
    """The run is cancelled, then the thread deleted, before the cancellation reaches the caller."""
    conversation = Conversation(provider, [{"status": "in_progress"}])
    looked = await _asked(
        provider, "GET", "/threads/thread_1/runs/run_1", Reply({**RUN, "status": "in_progress"})
    )
    backend = AssistantsBackend(provider.settings())
    call = asyncio.create_task(backend.complete(REQUEST, "gpt-4.1-mini", 30.0))
    await looked.wait()
    provider.on("GET", "/threads/thread_1/runs/run_1", Reply({**RUN, "status": "cancelled"}))
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    calls = conversation.calls()
    assert calls.index(CANCEL) < calls.index(DELETE)
    assert backend.threads_left_behind == 0
    await backend.aclose()


async def test_a_caller_who_is_cancelled_twice_still_leaves_nothing(provider: Provider) -> None:
    """The second cancellation frees the caller; the deletion goes on without."""
    Conversation(provider)
    release = asyncio.Event()
    deleting = await _asked(
        provider, "DELETE", "/threads/thread_1", Reply({"deleted": True}, release=release)
    )
    backend = _backend(provider)
    call = asyncio.create_task(backend.complete(REQUEST, "gpt-4.1-mini", 5.0))
    await deleting.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    release.set()
    await backend.aclose()
    assert backend.threads_left_behind == 0


async def test_a_thread_that_is_created_too_late_is_deleted_all_the_same(provider: Provider) -> None:
    """Time ran out before its id was known; the caller goes, and the deletion waits for the id."""
    conversation = Conversation(provider, [{"status": "in_progress"}])
    release = asyncio.Event()
    provider.on("POST", "/threads/runs", Reply(RUN, release=release))
    backend = _backend(provider)
    with pytest.raises(AttemptTimeoutError):
        await backend.complete(REQUEST, "gpt-4.1-mini", 0.05)
    assert conversation.count(DELETE) == 0
    release.set()
    await backend.aclose()
    assert conversation.calls()[-3:] == [CANCEL, "GET /threads/thread_1/runs/run_1", DELETE]
    assert backend.threads_left_behind == 0


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        pytest.param(Reply(hangs_up=True), ModelConnectionError, id="dropped"),
        pytest.param(Reply([]), ModelServerError, id="no-object"),
        pytest.param(Reply({"status": "queued"}), ModelServerError, id="no-ids"),
    ],
)
async def test_a_thread_whose_id_never_came_is_counted(
    provider: Provider, reply: Reply, error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    """It may exist, and nobody can delete it: that is told and not hidden."""
    conversation = Conversation(provider)
    provider.on("POST", "/threads/runs", reply)
    backend = _backend(provider)
    with pytest.raises(error):
        await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)
    await backend.aclose()
    assert conversation.count(DELETE) == 0
    assert backend.threads_left_behind == 1
    assert "thread_left_behind" in caplog.text


async def test_a_refused_creation_leaves_no_thread(provider: Provider) -> None:
    """A provider that says no has made nothing."""
    Conversation(provider)
    provider.on("POST", "/threads/runs", Reply({}, 500))
    backend = _backend(provider)
    with pytest.raises(ModelServerError):
        await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)
    await backend.aclose()
    assert backend.threads_left_behind == 0
