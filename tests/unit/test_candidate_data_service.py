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
from shared_code.audited_call import AssistantAnswer
from shared_code.backends.contract import ChatAnswer, ChatRequest
from shared_code.candidate_data_service import CandidateDataService, document_id_of
from shared_code.errors import InvalidModelRequestError, NoTextError, OpenAIServiceError
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import AsyncOpenAIService
from shared_code.settings import OpenAISettings
from tests.fakes import FakeClock

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


class Shelf:
    """Keeps answers in memory."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str, str], AssistantAnswer] = {}

    async def kept_answer(self, document_id: str, asked: str, version: str) -> AssistantAnswer | None:
        return self.answers.get((document_id, asked, version))

    async def keep_answer(self, document_id: str, asked: str, version: str, answer: AssistantAnswer) -> None:
        self.answers[document_id, asked, version] = answer


def _service(backend: ReadingBackend) -> tuple[CandidateDataService, RowCounter]:
    clock = FakeClock()
    client = OpenAIClient(
        OpenAISettings(endpoint="http://127.0.0.1:9"), backend, clock=clock, sleep=clock.sleep
    )
    logger = RowCounter()
    service = CandidateDataService(
        AsyncOpenAIService(logger, client=client), today=lambda: date(2026, 11, 15)
    )
    return service, logger


async def _analysis(service: CandidateDataService, kept: Shelf | None = None) -> dict[str, Any]:
    return await service.analyse(await service.read(CV.encode(), filename="cv.txt"), kept=kept)


async def test_gives_a_valid_envelope_under_the_contents_hash() -> None:
    """All three analyses in one envelope, computed figures and evidence included."""
    service, logger = _service(ReadingBackend())
    result = await _analysis(service)
    envelope_validator().validate(result)
    assert result["documentId"] == document_id_of(CV.encode())
    profile = result["candidateProfile"]
    assert profile["candidatePhone"] == "+442079460321"
    assert profile["totalExperienceYears"] == pytest.approx(11.9, abs=0.1)
    place = result["evidence"]["/candidateProfile/candidateEmail"]
    assert place["quote"] == CV[place["start"] : place["end"]] == "robin.example@example.com"
    assert logger.ends == ["success"] * 3


async def test_the_meta_data_adds_up() -> None:
    """Tokens and money are the sums over the calls, in dollars for people."""
    service, _ = _service(ReadingBackend())
    meta = (await _analysis(service))["meta"]
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
    service, _ = _service(backend)
    await _analysis(service)
    assert backend.most_at_once == 3


async def test_the_prompt_is_fenced_by_a_token_that_changes() -> None:
    """No file can know the fence, so none can close it."""
    backend = ReadingBackend()
    service, _ = _service(backend)
    await _analysis(service)
    await _analysis(service)
    fences = {prompt.rsplit("<<END ", 1)[1] for prompt in backend.prompts}
    assert len(fences) == 2


async def test_a_contact_that_is_not_in_the_cv_is_thrown_out() -> None:
    """What the model made up becomes null, is listed and is warned about; other values are only listed."""
    claims = {"candidateEmail": "made.up@example.net", "currentEmployer": "Invented Ltd"}
    service, _ = _service(ReadingBackend(claims=claims))
    result = await _analysis(service)
    assert result["candidateProfile"]["candidateEmail"] is None
    assert "/candidateProfile/candidateEmail" in result["unverified"]
    assert "unverifiedContact" in {warning["code"] for warning in result["warnings"]}
    assert "made.up@example.net" not in json.dumps(result["candidateProfile"])


async def test_when_one_call_fails_the_others_are_kept_and_not_asked_again() -> None:
    """They end and leave their rows, because they were paid for; the next try pays for what is missing."""
    shelf = Shelf()
    service, logger = _service(ReadingBackend(failing_schema="pii_entities_schema"))
    with pytest.raises(OpenAIServiceError):
        await _analysis(service, shelf)
    assert sorted(logger.ends) == ["failure", "success", "success"]
    assert len(shelf.answers) == 2
    mended = ReadingBackend()
    service, logger = _service(mended)
    result = await _analysis(service, shelf)
    envelope_validator().validate(result)
    assert len(mended.prompts) == 1
    assert logger.ends == ["success"]
    assert len(result["meta"]["calls"]) == 3


async def test_a_new_version_of_an_assistant_is_asked_anew() -> None:
    """An answer counts for the instructions and the schema it was given for."""
    shelf = Shelf()
    service, _ = _service(ReadingBackend())
    await _analysis(service, shelf)
    shelf.answers = {
        (document, name, "older" if name == "cv_pii_identifier" else version): answer
        for (document, name, version), answer in shelf.answers.items()
    }
    backend = ReadingBackend()
    service, _ = _service(backend)
    await _analysis(service, shelf)
    assert len(backend.prompts) == 1


async def test_the_skills_need_the_profile_and_nothing_else() -> None:
    """Two calls, one part in the envelope."""
    service, logger = _service(ReadingBackend())
    cv = await service.read(CV.encode())
    result = await service.analyse_skills(cv)
    assert result["analysisMetrics"]["yearsOfExperience"] == pytest.approx(11.9, abs=0.1)
    assert "candidateProfile" not in result
    assert len(logger.ends) == 2


def test_blank_text_is_refused() -> None:
    """There is nothing to ask about."""
    service, _ = _service(ReadingBackend())
    with pytest.raises(NoTextError):
        service.read_text("  \n")
