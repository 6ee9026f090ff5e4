"""Azurite as a child process: blobs, queues and tables on loopback, gone when this process is gone.

``python -m local.azurite --data .local/azurite`` serves until Ctrl-C and prints the connection string.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from local.node import NodeNotFoundError, find_node

HOST = "127.0.0.1"
USUAL_PORTS = (10000, 10001, 10002)
FREE_PORTS = (0, 0, 0)
ENTRY = Path(__file__).resolve().parent.parent / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
# The emulator's account is public and the same everywhere.
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
START_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 8.0
LOOK_EVERY_SECONDS = 0.03
LOCK_NAME = "azurite.lock"
LISTENING = re.compile(r"Azurite (Blob|Queue|Table) service is successfully listening at http://[\d.]+:(\d+)")
ADDRESS_TAKEN = "EADDRINUSE"
# Loaded into Azurite: its stdin is a pipe from us, so the end of that pipe means that we are gone,
# by whatever death. It then saves and closes as if told to, and does not linger. A second signal while
# it saves would end it by default, and lose data; so only one without a handler of Azurite's ends it.
FOLLOW_PARENT = (
    "data:text/javascript,"
    "process.once('SIGTERM',()=>{"
    "process.listenerCount('SIGTERM')||process.exit(143);process.on('SIGTERM',()=>{})"
    "});"
    "process.stdin.on('end',()=>{"
    "setTimeout(()=>process.exit(1),5000).unref();process.kill(process.pid,'SIGTERM')"
    "}).resume().unref()"
)


class AzuriteError(RuntimeError):
    """Azurite did not start; the message says what to do."""


@dataclass(slots=True)
class Azurite:
    """A running Azurite. ``stop`` may be called more than once."""

    blob_port: int
    queue_port: int
    table_port: int
    _process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def connection_string(self) -> str:
        """What the storage SDKs and ``AzureWebJobsStorage`` take."""
        ports = {"Blob": self.blob_port, "Queue": self.queue_port, "Table": self.table_port}
        endpoints = "".join(f"{kind}Endpoint=http://{HOST}:{port}/{ACCOUNT};" for kind, port in ports.items())
        return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};{endpoints}"

    @property
    def pid(self) -> int:
        """The process, for those who watch it."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process and whatever it started; data in a folder is saved first."""
        _stop(self._process)


def start_azurite(
    data_dir: Path | None, *, log: Path | None = None, ports: tuple[int, int, int] = USUAL_PORTS
) -> Azurite:
    """Start Azurite and return once all three services accept connections.

    Args:
        data_dir: Where the data lives; ``None`` keeps it in memory.
        log: Gets Azurite's messages, without its access log: that holds names of blobs.
        ports: Of blobs, queues and tables. A taken one is replaced by a free one; 0 always is.

    Raises:
        AzuriteError: It is not installed, another one uses the folder, or it did not get to listen.
    """
    command = _command(data_dir)
    wanted = [port if _is_free(port) else 0 for port in ports]
    with ExitStack() as locks:
        # Handed on to Azurite, so that the lock lasts exactly as long as Azurite does.
        lock = [] if data_dir is None else [locks.enter_context(_locked(data_dir)).fileno()]
        try:
            return _start(command, wanted, log, lock)
        except _AddressTakenError:
            # Somebody took a port between the look and the bind. Free ports cannot be lost that way.
            return _start(command, FREE_PORTS, log, lock)


@contextmanager
def running_azurite(
    data_dir: Path | None, *, log: Path | None = None, ports: tuple[int, int, int] = USUAL_PORTS
) -> Iterator[Azurite]:
    """Azurite for the length of a ``with`` block; see ``start_azurite``."""
    azurite = start_azurite(data_dir, log=log, ports=ports)
    try:
        yield azurite
    finally:
        azurite.stop()


@asynccontextmanager
async def running_azurite_async(
    data_dir: Path | None, *, log: Path | None = None, ports: tuple[int, int, int] = USUAL_PORTS
) -> AsyncIterator[Azurite]:
    """Azurite for the length of an ``async with`` block, without holding up the event loop."""
    starting = asyncio.ensure_future(asyncio.to_thread(start_azurite, data_dir, log=log, ports=ports))
    try:
        yield await asyncio.shield(starting)
    finally:
        # Also when cancelled while starting: what the thread started must not stay.
        with suppress(AzuriteError):
            azurite = await asyncio.shield(starting)
            await asyncio.to_thread(azurite.stop)


