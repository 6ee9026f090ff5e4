"""GET /api/usage: what is asked, in which format it is answered, and what is said about a bad question."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import azure.functions as func
import pytest

from blueprints import operations
from blueprints.operations import usage_question
from shared_code.accounting.call_log import CALL_LOG_TABLE, CallDetails, CallRow, entity_of
from shared_code.accounting.cost_records import derive_cost_records
from shared_code.accounting.usage import Usage
from shared_code.engine import get_engine
from shared_code.errors import StorageError
from shared_code.settings import load_settings
from tests.unit.storage.in_memory_storage import InMemoryTables

TODAY = date(2026, 11, 21)
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


async def _log(tables: InMemoryTables, day: date, model: str) -> None:
    started_at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    details = CallDetails(started_at, model=model, attempts=1, usage=Usage(100, 0, 20, 0), cost_micro_usd=7)
    row = CallRow(f"{day}-{model}", "extractor", "success", details)
    await tables.upsert(CALL_LOG_TABLE, entity_of(row))
    await derive_cost_records(tables, day)


@pytest.fixture
async def tables() -> InMemoryTables:
    """The records of a call on each of two models, two days apart."""
    tables = InMemoryTables()
    await _log(tables, TODAY, "gpt-4.1-mini")
    await _log(tables, TODAY - timedelta(days=2), "gpt-4o-mini")
    return tables


@pytest.fixture(autouse=True)
def _engine(monkeypatch: pytest.MonkeyPatch, tables: InMemoryTables) -> Iterator[None]:
    """This process's engine over these tables."""
    monkeypatch.setenv("AzureWebJobsStorage", "UseDevelopmentStorage=true")
    load_settings.cache_clear()
    get_engine.cache_clear()
    monkeypatch.setattr(get_engine().storage, "tables", tables)
    yield
    load_settings.cache_clear()
    get_engine.cache_clear()


async def _get(params: dict[str, str], accept: str | None = None) -> func.HttpResponse:
    headers = {} if accept is None else {"Accept": accept}
    request = func.HttpRequest("GET", "http://127.0.0.1/api/usage", headers=headers, params=params, body=b"")
    handler = operations.get_usage._function.get_user_function()
    response: func.HttpResponse = await handler(request)
    return response


async def _get_json(**params: str) -> Any:
    response = await _get(params)
    assert (response.status_code, response.mimetype) == (200, "application/json"), response.get_body()
    return json.loads(response.get_body())


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("day", ["2026-11-19", "2026-11-21"]),
        ("assistant", ["extractor"]),
        ("model", ["gpt-4.1-mini", "gpt-4o-mini"]),
    ],
)
async def test_answers_by_day_assistant_and_model(by: str, keys: list[str]) -> None:
    """The same totals, told in different rows."""
    report = await _get_json(**NOVEMBER, by=by)
    assert (report["from"], report["to"], report["by"]) == ("2026-11-01", "2026-11-30", by)
    assert [row["key"] for row in report["rows"]] == keys
    totals = report["totals"]
    assert (totals["calls"], totals["inputTokens"], totals["costUsd"]) == (2, 200, "0.000014")


async def test_without_parameters_the_last_days_come_by_day(tables: InMemoryTables) -> None:
    """A call of this moment is in the report, and one of thirty days ago is not."""
    before = datetime.now(UTC).date()
    for day in (before, before - timedelta(days=31)):
        await _log(tables, day, "gpt-5-mini")
    report = await _get_json()
    after = datetime.now(UTC).date()
    assert report["to"] in (before.isoformat(), after.isoformat())
    assert report["by"] == "day"
    shown = [row["key"] for row in report["rows"]]
    assert before.isoformat() in shown
    assert (before - timedelta(days=31)).isoformat() not in shown


@pytest.mark.parametrize(
    ("params", "first_day", "last_day"),
    [
        pytest.param({}, "2026-10-23", "2026-11-21", id="nothing"),
        pytest.param({"from": "", "to": "", "by": ""}, "2026-10-23", "2026-11-21", id="empty"),
        pytest.param({"from": "2026-11-20"}, "2026-11-20", "2026-11-21", id="from"),
        pytest.param({"to": "2026-03-01"}, "2026-01-31", "2026-03-01", id="to"),
        pytest.param({"from": "2026-11-21", "to": "2026-11-21"}, "2026-11-21", "2026-11-21", id="one-day"),
        pytest.param({"from": "2024-01-01", "to": "2024-12-31"}, "2024-01-01", "2024-12-31", id="leap-year"),
        pytest.param({"to": "0001-01-03"}, "0001-01-01", "0001-01-03", id="the-first-days-there-are"),
        pytest.param({"from": "2026-11-22", "to": "2026-11-23"}, "2026-11-22", "2026-11-23", id="future"),
    ],
)
def test_what_is_not_given_follows_from_today(params: dict[str, str], first_day: str, last_day: str) -> None:
    """Thirty days up to the last one, both ends included."""
    found = usage_question(params, TODAY)
    assert found == (date.fromisoformat(first_day), date.fromisoformat(last_day), "day")


