"""An error that nobody foresaw, in a real process: one sentence, exit code 70, and no word of a CV."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CANARY = "Robin Featherstonehaugh"
ENTRY_POINTS = ["cli.cvs", "cli.diagnostics"]

# Puts something in the way of the entry point, and runs it as ``python -m`` does.
RUN = """
import runpy, sys
{obstacle}
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
FAILING_IMPORT = """
class Broken:
    def find_spec(self, name, path=None, target=None):
        if name.endswith(".command_line"):
            raise OSError("CV of {canary}.pdf")
sys.meta_path.insert(0, Broken())
"""
FAILING_PARSER = """
import argparse
def fail(*_, **__):
    try:
        int("{canary}")
    except ValueError as error:
        raise KeyError("{canary}") from error
argparse.ArgumentParser.parse_args = fail
"""
FAILING_THREAD = """
import argparse, threading
def fail(*_, **__):
    thread = threading.Thread(target=int, args=("{canary}",))
    thread.start()
    thread.join()
    sys.exit(5)
argparse.ArgumentParser.parse_args = fail
"""
FAILING_DESTRUCTOR = """
import argparse
class Dying:
    def __del__(self):
        int("{canary}")
    def __repr__(self):
        return "{canary}"
def end(*_, **__):
    dying = Dying()
    del dying
    sys.exit(5)
argparse.ArgumentParser.parse_args = end
"""
INTERRUPT = f"""
import argparse, os
argparse.ArgumentParser.parse_args = lambda *_, **__: os.kill(os.getpid(), {int(signal.SIGINT)})
"""


def run(entry_point: str, obstacle: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with an obstacle in its way."""
    program = RUN.format(obstacle=obstacle.format(canary=CANARY))
    return subprocess.run(
        [sys.executable, "-c", program, entry_point, "status"],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
@pytest.mark.parametrize(
    ("obstacle", "told"),
    [
        pytest.param(FAILING_IMPORT, "OSError (", id="import"),
        pytest.param(FAILING_PARSER, "KeyError (", id="flags"),
    ],
)
def test_it_is_one_sentence_with_its_own_exit_code(entry_point: str, obstacle: str, told: str) -> None:
    """The class and the place; neither Python's traceback nor its exit code 1, which means another thing."""
    ended = run(entry_point, obstacle)
    assert ended.returncode == 70
    assert ended.stderr.startswith(f"error: unexpected {told}")
    assert ended.stderr.endswith("; exit code 70\n")
    assert ended.stderr.count("\n") == 1
    assert CANARY not in ended.stderr + ended.stdout


def test_what_led_to_it_is_told_by_class() -> None:
    """A cause helps whoever mends it, and its words are as foreign."""
    assert " from ValueError (" in run("cli.cvs", FAILING_PARSER).stderr


@pytest.mark.parametrize(
    ("obstacle", "told"),
    [
        pytest.param(FAILING_THREAD, "warning: a thread ended with ValueError (", id="thread"),
        pytest.param(FAILING_DESTRUCTOR, "warning: ignored ValueError (", id="destructor"),
    ],
)
def test_what_ends_no_command_is_told_as_briefly(obstacle: str, told: str) -> None:
    """The command ends as it would have."""
    ended = run("cli.cvs", obstacle)
    assert ended.returncode == 5
    assert ended.stderr.startswith(told)
    assert ended.stderr.count("\n") == 1
    assert CANARY not in ended.stderr


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_an_early_interrupt_leaves_no_traceback(entry_point: str) -> None:
    """Ctrl-C before the command has begun."""
    ended = run(entry_point, INTERRUPT)
    assert (ended.returncode, ended.stderr) == (130, "")


def test_a_folder_whose_name_no_file_system_takes_is_no_folder() -> None:
    """A mistake on the command line, told as one."""
    ended = subprocess.run(
        [sys.executable, "-m", "cli.cvs", "submit", "x" * 5_000],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 64
    assert "is no folder" in ended.stderr
    assert "Traceback" not in ended.stderr
