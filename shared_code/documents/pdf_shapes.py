"""Words that leave no ink, but whose shapes are in the page's picture because something else draws them.

A browser fills the letters it emboldens or outlines as paths and lays the text over them without ink, to be
selected. Other programs draw a text several times, of which PDFium's text keeps the first copy, or lay
recognised text over a picture. Whoever sees the page reads all of that, so it is no hidden text.

What lies on letters that the text holds anyway is left alone: there hidden words could only say other things.
"""

from __future__ import annotations

from ctypes import c_void_p, cast
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from pypdfium2 import raw

from shared_code.documents import pdf_getters as getters
from shared_code.documents.pdf_getters import Gauge
from shared_code.documents.pdf_likeness import Comparison
from shared_code.documents.pdf_words import Word, axes_of, union

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pypdfium2 import PdfPage

    from shared_code.documents.pdf_canvas import Canvas, Rows
    from shared_code.documents.pdf_getters import Box

# Of 2,465 letters that browsers drew as paths the least alike has 0.62, of 700 words 0.64. Other words of the
# same size, drawn in a word's place, reach 0.5 in one of twenty cases, and 0.87 where one digit differs.
_ALIKE = 0.6
_ALIKE_WHERE_SHORT = 0.7  # one or two letters with nothing beside them
_ALIKE_IN_RUN = 0.5  # where most of a line is alike
_LETTER_ALIKE = 0.45
_ALIKE_IN_PICTURE = 0.2  # where most words on a picture are alike: a recogniser lays its own letters there
_FEW_LETTERS = 2
_BESIDE_OF_HEIGHT = 0.25  # looked at left and right of a token: a letter out of another word isn't one
_ABOVE_OF_HEIGHT = 0.15
_AROUND_LETTER_OF_HEIGHT = 0.12
_ROW_POINTS = 20.0
_MOST_ROWS = 60
_MOST_COMPARISONS = 500_000  # a page of a thousand words takes a fifth of it
_MOST_LAYERS = 4
_LEAST_OVERLAP = 0.25  # of the smaller of two words that lie on one another
_LEAST_OF_LETTER = 0.4  # of a letter that lies on a word; letters beside it overlap less
_WIDEST_GAP = 4  # signs and spaces between the tokens of a run
_DEEPEST_FORM = 8


@dataclass(frozen=True, slots=True)
class DrawnWords:
    """Identities of the words that are drawn, and whether some of them can only be a recogniser's."""

    identities: frozenset[int] = frozenset()
    has_ocr_layer: bool = False


@dataclass(slots=True)
class _Token:
    """Words that follow one another without a gap: one word to whoever reads them."""

    words: list[Word] = field(default_factory=list)
    around: Box = (0.0, 0.0, 0.0, 0.0)
    letter_height: float = 0.0
    likeness: float = 0.0
    has_alike_letters: bool = False

    def measure(self) -> None:
        self.around = union(word.around for word in self.words)
        self.letter_height = median(box[3] - box[1] for word in self.words for box in word.boxes)

    @property
    def letters(self) -> int:
        return sum(len(word.indexes) for word in self.words)

    @property
    def surroundings(self) -> Box:
        """Its box and a little beside it: a letter out of another word has neighbours there."""
        return _wider(
            self.around, _BESIDE_OF_HEIGHT * self.letter_height, _ABOVE_OF_HEIGHT * self.letter_height
        )

    def follows(self, other: _Token) -> bool:
        """Whether it continues another token's line."""
        gap = self.words[0].indexes[0] - other.words[-1].indexes[-1]
        mine, others = self.around, other.around
        return gap <= _WIDEST_GAP and min(mine[3], others[3]) > max(mine[1], others[1])


