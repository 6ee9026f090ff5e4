"""The small parts: latency, credentials, deployments, outages, arguments."""

from __future__ import annotations

from pathlib import Path
from random import Random
from shlex import split

import pytest

from local.openai_emulator.authentication import Credentials, credential_kind
from local.openai_emulator.command_line import KEY_VARIABLE, parse_arguments
from local.openai_emulator.delivery import Reply
from local.openai_emulator.deployments import DeploymentBook, DeploymentSpec, traits_of
from local.openai_emulator.faults import Fault
from local.openai_emulator.latency import LatencyProfile
from local.openai_emulator.problems import ApiError
from local.openai_emulator.state import Outage


def test_latency_is_a_base_plus_a_share_per_token_plus_seeded_jitter() -> None:
    """The same seed gives the same waits."""
    assert LatencyProfile.parse("250").seconds(1_000, Random(1)) == 0.25
    profile = LatencyProfile.parse("100:2:30")
    waits = [profile.seconds(50, Random(seed)) for seed in range(200)]
    assert min(waits) >= 0.17
    assert max(waits) <= 0.23
    assert max(waits) - min(waits) > 0.04
    assert profile.seconds(50, Random(3)) == waits[3]


@pytest.mark.parametrize("text", ["", "fast", "1:2", "-5", "1:2:3:4"])
def test_a_latency_that_is_none_is_refused(text: str) -> None:
    """With a ValueError that the command line shows."""
    with pytest.raises(ValueError, match=r"latency|float"):
        LatencyProfile.parse(text)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        pytest.param({"api-key": "right"}, None, id="key"),
        pytest.param({"api-key": "second"}, None, id="other-key"),
        pytest.param({"authorization": "Bearer a.b.c"}, None, id="token"),
        pytest.param({"authorization": "bearer a.b.c"}, None, id="scheme-in-any-case"),
        pytest.param({"api-key": "wrong"}, "401", id="wrong-key"),
        pytest.param({"api-key": ""}, "401", id="empty-key"),
        pytest.param({"api-key": "wrong", "authorization": "Bearer a.b.c"}, "401", id="key-before-token"),
        pytest.param({}, "Unauthorized", id="nothing"),
        pytest.param({"authorization": "Bearer "}, "Unauthorized", id="empty-token"),
        pytest.param({"authorization": "Bearer expired"}, "Unauthorized", id="bad-token"),
        pytest.param({"authorization": "Basic a"}, "Unauthorized", id="other-scheme"),
    ],
)
def test_credentials(headers: dict[str, str], code: str | None) -> None:
    """Keys are compared; tokens only have to be there and not be declared bad."""
    credentials = Credentials(("right", "second"), frozenset({"expired"}))
    if code is None:
        credentials.check(headers)
        return
    with pytest.raises(ApiError) as refusal:
        credentials.check(headers)
    assert (refusal.value.status, refusal.value.code) == (401, code)


def test_keys_do_not_show_in_a_representation() -> None:
    """A traceback or a log line would carry them."""
    assert "right" not in repr(Credentials(("right",)))
    assert credential_kind({"api-key": "right"}) == "api-key"


@pytest.mark.parametrize(
    ("model", "version", "context", "is_reasoning"),
    [
        ("gpt-4.1-mini", "2025-04-14", 1_047_576, False),
        ("gpt-4o", "2024-11-20", 128_000, False),
        ("gpt-4o-mini", "2024-07-18", 128_000, False),
        ("gpt-5-mini", "2025-08-07", 400_000, True),
        ("gpt-5.1", "", 400_000, True),
        ("gpt-6-luna", "", 400_000, True),
        ("o4-mini", "", 200_000, True),
        ("something-new", "", 128_000, False),
    ],
)
def test_a_models_rules_are_those_of_its_longest_family(
    model: str, version: str, context: int, is_reasoning: bool
) -> None:
    """gpt-4o-mini is no gpt-4o."""
    traits = traits_of(model)
    assert (traits.version, traits.context_tokens, traits.is_reasoning) == (version, context, is_reasoning)


def test_deployments_come_and_go() -> None:
    """An unknown or retired one is 404, or 410 where ordered; adding it again revives it."""
    book = DeploymentBook(lambda: 0.0)
    spec = DeploymentSpec.parse("fast=gpt-4.1-nano", requests_per_minute=5, tokens_per_minute=500)
    book.add([spec])
    assert book.find("fast").model_version == "gpt-4.1-nano-2025-04-14"
    for status in (404, 410):
        book.retire("fast", status=status)
        with pytest.raises(ApiError) as refusal:
            book.find("fast")
        assert refusal.value.status == status
    book.add([spec])
    assert book.find("fast").spec.requests_per_minute == 5


def test_an_answer_is_utf8_and_half_a_surrogate_pair_an_escape() -> None:
    """A prompt can hold either, and the answer may quote it."""
    assert Reply.of_json(200, {"a": "Zoë"}, {}).body == '{"a":"Zoë"}'.encode()
    assert Reply.of_json(200, {"a": "\ud800"}, {}).body == b'{"a":"\\ud800"}'


def test_an_outage_ends_by_itself_or_when_told() -> None:
    """Its clock is the emulator's."""
    now = 100.0
    outage = Outage(lambda: now)
    assert outage.current() is None
    outage.begin(Fault("silence"), seconds=5)
    now = 104.9
    assert outage.current() == Fault("silence")
    now = 105.0
    assert outage.current() is None
    outage.begin()
    now = 10_000.0
    assert outage.current() == Fault("status", status=503)
    outage.end()
    assert outage.current() is None


def test_arguments_become_a_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits hold for every deployment named."""
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    config, ready_file = parse_arguments(
        split(
            "--port 8089 --api-key k --deployment fast=gpt-4.1-nano --deployment gpt-5-mini --rpm 20 "
            "--tpm 9000 --latency-ms 300:4:50 --seed 3 --ready-file ready.json"
        )
    )
    assert [(spec.name, spec.model, spec.requests_per_minute) for spec in config.deployments] == [
        ("fast", "gpt-4.1-nano", 20),
        ("gpt-5-mini", "gpt-5-mini", 20),
    ]
    assert (config.port, config.api_keys, config.seed) == (8089, ("k",), 3)
    assert config.latency == LatencyProfile(300, 4, 50)
    assert ready_file == Path("ready.json")


def test_the_key_comes_from_the_environment_or_is_random(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no key that everybody knows."""
    monkeypatch.setenv(KEY_VARIABLE, "from-the-environment")
    assert parse_arguments([])[0].api_keys == ("from-the-environment",)
    monkeypatch.delenv(KEY_VARIABLE)
    assert parse_arguments([])[0].api_keys != parse_arguments([])[0].api_keys


def test_wrong_arguments_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, as of every command line."""
    with pytest.raises(SystemExit):
        parse_arguments(["--latency", "soon"])
    assert "float" in capsys.readouterr().err
