"""What tests must not take from one another when they run side by side: the clock, a port, Ctrl-C."""

from __future__ import annotations

import signal
import socket
import threading
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, settings

from local.stack import EMULATOR_PORT

# Their verdicts hang on fractions of a second, or on an answer within two for which much is imported.
# `make test` runs them after all others, one by one; it looks through these folders for them.
ALONE_FOLDERS = ("tests/conformance/", "tests/integration/")
ALONE = (
    "tests/conformance/test_azure_worker.py::TestInvocations::test_health_answers_before_openai_is_imported",
    "tests/integration/test_faults.py",
    "tests/integration/test_shared_limit.py",
    "tests/integration/test_openai_emulator_assistants.py::test_a_run_takes_the_time_of_the_latency_profile",
)
# More stacks than any run starts knock at the port meanwhile.
BACKLOG = 512

# How long one drawn example takes says more about the machine than about the code.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def pytest_configure() -> None:
    """Hear Ctrl-C again, and with us all processes that tests start and interrupt.

    A shell without job control, as in CI, starts what runs in its background with SIGINT ignored, and
    processes inherit that.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before ``-m`` looks at the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the machine for itself.

    Raises:
        pytest.UsageError: A test is marked where `make test` would not find it again.
    """
    for item in items:
        if item.nodeid.startswith(ALONE):
            item.add_marker(pytest.mark.alone)
        if item.get_closest_marker("alone") and not item.nodeid.startswith(ALONE_FOLDERS):
            raise pytest.UsageError(f"{item.nodeid} is to run alone: it belongs under one of {ALONE_FOLDERS}")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Keep the emulator's usual port taken while workers start stacks side by side.

    Each stack takes that port where it finds it free, and two that look at the same moment would both.
    """
    if getattr(session.config.option, "numprocesses", None):
        taken = socket.socket()
        session.config.add_cleanup(taken.close)
        with suppress(OSError):  # somebody has it: as good
            taken.bind(("127.0.0.1", EMULATOR_PORT))
            taken.listen(BACKLOG)
