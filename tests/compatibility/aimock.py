"""aimock (npm ``@copilotkit/aimock``): a server that answers from fixtures, over a free loopback port."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.azurite import FOLLOW_PARENT
from local.node import NodeNotFoundError, find_node
from tests.compatibility.server_process import answers, running_server

FOLDER = Path(__file__).parent
ENTRY = FOLDER / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
LISTENING = re.compile(r"listening on (http://127\.0\.0\.1:\d+)")
KEY = "key-of-the-compatibility-tests"
# It does not start without one; no prompt holds these words.
FIXTURE_AT_START = {"match": {"userMessage": "never asked"}, "response": {"content": "never given"}}


@dataclass(frozen=True, slots=True)
class Aimock:
    """A running aimock, and what its control API can do to it."""

    url: str
    key: str = KEY

    @property
    def endpoint(self) -> str:
        """What AZURE_OPENAI_ENDPOINT takes."""
        return f"{self.url}/v1"

    def serve(self, *fixtures: dict[str, Any]) -> None:
        """Forget everything, then answer from these fixtures, the first that matches."""
        self._control("POST", "/reset")
        self._control("POST", "/fixtures", {"fixtures": list(fixtures)})

    def requests(self) -> list[dict[str, Any]]:
        """What was asked since ``serve``, in order, failed requests included."""
        journal: list[dict[str, Any]] = self._control("GET", "/journal")
        return journal

    def _control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/__aimock{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"authorization": f"Bearer {self.key}", "content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)


def is_installed() -> bool:
    """Whether both aimock and a Node.js that can run it are here."""
    try:
        find_node()
    except NodeNotFoundError:
        return False
    return ENTRY.is_file()


@contextmanager
def running_aimock(work_dir: Path) -> Iterator[Aimock]:
    """Aimock for the length of a ``with`` block, asking for ``KEY``.

    Raises:
        ServerError: It did not get ready.
    """
    start = work_dir / "start.json"
    start.write_text(json.dumps({"fixtures": [FIXTURE_AT_START]}), encoding="utf-8")
    log = work_dir / "aimock.log"

    def found_url() -> str | None:
        match = LISTENING.search(log.read_text(encoding="utf-8", errors="replace"))
        return match[1] if match else None

    def is_ready() -> bool:
        url = found_url()
        return url is not None and answers(f"{url}/health")

    node = str(find_node().executable)
    command = [node, "--import", FOLLOW_PARENT, str(ENTRY), "--port", "0", "--fixtures", str(start)]
    with running_server(command, log=log, environment={"AIMOCK_API_KEYS": KEY}, is_ready=is_ready):
        yield Aimock(found_url() or "")
