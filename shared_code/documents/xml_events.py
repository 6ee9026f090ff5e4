"""XML parts as events with short names: no tree, no entities, no document types, no bottomless nesting."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol
from xml.parsers import expat

from shared_code.documents.archive import corrupt
from shared_code.errors import CorruptDocumentError, UnsafeDocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

_DEEPEST_XML = 400
_MOST_NAMES = 4_096  # kept of one kind of part; Office programs know fewer


class XmlHandler(Protocol):
    """Receives a part's elements; names carry this house's prefixes (``w:p``), other namespaces none."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Character data between tags."""


class Dispatcher:
    """An XmlHandler that has a method called for each element, and jumps over what nobody reads.

    Args:
        starts: what to call with an element's attributes when it begins.
        ends: what to call when it ends.
        take_text: what to call with character data.
        skipped: elements to leave out with all that is in them.
    """

    def __init__(
        self,
        starts: Mapping[str, Callable[[dict[str, str]], None]],
        ends: Mapping[str, Callable[[], None]],
        take_text: Callable[[str], None],
        skipped: frozenset[str],
    ) -> None:
        self._starts = starts
        self._ends = ends
        self._take_text = take_text
        self._skipped = skipped
        self._name = ""
        self._skipped_name = ""
        self._skipping = 0  # elements of that name that are open
        self.names = skipped.union(starts, ends)
        """Elements that are to be told."""

    def skip(self) -> None:
        """Leave out what the element holds that has just begun; its end isn't told either."""
        self._skipping, self._skipped_name = 1, self._name

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if self._skipping:
            self._skipping += name == self._skipped_name
        elif (handle := self._starts.get(name)) is not None:
            self._name = name
            handle(attributes)
        elif name in self._skipped:
            self._skipping, self._skipped_name = 1, name

    def end(self, name: str) -> None:
        """An element ends."""
        if self._skipping:
            self._skipping -= name == self._skipped_name
        elif (handle := self._ends.get(name)) is not None:
            handle()

    def text(self, data: str) -> None:
        """Character data between tags."""
        if not self._skipping:
            self._take_text(data)


class _ShortNames(dict[str, str]):
    """Short names by those that the parser gives; "" for what isn't wanted."""

    def __init__(self, prefixes: Mapping[str, str], wanted: Container[str] | None) -> None:
        self._prefixes = prefixes
        self._wanted = wanted

    def __missing__(self, name: str) -> str:
        namespace, _, local = name.rpartition(" ")
        prefix = self._prefixes.get(namespace)
        short = f"{prefix}:{local}" if prefix else local
        if self._wanted is not None and short not in self._wanted:
            short = ""
        if len(self) >= _MOST_NAMES:
            self.clear()
        self[name] = short
        return short


@lru_cache(maxsize=32)
def _short_names(prefixes: tuple[tuple[str, str], ...], wanted: frozenset[str] | None) -> _ShortNames:
    """One table for all parts of a kind: the same names come in every file."""
    return _ShortNames(dict(prefixes), wanted)


def send_events(
    data: bytes,
    handler: XmlHandler,
    prefixes: Mapping[str, str],
    program: str,
    names: frozenset[str] | None = None,
) -> None:
    """Send a part's elements to ``handler``.

    Args:
        data: the part.
        handler: what takes the events.
        prefixes: short name of each namespace that matters.
        program: what to save the file with again, for the messages.
        names: elements to tell ``handler``; None for all.

    Raises:
        CorruptDocumentError: not well-formed, or nested deeper than 400 elements.
        UnsafeDocumentError: the part declares a document type, which no Office program writes.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    known = tuple(prefixes.items())
    elements, keys = _short_names(known, names), _short_names(known, None)
    start_element, end_element = handler.start, handler.end
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST_XML:
            raise CorruptDocumentError(
                f"The file nests its contents deeper than {_DEEPEST_XML} levels: "
                f"save it again with {program}."
            )
        told = elements[name]
        if told:
            start_element(told, {keys[key]: value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        told = elements[name]
        if told:
            end_element(told)

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
