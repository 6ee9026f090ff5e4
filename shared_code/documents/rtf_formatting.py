"""Control words of RTF that change how the text behind them looks: applied to the open group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared_code.documents.rtf_story import DEEPEST_TABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_code.documents.rtf_groups import Group
    from shared_code.documents.rtf_tables import ColourTable, FontTable

_TINY_HALF_POINTS = 2  # one point: nobody reads it, on screen or paper
_PATTERN_SHADES_FROM = 1_000  # hundredths of a percent


class Formatting:
    """Applies a control word to a group; ``words`` holds those that are known."""

    def __init__(self, fonts: FontTable, colours: ColourTable) -> None:
        self._fonts = fonts
        self._colours = colours
        self.words: dict[bytes, Callable[[Group, int | None], None]] = {
            b"pard": self._plain_paragraph, b"plain": self._plain, b"intbl": self._in_table,
            b"itap": self._table_level, b"uc": self._fallback, b"f": self._font,
            b"fcharset": self._charset, b"cpg": self._font_code_page, b"red": self._red,
            b"green": self._green, b"blue": self._blue, b"fs": self._size, b"cf": self._text_colour,
            b"v": self._hide, b"deleted": self._delete, b"ansicpg": self._code_page, b"mac": self._mac,
            b"pc": self._pc, b"pca": self._pca, b"deff": self._default_font, b"cb": self._shade,
            b"chcbpat": self._shade, b"highlight": self._shade, b"chshdng": self._pattern,
            b"cbpat": self._shade_paragraph, b"shading": self._pattern_paragraph,
            b"clcbpat": self._shade_cell, b"clshdng": self._pattern_cell,
        }  # fmt: skip

    # Characters' formatting

    def _plain(self, group: Group, _: int | None) -> None:
        group.is_hidden = group.is_tiny = group.is_shaded = group.is_deleted = False
        group.colour = 0
        group.codec = self._fonts.codec()

    def _hide(self, group: Group, number: int | None) -> None:
        group.is_hidden = number != 0

    def _delete(self, group: Group, number: int | None) -> None:
        group.is_deleted = number != 0

    def _size(self, group: Group, number: int | None) -> None:
        group.is_tiny = number is not None and number <= _TINY_HALF_POINTS

    def _text_colour(self, group: Group, number: int | None) -> None:
        group.colour = number or 0

    def _shade(self, group: Group, number: int | None) -> None:
        group.is_shaded = self._colours.is_background(number)

    def _pattern(self, group: Group, number: int | None) -> None:
        group.is_shaded |= (number or 0) >= _PATTERN_SHADES_FROM

    def _shade_paragraph(self, group: Group, number: int | None) -> None:
        group.is_paragraph_shaded = self._colours.is_background(number)

    def _pattern_paragraph(self, group: Group, number: int | None) -> None:
        group.is_paragraph_shaded |= (number or 0) >= _PATTERN_SHADES_FROM

    def _shade_cell(self, group: Group, number: int | None) -> None:
        group.story.is_row_shaded |= self._colours.is_background(number)

    def _pattern_cell(self, group: Group, number: int | None) -> None:
        group.story.is_row_shaded |= (number or 0) >= _PATTERN_SHADES_FROM

    # Fonts and colours

    def _font(self, group: Group, number: int | None) -> None:
        if group.is_font_table:
            self._fonts.start_font(number or 0)
        else:
            group.codec = self._fonts.codec(number)

    def _charset(self, group: Group, number: int | None) -> None:
        if group.is_font_table:
            self._fonts.set_charset(number or 0)

    def _font_code_page(self, group: Group, number: int | None) -> None:
        if group.is_font_table:
            self._fonts.set_font_code_page(number or 0)

    def _default_font(self, group: Group, number: int | None) -> None:
        self._fonts.default_font = number or 0

    def _code_page(self, group: Group, number: int | None) -> None:
        self._fonts.set_code_page(number or 0)
        group.codec = self._fonts.codec()

    def _mac(self, group: Group, _: int | None) -> None:
        self._code_page(group, 10000)

    def _pc(self, group: Group, _: int | None) -> None:
        self._code_page(group, 437)

    def _pca(self, group: Group, _: int | None) -> None:
        self._code_page(group, 850)

    def _red(self, group: Group, number: int | None) -> None:
        self._colours.mix("red", number or 0)

    def _green(self, group: Group, number: int | None) -> None:
        self._colours.mix("green", number or 0)

    def _blue(self, group: Group, number: int | None) -> None:
        self._colours.mix("blue", number or 0)

    def _plain_paragraph(self, group: Group, _: int | None) -> None:
        group.table_level = 0
        group.is_paragraph_shaded = False

    def _in_table(self, group: Group, number: int | None) -> None:
        group.table_level = max(group.table_level, 1) if number != 0 else 0

    def _table_level(self, group: Group, number: int | None) -> None:
        group.table_level = min(max(number or 0, 0), DEEPEST_TABLE)

    def _fallback(self, group: Group, number: int | None) -> None:
        group.fallback_characters = min(max(1 if number is None else number, 0), 100)
