"""The Models API: what the deployments of this resource run."""

from __future__ import annotations

from typing import Any

from local.openai_emulator.deployments import Deployment
from local.openai_emulator.problems import ApiError

# A fixed moment: answers do not change between two starts.
CREATED = 1_760_000_000


def list_models(deployments: list[Deployment], *, is_v1: bool) -> dict[str, Any]:
    """Every deployed model once. Names of deployments are listed too, as callers ask by them."""
    return {"object": "list", "data": [_model(*item, is_v1=is_v1) for item in _by_id(deployments).items()]}


def one_model(deployments: list[Deployment], model_id: str, *, is_v1: bool) -> dict[str, Any]:
    """One model by its own name or by that of a deployment.

    Raises:
        ApiError: 404 where neither exists.
    """
    found = _by_id(deployments).get(model_id)
    if found is None:
        raise ApiError(404, "model_not_found", f"The model '{model_id}' does not exist.", param="model")
    return _model(model_id, found, is_v1=is_v1)


def _by_id(deployments: list[Deployment]) -> dict[str, Deployment]:
    return {name: item for item in deployments for name in (item.spec.model, item.name)}


def _model(model_id: str, deployment: Deployment, *, is_v1: bool) -> dict[str, Any]:
    if is_v1:
        return {"id": model_id, "object": "model", "created": CREATED, "owned_by": "system"}
    is_chat = deployment.traits.work == "chat"
    return {
        "id": model_id,
        "object": "model",
        "model": deployment.model_version,
        "status": "succeeded",
        "lifecycle_status": "generally-available",
        "created_at": CREATED,
        "updated_at": CREATED,
        "capabilities": {
            "chat_completion": is_chat,
            "completion": False,
            "embeddings": not is_chat,
            "fine_tune": False,
            "inference": True,
        },
    }
