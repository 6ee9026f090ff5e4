"""Bytes become text here: one reader per format behind one function, no format's library at import."""

from __future__ import annotations

from shared_code.documents.model import (
    DEFAULT_LIMITS,
    DocumentLimits,
    DocumentText,
    Finding,
    Link,
    Page,
    Severity,
)
from shared_code.documents.reading import read_document, text_document

__all__ = [
    "DEFAULT_LIMITS",
    "DocumentLimits",
    "DocumentText",
    "Finding",
    "Link",
    "Page",
    "Severity",
    "read_document",
    "text_document",
]
