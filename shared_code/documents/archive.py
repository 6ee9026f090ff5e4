"""Bounded access to the members of the ZIP archive that a document is: sizes first, then bytes.

Member names are only looked up in memory, never used as paths.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from shared_code.errors import CorruptDocumentError, DocumentTooLargeError, EncryptedDocumentError

if TYPE_CHECKING:
    from shared_code.documents.model import DocumentLimits

_RATIO_COUNTS_FROM_BYTES = 1024 * 1024  # small members of white space compress well and do no harm
_CENTRAL_ENTRY = b"PK\x01\x02"
_ENCRYPTED_FLAG = 0x1
# What zipfile and zlib raise on damaged archives.
_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError,
    OverflowError, IndexError, RuntimeError,
)  # fmt: skip


class Archive:
    """The members of one archive, read on demand and never beyond the limits.

    Args:
        content: the whole file.
        limits: bounds on members, sizes and compression.
        program: what to save the file with again, for the messages.

    Raises:
        CorruptDocumentError: no readable archive.
        DocumentTooLargeError: too many members, or they unpack to too much.
        EncryptedDocumentError: members are encrypted.
    """

    def __init__(self, content: bytes, limits: DocumentLimits, program: str) -> None:
        self._program = program
        if content.count(_CENTRAL_ENTRY) > limits.max_members:
            raise DocumentTooLargeError(
                f"The archive inside the file has more than {limits.max_members:,} members: save it again."
            )
        try:
            self._archive = zipfile.ZipFile(BytesIO(content))
            members = self._archive.infolist()
        except _ZIP_ERRORS as error:
            raise corrupt(program) from error
        self._limits = limits
        self._left_bytes = limits.max_unpacked_bytes
        self._members = {member.filename.replace("\\", "/").lstrip("/").lower(): member for member in members}
        self._check_sizes(members)

    def _check_sizes(self, members: list[zipfile.ZipInfo]) -> None:
        total = 0
        for member in members:
            if member.flag_bits & _ENCRYPTED_FLAG:
                raise EncryptedDocumentError(
                    "The file's contents are encrypted: save it without a password and send it again."
                )
            if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise corrupt(self._program)  # Office programs know no others
            total += member.file_size
            ratio = member.file_size / max(member.compress_size, 1)
            if member.file_size > _RATIO_COUNTS_FROM_BYTES and ratio > self._limits.max_compression_ratio:
                raise DocumentTooLargeError(
                    "The file unpacks to far more than its size, as decompression bombs do: save it again."
                )
        if total > self._limits.max_unpacked_bytes:
            raise DocumentTooLargeError(
                f"The file unpacks to {total:,} bytes, more than {self._limits.max_unpacked_bytes:,}: "
                "leave out the large pictures."
            )

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    def names(self) -> list[str]:
        """Names of all members, lower case."""
        return list(self._members)

    def read(self, name: str) -> bytes | None:
        """Bytes of an XML part, or None where there is no such member.

        Raises:
            CorruptDocumentError: the member can't be unpacked.
            DocumentTooLargeError: more than ``max_xml_bytes``, or more than is left in all.
        """
        member = self._members.get(name.lower())
        if member is None:
            return None
        most = min(self._limits.max_xml_bytes, self._left_bytes)
        if member.file_size > most:
            raise DocumentTooLargeError(
                "One part of the file holds more text than any CV: send the CV alone."
            )
        try:
            with self._archive.open(member) as stream:
                data = stream.read()  # zipfile stops at the declared size
        except _ZIP_ERRORS as error:
            raise corrupt(self._program) from error
        self._left_bytes -= len(data)
        return data


def corrupt(program: str) -> CorruptDocumentError:
    """The error for a file that ``program`` may be able to mend."""
    return CorruptDocumentError(
        f"The {program} file is damaged: open it in {program}, save it again, and send that."
    )


def peek(content: bytes, names: tuple[str, ...]) -> tuple[dict[str, bytes], list[str]] | None:
    """The first megabyte of the named members, and the names of all; None where the archive is damaged.

    For telling what an archive is before anything is read: encrypted members are left out.
    """
    if content.count(_CENTRAL_ENTRY) > 10_000:
        return None
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for name in names:
                member = archive.NameToInfo.get(name)
                if member is not None and not member.flag_bits & _ENCRYPTED_FLAG:
                    with archive.open(member) as stream:
                        found[name] = stream.read(1024 * 1024)
            return found, archive.namelist()
    except _ZIP_ERRORS:
        return None
