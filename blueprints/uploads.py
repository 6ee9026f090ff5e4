"""What a caller posted: a file as the body, a file in a form, or text in JSON."""

from __future__ import annotations

import json
from email.message import Message
from typing import Any

import azure.functions as func

from shared_code.candidate_data_service import CandidateDataService, Cv
from shared_code.errors import RequestError

_UNSAID = "application/octet-stream"
_HOW_TO_POST = 'Post a file with its media type, multipart/form-data with one file, or JSON {"text": "…"}.'


async def read_upload(request: func.HttpRequest, candidates: CandidateDataService) -> Cv:
    """The posted CV.

    Raises:
        RequestError: The body is none of the three.
        DocumentError: The file cannot become a profile.
    """
    media_type, boundary = _content_type(request)
    if media_type == "application/json":
        return candidates.read_text(_text_of(request.get_body()))
    if media_type == "multipart/form-data":
        return await _file_of_form(request, candidates, boundary)
    if not media_type and not request.get_body():
        raise RequestError(f"The body is empty. {_HOW_TO_POST}")
    return await candidates.read(
        request.get_body(), media_type=None if media_type in ("", _UNSAID) else media_type
    )


def _content_type(request: func.HttpRequest) -> tuple[str, str | None]:
    """The media type ("" where none is given) and the boundary of a form."""
    given = request.headers.get("content-type", "")
    if not given.strip():
        return "", None
    header = Message()
    header["content-type"] = given
    return header.get_content_type(), header.get_boundary()


def _text_of(body: bytes) -> str:
    try:
        content: Any = json.loads(body)
    except ValueError:
        raise RequestError(f"The body is not JSON. {_HOW_TO_POST}") from None
    text = content.get("text") if isinstance(content, dict) else None
    if not isinstance(text, str):
        raise RequestError('The JSON body needs a string "text".')
    return text


async def _file_of_form(
    request: func.HttpRequest, candidates: CandidateDataService, boundary: str | None
) -> Cv:
    if not boundary:
        raise RequestError("The multipart body names no boundary.")
    files = [file for _, file in request.files.items(multi=True)]
    if len(files) != 1:
        raise RequestError(f"The form holds {len(files)} files; send exactly one.")
    file = files[0]
    media_type = file.mimetype if file.mimetype not in ("", _UNSAID) else None
    return await candidates.read(file.read(), media_type=media_type, filename=file.filename or None)
