"""``python -m cli.cvs``: flags, settings, questions and exit codes."""

from __future__ import annotations

import argparse
import json
import os
import pty
import subprocess
import sys
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cli.arguments import count, day, moment, seconds
from cli.cvs.command_line import main, parse_arguments
from cli.cvs.exit_code import ExitCode
from cli.cvs.session import Session, prepare_environment
from shared_code.errors import EngineError, RequestError, SettingsError, StorageError

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", NOON - timedelta(seconds=90)),
        ("30m", NOON - timedelta(minutes=30)),
        ("2h", NOON - timedelta(hours=2)),
        ("7d", NOON - timedelta(days=7)),
        ("4w", NOON - timedelta(weeks=4)),
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        ("2026-11-21T09:30+02:00", datetime(2026, 11, 21, 7, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_an_age_or_a_date(text: str, expected: datetime) -> None:
    """In UTC unless it says otherwise."""
    assert moment(text, NOON) == expected


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "2y", "2.5h", "999999w", "yesterday", "2026-13-01"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    """With an example of each kind."""
    with pytest.raises(argparse.ArgumentTypeError, match="2h"):
        moment(text, NOON)


def test_numbers_and_days_have_bounds() -> None:
    """From 1 on, above 0, and in the calendar."""
    assert (count("8"), seconds("0.5"), day("2026-11-21")) == (8, 0.5, date(2026, 11, 21))
    for kind, text in ((count, "0"), (count, "x"), (seconds, "0"), (seconds, "nan"), (day, "21.11.2026")):
        with pytest.raises(argparse.ArgumentTypeError):
            kind(text)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["submit"],
        ["submit", "no such folder"],
        ["status", "--state", "lost"],
        ["retry"],
        ["retry", "abc", "--failed"],
        ["results", "--format", "csv"],
        ["results", "abc", "--since", "2h", "--format", "csv", "--output", "x"],
        ["costs", "--from", "2026-02-01", "--to", "2026-01-01"],
        ["status", "--account", "a", "--connection-string", "b"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_ends_with_64(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Not with argparse's own 2, which means that storage does not answer."""
    with pytest.raises(SystemExit) as ended:
        parse_arguments(arguments)
    assert ended.value.code == ExitCode.USAGE
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["", "submit", "status", "watch", "results", "retry", "erase", "retention", "costs"]
)
def test_the_help_of_every_command_tells_the_exit_codes(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them."""
    with pytest.raises(SystemExit):
        parse_arguments([*([name] if name else []), "--help"])
    shown = capsys.readouterr().out
    assert all(f" {code.value}  " in shown for code in ExitCode)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (SettingsError("AzureWebJobsStorage: set it"), ExitCode.IMPOSSIBLE, "AzureWebJobsStorage: set it"),
        (StorageError("storage did not answer."), ExitCode.IMPOSSIBLE, "storage did not answer."),
        (EngineError("something of ours"), ExitCode.IMPOSSIBLE, "something of ours"),
        (RequestError("no such document"), ExitCode.USAGE, "no such document"),
        (ModuleNotFoundError("x", name="rich"), ExitCode.IMPOSSIBLE, "pip install -r requirements-cli.txt"),
        (ModuleNotFoundError("x", name="numpy"), ExitCode.INTERNAL, "unexpected ModuleNotFoundError"),
        (RuntimeError("Ada Example.pdf"), ExitCode.INTERNAL, "unexpected RuntimeError ("),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "interrupted"),
        (SystemExit(1), ExitCode.DONE, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_an_error_ends_with_its_code_and_the_mend(
    error: BaseException, code: ExitCode, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr, without a trace, and without the text of an error that is not ours."""

    def failing(_: argparse.Namespace) -> AbstractAsyncContextManager[Session]:
        raise error

    assert main(["retention"], open_session=failing) is code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert "Ada Example" not in printed.err


class TestSettings:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        """As in a checkout: it names the emulator."""
        path = tmp_path / "some.settings.json"
        values = {"AzureWebJobsStorage": "UseDevelopmentStorage=true", "RETENTION_DAYS": "9"}
        path.write_text(json.dumps({"Values": values}))
        return path

    @pytest.mark.parametrize(
        ("flags", "environment", "string", "account"),
        [
            ([], {}, "UseDevelopmentStorage=true", None),
            ([], {"AzureWebJobsStorage": "env"}, "env", None),
            (["--connection-string", "flag"], {"AzureWebJobsStorage": "env"}, "flag", None),
            (["--account", "mine"], {"AzureWebJobsStorage": "env"}, None, "mine"),
            ([], {"AzureWebJobsStorage__accountName": "env"}, None, "env"),
            (["--connection-string", "flag"], {"AzureWebJobsStorage__accountName": "env"}, "flag", "env"),
        ],
        ids=["file", "environment", "flag", "account", "account in environment", "flag over account"],
    )
    def test_the_nearest_to_the_operator_wins(
        self,
        file: Path,
        flags: list[str],
        environment: dict[str, str],
        string: str | None,
        account: str | None,
    ) -> None:
        """Flags, environment, file; an account is not overruled by the file's connection string."""
        prepare_environment(environment, parse_arguments(["status", "--settings", str(file), *flags]))
        assert environment.get("AzureWebJobsStorage") == string
        assert environment.get("AzureWebJobsStorage__accountName") == account
        assert environment["RETENTION_DAYS"] == "9"


def run_process(tmp_path: Path, *arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, without any setting, after some ``code``."""
    program = f"{code}\nimport sys\nfrom cli.cvs.command_line import main\nsys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("package", ["rich", "xlsxwriter"])
def test_a_package_that_is_missing_is_named_with_its_mend(tmp_path: Path, package: str) -> None:
    """And nothing else is printed; help and flags work without it."""
    code = f"import sys; sys.modules[{package!r}] = None"
    output = str(tmp_path / "all.xlsx")
    string = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;"
    arguments = ("results", "--format", "xlsx", "--output", output, "--connection-string", string)
    run = run_process(tmp_path, *arguments, code=code)
    assert run.returncode == ExitCode.IMPOSSIBLE
    assert (
        run.stderr
        == f"error: {package} is not installed. Mend it with: pip install -r requirements-cli.txt\n"
    )
    assert run_process(tmp_path, "--help", code=code).returncode == 0


def test_without_settings_it_says_which_are_missing(tmp_path: Path) -> None:
    """The variable's name, and both ways to name an account."""
    run = run_process(tmp_path, "status")
    assert run.returncode == ExitCode.IMPOSSIBLE
    assert "AzureWebJobsStorage__accountName" in run.stderr


def test_parsing_loads_nothing_heavy(tmp_path: Path) -> None:
    """Help and a wrong flag answer at once."""
    parsing = "from cli.cvs.command_line import parse_arguments; parse_arguments(['status'])"
    code = f"{parsing}; import sys; print(*sys.modules); sys.exit()"
    loaded = run_process(tmp_path, code=code).stdout.split()
    assert {"rich", "azure.storage.blob", "openai", "xlsxwriter", "pydantic"}.isdisjoint(loaded)
    assert "cli.cvs.command_line" in loaded


COLOURS = """
from cli.cvs.terminal import console_for, state_text
from shared_code.intake.states import JobState
console_for("stdout").print(state_text(JobState.DONE), style="bold")
"""


@pytest.mark.parametrize(
    ("settings", "is_painted"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["terminal", "NO_COLOR empty", "NO_COLOR", "dumb"],
)
def test_colours_are_for_terminals_that_want_them(settings: dict[str, str], is_painted: bool) -> None:
    """NO_COLOR counts where it is not empty (no-color.org), and then nothing is bold either."""
    ours, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", **settings}
    subprocess.run([sys.executable, "-c", COLOURS], cwd=ROOT, env=environment, stdout=theirs, check=True)
    printed = os.read(ours, 1000)
    os.close(ours)
    os.close(theirs)
    assert b"done" in printed
    assert (b"\x1b[" in printed) is is_painted


ASK = "import sys\nfrom cli.cvs.terminal import ask\nprint(ask('Erase it?'))"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("y\n", "True"), ("YES\n", "True"), ("n\n", "False"), ("\n", "False"), ("\x04", "False")],
    ids=["y", "YES", "n", "return", "end of input"],
)
def test_only_yes_is_yes(typed: str, expected: str) -> None:
    """On a real terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", ASK], cwd=ROOT, stdin=theirs, stdout=subprocess.PIPE, text=True
    )
    os.write(ours, typed.encode())
    answer, _ = process.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert answer.strip() == expected


def test_nobody_is_asked_where_nobody_sits() -> None:
    """A script gets an error with the flag to add, instead of hanging or doing it."""
    run = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "add --yes" in run.stderr
    assert run.stdout == ""
