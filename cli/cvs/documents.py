"""Which document is meant: by its id, by the first digits of it, or by a file on this machine."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from shared_code.errors import RequestError
from shared_code.intake.job_rows import JOBS_TABLE
from shared_code.storage import Condition, Tables

ID_DIGITS = 64
SHOWN_DIGITS = 12
_FEWEST_DIGITS = 8
_DIGITS = re.compile(rf"[0-9a-f]{{{_FEWEST_DIGITS},{ID_DIGITS}}}", re.ASCII)
# Sorts after every hexadecimal digit.
_AFTER_DIGITS = "g"


def is_document_id(text: str) -> bool:
    """Whether this is a whole id as the engine writes it."""
    return len(text) == ID_DIGITS and _DIGITS.fullmatch(text) is not None


async def document_meant(tables: Tables, text: str) -> str:
    """The id of the document that ``text`` names; whole ids and files need not be known to storage.

    Raises:
        RequestError: It names none, or more than one.
        StorageError: Storage could not be asked.
    """
    digits = text.lower()
    if is_document_id(digits):
        return digits
    file = Path(text)
    if await asyncio.to_thread(file.is_file):
        return await asyncio.to_thread(_id_of_file, file)
    if not _DIGITS.fullmatch(digits):
        raise RequestError(f"{text} is neither a file nor a document id, nor the first 8 digits of one.")
    found = await _ids_beginning(tables, digits)
    if len(found) > 1:
        raise RequestError(f"More than one document id begins with {text}. Write more of it.")
    if not found:
        raise RequestError(f"No job's document id begins with {text}. Write all 64 digits, or name the file.")
    return found.pop()


async def documents_meant(tables: Tables, texts: Sequence[str]) -> list[str]:
    """The ids of several, each once, in the order in which they are named; see ``document_meant``."""
    return list(dict.fromkeys([await document_meant(tables, text) for text in texts]))


async def _ids_beginning(tables: Tables, digits: str) -> set[str]:
    """The documents with jobs whose ids begin so: none, one, or two where there are more."""
    conditions = [
        Condition("PartitionKey", "ge", digits),
        Condition("PartitionKey", "lt", digits + _AFTER_DIGITS),
    ]
    found: set[str] = set()
    async for row in tables.query(JOBS_TABLE, conditions, select=["state"]):
        found.add(str(row.values["PartitionKey"]))
        if len(found) > 1:
            break
    return found


def _id_of_file(file: Path) -> str:
    """``document_id_of`` for a file of any size."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise RequestError(f"{file} cannot be read ({error.strerror}).") from None
