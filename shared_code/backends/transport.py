"""The door to the provider: one SDK client, raw JSON in and out, its exceptions turned into ours.

Requests go through the SDK's own ``post`` with ``cast_to`` a plain response, over its aiohttp
transport. That keeps authentication, Azure's paths and timeouts in the SDK's hands, and skips the
parameter and response models, which cost more than half the time of a call.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import httpx2
import openai
from pydantic_core import from_json, to_json

from shared_code.backends.failures import plain_code, silence
from shared_code.backends.identity import CredentialFactory, Identity, default_credential
from shared_code.errors import (
    AuthenticationError,
    ContentFilterError,
    DeploymentNotFoundError,
    InvalidModelRequestError,
    ModelConnectionError,
    ModelServerError,
    OpenAIServiceError,
    PromptTooLongError,
    RateLimitError,
)
from shared_code.reliability.retry import parse_retry_after

if TYPE_CHECKING:
    from shared_code.settings import OpenAISettings

Method = Literal["get", "post", "delete"]

# LiteLLM's proxy puts the status in the place of the provider's code; what happened stands in the names of
# its exception classes, with which its message opens.
_GATEWAY_CLASSES = re.compile(r"(?:litellm\.\w+:\s*)+")
_CODE_OF_GATEWAY_CLASS = {
    "ContextWindowExceededError": "context_length_exceeded",
    "ContentPolicyViolationError": "content_policy_violation",
}
# Only at its start, because the rest of a message may quote a document.
_GATEWAY_HAS_NO_SUCH_MODEL = re.compile(r"(?:/[\w/]+: )?Invalid model name passed in model=")
_NO_SUCH_MODEL_CODES = ("model_not_found", "DeploymentNotFound")


@dataclass(frozen=True, slots=True)
class ProviderResponse:
    """An answer's JSON object, and what its headers say."""

    content: dict[str, Any]
    request_id: str | None
    remaining_requests: int | None
    remaining_tokens: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error status of the provider. ``message`` may quote the prompt: read it, never pass it on."""

    status: int
    code: str
    parameter: str | None
    message: str = field(repr=False)


# What an API makes of a refusal that means something else there; None leaves it to the general rules.
Reading = Callable[[Refusal], OpenAIServiceError | None]


class Transport:
    """Sends JSON to the provider and gives its JSON back; one attempt, one owner of its timeout.

    Args:
        settings: Where the provider is, and the key where there is one.
        credential_factory: Signs in where there is no key; by default with the app's identity.
    """

    def __init__(self, settings: OpenAISettings, credential_factory: CredentialFactory | None = None) -> None:
        self._identity = None if settings.api_key else _identity(settings, credential_factory)
        self._client = self._create_client(settings)
        # The dated API has the deployment in its path, which the SDK reads out of an unwritten body.
        self._writes_json = not settings.api_version
        # One line per request at INFO says nothing that the call log does not say better.
        logging.getLogger("httpx2").setLevel(logging.WARNING)

    def _create_client(self, settings: OpenAISettings) -> openai.AsyncOpenAI:
        api_key = settings.api_key.get_secret_value() if settings.api_key else None
        token_provider = self._identity.token if self._identity else None
        http_client = openai.DefaultAioHttpClient()
        if settings.api_version:
            return openai.AsyncAzureOpenAI(
                azure_endpoint=settings.endpoint,
                api_version=settings.api_version,
                api_key=api_key,
                azure_ad_token_provider=token_provider,
                max_retries=0,
                http_client=http_client,
            )
        return openai.AsyncOpenAI(
            base_url=settings.base_url,
            api_key=api_key or token_provider,
            max_retries=0,
            http_client=http_client,
        )

    async def post(
        self, path: str, body: dict[str, Any], deployment: str, timeout_seconds: float
    ) -> ProviderResponse:
        """Send ``body`` to ``path`` and wait for the whole answer; see ``send``."""
        return await self.send("post", path, deployment, timeout_seconds, body=body)

    async def send(
        self,
        method: Method,
        path: str,
        deployment: str,
        timeout_seconds: float,
        *,
        body: dict[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        reading: Reading | None = None,
    ) -> ProviderResponse:
        """Send one request and wait for the whole answer.

        Raises:
            OpenAIServiceError: The subclass says what happened.
        """
        sent: dict[str, Any] = {"options": _options(timeout_seconds, query, headers)}
        if body is not None and self._writes_json:
            sent["content"] = to_json(body)
        elif body is not None:
            sent["body"] = body
        try:
            async with asyncio.timeout(timeout_seconds):
                response = await getattr(self._client, method)(path, cast_to=httpx2.Response, **sent)
        except TimeoutError:
            raise silence(deployment, timeout_seconds) from None
        except openai.APIStatusError as error:
            raise self._status_error(error, deployment, reading) from None
        except openai.APITimeoutError as error:
            if _is_silence(error):
                raise silence(deployment, timeout_seconds) from None
            raise _lost_connection(deployment, error) from None
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            raise _lost_connection(deployment, error) from None
        if self._identity is not None:
            self._identity.was_accepted(_bearer_token(response))
        headers_received = response.headers
        return ProviderResponse(
            _json_object(response, deployment),
            headers_received.get("x-request-id"),
            _count(headers_received.get("x-ratelimit-remaining-requests")),
            _count(headers_received.get("x-ratelimit-remaining-tokens")),
        )

    async def aclose(self) -> None:
        """Close the connections and the credential."""
        await self._client.close()
        if self._identity is not None:
            await self._identity.aclose()

    def _status_error(
        self, error: openai.APIStatusError, deployment: str, reading: Reading | None
    ) -> OpenAIServiceError:
        refusal = _refusal(error)
        own = reading(refusal) if reading else None
        known = own or _status_error(error, refusal.code, deployment)
        if error.status_code == 401:
            # A key does not change by asking again; a token may, once.
            known.retry_advised = self._identity is not None and self._identity.is_worth_retrying(
                _bearer_token(error.response)
            )
        return known


def _identity(settings: OpenAISettings, credential_factory: CredentialFactory | None) -> Identity:
    return Identity(credential_factory or partial(default_credential, settings.client_id))


def _bearer_token(response: httpx2.Response) -> str:
    return str(response.request.headers.get("authorization", "")).removeprefix("Bearer ")


def _options(
    timeout_seconds: float, query: Mapping[str, str] | None, headers: Mapping[str, str] | None
) -> dict[str, Any]:
    options: dict[str, Any] = {"timeout": timeout_seconds}
    if query is not None:
        options["params"] = query
    if headers is not None:
        options["headers"] = headers
    return options


def _refusal(error: openai.APIStatusError) -> Refusal:
    message = str((error.body.get("message") if isinstance(error.body, dict) else None) or "")
    return Refusal(error.status_code, _code(error, message), error.param, message)


def _code(error: openai.APIStatusError, message: str) -> str:
    """The provider's code, or what a gateway tells in its place."""
    if error.code and error.code != str(error.status_code):
        return str(error.code)
    classes = _GATEWAY_CLASSES.match(message)
    for name, code in _CODE_OF_GATEWAY_CLASS.items():
        if classes and f".{name}:" in classes[0]:
            return code
    return "model_not_found" if _GATEWAY_HAS_NO_SUCH_MODEL.match(message) else str(error.type)


