"""Whether the Bicep files parse and fit together: ``python -m infra.check``.

Prints one ``file:line: problem`` each and exits 1 if there is any. It knows the language's grammar,
not Azure's types: ``az bicep build`` and a real deployment say more.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra import bicep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from infra.bicep import BicepFile

PROJECT = Path(__file__).resolve().parent.parent

# Settings that only the platform reads: a local run has a connection string and no identity instead.
PLATFORM_ONLY = frozenset(
    {
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL",
        "AZURE_CLIENT_ID",
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__blobServiceUri",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__queueServiceUri",
        "AzureWebJobsStorage__tableServiceUri",
    }
)
# Flex Consumption keeps these in functionAppConfig and refuses a deployment that sets them.
REFUSED_BY_FLEX = frozenset(
    {
        "ENABLE_ORYX_BUILD",
        "FUNCTIONS_EXTENSION_VERSION",
        "FUNCTIONS_WORKER_RUNTIME",
        "FUNCTIONS_WORKER_RUNTIME_VERSION",
        "SCM_DO_BUILD_DURING_DEPLOYMENT",
        "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
        "WEBSITE_CONTENTSHARE",
        "WEBSITE_RUN_FROM_PACKAGE",
    }
)
# What azd itself sets for a hook; the rest of a hook's variables are outputs of main.bicep.
SET_BY_AZD = frozenset({"AZURE_ENV_NAME", "AZURE_SUBSCRIPTION_ID"})

_SUBSTITUTION = re.compile(r"^\$\{(?P<variable>[A-Za-z0-9_]+)(?:=(?P<default>[^}]*))?\}$")
_HOOK_TRIGGER = re.compile(r"^\$?trigger\s*=\s*'?(\w+)'?")
_HOOK_VARIABLE = re.compile(r"\b(?:AZURE|CV)_[A-Z0-9_]+\b")


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem, where it stands and what it is."""

    path: Path
    line: int
    message: str

    def shown_from(self, base: Path) -> str:
        """``file:line: message`` with the file relative to ``base`` where it lies below it."""
        path = self.path.relative_to(base) if self.path.is_relative_to(base) else self.path
        return f"{path}:{self.line}: {self.message}"


def check(project: Path) -> list[Finding]:
    """Check ``infra/``, ``azure.yaml`` and the settings example of a checkout.

    Returns:
        The problems found, in the order of files and lines; empty where all is well.
    """
    project = project.resolve()
    files = {path: bicep.read(path) for path in sorted((project / "infra").rglob("*.bicep"))}
    main, app = project / "infra" / "main.bicep", project / "infra" / "app.bicep"
    missing = [Finding(path, 1, "is missing") for path in (main, app) if path not in files]
    if missing:
        return missing
    findings = [
        Finding(file.path, error.line, error.text) for file in files.values() for error in file.syntax_errors
    ]
    if findings:  # what does not parse cannot be compared
        return findings
    for file in files.values():
        findings += _names(file)
        findings += _modules(file, files)
    findings += _parameter_file(project / "infra" / "main.parameters.json", files[main])
    findings += _settings(files[app], project / "local.settings.json.example")
    findings += _hooks(project, files[main])
    return sorted(findings, key=lambda found: (found.path, found.line))


def _names(file: BicepFile) -> Iterator[Finding]:
    declared = {entry.name for entry in file.declarations if entry.kind != "output"}
    used = {name.text for name in file.references}
    for name in file.references:
        if name.text not in declared:
            yield Finding(file.path, name.line, f"{name.text} is not declared in this file")
    for entry in file.declarations:
        if entry.kind in {"param", "var", "type", "func"} and entry.name not in used:
            yield Finding(file.path, entry.line, f"{entry.kind} {entry.name} is declared and never used")


