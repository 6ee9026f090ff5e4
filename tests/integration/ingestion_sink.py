"""A loopback server that takes telemetry as Application Insights does, and keeps it to be looked at.

It also hands out tokens as the platform does to an app with a managed identity.
"""

from __future__ import annotations

import gzip
import json
import ssl
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TRACK_PATH = "/v2.1/track"
IDENTITY_TOKEN = "token-of-the-managed-identity"


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """One request, as it came."""

    path: str
    authorization: str | None
    body: str

    @property
    def envelopes(self) -> list[dict[str, Any]]:
        """The telemetry items, which come as one JSON list or as one JSON object per line."""
        if self.body.startswith("["):
            return list(json.loads(self.body))
        return [json.loads(line) for line in self.body.splitlines()]


@dataclass
class IngestionSink:
    """What came in, and how to send here. ``status`` is what is answered; ``is_silent``: nothing is."""

    port: int
    certificate: Path | None = None
    status: int = 200
    is_silent: bool = False
    instrumentation_key: str = field(default_factory=lambda: str(uuid.uuid4()))
    requests: list[TrackRequest] = field(default_factory=list)
    token_requests: list[dict[str, list[str]]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def connection_string(self) -> str:
        """As the portal writes it, slash included."""
        scheme = "https" if self.certificate else "http"
        endpoint = f"{scheme}://127.0.0.1:{self.port}/"
        return f"InstrumentationKey={self.instrumentation_key};IngestionEndpoint={endpoint}"

    @property
    def identity_endpoint(self) -> str:
        """Where a managed identity gets its tokens, as the platform tells an app."""
        return f"http://127.0.0.1:{self.port}/msi/token"

    @property
    def everything(self) -> str:
        """All bodies, for what must not be in any."""
        return "\n".join(request.body for request in self.requests)

    def items(self, kind: str) -> list[dict[str, Any]]:
        """The ``baseData`` of all items of one kind: such as ``MessageData``."""
        return [
            envelope["data"]["baseData"]
            for envelope in self.envelopes()
            if envelope["data"]["baseType"] == kind
        ]

    def envelopes(self) -> list[dict[str, Any]]:
        """All items with their envelopes."""
        return [envelope for request in self.requests for envelope in request.envelopes]

    def messages(self) -> dict[str, dict[str, Any]]:
        """Log lines by their text."""
        return {item["message"]: item for item in self.items("MessageData")}

    def points(self, name: str) -> list[dict[str, Any]]:
        """The data points of one metric, each with its properties, in the order of arrival."""
        return [
            {**point, "properties": item.get("properties", {})}
            for item in self.items("MetricData")
            for point in item["metrics"]
            if point["name"] == name
        ]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    sink: IngestionSink

    def answer(self, status: int, content: dict[str, Any]) -> None:
        answer = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


def _take_telemetry(handler: _Handler) -> None:
    sink = handler.sink
    raw = handler.rfile.read(int(handler.headers["content-length"]))
    if handler.headers.get("content-encoding") == "gzip":
        raw = gzip.decompress(raw)
    request = TrackRequest(handler.path, handler.headers.get("authorization"), raw.decode())
    sink.requests.append(request)
    if sink.is_silent:
        sink.closing.wait(60)
        return
    count = len(request.envelopes)
    status = sink.status if handler.path == TRACK_PATH else 404
    handler.answer(status, {"itemsReceived": count, "itemsAccepted": count, "errors": []})


def _give_token(handler: _Handler) -> None:
    handler.sink.token_requests.append(parse_qs(urlsplit(handler.path).query))
    expires_on = int(time.time()) + 24 * 60 * 60
    token = {"access_token": IDENTITY_TOKEN, "expires_on": expires_on, "token_type": "Bearer"}
    handler.answer(200, token)


def _certificate(folder: Path) -> Path:
    """A key and a certificate for this machine's loopback address that vouches for itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ingestion sink")])
    now = datetime.now(UTC)
    address = x509.IPAddress(IPv4Address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "sink.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def running_sink(tls_folder: Path | None = None) -> Iterator[IngestionSink]:
    """A sink on a free port; over TLS where there is a folder for its key and its certificate."""
    methods = {"do_POST": _take_telemetry, "do_GET": _give_token, "log_message": lambda *_: None}
    handler = type("Handler", (_Handler,), methods)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    certificate = _certificate(tls_folder) if tls_folder else None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    sink = IngestionSink(server.server_address[1], certificate)
    handler.sink = sink  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