def _is_silence(error: openai.APITimeoutError) -> bool:
    """Whether nothing was read in time; the aiohttp transport reports lost connections as timeouts too."""
    return isinstance(error.__cause__, httpx2.ReadTimeout)


def _lost_connection(deployment: str, error: Exception) -> ModelConnectionError:
    return ModelConnectionError(
        f"The connection to deployment {deployment} failed before a whole answer came. "
        "Check AZURE_OPENAI_ENDPOINT and the network.",
        deployment=deployment,
        was_sent=not isinstance(error.__cause__, httpx2.ConnectError),
    )


def _count(header: str | None) -> int | None:
    return int(header) if header is not None and header.isdigit() else None


def _json_object(response: httpx2.Response, deployment: str) -> dict[str, Any]:
    try:
        content = from_json(response.content)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise ModelServerError(
            f"Deployment {deployment} answered {response.status_code} with a body that is not a JSON object.",
            deployment=deployment,
        )
    return content


def _status_error(error: openai.APIStatusError, code: str, deployment: str) -> OpenAIServiceError:
    """Our error for the provider's status, without the provider's message, which may quote the prompt."""
    status = error.status_code
    headers = error.response.headers
    advice = {"true": True, "false": False}.get(headers.get("x-should-retry", ""))
    if status == 429:
        retry_after = parse_retry_after(headers, time.time())
        return RateLimitError(
            f"Deployment {deployment} is throttled by the provider.",
            retry_after_seconds=retry_after,
            deployment=deployment,
            retry_advised=advice,
        )
    if status in (408, 409) or status >= 500:
        return ModelServerError(
            f"Deployment {deployment} answered {status}.",
            retry_after_seconds=parse_retry_after(headers, time.time()),
            deployment=deployment,
            retry_advised=advice,
        )
    permanent = _permanent_error(status, plain_code(code), error.param, deployment)
    permanent.retry_advised = advice
    return permanent


def _permanent_error(status: int, code: str, parameter: str | None, deployment: str) -> OpenAIServiceError:
    if status in (401, 403):
        return AuthenticationError(
            f"The provider refused the credentials ({status}). Check AZURE_OPENAI_API_KEY, or the role "
            "'Cognitive Services OpenAI User' of the identity.",
            deployment=deployment,
        )
    if status in (404, 410) or code in _NO_SUCH_MODEL_CODES:
        return DeploymentNotFoundError(
            f"No deployment {deployment} at the endpoint ({status} {code}). Check OPENAI_CHAT_DEPLOYMENT, "
            "OPENAI_FALLBACK_DEPLOYMENT, OPENAI_EMBEDDING_DEPLOYMENT and AZURE_OPENAI_ENDPOINT; the model "
            "may be retired.",
            deployment=deployment,
        )
    if code == "context_length_exceeded":
        return PromptTooLongError(
            f"The document does not fit into the context of deployment {deployment}.", deployment=deployment
        )
    if code in ("content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"):
        return ContentFilterError(
            f"The content filter of deployment {deployment} refused the document.", deployment=deployment
        )
    at_fault = f", parameter {plain_code(parameter)}" if parameter else ""
    return InvalidModelRequestError(
        f"Deployment {deployment} rejected the request ({status} {code}{at_fault}).", deployment=deployment
    )
