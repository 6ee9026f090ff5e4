"""How the elements of a web page look, by their attributes and, where it can be told, by its style sheet.

A page that runs scripts, moves things or fetches styles looks different from what stands in it, so there a
style sheet isn't believed, nor that something is see-through. Selectors of several parts are not resolved:
what they may say is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from shared_code.documents.html_colours import background_of, colour_of
from shared_code.documents.visibility import (
    ANYWHERE,
    BENEATH,
    UNKNOWN,
    WHITE,
    Paper,
    Shades,
    Verdict,
    is_tiny,
    is_unseen,
    merged,
    over,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_STYLE_ELEMENT = re.compile(r"<style\b[^<>]*>(.*?)(?:</style\b[^<>]*>|\Z)", re.DOTALL | re.IGNORECASE)
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_MOVING = re.compile(r"<script\b(?![^<>]*ld\+json)|animation|transition|@keyframes", re.IGNORECASE)
_UNTOLD_STYLES = re.compile(
    r"<link\b(?![^<>]*//fonts\.)[^<>]*stylesheet|@(?:media|import|supports|layer|container|scope)",
    re.IGNORECASE,
)
_PLACED = re.compile(
    r"position\s*:\s*(?:absolute|fixed)|z-index|transform|margin[a-z-]{0,9}\s*:[^;\"'{}]{0,40}-\d",
    re.IGNORECASE,
)
_PICTURED = re.compile(r"<(?:img|svg|canvas|video|picture|object|embed|iframe)\b|url\(", re.IGNORECASE)
_BACKGROUND = re.compile(
    r"background(?:-color|-image)?\s*:\s*([^;\"'{}<>]{1,200})|bgcolor\s*=\s*[\"']?([#\w]{1,30})",
    re.IGNORECASE,
)
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*|\*)?(?:[.#][\w-]+)*", re.IGNORECASE)
_MARK = re.compile(r"[.#][\w-]+")
_ELEMENT = re.compile(r"\A[a-zA-Z][a-zA-Z0-9]*")
_LAST_COMPOUND = re.compile(r"[^\s>+~]*\Z")
_CONDITION = re.compile(r"::?[\w-]+(?:\([^()]*\))?|\[[^\[\]]*\]")
_MOST_RULES = 5_000
_MOST_COMPARISONS = 1_000_000  # of elements with rules; a page of more is shown as far as its rules go
_LENGTH = re.compile(r"(-?\d{0,7}(?:\.\d{1,6})?)(px|pt|em|rem|ex|ch|%|vw|vh|cm|mm|in)?")
_IN_PIXELS = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "vw": 12.8, "vh": 8.0,
              "cm": 37.8, "mm": 3.78, "in": 96.0, "%": 10.0}  # fmt: skip
_POINTS_PER_PIXEL = 0.75
_ROOT_PIXELS = 16.0
_FAR_PIXELS = -900.0
_UNTOLD = "?"  # a value that some rule may have given, but maybe not

Declarations = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Rule:
    """One selector with its declarations; of one with several parts, the last."""

    weight: tuple[int, int, bool, int]
    element: str
    marks: frozenset[str]
    declared: Declarations
    is_simple: bool


@dataclass(frozen=True, slots=True)
class ElementLook:
    """How the text right inside of an element looks."""

    is_gone: bool = False
    """Neither it nor anything in it is shown."""
    is_invisible: bool = False
    pixels: float = _ROOT_PIXELS
    colour: Shades = UNKNOWN
    is_blank: bool = False
    behind: Shades = BENEATH

    def verdict(self, paper: Paper) -> Verdict:
        """What becomes of its text."""
        if self.is_gone or self.is_invisible:
            return Verdict.GONE
        is_lost = self.is_blank or is_tiny(self.pixels * _POINTS_PER_PIXEL)
        return Verdict.UNSEEN if is_lost or is_unseen(self.colour, self.behind, paper) else Verdict.SEEN


class PageStyles:
    """The style sheet of a page, and what its text stands on.

    Args:
        markup: the page as it came, with its style sheets and scripts.
    """

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._is_still = not _MOVING.search(markup)
        self._is_told = self._is_still and not _UNTOLD_STYLES.search(markup)
        self._rules: dict[str, list[_Rule]] = {}
        self._rule_count = 0
        self._comparisons = 0
        if self._is_told:
            for sheet in _STYLE_ELEMENT.findall(markup):
                self._read(_CSS_COMMENT.sub("", sheet))

    @property
    def page(self) -> Shades:
        """White, where no style that isn't here may say otherwise."""
        return WHITE if self._is_told else UNKNOWN

    def root(self) -> ElementLook:
        """What holds around the page's first element: black, unless something unknown says otherwise."""
        return ElementLook(colour=frozenset({(0, 0, 0)}) if self._is_told else UNKNOWN)

    def under_text(self) -> Shades:
        """The page, and all that is painted where elements are placed freely."""
        return self._painted if self._has_placed else self.page

    def anywhere(self) -> Shades:
        """Every background of the page, and its pictures."""
        return self._painted

    @cached_property
    def _has_placed(self) -> bool:
        return bool(_PLACED.search(self._markup))

    @cached_property
    def _painted(self) -> Shades:
        found = [background_of(one or other) for one, other in _BACKGROUND.findall(self._markup)]
        pictures = UNKNOWN if _PICTURED.search(self._markup) else frozenset()
        return (merged(found) - BENEATH) | self.page | pictures

    def look(self, name: str, attributes: Mapping[str, str], around: ElementLook) -> ElementLook:
        """The look of an element inside another."""
        if not self._rule_count and not attributes:
            return around
        declared = self._declared(name, attributes)
        if not declared and name != "a":
            return around
        colour, is_blank = _colour(declared, around)
        if name == "a" and "color" not in declared and "href" in attributes:
            colour, is_blank = UNKNOWN, False
        background = _background(declared)
        behind = over(background, around.behind | ANYWHERE if _is_placed(declared) else around.behind)
        return ElementLook(
            around.is_gone or self._is_gone(declared),
            self._is_invisible(declared, around),
            _pixels(declared.get("font-size", ""), around.pixels),
            colour,
            is_blank,
            behind,
        )

    def _is_gone(self, declared: Declarations) -> bool:
        if _value(declared, "display") == "none" or _is_out_of_sight(declared):
            return True
        return self._is_still and _is_see_through(declared)  # else a script may be about to show it

    def _is_invisible(self, declared: Declarations, around: ElementLook) -> bool:
        visibility = _value(declared, "visibility")
        if visibility in {"", "inherit", "unset"}:
            return around.is_invisible
        return visibility in {"hidden", "collapse"} and self._is_still

    def _declared(self, name: str, attributes: Mapping[str, str]) -> Declarations:
        found = _of_attributes(attributes)
        if self._rule_count:
            found |= self._of_rules(name, attributes)
        style = attributes.get("style")
        return (
            found
            | {
                key: value
                for key, value in _declarations(style)
                if not found.get(key, "").endswith("!important")
            }
            if style
            else found
        )

    # The style sheet

    def _read(self, sheet: str) -> None:
        for order, rule in enumerate(sheet.split("}")):
            selectors, _, body = rule.partition("{")
            if selectors.strip().startswith("@"):
                continue  # fonts and sizes of printed pages
            declared = dict(_declarations(body))
            for selector in selectors.split(",") if declared else ():
                self._rule_count += 1
                if self._rule_count > _MOST_RULES:
                    self._is_told = False
                    self._rules.clear()
                    return
                self._note(selector.strip(), order, declared)

    def _note(self, selector: str, order: int, declared: Declarations) -> None:
        if "::" in selector or ":before" in selector or ":after" in selector:
            return
        is_simple = bool(selector) and bool(_SIMPLE.fullmatch(selector))
        compound = selector if is_simple else _LAST_COMPOUND.findall(_CONDITION.sub("", selector))[0] or "*"
        if not _SIMPLE.fullmatch(compound):
            compound = "*"
        marks = frozenset(_MARK.findall(compound))
        element = "" if compound[0] in "*.#" else _ELEMENT.findall(compound)[0].lower()
        weight = (compound.count("#"), compound.count("."), bool(element), order)
        key = min(marks, default=element or "*")
        self._rules.setdefault(key, []).append(_Rule(weight, element, marks, declared, is_simple))

    def _of_rules(self, name: str, attributes: Mapping[str, str]) -> Declarations:
        marks = [f".{one}" for one in attributes.get("class", "").split()]
        marks += [f"#{attributes['id']}"] if attributes.get("id") else []
        rules = [rule for key in ("*", name, *marks) for rule in self._rules.get(key, ())]
        self._comparisons += len(rules)
        if self._comparisons > _MOST_COMPARISONS:
            return {}
        matched = [rule for rule in rules if rule.element in {"", name} and rule.marks.issubset(marks)]
        found: Declarations = {}
        for rule in sorted(matched, key=lambda one: (not one.is_simple, one.weight)):
            # What a selector of several parts says comes last: it makes unknown what the others said.
            found |= rule.declared if rule.is_simple else dict.fromkeys(rule.declared, _UNTOLD)
        return found


