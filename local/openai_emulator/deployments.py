"""Deployments and the rules of the models behind them: context, output limit, parameters, vectors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from local.openai_emulator.limits import RateLimits
from local.openai_emulator.problems import ApiError, deployment_not_found, deployment_retired

Work = Literal["chat", "embeddings"]

DEFAULT_REQUESTS_PER_MINUTE = 100_000
DEFAULT_TOKENS_PER_MINUTE = 100_000_000
DEFAULT_DEPLOYMENTS = ("gpt-4.1-mini", "gpt-4o-mini", "gpt-4.1-nano", "gpt-5-mini", "text-embedding-3-small")


@dataclass(frozen=True, slots=True)
class ModelTraits:
    """What a model accepts. ``reasoning_efforts`` is empty for models that do not reason."""

    version: str = ""
    work: Work = "chat"
    context_tokens: int = 128_000
    output_tokens: int = 16_384
    reasoning_efforts: tuple[str, ...] = ()
    vector_length: int = 0
    can_shorten_vectors: bool = False

    @property
    def is_reasoning(self) -> bool:
        """Whether the model thinks before it answers, and refuses sampling parameters."""
        return bool(self.reasoning_efforts)


# The longest matching beginning of a model's name wins. Figures: the provider's model pages.
MODEL_FAMILIES: tuple[tuple[str, ModelTraits], ...] = (
    (r"gpt-4\.1", ModelTraits("2025-04-14", context_tokens=1_047_576, output_tokens=32_768)),
    (r"gpt-4o-mini", ModelTraits("2024-07-18")),
    (r"gpt-4o", ModelTraits("2024-11-20")),
    (
        r"gpt-5",
        ModelTraits(
            "2025-08-07",
            context_tokens=400_000,
            output_tokens=128_000,
            reasoning_efforts=("minimal", "low", "medium", "high"),
        ),
    ),
    (
        r"gpt-(5\.\d|6)",
        ModelTraits(
            context_tokens=400_000,
            output_tokens=128_000,
            reasoning_efforts=("none", "low", "medium", "high", "xhigh"),
        ),
    ),
    (
        r"o\d",
        ModelTraits(
            context_tokens=200_000, output_tokens=100_000, reasoning_efforts=("low", "medium", "high")
        ),
    ),
    (
        r"text-embedding-3-small",
        ModelTraits("1", "embeddings", context_tokens=8_192, vector_length=1536, can_shorten_vectors=True),
    ),
    (
        r"text-embedding-3-large",
        ModelTraits("1", "embeddings", context_tokens=8_192, vector_length=3072, can_shorten_vectors=True),
    ),
    (r"text-embedding-ada-002", ModelTraits("2", "embeddings", context_tokens=8_192, vector_length=1536)),
)


def traits_of(model: str) -> ModelTraits:
    """The rules of a model; an unknown name gets those of a plain 128k chat model."""
    best, best_length = ModelTraits(), 0
    for pattern, traits in MODEL_FAMILIES:
        match = re.match(pattern, model)
        if match and match.end() > best_length:
            best, best_length = traits, match.end()
    return best


@dataclass(frozen=True, slots=True)
class DeploymentSpec:
    """What a deployment is made from. ``context_tokens`` overrides the model's own context."""

    name: str
    model: str
    requests_per_minute: int = DEFAULT_REQUESTS_PER_MINUTE
    tokens_per_minute: int = DEFAULT_TOKENS_PER_MINUTE
    requests_window_seconds: float = 60.0
    context_tokens: int | None = None

    def __post_init__(self) -> None:
        if not self.name or not self.model:
            raise ValueError("a deployment needs a name and a model")
        if min(self.requests_per_minute, self.tokens_per_minute) < 1 or self.requests_window_seconds <= 0:
            raise ValueError("limits and windows must be positive")

    @classmethod
    def parse(cls, text: str, *, requests_per_minute: int, tokens_per_minute: int) -> DeploymentSpec:
        """A deployment from ``name=model``, or from a model's name alone."""
        name, _, model = text.partition("=")
        return cls(name, model or name, requests_per_minute, tokens_per_minute)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment that answers requests, with the state of its limits."""

    spec: DeploymentSpec
    traits: ModelTraits
    limits: RateLimits

    @property
    def name(self) -> str:
        """The name callers use."""
        return self.spec.name

    @property
    def context_tokens(self) -> int:
        """Tokens of prompt and completion together."""
        return self.spec.context_tokens or self.traits.context_tokens

    @property
    def model_version(self) -> str:
        """The model with its version, as answers name it."""
        has_version = bool(self.traits.version) and self.traits.work == "chat"
        return f"{self.spec.model}-{self.traits.version}" if has_version else self.spec.model


@dataclass(slots=True)
class DeploymentBook:
    """All deployments by name, and the names of those that were retired."""

    clock: Callable[[], float]
    _active: dict[str, Deployment] = field(default_factory=dict)
    _retired: dict[str, int] = field(default_factory=dict)

    def add(self, specs: Iterable[DeploymentSpec]) -> None:
        """Create or replace deployments; their limits start unused."""
        for spec in specs:
            limits = RateLimits(
                spec.requests_per_minute,
                spec.tokens_per_minute,
                clock=self.clock,
                requests_window_seconds=spec.requests_window_seconds,
            )
            self._active[spec.name] = Deployment(spec, traits_of(spec.model), limits)
            self._retired.pop(spec.name, None)

    def retire(self, name: str, *, status: int = 404) -> None:
        """Stop serving a deployment; from now on it is answered with 404 or 410."""
        self._active.pop(name, None)
        self._retired[name] = status

    def find(self, name: str) -> Deployment:
        """The deployment of that name.

        Raises:
            ApiError: 404 where there is none, 410 where it was retired so.
        """
        deployment = self._active.get(name)
        if deployment is None:
            raise self._refusal(name)
        return deployment

    def _refusal(self, name: str) -> ApiError:
        return deployment_retired() if self._retired.get(name) == 410 else deployment_not_found()

    def all(self) -> list[Deployment]:
        """Every deployment that answers, in the order they were added."""
        return list(self._active.values())
