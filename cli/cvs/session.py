"""What every command works with: the intake of one storage account, the terminal, and a clock."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console

from cli.cvs.terminal import ask, console_for
from cli.environment import complete_environment
from shared_code.engine import Engine
from shared_code.intake.desk import Desk, open_desk
from shared_code.settings import IntakeSettings, load_settings

CONNECTION_STRING = "AzureWebJobsStorage"
ACCOUNT_NAME = "AzureWebJobsStorage__accountName"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the command.

    Attributes:
        desk: The intake.
        max_document_bytes: What is larger is not taken in.
        out: Results, and nothing else.
        notes: Progress, warnings and questions.
        confirm: Asks a person; True for yes.
        clock: The wall clock; aware datetimes.
        sleep: Waits for so many seconds.
    """

    desk: Desk
    max_document_bytes: int
    out: Console
    notes: Console
    confirm: Callable[[str], bool]
    clock: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@asynccontextmanager
async def opened_session(options: argparse.Namespace) -> AsyncIterator[Session]:
    """The session that the flags, the environment and ``local.settings.json`` describe.

    Raises:
        SettingsError: No account is named, or a setting is wrong.
    """
    prepare_environment(os.environ, options)
    limits = load_settings(IntakeSettings)
    # Its storage is made as the app's is; nothing else of the engine is ever asked for here.
    async with Engine().storage as storage:
        notes = console_for("stderr")
        yield Session(
            desk=open_desk(storage, limits),
            max_document_bytes=limits.max_document_bytes,
            out=console_for("stdout"),
            notes=notes,
            confirm=ask,
        )


def prepare_environment(environment: MutableMapping[str, str], options: argparse.Namespace) -> None:
    """Put the flags and the file's values into the environment, where the settings are read from.

    An account that the flag or the environment names by itself is not overruled by a connection string
    out of the file: a checkout's file usually names the emulator.

    Raises:
        SettingsError: The settings file cannot be used.
    """
    flags = {}
    if options.connection_string is not None:
        flags[CONNECTION_STRING] = options.connection_string
    if options.account is not None:
        environment.pop(CONNECTION_STRING, None)
        flags[ACCOUNT_NAME] = options.account
    names_account = options.account is not None or any(
        name.startswith(f"{CONNECTION_STRING}__") and value for name, value in environment.items()
    )
    has_string = bool(environment.get(CONNECTION_STRING)) or options.connection_string is not None
    complete_environment(environment, options.settings, flags)
    if names_account and not has_string:
        environment.pop(CONNECTION_STRING, None)
