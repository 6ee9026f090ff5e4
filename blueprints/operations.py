"""What operators look at: health, and the cost records that are derived from the call log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import azure.functions as func

from blueprints.problems import json_response, with_problem_details
from shared_code.accounting.cost_records import derive_cost_records
from shared_code.engine import get_engine
from shared_code.telemetry.logging import get_logger

EVERY_FIVE_MINUTES = "0 */5 * * * *"

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
    """Everything that health knows."""
    health = await get_engine().health()
    return json_response(health, status=_status_of(health["service_status"]))


@blueprint.timer_trigger(arg_name="timer", schedule=EVERY_FIVE_MINUTES)
async def derive_costs(timer: func.TimerRequest) -> None:
    """Bring the cost records of today and yesterday up to date; running twice changes nothing."""
    today = datetime.now(UTC).date()
    tables = get_engine().storage.tables
    for day in (today - timedelta(days=1), today):
        records = await derive_cost_records(tables, day)
        logger.info("costs_derived", day=day.isoformat(), records=len(records))


def _status_of(service_status: str) -> int:
    return HTTPStatus.SERVICE_UNAVAILABLE if service_status == "unhealthy" else HTTPStatus.OK
