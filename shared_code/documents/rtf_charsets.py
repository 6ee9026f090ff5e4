"""Which codec an RTF file's code page numbers and its fonts' character sets mean."""

from __future__ import annotations

import codecs

SYMBOL = "symbol"  # no codec: its bytes are shapes, which stand in the private area at U+F000
DEFAULT = "cp1252"

# \fcharsetN as in Windows' LOGFONT; 1 is "default" and means the document's own.
_BY_CHARSET = {
    0: DEFAULT, 2: SYMBOL, 77: "mac_roman", 78: "cp932", 79: "cp949", 80: "gb18030", 81: "cp950",
    83: "mac_greek", 84: "cp1255", 85: "mac_turkish", 89: "mac_cyrillic", 88: "mac_latin2",
    128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
    254: "cp437", 255: "cp850",
}  # fmt: skip
_BY_CODE_PAGE = {
    708: "iso8859_6", 936: "gb18030", 1361: "johab", 10000: "mac_roman", 10001: "cp932", 10006: "mac_greek",
    10007: "mac_cyrillic", 10029: "mac_latin2", 10081: "mac_turkish", 20866: "koi8_r", 21866: "koi8_u",
    20932: "euc_jp", 51949: "euc_kr", 54936: "gb18030", 65001: "utf-8",
}  # fmt: skip


def codec_of_charset(charset: int) -> str | None:
    r"""Codec of a font's ``\fcharset``; None where the document's code page holds."""
    return _BY_CHARSET.get(charset)


def codec_of_code_page(number: int) -> str | None:
    r"""Codec of ``\ansicpg`` or ``\cpg``; None where Python knows no such code page."""
    if 28591 <= number <= 28606:
        return f"iso8859_{number - 28590}"
    name = _BY_CODE_PAGE.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def decode_run(data: bytes, codec: str) -> str:
    """Text of a run of bytes; what the code page lacks becomes the replacement character."""
    if codec == SYMBOL:
        return "".join(chr(0xF000 + byte) if byte >= 0x20 else chr(byte) for byte in data)
    return data.decode(codec, errors="replace")
