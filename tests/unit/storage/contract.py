"""What every store must do, told once: it runs against the in-memory twins and against Azurite.

Classes here are inherited by test classes that bring a ``tables``, ``blobs`` or ``queues`` fixture, and
``place``: a name that no other test uses.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared_code.errors import DocumentTooLargeError, StorageError
from shared_code.storage import Blobs, Condition, Int64, Queues, Tables, table_key
from shared_code.storage.protocols import Operator, TableValue

NOON = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)


def row(row_key: str = "r", partition_key: str = "p", /, **columns: TableValue) -> dict[str, TableValue]:
    """A row with its keys."""
    return {"PartitionKey": partition_key, "RowKey": row_key, **columns}


class TablesContract:
    """The contract of ``Tables``."""

    async def test_a_table_that_does_not_exist_is_empty(self, tables: Tables, place: str) -> None:
        assert await tables.get(place, "p", "r") is None
        assert [found async for found in tables.query(place)] == []
        assert await tables.replace_if_unchanged(place, row(), 'W/"1"') is None
        await tables.delete(place, "p", "r")

    async def test_values_come_back_with_type_and_precision(self, tables: Tables, place: str) -> None:
        columns: dict[str, TableValue] = {
            "text": "it's 'quoted' @p0, ünï, 😀",
            "empty": "",
            "yes": True,
            "small": -7,
            "edge": 2**31 - 1,
            "wide": 2**31,
            "money": Int64(5),
            "huge": -(2**63),
            "real": 5.0,
            "moment": NOON,
            "blob": b"\x00\xff",
            "absent": None,
        }
        await tables.insert(place, row(**columns))
        found = await tables.get(place, "p", "r")
        assert found is not None
        expected = {name: value for name, value in columns.items() if value is not None}
        assert found.values == row(**expected)
        plain = {"text": str, "yes": bool, "money": int, "real": float, "moment": datetime, "blob": bytes}
        assert {name: type(found.values[name]) for name in plain} == plain

    async def test_a_moment_keeps_its_instant_whatever_its_zone(self, tables: Tables, place: str) -> None:
        there = NOON.astimezone(timezone(timedelta(hours=-5)))
        await tables.upsert(place, row(moment=there))
        found = await tables.get(place, "p", "r")
        assert found is not None
        assert found.values["moment"] == NOON

    async def test_insert_refuses_a_taken_key_and_keeps_the_row(self, tables: Tables, place: str) -> None:
        first = await tables.insert(place, row(n=1))
        assert first is not None
        assert await tables.insert(place, row(n=2)) is None
        found = await tables.get(place, "p", "r")
        assert found is not None
        assert (found.values["n"], found.etag) == (1, first)

    async def test_of_concurrent_inserts_one_wins(self, tables: Tables, place: str) -> None:
        etags = await asyncio.gather(*(tables.insert(place, row(n=n)) for n in range(8)))
        assert sum(etag is not None for etag in etags) == 1

    async def test_upsert_replaces_all_columns_and_merge_keeps_the_others(
        self, tables: Tables, place: str
    ) -> None:
        await tables.upsert(place, row(a=1, b=1))
        await tables.upsert(place, row(a=2))
        await tables.upsert(place, row(c=3), mode="merge")
        found = await tables.get(place, "p", "r")
        assert found is not None
        assert found.values == row(a=2, c=3)

    async def test_replacing_needs_the_latest_etag(self, tables: Tables, place: str) -> None:
        first = await tables.insert(place, row(n=1))
        assert first is not None
        second = await tables.replace_if_unchanged(place, row(n=2), first)
        assert second is not None
        assert second != first
        assert await tables.replace_if_unchanged(place, row(n=3), first) is None
        found = await tables.get(place, "p", "r")
        assert found is not None
        assert (found.values["n"], found.etag) == (2, second)

    async def test_a_deleted_row_is_gone_and_cannot_be_replaced(self, tables: Tables, place: str) -> None:
        etag = await tables.insert(place, row(n=1))
        assert etag is not None
        await tables.delete(place, "p", "r")
        await tables.delete(place, "p", "r")
        assert await tables.get(place, "p", "r") is None
        assert await tables.replace_if_unchanged(place, row(n=2), etag) is None

    @pytest.mark.parametrize(
        ("column", "operator", "value", "expected"),
        [
            pytest.param("RowKey", "ge", "b", ["b", "c"], id="key-range"),
            pytest.param("name", "eq", "O'Neil or 1 eq 1", ["b"], id="quotes-stay-data"),
            pytest.param("name", "ne", "O'Neil or 1 eq 1", ["a", "c"], id="not-equal"),
            pytest.param("n", "eq", 0, ["a"], id="zero-is-a-number"),
            pytest.param("n", "eq", 1, ["b"], id="one-is-a-number"),
            pytest.param("n", "gt", 0, ["b", "c"], id="greater"),
            pytest.param("big", "lt", Int64(2**40), ["a"], id="wide-integers"),
            pytest.param("flag", "eq", True, ["a"], id="boolean"),
            pytest.param("moment", "le", NOON, ["a"], id="moment"),
            pytest.param("only_c", "eq", "x", ["c"], id="absent-elsewhere"),
        ],
    )
    async def test_a_query_finds_what_meets_the_condition(
        self, tables: Tables, place: str, column: str, operator: Operator, value: str, expected: list[str]
    ) -> None:
        later = NOON + timedelta(milliseconds=1)  # as finely as Azurite compares
        await tables.upsert(place, row("a", name="Ann", n=0, big=Int64(2**40 - 1), flag=True, moment=NOON))
        await tables.upsert(
            place, row("b", name="O'Neil or 1 eq 1", n=1, big=Int64(2**40), flag=False, moment=later)
        )
        await tables.upsert(
            place, row("c", name="Cy", n=2, big=Int64(2**41), flag=False, moment=later, only_c="x")
        )
        await tables.upsert(place, row("b", "other", name="Zed", n=-1))
        conditions = [Condition("PartitionKey", "eq", "p"), Condition(column, operator, value)]
        assert [r.values["RowKey"] async for r in tables.query(place, conditions)] == expected

    async def test_a_query_fetches_the_selected_columns_and_the_keys(
        self, tables: Tables, place: str
    ) -> None:
        await tables.upsert(place, row(a=1, b=2))
        found = [r.values async for r in tables.query(place, select=["b", "nowhere"])]
        assert found == [row(b=2)]

    @pytest.mark.parametrize(
        ("limit", "expected"),
        [(0, []), (1, ["a"]), (2, ["a", "c"]), (9, ["a", "c", "d"]), (None, ["a", "c", "d"])],
        ids=["none", "one", "two", "more-than-there-are", "all"],
    )
    async def test_a_query_stops_at_its_limit(
        self, tables: Tables, place: str, limit: int | None, expected: list[str]
    ) -> None:
        """The limit counts the rows that meet the conditions, and takes the first by key."""
        for key, wanted in (("d", True), ("a", True), ("c", True), ("b", False)):
            await tables.upsert(place, row(key, wanted=wanted))
        conditions = [Condition("PartitionKey", "eq", "p"), Condition("wanted", "eq", True)]
        found = [r.values["RowKey"] async for r in tables.query(place, conditions, limit=limit)]
        assert found == expected

    async def test_a_conditional_delete_needs_the_latest_etag(self, tables: Tables, place: str) -> None:
        """A row that somebody changed stays, and one that is gone was not removed by this call."""
        assert await tables.delete_if_unchanged(place, "p", "r", 'W/"1"') is False
        first = await tables.insert(place, row(n=1))
        assert first is not None
        second = await tables.replace_if_unchanged(place, row(n=2), first)
        assert second is not None
        assert await tables.delete_if_unchanged(place, "p", "r", first) is False
        assert await tables.get(place, "p", "r") is not None
        assert await tables.delete_if_unchanged(place, "p", "r", second) is True
        assert await tables.get(place, "p", "r") is None
        assert await tables.delete_if_unchanged(place, "p", "r", second) is False

    async def test_of_concurrent_conditional_deletes_one_wins(self, tables: Tables, place: str) -> None:
        """Whoever is told True removed it alone."""
        etag = await tables.insert(place, row(n=1))
        assert etag is not None
        removed = await asyncio.gather(*(tables.delete_if_unchanged(place, "p", "r", etag) for _ in range(8)))
        assert sum(removed) == 1

    async def test_any_text_can_be_a_key_once_escaped(self, tables: Tables, place: str) -> None:
        texts = [
            "a/b",
            "a\\b",
            "a#b",
            "a?b",
            "a~b",
            "a|b",
            "a\tb",
            "a\x85b",
            "a'b",
            "a b",
            "é😀",
            "%2F+&",
            "",
        ]
        for text in texts:
            assert await tables.insert(place, row(table_key(text), text=text)) is not None
        for text in texts:
            found = await tables.get(place, "p", table_key(text))
            assert found is not None
            assert found.values["text"] == text

    @pytest.mark.parametrize(
        ("entity", "error"),
        [
            pytest.param(row(text="x" * 32_769), ValueError, id="string-too-long"),
            pytest.param(row(text="😀" * 16_385), ValueError, id="surrogate-pairs-count-twice"),
            pytest.param(row(text="\ud800"), ValueError, id="half-a-character"),
            pytest.param(row(blob=b"x" * 65_537), ValueError, id="bytes-too-long"),
            pytest.param(row(n=2**63), ValueError, id="over-64-bits"),
            pytest.param(row(moment=datetime(2026, 11, 21)), ValueError, id="no-time-zone"),
            pytest.param(row(moment=datetime(1600, 1, 1, tzinfo=UTC)), ValueError, id="too-early"),
            pytest.param(row("a/b"), ValueError, id="forbidden-character"),
            pytest.param(row("a" * 513), ValueError, id="key-too-long"),
            pytest.param(row(**{"not a name": 1}), ValueError, id="column-name"),
            pytest.param(row(**{f"c{n}": n for n in range(253)}), ValueError, id="too-many-columns"),
            pytest.param(row(**{f"c{n}": "x" * 32_768 for n in range(16)}), ValueError, id="over-1-mib"),
            pytest.param(row(value={"a": 1}), TypeError, id="dict"),  # type: ignore[arg-type]  # the point
            pytest.param({"PartitionKey": "p", "n": 1}, TypeError, id="no-row-key"),
        ],
    )
    async def test_a_row_that_no_table_could_hold_is_refused(
        self, tables: Tables, place: str, entity: dict[str, TableValue], error: type[Exception]
    ) -> None:
        for write in (tables.insert, tables.upsert):
            with pytest.raises(error) as caught:
                await write(place, entity)
            assert "xxx" not in str(caught.value)
        assert await tables.get(place, "p", "r") is None

    async def test_the_longest_string_is_kept_whole(self, tables: Tables, place: str) -> None:
        text = "ü" * 32_768
        await tables.upsert(place, row(text=text))
        found = await tables.get(place, "p", "r")
        assert found is not None
        assert found.values["text"] == text


class BlobsContract:
    """The contract of ``Blobs``."""

    async def test_a_blob_that_does_not_exist(self, blobs: Blobs, place: str) -> None:
        assert await blobs.get_bytes(place, "nothing", 10) is None
        assert await blobs.get_json(place, "nothing") is None
        assert await blobs.exists(place, "nothing") is False
        assert await blobs.delete(place, "nothing") is False

    @pytest.mark.parametrize("data", [b"", b"x", b"\x00\xff" * 1000], ids=["empty", "one-byte", "binary"])
    async def test_bytes_come_back_as_written(self, blobs: Blobs, place: str, data: bytes) -> None:
        await blobs.put_bytes(place, "Jörg Müller/cv 1.pdf", data, "application/pdf")
        assert await blobs.get_bytes(place, "Jörg Müller/cv 1.pdf", len(data)) == data
        assert await blobs.exists(place, "Jörg Müller/cv 1.pdf") is True

    async def test_a_blob_is_replaced_and_deleted(self, blobs: Blobs, place: str) -> None:
        await blobs.put_bytes(place, "b", b"one", "text/plain")
        await blobs.put_bytes(place, "b", b"three", "text/plain")
        assert await blobs.get_bytes(place, "b", 10) == b"three"
        assert await blobs.delete(place, "b") is True
        assert await blobs.get_bytes(place, "b", 10) is None

    async def test_a_blob_over_the_bound_is_refused(self, blobs: Blobs, place: str) -> None:
        await blobs.put_bytes(place, "Ada Example.pdf", b"x" * 11, "text/plain")
        with pytest.raises(DocumentTooLargeError) as caught:
            await blobs.get_bytes(place, "Ada Example.pdf", 10)
        assert "Ada" not in str(caught.value)

    async def test_json_comes_back_equal(self, blobs: Blobs, place: str) -> None:
        value = {"name": "Jörg 😀", "half": "\ud800", "list": [1, 2.5, None, True], "nested": {"a": {}}}
        await blobs.put_json(place, "r.json", value)
        assert await blobs.get_json(place, "r.json") == value

    @pytest.mark.parametrize("data", [b"", b"[1]", b"{", b"\xff"], ids=["empty", "list", "cut", "no-utf8"])
    async def test_what_is_no_json_object_is_an_error(self, blobs: Blobs, place: str, data: bytes) -> None:
        await blobs.put_bytes(place, "Ada Example.json", data, "application/json")
        with pytest.raises(StorageError) as caught:
            await blobs.get_json(place, "Ada Example.json")
        assert "Ada" not in str(caught.value)

    async def test_nan_is_not_written(self, blobs: Blobs, place: str) -> None:
        with pytest.raises(ValueError, match="JSON"):
            await blobs.put_json(place, "r.json", {"years": float("nan")})
        assert await blobs.exists(place, "r.json") is False

    @pytest.mark.parametrize("data", [b"", b"x", b"\x00\xff" * 1000], ids=["empty", "one-byte", "binary"])
    async def test_a_moved_blob_is_whole_in_its_new_place(
        self, blobs: Blobs, place: str, data: bytes
    ) -> None:
        """Under another name in a container that is made for it, and no longer in the old one."""
        await blobs.put_bytes(place, "Jörg Müller/cv 1.pdf", data, "application/pdf")
        other = f"{place}other"
        assert await blobs.move(place, "Jörg Müller/cv 1.pdf", other, "kept/Jörg 1.pdf") is True
        assert await blobs.get_bytes(other, "kept/Jörg 1.pdf", len(data)) == data
        assert await blobs.exists(place, "Jörg Müller/cv 1.pdf") is False

    async def test_a_move_can_be_repeated(self, blobs: Blobs, place: str) -> None:
        """Without a source nothing moves and the target stays; with a source the target is replaced."""
        assert await blobs.move(place, "a", place, "b") is False
        await blobs.put_bytes(place, "a", b"one", "text/plain")
        assert await blobs.move(place, "a", place, "b") is True
        assert await blobs.move(place, "a", place, "b") is False
        assert await blobs.get_bytes(place, "b", 10) == b"one"
        await blobs.put_bytes(place, "a", b"three", "text/plain")
        assert await blobs.move(place, "a", place, "b") is True
        assert await blobs.get_bytes(place, "b", 10) == b"three"

    async def test_of_concurrent_moves_the_blob_arrives_once_and_whole(
        self, blobs: Blobs, place: str
    ) -> None:
        """A redelivered message may move a file that is being moved."""
        await blobs.put_bytes(place, "a", b"one", "text/plain")
        moved = await asyncio.gather(*(blobs.move(place, "a", place, "b") for _ in range(4)))
        assert any(moved)
        assert await blobs.get_bytes(place, "b", 10) == b"one"
        assert await blobs.exists(place, "a") is False

    async def test_a_blob_is_not_moved_onto_itself(self, blobs: Blobs, place: str) -> None:
        """Deleting the source would delete the target."""
        await blobs.put_bytes(place, "Ada Example.pdf", b"one", "text/plain")
        with pytest.raises(ValueError, match="itself") as caught:
            await blobs.move(place, "Ada Example.pdf", place, "Ada Example.pdf")
        assert "Ada" not in str(caught.value)
        assert await blobs.exists(place, "Ada Example.pdf") is True

    async def test_a_container_lists_its_blobs_by_name(self, blobs: Blobs, place: str) -> None:
        """Name, size and the moment of the last change; a missing container lists nothing."""
        assert [entry async for entry in blobs.names(place)] == []
        for name in ("b/2", "a/1 & Söhne", "b/1"):
            await blobs.put_bytes(place, name, name.encode(), "text/plain")
        entries = [entry async for entry in blobs.names(place)]
        assert [entry.name for entry in entries] == ["a/1 & Söhne", "b/1", "b/2"]
        assert [entry.size_bytes for entry in entries] == [len("a/1 & Söhne".encode()), 3, 3]
        assert all(abs(datetime.now(UTC) - entry.changed_at) < timedelta(minutes=1) for entry in entries)
        assert [entry.name async for entry in blobs.names(place, "b/")] == ["b/1", "b/2"]
        assert [entry.name async for entry in blobs.names(place, "c")] == []
        assert "Söhne" not in repr(entries)


class QueuesContract:
    """The contract of ``Queues``."""

    async def test_a_queue_that_does_not_exist_is_empty(self, queues: Queues, place: str) -> None:
        assert await queues.approximate_length(place) == 0

    async def test_hidden_messages_count_too(self, queues: Queues, place: str) -> None:
        await queues.send(place, {"documentId": "a"})
        await queues.send(place, {"documentId": "b"}, visibility_timeout_seconds=600)
        assert await queues.approximate_length(place) == 2

    @pytest.mark.parametrize(
        ("message", "timeout"),
        [
            pytest.param({"text": "x" * 49_152}, None, id="too-long"),
            pytest.param({"a": 1}, -1, id="negative-timeout"),
            pytest.param({"a": 1}, 7 * 24 * 3600 + 1, id="over-seven-days"),
        ],
    )
    async def test_a_message_the_service_would_not_take_is_refused(
        self, queues: Queues, place: str, message: dict[str, object], timeout: int | None
    ) -> None:
        with pytest.raises(ValueError, match="message"):
            await queues.send(place, message, visibility_timeout_seconds=timeout)
        assert await queues.approximate_length(place) == 0

    async def test_the_longest_message_is_taken(self, queues: Queues, place: str) -> None:
        await queues.send(place, {"t": "x" * (49_152 - len('{"t":""}'))})
        assert await queues.approximate_length(place) == 1
