"""What the documentation promises is what the code does."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from shared_code import errors
from shared_code.accounting.pricing import load_catalogue
from shared_code.intake.states import TRANSITIONS, JobState
from shared_code.settings import IntakeSettings, OpenAISettings, StorageSettings, TelemetrySettings

ROOT = Path(__file__).parents[2]
DOCS, CODE = ROOT / "docs", ROOT / "shared_code"


def _all_errors(root: type[errors.EngineError] = errors.EngineError) -> list[type[errors.EngineError]]:
    return [root] + [leaf for child in root.__subclasses__() for leaf in _all_errors(child)]


def test_the_api_page_lists_every_error_as_it_is() -> None:
    """Status, code and whether a later try may help, line by line."""
    rows = re.findall(r"^\| (\d{3}) \| `(\w+)` \| .+ \| (yes)? ?\|$", (DOCS / "api.md").read_text(), re.M)
    listed = {(int(status), code, bool(retry)) for status, code, retry in rows}
    assert listed == {(error.http_status, error.code, error.is_retryable) for error in _all_errors()}


def _warnings_of(path: Path) -> Iterator[str]:
    """Codes that a module gives to findings and warnings; one that only hands them on names none."""
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(call, ast.Call) and call.args:
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in {"Finding", "ResultWarning", "warn"}:
                with suppress(NameError, SyntaxError):
                    yield eval(ast.unparse(call.args[0]), vars(module))


def test_the_api_page_lists_every_warning() -> None:
    """A code that nobody explains helps nobody."""
    modules = [path for room in ("documents", "profile", "privacy") for path in (CODE / room).rglob("*.py")]
    given = {code for path in (*modules, CODE / "candidate_data_service.py") for code in _warnings_of(path)}
    rows = re.findall(r"^\| `(\w+)` \| (?:minor|major|minor, major) \|", (DOCS / "api.md").read_text(), re.M)
    assert rows == sorted(given)
    assert len(given) >= 20


@pytest.mark.parametrize("kind", [OpenAISettings, StorageSettings, IntakeSettings, TelemetrySettings])
def test_the_settings_page_names_every_variable(
    kind: type[OpenAISettings] | type[StorageSettings] | type[IntakeSettings] | type[TelemetrySettings],
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


def test_the_models_page_has_the_prices_and_dates_of_the_catalogue() -> None:
    """Every model, line by line; an embedding model's cached and output prices are left out."""
    rows = re.findall(
        r"^\| `([\w.-]+)`.* \| ([\d.]+) \| ([\d.]*) ?\| ([\d.]*) ?\| ([\d-]{10}) \|$",
        (DOCS / "models.md").read_text(),
        re.M,
    )
    expected = []
    for model in load_catalogue().models.values():
        is_chat = model.embedding_dimensions is None
        own_prices = (float(model.cached_input_usd), float(model.output_usd)) if is_chat else ("", "")
        expected.append((model.name, float(model.input_usd), *own_prices, model.retires_on.isoformat()))
    listed = [
        (name, float(fresh), cached and float(cached), output and float(output), day)
        for name, fresh, cached, output, day in rows
    ]
    assert sorted(listed) == sorted(expected)


def test_the_intake_page_has_the_states_and_transitions_of_the_code() -> None:
    """The table of states, line by line."""
    rows = re.findall(
        r"^\| `(\w+)` \| .+ \| ((?:`\w+` ?)+)(?:: .+)?\|$", (DOCS / "intake.md").read_text(), re.M
    )
    listed = {state: set(re.findall(r"`(\w+)`", following)) for state, following in rows}
    assert listed == {state.value: {after.value for after in TRANSITIONS[state]} for state in JobState}


def test_every_link_between_pages_leads_somewhere() -> None:
    """Relative links of the README and the docs."""
    for page in (DOCS.parent / "README.md", *DOCS.rglob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), (page.name, target)
