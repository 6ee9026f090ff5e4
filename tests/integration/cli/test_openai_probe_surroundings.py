"""What is around the probe: secrets, settings, names and certificates, the folder it writes to."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.diagnostics.probe import CHAT_REQUEST, EMBEDDED_TEXT
from tests.integration.cli.probe_command import KEY_CANARY, QUIET_DAY, ROOT, Probe
from tests.probe_report import assert_valid


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param({}, id="ready"),
        pytest.param({"kind": "status", "status": 400}, id="rejected"),
        pytest.param({"kind": "content_filter_prompt"}, id="filtered"),
        pytest.param({"kind": "malformed_json"}, id="no-json"),
    ],
)
def test_nothing_secret_and_no_text_is_kept(probe: Probe, trouble: dict[str, Any]) -> None:
    """No key, prompt or answer in artifacts or output, even where the provider quotes them in its error."""
    if trouble:
        quoted = {"code": "x", "message": f"{KEY_CANARY}: {CHAT_REQUEST.messages[1].content}"}
        body = {"error": quoted} if trouble["kind"] == "status" else None
        probe.break_next(None, **trouble, body=body)
    run = probe.run()
    assert run.exit_code == (2 if trouble else 0)
    texts = [message.content for message in CHAT_REQUEST.messages]
    for secret in (KEY_CANARY, *texts, EMBEDDED_TEXT, "Your message has"):
        assert secret not in run.everything


def test_a_key_pasted_elsewhere_is_masked(probe: Probe) -> None:
    """Somebody set the key as the deployment's name and in the URL; the report still goes into a ticket."""
    endpoint = probe.emulator.url.replace("http://", f"http://{KEY_CANARY}@") + f"/{KEY_CANARY}/v1"
    run = probe.run("--model", KEY_CANARY, AZURE_OPENAI_ENDPOINT=endpoint, OPENAI_ALLOWED_MODELS=KEY_CANARY)
    assert run.exit_code == 2
    assert KEY_CANARY not in run.everything


def test_settings_come_from_the_file_of_the_folder(probe: Probe) -> None:
    """Without an environment local.settings.json is read, and the environment wins where both speak."""
    values = {
        "AZURE_OPENAI_ENDPOINT": probe.emulator.url,
        "AZURE_OPENAI_API_KEY": KEY_CANARY,
        "OPENAI_EMBEDDING_DIMENSIONS": 512,
        "OPENAI_CHAT_DEPLOYMENT": "absent",
    }
    (probe.work_dir / "local.settings.json").write_text(json.dumps({"IsEncrypted": False, "Values": values}))
    run = probe.run(AZURE_OPENAI_ENDPOINT="", AZURE_OPENAI_API_KEY="", OPENAI_CHAT_DEPLOYMENT="gpt-4.1-mini")
    assert run.exit_code == 0, run.stdout
    assert (run.chat["deployment"], run.embeddings["dimensions"]) == ("gpt-4.1-mini", 512)


def test_missing_settings_are_not_ready(probe: Probe) -> None:
    """Exit code 2 with a valid report that names the variable and how to set it."""
    run = probe.run(AZURE_OPENAI_ENDPOINT="")
    assert (run.exit_code, run.report["target"]) == (2, None)
    assert "AZURE_OPENAI_ENDPOINT" in run.report["error"]["message"]
    assert "local.settings.json" in run.report["error"]["remedy"]


def test_a_name_that_does_not_exist_is_told_from_a_closed_door(probe: Probe) -> None:
    """DNS, a refused connection and a broken certificate each have a remedy of their own."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    unknown = probe.run("--max-attempts", "1", AZURE_OPENAI_ENDPOINT="https://no-such-host.invalid")
    refused = probe.run("--max-attempts", "1", AZURE_OPENAI_ENDPOINT=f"http://127.0.0.1:{port}")
    no_tls = probe.run(
        "--max-attempts", "1", AZURE_OPENAI_ENDPOINT=probe.emulator.url.replace("http:", "https:")
    )
    assert [unknown.exit_code, refused.exit_code, no_tls.exit_code] == [2, 2, 2]
    assert "nslookup no-such-host.invalid" in unknown.stdout.replace("\n               ", " ")
    assert f"Nothing listens at 127.0.0.1:{port}" in refused.stdout
    assert "agree on TLS" in no_tls.stdout


def test_artifacts_that_cannot_be_written_fail_the_gate(probe: Probe) -> None:
    """A file stands where the folder should be: 73, the reason on stderr, the report on stdout."""
    (probe.work_dir / "taken").write_text("")
    run = probe.run("--json", "--output", "taken/openai")
    assert run.exit_code == 73
    assert "taken" in run.stderr
    assert json.loads(run.stdout)["status"] == "ready"


def test_nothing_but_the_artifacts_is_left(probe: Probe) -> None:
    """No half-written files beside them."""
    run = probe.run()
    assert sorted(path.name for path in run.folder.iterdir()) == ["metrics.prom", "probe.json"]


def test_the_local_command_brings_its_own_emulator(tmp_path: Path) -> None:
    """``python -m local.probe`` without any settings is ready."""
    environment = {name: value for name, value in os.environ.items() if "OPENAI" not in name}
    run = subprocess.run(
        [sys.executable, "-m", "local.probe", "--json", "--as-of", QUIET_DAY],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT), "OPENAI_EMBEDDING_DEPLOYMENT": "my-vectors"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    report = json.loads(run.stdout)
    assert_valid(report)
    assert report["probes"]["embeddings"]["deployment"] == "my-vectors"
