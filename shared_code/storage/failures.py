"""The door at which the storage SDKs' exceptions become ``StorageError``."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared_code.errors import StorageError

_SERVICE_CODE = re.compile(r"[A-Za-z]{1,64}")


@asynccontextmanager
async def storage_door(operation: str, setting: str, timeout_seconds: float) -> AsyncIterator[None]:
    """Bound a storage operation in time and translate what it raises.

    The SDK's own text is dropped together with the exception: it quotes URLs, and a blob's name may be
    a person's.

    Args:
        operation: What is being done, free of names that people chose.
        setting: The setting a person should check when it fails.
        timeout_seconds: For the whole operation, the SDK's retries included.

    Raises:
        StorageError: The operation failed or took too long.
    """
    from azure.core.exceptions import AzureError

    try:
        async with asyncio.timeout(timeout_seconds):
            yield
    except StorageError:
        raise
    except TimeoutError:
        raise StorageError(
            f"{operation} failed: storage did not answer within {timeout_seconds:g} s. Check {setting}."
        ) from None
    except (AzureError, OSError, ValueError, AttributeError) as error:
        # AttributeError: azure-data-tables 12.7 stumbles over an insert that got no answer at all.
        raise StorageError(
            f"{operation} failed: {_reason(error)}. Check {setting}.", retry_after_seconds=_retry_after(error)
        ) from None


def name_hash(name: str) -> str:
    """What a message may say instead of a name: the first twelve digits of its SHA-256."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _reason(error: Exception) -> str:
    """The status and the service's code where it answered, else the kind of failure."""
    from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

    if isinstance(error, HttpResponseError) and error.status_code is not None:
        code = _service_code(error)
        return f"storage answered {error.status_code}" + (f" ({code})" if code else "")
    if isinstance(error, ClientAuthenticationError):
        return "no credential could be obtained (ClientAuthenticationError)"
    return f"storage did not answer ({type(error).__name__})"


def _service_code(error: Exception) -> str | None:
    code = getattr(error, "error_code", None)
    text = str(getattr(code, "value", code))
    if code is None:
        text = _header(error, "x-ms-error-code") or ""
    return text if _SERVICE_CODE.fullmatch(text) else None


def _retry_after(error: Exception) -> float | None:
    value = _header(error, "retry-after") or ""
    return float(value) if value.isdecimal() else None


def _header(error: Exception, name: str) -> str | None:
    headers = getattr(getattr(error, "response", None), "headers", None)
    value = None if headers is None else headers.get(name)
    return value if isinstance(value, str) else None
