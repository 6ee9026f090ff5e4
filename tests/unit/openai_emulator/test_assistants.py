"""What is stored by the Assistants API: assistants, threads, messages, and the pages they are listed on."""

from __future__ import annotations

from typing import Any

import pytest

from local.openai_emulator.assistants import AssistantBook
from local.openai_emulator.ledger import LedgerEntry
from local.openai_emulator.messages import NewMessage, parse_message, parse_messages
from local.openai_emulator.problems import ApiError
from local.openai_emulator.run_endings import Ending
from local.openai_emulator.run_request import ON_A_THREAD, ThreadRequest, parse_run_request
from local.openai_emulator.runs import Run
from local.openai_emulator.stored_objects import checked_metadata, page_of
from local.openai_emulator.threads import Thread, ThreadBook


def _book(count: int) -> AssistantBook:
    book = AssistantBook()
    for number in range(count):
        book.create({"model": "gpt-4.1-mini", "name": str(number)})
    return book


def _names(book: AssistantBook, **query: str) -> list[str]:
    return [item["name"] for item in page_of(book.all(), query)[1]["data"]]


def test_an_assistant_is_shown_as_it_was_stored() -> None:
    """With the provider's defaults for what was left out."""
    tool = {"type": "function", "function": {"name": "look_up"}}
    body = {"model": "m", "instructions": "Read.", "tools": [tool], "metadata": {"team": "x"}}
    shown = AssistantBook().create(body).as_json()
    assert shown["id"].startswith("asst_")
    assert {name: shown[name] for name in body} == body
    assert (shown["response_format"], shown["temperature"], shown["top_p"]) == ("auto", 1.0, 1.0)


def test_a_stored_assistant_does_not_change_with_the_callers_objects() -> None:
    """Neither with what came in nor with what was shown."""
    output = {"type": "json_object"}
    assistant = AssistantBook().create({"model": "m", "response_format": output})
    output["type"] = "text"
    assistant.as_json()["response_format"]["type"] = "changed"
    assert assistant.as_json()["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize(
    ("body", "param"),
    [
        pytest.param({}, "model", id="no-model"),
        pytest.param({"model": 3}, "model", id="model-type"),
        pytest.param({"model": "m", "instructions": []}, "instructions", id="instructions-type"),
        pytest.param({"model": "m", "tools": "x"}, "tools", id="tools-type"),
        pytest.param({"model": "m", "tools": [{"type": "retrieval"}]}, "tools[0].type", id="tool-kind"),
        pytest.param({"model": "m", "tool_resources": {"file_search": {}}}, "tool_resources", id="files"),
        pytest.param({"model": "m", "file_ids": []}, "file_ids", id="unknown"),
    ],
)
def test_an_assistant_that_cannot_be_meant_is_refused(body: dict[str, Any], param: str) -> None:
    """With the name of the parameter, and it is not stored."""
    book = AssistantBook()
    with pytest.raises(ApiError) as refusal:
        book.create(body)
    assert (refusal.value.status, refusal.value.param) == (400, param)
    assert book.all() == []


def test_pages_go_either_way_and_on_from_an_id() -> None:
    """Newest first by default, as the provider lists."""
    book = _book(5)
    ids = [item.id for item in book.all()]
    assert _names(book) == ["4", "3", "2", "1", "0"]
    assert _names(book, order="asc", limit="2") == ["0", "1"]
    assert _names(book, after=ids[3], limit="2") == ["2", "1"]
    assert _names(book, before=ids[3]) == ["4"]
    assert _names(book, order="asc", after=ids[0], before=ids[3]) == ["1", "2"]


def test_a_page_tells_its_ends_and_whether_more_follows() -> None:
    """What an SDK asks the next page by."""
    book = _book(3)
    ids = [item.id for item in book.all()]
    listing = page_of(book.all(), {"limit": "2"})[1]
    assert (listing["first_id"], listing["last_id"], listing["has_more"]) == (ids[2], ids[1], True)
    assert page_of(book.all(), {"limit": "3"})[1]["has_more"] is False
    empty = page_of([], {})[1]
    assert (empty["data"], empty["first_id"], empty["has_more"]) == ([], None, False)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"order": "newest"}, id="order"),
        pytest.param({"limit": "0"}, id="limit-0"),
        pytest.param({"limit": "101"}, id="limit-101"),
        pytest.param({"limit": "many"}, id="limit-text"),
        pytest.param({"after": "asst_x"}, id="after-unknown"),
        pytest.param({"before": "asst_x"}, id="before-unknown"),
    ],
)
def test_a_page_that_cannot_be_meant_is_refused(query: dict[str, str]) -> None:
    """With the name of the parameter."""
    with pytest.raises(ApiError) as refusal:
        page_of(_book(1).all(), query)
    assert (refusal.value.status, refusal.value.param) == (400, next(iter(query)))


