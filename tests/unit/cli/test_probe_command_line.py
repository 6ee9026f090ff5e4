"""The probe's flags, where its settings come from, and the files it leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.diagnostics.artifacts import write_artifacts
from cli.diagnostics.command_line import ExitCode, parse_arguments
from cli.environment import complete_environment
from shared_code import errors

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param([], id="no-command"),
        pytest.param(["openai-probe", "--unknown"], id="unknown-flag"),
        pytest.param(["openai-probe", "--dimensions", "0"], id="no-dimensions"),
        pytest.param(["openai-probe", "--max-attempts", "2.5"], id="half-an-attempt"),
        pytest.param(["openai-probe", "--timeout", "nan"], id="nan"),
        pytest.param(["openai-probe", "--watch", "-1"], id="back-in-time"),
        pytest.param(["openai-probe", "--as-of", "soon"], id="no-day"),
        pytest.param(["openai-probe", "--skip-chat", "--skip-embeddings"], id="nothing-to-do"),
        pytest.param(["openai-probe", "--count", "2"], id="count-alone"),
    ],
)
def test_a_wrong_command_line_is_not_taken_for_not_ready(
    flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """64, because 2 has a meaning; what is wrong is said on stderr."""
    with pytest.raises(SystemExit) as ended:
        parse_arguments(flags)
    assert ended.value.code == 64
    assert "_count" not in capsys.readouterr().err


def test_help_lists_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever writes the pipeline looks there first."""
    with pytest.raises(SystemExit) as ended:
        parse_arguments(["openai-probe", "--help"])
    assert ended.value.code == 0
    table = capsys.readouterr().out.partition("exit codes:")[2]
    assert {int(line.split()[0]) for line in table.splitlines() if line[:5].strip().isdigit()} == set(
        ExitCode
    )


def test_help_loads_nothing_heavy() -> None:
    """It answers at once: neither settings nor SDK are imported."""
    code = (
        "import sys, cli.diagnostics.command_line as c\n"
        "try: c.parse_arguments(['openai-probe', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'openai', 'pydantic', 'asyncio', 'prometheus_client', 'aiohttp'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


def _file(folder: Path, **content: Any) -> Path:
    path = folder / "local.settings.json"
    path.write_text("\ufeff" + json.dumps(content), encoding="utf-8")
    return path


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    """Flags, environment, file; what is empty counts as not set."""
    path = _file(tmp_path, Values={"A": "file", "B": "file", "C": "file", "D": 5, "E": True, "F": None})
    environment = {"A": "environment", "B": "environment", "C": ""}
    complete_environment(environment, path, {"A": "flag"})
    assert environment == {"A": "flag", "B": "environment", "C": "file", "D": "5", "E": "true"}


def test_the_file_of_the_folder_is_read_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the local host does; without one the environment is all there is."""
    monkeypatch.chdir(tmp_path)
    environment: dict[str, str] = {}
    complete_environment(environment, None, {})
    assert environment == {}
    _file(tmp_path, Values={"A": "file"})
    complete_environment(environment, None, {})
    assert environment == {"A": "file"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(None, "cannot be read", id="missing"),
        pytest.param(b"{\n broken", "not JSON, line 2", id="broken"),
        pytest.param(b"\xff\xfe\xfd", "not JSON", id="no-text"),
        pytest.param(b'{"values": {}}', "no object 'Values'", id="no-values"),
        pytest.param(b'{"IsEncrypted": true, "Values": {}}', "func settings decrypt", id="encrypted"),
    ],
)
def test_a_broken_file_says_how_to_mend_it(tmp_path: Path, content: bytes | None, words: str) -> None:
    """The settings are wrong then, and the message names the file."""
    path = tmp_path / "some.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(errors.SettingsError, match=words) as raised:
        complete_environment({}, path, {})
    assert str(path) in str(raised.value)


def test_artifacts_are_replaced_whole(tmp_path: Path) -> None:
    """What cannot be written leaves the former files as they were, and no rest of its own."""
    folder = tmp_path / "new" / "folder"
    write_artifacts(folder, {"round": 1}, b"one")
    with pytest.raises(TypeError):
        write_artifacts(folder, {"round": object()}, b"two")
    (folder / "probe.json").unlink()
    (folder / "probe.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_artifacts(folder, {"round": 3}, b"three")
    assert sorted(path.name for path in folder.iterdir()) == ["metrics.prom", "probe.json"]
    assert (folder / "metrics.prom").read_bytes() == b"three"
