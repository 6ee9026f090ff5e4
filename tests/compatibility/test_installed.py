"""Whether the servers of other people are here, and which versions the page speaks of."""

from __future__ import annotations

import json
import re

import pytest

from tests.compatibility.aimock import FOLDER
from tests.compatibility.conftest import ARE_INSTALLED
from tests.compatibility.litellm_proxy import ROOT


def test_the_page_names_the_versions_that_were_tried() -> None:
    """Another version needs another try, and the page's table a new look."""
    if not ARE_INSTALLED:
        pytest.skip("the servers of other people are not installed: make test-compatibility")
    package = FOLDER / "node_modules" / "@copilotkit" / "aimock" / "package.json"
    aimock = json.loads(package.read_text(encoding="utf-8"))["version"]
    pinned = re.search(r"^litellm==(\S+)", (FOLDER / "requirements.txt").read_text(encoding="utf-8"), re.M)
    page = (ROOT / "docs" / "compatibility.md").read_text(encoding="utf-8")
    assert f"`@copilotkit/aimock` {aimock}" in page
    assert pinned is not None
    assert f"`litellm[proxy]` {pinned[1]}" in page
