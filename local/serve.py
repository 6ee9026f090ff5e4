"""``make run`` and ``make backends``: keep the local system running until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import signal

from local.azurite import AzuriteError
from local.child import ChildError
from local.stack import Stack, running_backends, running_stack


def main() -> int:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=7071, help="port of the app (7071)")
    parser.add_argument(
        "--without-app", action="store_true", help="only storage and the model, for `func start`"
    )
    options = parser.parse_args()
    try:
        asyncio.run(_serve_backends() if options.without_app else _serve(options.port))
    except (AzuriteError, ChildError) as error:
        print(error)
        return 1
    return 0


async def _serve(port: int) -> None:
    async with running_stack(port=port) as stack:
        print(_invitation(stack), flush=True)
        await _until_interrupted()


async def _serve_backends() -> None:
    async with running_backends() as backends:
        print("Storage and the model are running. Settings for local.settings.json:", flush=True)
        for name, value in backends.environment().items():
            print(f"  {name}={value}", flush=True)
        await _until_interrupted()


async def _until_interrupted() -> None:
    loop = asyncio.get_running_loop()
    interrupted = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, interrupted.set)
    await interrupted.wait()
    print("\nStopping ...", flush=True)


def _invitation(stack: Stack) -> str:
    model = stack.backends.emulator_url or "the endpoint in AZURE_OPENAI_ENDPOINT"
    return f"""
CV Processing Engine
  app      {stack.url}
  key      {stack.key}
  model    {model}
  health   curl {stack.url}/api/health

Analyse a CV:
  curl -H 'x-functions-key: {stack.key}' -H 'content-type: application/pdf' \\
       --data-binary @YOUR_CV.pdf {stack.url}/api/cv/extract

Ctrl-C stops everything."""


if __name__ == "__main__":
    raise SystemExit(main())
