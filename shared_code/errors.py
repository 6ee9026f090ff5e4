"""The one error tree: what went wrong, whether a retry can help, and what a person should mend.

    EngineError
    ├── SettingsError                      a setting is missing or wrong
    ├── RequestError                       the HTTP request is malformed
    │   └── NotFoundError                  no such document
    ├── DocumentError                      the file cannot become a profile
    │   ├── UnsupportedDocumentError       a format that is not read
    │   ├── TypeMismatchError              the bytes are not what the media type says
    │   ├── DocumentTooLargeError          more bytes than the limit
    │   ├── TooManyPagesError              more pages than the limit
    │   ├── EmptyDocumentError             no bytes at all
    │   ├── EncryptedDocumentError         a password is needed
    │   ├── CorruptDocumentError           damaged beyond reading
    │   ├── UnsafeDocumentError            XML entities and other traps
    │   ├── DocumentTooSlowError           takes longer to read than the limit
    │   ├── DocumentTooHungryError         takes more memory to read than the limit
    │   ├── NoTextError                    readable, but nothing written in it
    │   └── NotACvError                    another kind of document, where those are rejected
    ├── StorageError                       tables, blobs or queues did not answer
    └── OpenAIServiceError                 the model could not be used
        ├── AuthenticationError            credentials refused (401, 403)
        ├── ModelNotAllowedError           a model outside the allowlist
        │   └── ModelRetiredError          a model after its retirement
        ├── DeploymentNotFoundError        no such deployment, or retired (404, 410)
        ├── InvalidModelRequestError       the model refused the request (400, 422)
        │   ├── PromptTooLongError         more text than the model's context holds
        │   └── EmptyTextError             a text without content cannot become a vector
        ├── RateLimitError                 throttled, by the provider or by our limiter
        ├── TimeoutError                   the deadline passed
        ├── CircuitBreakerError            the deployment's breaker is open
        ├── ModelConnectionError           the connection failed
        ├── ModelServerError               the provider answered 5xx
        └── ValidationError                the answer is unusable
            ├── EmptyAnswerError           no content
            ├── TruncatedAnswerError       cut off at the token limit
            ├── EmbeddingDimensionsError   vectors of another length than expected
            ├── ContentFilterError         stopped by the provider's content filter
            └── RefusalError               the model declined

Each class knows its stable ``code`` (part of the HTTP API), its ``classification``, its HTTP status,
whether a later attempt can succeed, and the ``recovery_action``. A message names the setting or the
kind of file to mend; it never holds a prompt, a completion or a word of a CV.
"""

from __future__ import annotations

from typing import ClassVar

from shared_code.accounting.usage import DeploymentUsage, Usage


class EngineError(Exception):
    """Root of everything this project raises on purpose."""

    code: ClassVar[str] = "internal"
    classification: ClassVar[str] = "unknown"
    recovery_action: ClassVar[str] = "manual_investigation"
    is_retryable: ClassVar[bool] = False
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_seconds = retry_after_seconds


class SettingsError(EngineError):
    """A setting is missing or out of range; the message names the variable and the mend."""

    code = "settings"
    classification = "settings"
    recovery_action = "mend_setting"


class RequestError(EngineError):
    """The caller's request cannot be understood."""

    code = "malformedRequest"
    classification = "request"
    recovery_action = "mend_request"
    http_status = 400


class NotFoundError(RequestError):
    """The addressed document does not exist."""

    code = "notFound"
    http_status = 404


class DocumentError(EngineError):
    """The file cannot become a profile, however often it is tried."""

    code = "unreadable"
    classification = "document"
    recovery_action = "mend_document"
    http_status = 422


class UnsupportedDocumentError(DocumentError):
    """A format that is not read, such as legacy .doc or an image."""

    code = "unsupportedType"
    http_status = 415


class TypeMismatchError(DocumentError):
    """The bytes are not what the media type or the file's ending says."""

    code = "typeMismatch"
    http_status = 415


class DocumentTooLargeError(DocumentError):
    """The file, or what it unpacks to, is over the limit."""

    code = "tooLarge"
    http_status = 413


class TooManyPagesError(DocumentError):
    """More pages than any CV has."""

    code = "tooManyPages"
    http_status = 413


class EmptyDocumentError(DocumentError):
    """The file has no bytes."""

    code = "empty"


class EncryptedDocumentError(DocumentError):
    """The file asks for a password."""

    code = "encrypted"


class CorruptDocumentError(DocumentError):
    """The file is damaged beyond reading."""

    code = "corrupt"


class UnsafeDocumentError(DocumentError):
    """The file holds a trap (XML entities), and reading stopped there."""

    code = "xmlEntities"


class DocumentTooSlowError(DocumentError):
    """Reading the file was stopped: it took longer than any CV does."""

    code = "tooSlow"


class DocumentTooHungryError(DocumentError):
    """Reading the file was stopped: it took more memory than any CV does."""

    code = "tooMuchMemory"


class NoTextError(DocumentError):
    """The file opens, but holds no text: a scan, or a blank page."""

    code = "noText"


class NotACvError(DocumentError):
    """The document is of another kind, and CV_REJECT_NON_CVS rejects those."""

    code = "notACv"


class StorageError(EngineError):
    """Tables, blobs or queues did not answer or refused."""

    code = "storage"
    classification = "storage"
    recovery_action = "retry_with_backoff"
    is_retryable = True
    http_status = 503


