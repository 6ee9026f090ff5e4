"""A whole assistant's call against servers of other people: asked, checked against the schema, accounted."""

from __future__ import annotations

from typing import Any

import pytest

from shared_code.assistants.registry import EXTRACTOR
from shared_code.errors import ValidationError
from shared_code.openai_service import AsyncOpenAIService
from tests.compatibility.conftest import Connect, Server, fixture, upstream_of

PROMPT = "Robin Example\nSite Manager\nrobin@example.com\n\nSite Manager, Fernwood Builders, 2019 - 2024"
COUNTED = {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500}
# Every property stands, as strict schemas ask for.
PROFILE: dict[str, Any] = {
    "isCv": True,
    "candidateProfile": {
        "candidateName": "Robin Example",
        "jobTitle": "Site Manager",
        "candidateEmail": "robin@example.com",
        "candidatePhone": None,
        "totalExperienceYears": None,
        "candidateLocation": {"city": "Leeds", "region": None, "countryCode": "GB"},
        "profileLinks": [{"kind": "github", "url": "https://github.example.com/robin"}],
        "professionalSummary": None,
        "currentEmployer": None,
        "seniorityLevel": "manager",
        "industrySectors": ["construction"],
        "keySkills": [{"name": "Scheduling", "normalizedName": "scheduling", "category": "domain"}],
        "employmentHistory": [
            {
                "jobTitle": "Site Manager",
                "employer": "Fernwood Builders",
                "location": None,
                "startDate": "2019",
                "endDate": "2024",
                "isCurrent": False,
                "rawDates": "2019 - 2024",
                "employmentType": "permanent",
                "highlights": [],
            }
        ],
        "educationHistory": [],
        "highestEducation": "unknown",
        "certifications": [],
        "languageProficiencies": [],
        "workPreferences": None,
    },
}


def without_name() -> dict[str, Any]:
    profile = {key: value for key, value in PROFILE["candidateProfile"].items() if key != "candidateName"}
    return {**PROFILE, "candidateProfile": profile}


@pytest.mark.parametrize("backend", ["chat", "responses"])
async def test_a_profile_comes_back_checked_and_accounted(
    server: Server, connect: Connect, backend: str
) -> None:
    """The fixture's profile, asked for with the published schema, and its tokens in the health."""
    upstream_of(server).serve(fixture({"content": PROFILE, "usage": COUNTED}))
    service = AsyncOpenAIService(client=connect(server, backend=backend).client)
    assert await service.call_assistant(EXTRACTOR, PROMPT, "candidate_profile_schema") == PROFILE
    (asked,) = upstream_of(server).requests()
    assert asked["path"] == {"chat": "/v1/chat/completions", "responses": "/v1/responses"}[backend]
    usage = service.get_service_health()["token_usage"]
    assert (usage["total_input_tokens"], usage["total_output_tokens"]) == (1200, 300)


async def test_an_answer_that_breaks_the_schema_is_asked_for_again(server: Server, connect: Connect) -> None:
    """The second answer is whole, and both are paid for."""
    upstream_of(server).serve(
        fixture({"content": without_name(), "usage": COUNTED}, nth=0),
        fixture({"content": PROFILE, "usage": COUNTED}, nth=1),
    )
    service = AsyncOpenAIService(client=connect(server).client)
    answer = await service.ask(EXTRACTOR, PROMPT)
    assert answer.value == PROFILE
    assert len(upstream_of(server).requests()) == 2
    assert service.get_service_health()["token_usage"]["total_input_tokens"] == 2400


async def test_an_answer_that_stays_broken_is_refused(server: Server, connect: Connect) -> None:
    """One re-ask and no more; the error holds what both cost."""
    upstream_of(server).serve(fixture({"content": without_name(), "usage": COUNTED}))
    service = AsyncOpenAIService(client=connect(server).client)
    with pytest.raises(ValidationError) as caught:
        await service.call_assistant(EXTRACTOR, PROMPT)
    assert len(upstream_of(server).requests()) == 2
    assert caught.value.usage.input_tokens == 2400
