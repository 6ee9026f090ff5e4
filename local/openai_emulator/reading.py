"""The seam to the rule-based reader that plays the model, and the threads it runs in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from traceback import extract_tb
from typing import Any, Protocol

from local.openai_emulator.fence import FencedCv
from local.openai_emulator.problems import ApiError

CV_SCHEMA_NAMES = frozenset({"candidate_profile_schema", "pii_entities_schema", "skills_analysis_schema"})
READER_THREADS = 2
REMEMBERED_ANSWERS = 512


class Reader(Protocol):
    """Reads a CV's text into what the named schema asks for."""

    def __call__(
        self, schema_name: str, cv_text: str, links: Sequence[tuple[str, str]] = ()
    ) -> dict[str, object]:
        """Answer one question about one CV, from its text alone."""
        ...


def read_cv(schema_name: str, cv_text: str, links: Sequence[tuple[str, str]] = ()) -> dict[str, object]:
    """The project's own reader, imported when the first question comes."""
    from local.openai_emulator.cv_reader import answer

    return answer(schema_name, cv_text, links)


@dataclass(slots=True)
class ReaderPool:
    """Reads CVs in a few threads, so that the event loop keeps answering meanwhile.

    Every answer is checked against the schema of its request, because the real service decodes under
    that schema: what does not fit is a fault of the reader and is answered with 500, never sent.
    Answers are remembered, because the reader says the same to the same CV, and load tests repeat
    their CVs: the emulator should not be what they measure.
    """

    reader: Reader = read_cv
    schema_names: frozenset[str] = CV_SCHEMA_NAMES
    threads: int = READER_THREADS
    _executor: ThreadPoolExecutor = field(init=False)
    _validators: dict[bytes, Any] = field(default_factory=dict, init=False)
    _answers: dict[bytes, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._executor = ThreadPoolExecutor(self.threads, thread_name_prefix="cv-reader")

    async def read(self, schema_name: str, schema: Mapping[str, Any], cv: FencedCv) -> str:
        """The reader's answer as compact JSON.

        Raises:
            ApiError: 500 where the reader failed or its answer is not valid against the schema.
        """
        key = _digest([schema_name, schema, cv.text, cv.links])
        known = self._answers.get(key)
        if known is not None:
            return known
        answer = await asyncio.get_running_loop().run_in_executor(
            self._executor, self._read_now, schema_name, schema, cv
        )
        if len(self._answers) >= REMEMBERED_ANSWERS:
            self._answers.clear()
        self._answers[key] = answer
        return answer

    def close(self) -> None:
        """Let the threads end; what is queued is dropped."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _read_now(self, schema_name: str, schema: Mapping[str, Any], cv: FencedCv) -> str:
        try:
            answer = self.reader(schema_name, cv.text, cv.links)
        except Exception as error:
            # Class and place alone: a message could quote the CV.
            place = extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            raise _reader_failed(f"the reader raised {type(error).__name__} at {where}") from error
        mismatch = next(iter(self._validator(schema).iter_errors(answer)), None)
        if mismatch is not None:
            where = "/".join(str(part) for part in mismatch.absolute_path)
            raise _reader_failed(f"the reader's answer breaks '{mismatch.validator}' at '/{where}'")
        return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))

    def _validator(self, schema: Mapping[str, Any]) -> Any:
        from jsonschema import Draft202012Validator

        key = _digest(schema)
        if key not in self._validators:
            self._validators[key] = Draft202012Validator(schema)
        return self._validators[key]


def _digest(value: Any) -> bytes:
    return blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=16).digest()


def _reader_failed(reason: str) -> ApiError:
    return ApiError(500, "emulator_reader_failed", f"Emulator: {reason}.", error_type="server_error")
