"""Who may ask: one of the configured keys, or a bearer token that was not declared bad.

Tokens cannot be verified here as Microsoft Entra ID would, so any non-empty one passes except those
listed as bad. SDKs in their plain OpenAI mode send the API key as a bearer token; that passes too.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from local.openai_emulator.problems import wrong_key, wrong_token


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """The keys that open the service, and the tokens that do not."""

    api_keys: tuple[str, ...]
    bad_tokens: frozenset[str] = frozenset()

    def check(self, headers: Mapping[str, str]) -> None:
        """Accept a request's credential.

        Raises:
            ApiError: 401.
        """
        key = headers.get("api-key")
        if key is not None:
            if not any(hmac.compare_digest(key.encode(), known.encode()) for known in self.api_keys):
                raise wrong_key()
            return
        scheme, _, token = headers.get("authorization", "").partition(" ")
        token = token.strip()
        if scheme.casefold() != "bearer" or not token or token in self.bad_tokens:
            raise wrong_token()


def credential_kind(headers: Mapping[str, str]) -> str:
    """Which kind of credential came along, for the ledger: ``api-key``, ``bearer`` or ``none``."""
    if "api-key" in headers:
        return "api-key"
    return "bearer" if headers.get("authorization", "").casefold().startswith("bearer ") else "none"