def find_drawn(
    page: PdfPage, canvas: Canvas, full: Rows, inkless: Sequence[Word], seen: Iterable[Word]
) -> DrawnWords:
    """Which words without ink are drawn by something else.

    Afterwards the page can't be painted any more: most of its objects are off, and texts have turned black.

    Args:
        page: loaded.
        canvas: on which ``full`` was painted.
        full: the page as it looks.
        inkless: words without ink, in the order of the text.
        seen: words that leave ink.
    """
    comparison = Comparison(canvas, full)
    tokens = [token for token in _tokens(inkless) if comparison.has_shapes(token.surroundings)]
    if not tokens:
        return DrawnWords()
    taken = _Places()
    taken.add_letters(seen)
    found: set[int] = set()
    has_ocr_layer = False
    for layer in _layers(tokens):
        free = [
            token
            for token in layer
            if not any(taken.has_one_on(word.around, _LEAST_OF_LETTER) for word in token.words)
        ]
        if not free:
            continue
        alone = _painted_alone(page, canvas, {word.address for token in free for word in token.words})
        for token in free:
            _compare(token, comparison, alone)
        drawn = _drawn(free)
        if len(drawn) < len(free):
            recognised = _recognised(free, drawn, _pictures(page))
            has_ocr_layer = has_ocr_layer or bool(recognised)
            drawn += recognised
        words = [word for token in drawn for word in token.words]
        taken.add_letters(words)  # of a text that is there several times, only one copy is read
        found.update(map(id, words))
    return DrawnWords(frozenset(found), has_ocr_layer)


def _tokens(words: Iterable[Word]) -> list[_Token]:
    tokens: list[_Token] = []
    last: Word | None = None
    for word in words:
        if last is None or word.indexes[0] != last.indexes[-1] + 1:
            tokens.append(_Token())
        tokens[-1].words.append(word)
        last = word
    for token in tokens:
        token.measure()
    return tokens


