"""What the styles of an OpenDocument text say about how it looks and what it stands on."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from shared_code.documents.visibility import BENEATH, UNKNOWN, WHITE, Shades, colour_of_hex, merged, shades_of

_MEASURE = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)(pt|px|mm|cm|in|%)")
_IN_POINTS = {"pt": 1.0, "px": 0.75, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0}
_STYLES = frozenset({"style:style", "style:default-style"})
_GROUNDS = frozenset(
    {
        "style:paragraph-properties", "style:table-cell-properties", "style:table-row-properties",
        "style:table-properties", "style:section-properties", "style:graphic-properties",
    }
)  # fmt: skip
_PAGES = frozenset({"style:page-layout-properties", "style:drawing-page-properties"})
_UNTOLD_FILLS = frozenset({"bitmap", "gradient", "hatch"})
_UNUSED = frozenset({"", "none", "false", "normal"})


@dataclass(slots=True)
class Look:
    """How text looks by a style; None where it leaves that to the style it builds on."""

    is_hidden: bool | None = None
    points: float | None = None
    percent: float | None = None
    """Of the size of the style it builds on."""
    other_points: float | None = None
    """The larger of the sizes for Chinese and its like, and for Arabic and its like."""
    colour: Shades | None = None
    is_blank: bool | None = None
    """Wholly see-through letters."""
    has_effect: bool | None = None
    """Outlined, embossed, shadowed: seen whatever its colour."""
    shade: Shades | None = None
    """Right behind the text."""
    fill: Shades | None = None
    """Of the paragraph, cell, section, frame or shape."""
    is_under_text: bool | None = None
    """Of a drawing: whether text may run over it."""

    def points_in(self, usual_points: float) -> float:
        """Size of the letters, in a document of a usual one."""
        return usual_points * (self.percent or 100) / 100 if self.points is None else self.points

    def over(self, other: Look) -> Look:
        """This style's words, and the other's where it has none."""
        found = Look(
            *(getattr(other, name) if getattr(self, name) is None else getattr(self, name) for name in _NAMES)
        )
        if self.points is None and self.percent is not None:
            found.points = None if other.points is None else other.points * self.percent / 100
            found.percent = self.percent if other.points is None else None
        return found


_NAMES = tuple(one.name for one in fields(Look))


class StyleSheet:
    """An XmlHandler that collects styles, of styles.xml first and then of the document itself."""

    def __init__(self) -> None:
        self.header_fills: set[Shades] = set()
        self._page_fills: set[Shades] = set()
        self._looks: dict[str, Look] = {}  # by family and name
        self._parents: dict[str, str] = {}
        self._resolved: dict[str, Look] = {}
        self._open = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name in _STYLES:
            family = attributes.get("style:family", "")
            self._open = _key(family, attributes.get("style:name", ""))
            self._looks[self._open] = Look()
            self._parents[self._open] = _key(family, attributes.get("style:parent-style-name", ""))
        elif name in _PAGES:
            self._page_fills.add(_filling(attributes) or BENEATH)
        elif name == "style:header-footer-properties":
            self.header_fills.add(_filling(attributes) or BENEATH)
        elif self._open and name == "style:text-properties":
            _note_text(self._looks[self._open], attributes)
        elif self._open and name in _GROUNDS:
            _note_ground(self._looks[self._open], attributes)
        elif name == "style:background-image" and "xlink:href" in attributes:
            if self._open:
                self._looks[self._open].fill = UNKNOWN
            else:
                self._page_fills.add(UNKNOWN)

    def end(self, name: str) -> None:
        """An element ends."""
        if name in _STYLES:
            self._open = ""

    def text(self, data: str) -> None:
        """Styles hold no text."""

    def look(self, family: str, name: str) -> Look:
        """A style with what it inherits."""
        key = _key(family, name)
        known = self._resolved.get(key)
        if known is None:
            known = self._resolved[key] = self._resolve(key, family)
        return known

    def page(self) -> Shades:
        """What a page may be filled with: white where no layout says otherwise."""
        found = merged(self._page_fills)
        return found if found and not found & BENEATH else (found - BENEATH) | WHITE

    def fills(self) -> Shades:
        """Whatever any style paints behind text."""
        looks = self._looks.values()
        painted = [fill for look in looks for fill in (look.fill, look.shade) if fill is not None]
        return merged(painted) - BENEATH

    def _resolve(self, key: str, family: str) -> Look:
        chain: list[Look] = []
        seen: set[str] = set()
        while key in self._looks and key not in seen:
            seen.add(key)
            chain.append(self._looks[key])
            key = self._parents[key]
        default = self._looks.get(_key(family, ""))
        if default is not None and _key(family, "") not in seen:
            chain.append(default)
        found = Look()
        for look in reversed(chain):
            found = look.over(found)
        return found


def _note_text(look: Look, attributes: dict[str, str]) -> None:
    if "text:display" in attributes:
        look.is_hidden = attributes["text:display"] == "none"
    look.points, look.percent = _size(attributes.get("fo:font-size", ""))
    others = [_size(attributes.get(f"style:font-size-{name}", ""))[0] for name in ("asian", "complex")]
    look.other_points = max((size for size in others if size is not None), default=None)
    is_automatic = attributes.get("style:use-window-font-color") == "true"
    if is_automatic:
        look.colour, look.is_blank = UNKNOWN, False  # LibreOffice writes an opacity of 0 % beside it
    elif "fo:color" in attributes:
        look.colour = _colour(attributes["fo:color"])
        look.is_blank = attributes.get("loext:opacity") == "0%"
    effects = ("style:text-outline", "style:font-relief", "fo:text-shadow")
    if any(name in attributes for name in effects):
        look.has_effect = any(attributes.get(name, "") not in _UNUSED for name in effects)
    look.shade = _filling(attributes)


def _note_ground(look: Look, attributes: dict[str, str]) -> None:
    fill = _filling(attributes)
    look.fill = look.fill if fill is None else fill
    if "style:run-through" in attributes:
        look.is_under_text = attributes["style:run-through"] == "background"
    elif "style:wrap" in attributes:
        look.is_under_text = attributes["style:wrap"] == "run-through"


def _filling(attributes: dict[str, str]) -> Shades | None:
    """What a style paints behind text; None where it says nothing."""
    kind = attributes.get("draw:fill")
    if kind in _UNTOLD_FILLS or attributes.get("draw:opacity", "100%") != "100%":
        return UNKNOWN
    if kind == "none":
        return BENEATH
    name = "draw:fill-color" if kind == "solid" and "draw:fill-color" in attributes else "fo:background-color"
    if name not in attributes:
        return UNKNOWN if "draw:fill-color" in attributes else None
    return BENEATH if attributes[name] == "transparent" else _colour(attributes[name])


def _colour(value: str) -> Shades:
    value = value.strip()
    return shades_of(colour_of_hex(value[1:]) if value.startswith("#") else None)


def _size(value: str) -> tuple[float | None, float | None]:
    """A size in points, or in percent of another."""
    match = _MEASURE.fullmatch(value)
    if match is None:
        return None, None
    if match[2] == "%":
        return None, float(match[1])
    return float(match[1]) * _IN_POINTS[match[2]], None


def _key(family: str, name: str) -> str:
    return f"{family} {name}"
