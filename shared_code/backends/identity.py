"""Signing in to the provider by identity: one cached token, and a fresh one once it is refused.

azure-identity caches a token per credential and renews it before it expires, but it cannot know that
the provider stopped accepting one (a rotated secret, a revoked or re-created identity). A refused token
is answered with a new credential instead of a claims challenge: the provider sends none with its 401,
most of the credentials in the default chain do not support one, and only a new credential reads a
rotated secret, certificate or federated token file again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from shared_code.errors import AuthenticationError, ModelConnectionError

# Where Azure's v1 API and its dated API accept Entra ID tokens.
TOKEN_SCOPE = "https://cognitiveservices.azure.com/.default"  # noqa: S105  (a scope, not a secret)

# Makes one of azure-identity's asynchronous credentials.
CredentialFactory = Callable[[], Any]


def default_credential(client_id: str | None) -> Any:
    """A credential that finds the app's identity by itself; ``client_id`` picks one of several."""
    from azure.identity.aio import DefaultAzureCredential

    return DefaultAzureCredential(managed_identity_client_id=client_id)


class Identity:
    """The app's identity, as the bearer token that proves it."""

    def __init__(self, credential_factory: CredentialFactory) -> None:
        self._credential_factory = credential_factory
        self._credential: Any = None
        self._cached_token: Callable[[], Awaitable[str]] | None = None
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._is_refused = False
        self._is_on_trial = False

    async def token(self) -> str:
        """A token that was not refused; from the cache until it nears its end or is refused.

        Raises:
            AuthenticationError: No identity could sign in.
            ModelConnectionError: What gives out tokens cannot be reached.
        """
        # One lock around everything, so that nobody waits on a credential that is being closed.
        async with self._lock:
            is_renewal = self._is_refused
            if is_renewal:
                await self.aclose()
            token = await self._signed_in()
            if is_renewal or token != self._token:
                self._token, self._is_on_trial, self._is_refused = token, is_renewal, False
            return token

    def was_accepted(self, token: str) -> None:
        """Note that the provider let a token in, so that a later refusal means another rotation."""
        if token == self._token:
            self._is_on_trial = False

    def is_worth_retrying(self, refused_token: str) -> bool:
        """Note that the provider refused a token, and tell whether the next one may be accepted.

        The next one is fresh, once for all who were refused with the same token; where the fresh one
        is refused as well, it is not the token that is wrong.
        """
        if refused_token == self._token and not self._is_refused:
            if self._is_on_trial:
                return False
            self._is_refused = True
        return True

    async def aclose(self) -> None:
        """Close the credential; the next token opens another."""
        credential, self._credential, self._cached_token = self._credential, None, None
        if credential is not None:
            await credential.close()

    async def _signed_in(self) -> str:
        from azure.core.exceptions import AzureError, ClientAuthenticationError
        from azure.identity.aio import get_bearer_token_provider

        try:
            if self._cached_token is None:
                self._credential = self._credential_factory()
                self._cached_token = get_bearer_token_provider(self._credential, TOKEN_SCOPE)
            return await self._cached_token()
        except ClientAuthenticationError:
            raise AuthenticationError(
                "No identity could sign in to Azure OpenAI. Set AZURE_OPENAI_API_KEY, or give the app "
                "an identity (AZURE_CLIENT_ID) with the role 'Cognitive Services OpenAI User'.",
                was_sent=False,
            ) from None
        except AzureError:
            raise ModelConnectionError(
                "The service that gives out the identity's tokens cannot be reached. Check the network.",
                was_sent=False,
            ) from None
