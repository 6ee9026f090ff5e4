"""What the host may see of a trigger's failure: it logs whatever an exception says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared_code.errors import EngineError
from shared_code.telemetry.logging import log_unexpected


@contextmanager
def only_own_errors(logger: Any, event: str) -> Iterator[None]:
    """Log what goes wrong, and let nothing out but our own errors, without what led to them.

    The host still learns that the trigger failed, and tries again where its kind has tries.

    Args:
        logger: The trigger's own.
        event: The name of the log's line: what was not done.

    Raises:
        EngineError: As it was raised within; for any other exception one that says nothing of it.
    """
    try:
        yield
    except EngineError as error:
        logger.warning(event, code=error.code, retryable=error.is_retryable)
        raise error from None
    except Exception as error:  # noqa: BLE001  (the last door before the host)
        log_unexpected(logger, event, error)
        raise EngineError("An unforeseen error; the app's log says where.") from None
