"""What the documentation promises is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shared_code import errors
from shared_code.settings import IntakeSettings, OpenAISettings, StorageSettings

DOCS = Path(__file__).parents[2] / "docs"


def _all_errors(root: type[errors.EngineError] = errors.EngineError) -> list[type[errors.EngineError]]:
    return [root] + [leaf for child in root.__subclasses__() for leaf in _all_errors(child)]


def test_the_api_page_lists_every_error_as_it_is() -> None:
    """Status, code and whether a later try may help, line by line."""
    rows = re.findall(r"^\| (\d{3}) \| `(\w+)` \| .+ \| (yes)? ?\|$", (DOCS / "api.md").read_text(), re.M)
    listed = {(int(status), code, bool(retry)) for status, code, retry in rows}
    assert listed == {(error.http_status, error.code, error.is_retryable) for error in _all_errors()}


@pytest.mark.parametrize("kind", [OpenAISettings, StorageSettings, IntakeSettings])
def test_the_settings_page_names_every_variable(
    kind: type[OpenAISettings] | type[StorageSettings] | type[IntakeSettings],
) -> None:
    """A setting that nobody can find might as well not exist."""
    page = (DOCS / "settings.md").read_text()
    for name, field in kind.model_fields.items():
        aliases = getattr(field.validation_alias, "choices", [field.validation_alias])
        variable = str(aliases[0])
        shown = variable if f"`{variable}`" in page else variable.replace("AzureWebJobsStorage", "")
        assert f"`{shown}`" in page, (name, variable)


def test_the_settings_page_has_the_defaults_of_the_code() -> None:
    """Figures in a table go stale unless they are checked."""
    page = (DOCS / "settings.md").read_text()
    for field in OpenAISettings.model_fields.values():
        if isinstance(field.default, (int, float)) and not isinstance(field.default, bool):
            assert f"| `{field.validation_alias}` | {field.default:g} |".replace("e+0", "e") in page, field


def test_every_link_between_pages_leads_somewhere() -> None:
    """Relative links of the README and the docs."""
    for page in (DOCS.parent / "README.md", *DOCS.rglob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), (page.name, target)
