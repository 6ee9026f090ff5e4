"""Which styles of an OpenDocument text hide what is written in them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared_code.documents.visibility import is_paper_white

_COLOUR = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
_POINTS = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)(pt|px|mm|cm|in)")
_IN_POINTS = {"pt": 1.0, "px": 0.75, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0}
_TINY_POINTS = 1.0  # nobody reads it, on screen or paper
_PROPERTIES = frozenset(
    {
        "style:text-properties", "style:paragraph-properties", "style:table-cell-properties",
        "style:table-row-properties", "style:table-properties", "style:section-properties",
        "style:graphic-properties",
    }
)  # fmt: skip


@dataclass(slots=True)
class Look:
    """What a style says about visibility; None where it leaves that to the style it builds on."""

    parent: str = ""
    is_hidden: bool | None = None
    is_tiny: bool | None = None
    is_white: bool | None = None
    is_filled: bool | None = None

    def over(self, other: Look) -> Look:
        """This style's words, and the other's where it has none."""
        return Look(
            "",
            other.is_hidden if self.is_hidden is None else self.is_hidden,
            other.is_tiny if self.is_tiny is None else self.is_tiny,
            other.is_white if self.is_white is None else self.is_white,
            other.is_filled if self.is_filled is None else self.is_filled,
        )


class StyleSheet:
    """An XmlHandler that collects styles, of styles.xml first and then of the document itself."""

    def __init__(self) -> None:
        self.has_filled_pages = False
        self._looks: dict[str, Look] = {}  # by family and name
        self._resolved: dict[str, Look] = {}
        self._open: Look | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name in {"style:style", "style:default-style"}:
            family = attributes.get("style:family", "")
            self._open = Look(_key(family, attributes.get("style:parent-style-name", "")))
            self._looks[_key(family, attributes.get("style:name", ""))] = self._open
        elif name in _PROPERTIES and self._open is not None:
            self._note(self._open, attributes)
        elif name in {"style:page-layout-properties", "style:drawing-page-properties"}:
            self.has_filled_pages = self.has_filled_pages or _fills(attributes) is True

    def end(self, name: str) -> None:
        """An element ends."""
        if name in {"style:style", "style:default-style"}:
            self._open = None

    def text(self, data: str) -> None:
        """Styles hold no text."""

    def look(self, family: str, name: str) -> Look:
        """A style with what it inherits."""
        key = _key(family, name)
        known = self._resolved.get(key)
        if known is None:
            known = self._resolved[key] = self._resolve(key)
        return known

    def _resolve(self, key: str) -> Look:
        seen: set[str] = set()
        found = Look()
        while key in self._looks and key not in seen:
            seen.add(key)
            found = found.over(self._looks[key])
            key = self._looks[key].parent
        return found

    def _note(self, look: Look, attributes: dict[str, str]) -> None:
        display = attributes.get("text:display")
        if display is not None:
            look.is_hidden = display == "none"
        size = _POINTS.fullmatch(attributes.get("fo:font-size", ""))
        if size is not None:
            look.is_tiny = float(size[1]) * _IN_POINTS[size[2]] <= _TINY_POINTS
        if "fo:color" in attributes:
            look.is_white = _is_white(attributes["fo:color"])
        fills = _fills(attributes)
        if fills is not None:
            look.is_filled = fills or bool(look.is_filled)


def _key(family: str, name: str) -> str:
    return f"{family} {name}"


def _is_white(colour: str) -> bool:
    match = _COLOUR.fullmatch(colour.strip())
    return match is not None and is_paper_white(*(int(part, 16) for part in match.groups()))


def _fills(attributes: dict[str, str]) -> bool | None:
    """Whether something stands behind the text; None where nothing is said."""
    said = [attributes[name] for name in ("fo:background-color", "draw:fill-color") if name in attributes]
    if attributes.get("draw:fill") in {"bitmap", "gradient", "hatch"}:
        return True
    if not said:
        return None
    return any(colour != "transparent" and not _is_white(colour) for colour in said)
