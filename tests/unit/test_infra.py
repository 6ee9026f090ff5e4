"""The Azure deployment fits together, keeps its promises, and its check sees when it does not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra import bicep
from infra.check import check

PROJECT = Path(__file__).resolve().parents[2]
INFRA = PROJECT / "infra"
BICEP_FILES = sorted(INFRA.glob("*.bicep"))

ROLES = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd": "Cognitive Services OpenAI User",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout that a test may break: infra/, azure.yaml and a settings example that fits."""
    shutil.copytree(INFRA, tmp_path / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "azure.yaml", tmp_path)
    settings = bicep.read(INFRA / "app.bicep").objects["appSettings"]
    values = {setting.text: "" for setting in settings}
    (tmp_path / "local.settings.json.example").write_text(json.dumps({"Values": values}), encoding="utf-8")
    return tmp_path


def replace_once(path: Path, old: str, new: str) -> int:
    """Replace one passage and return the line it begins on."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text.count("\n", 0, text.index(old)) + 1


def test_the_project_has_no_findings() -> None:
    """What is checked in is clean."""
    assert [found.shown_from(PROJECT) for found in check(PROJECT)] == []


def test_an_unbroken_copy_has_no_findings(copy: Path) -> None:
    """The breakages below are therefore seen for what they break."""
    assert check(copy) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "lines_further", "message"),
    [
        pytest.param(
            "infra/identity.bicep",
            "  tags: tags\n}",
            "  tags: tags\n",
            None,
            "",
            id="a brace is missing",
        ),
        pytest.param(
            "infra/storage.bicep",
            "kind: 'StorageV2'",
            "kind: 'StorageV2' 'x'",
            0,
            "cannot be parsed: 'x'",
            id="a stray word",
        ),
        pytest.param(
            "infra/events.bicep",
            "output topicName string = topic.name",
            "output topicName string =",
            None,
            "identifier is missing",
            id="an output without a value",
        ),
        pytest.param(
            "infra/main.bicep",
            "'roles.bicep'",
            "'rolls.bicep'",
            0,
            "module roles: there is no file rolls.bicep",
            id="a module without a file",
        ),
        pytest.param(
            "infra/main.bicep",
            "    inboxContainer: inboxContainer\n",
            "    inbox: inboxContainer\n    inboxContainer: inboxContainer\n",
            0,
            "storage.bicep has no parameter inbox",
            id="a parameter that the module lacks",
        ),
        pytest.param(
            "infra/main.bicep",
            "    inboxContainer: inboxContainer\n",
            "",
            -7,
            "storage.bicep needs parameter inboxContainer",
            id="a required parameter that is not passed",
        ),
        pytest.param(
            "infra/app.bicep",
            "output name string = functionApp.name",
            "output name string = functonApp.name",
            0,
            "functonApp is not declared in this file",
            id="an output of something undeclared",
        ),
        pytest.param(
            "infra/main.bicep",
            "= events.outputs.topicName",
            "= events.outputs.topic",
            0,
            "module events has no output topic",
            id="an output that the module lacks",
        ),
        pytest.param(
            "infra/roles.bicep",
            "[for role in items(storageRoles): {",
            "[for role in items(storageRole): {",
            0,
            "storageRole is not declared in this file",
            id="a loop over something undeclared",
        ),
        pytest.param(
            "infra/monitoring.bicep",
            "    retentionInDays: logRetentionDays\n",
            "    retentionInDays: 30\n",
            None,
            "param logRetentionDays is declared and never used",
            id="a parameter that nothing uses",
        ),
        pytest.param(
            "infra/main.parameters.json",
            '"retentionDays": {',
            '"retention": {',
            0,
            "main.bicep has no parameter retention",
            id="a value for no parameter",
        ),
        pytest.param(
            "infra/main.parameters.json",
            "${SOFT_DELETE_DAYS=7}",
            "${SOFT_DELETE_DAYS=70}",
            0,
            "softDeleteDays defaults to '70' here and '7' there",
            id="two defaults for one parameter",
        ),
        pytest.param(
            "infra/main.parameters.json",
            '    "location": { "value": "${AZURE_LOCATION}" },\n',
            "",
            None,
            "main.bicep needs parameter location",
            id="no value for a required parameter",
        ),
        pytest.param(
            "infra/main.parameters.json",
            '"parameters": {',
            '"parameters": ',
            None,
            "is no JSON",
            id="no JSON",
        ),
        pytest.param(
            "infra/app.bicep",
            "  OPENAI_ENABLE_FALLBACK: ",
            "  OPENAI_ENABLE_FALBACK: ",
            0,
            "OPENAI_ENABLE_FALBACK is not in local.settings.json.example",
            id="a setting that the app does not know",
        ),
        pytest.param(
            "infra/app.bicep",
            "  CV_INBOX_TRIGGER_SOURCE: ",
            "  FUNCTIONS_WORKER_RUNTIME: ",
            0,
            "Flex Consumption refuses the setting FUNCTIONS_WORKER_RUNTIME",
            id="a setting that the plan refuses",
        ),
        pytest.param(
            "azure.yaml",
            "run: ./infra/scripts/postdeploy.sh",
            "run: ./infra/scripts/post-deploy.sh",
            0,
            "there is no script ./infra/scripts/post-deploy.sh",
            id="a hook without a script",
        ),
        pytest.param(
            "infra/scripts/postdeploy.ps1",
            "--system-topic-name $env:AZURE_EVENTGRID_TOPIC_NAME",
            "--system-topic-name $env:AZURE_EVENTGRID_TOPIC",
            0,
            "AZURE_EVENTGRID_TOPIC is no output of main.bicep",
            id="a hook that reads no output",
        ),
    ],
)
def test_a_breakage_is_found_in_its_file_and_line(
    copy: Path, file: str, old: str, new: str, lines_further: int | None, message: str
) -> None:
    """One breakage, one finding where it stands (the line is not pinned where the parser may differ)."""
    line = replace_once(copy / file, old, new)
    findings = check(copy)
    shown = [found.shown_from(copy) for found in findings]
    assert any(entry.startswith(f"{file}:") and message in entry for entry in shown), shown
    if lines_further is not None:
        assert f"{file}:{line + lines_further}: {message}" in shown


def test_what_does_not_parse_is_not_compared(copy: Path) -> None:
    """One broken line would otherwise hide among names that only seem to be missing."""
    replace_once(copy / "infra" / "roles.bicep", "param principalId string", "param principalId")
    findings = check(copy)
    assert {found.path.name for found in findings} == {"roles.bicep"}
    assert [found.message for found in findings if " declared" in found.message] == []


def test_a_hook_for_a_function_that_does_not_exist_is_found(copy: Path) -> None:
    """The webhook names the function; a renamed one would leave CVs lying in the inbox."""
    (copy / "blueprints").mkdir()
    handler = copy / "blueprints" / "intake.py"
    handler.write_text("async def on_cv_uploaded(blob): ...\n", encoding="utf-8")
    assert check(copy) == []
    handler.write_text("async def on_blob(blob): ...\n", encoding="utf-8")
    assert {found.message for found in check(copy)} == {"no function on_cv_uploaded in blueprints/"}


@pytest.mark.parametrize("file", ["infra/main.bicep", "infra/app.bicep", "azure.yaml"])
def test_a_missing_file_is_a_finding(copy: Path, file: str) -> None:
    """A file that azd starts from may not vanish unnoticed."""
    (copy / file).unlink()
    assert any(found.shown_from(copy).startswith(f"{file}:1: is missing") for found in check(copy))


def test_the_command_prints_the_place_and_fails(copy: Path) -> None:
    """Run as a person runs it: exit code and ``file:line``."""
    command = [sys.executable, "-m", "infra.check"]
    assert subprocess.run(command, cwd=copy, capture_output=True, check=False).returncode == 0
    line = replace_once(copy / "infra" / "events.bicep", "source: storage.id", "source: account.id")
    done = subprocess.run(command, cwd=copy, capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == f"infra/events.bicep:{line}: account is not declared in this file"


@pytest.mark.parametrize(
    ("source", "undeclared"),
    [
        pytest.param("var a = map(items(x), s => s.key)\nvar x = {}\n", set(), id="lambda"),
        pytest.param("var a = map(b, (s, i) => i)\n", {"b"}, id="lambda with index"),
        pytest.param("var a = [for (n, i) in b: '${n}${i}${c}']\n", {"b", "c"}, id="loop with index"),
        pytest.param("var a = { b: c }\n", {"c"}, id="a key is no reference"),
        pytest.param("var a = sys.guid(b)\n", {"b"}, id="function in a namespace"),
        pytest.param("func f(a string) string => '${a}${b}'\n", {"b"}, id="function with parameters"),
        pytest.param("metadata a = b\nvar c = '${d.e}'\n", {"b", "d"}, id="metadata and interpolation"),
    ],
)
def test_only_names_from_outside_a_declaration_are_references(
    tmp_path: Path, source: str, undeclared: set[str]
) -> None:
    """What a loop, a lambda or a function binds is its own; everything else must be declared."""
    path = tmp_path / "file.bicep"
    path.write_text(source, encoding="utf-8")
    file = bicep.read(path)
    assert file.syntax_errors == ()
    declared = {entry.name for entry in file.declarations}
    assert {name.text for name in file.references} - declared == undeclared


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("storage.bicep", "allowSharedKeyAccess: false"),
        ("storage.bicep", "allowBlobPublicAccess: false"),
        ("storage.bicep", "minimumTlsVersion: 'TLS1_2'"),
        ("storage.bicep", "publicAccess: 'None'"),
        ("openai.bicep", "disableLocalAuth: true"),
        ("monitoring.bicep", "DisableLocalAuth: true"),
        ("app.bicep", "httpsOnly: true"),
        ("app.bicep", "minTlsVersion: '1.2'"),
        ("app.bicep", "ftpsState: 'Disabled'"),
        ("app.bicep", "allow: false"),
        ("app.bicep", "AzureWebJobsStorage__credential: 'managedidentity'"),
        ("app.bicep", "CV_INBOX_TRIGGER_SOURCE: 'EventGrid'"),
        ("app.bicep", "version: '3.13'"),
    ],
)
def test_a_promise_of_the_deployment_is_kept(file: str, line: str) -> None:
    """The security settings stand in the files, once each."""
    lines = [entry.strip() for entry in (INFRA / file).read_text(encoding="utf-8").splitlines()]
    assert lines.count(line) == 1


def test_no_file_reads_or_builds_a_key() -> None:
    """Keyless: neither key functions nor connection strings with a key occur anywhere."""
    text = "".join(path.read_text(encoding="utf-8") for path in BICEP_FILES)
    assert re.findall(r"listKeys|AccountKey|listAccountSas|API_KEY", text, flags=re.IGNORECASE) == []


def test_the_roles_are_the_documented_ones_and_no_others() -> None:
    """A new role assignment shows up here and in the table an auditor reads."""
    text = "".join(path.read_text(encoding="utf-8") for path in BICEP_FILES)
    assert set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)) == set(ROLES)
    documented = (PROJECT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert [name for name in ROLES.values() if f"| {name} |" not in documented] == []


def test_every_resource_uses_a_released_api_version() -> None:
    """Preview versions are withdrawn; a deployment must still work then."""
    text = "".join(path.read_text(encoding="utf-8") for path in BICEP_FILES)
    versions = re.findall(r"'Microsoft\.[^']+@([^']+)'", text)
    assert len(versions) > 20
    assert [version for version in versions if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", version)] == []


def test_every_parameter_says_what_it_is() -> None:
    """Whoever deploys reads the descriptions, not the code."""
    for path in BICEP_FILES:
        text = path.read_text(encoding="utf-8")
        assert text.count("\nparam ") == len(re.findall(r"^@description\(", text, flags=re.MULTILINE)), path


class FakeCli:
    """An ``az`` on the PATH that records its arguments and has a key only from the nth question on."""

    def __init__(self, folder: Path, key_after: int) -> None:
        self.log = folder / "calls"
        script = folder / "az"
        script.write_text(
            "#!/bin/sh\n"
            f'echo "$@" >> {self.log}\n'
            f'case "$1" in functionapp) [ $(wc -l < {self.log}) -ge {key_after} ] && echo k3y== ;; esac\n'
            "exit 0\n",
            encoding="utf-8",
        )
        script.chmod(0o755)
        self.environment = {
            "PATH": f"{folder}:/usr/bin:/bin",
            "POSTDEPLOY_ATTEMPTS": "3",
            "POSTDEPLOY_PAUSE_SECONDS": "0",
            "AZURE_SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000000",
            "AZURE_RESOURCE_GROUP": "rg-test",
            "AZURE_FUNCTION_APP_NAME": "func-test",
            "AZURE_FUNCTION_APP_URL": "https://func-test.example.net",
            "AZURE_EVENTGRID_TOPIC_NAME": "evgt-test",
            "CV_INBOX_CONTAINER": "cv-inbox",
        }

    @property
    def calls(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.is_file() else []

    def run(self) -> subprocess.CompletedProcess[str]:
        command = ["sh", str(INFRA / "scripts" / "postdeploy.sh")]
        return subprocess.run(command, env=self.environment, capture_output=True, check=False, text=True)


def test_the_hook_waits_for_the_key_and_subscribes_the_inbox(tmp_path: Path) -> None:
    """The webhook address holds function and key; the key is in no output."""
    cli = FakeCli(tmp_path, key_after=3)
    done = cli.run()
    assert done.returncode == 0, done.stderr
    assert len(cli.calls) == 4
    subscribe = cli.calls[-1]
    assert subscribe.startswith("eventgrid system-topic event-subscription create")
    assert (
        " --endpoint https://func-test.example.net/runtime/webhooks/blobs"
        "?functionName=Host.Functions.on_cv_uploaded&code=k3y== " in subscribe
    )
    assert " --subject-begins-with /blobServices/default/containers/cv-inbox/ " in subscribe
    assert "k3y" not in done.stdout + done.stderr


def test_the_hook_gives_up_and_says_how_to_go_on(tmp_path: Path) -> None:
    """No key ever: the hook ends, fails, and names the command that resumes."""
    cli = FakeCli(tmp_path, key_after=99)
    done = cli.run()
    assert done.returncode == 1
    assert len(cli.calls) == 3
    assert "azd hooks run postdeploy" in done.stderr


def test_the_hook_names_a_variable_that_is_not_set(tmp_path: Path) -> None:
    """It stops before it calls Azure."""
    cli = FakeCli(tmp_path, key_after=1)
    del cli.environment["AZURE_EVENTGRID_TOPIC_NAME"]
    done = cli.run()
    assert done.returncode == 1
    assert "AZURE_EVENTGRID_TOPIC_NAME is not set" in done.stderr
    assert cli.calls == []
