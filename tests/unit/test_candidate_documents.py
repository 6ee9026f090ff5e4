"""What a service does with files that are pictures, and with documents that are no CVs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from local.openai_emulator.cv_reader import answer as read_cv
from shared_code.accounting.call_log import CallDetails
from shared_code.accounting.usage import Usage
from shared_code.assistants.published import envelope_validator
from shared_code.audited_call import AssistantAnswer
from shared_code.backends.contract import ChatAnswer, ChatRequest
from shared_code.candidate_data_service import CandidateDataService, document_id_of
from shared_code.documents.ocr import OcrProvider, PictureReader, Recognised, RecognitionContext
from shared_code.documents.page_images import PageImage
from shared_code.errors import NotACvError, NoTextError, UnsupportedDocumentError
from shared_code.errors import TimeoutError as DeadlineError
from shared_code.intake.states import Disposition, disposition_of
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import AsyncOpenAIService
from shared_code.settings import OpenAISettings
from tests.fakes import FakeClock
from tests.unit.documents.other_documents import ARTICLE_EN, INVOICE_DE
from tests.unit.documents.scans import bound, scan_of_lines
from tests.unit.documents.test_documents_page_images import picture

CV = """Jane Example
jane.example@example.com
Experience
Site Manager, Fernwood Builders, Leeds, 03/2019 - present
"""


class Model:
    """Answers from the CV in the prompt, and says what it was told about whether it is one."""

    name = "model"

    def __init__(self, *, is_cv: bool) -> None:
        self._is_cv = is_cv
        self.asked = 0

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        assert request.output_schema is not None
        self.asked += 1
        content = read_cv(request.output_schema.name, CV)
        if "isCv" in content:
            content["isCv"] = self._is_cv
        return ChatAnswer(json.dumps(content), "stop", False, Usage(1000, 0, 100), "gpt-4.1-mini", None)

    async def aclose(self) -> None:
        return None


class Recognition:
    """Recognises the same text in every picture."""

    name = "scripted"

    async def read(self, pages: Sequence[PageImage], context: RecognitionContext) -> Recognised:
        return Recognised((CV,) * len(pages))


def _service(
    *, is_cv: bool = True, rejects: bool = False, recognises: bool = False
) -> tuple[CandidateDataService, Model]:
    model = Model(is_cv=is_cv)
    client = OpenAIClient(OpenAISettings(endpoint="http://127.0.0.1:9"), model)

    def provider() -> OcrProvider:
        return Recognition()

    return (
        CandidateDataService(
            AsyncOpenAIService(client=client),
            picture_reader=PictureReader(provider) if recognises else None,
            rejects_non_cvs=rejects,
        ),
        model,
    )


def _codes(result: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in result["warnings"]]


async def test_a_picture_is_refused_unless_recognition_is_on() -> None:
    """Off, it stays the error it was."""
    service, _ = _service()
    with pytest.raises(UnsupportedDocumentError):
        await service.read(picture("PNG"), filename="cv.png")


async def test_a_picture_becomes_a_profile_that_says_how() -> None:
    """Under its own bytes' id, and with the warning that letters may be wrong."""
    service, _ = _service(recognises=True)
    content = picture("PNG")
    cv = await service.read(content, filename="cv.png")
    assert (cv.document_id, cv.document.reader) == (document_id_of(content), "ocr:scripted")
    result = await service.analyse(cv)
    assert result["candidateProfile"]["candidateName"] == "Jane Example"
    assert _codes(result) == ["ocr"]
    assert result["meta"]["mediaType"] == "image/png"


async def test_other_refusals_are_not_recognitions_business() -> None:
    """A file with nothing in it, and a kind that shows no pages, stay what they were."""
    service, _ = _service(recognises=True)
    with pytest.raises(NoTextError):
        await service.read(b"12 34", filename="cv.txt")
    with pytest.raises(UnsupportedDocumentError):
        await service.read(b"PK\x05\x06" + bytes(18), filename="cv.zip")


