"""Which backends the settings ask for, behind one connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared_code.backends.chat_completions import ChatCompletionsBackend
from shared_code.backends.embeddings import EmbeddingsBackend
from shared_code.backends.on_demand import TransportOnDemand

if TYPE_CHECKING:
    from shared_code.accounting.pricing import ModelCatalogue
    from shared_code.backends.contract import Backend, EmbeddingBackend
    from shared_code.backends.identity import CredentialFactory
    from shared_code.settings import OpenAISettings


@dataclass(frozen=True, slots=True)
class OpenBackends:
    """The backends of one client. Closing any of them closes the connection that all of them share."""

    chat: Backend
    embeddings: EmbeddingBackend
    connection: TransportOnDemand

    async def aclose(self) -> None:
        """Close the connection, after what the backends still have to do on it."""
        await self.chat.aclose()
        await self.embeddings.aclose()
        await self.connection.aclose()


def open_backends(
    settings: OpenAISettings,
    *,
    catalogue: ModelCatalogue | None = None,
    credential_factory: CredentialFactory | None = None,
) -> OpenBackends:
    """The backends that OPENAI_BACKEND names; nothing is connected before the first request.

    Args:
        settings: Which backend, and where the provider is.
        catalogue: What models accept.
        credential_factory: Signs in where the settings hold no key; by default with the app's identity.
    """
    connection = TransportOnDemand(settings, credential_factory)
    embeddings = EmbeddingsBackend(settings, connection)
    return OpenBackends(_chat_backend(settings, catalogue, connection), embeddings, connection)


def _chat_backend(
    settings: OpenAISettings, catalogue: ModelCatalogue | None, connection: TransportOnDemand
) -> Backend:
    # Each is loaded where it is chosen: most apps need one.
    if settings.backend == "responses":
        from shared_code.backends.responses import ResponsesBackend

        return ResponsesBackend(settings, catalogue, connection=connection)
    if settings.backend == "assistants":
        from shared_code.backends.assistants import AssistantsBackend

        return AssistantsBackend(settings, catalogue, connection=connection)
    return ChatCompletionsBackend(settings, catalogue, connection=connection)
