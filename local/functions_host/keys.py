"""The one access key of the local host: where it comes from and whether a request carries it."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

KEY_SETTING = "LOCAL_FUNCTIONS_KEY"
_HEADER = "x-functions-key"
_QUERY = "code"


def host_key(work_dir: Path, environ: Mapping[str, str]) -> str:
    """Return the key that opens every function, like Azure's master key.

    The setting ``LOCAL_FUNCTIONS_KEY`` wins; else the key is in ``{work_dir}/functions_key`` (mode 600),
    made at random the first time.
    """
    from_setting = environ.get(KEY_SETTING, "").strip()
    if from_setting:
        return from_setting
    path = work_dir / "functions_key"
    work_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        path.chmod(0o600)
        key = path.read_text("utf-8").strip()
        if key:
            return key
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC)
    key = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{key}\n")
    return key


def carries_key(key: str, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
    """Tell whether a request shows the key, in the header ``x-functions-key`` or as ``code`` in the query."""
    shown = headers.get(_HEADER) or query.get(_QUERY) or ""
    return hmac.compare_digest(shown.encode(), key.encode())
