"""Command line: `python -m local.functions_host` runs the app of this checkout until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from local.functions_host.app_loader import LoadedFunction, load_app
from local.functions_host.errors import HostStartError
from local.functions_host.host import FunctionsHost, HostParts, default_host_id
from local.functions_host.host_json import read_host_json
from local.functions_host.keys import host_key
from local.functions_host.settings import LocalSettings, apply_settings, read_local_settings
from local.functions_host.triggers import BlobTrigger, HttpTrigger, QueueTrigger
from local.functions_host.tuning import read_tuning

_DEFAULT_PORT = 7071
# They log every request with its address, and with it the names of blobs.
_TALKATIVE = ("azure.core.pipeline.policies.http_logging_policy", "aiohttp.access")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        The exit code: 0 after a stop by signal, 1 where the host could not start.
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="[%(asctime)s] %(message)s")
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        return asyncio.run(_serve(options))
    except HostStartError as error:
        print(f"functions host: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("functions host: interrupted", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.functions_host", description="Run a function_app.py without Core Tools."
    )
    parser.add_argument("--app", type=Path, default=Path("function_app.py"), help="the app's file")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, help=f"port; 0 takes a free one (default {_DEFAULT_PORT})")
    parser.add_argument("--settings", type=Path, help="default: local.settings.json beside the app")
    parser.add_argument("--work-dir", type=Path, default=Path(".local"), help="where the key is kept")
    parser.add_argument("--ready-file", type=Path, help="written with url, key and pid once all is listening")
    parser.add_argument("--show-errors", action="store_true", help="log the messages of handlers' errors")
    return parser


async def _serve(options: argparse.Namespace) -> int:
    stop = asyncio.Event()
    _on_signals(stop.set)
    parts = _prepare(options)
    if parts is None:
        return 1
    host = FunctionsHost(parts)
    port = options.port if options.port is not None else parts.settings.port
    try:
        url = await host.start(options.host, _DEFAULT_PORT if port is None else port)
    except OSError as error:
        await host.stop()
        raise HostStartError(
            f"cannot listen on {options.host}:{port or _DEFAULT_PORT}: {error.strerror}"
        ) from error
    except HostStartError:
        await host.stop()
        raise
    _print_functions(parts.functions, url, parts.config.route_prefix)
    print(f"Listening on {url}", flush=True)
    _write_ready_file(options.ready_file, url, parts.key)
    await stop.wait()
    print("Stopping; what is running may finish first", flush=True)
    cancelled = await host.stop()
    if cancelled:
        print(f"{cancelled} invocation(s) did not finish in time and were cancelled", flush=True)
    if options.ready_file is not None:
        options.ready_file.unlink(missing_ok=True)
    return 0


def _prepare(options: argparse.Namespace) -> HostParts | None:
    """Read settings, `host.json` and the app; None where importing the app failed (already told)."""
    app_path: Path = options.app.resolve()
    settings_path: Path = options.settings or app_path.parent / "local.settings.json"
    if options.settings is not None and not settings_path.is_file():
        raise HostStartError(f"there is no {settings_path}; --settings names a local.settings.json")
    settings = read_local_settings(settings_path) if settings_path.is_file() else LocalSettings()
    apply_settings(settings, os.environ)
    config = read_host_json(app_path.parent / "host.json", os.environ)
    tuning = read_tuning(os.environ)
    try:
        functions = load_app(app_path, os.environ)
    except HostStartError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the app's own code raises while it is imported
        traceback.print_exception(error)
        print(
            f"functions host: {app_path.name} cannot be imported ({type(error).__name__}, see above); "
            "mend it and start again",
            file=sys.stderr,
        )
        return None
    if not functions:
        raise HostStartError(f"{app_path.name} has no functions that are switched on")
    return HostParts(
        functions=functions,
        config=config,
        settings=settings,
        tuning=tuning,
        key=host_key(options.work_dir, os.environ),
        host_id=default_host_id(app_path, os.environ),
        environ=os.environ,
        shows_errors=options.show_errors,
    )


def _on_signals(stop: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()

    def first() -> None:
        # A second Ctrl-C does not wait for what is running.
        loop.remove_signal_handler(signal.SIGINT)
        stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no signal handlers in its loop; there Ctrl-C arrives as KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, first)


def _print_functions(functions: Sequence[LoadedFunction], url: str, prefix: str) -> None:
    print("\nFunctions:\n")
    for function in sorted(functions, key=lambda function: function.name):
        print(f"\t{function.name}: {_where(function, url, prefix)}\n")


def _where(function: LoadedFunction, url: str, prefix: str) -> str:
    trigger = function.trigger
    if isinstance(trigger, HttpTrigger):
        methods = f"[{','.join(sorted(trigger.methods))}] " if trigger.methods else ""
        path = "/".join(part for part in (prefix, trigger.route.text.strip("/")) if part)
        return f"{methods}{url}/{path}"
    if isinstance(trigger, BlobTrigger):
        return "blobTrigger"
    return "queueTrigger" if isinstance(trigger, QueueTrigger) else "timerTrigger"


def _write_ready_file(path: Path | None, url: str, key: str) -> None:
    if path is None:
        return
    # Renamed into place: whoever waits for the file never reads half of it. It holds the key.
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({"url": url, "key": key, "pid": os.getpid()}), "utf-8")
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
