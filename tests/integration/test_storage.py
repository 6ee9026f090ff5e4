"""The stores against Azurite: the common contract, and what only a wire can show."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from local.azurite import ACCOUNT, ACCOUNT_KEY, FREE_PORTS, running_azurite
from shared_code.accounting.cost_records import cost_records_of_day, derive_cost_records, spent_micro_usd
from shared_code.accounting.usage import Usage
from shared_code.ai_call_logger import AICallLogger, CallDetails, calls_between, calls_of_day
from shared_code.errors import StorageError
from shared_code.storage import (
    Blobs,
    Condition,
    Queues,
    StorageAccount,
    StorageTarget,
    StoredEntity,
    Tables,
)
from tests.unit.storage.contract import BlobsContract, QueuesContract, TablesContract, row

SURNAME = "Okonkwo-Example"


async def _listing(account: StorageAccount, place: str) -> None:
    async for _ in account.tables.query(place, [Condition("RowKey", "eq", SURNAME)]):
        pass


async def _blob_listing(account: StorageAccount, place: str) -> None:
    async for _ in account.blobs.names(place, SURNAME):
        pass


# Everything an account can do, on rows and blobs that bear a person's name.
SDK_CALLS: dict[str, Callable[[StorageAccount, str], Awaitable[object]]] = {
    "insert": lambda account, place: account.tables.insert(place, row(SURNAME)),
    "upsert": lambda account, place: account.tables.upsert(place, row(SURNAME)),
    "replace": lambda account, place: account.tables.replace_if_unchanged(place, row(SURNAME), 'W/"1"'),
    "get": lambda account, place: account.tables.get(place, "p", SURNAME),
    "query": _listing,
    "delete": lambda account, place: account.tables.delete(place, "p", SURNAME),
    "put_bytes": lambda account, place: account.blobs.put_bytes(place, SURNAME, b"x", "text/plain"),
    "get_bytes": lambda account, place: account.blobs.get_bytes(place, SURNAME, 10),
    "exists": lambda account, place: account.blobs.exists(place, SURNAME),
    "delete_if_unchanged": lambda account, place: account.tables.delete_if_unchanged(
        place, "p", SURNAME, 'W/"1"'
    ),
    "move": lambda account, place: account.blobs.move(place, SURNAME, place, f"{SURNAME}-2"),
    "names": _blob_listing,
    "delete_blob": lambda account, place: account.blobs.delete(place, SURNAME),
    "send": lambda account, place: account.queues.send(place, {"name": SURNAME}),
    "approximate_length": lambda account, place: account.queues.approximate_length(place),
    "ping": lambda account, place: account.ping(),
}


@pytest.fixture(scope="module")
def connection_string() -> Iterator[str]:
    """An Azurite of this module's own, in memory."""
    with running_azurite(None, ports=FREE_PORTS) as azurite:
        yield azurite.connection_string


@pytest.fixture
async def account(connection_string: str) -> AsyncIterator[StorageAccount]:
    """The account, on the test's event loop."""
    async with StorageAccount(StorageTarget(connection_string)) as account:
        yield account


@pytest.fixture
def place() -> str:
    """A name that tables, containers and queues all accept."""
    return f"t{uuid4().hex}"


@pytest.fixture
def tables(account: StorageAccount) -> Tables:
    """The real ones."""
    return account.tables


@pytest.fixture
def blobs(account: StorageAccount) -> Blobs:
    """The real ones."""
    return account.blobs


@pytest.fixture
def queues(account: StorageAccount) -> Queues:
    """The real ones."""
    return account.queues


