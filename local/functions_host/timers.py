"""Runs one timer function: on schedule, at start-up if asked, made up for if missed, never two at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, tzinfo
from typing import Any, Protocol

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob.aio import ContainerClient

from local.functions_host.app_loader import LoadedFunction
from local.functions_host.schedules import Ncrontab, Schedule
from local.functions_host.trigger_inputs import ScheduleStatus, timer_request
from local.functions_host.triggers import TimerTrigger

_log = logging.getLogger("functions_host")

# Slept in pieces, so that a machine woken from sleep or a corrected clock is noticed.
_LONGEST_SLEEP_SECONDS = 30.0


class StatusStore(Protocol):
    """Remembers over restarts when a timer last ran."""

    async def read(self, function_id: str) -> ScheduleStatus | None:
        """Return what was written last, None where there is nothing."""

    async def write(self, function_id: str, status: ScheduleStatus) -> None:
        """Replace what was written."""


class BlobStatusStore:
    """Keeps the status in `azure-webjobs-hosts`; trouble with the storage is logged and stops no timer."""

    def __init__(self, container: ContainerClient, host_id: str) -> None:
        self._container = container
        self._host_id = host_id

    def _path(self, function_id: str) -> str:
        return f"timers/{self._host_id}/{function_id}/status"

    async def read(self, function_id: str) -> ScheduleStatus | None:
        """Return what was written last, None where there is nothing readable."""
        try:
            download = await self._container.download_blob(self._path(function_id))
            document = json.loads(await download.readall())
            last = document["Last"]
            return ScheduleStatus(
                last=None if last is None else datetime.fromisoformat(last),
                next=datetime.fromisoformat(document["Next"]),
                last_updated=datetime.fromisoformat(document["LastUpdated"]),
            )
        except ResourceNotFoundError:
            return None
        except (AzureError, ValueError, KeyError, TypeError) as error:
            _log.warning("%s: its last run is not known (%s)", function_id, type(error).__name__)
            return None

    async def write(self, function_id: str, status: ScheduleStatus) -> None:
        """Replace what was written."""
        body = json.dumps(
            {
                "Last": None if status.last is None else status.last.isoformat(),
                "Next": status.next.isoformat(),
                "LastUpdated": status.last_updated.isoformat(),
            }
        )
        try:
            try:
                await self._container.upload_blob(self._path(function_id), body, overwrite=True)
            except ResourceNotFoundError:
                with contextlib.suppress(ResourceExistsError):
                    await self._container.create_container()
                await self._container.upload_blob(self._path(function_id), body, overwrite=True)
        except AzureError as error:
            _log.warning("%s: its run is not recorded (%s)", function_id, type(error).__name__)


def next_run(schedule: Schedule, moment: datetime, zone: tzinfo) -> datetime:
    """Return a schedule's first time after a moment, in UTC.

    Args:
        schedule: Its times are wall-clock times of the zone.
        moment: With time zone.
        zone: The zone; when its clocks go back, the repeated hour counts once.
    """
    local = moment.astimezone(zone).replace(tzinfo=None)
    while True:
        local = schedule.next_after(local)
        found = local.replace(tzinfo=zone).astimezone(UTC)
        if found > moment:
            return found


class TimerRunner:
    """Runs one timer until cancelled; the next time is looked for only when a run has ended.

    Args:
        function: The function.
        trigger: Its trigger.
        invoke: Runs the handler.
        watch: Told of every run, which must be seen through at shutdown.
        store: Where runs are recorded; None keeps no record.
        zone: Zone of the schedule.
        now: The clock, in UTC.
        sleep: Waits for seconds.
    """

    def __init__(
        self,
        function: LoadedFunction,
        trigger: TimerTrigger,
        *,
        invoke: Callable[[LoadedFunction, object, str], Awaitable[object]],
        watch: Callable[[asyncio.Task[Any]], None],
        store: StatusStore | None,
        zone: tzinfo,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._function = function
        self._trigger = trigger
        self._invoke = invoke
        self._watch = watch
        self._zone = zone
        self._now = now
        self._sleep = sleep
        local_now = now().astimezone(zone).replace(tzinfo=None)
        is_kept = trigger.use_monitor and not trigger.schedule.is_sub_minute(local_now)
        self._store = store if is_kept else None

    async def run(self) -> None:
        """Run the timer until cancelled."""
        status = await self._initial_status()
        if self._is_past_due(status):
            _log.info("%s is past due; running it now", self._function.id)
            status = await self._fire_to_the_end(status, is_past_due=True)
        elif self._trigger.run_on_startup:
            status = await self._fire_to_the_end(status)
        while True:
            await self._sleep_until(status.next)
            status = await self._fire_to_the_end(status)

    async def _fire_to_the_end(self, status: ScheduleStatus, *, is_past_due: bool = False) -> ScheduleStatus:
        # Shielded: a run that has begun is finished and recorded even if the timer is cancelled meanwhile.
        firing = asyncio.create_task(self._fire(status, is_past_due=is_past_due))
        self._watch(firing)
        return await asyncio.shield(firing)

    async def _initial_status(self) -> ScheduleStatus:
        stored = None if self._store is None else await self._store.read(self._function.id)
        if stored is not None:
            # Computed afresh, because the schedule may have been changed since.
            since = stored.last or stored.last_updated
            return ScheduleStatus(stored.last, self._next(since), stored.last_updated)
        now = self._now()
        status = ScheduleStatus(None, self._next(now), now)
        if self._store is not None:
            await self._store.write(self._function.id, status)
        return status

    def _is_past_due(self, status: ScheduleStatus) -> bool:
        return self._store is not None and status.next <= self._now()

    def _next(self, moment: datetime) -> datetime:
        return next_run(self._trigger.schedule, moment, self._zone)

    async def _sleep_until(self, moment: datetime) -> None:
        while (remaining := (moment - self._now()).total_seconds()) > 0:
            await self._sleep(min(remaining, _LONGEST_SLEEP_SECONDS))

    async def _fire(self, status: ScheduleStatus, *, is_past_due: bool) -> ScheduleStatus:
        request = timer_request(
            None if self._store is None else status,
            is_past_due=is_past_due,
            adjusts_for_dst=isinstance(self._trigger.schedule, Ncrontab),
        )
        started = self._now()
        with contextlib.suppress(Exception):  # logged by the invoker; the next run is due all the same
            await self._invoke(self._function, request, "Timer fired")
        # Counted from the start: a run longer than the schedule's distance is followed by the next at once.
        updated = ScheduleStatus(started, self._next(started), started)
        if self._store is not None:
            await self._store.write(self._function.id, updated)
        return updated
