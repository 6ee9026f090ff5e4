"""What a service does with files that are pictures, and with documents that are no CVs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from local.openai_emulator.cv_reader import answer as read_cv
from shared_code.accounting.usage import Usage
from shared_code.backends.contract import ChatAnswer, ChatRequest
from shared_code.candidate_data_service import CandidateDataService, document_id_of
from shared_code.documents.ocr import OcrProvider, PictureReader
from shared_code.documents.page_images import PageImage
from shared_code.errors import NotACvError, NoTextError, UnsupportedDocumentError
from shared_code.intake.states import Disposition, disposition_of
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import AsyncOpenAIService
from shared_code.settings import OpenAISettings
from tests.unit.documents.other_documents import ARTICLE_EN, INVOICE_DE
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

    async def read(self, pages: Sequence[PageImage], *, document_id: str | None = None) -> tuple[str, ...]:
        return (CV,) * len(pages)


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
