"""What operators look at: health, metrics and usage; and the cost records, derived from the call log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus

import azure.functions as func

from blueprints.problems import json_response, with_problem_details
from blueprints.query import choice_in, day_in, refused
from blueprints.trigger_errors import only_own_errors
from shared_code.accounting.cost_records import derive_cost_records
from shared_code.accounting.usage_report import GROUPINGS, Grouping, usage_report
from shared_code.engine import get_engine
from shared_code.telemetry.logging import get_logger

EVERY_FIVE_MINUTES = "0 */5 * * * *"
DEFAULT_USAGE_DAYS = 30
MAX_USAGE_DAYS = 366
CSV, JSON = "csv", "json"

_QUALITY = re.compile(r"; *q *= *([01](?:\.\d*)?)")

logger = get_logger(__name__)
blueprint = func.Blueprint()


@blueprint.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@with_problem_details
async def get_health(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
    """The status and the components' states, without figures; 503 where no CV can be processed."""
    health = await get_engine().health()
    return json_response(
        {"service_status": health["service_status"], "components": health["components"]},
        status=_status_of(health["service_status"]),
    )


@blueprint.route("health/detail", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@with_problem_details
async def get_health_detail(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
    """Everything that health knows, and how many jobs wait or failed."""
    engine = get_engine()
    health = await engine.health()
    if health["components"]["storage"] == "ok":
        health["jobs"] = await engine.job_counts()
    return json_response(health, status=_status_of(health["service_status"]))


@blueprint.route("metrics", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@with_problem_details
async def get_metrics(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
    """This process's figures in Prometheus' text format."""
    from shared_code.telemetry.metrics import CONTENT_TYPE

    return func.HttpResponse(get_engine().metrics.exposition(), headers={"Content-Type": CONTENT_TYPE})


@blueprint.route("usage", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@with_problem_details
async def get_usage(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
    """Calls, tokens and cost of a range of days by day, assistant or model, as JSON or CSV."""
    first_day, last_day, by = usage_question(req.params, datetime.now(UTC).date())
    answer_format = choice_in(req.params, "format", (CSV, JSON), _accepted(req.headers.get("accept", "")))
    report = await usage_report(get_engine().storage.tables, first_day, last_day, by)
    if answer_format == JSON:
        return json_response(report.as_json())
    headers = {"Content-Disposition": f'attachment; filename="usage_{first_day}_{last_day}_by_{by}.csv"'}
    return func.HttpResponse(report.as_csv(), mimetype="text/csv", headers=headers)


@blueprint.timer_trigger(arg_name="timer", schedule=EVERY_FIVE_MINUTES)
async def derive_costs(timer: func.TimerRequest) -> None:
    """Bring the cost records of today and yesterday up to date; running twice changes nothing."""
    today = datetime.now(UTC).date()
    with only_own_errors(logger, "costs_not_derived"):
        tables = get_engine().storage.tables
        for day in (today - timedelta(days=1), today):
            records = await derive_cost_records(tables, day)
            logger.info("costs_derived", day=day.isoformat(), records=len(records))


def _status_of(service_status: str) -> int:
    return HTTPStatus.SERVICE_UNAVAILABLE if service_status == "unhealthy" else HTTPStatus.OK


def usage_question(params: Mapping[str, str], today: date) -> tuple[date, date, Grouping]:
    """The first and the last day of a usage report and its grouping, from the query's parameters.

    Raises:
        RequestError: A parameter is not what it must be; the message names it.
    """
    last_day = day_in(params, "to", today)
    default = date.fromordinal(max(1, last_day.toordinal() - DEFAULT_USAGE_DAYS + 1))
    first_day = day_in(params, "from", default)
    # Only a day that was given can break these: the defaults follow from the other one.
    if last_day < first_day:
        raise refused("from", f"{first_day}", f'a day that is not after "to", {last_day}')
    earliest_day = date.fromordinal(max(1, last_day.toordinal() - MAX_USAGE_DAYS + 1))
    if first_day < earliest_day:
        raise refused("from", f"{first_day}", f"a day from {earliest_day} on, {MAX_USAGE_DAYS} days in all")
    return first_day, last_day, choice_in(params, "by", GROUPINGS, GROUPINGS[0])


def _accepted(accept: str) -> str:
    """CSV where the header ``Accept`` names it and likes it better than JSON."""
    likings = {CSV: 0.0, JSON: 0.0}
    for media_range in accept.lower().split(","):
        kind = {"text/csv": CSV, "application/json": JSON}.get(media_range.partition(";")[0].strip())
        if kind is not None:
            quality = _QUALITY.search(media_range)
            likings[kind] = float(quality[1]) if quality else 1.0
    return CSV if likings[CSV] > likings[JSON] else JSON
