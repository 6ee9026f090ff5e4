"""One contract for all backends: whatever API of the provider is asked, the client sees the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from local.openai_emulator.server import Emulator, EmulatorConfig, running_emulator
from shared_code.accounting.usage import Usage
from shared_code.backends.assistants import AssistantsBackend
from shared_code.backends.contract import ChatRequest, Message
from shared_code.backends.opening import open_backends
from shared_code.errors import (
    AttemptTimeoutError,
    AuthenticationError,
    ContentFilterError,
    DeploymentNotFoundError,
    InvalidModelRequestError,
    ModelConnectionError,
    ModelServerError,
    OpenAIServiceError,
    PromptTooLongError,
    RateLimitError,
)
from tests.integration.backend_provider import BACKENDS, KEY, Provider, cv_request, settings_for

UNANSWERED: dict[str, dict[str, Any]] = {
    "chat": {"kind": "silence"},
    "responses": {"kind": "silence"},
    "assistants": {"kind": "run_ends", "body": {"status": "in_progress"}},
}
TOO_LONG = {"error": {"code": "context_length_exceeded", "message": "too long"}}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with running_emulator(
        EmulatorConfig(api_keys=(KEY,), bad_tokens=frozenset({"wrong-key"}))
    ) as running:
        yield running


@pytest.fixture(params=BACKENDS)
async def provider(request: pytest.FixtureRequest, emulator: Emulator) -> AsyncIterator[Provider]:
    """One backend after the other; each must leave nothing behind, whatever the test did to it."""
    backends = open_backends(settings_for(emulator, request.param))
    provider = Provider(emulator, backends.chat)
    yield provider
    assert await provider.is_quiet(), "a request is under way, or a thread is left"
    await backends.aclose()
    if isinstance(provider.backend, AssistantsBackend):
        assert provider.backend.threads_left_behind == 0


async def test_answers_in_plain_text(provider: Provider) -> None:
    """Without a schema the model's words come as they are."""
    request = ChatRequest((Message("user", "One two three"),), 300)
    answer = await provider.ask(request)
    assert "begins: One two three" in answer.content
    assert (answer.finish_reason, answer.refused) == ("stop", False)
    assert answer.model.startswith("gpt-4.1-mini")
    assert answer.request_id
    assert answer.remaining_requests is not None
    assert answer.remaining_tokens is not None


async def test_the_same_cv_gets_the_same_answer_by_every_api(emulator: Emulator) -> None:
    """Which API is set is a matter of operation and never of what is found in a CV."""
    answers = {}
    for name in BACKENDS:
        backends = open_backends(settings_for(emulator, name))
        answers[name] = await backends.chat.complete(cv_request(), "gpt-4.1-mini", 20.0)
        await backends.aclose()
    chat = json.loads(answers["chat"].content)
    assert "Robin Example" in answers["chat"].content
    assert json.loads(answers["responses"].content) == chat
    assert json.loads(answers["assistants"].content) == chat
    assert {answer.finish_reason for answer in answers.values()} == {"stop"}


async def test_a_conversation_keeps_its_turns(provider: Provider) -> None:
    """A re-ask, which quotes the answer before it, is longer by just these turns."""
    first = cv_request()
    again = (*first.messages, Message("assistant", "{}"), Message("user", "Correct this."))
    short = (await provider.ask(first)).usage.input_tokens
    assert (await provider.ask(cv_request(messages=again))).usage.input_tokens > short + 5


@pytest.mark.parametrize("deployment", ["gpt-4.1-mini", "gpt-5-mini"])
async def test_usage_is_what_the_provider_bills(provider: Provider, deployment: str) -> None:
    """Prompt, cache, completion and thinking agree with the provider's ledger over two calls."""
    answers = [await provider.ask(deployment=deployment) for _ in range(2)]
    counted = sum((answer.usage for answer in answers), Usage())
    entries = provider.asked()
    billed = Usage(
        *(
            sum(entry[name] for entry in entries)
            for name in ("prompt_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens")
        )
    )
    assert counted == billed
    assert counted.cached_input_tokens > 0
    assert (counted.reasoning_tokens > 0) == (deployment == "gpt-5-mini")
    totals = provider.totals()
    assert counted.input_tokens == totals["billed_prompt_tokens"]
    assert counted.output_tokens == totals["billed_completion_tokens"]


async def test_a_reasoning_model_is_told_only_what_it_accepts(provider: Provider) -> None:
    """It refuses a temperature, and its limit has another name than that of older models."""
    answer = await provider.ask(deployment="gpt-5-mini")
    assert "Robin Example" in answer.content


async def test_the_limit_of_output_tokens_holds(provider: Provider) -> None:
    """A longer answer is cut there, said to be cut, and not billed beyond."""
    answer = await provider.ask(cv_request(max_output_tokens=256))
    assert answer.finish_reason == "length"
    assert answer.usage.output_tokens == 256
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)


