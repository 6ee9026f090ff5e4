"""The three ways of posting a CV, and what is said about a fourth."""

from __future__ import annotations

import json

import azure.functions as func
import pytest

from blueprints.uploads import read_upload
from shared_code.candidate_data_service import CandidateDataService, document_id_of
from shared_code.documents import DocumentLimits
from shared_code.errors import (
    DocumentTooLargeError,
    EmptyDocumentError,
    NoTextError,
    RequestError,
    UnsupportedDocumentError,
)
from shared_code.openai_service import AsyncOpenAIService
from shared_code.settings import OpenAISettings

TEXT = "Robin Example\nSite Manager\nrobin.example@example.com\nFernwood Builders, 2019 - 2024\n"
BOUNDARY = "boundary-1"


def _candidates(max_bytes: int = 10_000) -> CandidateDataService:
    limits = DocumentLimits(max_bytes=max_bytes)
    service = AsyncOpenAIService(settings=OpenAISettings(endpoint="http://127.0.0.1:9"))
    return CandidateDataService(service, limits=limits)


def _request(body: bytes, content_type: str | None) -> func.HttpRequest:
    headers = {} if content_type is None else {"content-type": content_type}
    return func.HttpRequest("POST", "http://127.0.0.1/api/cv/extract", headers=headers, body=body)


def _form(*files: tuple[str, str, bytes]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {media_type}\r\n\r\n".encode()
        + content
        + b"\r\n"
        for name, media_type, content in files
    ]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


FORM_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(TEXT.encode(), "text/plain", id="file"),
        pytest.param(TEXT.encode(), "application/octet-stream", id="unsaid-type"),
        pytest.param(TEXT.encode(), None, id="no-type"),
        pytest.param(_form(("cv.txt", "text/plain", TEXT.encode())), FORM_TYPE, id="form"),
        pytest.param(json.dumps({"text": TEXT}).encode(), "application/json; charset=utf-8", id="json"),
    ],
)
async def test_takes_a_file_a_form_and_json(body: bytes, content_type: str | None) -> None:
    """However it comes, the same text is read and the id is that of the content."""
    cv = await read_upload(_request(body, content_type), _candidates())
    assert "Fernwood Builders" in cv.document.text
    assert cv.document_id == document_id_of(TEXT.encode())


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        pytest.param(b"", None, RequestError, id="nothing"),
        pytest.param(b"", "text/plain", EmptyDocumentError, id="empty-file"),
        pytest.param(b"{", "application/json", RequestError, id="broken-json"),
        pytest.param(b'["text"]', "application/json", RequestError, id="json-list"),
        pytest.param(b'{"text": 1}', "application/json", RequestError, id="json-number"),
        pytest.param(b'{"text": " "}', "application/json", NoTextError, id="json-blank"),
        pytest.param(b"\xff\xfe{", "application/json", RequestError, id="json-garbage"),
        pytest.param(_form(), FORM_TYPE, RequestError, id="form-without-file"),
        pytest.param(
            _form(("a.txt", "text/plain", b"a"), ("b.txt", "text/plain", b"b")),
            FORM_TYPE,
            RequestError,
            id="two-files",
        ),
        pytest.param(b"--x", "multipart/form-data", RequestError, id="no-boundary"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"0" * 64, "image/png", UnsupportedDocumentError, id="image"),
        pytest.param(b"a" * 10_001, "text/plain", DocumentTooLargeError, id="too-large"),
    ],
)
async def test_says_what_is_wrong(body: bytes, content_type: str | None, error: type[Exception]) -> None:
    """Each mistake has its own error."""
    with pytest.raises(error):
        await read_upload(_request(body, content_type), _candidates())
