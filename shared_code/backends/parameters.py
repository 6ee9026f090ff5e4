"""What a model is told besides the messages: limits and temperature by its rules in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared_code.accounting.pricing import ModelCatalogue
    from shared_code.backends.contract import ChatRequest, OutputSchema
    from shared_code.settings import OpenAISettings

NEWEST_TOKEN_PARAMETER = "max_completion_tokens"  # noqa: S105  (a parameter, not a secret)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a deployment's model accepts of a request.

    ``token_parameter`` is Chat Completions' name of the limit; ``temperature`` is None for a model that
    refuses one.
    """

    token_parameter: str
    max_output_tokens: int
    temperature: float | None


def parameters_for(
    request: ChatRequest, deployment: str, settings: OpenAISettings, catalogue: ModelCatalogue
) -> Parameters:
    """The request's wishes within the rules of the deployment's model; an unknown model has none."""
    model = catalogue.find(settings.model_of(deployment))
    if model is None:
        return Parameters(NEWEST_TOKEN_PARAMETER, request.max_output_tokens, request.temperature)
    return Parameters(
        model.token_parameter or NEWEST_TOKEN_PARAMETER,
        min(request.max_output_tokens, model.max_output_tokens),
        request.temperature if model.accepts_temperature else None,
    )


def response_format(schema: OutputSchema) -> dict[str, Any]:
    """Strict structured output, as Chat Completions and the Assistants API ask for it."""
    return {
        "type": "json_schema",
        "json_schema": {"name": schema.name, "schema": schema.schema, "strict": True},
    }
