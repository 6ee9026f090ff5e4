"""What the probe advises: for every error, and for what stands behind it."""

from __future__ import annotations

import socket
import ssl
import string
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cli.diagnostics.remedies import REMEDIES, SPECIAL_REMEDIES, Asked, remedy_for
from shared_code import errors

ASKED = Asked("res.openai.azure.com", "https", False, "OPENAI_CHAT_DEPLOYMENT", "gpt-4.1-mini", 1)


def _model_errors(root: type[errors.EngineError] = errors.OpenAIServiceError) -> Iterator[type[Any]]:
    for child in root.__subclasses__():
        yield child
        yield from _model_errors(child)


@pytest.mark.parametrize("kind", [*_model_errors(), errors.SettingsError])
def test_every_error_has_a_remedy_of_its_own(kind: type[errors.EngineError]) -> None:
    """Not the one that says it is a bug, and no blank left to fill."""
    remedy = remedy_for(kind("scripted"), ASKED)
    assert remedy != remedy_for(errors.EngineError("scripted"), ASKED)
    assert "{" not in remedy


@pytest.mark.parametrize("text", [*REMEDIES.values(), *SPECIAL_REMEDIES.values()])
def test_a_remedy_has_only_blanks_that_are_filled(text: str) -> None:
    """A typo in a placeholder would raise while an error is being reported."""
    known = {"host", "hostname", "url", "resource", "variable", "deployment", "wait"}
    assert {name for _, name, _, _ in string.Formatter().parse(text) if name is not None} <= known


class _StatusError(Exception):
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


def _caused(error: errors.OpenAIServiceError, cause: BaseException) -> errors.OpenAIServiceError:
    """The error as a backend raises it: from None, over what the SDK raised."""
    error.__context__ = cause
    error.__suppress_context__ = True
    return error


def _connection(cause: BaseException) -> errors.OpenAIServiceError:
    return _caused(errors.ModelConnectionError("lost"), cause)


@pytest.mark.parametrize(
    ("error", "asked", "words"),
    [
        pytest.param(
            _caused(errors.AuthenticationError("no"), _StatusError(401)),
            ASKED,
            "keys list --name res ",
            id="401",
        ),
        pytest.param(
            _caused(errors.AuthenticationError("no"), _StatusError(403)), ASKED, "role assignment", id="403"
        ),
        pytest.param(
            errors.AuthenticationError("no"), replace(ASKED, uses_identity=True), "signed in", id="role"
        ),
        pytest.param(errors.AuthenticationError("no", was_sent=False), ASKED, "az login", id="no-identity"),
        pytest.param(
            errors.DeploymentNotFoundError("no"), ASKED, "OPENAI_CHAT_DEPLOYMENT (gpt-4.1-mini)", id="404"
        ),
        pytest.param(_connection(socket.gaierror(-2, "unknown")), ASKED, "nslookup res.openai", id="dns"),
        pytest.param(
            _connection(ssl.SSLCertVerificationError(1, "untrusted")),
            ASKED,
            "SSL_CERT_FILE",
            id="certificate",
        ),
        pytest.param(_connection(ssl.SSLError(1, "version")), ASKED, "agree on TLS", id="tls"),
        pytest.param(
            _connection(ConnectionRefusedError()), ASKED, "listens at res.openai.azure.com:443", id="port"
        ),
        pytest.param(_connection(ConnectionResetError()), ASKED, "HTTPS_PROXY", id="reset"),
        pytest.param(errors.RateLimitError("no", retry_after_seconds=11.2), ASKED, "in 12 s", id="429"),
        pytest.param(
            errors.RateLimitError("no"),
            replace(ASKED, attempts=0),
            "Our own limit",
            id="own-limit",
        ),
        pytest.param(errors.AttemptTimeoutError("no"), ASKED, "--timeout", id="silence"),
        pytest.param(errors.TimeoutError("no"), ASKED, "--deadline", id="deadline"),
        pytest.param(errors.ModelRetiredError("no"), ASKED, "successor", id="retired"),
        pytest.param(errors.EmbeddingDimensionsError("no"), ASKED, "--dimensions", id="dimensions"),
        pytest.param(
            errors.DeploymentNotFoundError("no"),
            replace(ASKED, host="gw.example.com"),
            "RESOURCE",
            id="gateway",
        ),
    ],
)
def test_a_remedy_fits_what_happened(error: errors.OpenAIServiceError, asked: Asked, words: str) -> None:
    """The same class of error has several causes, and each its own mend."""
    assert words in remedy_for(error, asked)
