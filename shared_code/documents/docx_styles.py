"""What the styles of a Word document say about how text looks, each with the styles it builds on.

Styles are read when a text uses them: a document uses ten of the hundred and sixty that programs put into it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING

from shared_code.documents.docx_colours import COLOUR_CHANGES
from shared_code.documents.ooxml import parse_xml, piece
from shared_code.documents.visibility import UNKNOWN, WHITE, colour_of_hex, is_lost, merged, shades_of
from shared_code.errors import CorruptDocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared_code.documents.docx_colours import Palette
    from shared_code.documents.visibility import Shades

_FALSE = frozenset({"0", "false", "off"})
_DEEPEST_CHAIN = 50
_MOST_SEARCHES = 200
_TELLING = re.compile(
    rb"vanish|:shd\b|:highlight\b|w14:(?:textFill|textOutline|glow|shadow|reflection|props3d)"
    rb"|:(?:outline|shadow|emboss|imprint|w|cs|rtl)[\s/>]|lineRule=.exact|:sz(?:Cs)?\s[^<>]*val=.[0-3](?:\D|\Z)"
)
_COLOUR_TAG = re.compile(rb":color\s[^<>]*")
_MOST_BYTES_LOOKED_OVER = 150_000  # parts beyond come with styles of every kind
_DEFAULT = re.compile(rb"w:default=\"(?:1|true|on)\"")
_ID = re.compile(rb"\sw:styleId=[\"']([^\"'<>]*)[\"']")
_MEASURE = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)(pt|in|cm|mm|pc|pi)?")
_IN_POINTS = {"pt": 1.0, "in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "pc": 12.0, "pi": 12.0}


@dataclass(slots=True)
class Look:
    """How text looks by one style or one piece of direct formatting; None where that says nothing."""

    colour: Shades | None = None
    shade: Shades | None = None
    highlight: Shades | None = None
    is_hidden: bool | None = None
    points: float | None = None
    complex_points: float | None = None
    """The size of Arabic, Hebrew and their like."""
    width_percent: float | None = None
    is_complex: bool | None = None
    has_effect: bool | None = None
    """Outlined, embossed, shining: seen whatever its colour."""
    is_blank: bool | None = None
    """Letters filled with nothing."""
    fill: Shades | None = None
    """Of the paragraph."""
    cell_fill: Shades | None = None
    line_points: float | None = None
    """An exact height of lines, which cuts off what doesn't fit."""

    def over(self, other: Look) -> Look:
        """This one's words, and the other's where it has none."""
        own = [getattr(self, name) for name in _NAMES]
        return Look(
            *(getattr(other, n) if value is None else value for n, value in zip(_NAMES, own, strict=True))
        )


_NAMES = tuple(one.name for one in fields(Look))


@dataclass(slots=True)
class Style:
    """A style; of a table, with what holds for its first row, its bands and so on."""

    base: str = ""
    kind: str = ""
    look: Look = field(default_factory=Look)
    parts: dict[str, Look] = field(default_factory=dict)

    def over(self, base: Style) -> Style:
        """This style's words, and those of the one it builds on where it has none."""
        parts = {name: self.parts.get(name, Look()) for name in self.parts.keys() | base.parts.keys()}
        for name, look in base.parts.items():
            parts[name] = parts[name].over(look)
        return Style(look=self.look.over(base.look), parts=parts)


