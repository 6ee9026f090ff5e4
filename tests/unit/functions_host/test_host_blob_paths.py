"""Blob path patterns and the messages that stand for blobs."""

from __future__ import annotations

import json

import pytest

from local.functions_host.blob_messages import BlobMessage, from_json, to_json
from local.functions_host.blob_paths import parse_blob_path
from local.functions_host.blob_receipts import BlobVersion


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        pytest.param("cv-inbox", "a/b.pdf", {}, id="container-alone-means-all"),
        pytest.param("cv-inbox/{name}", "a.pdf", {"name": "a.pdf"}, id="name"),
        pytest.param(
            "cv-inbox/{name}", "2024/a.pdf", {"name": "2024/a.pdf"}, id="folders-belong-to-the-name"
        ),
        pytest.param(
            "cv-inbox/{name}.{ext}", "a.b.pdf", {"name": "a.b", "ext": "pdf"}, id="last-dot-divides"
        ),
        pytest.param("cv-inbox/{name}.{ext}", "README", None, id="no-ending"),
        pytest.param("cv-inbox/{name}.pdf", "a.docx", None, id="another-ending"),
        pytest.param("cv-inbox/{name}.pdf", "a.PDF", None, id="names-compare-with-case"),
        pytest.param("cv-inbox/in/{name}", "in/x", {"name": "x"}, id="folder"),
        pytest.param("cv-inbox/in/{name}", "out/x", None, id="another-folder"),
        pytest.param("cv-inbox/{{20140101}}-{n}", "{20140101}-x", {"n": "x"}, id="literal-braces"),
        pytest.param("cv-inbox/a+b/{n}", "a+b/x", {"n": "x"}, id="literals-are-no-regex"),
        pytest.param("cv-inbox/{n}", "line\nbreak", {"n": "line\nbreak"}, id="any-character"),
    ],
)
def test_a_pattern_means_these_blobs(pattern: str, name: str, expected: dict[str, str] | None) -> None:
    """A pattern accepts these names and hands over their parts."""
    path = parse_blob_path(pattern)
    assert path.container == "cv-inbox"
    assert path.match(name) == expected


@pytest.mark.parametrize(
    ("pattern", "prefix"),
    [("c/{n}", ""), ("c/in/{n}.{e}", "in/"), ("c/exact.txt", "exact.txt"), ("c", "")],
)
def test_the_listing_is_narrowed_to_the_literal_beginning(pattern: str, prefix: str) -> None:
    """What stands before the first parameter is asked of the storage already."""
    assert parse_blob_path(pattern).prefix == prefix


@pytest.mark.parametrize("pattern", ["", "/", "{c}/{n}", "c/{n", "c/n}", "c/{}", "c/{a b}", "c/{n}{n}"])
def test_a_wrong_pattern_is_refused(pattern: str) -> None:
    """A path without one container, or with broken parameters, is no path."""
    with pytest.raises(ValueError, match=r"."):
        parse_blob_path(pattern)


def test_the_blob_message_has_microsofts_fields_and_comes_back() -> None:
    """Whoever reads the poison queue finds the fields Microsoft's host writes."""
    message = BlobMessage("Host.Functions.on_cv", BlobVersion("cv-inbox", "a b.pdf", "0x8D"))
    document = json.loads(to_json(message))
    assert document == {
        "Type": "BlobTrigger",
        "FunctionId": "Host.Functions.on_cv",
        "BlobType": "BlockBlob",
        "ContainerName": "cv-inbox",
        "BlobName": "a b.pdf",
        "ETag": '"0x8D"',
    }
    assert from_json(to_json(message)) == message


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"5", b'{"FunctionId": "x"}'])
def test_other_messages_are_refused(body: bytes) -> None:
    """What is no blob message is an error, not a crash."""
    with pytest.raises(ValueError, match=r"."):
        from_json(body)
