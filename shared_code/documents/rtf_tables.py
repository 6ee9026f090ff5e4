"""The tables at an RTF file's beginning: fonts with their codecs, and colours."""

from __future__ import annotations

from shared_code.documents.rtf_charsets import DEFAULT, codec_of_charset, codec_of_code_page
from shared_code.documents.visibility import BENEATH, UNKNOWN, Colour, Shades


class FontTable:
    """Codec of each font, and of the document where a font names none."""

    def __init__(self) -> None:
        self.default_font = 0
        self._document_codec = DEFAULT
        self._codecs: dict[int, str] = {}
        self._open_font = 0

    def set_code_page(self, number: int) -> None:
        r"""``\ansicpg``: what fonts without a character set of their own are written in."""
        self._document_codec = codec_of_code_page(number) or DEFAULT

    def start_font(self, number: int) -> None:
        """The entry of a font begins."""
        self._open_font = number

    def set_charset(self, number: int) -> None:
        r"""``\fcharset`` of the open entry."""
        codec = codec_of_charset(number)
        if codec is not None:
            self._codecs[self._open_font] = codec

    def set_font_code_page(self, number: int) -> None:
        r"""``\cpg`` of the open entry, which is more precise than its character set."""
        codec = codec_of_code_page(number)
        if codec is not None:
            self._codecs[self._open_font] = codec

    def codec(self, font: int | None = None) -> str:
        """Codec of a font, the default one where none is named."""
        return self._codecs.get(self.default_font if font is None else font, self._document_codec)


class ColourTable:
    """Colours by index; an entry without components is the automatic colour."""

    def __init__(self) -> None:
        self._colours: list[Colour | None] = []
        self._mixed: dict[str, int] = {}

    def mix(self, component: str, value: int) -> None:
        """A component of the open entry."""
        self._mixed[component] = min(max(value, 0), 255)

    def end_entries(self, text: str) -> None:
        """Each semicolon ends an entry."""
        for _ in range(text.count(";")):
            red, green, blue = (self._mixed.get(name, 0) for name in ("red", "green", "blue"))
            self._colours.append((red, green, blue) if self._mixed else None)
            self._mixed = {}

    def text(self, index: int) -> Shades:
        """Of letters; the automatic colour is one that can be seen."""
        colour = self._colour(index)
        return UNKNOWN if colour is None else frozenset({colour})

    def filling(self, index: int) -> Shades:
        """Of what lies behind letters; the automatic colour is no filling."""
        colour = self._colour(index)
        return BENEATH if colour is None else frozenset({colour})

    def _colour(self, index: int) -> Colour | None:
        return self._colours[index] if 0 <= index < len(self._colours) else None
