"""Which account is reached, what is imported for it, and what a failure says."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
)

from shared_code.errors import StorageError
from shared_code.storage import StorageAccount, StorageTarget
from shared_code.storage.connection import StorageConnection
from shared_code.storage.failures import name_hash, storage_door
from shared_code.storage.on_demand import creating_on_demand

SERVICES = ("blob", "queue", "table")


def test_importing_storage_imports_no_sdk() -> None:
    """Health must answer without paying for them."""
    program = (
        "import sys, shared_code.storage as s; s.StorageAccount(s.StorageTarget('x'));"
        "print([m for m in sys.modules if m.split('.')[0] in {'azure', 'aiohttp'}])"
    )
    root = Path(__file__).parents[3]
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize("service", SERVICES)
def test_an_accounts_name_gives_the_public_addresses(service: str) -> None:
    """As the Functions host does it for ``AzureWebJobsStorage__accountName``."""
    assert StorageTarget(account_name="acme").endpoint(service) == f"https://acme.{service}.core.windows.net"


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_address_wins_over_the_name(service: str) -> None:
    """Sovereign clouds and private endpoints have others."""
    target = StorageTarget(
        account_name="acme",
        blob_service_uri="https://blob.example.com",
        queue_service_uri="https://queue.example.com",
        table_service_uri="https://table.example.com",
    )
    assert target.endpoint(service) == f"https://{service}.example.com"


def test_a_service_without_address_is_named_with_its_setting() -> None:
    """Somebody set the blobs' address only."""
    with pytest.raises(StorageError, match="AzureWebJobsStorage__tableServiceUri"):
        StorageTarget(blob_service_uri="https://blob.example.com").endpoint("table")


def test_a_target_does_not_show_its_key() -> None:
    """It may be logged by accident."""
    assert "S3CRET" not in repr(StorageTarget("AccountName=acme;AccountKey=S3CRET"))


async def test_without_connection_string_the_identity_signs_in() -> None:
    """One credential serves all three services; nothing is asked before the first request."""
    connection = StorageConnection(StorageTarget(account_name="acme", client_id="0-0-0"))
    try:
        assert connection.blobs().url == "https://acme.blob.core.windows.net/"
        assert connection.queues().url == "https://acme.queue.core.windows.net/"
        assert connection.tables().url == "https://acme.table.core.windows.net"
        assert connection.blobs() is connection.blobs()
        assert type(connection.tables().credential).__name__ == "DefaultAzureCredential"
        assert connection.tables().credential is connection.blobs().credential
    finally:
        await connection.aclose()


async def test_an_identity_is_not_sent_in_the_clear() -> None:
    """The SDK refuses tokens over http; that is a setting to mend."""
    async with StorageAccount(StorageTarget(table_service_uri="http://127.0.0.1:1/acme")) as account:
        with pytest.raises(StorageError, match="AzureWebJobsStorage__accountName"):
            await account.tables.get("Table", "p", "r")


@dataclass
class Response:
    """As much of a response as an exception needs."""

    status_code: int = 503
    reason: str = "Server Busy: /cv-inbox/Ada%20Example.pdf"
    headers: dict[str, str] = field(default_factory=dict)
    request: object = None

    def text(self) -> str:
        return "Ada Example"


BUSY = Response(headers={"x-ms-error-code": "ServerBusy", "retry-after": "7"})
HOSTILE = Response(403, headers={"x-ms-error-code": "no code: Ada Example", "retry-after": "soon"})


@pytest.mark.parametrize(
    ("raised", "expected", "retry_after_seconds"),
    [
        pytest.param(HttpResponseError(response=BUSY), "storage answered 503 (ServerBusy)", 7.0, id="busy"),
        pytest.param(HttpResponseError(response=HOSTILE), "storage answered 403", None, id="hostile-code"),
        pytest.param(
            ServiceRequestError("Ada Example"),
            "storage did not answer (ServiceRequestError)",
            None,
            id="gone",
        ),
        pytest.param(
            ClientAuthenticationError("Ada Example"),
            "no credential could be obtained (ClientAuthenticationError)",
            None,
            id="no-credential",
        ),
        pytest.param(
            ConnectionResetError("Ada Example"),
            "storage did not answer (ConnectionResetError)",
            None,
            id="os",
        ),
    ],
)
async def test_a_failure_says_what_and_which_setting_and_nothing_personal(
    raised: Exception, expected: str, retry_after_seconds: float | None
) -> None:
    """The SDK's own text quotes URLs."""
    with pytest.raises(StorageError) as caught:
        async with storage_door("Reading a row", "AzureWebJobsStorage", 1):
            raise raised
    assert str(caught.value) == f"Reading a row failed: {expected}. Check AzureWebJobsStorage."
    assert caught.value.retry_after_seconds == retry_after_seconds
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None


async def test_our_own_mistakes_are_not_called_storage_failures() -> None:
    """A bug must not look like an outage."""
    with pytest.raises(KeyError):
        async with storage_door("Reading a row", "AzureWebJobsStorage", 1):
            raise KeyError("bug")


@pytest.mark.parametrize(
    "created", [None, ResourceExistsError("taken")], ids=["created", "other-was-quicker"]
)
async def test_a_missing_place_is_created_and_written_again(created: Exception | None) -> None:
    """Of two instances that miss a table at the same moment, the slower one is told it exists."""
    done: list[str] = []

    async def write() -> str:
        done.append("write")
        if len(done) == 1:
            raise ResourceNotFoundError("no such table")
        return "etag"

    async def create() -> None:
        done.append("create")
        if created is not None:
            raise created

    assert await creating_on_demand(write, create) == "etag"
    assert done == ["write", "create", "write"]


async def test_a_place_that_stays_missing_is_reported() -> None:
    """One still being deleted: a second try would not help, a later one may."""
    done: list[str] = []

    async def write() -> None:
        done.append("write")
        raise ResourceNotFoundError("no such table")

    async def create() -> None:
        raise ResourceExistsError("being deleted")

    with pytest.raises(ResourceNotFoundError):
        await creating_on_demand(write, create)
    assert done == ["write", "write"]


def test_a_name_is_shown_as_a_hash() -> None:
    """Long enough to find the blob by, and no name."""
    assert name_hash("Ada Example.pdf") == name_hash("Ada Example.pdf") != name_hash("ada example.pdf")
    assert len(name_hash("Ada Example.pdf")) == 12
