"""A star makes an RTF group optional only at its beginning."""

from __future__ import annotations

import pytest

from shared_code.documents import read_document
from tests.unit.documents.files import FILLER
from tests.unit.documents.rtf_files import rtf


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(r"{\fs24\*\cs7\cf0 Jane Example}", "Jane Example", id="before a style"),
        pytest.param(r"{\loch\f2\i0\b0\*\cs7 Jane}{\* Example}", "Jane Example", id="before nothing"),
        pytest.param(r"{Jane\*\unheard Example}", "JaneExample", id="behind a text"),
        pytest.param(r"{\b{\i Jane}\*\unheard  Example}", "Jane Example", id="behind a group"),
        pytest.param(r"{\*\unheard gone}Jane", "Jane", id="unknown, first"),
        pytest.param("{\r\n\\*\\unheard gone}Jane", "Jane", id="unknown, first behind a line's end"),
        pytest.param(r"{\b{\*\unheard gone}Jane}", "Jane", id="unknown, first in a group in a group"),
        pytest.param(r"{\b\*\generator gone}Jane", "Jane", id="known, amid a group"),
    ],
)
def test_only_a_group_that_begins_with_a_star_is_skipped(body: str, expected: str) -> None:
    """What other programs show, OpenOffice 1's runs with a character style among them, is text."""
    text = read_document(rtf(body)).text
    assert " ".join(text.replace(FILLER, "").split()) == expected
