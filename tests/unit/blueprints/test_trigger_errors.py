"""A trigger that fails: the host learns that it did, and nothing that a foreign exception says."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Iterator
from typing import Any

import azure.functions as func
import pytest
from azure.functions.decorators.http import HttpTrigger

from blueprints import analysis, candidates, intake, operations
from blueprints.trigger_errors import only_own_errors
from shared_code.engine import get_engine
from shared_code.errors import EngineError, StorageError
from shared_code.settings import load_settings
from shared_code.telemetry.logging import get_logger

SECRET = "Robin Example, robin@example.com"
logger = get_logger(__name__)


def _failing(kind: type[Exception]) -> None:
    with only_own_errors(logger, "work_not_done"):
        raise kind(SECRET)


def _failing_storage() -> None:
    with only_own_errors(logger, "work_not_done"):
        raise StorageError("no answer") from OSError(SECRET)


def _as_the_host_logs_it(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize("kind", [KeyError, OSError, UnicodeError, RuntimeError])
def test_a_foreign_error_is_replaced(kind: type[Exception], caplog: pytest.LogCaptureFixture) -> None:
    """The host gets an error that says nothing; the app's log gets its class and place."""
    with caplog.at_level(logging.INFO), pytest.raises(EngineError) as raised:
        _failing(kind)
    assert "Robin" not in _as_the_host_logs_it(raised.value) + caplog.text
    for told in ("work_not_done", kind.__name__, "test_trigger_errors.py"):
        assert told in caplog.text


def test_our_own_error_comes_out_alone(caplog: pytest.LogCaptureFixture) -> None:
    """As it is, for the host's tries; what led to it may be foreign and stays inside."""
    with caplog.at_level(logging.INFO), pytest.raises(StorageError, match="no answer") as raised:
        _failing_storage()
    assert "Robin" not in _as_the_host_logs_it(raised.value) + caplog.text
    assert "work_not_done" in caplog.text
    assert "storage" in caplog.text


def test_an_end_that_is_no_error_passes() -> None:
    """A host that stops cancels what runs, and must see it end so."""
    with pytest.raises(asyncio.CancelledError), only_own_errors(logger, "work_not_done"):
        raise asyncio.CancelledError


class _Given:
    """What a trigger is called with, whatever its kind; it breaks when it is looked into."""

    def __getattr__(self, name: str) -> Any:
        raise KeyError(SECRET)


@pytest.fixture
def _engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process's engine, every part of which fails with words that nobody may read."""
    monkeypatch.setenv("AzureWebJobsStorage", "UseDevelopmentStorage=true")
    load_settings.cache_clear()
    get_engine.cache_clear()
    for part in ("storage", "worker", "sweep", "desk"):
        monkeypatch.setitem(vars(get_engine()), part, _Given())
    yield
    load_settings.cache_clear()
    get_engine.cache_clear()


def _triggers() -> list[Any]:
    """All that the app has, but those that answer a request."""
    app = func.FunctionApp()
    for blueprint in (analysis.blueprint, candidates.blueprint, intake.blueprint, operations.blueprint):
        app.register_functions(blueprint)
    return [one for one in app.get_functions() if not isinstance(one.get_trigger(), HttpTrigger)]


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize("trigger", _triggers(), ids=lambda trigger: trigger.get_function_name())
async def test_no_trigger_lets_a_foreign_error_out(trigger: Any) -> None:
    """Whatever breaks, its host reads one sentence of ours."""
    with pytest.raises(EngineError) as raised:
        await trigger.get_user_function()(_Given())
    assert "Robin" not in _as_the_host_logs_it(raised.value)


def test_there_are_triggers() -> None:
    """Or the test above would say nothing."""
    assert {"on_cv_uploaded", "on_cv_job", "sweep_jobs", "derive_costs"} <= {
        trigger.get_function_name() for trigger in _triggers()
    }