class OpenAIServiceError(EngineError):
    """The model could not be used. Carries what the failed call cost and where it stood.

    ``usage`` sums what was billed all the same, ``charges`` says on which deployment.
    ``retry_advised`` is the provider's own word (``x-should-retry``) on whether to try again, and
    overrides ``is_retryable``; None where it said nothing. ``was_sent`` is False where the request
    never left. ``counts_as_failure`` says whether the error speaks against the deployment's health,
    which is what a circuit breaker counts.
    """

    code = "modelUnavailable"
    http_status = 502
    counts_as_failure: bool = False

    def __init__(
        self,
        message: str,
        *,
        retry_after_seconds: float | None = None,
        usage: Usage | None = None,
        attempts: int = 0,
        deployment: str | None = None,
        correlation_id: str | None = None,
        retry_advised: bool | None = None,
        was_sent: bool = True,
    ) -> None:
        super().__init__(message, retry_after_seconds=retry_after_seconds)
        self.usage = usage or Usage()
        self.charges: tuple[DeploymentUsage, ...] = ()
        self.attempts = attempts
        self.deployment = deployment
        self.correlation_id = correlation_id
        self.retry_advised = retry_advised
        self.was_sent = was_sent

    @property
    def retry_after(self) -> float | None:
        """Seconds after which another call may succeed, where that is known."""
        return self.retry_after_seconds


class AuthenticationError(OpenAIServiceError):
    """The provider refused the credentials."""

    code = "modelAuthentication"
    classification = "authentication"
    recovery_action = "check_credentials"
    http_status = 500


class ModelNotAllowedError(OpenAIServiceError):
    """The model is outside the allowlist; no request was made."""

    code = "modelNotAllowed"
    classification = "settings"
    recovery_action = "mend_setting"
    http_status = 500


class ModelRetiredError(ModelNotAllowedError):
    """The model's retirement date has passed; no request was made."""

    code = "modelRetired"
    classification = "deployment"
    recovery_action = "check_deployment"


class DeploymentNotFoundError(OpenAIServiceError):
    """No deployment of that name, or its model is retired."""

    code = "deploymentNotFound"
    classification = "deployment"
    recovery_action = "check_deployment"
    http_status = 500


class InvalidModelRequestError(OpenAIServiceError):
    """The provider rejected the request itself; the same request fails again."""

    code = "modelRejectedRequest"
    classification = "invalid_request"
    recovery_action = "manual_investigation"


class PromptTooLongError(InvalidModelRequestError):
    """The text does not fit into the prompt limit or the model's context."""

    code = "promptTooLong"
    recovery_action = "shorten_document"
    http_status = 413


class EmptyTextError(InvalidModelRequestError):
    """A text that should become a vector has no content; no request was made."""

    code = "emptyText"
    recovery_action = "mend_request"
    http_status = 400


class RateLimitError(OpenAIServiceError):
    """Throttled, by the provider (429) or by the local limiter."""

    code = "rateLimited"
    classification = "rate_limit"
    recovery_action = "wait_and_retry"
    is_retryable = True
    http_status = 429


class BudgetExceededError(OpenAIServiceError):
    """The daily budget is spent; calls are allowed again at midnight UTC."""

    code = "budgetExceeded"
    classification = "budget"
    recovery_action = "raise_budget_or_wait"
    is_retryable = True
    http_status = 503


class TimeoutError(OpenAIServiceError):
    """The call's deadline passed before a usable answer came."""

    code = "deadlineExceeded"
    classification = "timeout"
    recovery_action = "retry_with_backoff"
    is_retryable = True
    http_status = 504


class AttemptTimeoutError(TimeoutError):
    """One attempt went unanswered within its own timeout: the deployment is silent."""

    code = "attemptTimeout"
    counts_as_failure = True


class CircuitBreakerError(OpenAIServiceError):
    """The deployment failed repeatedly and is left alone for a while."""

    code = "circuitOpen"
    classification = "circuit_breaker"
    recovery_action = "wait_and_retry"
    is_retryable = True
    http_status = 503


class ModelConnectionError(OpenAIServiceError):
    """The connection failed before a whole answer came."""

    code = "modelConnection"
    counts_as_failure = True
    classification = "connection"
    recovery_action = "retry_with_backoff"
    is_retryable = True
    http_status = 503


class ModelServerError(OpenAIServiceError):
    """The provider answered 408, 409 or 5xx, or something that is no answer at all."""

    code = "modelServerError"
    counts_as_failure = True
    classification = "server_error"
    recovery_action = "retry_with_backoff"
    is_retryable = True
    http_status = 503


class ValidationError(OpenAIServiceError):
    """The answer is not JSON, or not valid against the schema, after the allowed re-asks."""

    code = "invalidAnswer"
    classification = "validation"
    recovery_action = "retry_or_inspect_schema"


class EmptyAnswerError(ValidationError):
    """The answer has no content."""

    code = "emptyAnswer"


class TruncatedAnswerError(ValidationError):
    """The answer was cut off at the token limit."""

    code = "truncatedAnswer"
    recovery_action = "raise_token_limit"


class EmbeddingDimensionsError(ValidationError):
    """The vectors have another length than the vector store expects."""

    code = "embeddingDimensions"
    classification = "settings"
    recovery_action = "mend_setting"
    http_status = 500


class ContentFilterError(ValidationError):
    """The provider's content filter stopped the prompt or the answer."""

    code = "contentFiltered"
    classification = "content_filter"
    recovery_action = "review_document"


class RefusalError(ValidationError):
    """The model declined to answer."""

    code = "refused"
    classification = "refusal"
    recovery_action = "review_document"
