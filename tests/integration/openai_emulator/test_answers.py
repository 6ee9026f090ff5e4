"""Answers: read from the CV in the prompt, counted in tokens, cut, cached, or refused for what was asked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import openai
import pytest

from local.openai_emulator.server import Emulator, running_emulator
from tests.integration.openai_emulator.asking import (
    CONFIG,
    MODEL,
    ROOT,
    Client,
    ask_about,
    azure_client,
    control,
    last_entry,
    v1_client,
)
from tests.unit.openai_emulator.line_reader import RESPONSE_FORMAT

WHOLE_CV = """Ada Example
Data Engineer
ada@example.com | +44 20 7946 0123 | London

EXPERIENCE
Senior Data Engineer, Example Retail Ltd, London
March 2019 - Present
- Built pipelines in Python and Spark that cut the nightly load from 6 hours to 40 minutes

EDUCATION
BSc Computer Science, Example University, 2014 - 2017

SKILLS
Python, Spark, Airflow, PostgreSQL
"""


@pytest.mark.parametrize("surface", ["azure", "v1", "plain"])
async def test_the_answer_is_read_from_the_cv_in_the_prompt(emulator: Emulator, surface: str) -> None:
    """Change the CV and the answer changes, by every URL shape."""
    clients = {
        "azure": azure_client(emulator),
        "v1": v1_client(emulator),
        "plain": v1_client(emulator, "/v1/"),
    }
    async with clients[surface] as client:
        first = await ask_about(client)
        second = await ask_about(client, "Grace Sample\ngrace@example.org")
    assert json.loads(first.choices[0].message.content) == {
        "name": "Ada Example",
        "emails": ["ada@example.com"],
        "lines": 4,
        "links": ["mailto:ada@example.com"],
    }
    assert json.loads(second.choices[0].message.content)["name"] == "Grace Sample"
    assert first.choices[0].finish_reason == "stop"
    assert first.model == "gpt-4.1-mini-2025-04-14"
    assert first.usage.total_tokens == first.usage.prompt_tokens + first.usage.completion_tokens
    assert first.usage.completion_tokens > 10
    assert first.model_extra["prompt_filter_results"][0]["content_filter_results"]["jailbreak"]


@pytest.mark.parametrize("assistant", ["cv_data_extractor", "cv_pii_identifier", "cv_skills_analyst"])
async def test_the_projects_own_reader_answers_each_of_its_schemas(assistant: str) -> None:
    """Without a reader given, the rule-based one reads; its answer is valid and comes from the CV."""
    path = ROOT / "shared_code" / "assistants" / assistant / "schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    declared = {"name": schema["title"], "schema": schema, "strict": True}
    async with running_emulator() as emulator, azure_client(emulator) as client:
        contents = [
            (await ask_about(client, text, response_format={"type": "json_schema", "json_schema": declared}))
            .choices[0]
            .message.content
            for text in (WHOLE_CV, WHOLE_CV.replace("Ada Exam", "Eve Sam").replace("Python", "Kotlin"))
        ]
    answers = [json.loads(content) for content in contents]
    assert all(list(answer) == schema["required"] for answer in answers)
    assert answers[0] != answers[1]


async def test_a_message_without_a_format_is_answered_with_an_extract_of_it(azure: Client) -> None:
    """Free chat: not canned either."""
    answer = await azure.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "ping pong"}]
    )
    assert answer.choices[0].message.content == "Your message has 2 words and begins: ping pong"


async def test_a_schema_that_no_reader_knows_is_refused(azure: Client) -> None:
    """A made-up answer would look like a working one."""
    schema = {**RESPONSE_FORMAT["json_schema"], "name": "weather"}
    with pytest.raises(openai.BadRequestError, match="no reader for the schema 'weather'"):
        await ask_about(azure, response_format={"type": "json_schema", "json_schema": schema})


async def test_an_answer_that_breaks_its_schema_is_a_fault_of_the_reader() -> None:
    """It is never sent as if the model could have said so, and the message holds no word of the CV."""

    def forgetful(schema_name: str, cv_text: str, links: object = ()) -> dict[str, object]:
        return {"name": cv_text, "emails": "none", "lines": 1, "links": []}

    def failing(schema_name: str, cv_text: str, links: object = ()) -> dict[str, object]:
        raise ValueError(cv_text)

    for reader, reason in (
        (forgetful, "breaks 'type' at '/emails'"),
        (failing, r"raised ValueError at test_answers\.py:\d+"),
    ):
        async with (
            running_emulator(replace(CONFIG, reader=reader)) as emulator,
            azure_client(emulator) as client,
        ):
            with pytest.raises(openai.InternalServerError, match=reason) as failure:
                await ask_about(client)
            assert "Ada" not in str(failure.value)


async def test_a_completion_limit_cuts_the_answer_and_thinking_counts_against_it(azure: Client) -> None:
    """finish_reason length, and exactly as many tokens as allowed."""
    cut = await ask_about(azure, max_completion_tokens=10)
    assert cut.choices[0].finish_reason == "length"
    assert cut.usage.completion_tokens == 10
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut.choices[0].message.content)
    thought = await ask_about(azure, model="gpt-5-mini")
    assert 0 < thought.usage.completion_tokens_details.reasoning_tokens < thought.usage.completion_tokens
    only_thought = await ask_about(azure, model="gpt-5-mini", max_completion_tokens=32)
    assert (only_thought.choices[0].message.content, only_thought.choices[0].finish_reason) == ("", "length")
    assert only_thought.usage.completion_tokens_details.reasoning_tokens == 32


async def test_a_repeated_long_beginning_is_reported_as_cached(azure: Client) -> None:
    """The instructions of every call are the same; the CV is not."""
    instructions = "Report only what the document says, and quote it. " * 200

    async def ask(cv_text: str) -> Any:
        return await azure.chat.completions.create(
            model=MODEL,
            messages=[{"role": "system", "content": instructions}, {"role": "user", "content": cv_text}],
        )

    first, second = await ask("Ada Example"), await ask("Grace Sample")
    assert first.usage.prompt_tokens_details.cached_tokens == 0
    assert second.usage.prompt_tokens_details.cached_tokens >= 1_024


async def test_more_text_than_the_context_is_refused_and_billed(emulator: Emulator) -> None:
    """Azure charges for input that it had to read to refuse it."""
    tiny = {"name": "tiny", "model": MODEL, "context_tokens": 60}
    await control(emulator, "POST", "deployments", {"add": [tiny]})
    async with azure_client(emulator) as client:
        with pytest.raises(openai.BadRequestError) as refusal:
            await ask_about(client, model="tiny")
    assert refusal.value.code == "context_length_exceeded"
    assert last_entry(emulator)["is_billed"]
    assert last_entry(emulator)["prompt_tokens"] > 60
