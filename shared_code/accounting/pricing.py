"""What a model is: its prices, its parameter rules and when it retires, from the catalogue."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from shared_code.accounting.usage import Usage

CATALOGUE_PATH = Path(__file__).with_name("model_catalogue.json")


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of ``model_catalogue.json``. Prices are US dollars per million tokens.

    ``embedding_dimensions`` is the length of its vectors, None for a model that makes none.
    """

    name: str
    input_usd: Decimal
    cached_input_usd: Decimal
    output_usd: Decimal
    token_parameter: str | None
    accepts_temperature: bool
    context_tokens: int
    max_output_tokens: int
    retires_on: date
    embedding_dimensions: int | None
    can_shorten_embeddings: bool

    def cost_micro_usd(self, usage: Usage) -> int:
        """The price of ``usage``, rounded half up to whole millionths of a dollar.

        Dollars per million tokens are micro-dollars per token, so no factor is needed.
        """
        fresh_input = usage.input_tokens - usage.cached_input_tokens
        cost = (
            fresh_input * self.input_usd
            + usage.cached_input_tokens * self.cached_input_usd
            + usage.output_tokens * self.output_usd
        )
        return int(cost.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class ModelCatalogue:
    """All known models, and the day on which their prices were taken."""

    price_date: date
    models: dict[str, Model]

    def find(self, name: str) -> Model | None:
        """The entry for a model name, also for one with a date behind it (``gpt-4.1-mini-2025-04-14``)."""
        model = self.models.get(name)
        if model is not None:
            return model
        dated = [known for known in self.models if name.startswith(f"{known}-20")]
        return self.models[max(dated, key=len)] if dated else None

    def cost_micro_usd(self, name: str, usage: Usage) -> int | None:
        """The price of ``usage`` on a model; None where the model is not in the catalogue."""
        model = self.find(name)
        return None if model is None else model.cost_micro_usd(usage)


@cache
def load_catalogue(path: Path = CATALOGUE_PATH) -> ModelCatalogue:
    """Read the catalogue; once per process."""
    content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=int)
    return ModelCatalogue(
        price_date=date.fromisoformat(content["price_date"]),
        models={name: _model(name, entry) for name, entry in content["models"].items()},
    )


def _model(name: str, entry: dict[str, Any]) -> Model:
    return Model(
        name=name,
        input_usd=Decimal(entry["input"]),
        cached_input_usd=Decimal(entry["cached_input"]),
        output_usd=Decimal(entry["output"]),
        token_parameter=entry["token_parameter"],
        accepts_temperature=entry["accepts_temperature"],
        context_tokens=entry["context_tokens"],
        max_output_tokens=entry["max_output_tokens"],
        retires_on=date.fromisoformat(entry["retires_on"]),
        embedding_dimensions=entry.get("embedding_dimensions"),
        can_shorten_embeddings=entry.get("can_shorten_embeddings", False),
    )
