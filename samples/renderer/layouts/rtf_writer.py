r"""What an RTF file is made of, as Word writes it: its tables, its paragraphs, and text in a code page.

Word on a Polish Windows writes bytes of the code page 1250 where the font has a Central European part,
``\u`` with a substitute where it has not, and Cyrillic in a font of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from samples.renderer.dates import RENDERED_ON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from samples.renderer.model import Person

CODE_PAGE = "cp1250"
INK, ACCENT, GREY, BLUE, TINT = 1, 2, 3, 4, 5

_FONTS = (
    (0, "roman", 238, "02020603050405020304", "Times New Roman"),
    (1, "swiss", 238, "020b0604020202020204", "Arial"),
    (2, "roman", 2, "05050102010706020507", "Symbol"),
    (3, "swiss", 0, "020b0604020202020204", "Arial"),
    (4, "swiss", 204, "020b0604020202020204", "Arial"),
)
_COLOURS = ("26303a", "8a4b12", "68707a", "1f5fa8", "dccdbb")
_KEYWORDS = {
    "\\": r"\\", "{": r"\{", "}": r"\}", "\t": r"\tab ", "\u00a0": r"\~", "\u2011": r"\_", "\u00ad": r"\-",
    "–": r"\endash ", "—": r"\emdash ", "‘": r"\lquote ", "’": r"\rquote ", "“": r"\ldblquote ",
    "”": r"\rdblquote ", "•": r"\bullet ",
}  # fmt: skip
_CYRILLIC = re.compile("[\u0400-\u04ff]+(?: [\u0400-\u04ff]+)*")
_BULLET = r"{\listtext\pard\plain\f2\fs20 \'b7\tab}"


def text(value: str) -> str:
    """Text in a font with a Central European part: the code page where it has the letter."""
    parts: list[str] = []
    end = 0
    for match in _CYRILLIC.finditer(value):
        parts += [_letters(value[end : match.start()]), _cyrillic(match[0])]
        end = match.end()
    return "".join(parts) + _letters(value[end:])


def western(value: str) -> str:
    r"""Text in a font without one: everything beyond ASCII as ``\u`` with a question mark behind it."""
    return "".join(_KEYWORDS.get(sign) or (sign if sign.isascii() else _unicode(sign, "?")) for sign in value)


def _letters(value: str) -> str:
    return "".join(_KEYWORDS.get(sign) or _letter(sign) for sign in value)


def _letter(sign: str) -> str:
    if sign.isascii():
        return sign
    try:
        return rf"\'{sign.encode(CODE_PAGE)[0]:02x}"
    except UnicodeEncodeError:
        return _unicode(sign, "?")


def _cyrillic(value: str) -> str:
    letters = "".join(sign if sign == " " else _unicode(sign, sign) for sign in value)
    return rf"{{\f4\lang1058\langnp1058 {letters}}}"


def _unicode(sign: str, substitute: str) -> str:
    return rf"\u{ord(sign)}\'{substitute.encode('cp1251')[0]:02x}"


def link(shown: str, target: str) -> str:
    """A HYPERLINK field with its result, underlined."""
    return (
        rf'{{\field{{\*\fldinst {{ HYPERLINK "{text(target)}" }}}}'
        rf"{{\fldrslt {{\cs15\f1\fs19\ul\cf{BLUE} {text(shown)}}}}}}}"
    )


def paragraph(content: str, look: str) -> str:
    """A paragraph outside of tables."""
    return rf"\pard\plain \ltrpar{look} {{{content}}}{{\par }}"


def bullet(content: str) -> str:
    """An item of the document's one list, with the label that old readers need."""
    look = r"\ql \fi-284\li284\ri0\sa20\widctlpar\ls1\ilvl0\f1\fs19\cf1\lang2057\langnp2057"
    return rf"\pard\plain \ltrpar{look} {_BULLET}{{{content}}}{{\par }}"


def row(cells: Iterable[str], rights: Iterable[int], borders: str) -> str:
    """A table row; every cell is its paragraphs, the last without its mark.

    Args:
        cells: the cells' content.
        rights: where the cells end, in twips from the margin.
        borders: control words that stand before each cell's end.
    """
    ends = "".join(rf"{borders}\clvertalt\cltxlrtb\cellx{right}" for right in rights)
    head = rf"\trowd \ltrrow\trgaph108\trleft0\trpaddl108\trpaddr108\trpaddfl3\trpaddfr3{ends}"
    return f"{head}\n" + "\n".join(rf"{cell}\cell" for cell in cells) + f"\n{head}\\row\n"


