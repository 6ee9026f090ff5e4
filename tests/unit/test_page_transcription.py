"""Recognition by the chat model: what it is shown, what its answers become, and what is recorded."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from shared_code.accounting.usage import Usage
from shared_code.ai_call_logger import CallDetails
from shared_code.audited_call import AssistantAnswer, KeptAnswers
from shared_code.backends.contract import ChatRequest
from shared_code.documents.ocr import RecognitionContext
from shared_code.documents.page_images import PageImage
from shared_code.errors import (
    ContentFilterError,
    InvalidModelRequestError,
    RefusalError,
    StorageError,
    UnsupportedDocumentError,
)
from shared_code.openai_client import OpenAIClient
from shared_code.page_transcription import PageTranscriber
from shared_code.reliability.deadline import Deadline
from shared_code.settings import OpenAISettings
from tests.fakes import FakeClock, ScriptedBackend, Step, answer, fresh


def _context(kept: KeptAnswers | None = None) -> RecognitionContext:
    return RecognitionContext("d1", Deadline.after(200.0), kept)


PAGE = PageImage(1, "image/png", b"bytes of a page", 1654, 2339)
TEXT = "Jane Example\nSite Manager"


class Shelf:
    """Keeps answers in memory, or fails as storage does."""

    def __init__(self, failure: Exception | None = None) -> None:
        self._failure = failure
        self.answers: dict[tuple[str, str, str], AssistantAnswer] = {}

    async def kept_answer(self, document_id: str, asked: str, version: str) -> AssistantAnswer | None:
        return self.answers.get((document_id, asked, version))

    async def keep_answer(self, document_id: str, asked: str, version: str, answer: AssistantAnswer) -> None:
        if self._failure is not None:
            raise self._failure
        self.answers[document_id, asked, version] = answer


class Rows:
    """Keeps what was logged."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, dict[str, Any]]] = []

    def log_call_start(self, **row: Any) -> None:
        self.rows.append(("start", row))

    async def log_call_success(self, **row: Any) -> None:
        self.rows.append(("success", row))

    async def log_call_failure(self, **row: Any) -> None:
        self.rows.append(("failure", row))

    def only(self, outcome: str) -> list[dict[str, Any]]:
        return [row for name, row in self.rows if name == outcome]


def _transcriber(
    *steps: Step, clock: FakeClock | None = None, **settings: Any
) -> tuple[PageTranscriber, ScriptedBackend, Rows]:
    clock = clock or FakeClock()
    backend = ScriptedBackend(*steps, clock=clock)
    client = OpenAIClient(
        OpenAISettings(endpoint="http://127.0.0.1:9", **settings), backend, clock=clock, sleep=clock.sleep
    )
    rows = Rows()
    return PageTranscriber(client, rows), backend, rows


def _sent(backend: ScriptedBackend) -> ChatRequest:
    [(_, request, _)] = backend.requests
    return request


async def test_the_model_is_shown_the_page_and_told_to_copy_it() -> None:
    """The picture as it is, after the instructions, with no schema and no invention."""
    transcriber, backend, _ = _transcriber(answer(TEXT))
    assert (await transcriber.read([PAGE], _context())).texts == (TEXT,)
    request = _sent(backend)
    system, user = request.messages
    assert "Never guess" in system.content
    assert (system.images, user.role) == ((), "user")
    assert [(image.media_type, image.data) for image in user.images] == [("image/png", b"bytes of a page")]
    assert (request.output_schema, request.temperature) == (None, 0.0)


@pytest.mark.parametrize(
    ("step", "text"),
    [
        pytest.param(answer("NO TEXT"), "", id="says-so"),
        pytest.param(answer("`NO TEXT`.\n"), "", id="says-so-decorated"),
        pytest.param(answer(""), "", id="empty"),
        pytest.param(answer("", refused=True), "", id="refused"),
        pytest.param(answer("", finish_reason="content_filter"), "", id="filtered"),
        pytest.param(answer(f"```\n{TEXT}\n```"), TEXT, id="fenced"),
        pytest.param(answer(f"```text\n{TEXT}\n```"), TEXT, id="fenced-with-a-name"),
        pytest.param(answer("``` is a fence\nin Markdown"), "``` is a fence\nin Markdown", id="not-a-fence"),
    ],
)
async def test_an_answer_becomes_a_text_or_none(step: Step, text: str) -> None:
    """A page that the model cannot or will not read has no text; it is no error of the file."""
    transcriber, _, _ = _transcriber(step)
    assert (await transcriber.read([PAGE], _context())).texts == (text,)


