"""The assistants: their names, instructions, schemas and versions, read from their folders."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared_code.assistants.conformance import Check, compile_check
from shared_code.backends.contract import OutputSchema
from shared_code.errors import SettingsError

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from shared_code.settings import OpenAISettings

EXTRACTOR = "cv_data_extractor"
PII_IDENTIFIER = "cv_pii_identifier"
SKILLS_ANALYST = "cv_skills_analyst"
PAGE_TRANSCRIBER = "page_transcriber"

_FOLDER = Path(__file__).parent
_SCHEMA_OF_ASSISTANT = {
    EXTRACTOR: "candidate_profile_schema",
    PII_IDENTIFIER: "pii_entities_schema",
    SKILLS_ANALYST: "skills_analysis_schema",
}


@dataclass(frozen=True, slots=True)
class Assistant:
    """What is asked. ``version`` changes with the instructions or the schema, and with nothing else."""

    name: str
    instructions: str
    output_schema: OutputSchema
    version: str


@cache
def load_assistant(name: str) -> Assistant:
    """Read one assistant's folder; once per process."""
    instructions = (_FOLDER / name / "instructions.md").read_text(encoding="utf-8")
    schema_text = (_FOLDER / name / "schema.json").read_text(encoding="utf-8")
    version = hashlib.sha256(f"{instructions}\0{schema_text}".encode()).hexdigest()[:12]
    schema = {key: value for key, value in json.loads(schema_text).items() if not key.startswith("$")}
    return Assistant(name, instructions, OutputSchema(_SCHEMA_OF_ASSISTANT[name], schema), version)


@dataclass(frozen=True, slots=True)
class Instructions:
    """What is asked where plain text is the answer. ``version`` changes with the text."""

    name: str
    text: str
    version: str


@cache
def load_instructions(name: str) -> Instructions:
    """Read the instructions of a folder without a schema; once per process."""
    text = (_FOLDER / name / "instructions.md").read_text(encoding="utf-8")
    return Instructions(name, text, hashlib.sha256(text.encode()).hexdigest()[:12])


def find_assistant(assistant_id: str, settings: OpenAISettings) -> Assistant:
    """The assistant of that name, or the one whose Azure assistant ID this is.

    Raises:
        SettingsError: Neither a name nor one of the three configured IDs.
    """
    aliases = {configured_id(name, settings): name for name in _SCHEMA_OF_ASSISTANT}
    name = aliases.get(assistant_id, assistant_id)
    if name not in _SCHEMA_OF_ASSISTANT:
        raise SettingsError(
            f"No assistant is called or configured as {assistant_id!r}. Use one of "
            f"{', '.join(_SCHEMA_OF_ASSISTANT)}, or set CV_DATA_EXTRACTOR_ASSISTANT_ID, "
            "CV_PII_IDENTIFIER_ASSISTANT_ID and CV_SKILLS_ANALYST_ASSISTANT_ID."
        )
    return load_assistant(name)


def configured_id(name: str, settings: OpenAISettings) -> str | None:
    """The Azure assistant ID that is set for an assistant, None where none is."""
    return {
        EXTRACTOR: settings.extractor_assistant_id,
        PII_IDENTIFIER: settings.pii_assistant_id,
        SKILLS_ANALYST: settings.skills_assistant_id,
    }[name]


@cache
def schema_named(schema_name: str) -> dict[str, Any]:
    """The schema of that name, as the model must follow it.

    Raises:
        SettingsError: There is no such schema.
    """
    for assistant, name in _SCHEMA_OF_ASSISTANT.items():
        if name == schema_name:
            return load_assistant(assistant).output_schema.schema
    raise SettingsError(
        f"No schema is called {schema_name!r}. Use one of {', '.join(_SCHEMA_OF_ASSISTANT.values())}."
    )


@cache
def check_for(schema_name: str) -> Check:
    """The compiled check of a schema, whose yes is sure and whose no is ``validator_for``'s to confirm.

    Raises:
        SettingsError: There is no such schema.
    """
    return compile_check(schema_named(schema_name))


@cache
def validator_for(schema_name: str) -> Validator:
    """The compiled validator of a schema, which knows the reasons too; once per process.

    Raises:
        SettingsError: There is no such schema.
    """
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema_named(schema_name))
