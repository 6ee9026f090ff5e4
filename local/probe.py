"""``make probe``: the readiness probe against the endpoint that is set, else against the emulator."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from cli.diagnostics.command_line import main as run_probe
from cli.diagnostics.command_line import parse_arguments
from cli.environment import complete_environment
from local.openai_emulator.deployments import DEFAULT_DEPLOYMENTS, DeploymentSpec, traits_of
from local.openai_emulator.server import EmulatorConfig, running_emulator
from local.stack import EMULATOR_API_KEY
from shared_code.background_loop import BackgroundLoop
from shared_code.errors import SettingsError

COMMAND = "openai-probe"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``openai-probe`` with these flags, starting an emulator where no endpoint is set."""
    command = [COMMAND, *(sys.argv[1:] if arguments is None else arguments)]
    options = parse_arguments(command)
    if os.environ.get("AZURE_OPENAI_ENDPOINT"):
        return run_probe(command)
    loop = BackgroundLoop()
    # The endpoint goes in before the file does, whose own endpoint is thereby passed over.
    os.environ["AZURE_OPENAI_API_KEY"] = EMULATOR_API_KEY
    os.environ["AZURE_OPENAI_ENDPOINT"] = "http://127.0.0.1"
    try:
        complete_environment(os.environ, options.settings, {})
    except SettingsError:
        return run_probe(command)  # which reports it
    emulator: Any = running_emulator(
        EmulatorConfig(api_keys=(EMULATOR_API_KEY,), deployments=_deployments_of_the_settings())
    )
    running = loop.run(emulator.__aenter__())
    try:
        os.environ["AZURE_OPENAI_ENDPOINT"] = running.url
        print("AZURE_OPENAI_ENDPOINT is not set: asking the local emulator.", file=sys.stderr)
        return run_probe(command)
    finally:
        loop.run(emulator.__aexit__(None, None, None))
        loop.stop()


def _deployments_of_the_settings() -> tuple[DeploymentSpec, ...]:
    """What the settings name, and the emulator's own; a flag's deployment may well be missing."""
    from pydantic import ValidationError

    from shared_code.settings import DEFAULT_EMBEDDING_DEPLOYMENT, OpenAISettings

    models = {name: name for name in DEFAULT_DEPLOYMENTS}
    try:
        settings = OpenAISettings(endpoint=os.environ["AZURE_OPENAI_ENDPOINT"])
    except ValidationError:
        pass  # the probe says what is wrong with them
    else:
        vectors, vector_model = (
            settings.embedding_deployment,
            settings.model_of(settings.embedding_deployment),
        )
        makes_vectors = traits_of(vector_model).work == "embeddings"
        models |= {
            name: settings.model_of(name) for name in (settings.chat_deployment, settings.fallback_deployment)
        }
        models[vectors] = vector_model if makes_vectors else DEFAULT_EMBEDDING_DEPLOYMENT
    return tuple(DeploymentSpec(name, model) for name, model in models.items())


if __name__ == "__main__":
    raise SystemExit(main())
