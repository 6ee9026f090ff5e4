"""Bytes of unknown encoding become a string: marks and declarations first, then what reads plausibly."""

from __future__ import annotations

import codecs
import re

from shared_code.documents.alphabets import spelled_in_one_language
from shared_code.errors import NoTextError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 8192
_GUESSED_BYTES = 200_000
_DECLARATION = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:+-]{1,40})|<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:+-]{1,40})",
    re.IGNORECASE,
)
# What a Western European CV is written with beyond ASCII: letters, quotes, dashes, bullets, currency.
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŠšŽžŸ€‘’“”„‚‹›«»–—•…·°§©®™¡¿ºª½¼¾²³±×´¨£\xa0\xad"
)
_ACCENTED_LETTERS = re.compile(r"[À-ÖØ-öø-ÿŒœŠšŽžŸƒ]")
# "Pawe³", "mo¿na", "Öâåò" with a sign in it: a sign inside a word is another code page's letter.
_SIGN_IN_WORD = re.compile(
    r"[^\W\d_][¹²³£¥¢¤¦§¬¶¸¾¼½¿¡±µ×÷‡†‰ˆ˜][^\W\d_]|[a-z][ŠŸŽ][a-z]|[a-zà-ÿ][³¹¿]|[£¿][a-zà-ÿ]{2}"
)
_ACCENT_RUN = re.compile(r"[À-ÖØ-öø-ÿŒœŠšŽžŸ]{3,}")
_HEBREW_ONLY = re.compile(rb"[\xe0-\xfa]{8,}")  # Russian would have capitals, ы, ь or я among them
_MULTIBYTE = ("gb18030", "shift_jis", "euc_jp", "cp949", "big5")
_SUPERSET = {"shift_jis": "cp932", "big5": "big5hkscs"}
_SINGLE_BYTE = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r", "koi8_u",
    "iso8859_2", "iso8859_5", "iso8859_7", "mac_roman", "cp437", "cp850", "cp866", "tis_620",
)  # fmt: skip


def decode(content: bytes, declared: str | None = None) -> str:
    """Text of ``content``.

    Order: byte order mark, UTF-16 by its pattern of NULs, strict UTF-8, the declared charset (of the
    media type, the XML declaration or the ``meta`` element), East Asian pairs, the code page under
    which all letters belong to one Latin-script language, Windows-1252 where the result reads as
    Western text, then charset-normalizer among the code pages CVs are written in.

    Raises:
        NoTextError: the bytes are no text in any encoding.
    """
    for mark, codec in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(codec, errors="replace")
    if utf16 := utf16_without_bom(content[:_SAMPLE_BYTES]):
        return content.decode(utf16, errors="replace")
    if content.count(0) * 100 > len(content):
        raise NoTextError("The file holds binary data, not text: save the CV as PDF or DOCX and send that.")
    content = content.replace(b"\x00", b"")
    stateful = "iso2022_jp" if b"\x1b$" in content else None  # seven-bit, so it would pass as UTF-8
    for name in (stateful, "utf-8", declared, _declared_inside(content)):
        text = _strictly(content, name)
        if text is not None:
            return text
    return _guess(content)


def utf16_without_bom(sample: bytes) -> str | None:
    """Codec of UTF-16 text without a mark: NULs stand at every other byte, on one side only."""
    sample = sample[: len(sample) & ~1]
    if len(sample) < 4:
        return None
    pairs = len(sample) // 2
    high_first, high_second = sample[0::2].count(0), sample[1::2].count(0)
    for zeros, others, name in (
        (high_second, high_first, "utf-16-le"),
        (high_first, high_second, "utf-16-be"),
    ):
        if zeros * 10 >= pairs * 3 and others * 20 <= pairs:
            text = sample.decode(name, errors="replace")
            readable = sum(1 for c in text if c.isprintable() or c in "\r\n\t\f")
            return name if readable * 10 >= len(text) * 9 else None
    return None


def _declared_inside(content: bytes) -> str | None:
    match = _DECLARATION.search(content[:_SAMPLE_BYTES])
    return (match.group(1) or match.group(2)).decode("ascii", "replace") if match else None


def _strictly(content: bytes, name: str | None) -> str | None:
    """Text in the named encoding, or None where it has none such or the bytes break its rules."""
    if not name:
        return None
    try:
        # Browsers read "iso-8859-1" as Windows-1252, and so do the people who declare it.
        codec = codecs.lookup(name).name
        return content.decode("cp1252" if codec in {"iso8859-1", "ascii"} else codec)
    except (LookupError, ValueError):  # a codec that gives no text is a LookupError too
        return None


def _guess(content: bytes) -> str:
    if _comes_in_pairs(content):
        east_asian = _best_of(content, _MULTIBYTE)
        if east_asian is not None and _reads_as_east_asian(east_asian):
            return east_asian
    spelled = spelled_in_one_language(content)
    if spelled is not None:
        return spelled
    western = _strictly(content, "cp1252")
    if western is not None and _reads_as_western(western):
        return _strictly(content, _neighbour_of_western(western)) or western
    if _HEBREW_ONLY.fullmatch(bytes(byte for byte in content[:_SAMPLE_BYTES] if byte > 0x7F)):
        return content.decode("cp1255", errors="replace")
    return _best_of(content, _SINGLE_BYTE) or content.decode("cp1252", errors="replace")


def _best_of(content: bytes, candidates: tuple[str, ...]) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(content[:_GUESSED_BYTES], cp_isolation=list(candidates)).best()
    if best is None:
        return None
    # A character cut in two at the sample's end must not cost the whole text.
    return content.decode(_SUPERSET.get(best.encoding, best.encoding), errors="replace")


def _comes_in_pairs(content: bytes) -> bool:
    """Whether bytes over 0x7F mostly stand in runs of pairs, as in double-byte text."""
    runs = re.findall(rb"(?:[\x81-\xfe][\x40-\xfe])+", content[:_SAMPLE_BYTES])
    paired = sum(len(run) for run in runs)
    in_runs = sum(len(run) for run in runs if len(run) >= 4)
    return in_runs * 2 > paired


def _reads_as_east_asian(text: str) -> bool:
    beyond_ascii = [c for c in text[:_SAMPLE_BYTES] if ord(c) > 0x7F]
    return sum(1 for c in beyond_ascii if c >= "\u2e80") * 10 >= len(beyond_ascii) * 7


def _reads_as_western(text: str) -> bool:
    beyond_ascii = [c for c in text[:_GUESSED_BYTES] if ord(c) > 0x7F]
    if any(c not in _WESTERN and not _ACCENTED_LETTERS.match(c) for c in set(beyond_ascii)):
        return False
    odd = len(_SIGN_IN_WORD.findall(text)) + len(_ACCENT_RUN.findall(text))
    return odd * 50 <= len(beyond_ascii)


def _neighbour_of_western(text: str) -> str | None:
    """Code page that differs from Windows-1252 in a few letters only, where those are the telling ones."""
    letters = set(text.lower())
    if letters & set("ýþð") and not letters & set("áæ"):  # with those it is Icelandic
        return "cp1254"
    if letters & set("õû") and letters & set("áé") and not letters & set("ãçêâà"):  # Hungarian ő, ű
        return "cp1250"
    return None
