"""Which assistant a run uses: the given one, else our own, found or made once per deployment."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared_code.backends.assistants import AssistantsBackend
from shared_code.backends.contract import ChatRequest, Message
from shared_code.errors import InvalidModelRequestError
from tests.fakes import FakeClock
from tests.unit.backends.assistants_provider import OWN_MARK, Conversation, missing
from tests.unit.backends.provider import Provider, Received, Reply

REQUEST = ChatRequest((Message("user", "Hello"),), 500)


def _backend(provider: Provider) -> AssistantsBackend:
    clock = FakeClock()
    return AssistantsBackend(provider.settings(), clock=clock, sleep=clock.sleep)


def _used(provider: Provider) -> list[str]:
    return [request.body["assistant_id"] for request in provider.requests if request.path == "/threads/runs"]


async def test_a_given_assistant_is_used_and_none_looked_for(provider: Provider) -> None:
    """An assistant of Azure's that the settings name is the caller's choice."""
    conversation = Conversation(provider)
    backend = _backend(provider)
    request = ChatRequest(REQUEST.messages, 500, assistant_id="asst_given")
    await backend.complete(request, "gpt-4.1-mini", 5.0)
    await backend.aclose()
    assert _used(provider) == ["asst_given"]
    assert conversation.count("GET /assistants") == 0


async def test_a_given_assistant_that_is_missing_is_a_wrong_setting(provider: Provider) -> None:
    """It is not replaced by one of ours, and the message names the settings."""
    conversation = Conversation(provider)
    provider.on("POST", "/threads/runs", missing("assistant", "asst_given"))
    backend = _backend(provider)
    request = ChatRequest(REQUEST.messages, 500, assistant_id="asst_given")
    with pytest.raises(InvalidModelRequestError, match="_ASSISTANT_ID") as caught:
        await backend.complete(request, "gpt-4.1-mini", 5.0)
    await backend.aclose()
    assert type(caught.value) is InvalidModelRequestError
    assert conversation.calls() == ["POST /threads/runs"]


async def test_our_own_assistant_is_found_by_its_mark_on_any_page(provider: Provider) -> None:
    """Assistants of others, and ours of other deployments, are passed over."""
    others: list[dict[str, Any]] = [
        {"id": "asst_theirs", "metadata": {}},
        {"id": "asst_null", "metadata": None},
        {"id": "asst_other", "metadata": {**OWN_MARK, "deployment": "gpt-4o-mini"}},
    ]
    conversation = Conversation(provider)
    conversation.assistants = [*others, {"id": "asst_ours", "metadata": {**OWN_MARK, "more": "said"}}]
    backend = _backend(provider)
    await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)
    await backend.aclose()
    assert _used(provider) == ["asst_ours"]
    assert conversation.count("GET /assistants") == 2
    assert conversation.count("POST /assistants") == 0


async def test_fifty_callers_make_one_assistant_per_deployment(provider: Provider) -> None:
    """Who comes first makes it, the others wait for it, and it is remembered."""
    conversation = Conversation(provider, assistants=[])
    backend = _backend(provider)
    for deployment in ("gpt-4.1-mini", "gpt-4o-mini"):
        await asyncio.gather(*(backend.complete(REQUEST, deployment, 20.0) for _ in range(50)))
    await backend.aclose()
    assert conversation.count("POST /assistants") == 2
    assert [assistant["metadata"] for assistant in conversation.assistants] == [
        OWN_MARK,
        {**OWN_MARK, "deployment": "gpt-4o-mini"},
    ]
    assert set(_used(provider)) == {"asst_made_0", "asst_made_1"}


async def test_an_assistant_that_was_deleted_is_made_anew_once_for_all(provider: Provider) -> None:
    """Whoever finds it missing looks again; the first of them makes its successor."""
    conversation = Conversation(provider)
    backend = _backend(provider)
    await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)
    conversation.assistants.clear()

    def start(received: Received) -> Reply:
        known = [assistant["id"] for assistant in conversation.assistants]
        if received.body["assistant_id"] not in known:
            return missing("assistant", received.body["assistant_id"])
        return Reply({"id": "run_1", "thread_id": "thread_1", "status": "queued"})

    provider.on("POST", "/threads/runs", start)
    await asyncio.gather(*(backend.complete(REQUEST, "gpt-4.1-mini", 5.0) for _ in range(10)))
    await backend.aclose()
    assert conversation.count("POST /assistants") == 1
    assert conversation.count("POST /threads/runs") == 1 + 10 + 10


async def test_late_news_of_the_old_assistant_do_not_cost_the_new_one(provider: Provider) -> None:
    """Who learns last that it is missing takes its successor, and nobody searches for that again."""
    conversation = Conversation(provider)
    backend = _backend(provider)
    await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)
    conversation.assistants[0]["id"] = "asst_successor"
    is_late_asking, release = asyncio.Event(), asyncio.Event()

    def start(received: Received) -> Reply:
        if received.body["assistant_id"] == "asst_successor":
            return Reply({"id": "run_1", "thread_id": "thread_1", "status": "queued"})
        gone = missing("assistant", "asst_own")
        if is_late_asking.is_set():
            return gone
        is_late_asking.set()
        return Reply(gone.body, gone.status, release=release)

    provider.on("POST", "/threads/runs", start)
    late = asyncio.create_task(backend.complete(REQUEST, "gpt-4.1-mini", 5.0))
    await is_late_asking.wait()
    await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)
    release.set()
    await late
    await backend.aclose()
    assert conversation.count("GET /assistants") == 2


async def test_an_assistant_that_keeps_disappearing_is_made_anew_only_once(provider: Provider) -> None:
    """A provider that forgets what it made is not asked for ever."""
    conversation = Conversation(provider, assistants=[])
    provider.on("POST", "/threads/runs", missing("assistant", "asst_made_0"))
    backend = _backend(provider)
    with pytest.raises(InvalidModelRequestError):
        await backend.complete(REQUEST, "gpt-4.1-mini", 5.0)
    await backend.aclose()
    assert conversation.count("POST /threads/runs") == 2
