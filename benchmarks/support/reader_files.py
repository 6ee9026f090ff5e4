"""Files read as the app reads them, in processes of their own: how each ended, and at what cost.

What is expected of the attacks stands in their collection; only what a reader can know is judged here.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.support.reader_probe import PLACES, SOCKETS, read_and_probe, told
from shared_code.documents import DEFAULT_LIMITS, DocumentText
from shared_code.documents.cv_likeness import Verdict, cv_likeness
from shared_code.documents.reader_child import DEFAULT_READER, Bounds
from shared_code.documents.reader_link import ReaderProcess
from shared_code.documents.reader_process import document_of
from shared_code.documents.reader_protocol import Outcome, encode_request
from shared_code.errors import DocumentError, EmptyDocumentError, EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_MB, MOST_SECONDS = 200.0, 2.0
_PROBE = f"{read_and_probe.__module__}:{read_and_probe.__name__}"
# A name written in look-alikes or backwards is not the one that a person reads.
_DISGUISED = frozenset({"txt_bidi_override.txt", "txt_homoglyph.txt"})
_PROFILE = ("candidateName", "jobTitle", "candidateEmail")


@dataclass(frozen=True, slots=True)
class Reading:
    """How one file ended, and what it took; ``peak_mb`` is its fork's, with all that it shares."""

    path: Path
    result: DocumentText | DocumentError | EngineError
    seconds: float
    processor_seconds: float
    peak_mb: float
    supervisor_mb: float
    has_answered: bool

    @property
    def tree_mb(self) -> float:
        """Fork and supervisor; what they share is counted twice, so it is never less than the truth."""
        return self.peak_mb + self.supervisor_mb

    @property
    def kind(self) -> str:
        """Text, the code of the refusal, or the error that is none."""
        if isinstance(self.result, DocumentText):
            return "text"
        return self.result.code if isinstance(self.result, DocumentError) else "failed"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Lines to print, and whether every bar is met."""

    lines: tuple[str, ...]
    is_met: bool


def readings(paths: Iterable[Path], bounds: Bounds, *, reader: str = DEFAULT_READER) -> Iterator[Reading]:
    """Read file after file, each in a fork of one supervisor."""
    process = ReaderProcess(bounds, reader=reader)
    try:
        for path in paths:
            yield _reading(process, path, bounds)
    finally:
        process.end()


def _reading(process: ReaderProcess, path: Path, bounds: Bounds) -> Reading:
    content = path.read_bytes()
    if not content:  # refused unopened
        return Reading(path, EmptyDocumentError("The file is empty."), 0.0, 0.0, 0.0, 0.0, has_answered=True)
    started = time.perf_counter()
    reply = process.ask(*encode_request(content, None, path.name, DEFAULT_LIMITS))
    seconds = time.perf_counter() - started
    ending = process.settle() or reply
    try:
        result: DocumentText | DocumentError | EngineError = document_of(reply, bounds, DEFAULT_LIMITS)
    except (DocumentError, EngineError) as error:
        result = error
    supervisor_kib = int(Path(f"/proc/{process.pid}/status").read_text().split("VmHWM:")[1].split()[0])
    return Reading(
        path,
        result,
        seconds,
        ending.processor_ms / 1000,
        ending.peak_bytes / 2**20,
        supervisor_kib / 1024,
        has_answered=reply.outcome is Outcome.ANSWERED,
    )


def disagreements(name: str, expected: Mapping[str, Any], reading: Reading) -> list[str]:
    """In what an attack did not end as expected; nothing where all is well."""
    statuses = expected["status"] if isinstance(expected["status"], list) else [expected["status"]]
    if isinstance(reading.result, DocumentText):
        return ["was read"] * ("ok" not in statuses) + list(_missed_in(name, expected, reading.result))
    if not isinstance(reading.result, DocumentError):
        return ["says nothing about the file"]
    if "rejected" not in statuses:
        return [f"was refused as {reading.kind}"]
    # Where reading was as good an end, the code is a proposal.
    is_code_wrong = statuses == ["rejected"] and expected.get("code", reading.kind) != reading.kind
    return [f"is {reading.kind}, not {expected['code']}"] if is_code_wrong else []


def _missed_in(name: str, expected: Mapping[str, Any], document: DocumentText) -> Iterator[str]:
    flags = {finding.code for finding in document.findings}
    if cv_likeness(document.text).verdict is not Verdict.CV:
        flags.add("notACv")  # the analysis takes the model's word for it then
    yield from (f"lacks {flag}" for flag in expected.get("flags", ()) if flag not in flags)
    forbidden = (*expected.get("mustNotContain", ()), *expected.get("profileMustNotContain", ()))
    yield from (f"holds {claim}" for claim in forbidden if claim in document.text)
    profile = {} if name in _DISGUISED else expected.get("profile", {})
    values = (*(profile[field] for field in _PROFILE if field in profile), *expected.get("pii", ()))
    read = "\n".join((document.text, *(link.target for link in document.links)))
    yield from (f"lacks {value}" for value in values if value not in read)


def report(cvs: Path, honest_files: Sequence[Path], bounds: Bounds) -> Verdicts:
    """All that is asked of reader processes, as far as the collections are there."""
    parts = [honest(honest_files, bounds)]
    if (cvs / "attacks").is_dir():
        parts.append(attacks(cvs / "attacks", bounds))
    if (cvs / "robustness").is_dir():
        parts.append(odd_files(cvs / "robustness", bounds))
    lines = tuple(line for part in parts for line in part.lines)
    return Verdicts(lines, all(part.is_met for part in parts))


def attacks(folder: Path, bounds: Bounds) -> Verdicts:
    """Attacks that ended as expected, what they took, and what they could have done from inside."""
    table = json.loads((folder / "expected.json").read_text("utf-8"))
    read = list(readings([folder / name for name in table], bounds))
    missed = {
        name: found
        for name, reading in zip(table, read, strict=True)
        if (found := disagreements(name, table[name]["expect"], reading))
    }
    hungriest = max(read, key=lambda reading: reading.tree_mb)
    longest = max(read, key=lambda reading: reading.seconds)
    busiest = max(read, key=lambda reading: reading.processor_seconds)
    probes = [
        told(reading.result)
        for reading in readings(_unempty(read), bounds, reader=_PROBE)
        if isinstance(reading.result, DocumentText)
    ]
    sockets, possible_sockets, files, possible_files = (
        sum(probe[key] for probe in probes)
        for key in ("sockets_open", "sockets_possible", "files_open", "files_possible")
    )
    count = f"{len(read) - len(missed)}/{len(read)}"
    return _verdicts(
        (not missed, "attacks that end as expected", count, "all"),
        *((False, f"  {name}", ", ".join(found), "") for name, found in missed.items()),
        (
            hungriest.tree_mb < MOST_MB,
            "most memory in an attack",
            f"{hungriest.tree_mb:.0f} MB, of which its fork {hungriest.peak_mb:.0f} ({hungriest.path.name})",
            f"{MOST_MB:.0f} MB",
        ),
        (
            longest.seconds < MOST_SECONDS,
            "longest attack by the clock",
            f"{longest.seconds:.2f} s ({longest.path.name})",
            f"{MOST_SECONDS:.0f} s",
        ),
        (
            busiest.processor_seconds < MOST_SECONDS,
            "most processor time in an attack",
            f"{busiest.processor_seconds:.2f} s ({busiest.path.name})",
            f"{MOST_SECONDS:.0f} s",
        ),
        (
            sockets + possible_sockets == 0,
            "sockets opened by attacks",
            f"{sockets}, and {possible_sockets} of {len(SOCKETS) * len(probes)} tries from inside succeed",
            "none",
        ),
        (
            files + possible_files == 0,
            "files written by attacks",
            f"{files}, and {possible_files} of {len(PLACES) * len(probes)} tries from inside succeed",
            "none",
        ),
    )


def odd_files(folder: Path, bounds: Bounds) -> Verdicts:
    """Odd and damaged files: a text or a reason each, by kinds."""
    read = list(readings(sorted(path for path in folder.glob("*.*") if path.is_file()), bounds))
    right = [reading for reading in read if reading.has_answered and reading.kind != "failed"]
    kinds = Counter(reading.kind for reading in read).most_common()
    return _verdicts(
        (
            len(right) == len(read),
            "odd files with a text or a reason",
            f"{len(right)}/{len(read)}: " + ", ".join(f"{kind} {count}" for kind, count in kinds),
            "all",
        )
    )


def honest(paths: Sequence[Path], bounds: Bounds) -> Verdicts:
    """CVs without tricks, all of which are read, and what the hungriest takes."""
    read = list(readings(paths, bounds))
    texts = [reading for reading in read if reading.kind == "text"]
    hungriest = max(read, key=lambda reading: reading.tree_mb)
    return _verdicts(
        (len(texts) == len(read), "honest files read within the bounds", f"{len(texts)}/{len(read)}", "all"),
        (
            hungriest.peak_mb < bounds.memory_mb / 2,
            "most memory for an honest file",
            f"{hungriest.tree_mb:.0f} MB, of which its fork {hungriest.peak_mb:.0f} ({hungriest.path.name})",
            f"half the bound of {bounds.memory_mb}",
        ),
    )


def _unempty(read: Sequence[Reading]) -> list[Path]:
    return [reading.path for reading in read if reading.path.stat().st_size]


def _verdicts(*rows: tuple[bool, str, str, str]) -> Verdicts:
    lines = tuple(
        f"{label:<37} {figures}" + (f"; bar {bar}: {'met' if is_met else 'MISSED'}" if bar else "")
        for is_met, label, figures, bar in rows
    )
    return Verdicts(lines, all(is_met for is_met, *_ in rows))
