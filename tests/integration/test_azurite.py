"""Azurite as a child process: started, used by the real SDKs, stopped, and gone when its parent is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueClient

from local import azurite as azurite_module
from local.azurite import (
    ENTRY,
    FREE_PORTS,
    HOST,
    Azurite,
    AzuriteError,
    running_azurite,
    running_azurite_async,
    start_azurite,
)

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    not ENTRY.is_file(), reason="Azurite is not installed: python -m local.node npm ci"
)


def _wait_until(holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail("waited in vain")
        time.sleep(0.02)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child that ended and is not waited for yet still has its number.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def _is_open(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex((HOST, port)) == 0


def _save_blob(azurite: Azurite, name: str, data: bytes) -> None:
    with BlobServiceClient.from_connection_string(azurite.connection_string) as service:
        container = service.get_container_client("kept")
        if not container.exists():
            container.create_container()
        container.upload_blob(name, data)


def _load_blob(azurite: Azurite, name: str) -> bytes:
    with BlobServiceClient.from_connection_string(azurite.connection_string) as service:
        return service.get_container_client("kept").download_blob(name).readall()


@pytest.fixture(scope="module")
def azurite() -> Iterator[Azurite]:
    """One in memory, for the tests that only look."""
    with running_azurite(None, ports=FREE_PORTS) as running:
        yield running


def test_blobs_queues_and_tables_work_with_todays_sdks(azurite: Azurite) -> None:
    """Through the connection string alone."""
    _save_blob(azurite, "ada.txt", b"Ada Example")
    assert _load_blob(azurite, "ada.txt") == b"Ada Example"
    with QueueClient.from_connection_string(azurite.connection_string, "cv-jobs") as queue:
        queue.create_queue()
        queue.send_message("one")
        assert [message.content for message in queue.receive_messages()] == ["one"]
    with TableServiceClient.from_connection_string(azurite.connection_string) as tables:
        table = tables.create_table("AICallLogs")
        table.create_entity({"PartitionKey": "p", "RowKey": "r", "tokens": 7})
        assert table.get_entity("p", "r")["tokens"] == 7


def test_it_listens_on_loopback_only(azurite: Azurite) -> None:
    """The account's key is public, so the port must not be."""
    hexadecimal = {f"{port:04X}" for port in (azurite.blob_port, azurite.queue_port, azurite.table_port)}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {row[1] for row in rows if row[3] == "0A" and row[1].rpartition(":")[2] in hexadecimal}
    assert listening == {f"0100007F:{port}" for port in hexadecimal}


def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    """The two others stay as wished."""
    with (
        closing(socket.socket()) as holder,
        closing(socket.socket()) as spare,
        closing(socket.socket()) as more,
    ):
        for each in (holder, spare, more):
            each.bind((HOST, 0))
        holder.listen()
        taken, queue_port, table_port = (each.getsockname()[1] for each in (holder, spare, more))
        spare.close()
        more.close()
        with running_azurite(None, ports=(taken, queue_port, table_port)) as running:
            assert running.blob_port != taken
            assert (running.queue_port, running.table_port) == (queue_port, table_port)


def test_a_port_lost_between_the_look_and_the_bind_is_replaced_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Azurite's own failure to bind leads to a second start on free ports."""
    monkeypatch.setattr(azurite_module, "_is_free", lambda port: True)
    with closing(socket.socket()) as holder:
        holder.bind((HOST, 0))
        holder.listen()
        taken = holder.getsockname()[1]
        with running_azurite(None, ports=(0, taken, 0)) as running:
            assert running.queue_port != taken
            assert _is_open(running.queue_port)


