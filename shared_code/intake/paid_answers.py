"""Answers of the model on their way into storage and back: what was paid for once is not asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from shared_code.audited_call import AssistantAnswer
from shared_code.errors import StorageError
from shared_code.intake.work_store import WorkStore

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class PaidAnswers:
    """``KeptAnswers`` in the work store.

    Args:
        work: Where they are kept.
        pauses_seconds: Between tries to keep one while storage is away; its own retries come on top.
    """

    def __init__(self, work: WorkStore, pauses_seconds: Sequence[float]) -> None:
        self._work = work
        self._pauses_seconds = pauses_seconds

    async def kept_answer(self, document_id: str, asked: str, version: str) -> AssistantAnswer | None:
        """See ``KeptAnswers.kept_answer``; one that cannot be read any more is as good as none."""
        from pydantic import ValidationError

        found = await self._work.kept_answer(document_id, asked, version)
        if found is None:
            return None
        try:
            return _adapter().validate_python(found)
        except ValidationError:
            return None

    async def keep_answer(self, document_id: str, asked: str, version: str, answer: AssistantAnswer) -> None:
        """See ``KeptAnswers.keep_answer``."""
        content = _adapter().dump_python(answer, mode="json")
        for seconds in (*self._pauses_seconds, None):
            try:
                await self._work.keep_answer(document_id, asked, version, content)
            except StorageError:
                if seconds is None:
                    raise
                await asyncio.sleep(seconds)  # it is paid for, and would have to be paid for again
            else:
                return


@cache
def _adapter() -> TypeAdapter[AssistantAnswer]:
    from pydantic import TypeAdapter

    return TypeAdapter(AssistantAnswer)