async def test_pages_keep_their_order() -> None:
    """Whichever is answered first."""
    transcriber, _, _ = _transcriber(answer("one"), answer("two"), answer("three"))
    assert (await transcriber.read([PAGE, PAGE, PAGE], _context())).texts == ("one", "two", "three")


async def test_every_page_leaves_its_row() -> None:
    """With tokens, price, document and the instructions' version, under an id of its own; and no text."""
    transcriber, _, rows = _transcriber(answer(TEXT, usage=Usage(2000, 0, 300)), answer("NO TEXT"))
    await transcriber.read([PAGE, PAGE], _context())
    first, second = rows.only("success")
    assert first["assistant_id"] == "page_transcriber"
    assert first["correlation_id"] != second["correlation_id"]
    assert (first["input_tokens"], first["output_tokens"]) == (2000, 300)
    details: CallDetails = first["details"]
    assert (details.document_id, details.deployment, details.attempts) == ("d1", "gpt-4.1-mini", 1)
    assert details.cost_micro_usd == 2000 * 0.4 + 300 * 1.6
    assert len(details.assistant_version or "") == 12
    assert "Jane" not in str(rows.rows)


async def test_a_failed_page_is_an_error_after_the_others_are_paid_for() -> None:
    """A CV with a page missing is none; what was billed is in the log all the same."""
    transcriber, _, rows = _transcriber(fresh(InvalidModelRequestError), answer(TEXT))
    with pytest.raises(InvalidModelRequestError):
        await transcriber.read([PAGE, PAGE], _context())
    assert len(rows.only("success")) == 1
    [failure] = rows.only("failure")
    assert failure["details"].error_code == "modelRejectedRequest"


@pytest.mark.parametrize(
    ("step", "code"),
    [
        pytest.param(answer("", refused=True), RefusalError.code, id="refused"),
        pytest.param(answer("", finish_reason="content_filter"), ContentFilterError.code, id="filtered"),
    ],
)
async def test_a_page_the_model_declines_is_logged_as_that(step: Step, code: str) -> None:
    """What was billed for nothing can be found."""
    transcriber, _, rows = _transcriber(step)
    await transcriber.read([PAGE], _context())
    [failure] = rows.only("failure")
    assert (failure["details"].error_code, failure["details"].usage.total_tokens) == (code, 1100)


