"""Where a command's settings come from: its flags, then the environment, then ``local.settings.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from shared_code.errors import SettingsError

DEFAULT_FILE = Path("local.settings.json")


def complete_environment(
    environment: MutableMapping[str, str], file: Path | None, flags: Mapping[str, str]
) -> None:
    """Put what the flags say, and what the file knows besides, into ``environment``.

    The environment itself wins over the file, as with Azure Functions Core Tools; what is empty counts
    as not set. All of the file's ``Values`` go in, because the identity libraries read theirs too.

    Args:
        environment: Changed in place.
        file: A ``local.settings.json``; None for the one in the working folder, if there is one.
        flags: Variables that the command line sets.

    Raises:
        SettingsError: The file is missing, encrypted, or is no such file.
    """
    if file is not None or DEFAULT_FILE.is_file():
        for name, value in _values(file or DEFAULT_FILE).items():
            if not environment.get(name):
                environment[name] = value
    environment.update(flags)


def _values(file: Path) -> dict[str, str]:
    try:
        # What editors on Windows write may begin with a byte order mark.
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read ({error.strerror}).") from None
    except ValueError as error:
        # A decoder's message holds a place and no content; an encoding's does not help here.
        place = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise SettingsError(f"{file} is not JSON{place}.") from None
    values = content.get("Values") if isinstance(content, dict) else None
    if not isinstance(values, dict):
        raise SettingsError(f"{file} has no object 'Values', where settings stand.")
    if content.get("IsEncrypted") is True:
        raise SettingsError(f"{file} is encrypted; decrypt it with: func settings decrypt")
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: object) -> str:
    """A value as an environment variable holds it; JSON's true is ``true``."""
    return value if isinstance(value, str) else json.dumps(value)
