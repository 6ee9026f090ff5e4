"""Runs of a command that begin where its imports end: each is a process, forked from one that has done them.

``python -m tests.integration.cli.warm_process MODULE`` imports what ``python -m MODULE`` comes to need, then
reads orders, a JSON object a line. For each it forks; the fork takes the order's folder, environment,
arguments and files for its output, and runs the module as ``python -m`` does. A line answers with its exit
code.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 60.0
# What takes the second that a cold start takes.
HEAVY = ("openai", "openai.resources.chat", "httpx2", "aiohttp", "jsonschema", "prometheus_client")


@dataclass(frozen=True, slots=True)
class WarmProcess:
    """The process that forks; made by ``warm_process``."""

    _process: subprocess.Popen[str]
    _folder: Path

    def run(
        self, arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run the command once, in a folder and with an environment of its own, until it ends."""
        stdout, stderr = self._folder / "stdout", self._folder / "stderr"
        order = {
            "arguments": arguments,
            "folder": str(folder),
            "environment": environment,
            "stdout": str(stdout),
            "stderr": str(stderr),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        readable, _, _ = select.select([self._process.stdout], [], [], PATIENCE_SECONDS)
        assert readable, f"no end after {PATIENCE_SECONDS:.0f} s: {arguments}"
        code = int(self._process.stdout.readline())
        return subprocess.CompletedProcess([*arguments], code, stdout.read_text(), stderr.read_text())


@contextmanager
def warm_process(module: str, folder: Path, environment: Mapping[str, str]) -> Iterator[WarmProcess]:
    """A process that has imported what ``module`` needs, for the length of a ``with`` block.

    Args:
        module: What ``python -m`` would run.
        folder: Where what the runs print passes through.
        environment: What Python itself needs from the start.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.cli.warm_process", module],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield WarmProcess(process, folder)
    finally:
        process.kill()
        process.communicate()


def serve(module: str) -> None:
    """Fork for each order until there are no more; what is forked ends as the module ends it."""
    importlib.import_module(f"{module}.command_line")
    for heavy in HEAVY:
        importlib.import_module(heavy)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(json.loads(line), module)
            return
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  (the answer)


def _become(order: Mapping[str, Any], module: str) -> None:
    for number, name in ((1, order["stdout"]), (2, order["stderr"])):
        with Path(name).open("wb") as file:
            os.dup2(file.fileno(), number)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    sys.argv = [module, *order["arguments"]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    serve(sys.argv[1])
