"""Settings, connections, tuning and the key."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from local.functions_host.errors import HostStartError
from local.functions_host.keys import carries_key, host_key
from local.functions_host.settings import (
    DEVELOPMENT_STORAGE,
    apply_settings,
    connection_string,
    is_disabled,
    read_local_settings,
    resolve_names,
)
from local.functions_host.threads import thread_limit
from local.functions_host.tuning import Tuning, read_tuning

if TYPE_CHECKING:
    from pathlib import Path


def _file(folder: Path, document: object) -> Path:
    path = folder / "local.settings.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


def test_values_go_into_the_environment_and_what_is_there_wins(tmp_path: Path) -> None:
    """The shell's settings win over the file's, as with Core Tools."""
    settings = read_local_settings(
        _file(tmp_path, {"IsEncrypted": False, "Values": {"A": "file", "B": "file"}})
    )
    environ = {"A": "shell"}
    apply_settings(settings, environ)
    assert environ["A"] == "shell"
    assert environ["B"] == "file"
    assert environ["AZURE_FUNCTIONS_ENVIRONMENT"] == "Development"


def test_port_and_cors_are_read(tmp_path: Path) -> None:
    """The file's Host section names port and origins."""
    host = {"LocalHttpPort": 7072, "CORS": "https://a.example.com, http://localhost:3000/"}
    settings = read_local_settings(_file(tmp_path, {"Host": host}))
    assert settings.port == 7072
    assert settings.cors_origins == {"https://a.example.com", "http://localhost:3000"}


@pytest.mark.parametrize(
    ("document", "named"),
    [
        pytest.param([], "one JSON object", id="no-object"),
        pytest.param({"IsEncrypted": True}, "encrypted", id="encrypted"),
        pytest.param({"Values": {"A": 5}}, r"Values\.A", id="number"),
        pytest.param({"Values": "x"}, "must be objects", id="values-no-object"),
        pytest.param({"Host": {"LocalHttpPort": "7071"}}, "LocalHttpPort", id="port-no-number"),
        pytest.param({"Host": {"LocalHttpPort": 70_000}}, "LocalHttpPort", id="port-out-of-range"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, document: object, named: str) -> None:
    """The message says what in the file to mend."""
    with pytest.raises(HostStartError, match=named):
        read_local_settings(_file(tmp_path, document))


def test_names_in_percent_signs_are_replaced() -> None:
    """`%NAME%` becomes the setting; an unknown one is named."""
    assert resolve_names("%BOX%/{name}", {"BOX": "cv-inbox"}) == "cv-inbox/{name}"
    assert resolve_names("100% sure", {}) == "100% sure"
    with pytest.raises(HostStartError, match="BOX"):
        resolve_names("%BOX%/{name}", {})


@pytest.mark.parametrize(
    ("name", "environ", "expected"),
    [
        pytest.param("", {"AzureWebJobsStorage": "A=1"}, "A=1", id="empty-is-the-apps-own"),
        pytest.param("Cvs", {"Cvs": "A=1"}, "A=1", id="by-name"),
        pytest.param("Cvs", {"Cvs": "A=1", "AzureWebJobsCvs": "A=2"}, "A=2", id="with-prefix-first"),
        pytest.param(
            "", {"AzureWebJobsStorage": "UseDevelopmentStorage=true"}, DEVELOPMENT_STORAGE, id="azurite"
        ),
    ],
)
def test_a_connection_is_found(name: str, environ: dict[str, str], expected: str) -> None:
    """A binding's connection leads to its connection string."""
    assert connection_string(name, environ) == expected


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        pytest.param({}, "no setting Cvs", id="missing"),
        pytest.param({"Cvs": ""}, "no setting Cvs", id="empty"),
        pytest.param({"Cvs__accountName": "x"}, "identity-based", id="identity"),
        pytest.param({"Cvs": "nonsense"}, "no storage connection string", id="nonsense"),
    ],
)
def test_an_unusable_connection_says_what_to_set(environ: dict[str, str], named: str) -> None:
    """The message names the setting that is missing or wrong."""
    with pytest.raises(HostStartError, match=named):
        connection_string("Cvs", environ)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"AzureWebJobs.tick.Disabled": "true"}, True),
        ({"AzureWebJobs_tick_Disabled": "1"}, True),
        ({"AzureWebJobs.tick.Disabled": "false"}, False),
    ],
)
def test_functions_can_be_switched_off(environ: dict[str, str], expected: bool) -> None:
    """`AzureWebJobs.{function}.Disabled` switches a function off."""
    assert is_disabled("tick", environ) is expected


def test_tuning_has_defaults_and_is_read() -> None:
    """Without settings the defaults hold, the body limit being 210 MB."""
    assert read_tuning({}) == Tuning()
    assert Tuning().body_limit_bytes == 220_200_960
    read = read_tuning({"LOCAL_FUNCTIONS_LEASE_SECONDS": "2", "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": "1000"})
    assert read == Tuning(lease_seconds=2, body_limit_bytes=1000)


@pytest.mark.parametrize("value", ["x", "0", "-1", "nan", "inf"])
def test_impossible_tuning_is_refused(value: str) -> None:
    """A figure that cannot be is named."""
    with pytest.raises(HostStartError, match="LOCAL_FUNCTIONS_LEASE_SECONDS"):
        read_tuning({"LOCAL_FUNCTIONS_LEASE_SECONDS": value})


def test_the_thread_limit_comes_from_the_setting() -> None:
    """The worker's own setting decides about threads."""
    assert thread_limit({"PYTHON_THREADPOOL_THREAD_COUNT": "7"}) == 7
    assert 5 <= thread_limit({}) <= 32
    with pytest.raises(HostStartError, match="1 to 32"):
        thread_limit({"PYTHON_THREADPOOL_THREAD_COUNT": "33"})


def test_the_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """The key stays the same and readable by its owner only."""
    work_dir = tmp_path / "work"
    key = host_key(work_dir, {})
    path = work_dir / "functions_key"
    assert len(key) >= 32
    assert host_key(work_dir, {}) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert host_key(work_dir, {}) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_empty_key_file_is_filled(tmp_path: Path) -> None:
    """A key file without a key gets one."""
    (tmp_path / "functions_key").write_text("\n")
    key = host_key(tmp_path, {})
    assert key
    assert host_key(tmp_path, {}) == key


def test_the_setting_overrides_the_kept_key(tmp_path: Path) -> None:
    """With the setting no key is made."""
    assert host_key(tmp_path, {"LOCAL_FUNCTIONS_KEY": "given"}) == "given"
    assert not (tmp_path / "functions_key").exists()


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        pytest.param({"x-functions-key": "k"}, {}, True, id="header"),
        pytest.param({}, {"code": "k"}, True, id="query"),
        pytest.param({}, {}, False, id="none"),
        pytest.param({"x-functions-key": "K"}, {}, False, id="wrong"),
        pytest.param({"x-functions-key": "ä"}, {}, False, id="not-ascii"),
    ],
)
def test_a_request_carries_the_key(headers: dict[str, Any], query: dict[str, Any], expected: bool) -> None:
    """Header or query show the key, and it is compared exactly."""
    assert carries_key("k", headers, query) is expected
