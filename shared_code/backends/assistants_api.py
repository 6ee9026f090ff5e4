"""The wire of the Assistants API, version 2: its header, what its 404s mean, and our own assistants."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared_code.errors import (
    DeploymentNotFoundError,
    InvalidModelRequestError,
    ModelServerError,
    OpenAIServiceError,
)

if TYPE_CHECKING:
    from shared_code.backends.on_demand import TransportOnDemand
    from shared_code.backends.transport import Method, ProviderResponse, Reading, Refusal

BETA_HEADER = {"OpenAI-Beta": "assistants=v2"}
OWNER = "cv-processing-engine"
ASSISTANTS_PER_PAGE = 100
# Codes of a 404 or 410 that speak of the deployment, as in every other API.
_DEPLOYMENT_CODES = frozenset({"DeploymentNotFound", "model_not_found", "ModelRetired"})
_ASSISTANT_ID = re.compile(r"\basst_\w+")
_THREAD_OR_RUN_ID = re.compile(r"\b(?:thread|run)_\w+")


class AssistantMissingError(InvalidModelRequestError):
    """The provider knows no assistant of the id that the request named."""


class ThreadMissingError(ModelServerError):
    """A thread, or its run, is gone; somebody else deleted it."""


def read_refusal(refusal: Refusal) -> OpenAIServiceError | None:
    """What a 404 of this API means; None where it means what it means everywhere."""
    if refusal.status not in (404, 410) or refusal.code in _DEPLOYMENT_CODES:
        return None
    if _ASSISTANT_ID.search(refusal.message):
        return AssistantMissingError(
            "The provider has no assistant of that id. Check the *_ASSISTANT_ID settings."
        )
    if _THREAD_OR_RUN_ID.search(refusal.message):
        return ThreadMissingError("The thread of a run disappeared while it was needed.")
    return DeploymentNotFoundError(
        f"The endpoint has no Assistants API ({refusal.status}): it was retired on 2026-08-26. "
        "Set OPENAI_BACKEND to chat or responses."
    )


class AssistantsApi:
    """Sends requests with this API's header, and reads its refusals."""

    def __init__(self, connection: TransportOnDemand) -> None:
        self._connection = connection

    async def send(
        self,
        method: Method,
        path: str,
        deployment: str,
        timeout_seconds: float,
        *,
        body: dict[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        reading: Reading = read_refusal,
    ) -> ProviderResponse:
        """See ``Transport.send``."""
        return await self._connection.open().send(
            method,
            path,
            deployment,
            timeout_seconds,
            body=body,
            query=query,
            headers=BETA_HEADER,
            reading=reading,
        )


class OwnAssistants:
    """One assistant per deployment that this app made for itself, under its mark in the metadata.

    A run overrides all that an assistant says, so one serves every prompt and every schema.
    """

    def __init__(self, api: AssistantsApi) -> None:
        self._api = api
        self._ids: dict[str, str] = {}
        self._lock = asyncio.Lock()

    async def assistant_id(self, deployment: str, timeout_seconds: float) -> str:
        """The deployment's assistant: remembered, else found at the provider, else created.

        Raises:
            OpenAIServiceError: The provider did not answer.
        """
        if deployment in self._ids:
            return self._ids[deployment]
        async with self._lock:
            if deployment not in self._ids:
                found = await self._found(deployment, timeout_seconds)
                self._ids[deployment] = found or await self._created(deployment, timeout_seconds)
            return self._ids[deployment]

    def forget(self, deployment: str, assistant_id: str) -> None:
        """Look for the deployment's assistant again, unless another took the missing one's place."""
        if self._ids.get(deployment) == assistant_id:
            del self._ids[deployment]

    async def _found(self, deployment: str, timeout_seconds: float) -> str | None:
        mark = _mark(deployment)
        query = {"limit": str(ASSISTANTS_PER_PAGE), "order": "desc"}
        while True:
            page = await self._ask("get", deployment, timeout_seconds, query=query)
            assistants = page.get("data") or []
            for assistant in assistants:
                if mark.items() <= (assistant.get("metadata") or {}).items():
                    return str(assistant["id"])
            if not page.get("has_more") or not assistants:
                return None
            query = {**query, "after": str(assistants[-1]["id"])}

    async def _created(self, deployment: str, timeout_seconds: float) -> str:
        body = {"model": deployment, "name": OWNER, "metadata": _mark(deployment)}
        created = await self._ask("post", deployment, timeout_seconds, body=body)
        return str(created["id"])

    async def _ask(
        self,
        method: Method,
        deployment: str,
        timeout_seconds: float,
        *,
        body: dict[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        response = await self._api.send(
            method, "/assistants", deployment, timeout_seconds, body=body, query=query
        )
        return response.content


def _mark(deployment: str) -> dict[str, str]:
    return {"owner": OWNER, "deployment": deployment}