async def test_what_is_no_cv_is_warned_of_once() -> None:
    """The text's word and the model's are one warning."""
    for is_cv in (True, False):
        service, _ = _service(is_cv=is_cv)
        result = await service.extract_profile(await service.read(INVOICE_DE.encode(), filename="x.txt"))
        assert _codes(result).count("notACv") == 1
    service, _ = _service()
    assert "notACv" not in _codes(await service.analyse(service.read_text(CV)))


async def test_what_certainly_is_no_cv_is_rejected_unasked() -> None:
    """Where an operator wants that: posted or filed, no call is made, and none is paid for."""
    service, model = _service(rejects=True)
    with pytest.raises(NotACvError) as caught:
        service.read_text(INVOICE_DE)
    with pytest.raises(NotACvError):
        await service.read(INVOICE_DE.encode(), filename="x.txt")
    assert model.asked == 0
    assert disposition_of(caught.value) is Disposition.REJECT


@pytest.mark.parametrize("method", ["extract_profile", "analyse_skills", "analyse"])
async def test_a_doubtful_document_is_rejected_if_the_model_doubts_it_too(method: str) -> None:
    """Neither alone turns anybody away."""
    outcomes = []
    for text, is_cv, rejects in (
        (ARTICLE_EN, False, True),
        (ARTICLE_EN, True, True),
        (ARTICLE_EN, False, False),
        (CV, False, True),
    ):
        service, _ = _service(is_cv=is_cv, rejects=rejects)
        try:
            await getattr(service, method)(service.read_text(text))
            outcomes.append("published")
        except NotACvError:
            outcomes.append("rejected")
    assert outcomes == ["rejected", "published", "published", "published"]


# -- documents with pages that are pictures -----------------------------------------------------------------

MIXED = bound(CV, scan_of_lines("Certificate of Project Management"))


class Slow:
    """Recognises a certificate, which takes so long; remembers how much time it was given."""

    name = "slow"

    def __init__(self, clock: FakeClock, seconds: float, calls: tuple[AssistantAnswer, ...] = ()) -> None:
        self._clock = clock
        self._seconds = seconds
        self._calls = calls
        self.given_seconds = 0.0

    async def read(self, pages: Sequence[PageImage], context: RecognitionContext) -> Recognised:
        self.given_seconds = context.deadline.remaining_seconds()
        self._clock.advance(self._seconds)
        return Recognised(("Certificate of Project Management",) * len(pages), self._calls)


class Shelf:
    """Keeps nothing, and is there."""

    async def kept_answer(self, document_id: str, asked: str, version: str) -> AssistantAnswer | None:
        return None

    async def keep_answer(self, document_id: str, asked: str, version: str, answer: AssistantAnswer) -> None:
        return None


class TimedModel(Model):
    """Remembers how long each attempt may take."""

    def __init__(self) -> None:
        super().__init__(is_cv=True)
        self.timeouts: list[float] = []

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        self.timeouts.append(timeout_seconds)
        return await super().complete(request, deployment, timeout_seconds)


def _timed(provider: Slow, clock: FakeClock, **settings: Any) -> tuple[CandidateDataService, TimedModel]:
    model = TimedModel()
    client = OpenAIClient(
        OpenAISettings(endpoint="http://127.0.0.1:9", **settings), model, clock=clock, sleep=clock.sleep
    )
    reader = PictureReader(lambda: provider)
    return CandidateDataService(AsyncOpenAIService(client=client), picture_reader=reader, clock=clock), model


async def test_unread_pages_are_a_warning_where_recognition_is_off() -> None:
    """The CV is analysed by what is written in it, and the result says what is missing."""
    service, _ = _service()
    result = await service.analyse(await service.read(MIXED, filename="cv.pdf"))
    assert result["candidateProfile"]["candidateName"] == "Jane Example"
    [warning] = [warning for warning in result["warnings"] if warning["code"] == "unreadPages"]
    assert (warning["severity"], warning["page"]) == ("major", 2)
    envelope_validator().validate(result)