def _modules(file: BicepFile, files: Mapping[Path, BicepFile]) -> Iterator[Finding]:
    called: dict[str, BicepFile] = {}
    for module in file.modules:
        target = files.get((file.path.parent / module.path).resolve())
        if target is None:
            yield Finding(file.path, module.line, f"module {module.name}: there is no file {module.path}")
            continue
        called[module.name] = target
        parameters = target.of_kind("param")
        for argument in module.arguments:
            if argument.text not in parameters:
                yield Finding(file.path, argument.line, f"{module.path} has no parameter {argument.text}")
        passed = {argument.text for argument in module.arguments}
        for parameter in parameters.values():
            if parameter.required and parameter.name not in passed:
                yield Finding(file.path, module.line, f"{module.path} needs parameter {parameter.name}")
    for owner, output in file.output_references:
        if owner in called and output.text not in called[owner].of_kind("output"):
            yield Finding(file.path, output.line, f"module {owner} has no output {output.text}")


def _parameter_file(path: Path, main: BicepFile) -> Iterator[Finding]:
    if not path.is_file():
        yield Finding(path, 1, "is missing: azd reads the parameters of main.bicep from it")
        return
    text = path.read_text(encoding="utf-8")
    try:
        given: dict[str, dict[str, object]] = json.loads(text)["parameters"]
    except (json.JSONDecodeError, KeyError) as error:
        yield Finding(path, getattr(error, "lineno", 1), "is no JSON object with parameters")
        return
    declared = main.of_kind("param")
    for name, entry in given.items():
        line = _line_of(text, f'"{name}"')
        if name not in declared:
            yield Finding(path, line, f"main.bicep has no parameter {name}")
            continue
        match = _SUBSTITUTION.match(str(entry.get("value", "")))
        if match is not None and match["default"] != declared[name].default:
            yield Finding(
                path,
                line,
                f"{name} defaults to {match['default']!r} here and {declared[name].default!r} there",
            )
    for name, parameter in declared.items():
        if parameter.required and name not in given:
            yield Finding(path, 1, f"main.bicep needs parameter {name}")


def _settings(app: BicepFile, example: Path) -> Iterator[Finding]:
    settings = app.objects.get("appSettings", ())
    if not settings:
        yield Finding(app.path, 1, "there is no object appSettings to compare")
    known = _example_settings(example)
    for setting in settings:
        if setting.text in REFUSED_BY_FLEX:
            yield Finding(app.path, setting.line, f"Flex Consumption refuses the setting {setting.text}")
        elif known is not None and setting.text not in known | PLATFORM_ONLY:
            yield Finding(app.path, setting.line, f"{setting.text} is not in {example.name}")


def _example_settings(example: Path) -> set[str] | None:
    """Names of the settings a local run knows; ``None`` where the example does not exist."""
    if not example.is_file():
        return None
    return set(json.loads(example.read_text(encoding="utf-8"))["Values"])


def _hooks(project: Path, main: BicepFile) -> Iterator[Finding]:
    azure_yaml = project / "azure.yaml"
    if not azure_yaml.is_file():
        yield Finding(azure_yaml, 1, "is missing: azd starts from it")
        return
    outputs = main.of_kind("output")
    handlers = {name for file in (project / "blueprints").glob("*.py") for name in _functions(file)}
    for number, line in enumerate(azure_yaml.read_text(encoding="utf-8").splitlines(), start=1):
        _, found, script = line.partition("run: ")
        if not found:
            continue
        path = project / script.strip()
        if not path.is_file():
            yield Finding(azure_yaml, number, f"there is no script {script.strip()}")
            continue
        for row, content in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for name in _HOOK_VARIABLE.findall(content):
                if name not in outputs and name not in SET_BY_AZD:
                    yield Finding(path, row, f"{name} is no output of main.bicep")
            for name in _HOOK_TRIGGER.findall(content):
                if handlers and name not in handlers:
                    yield Finding(path, row, f"no function {name} in blueprints/")


def _functions(source: Path) -> list[str]:
    return re.findall(r"^(?:async )?def (\w+)", source.read_text(encoding="utf-8"), flags=re.MULTILINE)


def _line_of(text: str, fragment: str) -> int:
    return text.count("\n", 0, max(text.find(fragment), 0)) + 1


def _report(findings: Iterable[Finding]) -> int:
    lines = [found.shown_from(PROJECT) for found in findings]
    sys.stdout.write("\n".join([*lines, f"infra: {len(lines)} problem(s)"]) + "\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(_report(check(PROJECT)))
