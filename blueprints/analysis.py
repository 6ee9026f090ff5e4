"""POST a CV, get one analysis back."""

from __future__ import annotations

import azure.functions as func

from blueprints.problems import json_response, with_problem_details
from blueprints.uploads import read_upload
from shared_code.engine import get_engine

blueprint = func.Blueprint()


@blueprint.route("cv/extract", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@with_problem_details
async def extract_profile(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
    """The candidate profile."""
    candidates = get_engine().candidates
    cv = await read_upload(req, candidates)
    return json_response(await candidates.extract_profile(cv, correlation_id=correlation_id))


@blueprint.route("pii/identify", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@with_problem_details
async def identify_pii(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
    """The personal data."""
    candidates = get_engine().candidates
    cv = await read_upload(req, candidates)
    return json_response(await candidates.identify_pii(cv, correlation_id=correlation_id))


@blueprint.route("skills/analyse", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@with_problem_details
async def analyse_skills(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
    """The skills analysis."""
    candidates = get_engine().candidates
    cv = await read_upload(req, candidates)
    return json_response(await candidates.analyse_skills(cv, correlation_id=correlation_id))
