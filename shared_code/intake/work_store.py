"""``WorkStore``: who works on a document, whether the work is finished, and the answers it has so far.

The work on a document under one version of the assistants has one row, beside the document's jobs:
claimed with a lease, then finished. The finished row is the marker: it is written after the result.

Leases are wall time in UTC, since several machines read them, and machines' clocks differ. A lease is
therefore taken over only ``CLOCK_MARGIN`` after its end: with clocks closer than that, nobody is
overtaken who renews in time. With clocks further apart a worker may be overtaken early (two then pay for
the same answers) or an abandoned claim lie longer. Either way only one of them finishes: what decides is
the row's ETag and the claim's owner, never a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from shared_code.errors import StorageError
from shared_code.intake.job_rows import JOBS_TABLE
from shared_code.storage import Blobs, Condition, StoredEntity, Tables, table_key

ANSWERS_CONTAINER = "cv-answers"
CLOCK_MARGIN = timedelta(seconds=30)

_WORK_PREFIX = "work_"
# The character after the prefix's last one ends the range of keys that begin with the prefix.
_AFTER_WORK_KEYS = _WORK_PREFIX[:-1] + chr(ord(_WORK_PREFIX[-1]) + 1)
_CLAIMED = "claimed"
_FINISHED = "finished"
_MOST_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a document until a moment; ``owner`` is a token of this claim alone."""

    document_id: str
    version: str
    job_id: str
    owner: str
    until: datetime
    etag: str


@dataclass(frozen=True, slots=True)
class Held:
    """Another job works on it. Its lease may be taken over ``CLOCK_MARGIN`` after ``until``."""

    job_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Finished:
    """The work is done, by this job, and its result is kept."""

    job_id: str


def _utc_now() -> datetime:
    return datetime.now(UTC)


