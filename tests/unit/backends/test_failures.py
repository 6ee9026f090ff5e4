"""Failed generations by their code, without the words of the provider."""

from __future__ import annotations

from typing import Any

import pytest

from shared_code.accounting.usage import Usage
from shared_code.backends.failures import failed_generation
from shared_code.errors import (
    ContentFilterError,
    DeploymentNotFoundError,
    InvalidModelRequestError,
    ModelServerError,
    OpenAIServiceError,
    PromptTooLongError,
    RateLimitError,
)

USAGE = Usage(100, 0, 7, 0)


@pytest.mark.parametrize(
    ("code", "message", "error"),
    [
        pytest.param("rate_limit_exceeded", "Slow down", RateLimitError, id="rate-limit"),
        pytest.param("server_error", "Sorry, something went wrong", ModelServerError, id="server"),
        pytest.param("invalid_prompt", "flagged by our usage policy", ContentFilterError, id="policy"),
        pytest.param("invalid_prompt", "not understood", InvalidModelRequestError, id="prompt"),
        pytest.param("content_filter", "", ContentFilterError, id="filter"),
        pytest.param("bio_policy", "", ContentFilterError, id="bio-policy"),
        pytest.param("context_length_exceeded", "", PromptTooLongError, id="context"),
        pytest.param("DeploymentNotFound", "", DeploymentNotFoundError, id="deployment"),
        pytest.param("data_residency_mismatch", "", InvalidModelRequestError, id="residency"),
        pytest.param("vector_store_timeout", "", ModelServerError, id="unknown"),
    ],
)
def test_each_code_is_its_own_error(code: str, message: str, error: type[OpenAIServiceError]) -> None:
    """The class follows from the code, what it cost stays with it, and no word of the message does."""
    told = f"{message}: Robin Example lives in Leeds"
    failed = failed_generation({"code": code, "message": told}, "gpt-4.1-mini", USAGE)
    assert type(failed) is error
    assert (failed.usage, failed.deployment) == (USAGE, "gpt-4.1-mini")
    assert "Robin" not in str(failed)


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        pytest.param("Rate limit is exceeded. Try again in 23 seconds.", 23.0, id="in"),
        pytest.param("Please retry after 1.5s", 1.5, id="after"),
        pytest.param("Rate limit is exceeded.", None, id="unsaid"),
    ],
)
def test_a_throttled_run_says_for_how_long_in_prose(message: str, seconds: float | None) -> None:
    """There is no header on a run that failed minutes after its request."""
    failed = failed_generation({"code": "rate_limit_exceeded", "message": message}, "d", Usage())
    assert failed.retry_after == seconds


@pytest.mark.parametrize("failure", [pytest.param(None, id="null"), pytest.param({}, id="empty")])
def test_a_failure_without_a_code_is_the_providers(failure: dict[str, Any] | None) -> None:
    """Nothing said against the request, so another try may help."""
    assert type(failed_generation(failure, "d", Usage())) is ModelServerError
