"""What can go wrong before the host runs: messages a person can act on."""

from __future__ import annotations


class HostStartError(Exception):
    """The host cannot start with this app, settings or `host.json`; the message says what to mend."""


def unsupported(function: str, what: str) -> HostStartError:
    """Return the error for something only Microsoft's host can run.

    Args:
        function: Name of the function that asks for it.
        what: The binding or feature, such as ``binding 'out' of type 'cosmosDB'``.
    """
    return HostStartError(
        f"function '{function}' uses {what}, which this stand-in does not run; "
        "start the app with Core Tools instead (func start)"
    )
