"""Refusals: every error the emulated service answers, in the JSON shapes Azure gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A request that is answered with an error instead of a completion.

    ``from_gateway`` chooses between Azure's two shapes: its gateway sends only ``code`` and
    ``message``, the model's API sends ``message``, ``type``, ``param`` and ``code``.
    ``billed_prompt_tokens`` is set where the prompt was processed before the refusal, which Azure
    charges for (content filter, input limit).
    """

    def __init__(
        self,
        status: int,
        code: str | None,
        message: str,
        *,
        error_type: str | None = "invalid_request_error",
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
        from_gateway: bool = False,
        extra: Mapping[str, Any] | None = None,
        billed_prompt_tokens: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.error_type = error_type
        self.param = param
        self.headers = dict(headers or {})
        self.from_gateway = from_gateway
        self.extra = dict(extra or {})
        self.billed_prompt_tokens = billed_prompt_tokens

    def body(self) -> dict[str, Any]:
        """The JSON answer."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if not self.from_gateway:
            error = {
                "message": self.message,
                "type": self.error_type,
                "param": self.param,
                "code": self.code,
            }
        return {"error": {**error, **self.extra}}


def invalid_request(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    """A 400 of the model's API."""
    return ApiError(400, code, message, param=param)


def not_emulated(param: str, what: str) -> ApiError:
    """A 400 for something the real service can do and this one cannot."""
    return invalid_request(
        f"{what} is not supported by this emulator.", param=param, code="not_supported_by_emulator"
    )


def wrong_key() -> ApiError:
    """The ``api-key`` is unknown."""
    return ApiError(
        401,
        "401",
        "Access denied: the subscription key is invalid or belongs to another endpoint. Use a valid key of "
        "this resource.",
        from_gateway=True,
    )


def wrong_token() -> ApiError:
    """There is no credential, or the bearer token is refused."""
    return ApiError(
        401,
        "Unauthorized",
        "Access token is missing, invalid, or not meant for this audience, or has expired.",
        from_gateway=True,
    )


def resource_not_found() -> ApiError:
    """The path, or the path with this api-version, does not exist."""
    return ApiError(404, "404", "Resource not found", from_gateway=True)


def version_too_early(earliest: str) -> ApiError:
    """The path exists, but not in this api-version."""
    return ApiError(
        400,
        "BadRequest",
        f"This API is enabled only for api-version {earliest}-preview and later.",
        from_gateway=True,
    )


def deployment_not_found() -> ApiError:
    """No deployment of that name."""
    return ApiError(
        404,
        "DeploymentNotFound",
        "The API deployment does not exist on this resource. A deployment created less than five minutes ago "
        "may need a moment.",
        from_gateway=True,
    )


def deployment_retired() -> ApiError:
    """The deployment's model is no longer served."""
    return ApiError(
        410, "ModelRetired", "The model behind this deployment has been retired.", from_gateway=True
    )


def operation_not_supported(operation: str, model: str) -> ApiError:
    """The deployment's model does another kind of work."""
    return ApiError(
        400,
        "OperationNotSupported",
        f"The {operation} operation does not work with the specified model, {model}. Choose another model.",
        from_gateway=True,
    )


def context_length_exceeded(limit: int, prompt_tokens: int, completion_tokens: int) -> ApiError:
    """Prompt and completion together are longer than the model's context."""
    return ApiError(
        400,
        "context_length_exceeded",
        f"This model's maximum context length is {limit} tokens. Requested were "
        f"{prompt_tokens + completion_tokens} ({prompt_tokens} in the messages, {completion_tokens} in the "
        "completion). Shorten either.",
        param="messages",
        billed_prompt_tokens=prompt_tokens,
    )


def too_many_requests(operation: str, exceeded: str, retry_after_seconds: int, *, is_v1: bool) -> ApiError:
    """The deployment's rate limit is used up; ``exceeded`` is ``requests`` or ``tokens``."""
    limit = "call rate limit" if exceeded == "requests" else "token rate limit"
    return ApiError(
        429,
        "too_many_requests" if is_v1 else "429",
        f"Requests to the {operation} operation exceed the {limit} of this deployment. "
        f"Please retry after {retry_after_seconds} seconds.",
        error_type="too_many_requests",
        from_gateway=not is_v1,
    )