def cell_paragraph(content: str, look: str, depth: int = 1) -> str:
    """A paragraph inside of a cell, without the mark that ends it."""
    level = rf"\itap{depth}" if depth > 1 else ""
    return rf"\pard\plain \ltrpar\ql \intbl{level}\f1\cf{INK}\lang2057\langnp2057{look} {{{content}}}"


def nested_row(cells: Iterable[str], rights: Iterable[int], borders: str) -> str:
    """A row of a table inside a cell: its properties follow its cells, for readers that know of them."""
    ends = "".join(rf"{borders}\clvertalt\cltxlrtb\cellx{right}" for right in rights)
    body = "\n".join(rf"{cell}\nestcell{{\nonesttables\par }}" for cell in cells)
    return (
        rf"{body}{{\*\nesttableprops\trowd \ltrrow\trgaph70\trleft0\trpaddl70\trpaddr70\trpaddfl3\trpaddfr3"
        rf"{ends}\nestrow}}{{\nonesttables\par }}"
    )


def file(person: Person, body: Iterable[str], footer: str) -> bytes:
    """The whole file: everything that Word writes before the first paragraph, then ``body``."""
    saved = RENDERED_ON
    moment = rf"\yr{saved.year}\mo{saved.month}\dy{saved.day}\hr{saved.hour}\min{saved.minute}"
    lines = [
        r"{\rtf1\adeflang1025\ansi\ansicpg1250\uc1\adeff0\deff0\stshfdbch0\stshfloch1\stshfhich1\stshfbi0"
        r"\deflang1045\deflangfe1045",
        _font_table(),
        _colour_table(),
        r"{\stylesheet{\ql \widctlpar\f1\fs19\cf1\lang2057\langnp2057 \snext0 Normal;}"
        r"{\s1\ql \keepn\sb160\sa60\f3\fs24\b\cf2 \sbasedon0 \snext0 heading 1;}"
        r"{\*\cs10 \additive Default Paragraph Font;}"
        r"{\*\cs15 \additive \f1\fs19\ul\cf4 \sbasedon10 Hyperlink;}"
        r"{\s16\ql \tx4820\tqr\tx9638\f1\fs16\cf3 \sbasedon0 \snext16 footer;}}",
        r"{\*\listtable{\list\listtemplateid735210{\listlevel\levelnfc23\leveljc0\levelfollow0\levelstartat1"
        r"\levelspace0\levelindent0{\leveltext\'01\u-3913 ?;}{\levelnumbers;}\f2\fbias0 \fi-284\li284 }"
        r"{\listname ;}\listid48213}}"
        r"{\*\listoverridetable{\listoverride\listid48213\listoverridecount0\ls1}}",
        rf"{{\info{{\title CV {text(person.name)}}}{{\author {text(person.name)}}}"
        rf"{{\operator {text(person.name)}}}"
        rf"{{\creatim{moment}}}{{\revtim{moment}}}{{\version3}}{{\nofpages1}}}}",
        r"\paperw11906\paperh16838\margl1134\margr1134\margt964\margb964\widowctrl\ftnbj\hyphauto0\viewkind1"
        r"\viewscale100",
        r"\sectd \ltrsect\footery567\sectlinegrid360",
        footer,
        *body,
        "}",
    ]
    return ("\n".join(lines) + "\n").replace("\n", "\r\n").encode("ascii")


def _font_table() -> str:
    entries = "".join(
        rf"{{\f{number}\f{family}\fcharset{charset}\fprq2{{\*\panose {panose}}}{name};}}"
        for number, family, charset, panose, name in _FONTS
    )
    return rf"{{\fonttbl{entries}}}"


def _colour_table() -> str:
    entries = "".join(
        rf"\red{int(colour[:2], 16)}\green{int(colour[2:4], 16)}\blue{int(colour[4:], 16)};"
        for colour in _COLOURS
    )
    return rf"{{\colortbl;{entries}}}"
