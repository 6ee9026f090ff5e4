"""LiteLLM's proxy (PyPI ``litellm[proxy]``): a gateway with answers of its own, and with aimock behind it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.compatibility.aimock import Aimock
from tests.compatibility.refusing_model import running_refusing_model
from tests.compatibility.server_process import answers, running_server

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-compatibility" / ("Scripts" if os.name == "nt" else "bin") / "python"
KEY = "sk-key-of-the-compatibility-tests"
# As its own command does it, and gone when stdin ends.
LAUNCH = (
    "import os, sys, threading; "
    "threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start(); "
    "from litellm import run_server; run_server()"
)
ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it fetches prices from the internet, and waits for them
    "LITELLM_TELEMETRY": "False",
    "DISABLE_ADMIN_UI": "True",
}


@dataclass(frozen=True, slots=True)
class LiteLLMProxy:
    """A running proxy; what is asked of ``gpt-4.1-mini`` goes on to ``upstream``."""

    url: str
    upstream: Aimock
    key: str = KEY

    @property
    def endpoint(self) -> str:
        """What AZURE_OPENAI_ENDPOINT takes."""
        return f"{self.url}/v1"


def is_installed() -> bool:
    """Whether its environment is set up."""
    return PYTHON.is_file() and (PYTHON.parent / "litellm").exists()


@contextmanager
def running_litellm_proxy(work_dir: Path, upstream: Aimock) -> Iterator[LiteLLMProxy]:
    """The proxy for the length of a ``with`` block, asking for ``KEY``.

    Raises:
        ServerError: It did not get ready.
    """
    config = work_dir / "litellm.yaml"
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    command = [str(PYTHON), "-c", LAUNCH, "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    with running_refusing_model() as refusing_endpoint:
        config.write_text(json.dumps(_config(upstream, refusing_endpoint)), encoding="utf-8")  # JSON is YAML
        with running_server(
            command,
            log=work_dir / "litellm.log",
            environment=ENVIRONMENT,
            is_ready=lambda: answers(f"{url}/health/liveliness"),
        ):
            yield LiteLLMProxy(url, upstream)


def _config(upstream: Aimock, refusing_endpoint: str) -> dict[str, Any]:
    """Its configuration: deployments with mock answers, and one that passes everything on."""
    empty = {"finish_reason": "stop", "message": {"role": "assistant", "content": ""}}
    mock_answers = {
        "mock-answer": "This is the gateway's own answer.",
        "mock-rate-limit": "litellm.RateLimitError",
        "mock-server-error": "litellm.InternalServerError",
        "mock-context-window": "litellm.ContextWindowExceededError",
        "mock-empty-answer": {"choices": [empty]},
    }
    names = ("gpt-4.1-mini", "gpt-4o-mini", "text-embedding-3-small")
    passed_on: dict[str, Any] = {name: _upstream(name, upstream.endpoint, upstream.key) for name in names}
    azure = {**_upstream("gpt-4.1-mini", upstream.url, upstream.key), "model": "azure/gpt-4.1-mini"}
    passed_on["azure-4.1-mini"] = {**azure, "api_version": "2024-10-21"}
    passed_on["refusing"] = _upstream("gpt-4.1-mini", refusing_endpoint, "unused")
    mocked = {name: _mocked(answer) for name, answer in mock_answers.items()}
    # Each test that uses a limit up has its own.
    once_a_minute = {**_mocked("Once a minute."), "rpm": 1}
    limited = {"mock-limited": once_a_minute, "mock-limited-too": once_a_minute}
    vector = {"mock-embedding": {**_mocked([0.1, 0.2]), "model": "openai/text-embedding-3-small"}}
    return {
        "model_list": [
            {"model_name": name, "litellm_params": parameters}
            for name, parameters in {**passed_on, **mocked, **limited, **vector}.items()
        ],
        "general_settings": {"master_key": KEY},
        "litellm_settings": {"telemetry": False},
        # Its own retries and cooldowns would answer in place of the server under test.
        "router_settings": {
            "num_retries": 0,
            "disable_cooldowns": True,
            "optional_pre_call_checks": ["enforce_model_rate_limits"],
        },
    }


def _upstream(name: str, endpoint: str, key: str) -> dict[str, Any]:
    return {"model": f"openai/{name}", "api_base": endpoint, "api_key": key}


def _mocked(answer: Any) -> dict[str, Any]:
    return {"model": "openai/gpt-4.1-mini", "api_key": "unused", "mock_response": answer}


def _free_port() -> int:
    # The proxy cannot tell which port it got, so it is given one.
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
