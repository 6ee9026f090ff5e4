"""Ctrl-C for a command that finishes what it began: the first asks it to stop, the second breaks off."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator


@contextlib.contextmanager
def stopping_on_interrupt(stop: asyncio.Event) -> Iterator[None]:
    """Set ``stop`` at the first Ctrl-C within; cancel the current task at the second."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def note() -> None:
        if stop.is_set() and task is not None:
            task.cancel()
        stop.set()

    try:
        loop.add_signal_handler(signal.SIGINT, note)
    except (NotImplementedError, RuntimeError, ValueError):
        # Windows, or not the main thread: the first Ctrl-C breaks off.
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
