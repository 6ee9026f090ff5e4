"""The files of a folder on their way into the inbox: which there are, what each is called there."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from shared_code.documents.formats import Format

# Azure Storage: "Naming and referencing containers, blobs, and metadata".
LONGEST_BLOB_NAME = 1024
_MOST_SEGMENTS = 254
_BYTES_PER_MB = 1024 * 1024
# What machines' own tables disagree on, or lack.
_MEDIA_TYPES: dict[str, str] = {
    ".docx": Format.WORD,
    ".docm": Format.WORD,
    ".dotx": Format.WORD,
    ".dotm": Format.WORD,
    ".rtf": Format.RTF,
    ".odt": Format.ODT,
    ".ott": Format.ODT,
    ".fodt": Format.ODT,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".pdf": Format.PDF,
    ".txt": Format.TEXT,
    ".htm": Format.HTML,
    ".html": Format.HTML,
    ".xml": Format.XML,
}


class UnfitFileError(Exception):
    """This file stays out; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class CvFile:
    """A file of the folder. Its name may be a person's, and stays out of its ``repr``."""

    path: Path = field(repr=False)
    blob_name: str = field(repr=False)

    @property
    def media_type(self) -> str:
        """By its ending; what it truly is will be judged by its bytes."""
        return media_type_of(self.blob_name)

    def read(self, max_bytes: int) -> bytes:
        """The content.

        Raises:
            UnfitFileError: It cannot be read, is larger than ``max_bytes``, or no blob can have its name.
        """
        _check_name(self.blob_name)
        try:
            with self.path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                # Read with a bound: the file may grow between the look and the end of it.
                content = b"" if size > max_bytes else file.read(max_bytes + 1)
        except OSError as error:
            raise UnfitFileError(f"cannot be read ({error.strerror})") from None
        if max(size, len(content)) > max_bytes:
            raise UnfitFileError(
                f"has {_megabytes(max(size, len(content)))} MB; "
                f"at most {_megabytes(max_bytes)} MB are taken in (CV_MAX_DOCUMENT_BYTES)"
            )
        return content


def media_type_of(name: str) -> str:
    """What a file's name says of its content."""
    known = _MEDIA_TYPES.get(PurePosixPath(name).suffix.lower())
    return str(known or mimetypes.guess_type(name)[0] or Format.BINARY)


def files_of(folder: Path, *, recursive: bool) -> Iterator[CvFile]:
    """The files of a folder by name, one folder's names in memory at a time.

    Hidden files and folders stay out, so do the lock files of an open Word (``~$``), and links to folders,
    which may lead in a circle. A folder that cannot be listed comes last, in place of its files: reading it
    says why.
    """
    unlisted: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=unlisted.append):
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if recursive else []
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith((".", "~$")) and path.is_file():
                yield CvFile(path, path.relative_to(folder).as_posix())
    for error in unlisted:
        path = Path(error.filename)
        yield CvFile(path, path.relative_to(folder).as_posix())


def _check_name(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise UnfitFileError("has a name that is not UTF-8; rename it") from None
    if len(name) > LONGEST_BLOB_NAME or name.count("/") >= _MOST_SEGMENTS:
        raise UnfitFileError(f"has a path of more than {LONGEST_BLOB_NAME} characters; move it")
    # The service's listings are XML, which has no control characters; a name may not end with a dot.
    if any(ord(character) < ord(" ") for character in name) or name.endswith("."):
        raise UnfitFileError("has a control character or a last dot in its name; rename it")


def _megabytes(size: int) -> str:
    return f"{size / _BYTES_PER_MB:.2f}".rstrip("0").rstrip(".")
