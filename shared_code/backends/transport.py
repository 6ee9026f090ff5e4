"""The door to the provider: one SDK client, raw JSON in and out, its exceptions turned into ours.

Requests go through the SDK's own ``post`` with ``cast_to`` a plain response, over its aiohttp
transport. That keeps authentication, Azure's paths and timeouts in the SDK's hands, and skips the
parameter and response models, which cost more than half the time of a call.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
import openai
from pydantic_core import from_json, to_json

from shared_code.errors import (
    AttemptTimeoutError,
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

# Where Azure's v1 API and its dated API accept Entra ID tokens.
TOKEN_SCOPE = "https://cognitiveservices.azure.com/.default"  # noqa: S105  (a scope, not a secret)


@dataclass(frozen=True, slots=True)
class ProviderResponse:
    """An answer's JSON object, and what its headers say."""

    content: dict[str, Any]
    request_id: str | None
    remaining_requests: int | None
    remaining_tokens: int | None


class Transport:
    """Sends JSON to the provider and gives its JSON back; one attempt, one owner of its timeout."""

    def __init__(self, settings: OpenAISettings) -> None:
        self._credential: Any = None
        self._client = self._create_client(settings)
        # The dated API has the deployment in its path, which the SDK reads out of an unwritten body.
        self._writes_json = not settings.api_version
        # One line per request at INFO says nothing that the call log does not say better.
        logging.getLogger("httpx2").setLevel(logging.WARNING)

    def _create_client(self, settings: OpenAISettings) -> openai.AsyncOpenAI:
        api_key = settings.api_key.get_secret_value() if settings.api_key else None
        http_client = openai.DefaultAioHttpClient()
        if settings.api_version:
            return openai.AsyncAzureOpenAI(
                azure_endpoint=settings.endpoint,
                api_version=settings.api_version,
                api_key=api_key,
                azure_ad_token_provider=None if api_key else self._token_provider(settings.client_id),
                max_retries=0,
                http_client=http_client,
            )
        return openai.AsyncOpenAI(
            base_url=settings.base_url,
            api_key=api_key or self._token_provider(settings.client_id),
            max_retries=0,
            http_client=http_client,
        )

    def _token_provider(self, client_id: str | None) -> Callable[[], Awaitable[str]]:
        from azure.core.exceptions import ClientAuthenticationError
        from azure.identity.aio import DefaultAzureCredential, get_bearer_token_provider

        self._credential = DefaultAzureCredential(managed_identity_client_id=client_id)
        cached_token = get_bearer_token_provider(self._credential, TOKEN_SCOPE)

        async def token() -> str:
            try:
                return await cached_token()
            except ClientAuthenticationError:
                raise AuthenticationError(
                    "No identity could sign in to Azure OpenAI. Set AZURE_OPENAI_API_KEY, or give the app "
                    "an identity (AZURE_CLIENT_ID) with the role 'Cognitive Services OpenAI User'."
                ) from None

        return token

    async def post(
        self, path: str, body: dict[str, Any], deployment: str, timeout_seconds: float
    ) -> ProviderResponse:
        """Send ``body`` to ``path`` and wait for the whole answer.

        Raises:
            OpenAIServiceError: The subclass says what happened.
        """
        sent: dict[str, Any] = {"content": to_json(body)} if self._writes_json else {"body": body}
        try:
            async with asyncio.timeout(timeout_seconds):
                response = await self._client.post(
                    path, cast_to=httpx2.Response, options={"timeout": timeout_seconds}, **sent
                )
        except TimeoutError:
            raise _silence(deployment, timeout_seconds) from None
        except openai.APIStatusError as error:
            raise _status_error(error, deployment) from None
        except openai.APITimeoutError as error:
            if _is_silence(error):
                raise _silence(deployment, timeout_seconds) from None
            raise _lost_connection(deployment, error) from None
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            raise _lost_connection(deployment, error) from None
        headers = response.headers
        return ProviderResponse(
            _json_object(response, deployment),
            headers.get("x-request-id"),
            _count(headers.get("x-ratelimit-remaining-requests")),
            _count(headers.get("x-ratelimit-remaining-tokens")),
        )

    async def aclose(self) -> None:
        """Close the connections and the credential."""
        await self._client.close()
        if self._credential is not None:
            await self._credential.close()


def _is_silence(error: openai.APITimeoutError) -> bool:
    """Whether nothing was read in time; the aiohttp transport reports lost connections as timeouts too."""
    return isinstance(error.__cause__, httpx2.ReadTimeout)


def _silence(deployment: str, timeout_seconds: float) -> AttemptTimeoutError:
    return AttemptTimeoutError(
        f"Deployment {deployment} did not answer within {timeout_seconds:.1f} s.", deployment=deployment
    )


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


def _status_error(error: openai.APIStatusError, deployment: str) -> OpenAIServiceError:
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
    permanent = _permanent_error(status, str(error.code), error.param, deployment)
    permanent.retry_advised = advice
    return permanent


def _permanent_error(status: int, code: str, parameter: str | None, deployment: str) -> OpenAIServiceError:
    if status in (401, 403):
        return AuthenticationError(
            f"The provider refused the credentials ({status}). Check AZURE_OPENAI_API_KEY, or the role "
            "'Cognitive Services OpenAI User' of the identity.",
            deployment=deployment,
        )
    if status in (404, 410):
        return DeploymentNotFoundError(
            f"No deployment {deployment} at the endpoint ({status} {code}). Check OPENAI_CHAT_DEPLOYMENT, "
            "OPENAI_FALLBACK_DEPLOYMENT and AZURE_OPENAI_ENDPOINT; the model may be retired.",
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
    at_fault = f", parameter {parameter}" if parameter else ""
    return InvalidModelRequestError(
        f"Deployment {deployment} rejected the request ({status} {code}{at_fault}).", deployment=deployment
    )