def _declarations(body: str) -> list[tuple[str, str]]:
    """Properties and values, lower case, in order."""
    found: list[tuple[str, str]] = []
    for declaration in body.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found.append((name.strip().lower(), value.strip().lower().replace("! important", "!important")))
    return found


def _of_attributes(attributes: Mapping[str, str]) -> Declarations:
    """What attributes of old say, and ``hidden``: any rule is stronger."""
    found: Declarations = {}
    if "hidden" in attributes:
        found["display"] = "none"
    if "bgcolor" in attributes:
        found["background-color"] = attributes["bgcolor"]
    if "background" in attributes:
        found["background-image"] = "url()"
    for name in ("color", "text"):  # of <font> and <body>
        if name in attributes:
            found["color"] = attributes[name]
    return found


def _value(declared: Declarations, name: str) -> str:
    return declared.get(name, "").removesuffix("!important").strip()


def _colour(declared: Declarations, around: ElementLook) -> tuple[Shades, bool]:
    """The colour of an element's text, and whether it has none."""
    if {"text-shadow", "background-clip", "-webkit-background-clip", "-webkit-text-fill-color",
        "-webkit-text-stroke", "mix-blend-mode"} & declared.keys():  # fmt: skip
        return UNKNOWN, False
    value = _value(declared, "color")
    if value in {"", "inherit", "unset", "currentcolor"}:
        return around.colour, around.is_blank
    if value == "transparent":
        return UNKNOWN, True
    return colour_of(value), False


