"""The parameters of a query: what each kind takes, and what is said where it is something else."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import azure.functions as func
import pytest

from blueprints import candidates, operations
from blueprints.query import choice_in, count_in, day_in, moment_in, refused, text_in
from shared_code.errors import RequestError
from shared_code.intake.states import JobState

DAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("params", [{}, {"one": ""}, {"other": "x"}], ids=["missing", "empty", "another"])
def test_what_is_not_given_is_the_default(params: dict[str, str]) -> None:
    """A form that sends all its fields asks the same as one that sends none."""
    assert text_in(params, "one") is None
    assert choice_in(params, "one", JobState, None) is None
    assert count_in(params, "one", 200, 50) == 50
    assert day_in(params, "one", DAY) == DAY
    assert moment_in(params, "one", MOMENT) == MOMENT


@pytest.mark.parametrize("state", list(JobState))
def test_a_choice_is_given_as_itself(state: JobState) -> None:
    """Not as the text it was written in."""
    assert choice_in({"state": state.value}, "state", JobState, None) is state


@pytest.mark.parametrize(("given", "count"), [("1", 1), ("200", 200), ("007", 7)])
def test_a_count_is_a_number(given: str, count: int) -> None:
    """From one to the largest, both included."""
    assert count_in({"limit": given}, "limit", 200, 50) == count


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        pytest.param("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC), id="day"),
        pytest.param("2026-11-21T08:30", MOMENT, id="without-zone"),
        pytest.param("2026-11-21T08:30Z", MOMENT, id="utc"),
        pytest.param("2026-11-21 08:30Z", MOMENT, id="blank-for-t"),
        pytest.param("2026-11-21T09:30+01:00", MOMENT, id="zone"),
        pytest.param("2026-11-21T09:30 01:00", MOMENT, id="zone-with-an-unescaped-plus"),
        pytest.param("2026-11-21T03:30-05:00", MOMENT, id="zone-behind"),
    ],
)
def test_a_moment_is_a_day_or_a_time(given: str, moment: datetime) -> None:
    """It carries a zone, UTC where none was said."""
    found = moment_in({"since": given}, "since", datetime.now(UTC))
    assert found == moment
    assert found.utcoffset() is not None


def test_a_moment_keeps_its_zone() -> None:
    """The caller's own, which says the same moment."""
    found = moment_in({"since": "2026-11-21T09:30+01:00"}, "since", MOMENT)
    assert found.tzinfo == timezone(timedelta(hours=1))


async def _problem(handler: Any, path: str, params: dict[str, str]) -> Any:
    request = func.HttpRequest("GET", f"http://127.0.0.1/api/{path}", headers={}, params=params, body=b"")
    response: func.HttpResponse = await handler._function.get_user_function()(request)
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    return json.loads(response.get_body())


@pytest.mark.parametrize(
    ("name", "given", "takes"),
    [
        pytest.param("state", "gone", "one of received, queued, processing, waiting, done, ", id="state"),
        pytest.param("state", "Done", "one of ", id="state-capital"),
        pytest.param("since", "yesterday", "a day or a time such as ", id="since-words"),
        pytest.param("since", "2026-02-30", "a day or a time such as ", id="since-impossible"),
        pytest.param("limit", "0", "a whole number from 1 to 200", id="limit-zero"),
        pytest.param("limit", "201", "a whole number from 1 to 200", id="limit-over"),
        pytest.param("limit", "-1", "a whole number", id="limit-negative"),
        pytest.param("limit", "5.0", "a whole number", id="limit-fraction"),
        pytest.param("limit", "５", "a whole number", id="limit-other-digits"),
        pytest.param("limit", "1_0", "a whole number", id="limit-underscore"),
        pytest.param("limit", "99999999", "a whole number", id="limit-huge"),
    ],
)
async def test_a_list_of_cvs_says_what_it_takes(name: str, given: str, takes: str) -> None:
    """Which parameter, what it was, what it takes; no storage is needed to say so."""
    problem = await _problem(candidates.list_cvs, "cv", {name: given})
    assert problem["code"] == "malformedRequest"
    assert problem["detail"].startswith(f'The parameter "{name}" is "{given}"; it takes {takes}')


@pytest.mark.parametrize(
    ("params", "detail"),
    [
        pytest.param(
            {"from": "20261101"},
            'The parameter "from" is "20261101"; it takes a day such as 2026-11-21.',
            id="day",
        ),
        pytest.param(
            {"by": "hour"}, 'The parameter "by" is "hour"; it takes one of day, assistant, model.', id="by"
        ),
        pytest.param(
            {"format": "xml"}, 'The parameter "format" is "xml"; it takes one of csv, json.', id="format"
        ),
        pytest.param(
            {"from": "2026-11-02", "to": "2026-11-01"},
            'The parameter "from" is "2026-11-02"; it takes a day that is not after "to", 2026-11-01.',
            id="backwards",
        ),
        pytest.param(
            {"from": "2025-01-01", "to": "2026-01-02"},
            'The parameter "from" is "2025-01-01"; it takes a day from 2025-01-02 on, 366 days in all.',
            id="too-long",
        ),
    ],
)
async def test_a_usage_report_says_it_in_the_same_words(params: dict[str, str], detail: str) -> None:
    """One form for every parameter of every route."""
    assert (await _problem(operations.get_usage, "usage", params))["detail"] == detail


def test_the_longest_range_is_taken() -> None:
    """The day that a refused range is told to begin with is the first that is accepted."""
    params = {"from": "2025-01-02", "to": "2026-01-02"}
    assert operations.usage_question(params, DAY)[0] == date(2025, 1, 2)


async def test_a_number_beyond_what_python_reads_is_refused() -> None:
    """Thousands of digits are a bad request and no crash."""
    assert '"limit"' in (await _problem(candidates.list_cvs, "cv", {"limit": "1" * 5_000}))["detail"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        pytest.param("x" * 41, f"{'x' * 39}…", id="long"),
        pytest.param("x" * 40, "x" * 40, id="not-too-long"),
        pytest.param("a\nb\x00c\u202e", "a?b?c?", id="unprintable"),
        pytest.param("robin@example.com", "[masked]", id="e-mail"),
        pytest.param("sk-abcdef0123456789", "[masked]", id="key"),
    ],
)
def test_what_was_given_is_shown_briefly(given: str, shown: str) -> None:
    """A problem may end up in somebody's log, so it repeats no secret and nothing that disturbs one."""
    error = refused("cursor", given, "something else")
    assert isinstance(error, RequestError)
    assert error.message == f'The parameter "cursor" is "{shown}"; it takes something else.'