@pytest.mark.parametrize(
    ("kind", "finish_reason", "refused"),
    [
        pytest.param("refusal", "stop", True, id="refusal"),
        pytest.param("content_filter_output", "content_filter", False, id="content-filter"),
        pytest.param("empty_content", "stop", False, id="empty"),
        pytest.param("no_choices", None, False, id="nothing"),
    ],
)
async def test_an_answer_without_content_says_why(
    provider: Provider, kind: str, finish_reason: str | None, refused: bool
) -> None:
    """It is billed all the same, so it comes as an answer with its usage and not as an error."""
    await provider.fault(kind=kind)
    answer = await provider.ask()
    assert (answer.content, answer.refused) == ("", refused)
    assert finish_reason in (None, answer.finish_reason)
    assert answer.usage.output_tokens == provider.totals()["billed_completion_tokens"] > 0


@pytest.mark.parametrize("kind", ["fenced_json", "schema_violation", "finish_length"])
async def test_unusable_content_is_passed_on_as_it_came(provider: Provider, kind: str) -> None:
    """To judge content is the caller's work, who may ask again."""
    await provider.fault(kind=kind)
    answer = await provider.ask()
    whole = (await provider.ask()).content
    assert answer.content != whole
    assert len(answer.content) > 20
    assert answer.finish_reason == ("length" if kind == "finish_length" else "stop")


async def test_a_filtered_prompt_is_its_own_error(provider: Provider) -> None:
    """Asking again cannot help, and not a word of the CV is in the message."""
    await provider.fault(kind="content_filter_prompt")
    with pytest.raises(ContentFilterError) as caught:
        await provider.ask()
    assert type(caught.value) is ContentFilterError
    assert "Robin" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param({"kind": "status", "status": 400}, InvalidModelRequestError, id="400"),
        pytest.param({"kind": "status", "status": 400, "body": TOO_LONG}, PromptTooLongError, id="too-long"),
        pytest.param({"kind": "status", "status": 401}, AuthenticationError, id="401"),
        pytest.param({"kind": "status", "status": 403}, AuthenticationError, id="403"),
        pytest.param({"kind": "status", "status": 404}, DeploymentNotFoundError, id="404"),
        pytest.param({"kind": "status", "status": 410}, DeploymentNotFoundError, id="410"),
        pytest.param({"kind": "status", "status": 500}, ModelServerError, id="500"),
        pytest.param({"kind": "status", "status": 503}, ModelServerError, id="503"),
        pytest.param({"kind": "close_before_headers"}, ModelConnectionError, id="dropped"),
        pytest.param({"kind": "reset_before_headers"}, ModelConnectionError, id="reset"),
    ],
)
async def test_each_trouble_is_one_request_and_one_error(
    provider: Provider, fault: dict[str, Any], error: type[OpenAIServiceError]
) -> None:
    """The backend never asks the model twice on its own; whether to ask again is the client's choice."""
    await provider.fault(**fault)
    with pytest.raises(error) as caught:
        await provider.ask()
    assert type(caught.value) is error
    assert caught.value.deployment in (None, "gpt-4.1-mini")
    assert len(provider.asked()) == 1
    if isinstance(provider.backend, AssistantsBackend) and error is ModelConnectionError:
        # Nobody can tell a connection that broke before the work from one that broke after it.
        assert provider.backend.threads_left_behind == 1
        provider.backend.threads_left_behind = 0


async def test_a_throttle_says_for_how_long(provider: Provider) -> None:
    """The provider's own time comes through."""
    await provider.fault(kind="status", status=429, headers={"retry-after": "7"})
    with pytest.raises(RateLimitError) as caught:
        await provider.ask()
    assert caught.value.retry_after == 7.0


async def test_an_unknown_deployment_is_named(provider: Provider) -> None:
    """The message says which one and where it is set."""
    with pytest.raises(DeploymentNotFoundError, match=r"no-such-deployment.*OPENAI_CHAT_DEPLOYMENT"):
        await provider.ask(deployment="no-such-deployment")


async def test_time_runs_out_as_one_error(provider: Provider) -> None:
    """A deployment that does not answer in time is silent, and nothing of the request is left."""
    await provider.ask()  # makes the assistant, so that only the run takes time
    billed = provider.totals()["billed_prompt_tokens"]
    await provider.fault(**UNANSWERED[provider.backend.name])
    with pytest.raises(AttemptTimeoutError, match=r"within 1\.0 s") as caught:
        await provider.ask(seconds=1.0)
    assert caught.value.counts_as_failure
    if provider.backend.name == "assistants":
        assert provider.totals()["by_run_status"] == {"completed": 1, "cancelled": 1}
        assert caught.value.usage.input_tokens == provider.totals()["billed_prompt_tokens"] - billed > 0


async def test_a_cancelled_call_leaves_nothing_running(provider: Provider) -> None:
    """Who no longer wants an answer must not pay for one that nobody reads."""
    await provider.fault(**UNANSWERED[provider.backend.name])
    call = asyncio.create_task(provider.ask())
    assert await provider.has_used_up_its_fault()
    await asyncio.sleep(0.2)  # far enough for a run to be looked at
    assert not call.done()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await provider.is_quiet()
    if provider.backend.name == "assistants":
        assert provider.totals()["by_run_status"] == {"cancelled": 1}