def _background(declared: Declarations) -> Shades | None:
    layers = [
        background_of(_value(declared, name))
        for name in ("background", "background-color", "background-image")
        if name in declared
    ]
    if not layers:
        return None
    if UNKNOWN in layers:
        return UNKNOWN
    return next((one for one in reversed(layers) if one != BENEATH), BENEATH)


def _is_placed(declared: Declarations) -> bool:
    return bool(
        {"position", "float", "transform", "margin", "margin-top", "margin-left", "top", "left"}
        & declared.keys()
    )


def _is_see_through(declared: Declarations) -> bool:
    opacity = _value(declared, "opacity")
    return bool(opacity) and _number(opacity) == 0.0


def _is_out_of_sight(declared: Declarations) -> bool:
    """Moved off the page, clipped to nothing, or in a box without room that shows nothing beyond."""
    moved: tuple[str, ...] = ("text-indent", "margin-left", "margin-top")
    if _value(declared, "position") in {"absolute", "fixed"}:
        moved += ("left", "top", "right")
        if re.match(r"rect\(\s*(?:[01](?:px)?[\s,]*){4}\)", _value(declared, "clip")):
            return True
    if any(
        (pixels := _length(_value(declared, name))) is not None and pixels < _FAR_PIXELS for name in moved
    ):
        return True
    if not _value(declared, "overflow").startswith(("hidden", "clip")):
        return False
    sides = (_length(_value(declared, name)) for name in ("width", "height", "max-width", "max-height"))
    return any(side is not None and 0 <= side <= 1 for side in sides)


def _pixels(value: str, around: float) -> float:
    value = value.removesuffix("!important").strip()
    match = _LENGTH.fullmatch(value)
    if match is None or match[1] in {"", "-", ".", "-."}:
        return _ROOT_PIXELS if value and value != "inherit" else around  # smaller, larger, medium, calc()
    number, unit = float(match[1]), match[2] or "px"
    if unit == "em":
        return number * around
    return number * around / 100 if unit == "%" else number * _IN_PIXELS[unit]


def _length(value: str) -> float | None:
    match = _LENGTH.fullmatch(value)
    if match is None or match[1] in {"", "-", ".", "-."}:
        return None
    return float(match[1]) * _IN_PIXELS[match[2] or "px"]


def _number(value: str) -> float | None:
    try:
        return float(value.removesuffix("%"))
    except ValueError:
        return None
