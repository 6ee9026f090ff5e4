"""PDFs written by hand, object by object, for what no library would draw."""

from __future__ import annotations

import zlib

from tests.unit.documents.files import FILLER

HELVETICA = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
A4 = "/MediaBox[0 0 595 842]"
LINE = f"BT /F1 11 Tf 50 800 Td ({FILLER}) Tj ET\n"


def stream(dictionary: str, data: str) -> str:
    """A stream object's body."""
    return f"<<{dictionary}/Length {len(data)}>>stream\n{data}\nendstream"


def form(data: str, entries: str = "", *, box: str = "0 0 595 842") -> str:
    """A form with the page's font."""
    resources = f"/Resources<</Font<</F1 {HELVETICA}>>>>"
    return stream(f"/Type/XObject/Subtype/Form/BBox[{box}]{resources}{entries}", data)


def image(*grey: int) -> str:
    """A row of grey pixels."""
    data = "".join(f"{value:02x}" for value in grey) + ">"
    shape = f"/Width {len(grey)}/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray"
    return stream(f"/Type/XObject/Subtype/Image{shape}/Filter/ASCIIHexDecode", data)


def drawing(
    content: str, *extra: str, resources: str = "", page: str = A4, root: str = "", line: str = LINE
) -> bytes:
    """A page with the visible line and ``content``; ``extra`` are objects 5 (X5 or F5), 6 and so on."""
    fonts = f"/F1 {HELVETICA}/F5 5 0 R"
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{root}>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/Contents 4 0 R{page}"
        f"/Resources<</Font<<{fonts}>>/XObject<</X5 5 0 R>>{resources}>>>>",
        stream("", line + content),
        *extra,
    ]
    numbered = "\n".join(f"{number} 0 obj{body}\nendobj" for number, body in enumerate(objects, start=1))
    return f"%PDF-1.7\n{numbered}\ntrailer<</Root 1 0 R/Size {len(objects) + 1}>>\n%%EOF".encode("latin-1")


def words(text: str, at: str = "50 600 Td", *, size: float = 11, font: str = "F1") -> str:
    """A text object."""
    return f"BT /{font} {size} Tf {at} ({text}) Tj ET\n"


def state(entries: str) -> str:
    """A graphics state G."""
    return f"/ExtGState<</G<<{entries}>>>>"


def object_stream(data: bytes, filters: bytes = b"/Filter/FlateDecode") -> bytes:
    """An object stream as it stands in a file."""
    return b"9 0 obj<</Type/ObjStm" + filters + b">>stream\r\n" + zlib.compress(data) + b"\nendstream"


# Objects of fonts: one whose glyphs are all object 6, with its characters in object 7; one that isn't there.
BLANK_GLYPHS = (
    "<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]/Resources<<>>"
    "/CharProcs<</x 6 0 R>>/Encoding<</Type/Encoding/Differences[32" + "/x" * 95 + "]>>"
    f"/FirstChar 32/LastChar 126/Widths[{'500 ' * 95}]/ToUnicode 7 0 R>>"
)
TO_UNICODE = stream(
    "",
    "/CIDInit/ProcSet findresource begin 12 dict begin begincmap /CMapName/U def /CMapType 2 def "
    "1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <20> <7e> <0020> endbfrange "
    "endcmap end end",
)
MISSING_FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/Nowhere/Encoding/UniJIS-UTF16-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType2/BaseFont/Nowhere/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>"
    "/FontDescriptor<</Type/FontDescriptor/FontName/Nowhere/Flags 4/FontBBox[0 -137 1000 859]/ItalicAngle 0"
    "/Ascent 859/Descent -137/StemV 80>>/DW 1000>>]>>"
)
