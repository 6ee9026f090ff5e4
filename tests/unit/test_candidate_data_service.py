"""From a file to what is kept: read, ask concurrently, verify, save; and what happens when a step fails."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from typing import Any

import pytest

from local.openai_emulator.cv_reader import answer as read_cv
from shared_code.accounting.usage import Usage
from shared_code.assistants.published import envelope_validator
from shared_code.backends.contract import ChatAnswer, ChatRequest
from shared_code.candidate_data_service import CandidateDataService, document_id_of
from shared_code.errors import InvalidModelRequestError, NoTextError, OpenAIServiceError
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import AsyncOpenAIService
from shared_code.settings import OpenAISettings
from tests.fakes import FakeClock
from tests.unit.storage.in_memory_storage import InMemoryBlobs

CV = """Robin Example
Senior Site Manager
robin.example@example.com | +44 20 7946 0321 | Leeds, United Kingdom

Experience

Senior Site Manager, Fernwood Builders, Leeds
03/2019 - present
- Led a team of 12 and finished 9 of 10 sites on time.

Site Manager, Oakridge Homes, York
01/2015 - 02/2019
- Planned in AutoCAD.

Skills
Scheduling, AutoCAD
"""


class ReadingBackend:
    """A model that reads the CV in the prompt, one that can be told to fail, and that counts who waits."""

    name = "reading"

    def __init__(self, *, failing_schema: str | None = None, claims: dict[str, Any] | None = None) -> None:
        self._failing_schema = failing_schema
        self._claims = claims or {}
        self._asked = 0
        self.most_at_once = 0
        self.prompts: list[str] = []

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        assert request.output_schema is not None
        self._asked += 1
        self.most_at_once = max(self.most_at_once, self._asked)
        self.prompts.append(request.messages[1].content)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self._asked -= 1
        if request.output_schema.name == self._failing_schema:
            raise InvalidModelRequestError("scripted")
        content = read_cv(request.output_schema.name, CV)
        profile = content.get("candidateProfile")
        if isinstance(profile, dict):
            profile.update(self._claims)
        return ChatAnswer(json.dumps(content), "stop", False, Usage(1000, 0, 100), "gpt-4.1-mini", None)

    async def aclose(self) -> None:
        return None


class RowCounter:
    """Counts what was logged."""

    def __init__(self) -> None:
        self.ends: list[str] = []

    def log_call_start(self, **_: Any) -> None:
        return None

    def log_call_success(self, **_: Any) -> None:
        self.ends.append("success")

    def log_call_failure(self, **_: Any) -> None:
        self.ends.append("failure")


def _service(backend: ReadingBackend) -> tuple[CandidateDataService, InMemoryBlobs, RowCounter]:
    clock = FakeClock()
    client = OpenAIClient(
        OpenAISettings(endpoint="http://127.0.0.1:9"), backend, clock=clock, sleep=clock.sleep
    )
    blobs, logger = InMemoryBlobs(), RowCounter()
    service = CandidateDataService(
        AsyncOpenAIService(logger, client=client), blobs, today=lambda: date(2026, 11, 15)
    )
    return service, blobs, logger


async def test_keeps_a_valid_result_under_the_contents_hash() -> None:
    """All three analyses in one envelope, computed figures and evidence included."""
    service, blobs, logger = _service(ReadingBackend())
    result = await service.process(CV.encode(), filename="cv.txt")
    envelope_validator().validate(result)
    document_id = document_id_of(CV.encode())
    assert result["documentId"] == document_id
    assert await blobs.get_json("cv-results", f"{document_id}.json") == result
    assert await service.find(document_id) == result
    profile = result["candidateProfile"]
    assert profile["candidatePhone"] == "+442079460321"
    assert profile["totalExperienceYears"] == pytest.approx(11.9, abs=0.1)
    place = result["evidence"]["/candidateProfile/candidateEmail"]
    assert place["quote"] == CV[place["start"] : place["end"]] == "robin.example@example.com"
    assert logger.ends == ["success"] * 3


async def test_the_meta_data_adds_up() -> None:
    """Tokens and money are the sums over the calls, in dollars for people."""
    service, _, _ = _service(ReadingBackend())
    meta = (await service.process(CV.encode()))["meta"]
    assert meta["usage"]["inputTokens"] == 3000
    assert meta["estimatedCostUsd"] == pytest.approx(3 * 0.00056)
    assert meta["attempts"] == len(meta["calls"]) == 3
    assert {call["assistant"] for call in meta["calls"]} == {
        "cv_data_extractor",
        "cv_pii_identifier",
        "cv_skills_analyst",
    }


async def test_the_three_assistants_are_asked_at_once() -> None:
    """A CV takes as long as its slowest call, not as all of them."""
    backend = ReadingBackend()
    service, _, _ = _service(backend)
    await service.process(CV.encode())
    assert backend.most_at_once == 3


async def test_the_prompt_is_fenced_by_a_token_that_changes() -> None:
    """No file can know the fence, so none can close it."""
    backend = ReadingBackend()
    service, _, _ = _service(backend)
    await service.process(CV.encode())
    await service.process(CV.encode())
    fences = {prompt.rsplit("<<END ", 1)[1] for prompt in backend.prompts}
    assert len(fences) == 2


async def test_a_contact_that_is_not_in_the_cv_is_thrown_out() -> None:
    """What the model made up becomes null, is listed and is warned about; other values are only listed."""
    claims = {"candidateEmail": "made.up@example.net", "currentEmployer": "Invented Ltd"}
    service, _, _ = _service(ReadingBackend(claims=claims))
    result = await service.process(CV.encode())
    assert result["candidateProfile"]["candidateEmail"] is None
    assert "/candidateProfile/candidateEmail" in result["unverified"]
    assert "unverifiedContact" in {warning["code"] for warning in result["warnings"]}
    assert "made.up@example.net" not in json.dumps(result["candidateProfile"])


async def test_a_file_that_cannot_be_read_is_rejected_without_asking_anybody() -> None:
    """The reason is kept for a person and a program; the model is not paid for it."""
    backend = ReadingBackend()
    service, blobs, _ = _service(backend)
    rejected = await service.process(b"%PDF-1.7 nothing", filename="cv.pdf")
    assert rejected["reason"]["code"] == "corrupt"
    assert await service.find(rejected["documentId"]) == rejected
    assert await blobs.get_json("cv-results", f"{rejected['documentId']}.json") is None
    assert backend.prompts == []


async def test_when_one_call_fails_nothing_is_kept_and_all_are_accounted() -> None:
    """The others end and leave their rows, because they were paid for."""
    service, _, logger = _service(ReadingBackend(failing_schema="pii_entities_schema"))
    with pytest.raises(OpenAIServiceError):
        await service.process(CV.encode())
    assert await service.find(document_id_of(CV.encode())) is None
    assert sorted(logger.ends) == ["failure", "success", "success"]


async def test_the_skills_need_the_profile_and_nothing_else() -> None:
    """Two calls, one part in the envelope."""
    service, _, logger = _service(ReadingBackend())
    cv = await service.read(CV.encode())
    result = await service.analyse_skills(cv)
    assert result["analysisMetrics"]["yearsOfExperience"] == pytest.approx(11.9, abs=0.1)
    assert "candidateProfile" not in result
    assert len(logger.ends) == 2


def test_blank_text_is_refused() -> None:
    """There is nothing to ask about."""
    service, _, _ = _service(ReadingBackend())
    with pytest.raises(NoTextError):
        service.read_text("  \n")