class StyleSheet:
    """The styles of one document.

    Args:
        data: the part, None where there is none.
        palette: what resolves the names of colours.
    """

    def __init__(self, data: bytes | None, palette: Palette) -> None:
        self._data = data or b""
        self._palette = palette
        self._read: dict[str, Style | None] = {}
        self._resolved: dict[str, Style] = {}
        self._default_look: Look | None = None
        self._default_ids: dict[str, str] = {}
        self._is_read = False
        self._searches = 0
        if b"<w:styles" not in self._data or (b"!" in self._data and b"<!" in self._data):
            self._read_whole()  # its tags can't be found without parsing it

    @cached_property
    def is_plain(self) -> bool:
        """Whether no style fills, hides, shrinks or adorns text, nor colours it like white paper.

        Then text without fillings of its own is seen or not by its own formatting, whatever its styles.
        """
        if self._is_read:
            return not self._data
        if len(self._data) > _MOST_BYTES_LOOKED_OVER or _TELLING.search(self._data):
            return False
        tags = set(_COLOUR_TAG.findall(self._data))
        colours = [dict(re.findall(r"(w:\w+)=\"(\w*)\"", tag.decode("utf-8", "replace"))) for tag in tags]
        return not any(is_lost(self._palette.text_colour(colour), WHITE) for colour in colours)

    @property
    def defaults(self) -> Look:
        """What holds where no style says anything."""
        if self._default_look is None:
            reader = _StyleReader(self._palette)
            self._parse(piece(self._data, b"<w:docDefaults", b"</w:docDefaults>"), reader)
            self._default_look = reader.defaults
        return self._default_look

    def __contains__(self, name: str) -> bool:
        return self._own(name) is not None

    def style(self, name: str) -> Style:
        """A style with what it inherits; an empty one where there is none of that name."""
        return self._resolved.get(name) or self._resolve(name)

    def default_id(self, kind: str) -> str:
        """Id of the style for paragraphs or tables that name none."""
        known = self._default_ids.get(kind)
        if known is None:
            known = self._default_ids[kind] = "" if self._is_read else self._find_default(kind)
        return known

    def _resolve(self, name: str) -> Style:
        chain: dict[str, Style] = {}
        while name not in self._resolved and name not in chain and len(chain) < _DEEPEST_CHAIN:
            own = self._own(name)
            if own is None:
                break
            chain[name] = own
            name = own.base
        found = self._resolved.get(name, Style())
        for name, own in reversed(chain.items()):
            found = self._resolved[name] = own.over(found)
        return found

    def _own(self, name: str) -> Style | None:
        if name not in self._read:
            self._read[name] = None if self._is_read else self._find(name)
        return self._read[name]

    def _find(self, name: str) -> Style | None:
        self._searches += 1
        if self._searches > _MOST_SEARCHES:
            self._read_whole()  # once, rather than searched again and again
            return self._read.get(name)
        at = self._data.find(b'w:styleId="%b"' % name.encode("utf-8", "replace"))
        start = self._data.rfind(b"<w:style ", 0, at) if at >= 0 else -1
        if start < 0:
            return None
        reader = _StyleReader(self._palette)
        self._parse(piece(self._data, b"<w:style ", b"</w:style>", start), reader)
        return reader.styles.get(name)

    def _find_default(self, kind: str) -> str:
        for mark in _DEFAULT.finditer(self._data):
            tag = self._data[self._data.rfind(b"<", 0, mark.start()) : self._data.find(b">", mark.start())]
            name = _ID.search(tag)
            if name is not None and b'w:type="%b"' % kind.encode() in tag:
                return name[1].decode("utf-8", "replace")
        return ""

    def _read_whole(self) -> None:
        reader = _StyleReader(self._palette)
        if self._data:
            self._parse(self._data, reader)
        self._is_read, self._default_look = True, reader.defaults
        for name, style in reader.styles.items():
            self._read[name] = style
            if style.kind:
                self._default_ids.setdefault(style.kind, name)

    def _parse(self, data: bytes | None, reader: _StyleReader) -> None:
        if data is None:
            return
        try:
            parse_xml(data, reader, _READ)
        except CorruptDocumentError:
            return  # text is read without its styles rather than not at all


class _StyleReader:
    """Reads styles, and the defaults under them."""

    def __init__(self, palette: Palette) -> None:
        self.styles: dict[str, Style] = {}
        self.defaults = Look()
        self._palette = palette
        self._style: Style | None = None
        self._look: Look | None = None
        self._path: list[str] = []
        self._names = RunPropertyNames()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if name == "w:style":
            is_default = attributes.get("w:default", "0").lower() not in _FALSE
            self._style = Style(kind=attributes.get("w:type", "") if is_default else "")
            self._look = self._style.look
            self.styles[attributes.get("w:styleId", "")] = self._style
        elif name == "w:docDefaults":
            self._look = self.defaults
        elif self._style is not None and name == "w:basedOn":
            self._style.base = attributes.get("w:val", "")
        elif self._style is not None and name == "w:tblStylePr":
            self._look = self._style.parts.setdefault(attributes.get("w:type", ""), Look())
        elif self._look is not None:
            self._note(self._look, name, attributes)

    def _note(self, look: Look, name: str, attributes: dict[str, str]) -> None:
        around = self._path[-2] if len(self._path) > 1 else ""
        name = self._names.start(name)
        if (around == "w:rPr" or "/" in name) and "w:pPr" not in self._path:
            note_run_property(look, name, attributes, self._palette)
        elif around == "w:pPr":
            note_paragraph_property(look, name, attributes, self._palette)
        elif name == "w:shd" and around == "w:tcPr":
            look.cell_fill = self._palette.filling(attributes)

    def end(self, name: str) -> None:
        self._path.pop()
        self._names.end(name)
        if name == "w:tblStylePr" and self._style is not None:
            self._look = self._style.look
        elif name in {"w:style", "w:docDefaults"}:
            self._look = self._style = None

    def text(self, data: str) -> None:
        pass


class RunPropertyNames:
    """Names the elements inside of a text's filling and outline after both, since they are called alike."""

    def __init__(self) -> None:
        self._around = ""

    def start(self, name: str) -> str:
        """An element begins; what to call it."""
        if name in {"w14:textFill", "w14:textOutline"}:
            self._around = name
        elif self._around:
            return f"{self._around}/{name}"
        return name

    def end(self, name: str) -> None:
        """An element ends."""
        if name == self._around:
            self._around = ""


def is_on(attributes: Mapping[str, str]) -> bool:
    """Value of a switch; being there is on."""
    return attributes.get("w:val", "1").lower() not in _FALSE


