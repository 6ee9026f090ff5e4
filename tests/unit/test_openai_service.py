"""Calling assistants: checked answers, re-asks that quote no CV, and one audit row per call."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest

from shared_code.accounting.usage import Usage
from shared_code.backends.contract import ChatRequest
from shared_code.errors import (
    ModelServerError,
    PromptTooLongError,
    RateLimitError,
    SettingsError,
    TruncatedAnswerError,
    ValidationError,
)
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import (
    MODEL_CONFIG,
    SERVICE_CONFIG,
    AsyncOpenAIService,
    OpenAIService,
    classify_error,
)
from shared_code.settings import OpenAISettings
from tests.fakes import FakeClock, ScriptedBackend, Step, answer, fresh

PII: dict[str, Any] = {
    "pii_entities": [
        {
            "original_value": "Robin Example",
            "pii_type": "person_name",
            "sensitivity_level": 2,
            "all_variations": [],
            "context": "Robin Example, Site Manager",
        }
    ]
}
GOOD = answer(json.dumps(PII), usage=Usage(1000, 0, 100))
BAD = answer('{"pii_entities": [{"original_value": "Robin Example"}]}', usage=Usage(2000, 0, 200))
PROMPT = "the CV of Robin Example"


class RecordingLogger:
    """Remembers what was logged; its methods are plain, as the specification's are."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def log_call_start(self, **details: Any) -> None:
        self.events.append(("start", details))

    def log_call_success(self, **details: Any) -> None:
        self.events.append(("success", details))

    def log_call_failure(self, **details: Any) -> None:
        self.events.append(("failure", details))

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.events]


def _service(*steps: Step, **changes: Any) -> tuple[AsyncOpenAIService, ScriptedBackend, RecordingLogger]:
    clock = FakeClock()
    settings = OpenAISettings(
        endpoint="http://127.0.0.1:9", requests_per_minute=1000, pii_assistant_id="asst_42", **changes
    )
    backend = ScriptedBackend(*steps)
    logger = RecordingLogger()
    client = OpenAIClient(settings, backend, clock=clock, sleep=clock.sleep)
    return AsyncOpenAIService(logger, client=client), backend, logger


@pytest.mark.parametrize("assistant_id", ["cv_pii_identifier", "asst_42"])
async def test_an_assistant_answers_to_its_name_and_to_its_azure_id(assistant_id: str) -> None:
    """The answer is a checked dict; instructions, prompt and schema went out."""
    service, backend, logger = _service(GOOD)
    assert await service.call_assistant(assistant_id, PROMPT, "pii_entities_schema") == PII
    [(_, request, _)] = backend.requests
    assert [message.role for message in request.messages] == ["system", "user"]
    assert request.messages[1].content == PROMPT
    assert request.output_schema is not None
    assert request.output_schema.name == "pii_entities_schema"
    assert logger.kinds == ["start", "success"]


async def test_the_row_says_what_the_call_cost() -> None:
    """Tokens, money, deployment and model are logged; the prompt's length is, its text is not."""
    service, _, logger = _service(GOOD)
    await service.call_assistant("cv_pii_identifier", PROMPT)
    start, success = logger.events[0][1], logger.events[1][1]
    assert start["prompt_length"] == len(PROMPT)
    assert success["estimated_cost"] == 0.00056
    assert success["details"].cost_micro_usd == 560
    assert (success["details"].deployment, success["details"].model) == ("gpt-4.1-mini", "gpt-4.1-mini")
    assert "Robin" not in repr(logger.events)


async def test_a_broken_answer_is_asked_for_again_and_both_are_paid() -> None:
    """The re-ask names the broken places and none of the values; usage is the sum."""
    service, backend, logger = _service(BAD, GOOD)
    assert await service.call_assistant("cv_pii_identifier", PROMPT) == PII
    reask: ChatRequest = backend.requests[1][1]
    assert [message.role for message in reask.messages] == ["system", "user", "assistant", "user"]
    assert "/pii_entities/0" in reask.messages[3].content
    assert "Robin" not in reask.messages[3].content
    details = logger.events[-1][1]["details"]
    assert (details.attempts, details.reasks) == (2, 1)
    assert details.usage == Usage(3000, 0, 300)
    assert details.cost_micro_usd == 1680


async def test_an_answer_that_stays_broken_is_an_error_without_a_word_of_it() -> None:
    """After the allowed re-asks the error carries the cost of all of them."""
    service, backend, logger = _service(BAD, BAD)
    with pytest.raises(ValidationError) as caught:
        await service.call_assistant("cv_pii_identifier", PROMPT)
    assert len(backend.requests) == 2
    assert caught.value.usage == Usage(4000, 0, 400)
    assert caught.value.attempts == 2
    assert caught.value.correlation_id
    assert "Robin" not in str(caught.value)
    assert logger.kinds == ["start", "failure"]
    assert logger.events[-1][1]["details"].error_code == "invalidAnswer"


async def test_no_reask_where_the_setting_forbids_it() -> None:
    """OPENAI_MAX_REASKS=0 takes the first answer or none."""
    service, backend, _ = _service(BAD, max_reasks=0)
    with pytest.raises(ValidationError):
        await service.call_assistant("cv_pii_identifier", PROMPT)
    assert len(backend.requests) == 1


async def test_a_truncated_answer_is_charged() -> None:
    """What was paid for stands in the row, though no answer came of it."""
    service, _, logger = _service(answer("{", finish_reason="length", usage=Usage(1000, 0, 16_384)))
    with pytest.raises(TruncatedAnswerError):
        await service.call_assistant("cv_pii_identifier", PROMPT)
    details = logger.events[-1][1]["details"]
    assert details.usage.output_tokens == 16_384
    assert details.cost_micro_usd == 26_614


