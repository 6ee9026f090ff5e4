"""Rules that hold for the parameters of every API that answers in text, refused as the service does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local.openai_emulator.deployments import ModelTraits
from local.openai_emulator.problems import ApiError, invalid_request
from local.openai_emulator.strict_schema import check_strict_schema
from local.openai_emulator.text_request import OutputFormat

# Sampling parameters with the one value that a reasoning model takes.
FIXED_WHEN_REASONING: Mapping[str, float] = {
    "temperature": 1,
    "top_p": 1,
    "presence_penalty": 0,
    "frequency_penalty": 0,
}
RANGES: Mapping[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
}
SCHEMA_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_sampling(body: Mapping[str, Any], traits: ModelTraits, effort: str | None) -> None:
    """Accept the sampling parameters: in range, and left alone while the model reasons.

    Raises:
        ApiError: 400 naming the parameter.
    """
    for name, (lowest, highest) in RANGES.items():
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
            raise invalid_request(
                f"Invalid '{name}': expected a number from {lowest} to {highest}.",
                param=name,
                code="invalid_value",
            )
        if traits.is_reasoning and effort != "none" and value != FIXED_WHEN_REASONING[name]:
            raise invalid_request(
                f"Unsupported value: '{name}' does not support {value} with this model. Only the default "
                f"({FIXED_WHEN_REASONING[name]}) value is supported.",
                param=name,
                code="unsupported_value",
            )


def effective_effort(effort: Any, traits: ModelTraits, where: str) -> str | None:
    """How hard the model thinks: as asked, else its default; None for models that do not reason.

    Raises:
        ApiError: 400 naming the parameter, ``where``.
    """
    if effort is None:
        return "medium" if traits.is_reasoning else None
    if not traits.is_reasoning:
        raise invalid_request(
            f"Unsupported parameter: '{where}' is not supported with this model.",
            param=where,
            code="unsupported_parameter",
        )
    if effort not in traits.reasoning_efforts:
        raise invalid_request(
            f"Unsupported value for '{where}'. This model supports: {', '.join(traits.reasoning_efforts)}.",
            param=where,
            code="unsupported_value",
        )
    return str(effort)


def checked_limit(name: str, limit: Any, traits: ModelTraits) -> int | None:
    """The largest number of completion tokens, where one is asked for.

    Raises:
        ApiError: 400 naming the parameter.
    """
    if limit is None:
        return None
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= traits.output_tokens:
        raise invalid_request(
            f"Invalid '{name}': this model supports 1 to {traits.output_tokens} completion tokens.",
            param=name,
            code="invalid_value",
        )
    return limit


def output_format(value: Any, where: str, *, schema_key: str | None) -> OutputFormat:
    """The form of the answer; text where none is asked for.

    Args:
        value: What the request holds.
        where: The parameter's name.
        schema_key: The field that holds name, schema and strict; None where they stand in ``value``.

    Raises:
        ApiError: 400 naming the part that is wrong.
    """
    if value is None:
        return OutputFormat()
    kind = value.get("type") if isinstance(value, dict) else None
    if kind in ("text", "json_object"):
        return OutputFormat(kind)
    if kind != "json_schema":
        raise invalid_request(
            f"Invalid value for '{where}.type'. Supported values are: 'json_object', 'json_schema', 'text'.",
            param=f"{where}.type",
            code="invalid_value",
        )
    if schema_key is None:
        return _schema_format(value, where)
    return _schema_format(value.get(schema_key), f"{where}.{schema_key}")


def _schema_format(declared: Any, where: str) -> OutputFormat:
    if not isinstance(declared, dict):
        raise missing_parameter(where)
    name, schema = declared.get("name"), declared.get("schema")
    if not isinstance(name, str):
        raise missing_parameter(f"{where}.name")
    if not SCHEMA_NAME.fullmatch(name):
        raise invalid_request(
            f"Invalid '{where}.name': expected letters, digits, '_' and '-', at most 64.",
            param=f"{where}.name",
            code="invalid_value",
        )
    if not isinstance(schema, dict):
        raise missing_parameter(f"{where}.schema")
    if declared.get("strict"):
        check_strict_schema(name, schema)
    return OutputFormat("json_schema", name, schema)


def missing_parameter(where: str) -> ApiError:
    """A 400 for something that has to be there."""
    return invalid_request(
        f"Missing required parameter: '{where}'.", param=where, code="missing_required_parameter"
    )
