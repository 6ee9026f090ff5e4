"""What a caller posted: a file as the body, a file in a form, or text in JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePosixPath
from typing import Any

import azure.functions as func

from shared_code.candidate_data_service import CandidateDataService, Cv
from shared_code.errors import RequestError

_UNSAID = "application/octet-stream"
_HOW_TO_POST = 'Post a file with its media type, multipart/form-data with one file, or JSON {"text": "…"}.'
_SUFFIX_OF_TYPE = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/rtf": ".rtf",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
}


@dataclass(frozen=True, slots=True)
class PostedFile:
    """The bytes, and what the caller said of them: None where nothing was said."""

    content: bytes
    media_type: str | None
    filename: str | None

    @property
    def suffix(self) -> str:
        """The file's ending with its dot, from its name or its type; "" where neither tells."""
        named = PurePosixPath(self.filename or "").suffix
        return (
            named
            if named[1:].isalnum() and len(named) <= 6
            else _SUFFIX_OF_TYPE.get(self.media_type or "", "")
        )


async def read_upload(request: func.HttpRequest, candidates: CandidateDataService) -> Cv:
    """The posted CV, read.

    Raises:
        RequestError: The body is none of the three.
        DocumentError: The file cannot become a profile.
    """
    media_type, _ = _content_type(request)
    if media_type == "application/json":
        return candidates.read_text(_text_of(request.get_body()))
    file = posted_file(request)
    return await candidates.read(file.content, media_type=file.media_type, filename=file.filename)


def posted_file(request: func.HttpRequest) -> PostedFile:
    """The posted CV as a file; text in JSON becomes a text file.

    Raises:
        RequestError: The body is none of the three.
    """
    media_type, boundary = _content_type(request)
    if media_type == "application/json":
        return PostedFile(_text_of(request.get_body()).encode(), "text/plain", None)
    if media_type == "multipart/form-data":
        return _file_of_form(request, boundary)
    if not media_type and not request.get_body():
        raise RequestError(f"The body is empty. {_HOW_TO_POST}")
    return PostedFile(request.get_body(), None if media_type in ("", _UNSAID) else media_type, None)


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
    # JSON can escape half a surrogate pair, which no encoding of a file can hold.
    return text.encode("utf-8", "replace").decode()


def _file_of_form(request: func.HttpRequest, boundary: str | None) -> PostedFile:
    if not boundary:
        raise RequestError("The multipart body names no boundary.")
    files = [file for _, file in request.files.items(multi=True)]
    if len(files) != 1:
        raise RequestError(f"The form holds {len(files)} files; send exactly one.")
    file = files[0]
    media_type = file.mimetype if file.mimetype not in ("", _UNSAID) else None
    return PostedFile(file.read(), media_type, file.filename or None)
