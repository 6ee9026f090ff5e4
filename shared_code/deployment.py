"""One deployment of a model: what is known of its state, and whether it may be asked at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared_code.accounting.pricing import ModelCatalogue
from shared_code.errors import (
    CircuitBreakerError,
    DeploymentNotFoundError,
    ModelNotAllowedError,
    ModelRetiredError,
    OpenAIServiceError,
)
from shared_code.reliability.circuit_breaker import CircuitBreaker, FailureRatio
from shared_code.reliability.deadline import Clock
from shared_code.reliability.throttle import Throttle
from shared_code.settings import FALLBACK_MODEL, OpenAISettings


@dataclass(slots=True)
class Deployment:
    """One deployment with its guards. ``refused_after`` is its model's last day, None for no such guard."""

    name: str
    model: str
    breaker: CircuitBreaker
    throttle: Throttle
    refused_after: date | None = None
    last_error_code: str | None = None

    def wait_seconds(self) -> float:
        """Seconds until a request may be welcome; 0.0 now."""
        return max(self.throttle.wait_seconds(), self.breaker.wait_seconds())

    def is_retired(self, today: date) -> bool:
        """Whether the model's last day has passed, and the operator has not overridden that."""
        return self.refused_after is not None and today > self.refused_after

    def why_left_alone(self, today: date) -> OpenAIServiceError | None:
        """Why no request is sent now whatever the caller waits, None where one may be."""
        if self.is_retired(today):
            return ModelRetiredError(
                f"The model {self.model} of deployment {self.name} retired on {self.refused_after}. Name a "
                "deployment of its successor, or set OPENAI_ALLOW_RETIRED_MODELS=true to ask all the same.",
                deployment=self.name,
            )
        if self.breaker.is_open_for_good:
            return DeploymentNotFoundError(
                f"Deployment {self.name} is gone (404 or 410). Check OPENAI_CHAT_DEPLOYMENT and "
                "OPENAI_FALLBACK_DEPLOYMENT; the model may be retired. Restart the app after mending it.",
                deployment=self.name,
            )
        if self.breaker.wait_seconds() > 0.0:
            return CircuitBreakerError(
                f"Deployment {self.name} keeps failing and is left alone for a while.",
                retry_after_seconds=self.breaker.wait_seconds(),
                deployment=self.name,
            )
        return None


def chat_deployments(settings: OpenAISettings, catalogue: ModelCatalogue, clock: Clock) -> list[Deployment]:
    """The deployments for conversations, in the order in which they are tried.

    Raises:
        ModelNotAllowedError: One runs a model outside the allowlist.
    """
    for name in settings.deployments:
        _check_allowed(name, settings)
    return [open_deployment(name, settings, catalogue, clock) for name in settings.deployments]


def open_deployment(
    name: str, settings: OpenAISettings, catalogue: ModelCatalogue, clock: Clock
) -> Deployment:
    """A deployment with fresh guards."""
    ratio = settings.breaker_failure_ratio
    breaker = CircuitBreaker(
        settings.breaker_failure_threshold,
        settings.breaker_timeout_seconds,
        failure_ratio=FailureRatio(ratio, settings.breaker_minimum_calls) if ratio else None,
        clock=clock,
    )
    model = catalogue.find(settings.model_of(name))
    refused_after = None if model is None or settings.allow_retired_models else model.retires_on
    return Deployment(name, settings.model_of(name), breaker, Throttle(clock=clock), refused_after)


def _check_allowed(deployment: str, settings: OpenAISettings) -> None:
    model = settings.model_of(deployment)
    if model in settings.allowed_chat_models:
        return
    mend = "Widen OPENAI_ALLOWED_MODELS"
    if model == FALLBACK_MODEL and not settings.allowed_models:
        mend = "Set OPENAI_ENABLE_FALLBACK=true"
    raise ModelNotAllowedError(
        f"Model {model} of deployment {deployment} is not allowed; allowed: "
        f"{', '.join(settings.allowed_chat_models)}. {mend}, choose another deployment "
        "(OPENAI_CHAT_DEPLOYMENT), or name the deployment's model in OPENAI_DEPLOYMENT_MODELS.",
        deployment=deployment,
    )
