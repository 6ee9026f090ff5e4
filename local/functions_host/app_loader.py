"""Imports a `function_app.py` and lists its functions, through the public API of `azure.functions` only."""

from __future__ import annotations

import importlib.util
import inspect
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import azure.functions as func

from local.functions_host.errors import HostStartError, unsupported
from local.functions_host.settings import is_disabled, resolve_names
from local.functions_host.triggers import HttpTrigger, TimerTrigger, Trigger, describe_trigger


@dataclass(frozen=True, slots=True)
class LoadedFunction:
    """One function of the app.

    Attributes:
        name: Its name in the app.
        trigger: What wakes it.
        handler: The user's function, async or not.
        directory: Folder of the app.
        takes_context: Whether the handler has a parameter named ``context``.
        is_async: Whether the handler is a coroutine function.
    """

    name: str
    trigger: Trigger
    handler: Callable[..., Any]
    directory: Path
    takes_context: bool
    is_async: bool

    @property
    def id(self) -> str:
        """The identity receipts and host messages carry, in Microsoft's form."""
        return f"Host.Functions.{self.name}"


def load_app(path: Path, environ: Mapping[str, str]) -> tuple[LoadedFunction, ...]:
    """Import the app and describe every function that is not switched off.

    The app's folder becomes the first import path, as with Microsoft's worker. Errors of the import itself
    are raised as they are, so that their traceback shows where they come from.

    Raises:
        HostStartError: There is no file or no app in it, or a function cannot be run here.
    """
    app = _find_app(path)
    try:
        functions = app.get_functions()
    except ValueError as error:
        raise HostStartError(f"{path.name}: {error}") from error
    return tuple(
        _describe(function, path.parent, environ)
        for function in functions
        if not is_disabled(function.get_function_name() or "", environ)
    )


def _find_app(path: Path) -> func.FunctionRegister:
    if not path.is_file():
        raise HostStartError(f"there is no {path}; --app names the app's file")
    folder = str(path.parent)
    if folder in sys.path:
        sys.path.remove(folder)
    sys.path.insert(0, folder)
    specification = importlib.util.spec_from_file_location(path.stem, path)
    if specification is None or specification.loader is None:
        raise HostStartError(f"{path.name} is no Python module")
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module
    specification.loader.exec_module(module)
    apps = [value for value in vars(module).values() if isinstance(value, func.FunctionRegister)]
    if len(apps) != 1:
        found = "no" if not apps else "more than one"
        raise HostStartError(f"{path.name} holds {found} FunctionApp at its top level; it needs exactly one")
    return apps[0]


def _describe(function: func.Function, directory: Path, environ: Mapping[str, str]) -> LoadedFunction:
    name = function.get_function_name() or ""
    bindings = [json.loads(binding) for binding in function.get_raw_bindings()]
    trigger = describe_trigger(name, bindings, lambda text: resolve_names(text, environ))
    if isinstance(trigger, TimerTrigger) and function.get_setting("retry_policy") is not None:
        raise unsupported(name, "a retry policy")
    if isinstance(trigger, HttpTrigger) and function.http_type not in {"function", "asgi", "wsgi"}:
        raise unsupported(name, f"the HTTP type '{function.http_type}'")
    handler = function.get_user_function()
    parameters = set(inspect.signature(handler).parameters)
    unbound = parameters - {trigger.argument, "context"}
    if trigger.argument not in parameters or unbound:
        raise HostStartError(
            f"function '{name}' must take the parameter '{trigger.argument}' (and 'context', if wanted), "
            f"but takes: {', '.join(sorted(parameters)) or 'none'}"
        )
    return LoadedFunction(
        name=name,
        trigger=trigger,
        handler=handler,
        directory=directory,
        takes_context="context" in parameters,
        is_async=inspect.iscoroutinefunction(handler),
    )
