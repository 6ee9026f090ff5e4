"""Faults found in other people's documents, each in its smallest form; open ones are marked until mended."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from shared_code.documents.cv_likeness import Verdict, cv_likeness
from shared_code.documents.reading import read_document
from shared_code.errors import DocumentError
from tests.unit.documents.rtf_files import rtf

BODY = "Platform engineer in Lisbon since 2016, at Brightwater Analytics."
HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
FIELD_FONTS = b"/Resources<</Font<</F1 8 0 R>>>>"
# Letters of straight strokes as Helvetica draws them: advance, then rectangles, in thousandths of the size.
STROKES: Mapping[str, tuple[int, tuple[tuple[int, int, int, int], ...]]] = {
    "E": (667, ((86, 0, 95, 718), (86, 0, 530, 82), (86, 336, 491, 82), (86, 636, 530, 82))),
    "L": (556, ((76, 0, 95, 718), (76, 0, 461, 82))),
    "I": (278, ((91, 0, 95, 718),)),
    "T": (611, ((258, 0, 95, 718), (14, 636, 583, 82))),
}
SPACED_WIDTHS = {"O": 7.78, "K": 6.67, "T": 6.11, "A": 6.67, "P": 6.67, "R": 7.22} | dict.fromkeys(". ", 2.78)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(content), content)


def pdf_of_objects(*objects: bytes) -> bytes:
    """A PDF of objects numbered from 1, the first of them its catalogue."""
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(out))
    )


def page(content: bytes, *, box: bytes = b"0 0 400 300", font: bytes = HELVETICA) -> bytes:
    """A PDF of one page in Helvetica (F1), with states that hide text (G0) and show it (G1)."""
    return pdf_of_objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%b]/Contents 5 0 R/Resources<</Font<</F1 4 0 R>>"
        b"/ExtGState<</G0<</ca 0>>/G1<</ca 1>>>>>>>>" % box,
        font,
        stream(content),
    )


def shown(text: str | bytes, x: float, y: float, size: float = 10) -> bytes:
    """Operators that show a text."""
    encoded = text.encode("cp1252") if isinstance(text, str) else text
    return b"BT /F1 %.2f Tf %.2f %.2f Td (%b) Tj ET\n" % (size, x, y, encoded)


BODY_SHOWN = shown(BODY, 20, 40)


def outlined(text: str, x: float, y: float, size: float) -> bytes:
    """Operators that fill a text's outlines, a little emboldened, as browsers do without a bold face."""
    out = b""
    for letter in text:
        advance, strokes = STROKES[letter]
        for left, bottom, width, height in strokes:
            corner = x + left * size / 1000 - 0.2, y + bottom * size / 1000 - 0.2
            out += b"%.2f %.2f " % corner
            out += b"%.2f %.2f re f\n" % (width * size / 1000 + 0.4, height * size / 1000 + 0.4)
        x += advance * size / 1000
    return out


def emboldened() -> bytes:
    """A heading as Chrome prints it: outlines, and over them the text itself, without any colour."""
    heading = shown("TILE", 20, 200, 16)
    return page(outlined("TILE", 20, 200, 16) + b"/G0 gs\n" + heading + b"/G1 gs\n" + BODY_SHOWN)


def contoured() -> bytes:
    """A link as LaTeX's contour underlines it: sixteen times in white, all around, then in black."""
    turns = [math.pi * n / 8 for n in range(16)]
    halo = b"".join(shown("GitHub", 20 + 0.8 * math.sin(a), 200 + 0.8 * math.cos(a)) for a in turns)
    return page(b"19 198 m 60 198 l S\n1 g\n" + halo + b"0 g\n" + shown("GitHub", 20, 200) + BODY_SHOWN)


def inheriting() -> bytes:
    """A page that has its fonts from the page tree, one with codes of its own, and a filled field."""
    letters = sorted(set(BODY))
    named = {" ": "space", ",": "comma", ".": "period", "2": "two", "0": "zero", "1": "one", "6": "six"}
    names = "/".join(named.get(letter, letter) for letter in letters).encode()
    codes = bytes(letters.index(letter) + 1 for letter in BODY).hex().encode()
    return pdf_of_objects(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]>>>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]/Resources<</Font<</F1 4 0 R>>>>>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 5 0 R/Annots[6 0 R]>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[1/%b]>>>>" % names,
        stream(b"BT /F1 12 Tf 20 200 Td <%b> Tj ET" % codes),
        b"<</Subtype/Widget/FT/Tx/T(town)/V(Lisbon)/Rect[20 100 200 120]/F 4/AP<</N 7 0 R>>>>",
        stream(b"BT /F1 12 Tf 2 4 Td (Lisbon) Tj ET", b"/Subtype/Form/BBox[0 0 180 20]" + FIELD_FONTS),
        HELVETICA,
    )