async def test_unread_pages_are_recognised_where_it_is_on() -> None:
    """And stand in the text that the assistants are shown."""
    service, _ = _service(recognises=True)
    cv = await service.read(MIXED, filename="cv.pdf")
    assert cv.document.text == f"{CV.strip()}\n\n{CV.strip()}"
    assert _codes(await service.analyse(cv)) == ["ocr"]


@pytest.mark.parametrize(
    ("is_kept", "deadline", "attempt", "slow", "given", "left"),
    [
        pytest.param(False, 200, 30, 40, 170, 30, id="a-caller-waits-and-there-is-time"),
        pytest.param(False, 200, 100, 95, 100, 100, id="one-attempt-is-left-for-the-analysis"),
        pytest.param(False, 200, 100, 120, 100, 80, id="what-reading-took-is-gone"),
        pytest.param(False, 20, 30, 5, 10, 15, id="a-short-deadline-is-halved"),
        pytest.param(True, 200, 100, 150, 200, 100, id="in-the-intake-each-has-its-own"),
    ],
)
async def test_one_deadline_covers_a_document(
    is_kept: bool, deadline: float, attempt: float, slow: float, given: float, left: float
) -> None:
    """From its bytes to its analysis where a caller waits; in the intake for each."""
    clock = FakeClock()
    provider = Slow(clock, slow)
    service, model = _timed(provider, clock, deadline_seconds=deadline, attempt_timeout_seconds=attempt)
    cv = await service.read(MIXED, filename="cv.pdf", kept=Shelf() if is_kept else None)
    await service.extract_profile(cv)
    assert provider.given_seconds == given
    assert model.timeouts == [left]


async def test_no_model_is_asked_when_reading_took_all_the_time() -> None:
    """The caller has gone; an answer would be paid for and thrown away."""
    clock = FakeClock()
    service, model = _timed(Slow(clock, 200), clock, deadline_seconds=200)
    cv = await service.read(MIXED, filename="cv.pdf")
    with pytest.raises(DeadlineError):
        await service.extract_profile(cv)
    assert model.timeouts == []


async def test_the_meta_data_count_what_recognition_cost() -> None:
    """Tokens, money, attempts and time, with a call for each page; an unknown price makes the sum unknown."""
    clock = FakeClock()
    usage = Usage(2600, 0, 50)
    details = CallDetails(datetime.now(UTC), model="gpt-eye", attempts=2, usage=usage, cost_micro_usd=1120)
    call = AssistantAnswer({"text": ""}, "c-9", "page_transcriber", "abc", details, 400.0, page=2)
    service, _ = _timed(Slow(clock, 0, (call,)), clock)
    result = await service.analyse(await service.read(MIXED, filename="cv.pdf"))
    meta = result["meta"]
    assert [(each["assistant"], each.get("page")) for each in meta["calls"]][:2] == [
        ("page_transcriber", 2),
        ("cv_data_extractor", None),
    ]
    assert meta["usage"]["inputTokens"] == 2600 + 3 * 1000
    assert meta["estimatedCostUsd"] == pytest.approx((1120 + 3 * 560) / 1_000_000)
    assert meta["attempts"] == 2 + 3
    assert meta["durationMs"] >= 400
    assert meta["model"] == "gpt-4.1-mini, gpt-eye"
    unpriced = replace(call, details=replace(details, cost_micro_usd=None))
    service, _ = _timed(Slow(clock, 0, (unpriced,)), clock)
    result = await service.extract_profile(await service.read(MIXED, filename="cv.pdf"))
    assert result["meta"]["estimatedCostUsd"] is None


@pytest.mark.parametrize("content", [bound(scan_of_lines("Jane")), picture("PNG")], ids=["scan", "picture"])
async def test_a_refused_scan_says_what_to_send_and_what_to_set(content: bytes) -> None:
    """The one for the sender, who knows no settings; the other for operators, by its name."""
    service, _ = _service()
    with pytest.raises((NoTextError, UnsupportedDocumentError)) as caught:
        await service.read(content)
    to_the_sender, _, to_operators = caught.value.message.partition(" Operators: ")
    assert "send" in to_the_sender
    assert "CV_OCR" not in to_the_sender
    assert to_operators.startswith("CV_OCR_PROVIDER ")