@pytest.mark.parametrize(
    ("metadata", "is_valid"),
    [
        pytest.param(None, True, id="none"),
        pytest.param({"k" * 64: "v" * 512}, True, id="longest"),
        pytest.param({str(i): "" for i in range(16)}, True, id="most"),
        pytest.param({str(i): "" for i in range(17)}, False, id="too-many"),
        pytest.param({"k" * 65: ""}, False, id="long-key"),
        pytest.param({"k": "v" * 513}, False, id="long-value"),
        pytest.param({"k": 1}, False, id="number"),
        pytest.param(["k"], False, id="list"),
    ],
)
def test_metadata_is_sixteen_pairs_of_short_texts(metadata: Any, is_valid: bool) -> None:
    """The limits of the API reference."""
    if is_valid:
        assert checked_metadata({"metadata": metadata}) == (metadata or {})
    else:
        with pytest.raises(ApiError, match="metadata"):
            checked_metadata({"metadata": metadata})


@pytest.mark.parametrize(
    ("body", "param"),
    [
        pytest.param("hello", "messages[0]", id="no-object"),
        pytest.param({"role": "system", "content": "x"}, "messages[0].role", id="role"),
        pytest.param({"role": "user"}, "messages[0].content", id="no-content"),
        pytest.param({"role": "user", "content": []}, "messages[0].content", id="no-part"),
        pytest.param(
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]},
            "messages[0].content[0]",
            id="image",
        ),
        pytest.param({"role": "user", "content": [{"type": "text"}]}, "messages[0].content", id="no-text"),
        pytest.param(
            {"role": "user", "content": "x", "attachments": [{"file_id": "f"}]},
            "messages[0].attachments",
            id="attachment",
        ),
        pytest.param({"role": "user", "content": "x", "name": "n"}, "messages[0].name", id="unknown"),
    ],
)
def test_a_message_that_cannot_be_meant_is_refused(body: Any, param: str) -> None:
    """With the path to what is wrong."""
    with pytest.raises(ApiError) as refusal:
        parse_messages([body], "messages")
    assert (refusal.value.status, refusal.value.param) == (400, param)


def test_a_message_keeps_its_parts_and_is_read_as_one_text() -> None:
    """The blocks are shown as they came."""
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    thread = Thread.of(ThreadRequest((parse_message({"role": "user", "content": parts}),)))
    assert thread.turns() == [("user", "one\ntwo")]
    content = thread.messages[0].as_json()["content"]
    assert [block["text"]["value"] for block in content] == ["one", "two"]


def test_a_deleted_thread_is_gone() -> None:
    """Its id is told no more, and it cannot be deleted twice."""
    book = ThreadBook()
    first, second = Thread(), Thread()
    book.add(first)
    book.add(second)
    assert book.delete(first.id) == {"id": first.id, "object": "thread.deleted", "deleted": True}
    assert book.ids() == [second.id]
    with pytest.raises(ApiError) as refusal:
        book.delete(first.id)
    assert (refusal.value.status, refusal.value.body()["error"]["type"]) == (404, "invalid_request_error")


def test_a_thread_is_idle_again_once_its_run_is_over() -> None:
    """Until then it takes nothing."""
    assistant = _book(1).all()[0]
    thread = Thread.of(ThreadRequest((NewMessage("user", ("x",)),)))
    entry = LedgerEntry(1, 0.0, "POST", "/x", "none")
    run = Run(thread.id, parse_run_request({}, assistant, ON_A_THREAD), entry)
    thread.runs[run.id] = run
    for change in (run.begin, run.require_action, run.cancel):
        change()
        with pytest.raises(ApiError, match="is active"):
            thread.check_is_idle("add messages to")
    run.end(Ending("cancelled"))
    thread.check_is_idle("add messages to")