async def test_a_call_that_is_cut_off_closes_its_row() -> None:
    """Also where nobody waits for the answer any more."""
    transcriber, _, rows = _transcriber(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await transcriber.read([PAGE], _context())
    assert [row["details"].error_code for row in rows.only("failure")] == ["interrupted"]


async def test_a_picture_the_model_does_not_take_is_not_sent() -> None:
    """Nothing is paid for a request that is sure to be refused."""
    transcriber, backend, _ = _transcriber()
    with pytest.raises(UnsupportedDocumentError, match="image/tiff"):
        await transcriber.read([PageImage(1, "image/tiff", b"II*\0", 10, 10)], _context())
    assert backend.requests == []


@pytest.mark.parametrize(("side", "waits"), [(32, False), (3000, True)], ids=["stamp", "page"])
async def test_pictures_count_against_the_tokens_per_minute(side: int, waits: bool) -> None:
    """Up front, as the provider counts them: of a page 1,536 squares of 1.62 tokens, of a stamp one."""
    clock = FakeClock()
    transcriber, _, _ = _transcriber(
        answer(TEXT), answer(TEXT), clock=clock, tokens_per_minute=4000, max_output_tokens=100
    )
    page = PageImage(1, "image/png", b"", side, side)
    await transcriber.read([page, page], _context())
    assert bool(clock.sleeps) is waits


async def test_the_calls_come_back_with_what_they_cost() -> None:
    """For the result: by page, those for nothing included, as the audit rows have them."""
    transcriber, _, rows = _transcriber(answer(TEXT, usage=Usage(2000, 0, 300)), answer("", refused=True))
    pages = [PAGE, replace(PAGE, number=3)]
    calls = (await transcriber.read(pages, _context())).calls
    assert [(call.assistant, call.page) for call in calls] == [
        ("page_transcriber", 1),
        ("page_transcriber", 3),
    ]
    assert [call.details.usage.total_tokens for call in calls] == [2300, 1100]
    logged = [row for _, row in rows.rows if "call_duration_ms" in row]
    assert [call.details.cost_micro_usd for call in calls] == [
        row["details"].cost_micro_usd for row in logged
    ]
    assert [call.correlation_id for call in calls] == [row["correlation_id"] for row in logged]
    assert {call.details.model for call in calls} == {"gpt-4.1-mini"}


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(answer(TEXT), id="text"),
        pytest.param(answer("NO TEXT"), id="no-text"),
        pytest.param(answer("", refused=True), id="refused"),
    ],
)
async def test_a_page_that_is_kept_is_not_asked_for_again(step: Step) -> None:
    """Whatever it was answered: it was paid for. The call comes back as the first time."""
    shelf = Shelf()
    transcriber, _, _ = _transcriber(step)
    first = await transcriber.read([PAGE], _context(shelf))
    transcriber, backend, rows = _transcriber()
    assert await transcriber.read([PAGE], _context(shelf)) == first
    assert (backend.requests, rows.rows) == ([], [])


async def test_another_page_or_model_or_document_is_asked_for() -> None:
    """Only the very same thing is the same; a page may be kept under two models at once."""
    shelf = Shelf()
    allowed = ("gpt-4.1-mini", "gpt-4o-mini")
    for page, deployment, document_id in (
        (PAGE, "gpt-4.1-mini", "d1"),
        (replace(PAGE, number=2), "gpt-4.1-mini", "d1"),
        (PAGE, "gpt-4o-mini", "d1"),
        (PAGE, "gpt-4.1-mini", "d2"),
    ):
        transcriber, backend, _ = _transcriber(
            answer(TEXT), chat_deployment=deployment, allowed_models=allowed
        )
        await transcriber.read([page], replace(_context(shelf), document_id=document_id))
        assert len(backend.requests) == 1
    assert len(shelf.answers) == 4
    assert all(key[1].startswith("page_transcriber.") for key in shelf.answers)


async def test_pages_that_were_answered_are_kept_where_another_fails() -> None:
    """The next try asks for the missing one alone."""
    shelf = Shelf()
    pages = [PAGE, replace(PAGE, number=2), replace(PAGE, number=3)]
    transcriber, _, _ = _transcriber(answer("one"), fresh(InvalidModelRequestError), answer("three"))
    with pytest.raises(InvalidModelRequestError):
        await transcriber.read(pages, _context(shelf))
    transcriber, backend, _ = _transcriber(answer("two"))
    assert (await transcriber.read(pages, _context(shelf))).texts == ("one", "two", "three")
    assert len(backend.requests) == 1


async def test_a_page_that_cannot_be_kept_is_an_error_of_storage() -> None:
    """The job waits for storage, rather than to be paid for with every try."""
    transcriber, _, _ = _transcriber(answer(TEXT))
    with pytest.raises(StorageError):
        await transcriber.read([PAGE], _context(Shelf(StorageError("down"))))


async def test_the_documents_deadline_is_the_pages() -> None:
    """No time of its own: what remains of the document's bounds each attempt."""
    clock = FakeClock()
    transcriber, backend, _ = _transcriber(answer(TEXT), clock=clock)
    await transcriber.read([PAGE], RecognitionContext("d1", Deadline.after(7.0, clock)))
    [(_, _, timeout_seconds)] = backend.requests
    assert timeout_seconds == 7.0