def test_data_in_a_folder_is_there_again_after_a_restart(tmp_path: Path) -> None:
    """And the log got Azurite's messages, without the names of blobs."""
    log = tmp_path / "logs" / "azurite.log"
    with running_azurite(tmp_path / "data", log=log, ports=FREE_PORTS) as running:
        _save_blob(running, "ada-example.txt", b"kept")
    with running_azurite(tmp_path / "data", log=log, ports=FREE_PORTS) as running:
        assert _load_blob(running, "ada-example.txt") == b"kept"
    said = log.read_text()
    assert "successfully closed" in said
    assert "ada-example" not in said


def test_a_second_signal_does_not_cut_the_saving_short(tmp_path: Path) -> None:
    """Impatience loses no data."""
    running = start_azurite(tmp_path, ports=FREE_PORTS)
    _save_blob(running, "ada.txt", b"kept")
    for _ in range(3):
        os.kill(running.pid, signal.SIGTERM)
        time.sleep(0.002)
    running.stop()
    with running_azurite(tmp_path, ports=FREE_PORTS) as again:
        assert _load_blob(again, "ada.txt") == b"kept"


def test_a_folder_in_use_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that save into one folder would overwrite each other's data."""
    monkeypatch.setattr(azurite_module, "STOP_TIMEOUT_SECONDS", 0.2)
    with running_azurite(tmp_path, ports=FREE_PORTS), pytest.raises(AzuriteError, match="another Azurite"):
        start_azurite(tmp_path, ports=FREE_PORTS)


def test_stopping_ends_the_process_and_may_be_repeated() -> None:
    """Its ports are free at once."""
    running = start_azurite(None, ports=FREE_PORTS)
    assert running.is_running
    began = time.monotonic()
    running.stop()
    running.stop()
    assert time.monotonic() - began < 3
    assert not running.is_running
    assert not any(_is_open(port) for port in (running.blob_port, running.queue_port, running.table_port))


async def test_it_runs_for_an_async_block() -> None:
    """Without holding up the event loop."""
    async with running_azurite_async(None, ports=FREE_PORTS) as running:
        assert _is_open(running.table_port)
    assert not running.is_running


def test_without_azurite_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of node's stack trace."""
    monkeypatch.setattr(azurite_module, "ENTRY", Path("no/such/azurite.js"))
    with pytest.raises(AzuriteError, match=r"python -m local\.node npm ci"):
        start_azurite(None)


def test_what_azurite_says_at_its_end_is_in_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person sees why it did not start."""
    broken = tmp_path / "azurite.js"
    broken.write_text("console.error('disk on fire'); process.exit(3)")
    monkeypatch.setattr(azurite_module, "ENTRY", broken)
    with pytest.raises(AzuriteError, match="ended with 3 at its start: disk on fire"):
        start_azurite(None)


def test_it_follows_its_parent_into_death_and_saves_first(tmp_path: Path) -> None:
    """Even where the parent is killed and can clean up nothing."""
    script = (
        "import sys, time; from pathlib import Path; from local.azurite import *\n"
        "azurite = start_azurite(Path(sys.argv[1]), ports=FREE_PORTS)\n"
        "print(azurite.pid, azurite.connection_string, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid_text, connection_string = parent.stdout.readline().split()
        with BlobServiceClient.from_connection_string(connection_string) as service:
            service.create_container("kept").upload_blob("ada.txt", b"kept")
        assert _is_alive(int(pid_text))
        parent.send_signal(signal.SIGKILL)
        _wait_until(lambda: not _is_alive(int(pid_text)))
    with running_azurite(tmp_path, ports=FREE_PORTS) as running:
        assert _load_blob(running, "ada.txt") == b"kept"


def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """It prints the connection string and ends with 0."""
    with subprocess.Popen(
        [sys.executable, "-m", "local.azurite", "--data", str(tmp_path / "data")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stdout is not None
        connection_string = command.stdout.readline().strip()
        with BlobServiceClient.from_connection_string(connection_string) as service:
            assert list(service.list_containers()) == []
        command.send_signal(signal.SIGINT)
        assert command.wait(15) == 0
    assert (tmp_path / "data" / "__azurite_db_blob__.json").exists()
