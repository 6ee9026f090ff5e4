"""Colours as style sheets write them."""

from __future__ import annotations

import re

from shared_code.documents.visibility import BENEATH, UNKNOWN, Colour, Shades, colour_of_hex, shades_of

# The sixteen of HTML, and the near whites; other names are unknown here, and so seen.
_NAMES: dict[str, Colour] = {
    "white": (255, 255, 255), "black": (0, 0, 0), "silver": (192, 192, 192), "gray": (128, 128, 128),
    "grey": (128, 128, 128), "red": (255, 0, 0), "maroon": (128, 0, 0), "yellow": (255, 255, 0),
    "olive": (128, 128, 0), "lime": (0, 255, 0), "green": (0, 128, 0), "aqua": (0, 255, 255),
    "teal": (0, 128, 128), "blue": (0, 0, 255), "navy": (0, 0, 128), "fuchsia": (255, 0, 255),
    "purple": (128, 0, 128), "snow": (255, 250, 250), "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255), "whitesmoke": (245, 245, 245), "floralwhite": (255, 250, 240),
    "azure": (240, 255, 255), "mintcream": (245, 255, 250), "aliceblue": (240, 248, 255),
    "window": (255, 255, 255), "windowtext": (0, 0, 0),
}  # fmt: skip
_FUNCTION = re.compile(
    r"rgba?\(\s*(\d{1,3})\s*[,\s]\s*(\d{1,3})\s*[,\s]\s*(\d{1,3})\s*(?:[,/]\s*([\d.]{1,8}%?)\s*)?\)"
)
_TOKEN = re.compile(r"rgba?\([^()]*\)|[^\s()]+\([^()]*\)|[^\s]+")
_NO_COLOURS = frozenset(
    {
        "none", "transparent", "initial", "unset", "repeat", "no-repeat", "repeat-x", "repeat-y", "scroll",
        "fixed", "local", "top", "left", "right", "bottom", "center", "border-box", "padding-box",
        "content-box", "!important",
    }
)  # fmt: skip
_NUMBER = re.compile(r"-?[\d.]+[a-z%]*/?")


def colour_of(value: str) -> Shades:
    """A colour; unknown where it isn't plain."""
    value = value.lower()
    match = _FUNCTION.fullmatch(value)
    if match is not None:
        is_whole = (match[4] or "1") in {"1", "1.0", "100%"}
        red, green, blue = (min(int(part), 255) for part in match.groups()[:3])
        return shades_of((red, green, blue)) if is_whole else UNKNOWN
    digits = value.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return shades_of(
        _NAMES.get(value) or (colour_of_hex(digits) if value != digits or value.isdigit() else None)
    )


def background_of(value: str) -> Shades:
    """What a background paints; nothing where it names neither a colour nor a picture."""
    found = BENEATH
    for word in _TOKEN.findall(value.lower()):
        if word in _NO_COLOURS or _NUMBER.fullmatch(word):
            continue
        shades = colour_of(word)
        if shades == UNKNOWN:
            return UNKNOWN
        found = shades
    return found
