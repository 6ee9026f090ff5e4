"""The few figures of this host that Microsoft's does not let one set, each by an environment variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from local.functions_host.errors import HostStartError

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tuning:
    """Times in seconds, sizes in bytes.

    Attributes:
        blob_poll_seconds: Pause between two looks into a container (`LOCAL_FUNCTIONS_BLOB_POLL_SECONDS`).
        lease_seconds: For how long a queue's message stays invisible unless its lease is renewed; a message
            in work when the host is killed comes back after it (`LOCAL_FUNCTIONS_LEASE_SECONDS`).
            Microsoft's host takes ten minutes, which is long to wait at a desk.
        grace_seconds: How long a stopping host waits for what is running (`LOCAL_FUNCTIONS_GRACE_SECONDS`).
        disconnect_seconds: How long an HTTP handler may go on once its client is gone, by default as long as
            Azure lets one run (`LOCAL_FUNCTIONS_DISCONNECT_SECONDS`).
        body_limit_bytes: Largest request body (`FUNCTIONS_REQUEST_BODY_SIZE_LIMIT`, as in Azure).
    """

    blob_poll_seconds: float = 0.5
    lease_seconds: float = 60.0
    grace_seconds: float = 10.0
    disconnect_seconds: float = 230.0
    body_limit_bytes: int = 210 * _MIB


def read_tuning(environ: Mapping[str, str]) -> Tuning:
    """Read the figures from the environment.

    Raises:
        HostStartError: A value is no number or out of range.
    """
    default = Tuning()
    return Tuning(
        blob_poll_seconds=_number(
            environ, "LOCAL_FUNCTIONS_BLOB_POLL_SECONDS", default.blob_poll_seconds, least=0.05
        ),
        lease_seconds=_number(environ, "LOCAL_FUNCTIONS_LEASE_SECONDS", default.lease_seconds, least=1),
        grace_seconds=_number(environ, "LOCAL_FUNCTIONS_GRACE_SECONDS", default.grace_seconds, least=0),
        disconnect_seconds=_number(
            environ, "LOCAL_FUNCTIONS_DISCONNECT_SECONDS", default.disconnect_seconds, least=0
        ),
        body_limit_bytes=int(
            _number(environ, "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", default.body_limit_bytes, least=1)
        ),
    )


def _number(environ: Mapping[str, str], name: str, default: float, *, least: float) -> float:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError as error:
        raise HostStartError(f"{name} must be a number") from error
    if not least <= value < float("inf"):
        raise HostStartError(f"{name} must be {least:g} or more")
    return value
