"""``python -m local.openai_emulator``: arguments, the ready file, and serving until a signal."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from local.openai_emulator.deployments import (
    DEFAULT_DEPLOYMENTS,
    DEFAULT_REQUESTS_PER_MINUTE,
    DEFAULT_TOKENS_PER_MINUTE,
    DeploymentSpec,
)
from local.openai_emulator.latency import LatencyProfile
from local.openai_emulator.server import Emulator, EmulatorConfig, running_emulator

KEY_VARIABLE = "OPENAI_EMULATOR_API_KEY"


def parse_arguments(arguments: Sequence[str] | None = None) -> tuple[EmulatorConfig, Path | None]:
    """The configuration, and where to write the ready file."""
    parser = argparse.ArgumentParser(prog="python -m local.openai_emulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument(
        "--api-key",
        action="append",
        default=[],
        help=f"accepted key, repeatable; else {KEY_VARIABLE}, else random",
    )
    parser.add_argument("--bad-token", action="append", default=[], help="bearer token to refuse, repeatable")
    parser.add_argument(
        "--deployment",
        action="append",
        default=[],
        metavar="NAME=MODEL",
        help=f"repeatable; default: {', '.join(DEFAULT_DEPLOYMENTS)}",
    )
    parser.add_argument(
        "--rpm", type=int, default=DEFAULT_REQUESTS_PER_MINUTE, help="requests per minute each"
    )
    parser.add_argument("--tpm", type=int, default=DEFAULT_TOKENS_PER_MINUTE, help="tokens per minute each")
    parser.add_argument(
        "--latency",
        "--latency-ms",
        default="0",
        help="milliseconds: 250, or base:per-output-token:jitter such as 300:4:50",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the latency's jitter")
    parser.add_argument("--ready-file", type=Path, help="written as JSON {url, api_key, pid} once serving")
    given = parser.parse_args(arguments)
    try:
        deployments = tuple(
            DeploymentSpec.parse(text, requests_per_minute=given.rpm, tokens_per_minute=given.tpm)
            for text in given.deployment or DEFAULT_DEPLOYMENTS
        )
        latency = LatencyProfile.parse(given.latency)
    except ValueError as error:
        parser.error(str(error))
    keys = given.api_key or [os.environ.get(KEY_VARIABLE) or secrets.token_hex(16)]
    config = EmulatorConfig(
        host=given.host,
        port=given.port,
        api_keys=tuple(keys),
        bad_tokens=frozenset(given.bad_token),
        deployments=deployments,
        latency=latency,
        seed=given.seed,
    )
    return config, given.ready_file


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM. The exit code is 0, or 1 where the address is taken."""
    config, ready_file = parse_arguments(arguments)
    try:
        asyncio.run(_serve(config, ready_file))
    except OSError as error:
        print(f"cannot listen on {config.host}:{config.port}: {error.strerror}", file=sys.stderr)
        return 1
    finally:
        if ready_file is not None:
            ready_file.unlink(missing_ok=True)
    return 0


async def _serve(config: EmulatorConfig, ready_file: Path | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running_emulator(config) as emulator:
        _announce(emulator, ready_file)
        await stop.wait()


def _announce(emulator: Emulator, ready_file: Path | None) -> None:
    print(f"OpenAI emulator at {emulator.url}", flush=True)
    if ready_file is None:
        print(f"api-key: {emulator.api_key}", flush=True)
        return
    ready_file.parent.mkdir(parents=True, exist_ok=True)
    partial = ready_file.with_name(ready_file.name + ".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps({"url": emulator.url, "api_key": emulator.api_key, "pid": os.getpid()}))
    # Renamed, so that whoever waits for the file never reads half of it.
    partial.replace(ready_file)
