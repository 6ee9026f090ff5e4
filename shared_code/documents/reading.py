"""The one way in: a file's bytes or a posted text go in, a DocumentText or a DocumentError comes out."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from shared_code.documents.detection import declared_charset, declared_format, detect
from shared_code.documents.formats import REGISTRY, Format, Source
from shared_code.documents.model import (
    DEFAULT_LIMITS,
    DocumentLimits,
    DocumentText,
    Finding,
    RawDocument,
    Severity,
)
from shared_code.errors import (
    DocumentTooLargeError,
    EmptyDocumentError,
    EncryptedDocumentError,
    NoTextError,
    UnsupportedDocumentError,
)

_TEXTS = frozenset({Format.TEXT, Format.MARKDOWN, Format.HTML, Format.XML})


def read_document(
    content: bytes,
    *,
    media_type: str | None = None,
    filename: str | None = None,
    limits: DocumentLimits = DEFAULT_LIMITS,
) -> DocumentText:
    """Text, links and findings of a CV file.

    The bytes decide what the file is. A readable document under another document's name (HTML named
    .pdf) is read as what it is, with a ``typeMismatch`` finding; a program, or plain text or garbage
    under a document's name, is refused.

    Args:
        content: the whole file.
        media_type: what the sender declared, parameters included; None or generic is fine.
        filename: only its ending is looked at.
        limits: bounds that hold before and while the file is parsed.

    Raises:
        DocumentError: one of its subclasses, whatever the bytes are; the message says how to mend
            the file and holds no word of it.
    """
    if not content:
        raise EmptyDocumentError("The file is empty (0 bytes): upload it again.")
    if len(content) > limits.max_bytes:
        raise DocumentTooLargeError(
            f"The file has {len(content):,} bytes, more than the limit of {limits.max_bytes:,}."
        )
    declared = declared_format(media_type, filename)
    found = detect(content, declared)
    load_reader = REGISTRY[found].load_reader
    if load_reader is None:
        _refuse(found, declared)
    source = Source(content, found, limits, declared_charset(media_type))
    raw = load_reader()(source)
    if declared is not None and declared is not found and not {declared, found} <= _TEXTS:
        raw = replace(raw, findings=(*raw.findings, _mismatch_finding(declared, found)))
    return _assemble(raw, found, limits)


def text_document(text: str) -> DocumentText:
    """A CV posted as plain text, cleaned and checked as a text file's would be.

    Raises:
        DocumentTooLargeError: more text than the default limits allow.
        EmptyDocumentError: no characters at all.
        NoTextError: fewer than 20 letters.
    """
    if not text:
        raise EmptyDocumentError("The text is empty: post the CV's text.")
    return _assemble(RawDocument("text", tuple(text.split("\f"))), Format.TEXT, DEFAULT_LIMITS)


def _assemble(raw: RawDocument, found: Format, limits: DocumentLimits) -> DocumentText:
    # Its patterns take time to compile, which a health check need not spend.
    from shared_code.documents.assembly import assemble

    return assemble(raw, media_type=found.value, limits=limits)


def _refuse(found: Format, declared: Format | None) -> NoReturn:
    entry = REGISTRY[found]
    if found is Format.ENCRYPTED_OFFICE:
        raise EncryptedDocumentError(
            "The Word file is protected with a password: save it without one and send it again."
        )
    if found is Format.BINARY and declared in _TEXTS:
        raise NoTextError(f"The file holds binary data, not text: {entry.advice}.")
    raise UnsupportedDocumentError(f"Files of this kind ({entry.name}) are not read: {entry.advice}.")


def _mismatch_finding(declared: Format, found: Format) -> Finding:
    names = REGISTRY[declared].name, REGISTRY[found].name
    message = "The file is declared as {} but is {}, and was read as that.".format(*names)
    return Finding("typeMismatch", Severity.MINOR, message)