async def test_an_unknown_price_stays_unknown() -> None:
    """A model outside the catalogue is counted, and its cost is not zero but unknown."""
    service, _, logger = _service(GOOD, chat_deployment="gpt-99", allowed_models=("gpt-99",))
    await service.call_assistant("cv_pii_identifier", PROMPT)
    assert logger.events[-1][1]["estimated_cost"] is None
    assert service.get_service_health()["token_usage"]["calls_with_unknown_cost"] == 1


async def test_a_failed_call_is_logged_once_and_raised() -> None:
    """The row names the class and the code, and the attempts that were made."""
    service, _, logger = _service(*[fresh(ModelServerError) for _ in range(4)])
    with pytest.raises(ModelServerError):
        await service.call_assistant("cv_pii_identifier", PROMPT)
    details = logger.events[-1][1]["details"]
    assert (details.error_class, details.error_code) == ("ModelServerError", "modelServerError")
    assert details.attempts == 4


async def test_a_cancelled_call_closes_its_row() -> None:
    """Whoever walks away still leaves a row."""
    service, _, logger = _service(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await service.call_assistant("cv_pii_identifier", PROMPT)
    assert logger.kinds == ["start", "failure"]
    assert logger.events[-1][1]["details"].error_code == "interrupted"


async def test_an_unknown_assistant_or_schema_is_refused_before_anything_is_spent() -> None:
    """Both messages name what there is."""
    service, backend, _ = _service()
    with pytest.raises(SettingsError, match="cv_skills_analyst"):
        await service.call_assistant("asst_unknown", PROMPT)
    with pytest.raises(SettingsError, match="skills_analysis_schema"):
        await service.call_assistant("cv_pii_identifier", PROMPT, "no_schema")
    assert backend.requests == []


async def test_a_prompt_beyond_the_limit_is_refused_before_anything_is_spent() -> None:
    """OPENAI_MAX_PROMPT_CHARACTERS bounds what one call can cost."""
    service, backend, logger = _service(max_prompt_characters=1000)
    with pytest.raises(PromptTooLongError, match="OPENAI_MAX_PROMPT_CHARACTERS"):
        await service.call_assistant("cv_pii_identifier", "x" * 1001)
    assert backend.requests == []
    assert logger.kinds == ["start", "failure"]


async def test_health_has_the_specified_fields_and_follows_the_breaker() -> None:
    """Healthy at first, unhealthy while no deployment can be asked."""
    service, _, _ = _service(*[fresh(ModelServerError) for _ in range(5)], max_attempts=5)
    health = service.get_service_health()
    assert health["service_status"] == "healthy"
    assert health["connection_status"] == "not_used_yet"
    assert health["circuit_breaker_state"] == "CLOSED"
    assert health["rate_limit_status"] == {
        "requests_remaining": 1000,
        "tokens_remaining": None,
        "reset_time": 0.0,
    }
    assert health["token_usage"]["call_count"] == 0
    assert "last_health_check" in health
    with pytest.raises(ModelServerError):
        await service.call_assistant("cv_pii_identifier", PROMPT)
    health = service.get_service_health()
    assert (health["service_status"], health["circuit_breaker_state"]) == ("unhealthy", "OPEN")
    assert health["connection_status"] == "disconnected"


def test_the_blocking_face_gives_the_same_answer() -> None:
    """``OpenAIService`` runs the same core on a loop of its own, from any thread."""
    core, _, logger = _service(GOOD)
    service = OpenAIService(logger, core=core)
    try:
        assert service.call_assistant("cv_pii_identifier", PROMPT) == PII
        assert service.get_service_health()["connection_status"] == "connected"
    finally:
        service.close()


def test_the_specified_constants() -> None:
    """The constants say what the settings' defaults are."""
    assert SERVICE_CONFIG["max_retries"] == 3
    assert SERVICE_CONFIG["base_timeout"] == 30
    assert SERVICE_CONFIG["rate_limit_per_minute"] == 20
    assert SERVICE_CONFIG["circuit_breaker_threshold"] == 5
    assert SERVICE_CONFIG["circuit_breaker_timeout"] == 60
    assert MODEL_CONFIG["gpt-4o-mini"] == {"max_tokens": 16384, "temperature": 0.1, "top_p": 1.0}


@pytest.mark.parametrize(
    ("error", "classification", "is_retryable"),
    [
        pytest.param(RateLimitError("slow down"), "rate_limit", True, id="rate-limit"),
        pytest.param(ValidationError("bad"), "validation", False, id="validation"),
        pytest.param(KeyError("Robin Example"), "unknown", False, id="foreign"),
    ],
)
def test_classification(error: Exception, classification: str, is_retryable: bool) -> None:
    """The dict has the promised keys, and nothing of a foreign exception's text."""
    info = classify_error(error, {"step": "test"})
    assert set(info) == {
        "error_type",
        "error_message",
        "is_retryable",
        "recovery_action",
        "classification",
        "context",
    }
    assert (info["classification"], info["is_retryable"]) == (classification, is_retryable)
    assert "Robin" not in info["error_message"]


def test_health_needs_no_sdk() -> None:
    """The model's SDK costs a second to import; health must not pay it."""
    program = (
        "import sys; from shared_code.openai_service import AsyncOpenAIService as S; "
        "print(S().get_service_health()['service_status'], 'openai' in sys.modules)"
    )
    environment = {"AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:9", "PATH": ""}
    run = subprocess.run(  # a fresh interpreter, because this one has imported everything
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["healthy", "False"]