def note_run_property(look: Look, name: str, attributes: Mapping[str, str], palette: Palette) -> None:
    """Take in what one element of ``w:rPr`` says."""
    note = _RUN_PROPERTIES.get(name)
    if note is not None:
        note(look, attributes, palette)


def note_paragraph_property(look: Look, name: str, attributes: Mapping[str, str], palette: Palette) -> None:
    """Take in what one element of ``w:pPr`` says."""
    if name == "w:shd":
        look.fill = palette.filling(attributes)
    elif name == "w:spacing" and "w:line" in attributes:
        line = points_of(attributes["w:line"], per_unit=1 / 20)
        look.line_points = line if attributes.get("w:lineRule") == "exact" else float("inf")


def points_of(measure: str, per_unit: float) -> float | None:
    """A length in points; a bare number counts units of ``per_unit`` points."""
    match = _MEASURE.fullmatch(measure)
    if match is None:
        return None
    return float(match[1]) * (_IN_POINTS[match[2]] if match[2] else per_unit)


def _colour(look: Look, attributes: Mapping[str, str], palette: Palette) -> None:
    look.colour = palette.text_colour(attributes)


def _shade(look: Look, attributes: Mapping[str, str], palette: Palette) -> None:
    look.shade = palette.filling(attributes)


def _highlight(look: Look, attributes: Mapping[str, str], palette: Palette) -> None:
    look.highlight = palette.highlight(attributes)


def _hide(look: Look, attributes: Mapping[str, str], _: Palette) -> None:
    look.is_hidden = is_on(attributes)


def _size(look: Look, attributes: Mapping[str, str], _: Palette) -> None:
    look.points = points_of(attributes.get("w:val", ""), per_unit=0.5)


def _complex_size(look: Look, attributes: Mapping[str, str], _: Palette) -> None:
    look.complex_points = points_of(attributes.get("w:val", ""), per_unit=0.5)


def _width(look: Look, attributes: Mapping[str, str], _: Palette) -> None:
    look.width_percent = points_of(attributes.get("w:val", "").removesuffix("%"), per_unit=1.0)


def _complex(look: Look, attributes: Mapping[str, str], _: Palette) -> None:
    look.is_complex = is_on(attributes)


def _effect(look: Look, attributes: Mapping[str, str], _: Palette) -> None:
    look.has_effect = is_on(attributes)


def _text_fill(look: Look, _: Mapping[str, str], __: Palette) -> None:
    look.colour = UNKNOWN  # it takes the colour's place; what it is may follow


def _no_text_fill(look: Look, _: Mapping[str, str], __: Palette) -> None:
    look.is_blank = True


def _plain_text_fill(look: Look, attributes: Mapping[str, str], _: Palette) -> None:
    look.colour = shades_of(colour_of_hex(attributes.get("w14:val", "")))


def _themed_text_fill(look: Look, attributes: Mapping[str, str], palette: Palette) -> None:
    look.colour = shades_of(palette.scheme(attributes.get("w14:val", "")))


_FILL, _OUTLINE = "w14:textFill", "w14:textOutline"
_RUN_PROPERTIES: dict[str, Callable[[Look, Mapping[str, str], Palette], None]] = {
    "w:color": _colour, "w:shd": _shade, "w:highlight": _highlight, "w:vanish": _hide, "w:sz": _size,
    "w:szCs": _complex_size, "w:w": _width, "w:cs": _complex, "w:rtl": _complex,
    _FILL: _text_fill, f"{_FILL}/w14:noFill": _no_text_fill, f"{_FILL}/w14:gradFill": _effect,
    f"{_FILL}/w14:srgbClr": _plain_text_fill, f"{_FILL}/w14:schemeClr": _themed_text_fill,
    **dict.fromkeys((f"{_FILL}/w14:{name}" for name in COLOUR_CHANGES), _text_fill),
    **dict.fromkeys((f"{_OUTLINE}/w14:{name}" for name in ("solidFill", "gradFill")), _effect),
    **dict.fromkeys(
        ("w:outline", "w:shadow", "w:emboss", "w:imprint", "w14:glow", "w14:shadow", "w14:reflection",
         "w14:props3d"),
        _effect,
    ),
}  # fmt: skip
RUN_ELEMENTS = frozenset(name.rpartition("/")[2] for name in _RUN_PROPERTIES) | {_OUTLINE}
"""What can stand in ``w:rPr`` and matters here."""
_READ = RUN_ELEMENTS | {
    "w:style", "w:docDefaults", "w:basedOn", "w:tblStylePr", "w:spacing", "w:rPr", "w:pPr", "w:tcPr",
}  # fmt: skip


def fillings(style: Style) -> Shades:
    """Every colour with which a style paints something behind text."""
    looks = [style.look, *style.parts.values()]
    return merged(
        shades
        for look in looks
        for shades in (look.shade, look.highlight, look.fill, look.cell_fill)
        if shades is not None
    )
