"""Blobs, messages and timers: what runs, how often, and where it ends up."""

from __future__ import annotations

import base64
import json
import time

from local.azurite import ACCOUNT
from local.functions_host.blob_messages import BlobMessage, to_json
from local.functions_host.blob_receipts import BlobVersion
from tests.integration.functions_host.host_process import Host, Storage, until


def test_a_blob_runs_once_and_again_when_overwritten(
    host: Host, storage: Storage, settings: dict[str, str]
) -> None:
    """Every version of a blob is seen once, with its properties; other names are not."""
    container = settings["SEEN"]
    storage.upload(container, "no-ending", b"ignored")
    storage.upload(container, "folder/a.b.txt", b"first", owner="test")
    until(lambda: host.events("blob", text="first"), 10, "the blob ran")
    [first] = host.events("blob", name=f"{container}/folder/a.b.txt")
    assert (first["text"], first["length"]) == ("first", 5)
    assert first["uri"].endswith(f"/{ACCOUNT}/{container}/folder/a.b.txt")
    assert first["kind"] == "application/octet-stream"
    assert first["metadata"] == {"owner": "test"}
    storage.upload(container, "folder/a.b.txt", b"second")
    until(lambda: host.events("blob", text="second"), 10, "the new version ran")
    time.sleep(0.5)
    assert [event["text"] for event in host.events("blob", name=first["name"])] == ["first", "second"]
    assert not host.events("blob", text="ignored")


def test_a_message_about_a_blob_that_changed_is_dropped(
    host: Host, storage: Storage, settings: dict[str, str]
) -> None:
    """The version is gone, the blob is gone, the function is gone: nothing runs, nothing is poisoned."""
    queue = f"azure-webjobs-blobtrigger-{json.loads(host.ask('GET', '/admin/host/status').body)['id']}"
    container = settings["SEEN"]
    storage.upload(container, "changing.txt", b"x")
    until(lambda: host.events("blob", text="x"), 10, "the blob ran")
    ran = len(host.events("blob"))
    for function, name in (("seen", "changing.txt"), ("seen", "gone.txt"), ("nobody", "changing.txt")):
        version = BlobVersion(container, name, "0xOLD")
        storage.send(queue, to_json(BlobMessage(f"Host.Functions.{function}", version)).decode())
    until(lambda: storage.count(queue) == 0, 5, "the messages are gone")
    assert len(host.events("blob")) == ran


def test_a_blob_that_always_fails_is_reported_on_the_poison_queue(host: Host, storage: Storage) -> None:
    """Five tries, then a message that says which blob; the queues' maxDequeueCount is another matter."""
    storage.upload("broken", "cv.pdf", b"x")
    until(lambda: storage.peek("webjobs-blobtrigger-poison"), 10, "the blob is reported")
    assert len(host.events("broken")) == 5
    [text] = storage.peek("webjobs-blobtrigger-poison")
    message = json.loads(text)
    assert message["FunctionId"] == "Host.Functions.broken"
    assert (message["ContainerName"], message["BlobName"]) == ("broken", "cv.pdf")
    etag = storage.blobs.get_blob_client("broken", "cv.pdf").get_blob_properties().etag
    assert message["ETag"].strip('"') == etag.strip('"')


def test_messages_are_retried_poisoned_and_never_doubled(
    host: Host, storage: Storage, settings: dict[str, str]
) -> None:
    """Success deletes, failure tries again later, the last one poisons; a long run keeps its message."""
    queue = settings["JOBS"]
    for text in ("long 2.2", "flaky", "bad", "fine"):
        storage.send(queue, text)
    storage.queues.get_queue_client(queue).send_message("no base64!")
    until(lambda: len(host.events("job", text="bad")) == 3, 10, "three tries")
    until(lambda: host.events("job ended"), 10, "the long one ended")
    until(lambda: storage.count(queue) == 0, 5, "the queue is empty")
    assert [event["tries"] for event in host.events("job", text="bad")] == [1, 2, 3]
    assert [event["tries"] for event in host.events("job", text="flaky")] == [1, 2]
    assert len(host.events("job", text="fine")) == 1
    # Its lease is one second: without renewal it would have been delivered again by now.
    assert len(host.events("job", text="long 2.2")) == 1
    first, second = host.events("job", text="flaky")
    assert second["at"] - first["at"] >= 1
    poison = storage.queues.get_queue_client(f"{queue}-poison")
    assert {message.content for message in poison.peek_messages(32)} == {
        base64.b64encode(b"bad").decode(),
        "no base64!",
    }


def test_a_failure_on_a_poison_queue_does_not_go_round_fast(host: Host, storage: Storage) -> None:
    """Its message stays invisible until the lease (here one second) ends."""
    storage.send("poisoned-poison", "x")
    until(lambda: len(host.events("from poison")) == 2, 10, "the second try")
    first, second = host.events("from poison")[:2]
    assert second["at"] - first["at"] > 0.7
    storage.queues.get_queue_client("poisoned-poison").delete_queue()


def test_a_timer_fires_on_schedule_but_never_twice_at_once(host: Host) -> None:
    """The run takes longer than the schedule's distance: the next begins after it, not beside it."""
    until(lambda: len(host.events("timer ends")) >= 2, 10, "two runs")
    begins, ends = host.events("timer begins"), host.events("timer ends")
    for end, begin in zip(ends, begins[1:], strict=False):
        assert begin["at"] >= end["at"]
    assert not any(event["past_due"] for event in begins)


def test_run_on_startup_runs_at_once(host: Host) -> None:
    """Once, long before its schedule, with the next time in its status."""
    until(lambda: host.events("startup"), 5, "the timer ran")
    [event] = host.events("startup")
    assert event["past_due"] is False
    assert event["status"]["Next"].endswith("-01-01T00:00:00+00:00")


def test_functions_can_be_run_by_hand(host: Host) -> None:
    """As with Core Tools: the input becomes the message; a timer runs without one."""
    key = {"x-functions-key": host.key}
    queued = host.ask("POST", "/admin/functions/job", body=b'{"input": "by hand"}', headers=key)
    assert queued.status == 202
    until(lambda: host.events("job", text="by hand"), 5, "the message function ran")
    before = len(host.events("startup"))
    assert host.ask("POST", "/admin/functions/AT_STARTUP", headers=key).status == 202
    until(lambda: len(host.events("startup")) > before, 5, "the timer function ran")
    assert host.ask("POST", "/admin/functions/nobody", headers=key).status == 404
    assert host.ask("POST", "/admin/functions/anyone", headers=key).status == 400
    assert host.ask("POST", "/admin/functions/job", body=b"[", headers=key).status == 400
