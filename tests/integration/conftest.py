"""The whole system, started once for all tests that need it: real app, real storage, real HTTP model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack, running_stack
from shared_code.background_loop import BackgroundLoop

# Impatient, so that what has to fail fails soon.
TEST_SETTINGS = {
    "OPENAI_MAX_ATTEMPTS": "2",
    "OPENAI_BACKOFF_SECONDS": "0.05",
    "OPENAI_ATTEMPT_TIMEOUT_SECONDS": "2",
    "OPENAI_DEADLINE_SECONDS": "4",
    "OPENAI_BREAKER_FAILURE_THRESHOLD": "100",
    "CV_MAX_DOCUMENT_BYTES": "200000",
}


@dataclass(frozen=True, slots=True)
class App:
    """The running stack, and where its logs are."""

    stack: Stack
    work_dir: Path

    @property
    def url(self) -> str:
        return self.stack.url

    @property
    def connection_string(self) -> str:
        return self.stack.backends.connection_string

    @property
    def emulator_url(self) -> str:
        assert self.stack.backends.emulator_url
        return self.stack.backends.emulator_url

    def headers(self, **more: str) -> dict[str, str]:
        return {"x-functions-key": self.stack.key, **{name.replace("_", "-"): more[name] for name in more}}

    def logs(self) -> str:
        return "\n".join(path.read_text("utf-8", "replace") for path in sorted(self.work_dir.glob("*.log")))


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The system on free ports, with its data in a folder of its own."""
    patch = pytest.MonkeyPatch()
    patch.delenv("AZURE_OPENAI_ENDPOINT", raising=False)
    work_dir = tmp_path_factory.mktemp("stack")
    loop = BackgroundLoop()
    context: Any = running_stack(work_dir=work_dir, settings=TEST_SETTINGS)
    stack = loop.run(context.__aenter__())
    try:
        yield App(stack, work_dir)
    finally:
        loop.run(context.__aexit__(None, None, None))
        loop.stop()
        patch.undo()
