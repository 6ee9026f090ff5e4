"""Ways to damage a file: its bytes, its format's words, an archive's members, the tree of an XML part."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from random import Random

_ODD_VALUES = (
    "", "0", "-1", "1", "99999999999", "none", "true", "#ffffff", "\u202e", "x" * 3_000, "rId1",
    "https://example.org/", "javascript:x", "1e9pt", "../../x", "0pt", "32767",
)  # fmt: skip
_RECORDS: dict[bytes, tuple[tuple[int, int], ...]] = {  # places and widths of their fields
    b"PK\x03\x04": ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2), (30, 4)),
    b"PK\x01\x02": (
        (6, 2),
        (8, 2),
        (10, 2),
        (16, 4),
        (20, 4),
        (24, 4),
        (28, 2),
        (30, 2),
        (38, 4),
        (42, 4),
        (46, 4),
    ),
    b"PK\x05\x06": ((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)),
}
CODECS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp1252", "cp1250", "cp1251",
    "koi8_r", "iso8859_2", "iso8859_7", "mac_roman", "shift_jis", "euc_jp", "iso2022_jp", "gb18030", "big5",
    "euc_kr", "hz", "cp437", "cp037", "tis_620", "cp1255", "cp1256",
)  # fmt: skip
_MARKS = (
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xff\xfe\x00\x00",
    b"\x00\x00\xfe\xff",
    b"+/v8-",
    b"\x1b$B",
)
_MOST_BYTES = 400_000  # copies of copies must not outgrow what a run has time for


def edited(content: bytes, random: Random, words: tuple[bytes, ...], others: tuple[bytes, ...]) -> bytes:
    """Bytes with one to eight edits: flips, cuts, repetitions, the format's words, parts of other files."""
    for _ in range(random.randint(1, 8)):
        content = _once_edited(content, random, words, others)[:_MOST_BYTES]
    return content


def _once_edited(
    content: bytes, random: Random, words: tuple[bytes, ...], others: tuple[bytes, ...]
) -> bytes:
    at = random.randrange(len(content) + 1)
    end = min(at + random.choice([1, 2, 4, 16, 64, 1024]), len(content))
    kind = random.randrange(8)
    if kind == 0 and at < len(content):
        return content[:at] + bytes([content[at] ^ (1 << random.randrange(8))]) + content[at + 1 :]
    if kind == 1:
        return content[:at] + random.randbytes(random.randint(1, 8)) + content[end:]
    if kind == 2:
        return content[:at] + content[end:]
    if kind == 3:
        return content[:at] + content[at:end] * random.choice([2, 3, 50, 500]) + content[end:]
    if kind == 4:
        return content[:at] + random.choice(words) * random.choice([1, 1, 1, 2, 300]) + content[at:]
    if kind == 5:
        other = random.choice(others)
        start = random.randrange(len(other) + 1)
        return content[:at] + other[start : start + random.choice([8, 64, 512, 4096])] + content[end:]
    if kind == 6:
        return content[:at] if random.random() < 0.3 else content
    return re.sub(
        rb"\d+", lambda digits: random.choice([digits[0], b"0", b"-1", b"4294967296"]), content, count=40
    )


def with_edited_member(
    archive: bytes, random: Random, words: tuple[bytes, ...], others: tuple[bytes, ...]
) -> bytes:
    """An archive with one XML member rearranged or edited, another name, or one member left out."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    parts = [name for name in members if name.endswith((".xml", ".rels")) and members[name]]
    chosen = random.choice(parts)
    kind = random.randrange(10)
    if kind == 0:
        del members[chosen]
    elif kind == 1:
        members[random.choice(list(members))] = members[chosen]
    elif kind <= 3:
        members[chosen] = edited(members[chosen], random, words, others)
    else:
        members[chosen] = rearranged(members[chosen], random)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in members.items():
            written.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def with_edited_records(archive: bytes, random: Random) -> bytes:
    """An archive whose own records say something else: sizes, methods, flags, offsets, names, counts.

    Fields by APPNOTE.TXT of PKWARE, 4.3.7 (local header), 4.3.12 (central directory) and 4.3.16 (its end).
    """
    edited_archive = bytearray(archive)
    for _ in range(random.randint(1, 4)):
        signature = random.choice(list(_RECORDS))
        starts = [match.start() for match in re.finditer(re.escape(signature), archive)]
        if not starts:
            continue
        place, width = random.choice(_RECORDS[signature])
        at = random.choice(starts) + place
        value = random.choice(
            [0, 1, 8, 12, 99, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, random.getrandbits(32)]
        )
        edited_archive[at : at + width] = (value % (1 << 8 * width)).to_bytes(width, "little")
    if random.random() < 0.2:
        edited_archive += archive  # one archive after another: whose directory counts?
    return bytes(edited_archive)


def in_some_encoding(text: str, random: Random) -> tuple[bytes, str | None]:
    """A text's bytes, cut and mixed with another encoding's, and the media type under which it comes."""
    codecs = random.choices(CODECS, k=2)
    content = text.encode(codecs[0], "replace")
    if random.random() < 0.5:
        cut = random.randrange(len(content) + 1)
        content = content[:cut] + text.encode(codecs[1], "replace")[random.randrange(4) :]
    if random.random() < 0.4:
        content = random.choice(_MARKS) + content
    if random.random() < 0.3:
        content = content[: random.randrange(len(content) + 1)]
    declared = random.choice([None, *codecs, "utf-8", "x-nobody-knows", "\u00e4", "utf-8\x00", "a" * 300])
    return content, None if declared is None else f"text/plain; charset={declared}"


def rearranged(part: bytes, random: Random) -> bytes:
    """A well-formed part whose elements were moved, renamed, doubled, nested or taken out."""
    try:
        root = ElementTree.fromstring(part)
    except ElementTree.ParseError:
        return part
    try:
        for _ in range(random.randint(1, 8)):
            _once_rearranged(root, random)
        return bytes(ElementTree.tostring(root))
    except RecursionError:  # deeper than can be copied or written
        return part


def _once_rearranged(root: ElementTree.Element, random: Random) -> None:
    elements = list(root.iter())
    if len(elements) > 20_000:
        return
    one, other = random.choice(elements), random.choice(elements)
    kind = random.randrange(7)
    if kind == 0:
        one.tag = other.tag
    elif kind == 1 and other is not root:
        _copy_into(one, other, random.choice([1, 1, 30]))
    elif kind == 2 and len(one):
        del one[random.randrange(len(one))]
    elif kind == 3 and one.attrib:
        one.attrib[random.choice(list(one.attrib))] = random.choice(_ODD_VALUES)
    elif kind == 4:
        one.attrib.update(other.attrib)
    elif kind == 5:
        one.text = random.choice(_ODD_VALUES)
    elif kind == 6:
        inner = one
        for _ in range(random.choice([1, 5, 450])):
            inner = ElementTree.SubElement(inner, other.tag, dict(other.attrib))
        inner.text = "deep"


def _copy_into(parent: ElementTree.Element, child: ElementTree.Element, times: int) -> None:
    copied = copy.deepcopy(child)
    for _ in range(times):
        parent.insert(len(parent) // 2, copied)
