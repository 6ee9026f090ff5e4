"""Credentials as azure-identity has them, giving out numbered tokens."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from azure.core.credentials import AccessTokenInfo

LONG_SECONDS = 3600


@dataclass
class StubCredential:
    """One signed-in identity, with the cache that azure-identity's own have."""

    authority: Authority
    is_closed: bool = False
    _cached: AccessTokenInfo | None = None

    async def get_token_info(self, *scopes: str, options: object = None) -> AccessTokenInfo:
        self.authority.scopes.append(scopes)
        await asyncio.sleep(0)  # signing in takes a request
        if (
            self._cached is None
            or self._cached.expires_on - time.time() < self.authority.lifetime_seconds / 2
        ):
            self._cached = self.authority.issue()
        return self._cached

    async def close(self) -> None:
        await asyncio.sleep(0)
        self.is_closed = True


@dataclass
class Authority:
    """Gives out credentials and tokens; ``failure`` is raised instead of a token."""

    lifetime_seconds: float = LONG_SECONDS
    failure: Exception | None = None
    issues_same_token: bool = False
    issued: list[str] = field(default_factory=list)
    credentials: list[StubCredential] = field(default_factory=list)
    scopes: list[tuple[str, ...]] = field(default_factory=list)

    def credential(self) -> StubCredential:
        """The factory to hand over."""
        self.credentials.append(StubCredential(self))
        return self.credentials[-1]

    def issue(self) -> AccessTokenInfo:
        """A token that was never given out before."""
        if self.failure is not None:
            raise self.failure
        number = 1 if self.issues_same_token else len(self.issued) + 1
        self.issued.append(f"token-{number}")
        return AccessTokenInfo(self.issued[-1], int(time.time() + self.lifetime_seconds))
