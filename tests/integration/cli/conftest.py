"""The emulator that the probe is run against, clean for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.openai_emulator.deployments import DEFAULT_DEPLOYMENTS, DeploymentSpec
from local.openai_emulator.server import Emulator, EmulatorConfig, running_emulator
from shared_code.background_loop import BackgroundLoop
from tests.integration.cli.probe_command import KEY_CANARY, WRONG_KEY_CANARY, Probe, bare_environment
from tests.integration.cli.warm_process import WarmProcess, warm_process


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """One emulator for all tests; ``vectors`` is a deployment that the catalogue does not know."""
    specs = [DeploymentSpec(name, name) for name in (*DEFAULT_DEPLOYMENTS, "text-embedding-ada-002")]
    specs.append(DeploymentSpec("vectors", "text-embedding-3-large"))
    loop = BackgroundLoop()
    context: Any = running_emulator(
        EmulatorConfig(
            api_keys=(KEY_CANARY,), bad_tokens=frozenset({WRONG_KEY_CANARY}), deployments=tuple(specs)
        )
    )
    yield loop.run(context.__aenter__())
    loop.run(context.__aexit__(None, None, None))
    loop.stop()


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmProcess]:
    """The process from which runs of the probe are forked."""
    folder = tmp_path_factory.mktemp("warm")
    with warm_process("cli.diagnostics", folder, bare_environment()) as process:
        yield process


@pytest.fixture
def probe(emulator: Emulator, warm: WarmProcess, tmp_path: Path) -> Iterator[Probe]:
    """The probe before an emulator that nothing is ordered of."""
    emulator.state.ledger.clear()
    emulator.state.faults.clear()
    emulator.state.outage.end()
    yield Probe(emulator, tmp_path, warm)
    emulator.state.faults.clear()
    emulator.state.outage.end()
