"""XML parts as events with short names: no tree, no entities, no document types, no bottomless nesting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from xml.parsers import expat

from shared_code.documents.archive import corrupt
from shared_code.errors import CorruptDocumentError, UnsafeDocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEEPEST_XML = 400


class XmlHandler(Protocol):
    """Receives a part's elements; names carry this house's prefixes (``w:p``), other namespaces none."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Character data between tags."""


def send_events(data: bytes, handler: XmlHandler, prefixes: Mapping[str, str], program: str) -> None:
    """Send a part's elements to ``handler``.

    Args:
        data: the part.
        handler: what takes the events.
        prefixes: short name of each namespace that matters.
        program: what to save the file with again, for the messages.

    Raises:
        CorruptDocumentError: not well-formed, or nested deeper than 400 elements.
        UnsafeDocumentError: the part declares a document type, which no Office program writes.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    names: dict[str, str] = {}
    depth = 0

    def short(name: str) -> str:
        known = names.get(name)
        if known is None:
            namespace, _, local = name.rpartition(" ")
            prefix = prefixes.get(namespace)
            known = names[name] = f"{prefix}:{local}" if prefix else local
        return known

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST_XML:
            raise CorruptDocumentError(
                f"The file nests its contents deeper than {_DEEPEST_XML} levels: "
                f"save it again with {program}."
            )
        handler.start(short(name), {short(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(short(name))

    def refuse_doctype(*_: object) -> None:
        raise UnsafeDocumentError(
            f"The file declares XML entities, which {program} never writes and attacks use: "
            f"save it again with {program}."
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise corrupt(program) from error
