"""The seam between a request's way through the emulator and the APIs of the provider, one file each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from local.openai_emulator.deployments import Deployment
from local.openai_emulator.faults import Fault
from local.openai_emulator.ledger import TokenUse


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer: its JSON and what it costs."""

    body: dict[str, Any]
    use: TokenUse = field(default_factory=TokenUse)


class Job(Protocol):
    """A request that was found valid, before any work on it."""

    @property
    def prompt_sha256(self) -> str:
        """What tells equal prompts apart from different ones in the ledger."""
        ...

    @property
    def cv_sha256(self) -> str | None:
        """The digest of the CV that the prompt fences off; None where it fences none."""
        ...

    @property
    def prompt_tokens(self) -> int:
        """The prompt's size."""
        ...

    @property
    def reserved_tokens(self) -> int:
        """What counts against the tokens per minute: the prompt and the completion limit."""
        ...

    async def run(self) -> Answer:
        """Do the work."""
        ...


class Operation(Protocol):
    """One API: what a valid request is, and how its answers go wrong on order."""

    @property
    def name(self) -> str:
        """Short name, for faults and the ledger: ``chat``, ``responses``, ``embeddings``."""
        ...

    @property
    def azure_name(self) -> str:
        """The name in Azure's messages: ``ChatCompletions_Create``."""
        ...

    def schema_name(self, body: Mapping[str, Any]) -> str | None:
        """The schema a body asks for, as far as it can be told before validation."""
        ...

    def admit(self, body: dict[str, Any], deployment: Deployment) -> Job:
        """Check a body against the rules of the API and of the deployment's model.

        Raises:
            ApiError: The request is refused.
        """
        ...

    def spoil(self, answer: Answer, fault: Fault) -> Answer:
        """The answer as the fault wants it; unchanged where the fault concerns the connection."""
        ...
