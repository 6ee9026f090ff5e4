"""What speaks against a target though its probes passed: retirements, a fallback in use, unknown models."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cli.diagnostics.report import ProbeOutcome, Remark
from shared_code.accounting.pricing import ModelCatalogue
from shared_code.deployment import Deployment
from shared_code.openai_client import OpenAIClient
from shared_code.service_health import RETIREMENT_WARNING_DAYS


def warnings_of(
    client: OpenAIClient, chat: ProbeOutcome, embeddings: ProbeOutcome, as_of: date
) -> tuple[Remark, ...]:
    """All warnings, those first that degrade. Deployments of a skipped probe are not looked at."""
    remarks: list[Remark] = []
    watched: list[Deployment] = []
    if chat.status != "skipped":
        watched += client.deployments
        remarks += _fallback_remarks(client, chat)
    if embeddings.status != "skipped":
        watched.append(client.embedding_deployment)
    for deployment in watched:
        remarks += _model_remarks(deployment, client.catalogue, as_of)
    for outcome in (chat, embeddings):
        remarks += _throttle_remarks(outcome)
    return tuple(sorted(remarks, key=lambda remark: not remark.degrades))


def _fallback_remarks(client: OpenAIClient, chat: ProbeOutcome) -> Iterator[Remark]:
    if chat.fallback_used:
        yield Remark(
            "fallback_used",
            f"{chat.requested_deployment} did not answer, {chat.deployment} was asked instead.",
            degrades=True,
            deployment=chat.requested_deployment,
        )
    if not client.settings.enable_fallback:
        yield Remark(
            "fallback_disabled",
            "No deployment takes over where the first fails; OPENAI_ENABLE_FALLBACK=true changes that.",
            degrades=False,
        )


def _model_remarks(deployment: Deployment, catalogue: ModelCatalogue, as_of: date) -> Iterator[Remark]:
    model = catalogue.find(deployment.model)
    if model is None:
        yield Remark(
            "model_unknown",
            f"{deployment.model} is not in the model catalogue, so its price and retirement are unknown. If "
            f"that is only the deployment's name, set OPENAI_DEPLOYMENT_MODELS={deployment.name}=MODEL.",
            degrades=False,
            deployment=deployment.name,
        )
        return
    days_left = (model.retires_on - as_of).days
    if days_left > RETIREMENT_WARNING_DAYS:
        return
    is_over = days_left < 0
    when = (
        f"retired on {model.retires_on}" if is_over else f"retires in {days_left} days, on {model.retires_on}"
    )
    yield Remark(
        "model_retired" if is_over else "retirement_near",
        f"{deployment.model} of deployment {deployment.name} {when}: deploy and test its successor.",
        degrades=True,
        deployment=deployment.name,
        days_left=days_left,
    )


def _throttle_remarks(outcome: ProbeOutcome) -> Iterator[Remark]:
    throttled = outcome.rate_limit.throttled_attempts
    if throttled and outcome.status == "passed":
        yield Remark(
            "throttled",
            f"{throttled} of {outcome.attempts} attempts were throttled; the deployment is near its limit.",
            degrades=False,
            deployment=outcome.requested_deployment,
        )