class TestTableStore(TablesContract):
    """``TableStore`` is a ``Tables``."""

    async def test_a_listing_continues_after_the_first_thousand(self, tables: Tables, place: str) -> None:
        """The service answers at most 1,000 rows at a time."""
        keys = [f"{n:05d}" for n in range(1_005)]
        await tables.upsert(place, row("99999", "other"))
        for start in range(0, len(keys), 67):
            await asyncio.gather(*(tables.insert(place, row(key)) for key in keys[start : start + 67]))
        found = [
            r.values["RowKey"] async for r in tables.query(place, [Condition("PartitionKey", "eq", "p")])
        ]
        assert found == keys

    async def test_a_limit_is_told_to_the_service(self, place: str) -> None:
        """A page of two rows should not fetch a thousand."""
        nothing = b'{"value":[]}'
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        async with (
            answering_with(answer % (len(nothing), nothing)) as (port, requests),
            StorageAccount(_loopback(port)) as account,
        ):
            assert [found async for found in account.tables.query(place, limit=2)] == []
            assert [found async for found in account.tables.query(place)] == []
        assert [b"top=2" in requests[0], b"top=1000" in requests[1]] == [True, True]

    async def test_a_limit_over_a_page_continues(self, tables: Tables, place: str) -> None:
        """The service's pages end at 1,000 rows, a limit need not."""
        for start in range(0, 1_010, 101):
            await asyncio.gather(*(tables.insert(place, row(f"{n:05d}")) for n in range(start, start + 101)))
        found = [r.values["RowKey"] async for r in tables.query(place, limit=1_002)]
        assert found == [f"{number:05d}" for number in range(1_002)]

    async def test_a_table_deleted_meanwhile_is_made_again(
        self, tables: Tables, place: str, connection_string: str
    ) -> None:
        from azure.data.tables.aio import TableServiceClient

        await tables.upsert(place, row())
        async with TableServiceClient.from_connection_string(connection_string) as service:
            await service.delete_table(place)
        await tables.upsert(place, row(n=1))
        found = await tables.get(place, "p", "r")
        assert found is not None
        assert found.values["n"] == 1


class TestBlobStore(BlobsContract):
    """``BlobStore`` is a ``Blobs``."""

    async def test_the_media_type_is_stored(self, blobs: Blobs, place: str, connection_string: str) -> None:
        from azure.storage.blob.aio import BlobServiceClient

        await blobs.put_bytes(place, "cv", b"x", "application/pdf")
        await blobs.put_json(place, "result", {"name": "Jörg"})
        async with BlobServiceClient.from_connection_string(connection_string) as service:
            container = service.get_container_client(place)
            types = {blob.name: blob.content_settings.content_type async for blob in container.list_blobs()}
            stored = await (await container.download_blob("result")).readall()
        assert types == {"cv": "application/pdf", "result": "application/json"}
        assert stored == '{"name":"Jörg"}'.encode()

    async def test_an_empty_blob_is_read_where_the_service_refuses_its_range(self, place: str) -> None:
        """Azure answers 416 to a range of a blob without bytes, Azurite does not."""
        refusal = b"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        async with answering_with(refusal) as (port, _), StorageAccount(_loopback(port)) as account:
            assert await account.blobs.get_bytes(place, "empty", 10) == b""


class TestQueueStore(QueuesContract):
    """``QueueStore`` is a ``Queues``."""

    async def test_a_message_is_base64_and_never_expires(
        self, queues: Queues, place: str, connection_string: str
    ) -> None:
        """The Functions host expects base64 by default, and an outage may outlast the usual seven days."""
        from azure.storage.queue.aio import QueueServiceClient

        await queues.send(place, {"name": "Jörg"})
        await queues.send(place, {"name": "hidden"}, visibility_timeout_seconds=600)
        async with QueueServiceClient.from_connection_string(connection_string) as service:
            messages = [m async for m in service.get_queue_client(place).receive_messages()]
        (message,) = messages
        assert json.loads(b64decode(message.content)) == {"name": "Jörg"}
        assert message.expires_on is not None
        assert message.expires_on.year == 9999