@pytest.mark.parametrize(
    ("params", "named"),
    [
        pytest.param({"from": "yesterday"}, "from", id="from-words"),
        pytest.param({"from": "20261101"}, "from", id="from-without-hyphens"),
        pytest.param({"from": "2026-W47-6"}, "from", id="from-week"),
        pytest.param({"from": "2026-11-01T00:00:00Z"}, "from", id="from-time"),
        pytest.param({"from": "2026-11-01,2026-11-02"}, "from", id="from-twice"),
        pytest.param({"to": "2026-02-30"}, "to", id="to-impossible"),
        pytest.param({"to": "２０２６-11-01"}, "to", id="to-other-digits"),
        pytest.param({"from": "2026-11-02", "to": "2026-11-01"}, "from", id="backwards"),
        pytest.param({"from": "9999-12-31"}, "from", id="after-today"),
        pytest.param({"from": "0001-01-01", "to": "0002-01-02"}, "from", id="367-days-of-the-first"),
        pytest.param({"from": "2025-01-01", "to": "2026-01-02"}, "from", id="367-days"),
        pytest.param({"by": "deployment"}, "by", id="by"),
        pytest.param({"by": "Day"}, "by", id="by-capital"),
        pytest.param({"format": "xml"}, "format", id="format"),
    ],
)
async def test_a_bad_parameter_is_named(params: dict[str, str], named: str, tables: InMemoryTables) -> None:
    """A problem the caller can mend, before storage is asked for anything."""
    asked = tables.requests.copy()
    response = await _get(params)
    problem = json.loads(response.get_body())
    assert (response.status_code, problem["code"]) == (400, "malformedRequest")
    assert f'"{named}"' in problem["detail"]
    assert tables.requests == asked


@pytest.mark.parametrize(
    ("params", "accept", "is_csv"),
    [
        pytest.param({}, None, False, id="nothing"),
        pytest.param({}, "text/csv", True, id="accept"),
        pytest.param({"format": ""}, "text/csv", True, id="format-empty"),
        pytest.param({}, "Text/CSV; charset=utf-8", True, id="accept-capital"),
        pytest.param({}, "text/csv, */*;q=0.1", True, id="accept-or-anything"),
        pytest.param({}, "application/json;q=0.5, text/csv", True, id="csv-rather"),
        pytest.param({}, "application/json, text/csv;q=0.5", False, id="json-rather"),
        pytest.param({}, "text/csv;q=0", False, id="anything-but"),
        pytest.param({}, "text/html, */*", False, id="browser"),
        pytest.param({"format": "csv"}, None, True, id="format"),
        pytest.param({"format": "csv"}, "application/json", True, id="format-wins"),
        pytest.param({"format": "json"}, "text/csv", False, id="format-json-wins"),
    ],
)
async def test_csv_is_given_to_those_who_want_it(
    params: dict[str, str], accept: str | None, is_csv: bool
) -> None:
    """By parameter or, where there is none, by what the caller says it takes."""
    response = await _get({**NOVEMBER, **params}, accept)
    assert response.status_code == 200
    assert response.mimetype == ("text/csv" if is_csv else "application/json")


async def test_csv_is_a_file_of_the_same_rows() -> None:
    """Under a name that tells what is in it."""
    params = {**NOVEMBER, "by": "model"}
    response = await _get({**params, "format": "csv"})
    lines = list(csv.DictReader(io.StringIO(response.get_body().decode(), newline="")))
    report = await _get_json(**params)
    assert lines == [{name: str(value) for name, value in row.items()} for row in report["rows"]]
    name = response.headers["Content-Disposition"]
    assert name == 'attachment; filename="usage_2026-11-01_2026-11-30_by_model.csv"'


async def test_storage_that_fails_is_a_problem_to_try_again(tables: InMemoryTables) -> None:
    """No report is better than half of one."""
    tables.failure = StorageError("down")
    response = await _get({})
    assert response.status_code == 503
    assert "Retry-After" in response.headers
