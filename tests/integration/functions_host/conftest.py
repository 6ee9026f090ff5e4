"""One storage and one host for all tests of this folder that do not stop it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from local.azurite import FREE_PORTS, AzuriteError, running_azurite
from tests.integration.functions_host.host_process import Host, Storage, settings_for
from tests.integration.functions_host.sample_app import APP


@pytest.fixture(scope="package")
def storage() -> Iterator[Storage]:
    """Start an Azurite of its own on free ports, in memory."""
    with contextlib.ExitStack() as stack:
        try:
            azurite = stack.enter_context(running_azurite(None, ports=FREE_PORTS))
        except AzuriteError as error:
            pytest.skip(f"AZURITE DOES NOT START: {error}")
        yield Storage(azurite.connection_string)


@pytest.fixture(scope="package")
def settings(storage: Storage) -> dict[str, str]:
    """Settings of the shared host."""
    return settings_for(
        storage,
        LOCAL_FUNCTIONS_LEASE_SECONDS="1",
        LOCAL_FUNCTIONS_DISCONNECT_SECONDS="0.2",
        FUNCTIONS_REQUEST_BODY_SIZE_LIMIT="100000",
    )


@pytest.fixture(scope="package")
def host(tmp_path_factory: pytest.TempPathFactory, settings: dict[str, str]) -> Iterator[Host]:
    """Share one host among the tests that do not stop it."""
    running = Host(tmp_path_factory.mktemp("app"), settings)
    try:
        yield running.wait_until_ready()
    finally:
        assert running.stop() == 0, running.log


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Host]]:
    """Start further hosts, which are stopped whatever happens."""
    started = list[Host]()

    def begin(environ: Mapping[str, str], app: str = APP) -> Host:
        started.append(Host(tmp_path, environ, app))
        return started[-1]

    yield begin
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()
