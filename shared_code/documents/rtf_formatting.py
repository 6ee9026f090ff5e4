"""Control words of RTF that change how the text behind them looks: applied to the open group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared_code.documents.rtf_story import DEEPEST_TABLE
from shared_code.documents.visibility import BENEATH, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_code.documents.rtf_groups import Group
    from shared_code.documents.rtf_tables import ColourTable, FontTable

_USUAL_HALF_POINTS = 24
_FLAT_TWIPS = 40  # lines of less than 2 points


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
            b"pc": self._pc, b"pca": self._pca, b"deff": self._default_font, b"cb": self._maybe_shade,
            b"chcbpat": self._shade, b"highlight": self._highlight, b"chshdng": self._pattern,
            b"cbpat": self._shade_paragraph, b"shading": self._pattern_paragraph,
            b"clcbpat": self._shade_cell, b"clshdng": self._pattern_cell, b"trcbpat": self._shade_row,
            b"cellx": self._end_cell_definition, b"afs": self._other_size, b"charscalex": self._width,
            b"sl": self._line_height,
            **dict.fromkeys((b"outl", b"shad", b"embo", b"impr"), self._effect),
            **dict.fromkeys(
                (b"absw", b"posx", b"posnegx", b"posy", b"posnegy", b"pvpg", b"pvmrg", b"phpg", b"phmrg"),
                self._frame,
            ),
            **dict.fromkeys((b"tposx", b"tposnegx", b"tposy", b"tposnegy"), self._place_row),
        }  # fmt: skip

    # Characters' formatting

    def _plain(self, group: Group, _: int | None) -> None:
        group.is_hidden = group.is_deleted = group.has_pattern = group.has_effect = False
        group.colour, group.shade, group.highlight = UNKNOWN, BENEATH, BENEATH
        group.half_points, group.other_half_points, group.width_percent = _USUAL_HALF_POINTS, None, 100
        group.codec = self._fonts.codec()

    def _hide(self, group: Group, number: int | None) -> None:
        group.is_hidden = number != 0

    def _delete(self, group: Group, number: int | None) -> None:
        group.is_deleted = number != 0

    def _size(self, group: Group, number: int | None) -> None:
        group.half_points = _USUAL_HALF_POINTS if number is None else number

    def _other_size(self, group: Group, number: int | None) -> None:
        group.other_half_points = number

    def _width(self, group: Group, number: int | None) -> None:
        group.width_percent = 100 if number is None else number

    def _effect(self, group: Group, number: int | None) -> None:
        group.has_effect = number != 0

    def _text_colour(self, group: Group, number: int | None) -> None:
        group.colour = self._colours.text(number or 0)

    def _shade(self, group: Group, number: int | None) -> None:
        group.shade = self._colours.filling(number or 0)

    def _maybe_shade(self, group: Group, number: int | None) -> None:
        group.shade = self._colours.filling(number or 0) | BENEATH  # Word doesn't paint it, others do

    def _highlight(self, group: Group, number: int | None) -> None:
        group.highlight = self._colours.filling(number or 0)

    def _pattern(self, group: Group, number: int | None) -> None:
        group.has_pattern = bool(number)

    def _shade_paragraph(self, group: Group, number: int | None) -> None:
        group.paragraph_fill = self._colours.filling(number or 0)

    def _pattern_paragraph(self, group: Group, number: int | None) -> None:
        group.has_paragraph_pattern = bool(number)

    def _line_height(self, group: Group, number: int | None) -> None:
        group.is_flat = number is not None and -_FLAT_TWIPS < number < 0  # below zero it is exact

    def _frame(self, group: Group, _: int | None) -> None:
        group.is_framed = True

    # Rows

    def _shade_cell(self, group: Group, number: int | None) -> None:
        group.story.row.cell_fill = self._colours.filling(number or 0)

    def _pattern_cell(self, group: Group, number: int | None) -> None:
        group.story.row.is_cell_patterned = bool(number)

    def _shade_row(self, group: Group, number: int | None) -> None:
        group.story.row.fill = self._colours.filling(number or 0) | BENEATH

    def _end_cell_definition(self, group: Group, _: int | None) -> None:
        group.story.row.end_cell_definition()

    def _place_row(self, group: Group, _: int | None) -> None:
        group.story.row.is_free = True

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
        group.paragraph_fill = BENEATH
        group.has_paragraph_pattern = group.is_flat = group.is_framed = False

    def _in_table(self, group: Group, number: int | None) -> None:
        group.table_level = max(group.table_level, 1) if number != 0 else 0

    def _table_level(self, group: Group, number: int | None) -> None:
        group.table_level = min(max(number or 0, 0), DEEPEST_TABLE)

    def _fallback(self, group: Group, number: int | None) -> None:
        group.fallback_characters = min(max(1 if number is None else number, 0), 100)
