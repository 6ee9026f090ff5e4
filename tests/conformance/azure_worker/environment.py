"""A Python 3.13, found on this machine, and a virtual environment of it that holds the app and the worker."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".local" / "worker-3.13"
REQUIREMENTS = (ROOT / "requirements.txt", ROOT / "requirements-worker.txt")
VARIABLE = "PYTHON313"
HOW_TO_GET_IT = (
    "NOT PROVEN: no Python 3.13 found, and the Functions worker library needs one. Install it "
    f"(pyenv install 3.13, uv python install 3.13, or your system's python3.13) or set {VARIABLE} to it."
)
_PROBE = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
_INSTALL_TIMEOUT_SECONDS = 600


def find_python313() -> Path | None:
    """The first Python 3.13 that runs: the one that is named, this one, on the PATH, pyenv's or uv's.

    Raises:
        RuntimeError: ``PYTHON313`` is set to something else.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if _is_python313(named):
            return Path(named)
        raise RuntimeError(f"{VARIABLE} names no Python 3.13 that runs. Mend it, or unset it.")
    return next((candidate for candidate in _candidates() if _is_python313(candidate)), None)


def worker_python(python313: Path) -> Path:
    """The interpreter of the worker's environment, which is made anew when what it holds has changed.

    Raises:
        subprocess.CalledProcessError: The packages could not be installed; pip's words are on stderr.
    """
    pinned = b"\0".join(path.read_bytes() for path in REQUIREMENTS)
    wanted = hashlib.sha256(pinned + b"\0" + os.fsencode(python313)).hexdigest()
    stamp, python = FOLDER / ".installed", FOLDER / "bin" / "python"
    FOLDER.parent.mkdir(exist_ok=True)
    with FOLDER.with_name(f"{FOLDER.name}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs may start at the same moment
        if not (stamp.exists() and stamp.read_text() == wanted and _is_python313(python)):
            shutil.rmtree(FOLDER, ignore_errors=True)
            _run(python313, "-m", "venv", FOLDER)
            _install(python)
            stamp.write_text(wanted)
    return python


def _candidates() -> Iterator[Path]:
    if sys.version_info[:2] == (3, 13):
        yield Path(sys.executable)
    on_path = shutil.which("python3.13")
    if on_path:
        yield Path(on_path)
    # Siblings of this Python are pyenv's or uv's where it is one of theirs itself.
    for versions in (*_pyenv_versions(), Path(sys.base_prefix).parent):
        for folder in sorted(versions.glob("*3.13*"), reverse=True):
            yield folder / "bin" / "python3.13"
    uv = _uv()
    if uv:
        found = subprocess.run(
            [uv, "python", "find", "--no-python-downloads", "3.13"],
            capture_output=True,
            text=True,
            check=False,
        )
        if found.returncode == 0:
            yield Path(found.stdout.strip())


def _pyenv_versions() -> Iterator[Path]:
    pyenv = shutil.which("pyenv")
    if pyenv:
        asked = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=False)
        yield Path(asked.stdout.strip()) / "versions"
    else:
        yield Path.home() / ".pyenv" / "versions"


def _is_python313(python: str | Path) -> bool:
    """Whether it runs; pyenv's shims are on the PATH also for versions that are not chosen."""
    try:
        asked = subprocess.run(
            [python, "-I", "-c", _PROBE], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.stdout.strip() == "3.13"


def _install(python: Path) -> None:
    given = [part for path in REQUIREMENTS for part in ("-r", str(path))]
    uv = _uv()
    if uv:
        fast = subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", python, *given],
            capture_output=True,
            timeout=_INSTALL_TIMEOUT_SECONDS,
            check=False,
        )
        if fast.returncode == 0:
            return
    # pip reaches the index that it is configured for also where uv does not.
    _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *given)


def _uv() -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def _run(*command: str | Path) -> None:
    subprocess.run(command, timeout=_INSTALL_TIMEOUT_SECONDS, check=True)