class _Places:
    """Boxes, found by where they stand; of too many that are asked for, each counts as taken."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Box]] = {}
        self._comparisons_left = _MOST_COMPARISONS

    def add(self, box: Box) -> None:
        """Remember a box."""
        for row in self._spanned(box):
            self._rows.setdefault(row, []).append(box)

    def add_letters(self, words: Iterable[Word]) -> None:
        """Remember where letters stand."""
        for word in words:
            for box in word.boxes:
                self.add(box)

    def has_one_on(self, box: Box, share: float) -> bool:
        """Whether a box has ``share`` of its or the other's width and height in common with one of them."""
        left, top, right, bottom = box
        self._comparisons_left -= sum(len(self._rows.get(row, ())) for row in self._spanned(box))
        return self._comparisons_left < 0 or any(
            min(right, other[2]) - max(left, other[0]) > share * min(right - left, other[2] - other[0])
            and min(bottom, other[3]) - max(top, other[1]) > share * min(bottom - top, other[3] - other[1])
            for row in self._spanned(box)
            for other in self._rows.get(row, ())
        )

    @staticmethod
    def _spanned(box: Box) -> range:
        first = int(box[1] // _ROW_POINTS)
        return range(first, min(int(box[3] // _ROW_POINTS), first + _MOST_ROWS) + 1)


def _layers(tokens: Iterable[_Token]) -> list[list[_Token]]:
    """Tokens in layers, in each of which none lies on another."""
    layers: list[tuple[list[_Token], _Places]] = []
    for token in tokens:
        free = (layer for layer in layers if not layer[1].has_one_on(token.around, _LEAST_OVERLAP))
        layer = next(free, None)
        if layer is None:
            if len(layers) == _MOST_LAYERS:
                continue
            layer = [], _Places()
            layers.append(layer)
        layer[0].append(token)
        layer[1].add(token.around)
    return [layer for layer, _ in layers]


# Likeness


def _compare(token: _Token, comparison: Comparison, alone: Rows) -> None:
    """Look at a token as a whole and letter by letter."""
    slack = _AROUND_LETTER_OF_HEIGHT * token.letter_height
    token.likeness, shift = comparison.of_word(alone, token.surroundings, _ALIKE_WHERE_SHORT)
    token.has_alike_letters = token.likeness >= _ALIKE_IN_RUN and all(
        comparison.of_letter(alone, _wider(box, slack, slack), _LETTER_ALIKE, shift).share >= _LETTER_ALIKE
        for word in token.words
        for box in word.boxes
    )


def _drawn(tokens: Sequence[_Token]) -> list[_Token]:
    """Tokens that are drawn letter by letter, on lines most of which is drawn.

    One token that happens to look like what lies beneath doesn't reveal a hidden line, and in a line that
    is drawn one that is less alike (it is underlined, or stands on an edge) isn't hidden.
    """
    drawn: list[_Token] = []
    for run in _runs(tokens):
        alike = [token for token in run if token.has_alike_letters]
        sure = [token for token in alike if token.likeness >= _ALIKE]
        letters = sum(token.letters for token in run)
        if 2 * sum(token.letters for token in sure) <= letters:
            continue
        if letters > _FEW_LETTERS or sure[0].likeness >= _ALIKE_WHERE_SHORT:
            drawn += alike
    return drawn


def _runs(tokens: Iterable[_Token]) -> list[list[_Token]]:
    runs: list[list[_Token]] = []
    for token in tokens:
        if runs and token.follows(runs[-1][-1]):
            runs[-1].append(token)
        else:
            runs.append([token])
    return runs


def _recognised(tokens: Sequence[_Token], drawn: Sequence[_Token], pictures: Iterable[Box]) -> list[_Token]:
    """Further tokens over pictures whose words are, for the most part, what can be read there."""
    known = {id(token) for token in drawn}
    recognised: list[_Token] = []
    for picture in pictures:
        on_it = [token for token in tokens if _holds(picture, token.around)]
        alike = sum(token.letters for token in on_it if token.likeness >= _ALIKE_IN_RUN)
        if 2 * alike > sum(token.letters for token in on_it):
            rest = [t for t in on_it if t.likeness >= _ALIKE_IN_PICTURE and id(t) not in known]
            recognised += rest
            known.update(map(id, rest))
    return recognised


def _holds(picture: Box, box: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return picture[0] < x < picture[2] and picture[1] < y < picture[3]


def _wider(box: Box, across: float, along: float) -> Box:
    return box[0] - across, box[1] - along, box[2] + across, box[3] + along


# The page


def _pictures(page: PdfPage) -> list[Box]:
    """Where pictures lie, in points from the visible top left."""
    axes, _ = axes_of(page)
    gauge = Gauge()
    return [
        axes.box(gauge.box(address))
        for address in _objects(page)
        if getters.type_of(address) == raw.FPDF_PAGEOBJ_IMAGE
    ]


def _painted_alone(page: PdfPage, canvas: Canvas, addresses: set[int]) -> Rows:
    """Some texts in black and nothing else."""
    _leave(_objects(page), addresses)
    return canvas.paint(raw.FPDF_GRAYSCALE)


def _objects(page: PdfPage) -> list[int]:
    address = cast(page.raw, c_void_p).value or 0
    return [getters.object_at(address, index) for index in range(getters.count_objects(address))]


def _leave(objects: Iterable[int], addresses: set[int], depth: int = 1) -> bool:
    """Switch off all but some texts and the forms they are in; returns whether there are any."""
    has_any = False
    for address in objects:
        page_object: Any = cast(address, raw.FPDF_PAGEOBJECT)
        is_left = address in addresses
        if is_left:
            raw.FPDFPageObj_SetFillColor(page_object, 0, 0, 0, getters.OPAQUE)
            raw.FPDFTextObj_SetTextRenderMode(page_object, raw.FPDF_TEXTRENDERMODE_FILL)
        elif getters.type_of(address) == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
            parts = [getters.part_at(address, index) for index in range(getters.count_parts(address))]
            is_left = _leave(parts, addresses, depth + 1)
        raw.FPDFPageObj_SetIsActive(page_object, is_left)
        has_any = has_any or is_left
    return has_any
