"""State that no page object shows is found in a PDF's bytes, wherever it may be named."""

from __future__ import annotations

import pytest

from shared_code.documents.pdf_state import UnshownState, unshown_state
from tests.unit.documents.pdf_files import object_stream


def _id(value: object) -> str:
    return repr(value)[:40] if isinstance(value, bytes) else "state"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<</Type/Page>>", UnshownState()),
        (b"<</S/TR/P 5 0 R>>", UnshownState()),
        (b"<</TR 5 0 R>>", UnshownState(is_decisive=True)),
        (b"<</T#52 5 0 R>>", UnshownState(is_decisive=True)),
        (b"<</BaseFont/Some#20Sans>>", UnshownState()),
        (b"[/Pattern /DeviceRGB]", UnshownState()),
        (b"[/Pattern /DeviceRGB] <</PatternType 2>>", UnshownState(True, has_patterns=True)),
        (b"[/Pattern] <</PatternType 1/PaintType 1>>", UnshownState(has_patterns=True)),
        (b"<</PatternType 1/PaintType 2>>", UnshownState(True, has_patterns=True)),
        (b"<</Subtype/Type3>>", UnshownState(has_drawn_glyphs=True)),
        (object_stream(b"<</Type/Font>>"), UnshownState()),
        (object_stream(b"<</OCProperties<<>>>>"), UnshownState(is_decisive=True)),
        (object_stream(b"<<>>") + object_stream(b"<</OCGs 1 0 R>>"), UnshownState(is_decisive=True)),
        (object_stream(b"", b"/Filter[/FlateDecode/LZWDecode]"), UnshownState(is_decisive=True)),
        (object_stream(b"", b"/Filter/FlateDecode/DecodeParms 3 0 R"), UnshownState(is_decisive=True)),
        (b"<</Type/ObjStm/Filter/FlateDecode>>stream\nencrypted", UnshownState(is_decisive=True)),
        (object_stream(b" " * (17 << 20)), UnshownState(is_decisive=True)),
    ],
    ids=_id,
)
def test_state_that_no_object_shows_is_found_in_the_bytes(content: bytes, expected: UnshownState) -> None:
    """Names stand in the body or in object streams; what can't be unpacked may hold any."""
    assert unshown_state(content) == expected