@pytest.mark.parametrize("name", BACKENDS)
async def test_a_wrong_key_is_final(emulator: Emulator, name: str) -> None:
    """No API is asked twice with the same wrong key, and the message names the setting."""
    backends = open_backends(settings_for(emulator, name, api_key="wrong-key"))
    with pytest.raises(AuthenticationError, match="AZURE_OPENAI_API_KEY") as caught:
        await backends.chat.complete(cv_request(), "gpt-4.1-mini", 5.0)
    await backends.aclose()
    assert caught.value.retry_advised is False
    assert emulator.ledger()["totals"]["requests"] == 1


@pytest.mark.parametrize("name", BACKENDS)
async def test_the_dated_api_answers_as_well(emulator: Emulator, name: str) -> None:
    """With AZURE_OPENAI_API_VERSION set, each API is found under its dated path."""
    backends = open_backends(settings_for(emulator, name, api_version="2025-04-01-preview"))
    answer = await backends.chat.complete(cv_request(), "gpt-4.1-mini", 20.0)
    await backends.aclose()
    assert "Robin Example" in answer.content
    assert not emulator.state.threads.ids()


@pytest.mark.parametrize(
    ("end", "error"),
    [
        pytest.param({"status": "failed", "code": "server_error"}, ModelServerError, id="failed"),
        pytest.param({"status": "failed", "code": "rate_limit_exceeded"}, RateLimitError, id="throttled"),
        pytest.param({"status": "failed", "code": "invalid_prompt"}, InvalidModelRequestError, id="prompt"),
        pytest.param({"status": "expired"}, AttemptTimeoutError, id="expired"),
        pytest.param({"status": "cancelled"}, ModelServerError, id="cancelled"),
        pytest.param({"status": "incomplete", "reason": "max_prompt_tokens"}, PromptTooLongError, id="long"),
        pytest.param({"status": "requires_action"}, InvalidModelRequestError, id="requires-action"),
    ],
)
@pytest.mark.parametrize("provider", ["assistants"], indirect=True)
async def test_each_end_of_a_run_is_its_own_error(
    provider: Provider, end: dict[str, str], error: type[OpenAIServiceError]
) -> None:
    """What the provider bills for it stays with the error, and the thread goes."""
    await provider.fault(kind="run_ends", body=end)
    with pytest.raises(error) as caught:
        await provider.ask()
    assert type(caught.value) is error
    assert caught.value.usage.total_tokens == provider.totals()["billed_prompt_tokens"]
    assert not provider.emulator.state.threads.ids()


@pytest.mark.parametrize("provider", ["assistants"], indirect=True)
async def test_fifty_callers_share_one_assistant_and_keep_apart_in_their_threads(provider: Provider) -> None:
    """The second of two clients finds what the first one made; every answer is that of its own thread."""
    requests = [ChatRequest((Message("user", f"Number {number}"),), 300) for number in range(50)]
    answers = await asyncio.gather(*(provider.ask(request) for request in requests))
    assert [f"begins: Number {number}" in answers[number].content for number in range(50)] == [True] * 50
    second = open_backends(settings_for(provider.emulator, "assistants"))
    await second.chat.complete(requests[0], "gpt-4.1-mini", 20.0)
    await second.aclose()
    assert len(provider.emulator.state.assistants.all()) == 1


@pytest.mark.parametrize("provider", ["assistants"], indirect=True)
async def test_an_assistant_of_the_providers_is_used_where_it_is_given(provider: Provider) -> None:
    """It keeps its tools to itself, and one that is missing is a wrong setting."""
    made = await provider.post("/openai/v1/assistants", {"model": "gpt-4o-mini", "instructions": "Old."})
    assert "Robin Example" in (await provider.ask(cv_request(assistant_id=made["id"]))).content
    assert [assistant.id for assistant in provider.emulator.state.assistants.all()] == [made["id"]]
    with pytest.raises(InvalidModelRequestError, match="_ASSISTANT_ID"):
        await provider.ask(cv_request(assistant_id="asst_missing"))


@pytest.mark.parametrize("provider", ["assistants"], indirect=True)
async def test_our_assistant_is_made_anew_where_somebody_deleted_it(provider: Provider) -> None:
    """A tidy-up in the portal costs one lookup and no call."""
    await provider.ask()
    books = provider.emulator.state.assistants
    books.delete(books.all()[0].id)
    assert "Robin Example" in (await provider.ask()).content
    assert len(books.all()) == 1


async def test_where_the_assistants_api_is_retired_the_message_says_what_to_set() -> None:
    """An endpoint of today has no such path."""
    async with running_emulator(EmulatorConfig(api_keys=(KEY,), assistants_retired=True)) as emulator:
        backends = open_backends(settings_for(emulator, "assistants"))
        with pytest.raises(DeploymentNotFoundError, match=r"2026-08-26.*OPENAI_BACKEND"):
            await backends.chat.complete(cv_request(), "gpt-4.1-mini", 5.0)
        await backends.aclose()