def accented() -> bytes:
    """LaTeX without T1 fonts: an accent is set, then the letter under it."""
    line = b"BT /F1 10 Tf 20 200 Td [(Ines M) -111 (\xa8) 444 (uller, L) -111 (\xb4) 444 (eon)] TJ ET\n"
    return page(line + BODY_SHOWN)


def ligatures() -> bytes:
    """A TeX font whose codes 27 to 31 are ff, fi, fl, ffi, ffl, which the file doesn't say."""
    line = b"Certi\\034ed scienti\\034c work\\035ows, di\\033erent, e\\036cient, for all"
    widths = [b"556"] * 100
    for code, width in zip(b"\x1b\x1c\x1d\x1e\x1ffil", (800, 600, 600, 950, 950, 440, 220, 220), strict=True):
        widths[code - 27] = b"%d" % width
    font = b"<</Subtype/TrueType/BaseFont/Sample/FirstChar 27/LastChar 126/Widths[%b]>>" % b" ".join(widths)
    return page(shown(line, 20, 200) + BODY_SHOWN, font=b"<</Type/Font" + font[2:])


def tight() -> bytes:
    """A name set in a large size with a narrow space that no character stands for."""
    family_name = shown("Haddad", 20 + 34 * (2.611 + 0.11), 200, 34)
    return page(shown("Amira", 20, 200, 34) + family_name + BODY_SHOWN)


def spaced() -> bytes:
    """A period of employment in letters set wide apart, as Canva does, each letter an object."""
    out, x = b"", 20.0
    for letter in "OKT. 2023 - APR. 2025":
        out += shown(letter, x, 200) if letter != " " else b""
        x += SPACED_WIDTHS.get(letter, 5.56) + 2.6
    return page(out + BODY_SHOWN)


def edited_order() -> bytes:
    """Blocks of one column in the order in which somebody edited them, not from top to bottom."""
    lines = {"EXPERIENCE": 260, "EDUCATION": 160, "Brightwater Analytics": 240, "Fernhill Systems": 200}
    lines |= {
        "Lisbon Technical School": 140,
        "Platform engineer 2019 - 2023": 225,
        "Support analyst 2016 - 2019": 185,
    }
    return page(b"".join(shown(line, 20, y) for line, y in lines.items()))


SHOWN_TEXTS = {
    "outlines under text without colour": (emboldened(), "TILE"),
    "white copies around a black one": (contoured(), "GitHub"),
    "inherited fonts and a form field": (inheriting(), BODY),
    "star amid a group of RTF": (
        rtf(r"{\fs24\*\cs7\cf0 Platform engineer in Lisbon since 2016}"),
        "Platform engineer in Lisbon",
    ),
    "accents set before their letters": (accented(), "Ines Müller, Léon"),
    "ligatures at codes of TeX": (ligatures(), "Certified scientific workflows, different, efficient"),
    "narrow space in a large name": (tight(), "Amira Haddad"),
    "period in spaced letters": (spaced(), "OKT. 2023 - APR. 2025"),
}


@pytest.mark.parametrize(("content", "expected"), SHOWN_TEXTS.values(), ids=SHOWN_TEXTS)
def test_what_a_person_sees_is_in_the_text(content: bytes, expected: str) -> None:
    """Text that anybody sees on the page comes out whole and is not called hidden."""
    document = read_document(content)
    assert expected in " ".join(document.text.split())
    assert not [finding for finding in document.findings if finding.code == "hiddenText"]


def test_one_column_reads_from_top_to_bottom() -> None:
    """Each position stands behind its employer, whatever the order in which the blocks were made."""
    text = read_document(edited_order()).text
    wanted = ("Brightwater", "2019 - 2023", "Fernhill", "2016 - 2019", "EDUCATION", "School")
    assert [text.index(word) for word in wanted] == sorted(text.index(word) for word in wanted)


def test_page_without_size_is_an_error_of_ours() -> None:
    """A page whose visible part is empty gives an error that says what to do."""
    with pytest.raises(DocumentError):
        read_document(page(BODY_SHOWN, box=b"0 0 800 600]/CropBox[600 800 1000 1000"))


def test_list_with_semicolons_is_no_source_code() -> None:
    """A Russian CV, whose list items end with semicolons as the language's rules ask, is not called code."""
    skills = ["вёрстка страниц", "макеты", "работа в команде", "базы данных", "тестирование", "отчёты"]
    lines = ["Амира Хаддад", "Навыки:", *(f"• {skill};" for skill in skills), "Образование", "Онлайн-школа"]
    assert cv_likeness("\n".join(lines)).verdict is not Verdict.NOT_A_CV