class WorkStore:
    """Claims, marks and forgets the work on documents. Every method raises ``StorageError``.

    ``clock`` tells wall time with its zone.
    """

    def __init__(
        self,
        tables: Tables,
        blobs: Blobs,
        clock: Callable[[], datetime] = _utc_now,
        *,
        clock_margin: timedelta = CLOCK_MARGIN,
    ) -> None:
        self._tables = tables
        self._blobs = blobs
        self._clock = clock
        self._clock_margin = clock_margin

    async def claim(
        self, document_id: str, version: str, job_id: str, lease_seconds: float
    ) -> Claim | Held | Finished:
        """Claim the work, or learn who has it; of those who claim at once, one gets it.

        A job meets its own claim of an earlier attempt as ``Held`` too: that attempt may still be running.

        Raises:
            StorageError: Storage failed, or the row changed hands ten times while it was asked for.
        """
        until = self._end_of_lease(lease_seconds)
        wanted = Claim(document_id, version, job_id, owner=uuid4().hex, until=until, etag="")
        for _ in range(_MOST_ROUNDS):  # another only after somebody's write, or removal, came in between
            etag = await self._tables.insert(JOBS_TABLE, _entity(wanted, _CLAIMED))
            if etag is not None:
                return replace(wanted, etag=etag)
            found = await self._row(wanted)
            if found is None:
                continue
            if (answer := self._answer(found, wanted)) is not None:
                return answer
            etag = await self._tables.replace_if_unchanged(JOBS_TABLE, _entity(wanted, _CLAIMED), found.etag)
            if etag is not None:
                return replace(wanted, etag=etag)
        raise StorageError("The work on this document changes hands too fast. Try again.")

    async def renew(self, claim: Claim, lease_seconds: float) -> Claim | None:
        """Prolong a lease from now on; None where the claim was lost, finished or forgotten."""
        renewed = replace(claim, until=self._end_of_lease(lease_seconds))
        etag = await self._write_as_owner(renewed, _CLAIMED)
        return None if etag is None else replace(renewed, etag=etag)

    async def standing(self, document_id: str, version: str) -> Held | Finished | None:
        """Who has the work, or that it is done; None where it may be claimed. Claims nothing itself."""
        found = await self._tables.get(JOBS_TABLE, document_id, _row_key(version))
        return None if found is None else self._standing(found)

    async def finish(self, claim: Claim) -> bool:
        """Write the marker, once the result is kept; False where the claim was lost or forgotten.

        A claim that was overtaken does not finish, so its result must not stay where the other one's
        belongs; after an erasure it must not stay at all.
        """
        return await self._write_as_owner(claim, _FINISHED) is not None

    async def release(self, claim: Claim) -> None:
        """Give the work back, for somebody to claim at once; a marker, or another's claim, stays."""
        etag = claim.etag
        for _ in range(_MOST_ROUNDS):
            if await self._tables.delete_if_unchanged(
                JOBS_TABLE, claim.document_id, _row_key(claim.version), etag
            ):
                return
            found = await self._row(claim)
            if found is None or not _is_claimed_by(found, claim):
                return
            etag = found.etag

    async def forget(self, document_id: str) -> None:
        """Remove all the document's claims and markers. Whoever works on it cannot finish any more."""
        conditions = [
            Condition("PartitionKey", "eq", document_id),
            Condition("RowKey", "ge", _WORK_PREFIX),
            Condition("RowKey", "lt", _AFTER_WORK_KEYS),
        ]
        async for stored in self._tables.query(JOBS_TABLE, conditions, select=["state"]):
            await self._tables.delete(JOBS_TABLE, document_id, str(stored.values["RowKey"]))

    async def keep_answer(
        self, document_id: str, assistant: str, version: str, answer: Mapping[str, Any]
    ) -> None:
        """Keep what an assistant answered, so that a later attempt need not ask, and pay, again."""
        await self._blobs.put_json(ANSWERS_CONTAINER, _answer_name(document_id, assistant, version), answer)

    async def kept_answer(self, document_id: str, assistant: str, version: str) -> dict[str, Any] | None:
        """What that assistant answered in that version, or None."""
        return await self._blobs.get_json(ANSWERS_CONTAINER, _answer_name(document_id, assistant, version))

    async def forget_answers(self, document_id: str) -> int:
        """Remove every answer kept for a document; how many there were."""
        forgotten = 0
        async for entry in self._blobs.names(ANSWERS_CONTAINER, f"{document_id}/"):
            forgotten += await self._blobs.delete(ANSWERS_CONTAINER, entry.name)
        return forgotten

    def _end_of_lease(self, lease_seconds: float) -> datetime:
        return self._clock() + timedelta(seconds=lease_seconds)

    def _answer(self, found: StoredEntity, wanted: Claim) -> Claim | Held | Finished | None:
        """What the row says to somebody who wants it; None where its lease may be taken over."""
        if _is_claimed_by(found, wanted):  # written by a request whose response was lost
            return replace(wanted, etag=found.etag)
        return self._standing(found)

    def _standing(self, found: StoredEntity) -> Held | Finished | None:
        values: dict[str, Any] = found.values
        if values["state"] == _FINISHED:
            return Finished(values["jobId"])
        if self._clock() < values["until"] + self._clock_margin:
            return Held(values["jobId"], values["until"])
        return None

    async def _write_as_owner(self, claim: Claim, state: str) -> str | None:
        """Replace the row while this owner claims it; its ETag, or None.

        The ETag may be out of date by the owner's own hand: by a renewal, or by this very write, when its
        response was lost.
        """
        etag = claim.etag
        for _ in range(_MOST_ROUNDS):
            written = await self._tables.replace_if_unchanged(JOBS_TABLE, _entity(claim, state), etag)
            if written is not None:
                return written
            found = await self._row(claim)
            if found is None:
                return None
            if found.values == _stored(claim, state):
                return found.etag
            if not _is_claimed_by(found, claim):
                return None
            etag = found.etag
        return None

    async def _row(self, claim: Claim) -> StoredEntity | None:
        return await self._tables.get(JOBS_TABLE, claim.document_id, _row_key(claim.version))


def _entity(claim: Claim, state: str) -> dict[str, Any]:
    return {
        "PartitionKey": claim.document_id,
        "RowKey": _row_key(claim.version),
        "state": state,
        "owner": claim.owner,
        "jobId": claim.job_id,
        "until": claim.until if state == _CLAIMED else None,
    }


def _row_key(version: str) -> str:
    return f"{_WORK_PREFIX}{table_key(version)}"


def _stored(claim: Claim, state: str) -> dict[str, Any]:
    return {name: value for name, value in _entity(claim, state).items() if value is not None}


def _is_claimed_by(found: StoredEntity, claim: Claim) -> bool:
    return found.values["owner"] == claim.owner and found.values["state"] == _CLAIMED


def _answer_name(document_id: str, assistant: str, version: str) -> str:
    return f"{document_id}/{assistant}.{version}.json"
