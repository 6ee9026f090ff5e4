"""What becomes of texts on their way to vectors: keys, batches, and the guard of the vectors' length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from shared_code.accounting.pricing import Model
from shared_code.accounting.usage import DeploymentUsage, Usage
from shared_code.errors import EmbeddingDimensionsError, EmptyTextError, PromptTooLongError
from shared_code.settings import DEFAULT_EMBEDDING_DIMENSIONS, OpenAISettings

# Of one request, as the provider documents them for its embeddings API.
MAX_TEXTS_PER_REQUEST = 2_048
MAX_TOKENS_PER_REQUEST = 300_000
# Low for prose (some four bytes a token) and about right for CJK, so that batches stay within the limit.
BYTES_PER_TOKEN = 3


@dataclass(frozen=True, slots=True)
class Embedding:
    """A text's vector. ``key`` names the text by its content, so storing it twice changes nothing."""

    key: str
    vector: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class EmbeddingResult:
    """One embedding per text, in the order of the texts; equal texts share theirs.

    ``cost_micro_usd`` is None where the price is unknown. ``attempts`` counts all requests made.
    """

    embeddings: tuple[Embedding, ...]
    deployment: str
    model: str
    dimensions: int
    usage: Usage
    cost_micro_usd: int | None
    attempts: int
    charges: tuple[DeploymentUsage, ...] = ()


@dataclass(frozen=True, slots=True)
class TextBatch:
    """What one request holds: different texts, and an estimate of their tokens on the high side."""

    texts: tuple[str, ...]
    tokens: int


def content_key(text: str) -> str:
    """SHA-256 of the text in UTF-8, as 64 hexadecimal digits: the same in every process and run."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def estimated_tokens(text: str) -> int:
    """Tokens of a text, rather too many than too few."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN)


def batches(
    texts: Sequence[str], max_tokens: int = MAX_TOKENS_PER_REQUEST, max_texts: int = MAX_TEXTS_PER_REQUEST
) -> Iterator[TextBatch]:
    """The different texts in requests within the provider's limits, in the order of their first coming.

    A text that alone is over ``max_tokens`` gets a request of its own: the estimate may be too high.
    """
    batch: list[str] = []
    batch_tokens = 0
    for text in dict.fromkeys(texts):
        tokens = estimated_tokens(text)
        if batch and (len(batch) == max_texts or batch_tokens + tokens > max_tokens):
            yield TextBatch(tuple(batch), batch_tokens)
            batch, batch_tokens = [], 0
        batch.append(text)
        batch_tokens += tokens
    if batch:
        yield TextBatch(tuple(batch), batch_tokens)


def check_texts(texts: Sequence[str], model: Model | None) -> None:
    """Refuse what the provider would refuse, before anything is paid for. Texts are named by their place.

    Raises:
        EmptyTextError: A text has no content.
        PromptTooLongError: A text is longer than the model's context, however few tokens it makes.
    """
    for place, text in enumerate(texts):
        if not text.strip():
            raise EmptyTextError(f"Text {place} of {len(texts)} has no content; leave it out.")
        # A token of the model's vocabulary holds fewer than 32 letters of running text.
        if model is not None and len(text) > 32 * model.context_tokens:
            raise PromptTooLongError(
                f"Text {place} of {len(texts)} is longer than the {model.context_tokens:,} tokens that "
                f"{model.name} takes; split it."
            )


def ensure_embedding_dimensions(
    vectors: Sequence[Sequence[float]], expected: int = DEFAULT_EMBEDDING_DIMENSIONS
) -> None:
    """Let only vectors of the expected length pass, because a vector store takes no other.

    Raises:
        EmbeddingDimensionsError: A vector is longer or shorter; the message names both lengths.
    """
    for vector in vectors:
        if len(vector) != expected:
            raise _wrong_dimensions(expected, len(vector))


def expected_dimensions(settings: OpenAISettings) -> int:
    """OPENAI_EMBEDDING_DIMENSIONS, else 1536."""
    return settings.embedding_dimensions or DEFAULT_EMBEDDING_DIMENSIONS


def requested_dimensions(settings: OpenAISettings, model: Model | None) -> int | None:
    """The ``dimensions`` to ask for; None where they are not set or are the model's own.

    Raises:
        EmbeddingDimensionsError: The catalogue knows that the model cannot give what is expected.
    """
    wanted = settings.embedding_dimensions
    if model is None or model.embedding_dimensions is None:
        return wanted
    expected = expected_dimensions(settings)
    if expected == model.embedding_dimensions:
        return None
    if wanted is None or not model.can_shorten_embeddings or expected > model.embedding_dimensions:
        raise _wrong_dimensions(expected, model.embedding_dimensions)
    return wanted


def _wrong_dimensions(expected: int, actual: int) -> EmbeddingDimensionsError:
    return EmbeddingDimensionsError(
        f"Vectors of {expected} dimensions are expected, the model gives {actual}. Set "
        "OPENAI_EMBEDDING_DIMENSIONS to the length that the vector store holds, and name a deployment that "
        "gives it in OPENAI_EMBEDDING_DEPLOYMENT."
    )