class _AddressTakenError(AzuriteError):
    """A port was taken when Azurite wanted to bind it."""


def _command(data_dir: Path | None) -> list[str]:
    if not ENTRY.is_file():
        raise AzuriteError("Azurite is not installed. Install it here with: python -m local.node npm ci")
    try:
        node = find_node()
    except NodeNotFoundError as error:
        raise AzuriteError(str(error)) from error
    storage = ["--inMemoryPersistence"]
    if data_dir is not None:
        data_dir.mkdir(parents=True, exist_ok=True)
        storage = ["--location", str(data_dir.resolve())]
    # Today's SDKs speak newer versions of the protocol than Azurite has been told of.
    always = ["--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    return [str(node.executable), "--import", FOLLOW_PARENT, str(ENTRY), *always, *storage]


def _locked(data_dir: Path) -> IO[bytes]:
    """The folder's lock: two Azurites that save into one folder overwrite each other's data."""
    lock = (data_dir / LOCK_NAME).open("ab")
    deadline = time.monotonic() + STOP_TIMEOUT_SECONDS  # one that just lost its parent is still saving
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                lock.close()
                raise AzuriteError(
                    f"another Azurite uses {data_dir}; stop it, or choose another folder"
                ) from error
            time.sleep(LOOK_EVERY_SECONDS)
        else:
            return lock


def _start(command: Sequence[str], ports: Sequence[int], log: Path | None, lock: Sequence[int]) -> Azurite:
    names = zip(("blob", "queue", "table"), ports, strict=True)
    listen = [part for name, port in names for part in (f"--{name}Host", HOST, f"--{name}Port", str(port))]
    with ExitStack() as files:
        output = files.enter_context(_open_log(log))
        process = subprocess.Popen(
            [*command, *listen],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=tempfile.gettempdir(),
            pass_fds=lock,
            start_new_session=True,  # Ctrl-C is for us; we end Azurite in our own order
        )
        try:
            found = _wait_until_listening(process, output)
        except BaseException:
            _stop(process)
            raise
    return Azurite(found["Blob"], found["Queue"], found["Table"], process)


def _open_log(log: Path | None) -> IO[bytes]:
    """The log, read back from where this start began to write."""
    if log is None:
        return tempfile.TemporaryFile()
    log.parent.mkdir(parents=True, exist_ok=True)
    return log.open("w+b")


def _wait_until_listening(process: subprocess.Popen[bytes], output: IO[bytes]) -> dict[str, int]:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        has_ended = process.poll() is not None
        # pread leaves the position alone, which the child shares.
        said = os.pread(output.fileno(), 65_536, 0).decode(errors="replace")
        found = {service: int(port) for service, port in LISTENING.findall(said)}
        if ADDRESS_TAKEN in said:
            raise _AddressTakenError("a port was taken while Azurite started")
        if has_ended:
            raise AzuriteError(f"Azurite ended with {process.returncode} at its start: {said.strip()[-500:]}")
        if len(found) == 3 and all(_accepts(port) for port in found.values()):
            return found
        if time.monotonic() > deadline:
            raise AzuriteError(f"Azurite did not listen within {START_TIMEOUT_SECONDS:.0f} s")
        time.sleep(LOOK_EVERY_SECONDS)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_TIMEOUT_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _accepts(port: int) -> bool:
    try:
        with closing(socket.create_connection((HOST, port), timeout=1)):
            return True
    except OSError:
        return False


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM, or until Azurite ends by itself (exit code 1)."""
    parser = argparse.ArgumentParser(prog="python -m local.azurite", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the data; without it, data stays in memory")
    parser.add_argument("--log", type=Path, help="file for Azurite's messages")
    given = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with running_azurite(given.data, log=given.log) as azurite:
            print(azurite.connection_string, flush=True)
            while azurite.is_running and not stop.wait(0.2):
                pass
            return 0 if stop.is_set() else 1
    except AzuriteError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
