"""The Embeddings API: vectors of texts, or of token numbers, in either encoding."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from local.openai_emulator.deployments import Deployment
from local.openai_emulator.faults import Fault
from local.openai_emulator.ledger import TokenUse
from local.openai_emulator.operation import Answer, Job
from local.openai_emulator.problems import context_length_exceeded, invalid_request, operation_not_supported
from local.openai_emulator.text_faults import omit_usage, report_wrong_usage, spoiled
from local.openai_emulator.text_vectors import embed_text
from local.openai_emulator.tokens import count_tokens

MAX_INPUTS = 2_048
PARAMETERS = frozenset({"model", "input", "dimensions", "encoding_format", "user", "input_type"})


@dataclass(frozen=True, slots=True)
class Embeddings:
    """``POST …/embeddings``."""

    name: str = "embeddings"
    azure_name: str = "Embeddings_Create"

    def schema_name(self, body: Mapping[str, Any]) -> str | None:
        """Embeddings have no schema."""
        return None

    def admit(self, body: dict[str, Any], deployment: Deployment) -> Job:
        """Validate the inputs, their number and length, and the form of the vectors."""
        traits = deployment.traits
        if traits.work != "embeddings":
            raise operation_not_supported("embeddings", deployment.spec.model)
        for name in body.keys() - PARAMETERS:
            raise invalid_request(f"Unrecognized request argument supplied: {name}", param=name)
        inputs = _inputs(body.get("input"))
        for _, tokens in inputs:
            if tokens > deployment.context_tokens:
                raise context_length_exceeded(deployment.context_tokens, tokens, 0)
        encoding = body.get("encoding_format", "float")
        if encoding not in {"float", "base64"}:
            raise invalid_request(
                "Invalid 'encoding_format': expected 'float' or 'base64'.",
                param="encoding_format",
                code="invalid_value",
            )
        return _EmbeddingsJob(deployment, inputs, _dimensions(body.get("dimensions"), deployment), encoding)

    def spoil(self, answer: Answer, fault: Fault) -> Answer:
        """Miscounted usage is all that can be wrong with a vector."""
        return spoiled(answer, fault, {"wrong_usage": report_wrong_usage, "missing_usage": omit_usage})


@dataclass(frozen=True, slots=True)
class _EmbeddingsJob:
    deployment: Deployment
    inputs: list[tuple[str, int]]
    dimensions: int
    encoding: str

    @property
    def prompt_sha256(self) -> str:
        return sha256(json.dumps([text for text, _ in self.inputs]).encode()).hexdigest()

    @property
    def cv_sha256(self) -> None:
        return None

    @property
    def prompt_tokens(self) -> int:
        return sum(tokens for _, tokens in self.inputs)

    @property
    def reserved_tokens(self) -> int:
        return self.prompt_tokens

    async def run(self) -> Answer:
        return await asyncio.to_thread(self._answer)

    def _answer(self) -> Answer:
        length = self.deployment.traits.vector_length
        data = [
            {
                "object": "embedding",
                "index": index,
                "embedding": self._encoded(embed_text(text, length=length, dimensions=self.dimensions)),
            }
            for index, (text, _) in enumerate(self.inputs)
        ]
        usage = {"prompt_tokens": self.prompt_tokens, "total_tokens": self.prompt_tokens}
        body = {"object": "list", "data": data, "model": self.deployment.model_version, "usage": usage}
        return Answer(body, TokenUse(prompt=self.prompt_tokens))

    def _encoded(self, vector: array[float]) -> list[float] | str:
        if self.encoding == "float":
            return vector.tolist()
        if sys.byteorder == "big":
            vector.byteswap()  # the wire holds little-endian floats
        return base64.b64encode(vector.tobytes()).decode()


def _inputs(value: Any) -> list[tuple[str, int]]:
    """Every input as (text, tokens); token numbers stand for themselves."""
    if isinstance(value, list) and value and all(_is_number(item) for item in value):
        value = [value]
    items = value if isinstance(value, list) else [value]
    if not 1 <= len(items) <= MAX_INPUTS:
        raise invalid_request(
            f"Invalid 'input': expected 1 to {MAX_INPUTS} inputs, got {len(items)}.",
            param="input",
            code="invalid_value",
        )
    return [_input(item) for item in items]


def _input(item: Any) -> tuple[str, int]:
    if isinstance(item, str) and item:
        return item, max(1, count_tokens(item))
    if isinstance(item, list) and item and all(_is_number(number) for number in item):
        return " ".join(map(str, item)), len(item)
    raise invalid_request(
        "Invalid 'input': expected a non-empty string, an array of them, or arrays of token numbers.",
        param="input",
        code="invalid_value",
    )


def _is_number(item: Any) -> bool:
    return isinstance(item, int) and not isinstance(item, bool)


def _dimensions(value: Any, deployment: Deployment) -> int:
    traits = deployment.traits
    if value is None:
        return traits.vector_length
    if not traits.can_shorten_vectors:
        raise invalid_request(
            "This model does not support specifying dimensions.",
            param="dimensions",
            code="unsupported_parameter",
        )
    if not _is_number(value) or not 1 <= value <= traits.vector_length:
        raise invalid_request(
            f"Invalid 'dimensions': this model supports 1 to {traits.vector_length}.",
            param="dimensions",
            code="invalid_value",
        )
    return int(value)
