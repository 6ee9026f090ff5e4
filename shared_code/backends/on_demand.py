"""The provider's connection, opened by the first request and shared by all backends of one client."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared_code.backends.identity import CredentialFactory
    from shared_code.backends.transport import Transport
    from shared_code.settings import OpenAISettings


class TransportOnDemand:
    """Opens one transport when it is first needed.

    Args:
        settings: Where the provider is.
        credential_factory: Signs in where the settings hold no key; by default with the app's identity.
    """

    def __init__(self, settings: OpenAISettings, credential_factory: CredentialFactory | None = None) -> None:
        self._settings = settings
        self._credential_factory = credential_factory
        self._opened: Transport | None = None

    @property
    def is_open(self) -> bool:
        """Whether there were requests since the start, or since it was closed."""
        return self._opened is not None

    def open(self) -> Transport:
        """The transport, opened now where it was not."""
        if self._opened is None:
            # The SDK costs a second to import, which an app that only answers health need not pay.
            from shared_code.backends.transport import Transport

            self._opened = Transport(self._settings, self._credential_factory)
        return self._opened

    async def aclose(self) -> None:
        """Close the transport where it is open; another request opens another."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.aclose()