class TestStorageAccount:
    async def test_ping_passes_while_storage_answers(self, account: StorageAccount) -> None:
        await account.ping()

    async def test_ping_gives_up_on_storage_that_stays_silent(self) -> None:
        """Connected, but never answered: the SDK alone would wait 20 s, four times."""
        async with answering_with(None) as (port, _), StorageAccount(_loopback(port)) as silent:
            started = time.monotonic()
            with pytest.raises(StorageError, match=r"did not answer within 0\.2 s.*AzureWebJobsStorage"):
                await silent.ping(timeout_seconds=0.2)
            assert time.monotonic() - started < 2

    async def test_every_operation_ends_within_the_accounts_bound(self, place: str) -> None:
        async with (
            answering_with(None) as (port, _),
            StorageAccount(_loopback(port), operation_timeout_seconds=0.1) as silent,
        ):
            for call in SDK_CALLS.keys() - {"ping"}:  # ping has its own bound
                with pytest.raises(StorageError, match=r"within 0\.1 s"):
                    await SDK_CALLS[call](silent, place)

    async def test_retries_are_bounded(self, place: str) -> None:
        """One attempt and three more."""
        refusal = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        async with answering_with(refusal) as (port, requests), StorageAccount(_loopback(port)) as busy:
            with pytest.raises(StorageError, match=f"Reading a row of table {place}.*answered 503"):
                await busy.tables.get(place, "p", "r")
        assert len(requests) == 4

    async def test_no_failure_shows_names_or_keys(
        self, connection_string: str, place: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A blob's name may be a person's; the SDK's own messages quote URLs."""
        caplog.set_level(logging.INFO)
        broken: list[tuple[StorageTarget, Iterable[str]]] = [
            (StorageTarget(connection_string.replace(ACCOUNT_KEY, "QUFB")), SDK_CALLS),
            (StorageTarget(connection_string.replace(ACCOUNT_KEY, "not base64")), SDK_CALLS),
            (StorageTarget("nonsense"), SDK_CALLS),
            (_loopback(_closed_port()), ("insert", "ping")),  # the others are retried for seconds
        ]
        said = []
        for target, calls in broken:
            async with StorageAccount(target) as unusable:
                for call in calls:
                    with pytest.raises(StorageError, match="AzureWebJobsStorage") as caught:
                        await SDK_CALLS[call](unusable, place)
                    assert caught.value.__cause__ is None
                    said.append(str(caught.value))
        assert any("answered 403" in message for message in said)
        everything = "\n".join([*said, caplog.text, *(str(vars(record)) for record in caplog.records)])
        for secret in (SURNAME, "QUFB", "not base64", ACCOUNT_KEY, "nonsense"):
            assert secret not in everything

    async def test_a_working_account_logs_no_urls(
        self, account: StorageAccount, place: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The SDKs log every request's URL at INFO."""
        caplog.set_level(logging.INFO)
        await account.blobs.put_bytes(place, f"{SURNAME}.pdf", b"x", "text/plain")
        await account.blobs.get_bytes(place, f"{SURNAME}.pdf", 10)
        assert [record.name for record in caplog.records if record.name.startswith("azure")] == []

    async def test_the_sdk_traces_nothing(
        self, account: StorageAccount, place: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A span of the SDK would carry the blob's name in ``url.full``."""
        tracers: list[str] = []
        monkeypatch.setenv("AZURE_TRACING_ENABLED", "true")
        monkeypatch.setattr(
            "azure.core.pipeline.policies._distributed_tracing.get_tracer",
            lambda **_: tracers.append("asked for"),
        )
        await account.blobs.put_bytes(place, f"{SURNAME}.pdf", b"x", "text/plain")
        await account.tables.upsert(place, row())
        await account.queues.send(place, {"a": 1})
        assert tracers == []

    async def test_first_writes_at_the_same_moment_all_arrive(
        self, account: StorageAccount, place: str
    ) -> None:
        """Several instances find the table, the container and the queue missing, and all create them."""
        names = [f"n{number}" for number in range(8)]
        await asyncio.gather(*(account.tables.upsert(place, row(name)) for name in names))
        await asyncio.gather(*(account.blobs.put_bytes(place, name, b"x", "text/plain") for name in names))
        await asyncio.gather(*(account.queues.send(place, {"name": name}) for name in names))
        assert [found.values["RowKey"] async for found in account.tables.query(place)] == names
        assert [await account.blobs.exists(place, name) for name in names] == [True] * 8
        assert await account.queues.approximate_length(place) == 8

    def test_each_event_loop_gets_its_own_connections(self, connection_string: str, place: str) -> None:
        """A client made on one loop hangs or fails on another."""
        account = StorageAccount(StorageTarget(connection_string))

        async def use() -> StoredEntity | None:
            await account.tables.upsert(place, row(n=1))
            found = await account.tables.get(place, "p", "r")
            await account.aclose()
            await account.aclose()
            return found

        assert asyncio.run(use()) is not None
        assert asyncio.run(use()) is not None


class TestCallLog:
    DAY = date(2026, 11, 21)

    async def test_a_day_of_calls_becomes_cost_records(self, connection_string: str) -> None:
        """Start, end, read, derive, derive again: to the micro-dollar, and without a needless write."""
        async with StorageAccount(StorageTarget(connection_string)) as account:
            tables = account.tables
            log = AICallLogger(tables)
            start = datetime(2026, 11, 21, 9, tzinfo=UTC)
            for number in range(40):
                details = CallDetails(
                    start + timedelta(minutes=number),
                    deployment="gpt-4.1-mini",
                    model="gpt-4.1-mini",
                    attempts=1,
                    usage=Usage(1000, 100, 50, 0),
                    cost_micro_usd=3_000_000_000 + number,
                )
                assistant = ("cv_data_extractor", "cv_pii_identifier")[number % 2]
                await log.log_call_start(f"call-{number}", assistant, 4_000, details=details)
                if number == 39:
                    continue
                await log.log_call_success(f"call-{number}", assistant, 0, 0, 812.5, None, details=details)
            assert (log.lost_rows, log.lost_starts, log.pending_calls) == (0, 0, 1)

            rows = [row async for row in calls_of_day(tables, self.DAY)]
            assert sorted(row.outcome for row in rows) == ["started"] + ["success"] * 39
            assert {row.details.usage for row in rows} == {Usage(1000, 100, 50, 0)}
            hour = [r async for r in calls_between(tables, start, start + timedelta(minutes=10))]
            assert sorted(r.correlation_id for r in hour) == [f"call-{n}" for n in range(10)]

            spent = sum(row.known_cost_micro_usd for row in rows)
            assert await spent_micro_usd(tables, self.DAY) == spent
            first = await derive_cost_records(tables, self.DAY)
            assert sum(record.cost_micro_usd for record in first) == spent
            etags = await self._etags(tables)
            assert len(etags) == 2
            assert await derive_cost_records(tables, self.DAY) == first
            assert await self._etags(tables) == etags
            assert await cost_records_of_day(tables, self.DAY) == first

    async def _etags(self, tables: Tables) -> list[str]:
        return [found.etag async for found in tables.query("AICostRecords")]


@asynccontextmanager
async def answering_with(answer: bytes | None) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that gives every request the same answer, or none; its port, and the requests so far."""
    requests: list[bytes] = []
    silence = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            requests.append(await reader.readuntil(b"\r\n\r\n"))
            if answer is None:
                await silence.wait()
            else:
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], requests
    finally:
        silence.set()
        server.close()
        await server.wait_closed()


def _loopback(port: int) -> StorageTarget:
    endpoints = "".join(
        f"{kind}Endpoint=http://127.0.0.1:{port}/{ACCOUNT};" for kind in ("Blob", "Queue", "Table")
    )
    return StorageTarget(
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};{endpoints}"
    )


def _closed_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
